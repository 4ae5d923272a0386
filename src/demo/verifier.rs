//! A model verifier: a token and a moment in, its claims or the reason of the refusal out.
//! Everything in which real JWT verifiers differ is a field. Never reads a clock, never does I/O.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::DecodingKey;
use serde_json::{Map, Value};

use super::claims::{Audience, Member};
use super::refusal::Refusal;
use super::times::{DateReading, Expiry, Resolution, TimeRule};
use crate::plan::Algorithm;
use crate::question::Part;
use crate::secret::Secret;
use crate::time::{Seconds, UnixTime};

/// The claims of a token that was taken.
pub type Claims = Map<String, Value>;

/// A JWT verifier, described. [`Verifier::new`] is what a careful service does.
#[derive(Debug, Clone)]
pub struct Verifier {
    /// The keys that it verifies with; one is enough.
    pub keys: Vec<Secret>,
    /// The algorithms that it takes.
    pub algorithms: Vec<Algorithm>,
    /// What it does with the signature.
    pub signature: SignatureRule,
    /// Its own clock minus the true one: positive means that it is ahead.
    pub skew: Seconds,
    /// How finely it reads its clock.
    pub resolution: Resolution,
    /// What counts as a time in a claim.
    pub dates: DateReading,
    /// Whether a token lives through the second that `exp` names.
    pub expiry: Expiry,
    /// How it treats `exp`.
    pub exp: TimeRule,
    /// How it treats `nbf`.
    pub nbf: TimeRule,
    /// How it treats `iat`: one in the future is refused.
    pub iat: TimeRule,
    /// The longest time from now until `exp` that it takes.
    pub max_remaining: Option<Seconds>,
    /// The longest time from `iat` until `exp` that it takes.
    pub max_lifetime: Option<Seconds>,
    /// The `iss` that it wants; any will do if `None`.
    pub issuer: Option<String>,
    /// What it wants of `aud`.
    pub audience: Audience,
    /// What it wants of further claims and header members.
    pub members: Vec<Member>,
    /// The subjects that it knows; all if `None`.
    pub subjects: Option<Vec<String>>,
}

/// What a verifier does with the signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SignatureRule {
    /// Only a right signature is taken.
    Verified,
    /// A right one, and none at all where `alg` is `none` (RFC 7518 section 3.6).
    AlgNoneTaken,
    /// A right one, and an empty one under any algorithm that it takes.
    EmptyTaken,
    /// A right one, and both ways of having none.
    UnsignedTaken,
    /// Neither the algorithm nor the signature is looked at.
    Ignored,
}

impl Verifier {
    /// A careful verifier: HS256 and this key, whole seconds, no leeway, `exp` required, `nbf` and
    /// `iat` looked at where they are present, nothing asked of other claims.
    #[must_use]
    pub fn new(key: Secret) -> Self {
        let checked = TimeRule::IfPresent { leeway: Seconds(0.0) };
        Self {
            keys: vec![key],
            algorithms: vec![Algorithm::HS256],
            signature: SignatureRule::Verified,
            skew: Seconds(0.0),
            resolution: Resolution::WholeSeconds,
            dates: DateReading::Number,
            expiry: Expiry::Strict,
            exp: TimeRule::Required { leeway: Seconds(0.0) },
            nbf: checked,
            iat: checked,
            max_remaining: None,
            max_lifetime: None,
            issuer: None,
            audience: Audience::Ignored,
            members: Vec::new(),
            subjects: None,
        }
    }

    /// The verifier's own clock at a true moment.
    #[must_use]
    pub fn clock(&self, now: UnixTime) -> UnixTime {
        now + self.skew
    }

