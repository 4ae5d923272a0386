//! One thing to ask a service: which credential to send. Symbolic: keys by name, times relative
//! to the moment of sending, so that a question can be compared, stored and asked again.

use std::fmt;
use std::net::SocketAddr;

use serde_json::Value;

use crate::hostile::Trick;
use crate::plan::{Algorithm, Carrier, KeyName};

/// A request to make. Equal questions have one answer; ask again by counting `round` up.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Question {
    /// What to send in the token's place.
    pub credential: Credential,
    /// Tells repetitions of one credential apart.
    pub round: u16,
    /// Which connection it goes over.
    pub connection: Connection,
    /// Send when the fraction of our second is this many thousandths; at once if `None`.
    pub at_fraction: Option<u16>,
}

impl Question {
    /// Asks once, at once.
    #[must_use]
    pub fn once(credential: Credential) -> Self {
        Self { credential, round: 0, connection: Connection::Kept, at_fraction: None }
    }

    /// Asks with this token, once, at once.
    #[must_use]
    pub fn token(shape: TokenShape) -> Self {
        Self::once(Credential::Token(Box::new(shape)))
    }

    /// The same question for another time.
    #[must_use]
    pub fn again(mut self, round: u16) -> Self {
        self.round = round;
        self
    }

    /// The shape of the token, if one is sent.
    #[must_use]
    pub fn shape(&self) -> Option<&TokenShape> {
        match &self.credential {
            Credential::Token(shape) => Some(shape),
            Credential::Absent | Credential::Garbage | Credential::Caught => None,
        }
    }
}

/// Which connection a request goes over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Connection {
    /// One that may have been used before: the fast way, and the same replica again and again.
    Kept,
    /// A new one, so that a load balancer chooses anew.
    Fresh,
    /// A new one to this address of the service's name. Host, SNI and certificate stay the name's.
    To(SocketAddr),
}

/// What is sent in the token's place.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Credential {
    /// No credential at all.
    Absent,
    /// Text that is no token.
    Garbage,
    /// A token, right or forged.
    Token(Box<TokenShape>),
    /// The token that was caught in the wild, byte for byte; the keyring holds it.
    Caught,
}

/// A token, described: what differs from the baseline token is all that is named.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TokenShape {
    /// The key it is signed with.
    pub key: KeyName,
    /// The algorithm it is signed with.
    pub algorithm: Algorithm,
    /// How it is damaged, if it is.
    pub forgery: Option<Forgery>,
    /// The `exp` claim.
    pub expires: Moment,
    /// The `nbf` claim.
    pub not_before: Moment,
    /// The `iat` claim.
    pub issued: Moment,
    /// Claims and header members that differ from the configured ones.
    pub edits: Vec<Edit>,
    /// Where the token travels, where that is not as configured.
    pub carrier: Option<Carrier>,
}

impl TokenShape {
    /// The token as configured: reference key, `exp`, `iat` and `nbf` as `token` says.
    #[must_use]
    pub fn baseline(algorithm: Algorithm) -> Self {
        Self {
            key: KeyName::Reference,
            algorithm,
            forgery: None,
            expires: Moment::Configured,
            not_before: Moment::Configured,
            issued: Moment::Configured,
            edits: Vec::new(),
            carrier: None,
        }
    }

    /// The token hardest to refuse: no `iat` or `nbf` that could be early.
    #[must_use]
    pub fn most_acceptable(algorithm: Algorithm) -> Self {
        Self { not_before: Moment::Absent, issued: Moment::Absent, ..Self::baseline(algorithm) }
    }
}

/// Damage that a signing library rightly refuses to do.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Forgery {
    /// `alg` is `none` and the signature is empty (RFC 7518 section 3.6).
    AlgNone,
    /// The header names an HMAC algorithm and the signature is empty.
    SignatureRemoved,
    /// A claim was changed after signing.
    PayloadChanged,
    /// The signature is right, and written with the padding that RFC 7515 section 2 leaves out.
    SignaturePadded,
    /// The header names this algorithm, the signature is made with the shape's.
    HeaderNames(Algorithm),
    /// This claim stands twice (RFC 7519 section 4), the second time with this value.
    DuplicateClaim(String, Value),
    /// What only an attacker would send.
    Hostile(Trick),
}

/// A time claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Moment {
    /// As `token` in the configuration says.
    Configured,
    /// The claim is left out.
    Absent,
    /// Whole seconds from the second in which the token is minted.
    FromNow(i64),
    /// The same, written in an unusual form.
    Written(i64, DateForm),
}

/// Unusual ways to write a `NumericDate` (RFC 7519 section 2 allows whole and fractional numbers).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DateForm {
    /// With a fraction of half a second.
    Fractional,
    /// As a JSON string.
    Text,
    /// In milliseconds.
    Milliseconds,
}

/// A change to one claim or header member.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Edit {
    /// Where the member stands.
    pub part: Part,
    /// Its name.
    pub name: String,
    /// Its value; `None` leaves it out.
    pub value: Option<Value>,
}

/// A part of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// The JOSE header.
    Header,
    /// The claims.
    Payload,
}

impl fmt::Display for Question {
    /// The variant in words, for the report: what differs from the baseline token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.credential {
            Credential::Absent => f.write_str("no token")?,
            Credential::Garbage => f.write_str("garbage in the token's place")?,
            Credential::Token(shape) => write!(f, "{shape}")?,
            Credential::Caught => f.write_str("the caught token")?,
        }
        match self.connection {
            Connection::To(address) => write!(f, ", at {address}"),
            Connection::Kept | Connection::Fresh => Ok(()),
        }
    }
}

impl fmt::Display for TokenShape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.forgery {
            Some(Forgery::AlgNone) => f.write_str("unsigned token (alg none)")?,
            Some(Forgery::SignatureRemoved) => f.write_str("token without its signature")?,
            Some(Forgery::PayloadChanged) => f.write_str("token changed after signing")?,
            Some(Forgery::SignaturePadded) => {
                write!(f, "{} token with a padded signature", self.algorithm)?;
            }
            Some(Forgery::HeaderNames(named)) => {
                write!(f, "{} token whose header says {named}", self.algorithm)?;
            }
            Some(Forgery::DuplicateClaim(name, _)) => write!(f, "token with two {name} claims")?,
            Some(Forgery::Hostile(trick)) => write!(f, "{trick}")?,
            None => write!(f, "{} token", self.algorithm)?,
        }
        // What a trick is signed with is part of the trick.
        if !matches!(self.forgery, Some(Forgery::Hostile(_))) {
            write!(f, " signed with {}", self.key)?;
        }
        for (claim, moment) in
            [("exp", self.expires), ("nbf", self.not_before), ("iat", self.issued)]
        {
            match moment {
                Moment::Configured => {}
                Moment::Absent => write!(f, ", no {claim}")?,
                Moment::FromNow(offset) => write!(f, ", {claim} {offset:+} s")?,
                Moment::Written(offset, form) => write!(f, ", {claim} {offset:+} s as {form:?}")?,
            }
        }
        for edit in &self.edits {
            match &edit.value {
                Some(value) => write!(f, ", {} {value}", edit.name)?,
                None => write!(f, ", no {}", edit.name)?,
            }
        }
        if let Some(carrier) = &self.carrier {
            write!(f, ", sent as {carrier}")?;
        }
        Ok(())
    }
}
