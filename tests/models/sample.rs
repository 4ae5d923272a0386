//! One model service: a verifier, a dialect, the path to it, and the faults planted in it.

use authprobe::cause::CauseCode;
use authprobe::demo::claims::Audience;
use authprobe::demo::dialect::{DateStamp, Dialect, Style};
use authprobe::demo::front::Front;
use authprobe::demo::times::{Expiry, Resolution, TimeRule};
use authprobe::demo::verifier::Verifier;
use authprobe::observation::Stage;
use authprobe::plan::Carrier;
use authprobe::secret::Secret;
use authprobe::time::Seconds;

pub use super::fault::Fault;
use super::keys;
use super::keys::REFERENCE;

/// What a request meets before the verifier.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Path {
    Front(Front),
    /// No answer.
    Broken(Stage),
}

impl Path {
    /// The cause that such a path is.
    pub fn code(self) -> CauseCode {
        match self {
            Self::Front(Front::Direct) => CauseCode::Unjudgeable,
            Self::Front(Front::Open) => CauseCode::Unprotected,
            Self::Front(Front::Stripping) => CauseCode::HeaderStripped,
            Self::Front(Front::NotFound) => CauseCode::WrongEndpoint,
            Self::Front(Front::Elsewhere) => CauseCode::Redirected,
            Self::Front(Front::OtherScheme) => CauseCode::OtherAuthScheme,
            Self::Front(Front::Failing) => CauseCode::ServerError,
            Self::Front(Front::Throttled) => CauseCode::RateLimited,
            Self::Broken(_) => CauseCode::Unreachable,
        }
    }
}

/// A model service and the path to it.
#[derive(Debug, Clone)]
pub struct Sample {
    pub faults: Vec<Fault>,
    /// The key of the source of truth.
    pub reference: &'static str,
    /// Where the service looks for the token.
    pub place: Carrier,
    pub path: Path,
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
        Self::with(vec![fault], rng)
    }

    /// A healthy service of any make, with these faults planted.
    pub fn with(faults: Vec<Fault>, rng: &mut fastrand::Rng) -> Self {
        let verifier = verifier(rng);
        let date = date(rng);
        let mut sample = Self {
            faults,
            reference: REFERENCE,
            place: keys::configured(),
            path: Path::Front(Front::Direct),
            verifier,
            replica: None,
            dialect: Dialect { style: Style::ALL[rng.usize(0..Style::ALL.len())], date },
            start: 1_790_000_000.0 + 1e6 * rng.f64(),
            round_trip: [0.0004, 0.004, 0.03, 0.12][rng.usize(0..4)],
        };
        sample.plant();
        sample
    }

    fn plant(&mut self) {
        let faults = self.faults.clone();
        for fault in &faults {
            fault.plant(self);
        }
        let stale = faults.iter().find_map(|fault| match fault {
            Fault::StaleReplica(key) => Some(Secret::new(*key)),
            _ => None,
        });
        self.replica = stale.map(|key| Verifier { keys: vec![key], ..self.verifier.clone() });
    }

    /// What it forgives an `exp`, in seconds.
    pub fn leeway(&self) -> f64 {
        match self.verifier.exp {
            TimeRule::IfPresent { leeway } | TimeRule::Required { leeway } => leeway.0,
            TimeRule::Ignored => f64::INFINITY,
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