    /// Judges a token at the true moment `now`, in the order of real libraries: form, algorithm,
    /// signature, times, issuer and audience, further claims, subject.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn verify(&self, token: &str, now: UnixTime) -> Result<Claims, Refusal> {
        let parts = Parts::of(token)?;
        self.check_signature(&parts)?;
        let claims = parts.claims;
        self.check_times(&claims, self.resolution.read(self.clock(now)))?;
        self.check_issuer(&claims)?;
        self.audience.check(claims.get("aud"))?;
        for member in &self.members {
            member.check(match member.part {
                Part::Header => &parts.header,
                Part::Payload => &claims,
            })?;
        }
        self.check_subject(&claims)?;
        Ok(claims)
    }

    fn check_signature(&self, parts: &Parts<'_>) -> Result<(), Refusal> {
        if self.signature == SignatureRule::Ignored {
            return Ok(());
        }
        let named = parts.header.get("alg").and_then(Value::as_str).unwrap_or_default();
        if named == "none" && self.signature.takes_alg_none() {
            return if parts.signature.is_empty() { Ok(()) } else { Err(Refusal::Signature) };
        }
        let algorithm = self.algorithms.iter().find(|algorithm| algorithm.name() == named);
        let algorithm = library_algorithm(*algorithm.ok_or(Refusal::Algorithm)?);
        if parts.signature.is_empty() && self.signature.takes_empty() {
            return Ok(());
        }
        for key in &self.keys {
            let key = DecodingKey::from_secret(key.expose());
            let right =
                jsonwebtoken::crypto::verify(parts.signature, parts.signed, &key, algorithm);
            if right.map_err(|_| Refusal::Malformed)? {
                return Ok(());
            }
        }
        Err(Refusal::Signature)
    }

    fn check_times(&self, claims: &Claims, now: UnixTime) -> Result<(), Refusal> {
        let issued = self.iat.date("iat", claims, self.dates)?;
        if issued.is_some_and(|(iat, leeway)| iat > now + leeway) {
            return Err(Refusal::IssuedInFuture);
        }
        let not_before = self.nbf.date("nbf", claims, self.dates)?;
        if not_before.is_some_and(|(nbf, leeway)| nbf > now + leeway) {
            return Err(Refusal::NotYetValid);
        }
        let expires = self.exp.date("exp", claims, self.dates)?;
        if expires.is_some_and(|(exp, leeway)| self.expiry.is_past(exp + leeway, now)) {
            return Err(Refusal::Expired);
        }
        self.check_lifetime(claims, now)
    }

    fn check_lifetime(&self, claims: &Claims, now: UnixTime) -> Result<(), Refusal> {
        let date = |name| claims.get(name).and_then(|value| self.dates.read(value));
        let Some(exp) = date("exp") else { return Ok(()) };
        let remains_too_long = self.max_remaining.is_some_and(|limit| exp - now > limit);
        let lives_too_long =
            self.max_lifetime.zip(date("iat")).is_some_and(|(limit, issued)| exp - issued > limit);
        if remains_too_long || lives_too_long { Err(Refusal::LifetimeTooLong) } else { Ok(()) }
    }

    fn check_issuer(&self, claims: &Claims) -> Result<(), Refusal> {
        let Some(wanted) = &self.issuer else { return Ok(()) };
        let issuer = claims.get("iss").and_then(Value::as_str);
        if issuer == Some(wanted) { Ok(()) } else { Err(Refusal::Issuer) }
    }

    fn check_subject(&self, claims: &Claims) -> Result<(), Refusal> {
        let Some(known) = &self.subjects else { return Ok(()) };
        let subject = claims.get("sub").and_then(Value::as_str);
        let is_known = subject.is_some_and(|subject| known.iter().any(|name| name == subject));
        if is_known { Ok(()) } else { Err(Refusal::SubjectUnknown) }
    }
}

impl SignatureRule {
    fn takes_alg_none(self) -> bool {
        matches!(self, Self::AlgNoneTaken | Self::UnsignedTaken)
    }

    fn takes_empty(self) -> bool {
        matches!(self, Self::EmptyTaken | Self::UnsignedTaken)
    }
}

/// A token taken apart. Of a member that stands twice the last counts, as in most JSON parsers
/// (RFC 7515 section 4 leaves the choice).
struct Parts<'a> {
    header: Map<String, Value>,
    claims: Claims,
    signed: &'a [u8],
    signature: &'a str,
}

impl<'a> Parts<'a> {
    fn of(token: &'a str) -> Result<Self, Refusal> {
        let (signed, signature) = token.rsplit_once('.').ok_or(Refusal::Malformed)?;
        let (header, claims) = signed.split_once('.').ok_or(Refusal::Malformed)?;
        if claims.contains('.') {
            return Err(Refusal::Malformed);
        }
        let (header, claims) = (object(header)?, object(claims)?);
        Ok(Self { header, claims, signed: signed.as_bytes(), signature })
    }
}

fn object(part: &str) -> Result<Map<String, Value>, Refusal> {
    let json = URL_SAFE_NO_PAD.decode(part).map_err(|_| Refusal::Malformed)?;
    serde_json::from_slice(&json).map_err(|_| Refusal::Malformed)
}

fn library_algorithm(algorithm: Algorithm) -> jsonwebtoken::Algorithm {
    match algorithm {
        Algorithm::HS256 => jsonwebtoken::Algorithm::HS256,
        Algorithm::HS384 => jsonwebtoken::Algorithm::HS384,
        Algorithm::HS512 => jsonwebtoken::Algorithm::HS512,
    }
}
