//! The checks of the report: one row each, with a stable id and its place in the checklist of the
//! seed document.

/// A section of the report's checklist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Checklist {
    /// Can the endpoint be reached and judged at all?
    Reach,
    /// 1. JWT secret keys match across all services.
    Keys,
    /// 2. The algorithm is right.
    Algorithm,
    /// 3. Expiration is handled.
    Expiration,
    /// 4. Clocks are synchronised.
    Clock,
    /// Claims and header members.
    Claims,
    /// Security practice.
    Practice,
}

impl Checklist {
    /// The section's name in the JSON report.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Reach => "reach",
            Self::Keys => "keys",
            Self::Algorithm => "algorithm",
            Self::Expiration => "expiration",
            Self::Clock => "clock",
            Self::Claims => "claims",
            Self::Practice => "practice",
        }
    }
}

/// How bad the failure of a check is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Should be mended some day.
    Low,
    /// Should be mended soon.
    Medium,
    /// Tokens are refused, or accepted, wrongly.
    High,
    /// Anyone can get in.
    Critical,
}

impl Severity {
    /// The severity's name in the JSON report.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// The outcome of one check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// As it should be.
    Pass,
    /// Wrong.
    Fail,
    /// Not wrong, not good.
    Warn,
    /// Does not apply here, or had no ground.
    Skip,
    /// Could not be told.
    Undecided,
}

impl Status {
    /// The status's name in the JSON report.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Warn => "warn",
            Self::Skip => "skip",
            Self::Undecided => "undecided",
        }
    }
}

/// Declares the checks once: variant, id, checklist, severity of its failure, title.
macro_rules! checks {
    ($($variant:ident $id:literal $checklist:ident $severity:ident $title:literal;)*) => {
        /// A check's stable identity.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum CheckId { $(#[doc = $title] $variant,)* }

        impl CheckId {
            /// Every check, in the order of the report.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The id as reports write it.
            #[must_use]
            pub fn id(self) -> &'static str {
                match self { $(Self::$variant => $id,)* }
            }

            /// The section it belongs to.
            #[must_use]
            pub fn checklist(self) -> Checklist {
                match self { $(Self::$variant => Checklist::$checklist,)* }
            }

            /// How bad its failure is.
            #[must_use]
            pub fn severity(self) -> Severity {
                match self { $(Self::$variant => Severity::$severity,)* }
            }

            /// What should hold, as a sentence.
            #[must_use]
            pub fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)* }
            }
        }
    };
}

checks! {
    Reachable "reachable" Reach High "the endpoint answers";
    Protected "protected" Reach Critical "a request without a token is refused";
    BaselineAccepted "baseline-accepted" Reach High "a right token is accepted";
    KeyMatch "key-match" Keys High "it verifies with the reference key";
    ReplicasAgree "replicas-agree" Keys High "every replica gives the same answer";
    SignatureVerified "signature-verified" Keys Critical "a token signed with a random key is refused";
    PayloadIntegrity "payload-integrity" Keys Critical "a token changed after signing is refused";
    PreviousKeyRefused "previous-key-refused" Keys High "a previous key is refused";
    OtherEnvironmentRefused "other-environment-refused" Keys High "another environment's key is refused";
    AlgorithmAccepted "algorithm-accepted" Algorithm High "the configured algorithm is accepted";
    OtherAlgorithmsRefused "other-algorithms-refused" Algorithm Medium "algorithms outside the policy are refused";
    UnsignedRefused "unsigned-refused" Algorithm Critical "unsigned tokens are refused";
    ExpiredRefused "expired-refused" Expiration Critical "an expired token is refused";
    MissingExpiry "missing-expiry" Expiration Info "what a token without exp gets";
    LeewayWithinPolicy "leeway-within-policy" Expiration Medium "the leeway is within the policy";
    LifetimeLimit "lifetime-limit" Expiration High "tokens live no longer than the service lets them";
    NotBeforeEnforced "not-before-enforced" Expiration Info "what a token that is not yet valid gets";
    TokenAge "token-age" Expiration Info "what a token that was issued long ago gets";
    ClockWithinPolicy "clock-within-policy" Clock High "the clock is within the policy";
    ClaimsAccepted "claims-accepted" Claims High "the configured claims are accepted, where they are sent";
    ClaimsLookedAt "claims-looked-at" Claims Info "which claims are looked at";
    WithinQuota "within-quota" Reach Low "everything could be asked within its quota of requests";
    KeyLength "key-length" Practice Medium "the reference key is long enough (RFC 7518 section 3.2)";
    HostileRefused "hostile-refused" Practice Critical "hostile tokens are refused";
}

/// One check on one service.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    /// Which check.
    pub id: CheckId,
    /// How it came out.
    pub status: Status,
    /// What was found, as a short fact.
    pub summary: String,
    /// What to do about it; empty where there is nothing to do.
    pub fix: String,
    /// The numbers of the observations it rests on.
    pub evidence: Vec<usize>,
}
