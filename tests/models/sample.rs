//! One model service: a verifier, a dialect, and at most one planted fault.

use authprobe::cause::CauseCode;
use authprobe::demo::claims::{Audience, Member, Wanted};
use authprobe::demo::dialect::{DateStamp, Dialect, Style};
use authprobe::demo::times::{Expiry, Resolution, TimeRule};
use authprobe::demo::verifier::{SignatureRule, Verifier};
use authprobe::plan::Algorithm;
use authprobe::question::Part;
use authprobe::secret::Secret;
use authprobe::time::Seconds;

pub const REFERENCE: &str = "reference-0123456789abcdef0123456789abcdef";
pub const OWN: &str = "own-file-0123456789abcdef0123456789abcdef";
pub const PREVIOUS: &str = "previous-0123456789abcdef0123456789abcdef";
pub const STAGING: &str = "staging-0123456789abcdef0123456789abcdef";
pub const DEFAULT: &str = "your-secret-key";

/// What is wrong with a model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Fault {
    None,
    Key(&'static str, CauseCode),
    ExtraKey(&'static str, CauseCode),
    UnknownKey,
    Algorithm(Algorithm),
    Permissive,
    Unsigned(SignatureRule),
    NotVerified,
    ExpiryIgnored,
    Leeway(u32),
    Skew(f64),
    /// A claim that nobody could guess.
    UnknownClaim,
    /// A claim that frameworks commonly want.
    UsualClaim(&'static str),
    /// No audience is expected, and one is sent.
    NoAudience,
    UnknownSubject,
    /// One replica holds another key.
    StaleReplica(&'static str),
}

impl Fault {
    pub fn draw(rng: &mut fastrand::Rng) -> Self {
        match rng.u8(0..20) {
            0 => Self::Key(PREVIOUS, CauseCode::KeyPrevious),
            1 => Self::Key(OWN, CauseCode::KeyOwnFile),
            2 => Self::Key(STAGING, CauseCode::KeyOtherEnvironment),
            3 => Self::Key(DEFAULT, CauseCode::KeyDefault),
            4 => Self::Key("", CauseCode::KeyDefault),
            5 => Self::ExtraKey(PREVIOUS, CauseCode::KeyPrevious),
            6 => Self::ExtraKey(STAGING, CauseCode::KeyOtherEnvironment),
            7 => Self::UnknownKey,
            8 => Self::Algorithm(if rng.bool() { Algorithm::HS384 } else { Algorithm::HS512 }),
            9 => Self::Permissive,
            10 => Self::Unsigned(
                [SignatureRule::AlgNoneTaken, SignatureRule::EmptyTaken][rng.usize(0..2)],
            ),
            11 => Self::NotVerified,
            12 => Self::ExpiryIgnored,
            13 => Self::Leeway([90, 120, 180, 300, 600, 77, 1234][rng.usize(0..7)]),
            14 => {
                let size = 10f64.powf(0.9 + 2.9 * rng.f64());
                Self::Skew(if rng.bool() { size } else { -size })
            }
            15 => Self::UnknownClaim,
            16 => Self::UsualClaim(["type", "token_type", "user_id", "scope"][rng.usize(0..4)]),
            17 => Self::NoAudience,
            18 => Self::StaleReplica(
                [PREVIOUS, OWN, "a-key-of-its-own-0123456789abcdef"][rng.usize(0..3)],
            ),
            _ => Self::UnknownSubject,
        }
    }

    /// The cause that should be named.
    pub fn code(self) -> Option<CauseCode> {
        Some(match self {
            Self::None => return None,
            Self::Key(_, code) | Self::ExtraKey(_, code) => code,
            Self::UnknownKey => CauseCode::KeyMismatch,
            Self::Algorithm(_) => CauseCode::AlgorithmMismatch,
            Self::Permissive => CauseCode::AlgorithmPermissive,
            Self::Unsigned(_) => CauseCode::UnsignedAccepted,
            Self::NotVerified => CauseCode::SignatureNotVerified,
            Self::ExpiryIgnored => CauseCode::ExpiryNotEnforced,
            Self::Leeway(_) => CauseCode::LeewayExcessive,
            Self::Skew(_) => CauseCode::ClockSkew,
            Self::UnknownClaim | Self::UsualClaim(_) | Self::NoAudience => CauseCode::ClaimRequired,
            Self::UnknownSubject => CauseCode::SubjectUnknown,
            Self::StaleReplica(_) => CauseCode::KeyMixedReplicas,
        })
    }
}

/// A model service and the path to it.
#[derive(Debug, Clone)]
pub struct Sample {
    pub fault: Fault,
    pub verifier: Verifier,
    /// A second replica behind the same address.
    pub replica: Option<Verifier>,
    pub dialect: Dialect,
    /// The true moment of the first request.
    pub start: f64,
    /// The time there and back.
    pub round_trip: f64,
}

impl Sample {
    pub fn draw(fault: Fault, rng: &mut fastrand::Rng) -> Self {
        let mut verifier = verifier(rng);
        let date = date(rng);
        plant(fault, &mut verifier);
        let replica = match fault {
            Fault::StaleReplica(key) => {
                Some(Verifier { keys: vec![Secret::new(key)], ..verifier.clone() })
            }
            _ => None,
        };
        Self {
            fault,
            verifier,
            replica,
            dialect: Dialect { style: Style::ALL[rng.usize(0..Style::ALL.len())], date },
            start: 1_790_000_000.0 + 1e6 * rng.f64(),
            round_trip: [0.0004, 0.004, 0.03, 0.12][rng.usize(0..4)],
        }
    }

    /// Whether neither a `Date` nor `nbf` could show this service's clock.
    pub fn tells_no_time(&self) -> bool {
        let no_date = matches!(self.dialect.date, DateStamp::Missing | DateStamp::Proxy(_));
        no_date || self.verifier.nbf == TimeRule::Ignored
    }
}

/// A healthy verifier, of any make.
fn verifier(rng: &mut fastrand::Rng) -> Verifier {
    let leeway = [0.0, 0.0, 0.0, 60.0, 30.0, 10.0, 5.0, 1.0, 17.0][rng.usize(0..9)];
    let checked = TimeRule::IfPresent { leeway: Seconds(leeway) };
    let either = |rng: &mut fastrand::Rng| if rng.bool() { checked } else { TimeRule::Ignored };
    let audience = vec!["RemoteHive-Services".to_owned()];
    Verifier {
        skew: Seconds(3.0 * (rng.f64() - 0.5)),
        resolution: [Resolution::WholeSeconds, Resolution::Fractional][rng.usize(0..2)],
        expiry: [Expiry::Strict, Expiry::Inclusive][rng.usize(0..2)],
        exp: if rng.bool() { checked } else { TimeRule::Required { leeway: Seconds(leeway) } },
        nbf: either(rng),
        // A verifier that looks at iat refuses fresh tokens as soon as it is behind at all.
        iat: TimeRule::Ignored,
        issuer: rng.bool().then(|| "RemoteHive".to_owned()),
        audience: if rng.bool() { Audience::Required(audience) } else { Audience::Ignored },
        ..Verifier::new(Secret::new(REFERENCE))
    }
}

fn date(rng: &mut fastrand::Rng) -> DateStamp {
    match rng.u8(0..10) {
        0 => DateStamp::Missing,
        1 => DateStamp::Proxy(Seconds(0.2 * rng.f64())),
        2 | 3 => DateStamp::Late(Seconds(rng.f64())),
        _ => DateStamp::Own,
    }
}

fn plant(fault: Fault, verifier: &mut Verifier) {
    match fault {
        Fault::None | Fault::StaleReplica(_) => {}
        Fault::Key(key, _) => verifier.keys = vec![Secret::new(key)],
        Fault::ExtraKey(key, _) => verifier.keys.push(Secret::new(key)),
        Fault::UnknownKey => verifier.keys = vec![Secret::new("nobody-knows-this-one-0123456789")],
        Fault::Algorithm(algorithm) => verifier.algorithms = vec![algorithm],
        Fault::Permissive => verifier.algorithms = Algorithm::ALL.to_vec(),
        Fault::Unsigned(rule) => verifier.signature = rule,
        Fault::NotVerified => verifier.signature = SignatureRule::Ignored,
        Fault::ExpiryIgnored => verifier.exp = TimeRule::Ignored,
        Fault::Leeway(leeway) => {
            let leeway = Seconds(f64::from(leeway));
            verifier.exp = verifier.exp.forgiving(leeway);
            verifier.nbf = verifier.nbf.forgiving(leeway);
        }
        Fault::Skew(skew) => verifier.skew = Seconds(skew),
        Fault::UnknownClaim => verifier.members.push(Member::claim("tenant", &["blue"])),
        Fault::UsualClaim(name) => verifier.members.push(Member {
            part: Part::Payload,
            name: name.to_owned(),
            wanted: Wanted::Present,
        }),
        Fault::NoAudience => verifier.audience = Audience::Unexpected,
        Fault::UnknownSubject => verifier.subjects = Some(vec!["alice".to_owned()]),
    }
}
