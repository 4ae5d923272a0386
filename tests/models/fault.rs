//! What is wrong with a model: drawn at random in, a changed sample and the cause that should be
//! named out. One row of `match` a fault; never asks anything.

use authprobe::cause::CauseCode;
use authprobe::demo::claims::{Audience, Member, Wanted};
use authprobe::demo::dialect::DateStamp;
use authprobe::demo::front::Front;
use authprobe::demo::times::{DateReading, TimeRule};
use authprobe::demo::verifier::SignatureRule;
use authprobe::key::defaults;
use authprobe::observation::Stage;
use authprobe::plan::{Algorithm, Carrier};
use authprobe::question::Part;
use authprobe::secret::Secret;
use authprobe::time::Seconds;
use serde_json::{Value, json};

use super::keys::{self, DEFAULT, OTHER_VARIABLE, OWN, PREVIOUS, REFERENCES, STAGING};
use super::sample::{Path, Sample};

/// What is wrong with a model.
#[derive(Debug, Clone, PartialEq)]
pub enum Fault {
    None,
    Key(&'static str, CauseCode),
    ExtraKey(&'static str, CauseCode),
    /// The reference key of this number in `keys::REFERENCES`, read as the row of this code says.
    Reading(usize, &'static str),
    UnknownKey,
    Algorithm(Algorithm),
    Permissive,
    Unsigned(SignatureRule),
    NotVerified,
    ExpiryIgnored,
    Leeway(u32),
    /// Tokens with more than so many seconds left, or of a longer life, are refused.
    Lifetime(f64),
    Skew(f64),
    /// Off by a time zone, while `Date` is right.
    LocalTime(f64),
    /// Behind by so much, less than its leeway forgives, and `Date` comes from a proxy. Not drawn: it
    /// is what a leeway may be taken for.
    Behind(f64),
    /// The opposite: forgives so much more, and its clock is right. Not drawn either.
    Forgives(f64, DateStamp),
    /// A claim that nobody could guess.
    UnknownClaim,
    /// A claim or header member that frameworks commonly want, with any value.
    Usual(Part, &'static str),
    /// A claim or header member that must have this value.
    Exactly(Part, &'static str, Value),
    /// No audience is expected, and one is sent.
    NoAudience,
    /// `exp` is compared with milliseconds.
    Milliseconds,
    UnknownSubject,
    /// One replica holds another key.
    StaleReplica(&'static str),
    /// The token is read elsewhere.
    Place(Carrier),
    /// Nothing behind this is reached.
    Path(Path),
}

fn one_of<T: Clone>(rng: &mut fastrand::Rng, rows: &[T]) -> T {
    rows[rng.usize(0..rows.len())].clone()
}

impl Fault {
    /// A fault of a verifier under the usual reference key and the usual place of the token.
    pub fn draw(rng: &mut fastrand::Rng) -> Self {
        let drift = |rng: &mut fastrand::Rng| {
            let size = 10f64.powf(0.9 + 2.9 * rng.f64());
            Self::Skew(if rng.bool() { size } else { -size })
        };
        match rng.u8(0..20) {
            0 => Self::Key(PREVIOUS, CauseCode::KeyPrevious),
            1 => Self::Key(OWN, CauseCode::KeyOwnFile),
            2 => Self::Key(STAGING, CauseCode::KeyOtherEnvironment),
            3 => Self::Key(DEFAULT, CauseCode::KeyDefault),
            4 => Self::Key("", CauseCode::KeyDefault),
            5 => Self::ExtraKey(PREVIOUS, CauseCode::KeyPrevious),
            6 => Self::ExtraKey(STAGING, CauseCode::KeyOtherEnvironment),
            7 => Self::UnknownKey,
            8 => Self::Algorithm(one_of(rng, &[Algorithm::HS384, Algorithm::HS512])),
            9 => Self::Permissive,
            10 => Self::Unsigned(one_of(
                rng,
                &[SignatureRule::AlgNoneTaken, SignatureRule::EmptyTaken],
            )),
            11 => Self::NotVerified,
            12 => Self::ExpiryIgnored,
            13 => Self::Leeway(one_of(rng, &[90, 120, 180, 300, 600, 77, 1234])),
            14 => drift(rng),
            15 => Self::UnknownClaim,
            16 => {
                Self::Usual(Part::Payload, one_of(rng, &["type", "token_type", "user_id", "scope"]))
            }
            17 => Self::NoAudience,
            18 => Self::StaleReplica(one_of(
                rng,
                &[PREVIOUS, OWN, "a-key-of-its-own-0123456789abcdef"],
            )),
            _ => Self::UnknownSubject,
        }
    }

    /// Any fault that a model can show, each cause and each form of it.
    pub fn any(rng: &mut fastrand::Rng) -> Self {
        match rng.u8(0..40) {
            0..20 => Self::draw(rng),
            20..24 => reading(rng),
            24 | 25 => Self::Key(one_of(rng, &well_known()), CauseCode::KeyDefault),
            26 => Self::Key(OTHER_VARIABLE, CauseCode::KeyOwnFile),
            27 | 28 => {
                let quarters = one_of(rng, &[1, 2, 4, 8, 12, 20, 22, 23, 32, 38, 44]);
                let offset = 900.0 * f64::from(quarters);
                Self::LocalTime(if rng.bool() { offset } else { -offset })
            }
            29 => Self::Lifetime(one_of(rng, &[20.0, 30.0, 45.0])),
            30 => Self::Milliseconds,
            31 | 32 => exactly(rng),
            33 => Self::Usual(
                Part::Payload,
                one_of(rng, &["username", "email", "roles", "sid", "client_id", "name"]),
            ),
            34 => Self::Usual(Part::Header, "kid"),
            35..38 => Self::Place(one_of(rng, &keys::places())),
            _ => Self::Path(one_of(rng, &PATHS)),
        }
    }

    /// The cause that should be named.
    pub fn code(&self) -> Option<CauseCode> {
        Some(match self {
            Self::None => return None,
            Self::Key(_, code) | Self::ExtraKey(_, code) => *code,
            Self::Reading(..) => CauseCode::KeyVariant,
            Self::UnknownKey => CauseCode::KeyMismatch,
            Self::Algorithm(_) => CauseCode::AlgorithmMismatch,
            Self::Permissive => CauseCode::AlgorithmPermissive,
            Self::Unsigned(_) => CauseCode::UnsignedAccepted,
            Self::NotVerified => CauseCode::SignatureNotVerified,
            Self::ExpiryIgnored => CauseCode::ExpiryNotEnforced,
            Self::Leeway(_) | Self::Forgives(..) => CauseCode::LeewayExcessive,
            Self::Lifetime(_) => CauseCode::LifetimeLimit,
            Self::Skew(_) | Self::LocalTime(_) | Self::Behind(_) => CauseCode::ClockSkew,
            Self::UnknownClaim
            | Self::Usual(..)
            | Self::Exactly(..)
            | Self::NoAudience
            | Self::Milliseconds => CauseCode::ClaimRequired,
            Self::UnknownSubject => CauseCode::SubjectUnknown,
            Self::StaleReplica(_) => CauseCode::KeyMixedReplicas,
            Self::Place(_) => CauseCode::TokenLocation,
            Self::Path(path) => path.code(),
        })
    }

    /// Does it.
    pub fn plant(&self, sample: &mut Sample) {
        let verifier = &mut sample.verifier;
        let claim = |part, name: &str, wanted| Member { part, name: name.to_owned(), wanted };
        match self {
            // The copy of a stale replica is taken when all other faults are planted.
            Self::None | Self::StaleReplica(_) => {}
            Self::Key(key, _) => verifier.keys = vec![Secret::new(*key)],
            Self::ExtraKey(key, _) => verifier.keys.push(Secret::new(*key)),
            Self::Reading(number, code) => {
                sample.reference = REFERENCES[*number];
                verifier.keys = vec![keys::misread(sample.reference, code)];
            }
            Self::UnknownKey => {
                verifier.keys = vec![Secret::new("nobody-knows-this-one-0123456789")];
            }
            Self::Algorithm(algorithm) => verifier.algorithms = vec![*algorithm],
            Self::Permissive => verifier.algorithms = Algorithm::ALL.to_vec(),
            Self::Unsigned(rule) => verifier.signature = *rule,
            Self::NotVerified => verifier.signature = SignatureRule::Ignored,
            Self::ExpiryIgnored => verifier.exp = TimeRule::Ignored,
            Self::Leeway(leeway) => {
                let leeway = Seconds(f64::from(*leeway));
                verifier.exp = verifier.exp.forgiving(leeway);
                verifier.nbf = verifier.nbf.forgiving(leeway);
            }
            Self::Lifetime(limit) => verifier.max_remaining = Some(Seconds(*limit)),
            Self::Skew(skew) => verifier.skew = Seconds(*skew),
            Self::LocalTime(offset) => {
                verifier.skew = Seconds(*offset);
                sample.dialect.date = DateStamp::Proxy(Seconds(0.0));
            }
            Self::Behind(span) => {
                let date = match sample.dialect.date {
                    DateStamp::Late(late) => verifier.skew + -late,
                    _ => verifier.skew,
                };
                if sample.dialect.date != DateStamp::Missing {
                    sample.dialect.date = DateStamp::Proxy(date);
                }
                let forgiven = match verifier.exp {
                    TimeRule::IfPresent { leeway } | TimeRule::Required { leeway } => leeway,
                    TimeRule::Ignored => Seconds(0.0),
                };
                verifier.skew = verifier.skew + -(Seconds(*span) + -forgiven);
            }
            Self::Forgives(span, date) => {
                if let TimeRule::IfPresent { leeway } | TimeRule::Required { leeway } = verifier.exp
                {
                    verifier.exp = verifier.exp.forgiving(leeway + Seconds(span.ceil()));
                }
                verifier.skew = Seconds(span.ceil() - span);
                sample.dialect.date = *date;
            }
            Self::UnknownClaim => verifier.members.push(Member::claim("tenant", &["blue"])),
            Self::Usual(part, name) => verifier.members.push(claim(*part, name, Wanted::Present)),
            Self::Exactly(part, name, value) => {
                if *name == "aud" {
                    verifier.audience = Audience::Ignored;
                }
                if *name == "iss" {
                    verifier.issuer = None;
                }
                let wanted = Wanted::OneOf(vec![value.clone()]);
                verifier.members.push(claim(*part, name, wanted));
            }
            Self::NoAudience => verifier.audience = Audience::Unexpected,
            Self::Milliseconds => verifier.dates = DateReading::Milliseconds,
            Self::UnknownSubject => verifier.subjects = Some(vec!["alice".to_owned()]),
            Self::Place(place) => sample.place = place.clone(),
            Self::Path(path) => sample.path = *path,
        }
    }
}

/// Every well-known key that no reading of the reference key makes as well.
fn well_known() -> Vec<&'static str> {
    let read: Vec<_> = keys::readings_of(keys::REFERENCE).into_iter().map(|row| row.1).collect();
    let values = defaults::TABLE.iter().map(|row| row.value);
    values.filter(|value| !read.contains(&Secret::new(*value))).collect()
}

fn reading(rng: &mut fastrand::Rng) -> Fault {
    let number = rng.usize(0..REFERENCES.len());
    let codes: Vec<_> =
        keys::readings_of(REFERENCES[number]).into_iter().map(|row| row.0).collect();
    Fault::Reading(number, one_of(rng, &codes))
}

fn exactly(rng: &mut fastrand::Rng) -> Fault {
    let (part, name, value) = one_of(
        rng,
        &[
            (Part::Payload, "aud", json!(["RemoteHive-Services"])),
            (Part::Payload, "iss", json!("RemoteHive/")),
            (Part::Payload, "sub", json!(1)),
            (Part::Payload, "type", json!("access")),
            (Part::Header, "typ", json!("at+jwt")),
        ],
    );
    Fault::Exactly(part, name, value)
}

/// Every way in which a request does not get to the verifier.
const PATHS: [Path; 10] = [
    Path::Front(Front::Open),
    Path::Front(Front::Stripping),
    Path::Front(Front::NotFound),
    Path::Front(Front::Elsewhere),
    Path::Front(Front::Failing),
    Path::Front(Front::Throttled),
    Path::Front(Front::OtherScheme),
    Path::Broken(Stage::Connect),
    Path::Broken(Stage::Tls),
    Path::Broken(Stage::Timeout),
];
