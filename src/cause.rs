//! The causes that authprobe can name: one row each. A cause is the root of what was observed.

use serde_json::{Map, Value};

/// Declares the codes once: variant, code in reports, meaning in one line.
macro_rules! causes {
    ($($variant:ident $code:literal $meaning:literal;)*) => {
        /// A cause's stable code.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum CauseCode { $(#[doc = $meaning] $variant,)* }

        impl CauseCode {
            /// Every code, in the order of the documentation.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The code as reports write it.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// What the code means, in one line.
            #[must_use]
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning,)* }
            }
        }
    };
}

causes! {
    Unreachable "unreachable" "name, connection, TLS or timeout failure";
    WrongEndpoint "wrong-endpoint" "every request gets 404 or 405, whatever the token";
    Unprotected "unprotected" "the endpoint answers success without any token";
    SignatureNotVerified "signature-not-verified" "a token signed with a random key is accepted";
    KeyPrevious "key-previous" "it still verifies with a previous key";
    KeyOwnFile "key-own-file" "it verifies with its own file's key, which differs from the source of truth";
    KeyOtherEnvironment "key-other-environment" "it verifies with another environment's key";
    KeyDefault "key-default" "it verifies with an empty, example or framework-default key";
    KeyVariant "key-variant" "it verifies with the reference key read or encoded another way";
    KeyMismatch "key-mismatch" "it verifies with some key that is none of those known";
    KeyMixedReplicas "key-mixed-replicas" "replicas behind the address disagree";
    AlgorithmMismatch "algorithm-mismatch" "it takes the key under another algorithm only";
    AlgorithmPermissive "algorithm-permissive" "it takes an algorithm outside the policy besides the right one";
    UnsignedAccepted "unsigned-accepted" "alg none, or an empty signature, is accepted";
    ForgeryAccepted "forgery-accepted" "a token that only an attacker would send is accepted, or acted on";
    ExpiryNotEnforced "expiry-not-enforced" "an expired token is accepted";
    LeewayExcessive "leeway-excessive" "expired tokens are accepted for longer than the policy allows";
    LifetimeLimit "lifetime-limit" "tokens that live longer than some seconds are refused";
    ClockSkew "clock-skew" "its clock is off by more than the policy";
    ClaimRequired "claim-required" "a claim or header member is missing or has the wrong value";
    OtherAuthScheme "other-auth-scheme" "it asks for something else than a bearer token";
    TokenLocation "token-location" "it reads the token from elsewhere";
    HeaderStripped "header-stripped" "the token never arrives: no token, garbage and a right token get one answer";
    SubjectUnknown "subject-unknown" "the token verifies; the subject is not known or may not do this";
    RateLimited "rate-limited" "the service asked us to slow down before it could be judged";
    ServerError "server-error" "the service fails on every request";
    Redirected "redirected" "the endpoint sends every request elsewhere";
    Unjudgeable "unjudgeable" "the answers do not tell why a right token is refused";
}

/// A cause that was found on one service, in words and with its evidence.
#[derive(Debug, Clone, PartialEq)]
pub struct Cause {
    /// Which cause.
    pub code: CauseCode,
    /// How sure it is, 0 to 1: 1 is shown by the tokens alone.
    pub confidence: f64,
    /// One sentence that names the service and what is wrong.
    pub summary: String,
    /// What to do about it.
    pub fix: String,
    /// Machine-readable particulars.
    pub details: Map<String, Value>,
    /// The numbers of the observations that show it, most telling first.
    pub evidence: Vec<usize>,
}
