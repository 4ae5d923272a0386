//! Keys by name: what reports and questions speak of. Only the [`Keyring`] holds bytes.

use std::borrow::Cow;
use std::fmt;

use crate::secret::Secret;

/// What the configuration says of a service's own key, compared with the reference key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OwnKey {
    /// No key source is configured for the service.
    NotConfigured,
    /// The file is there and does not set the variable.
    Unset(KeyPlace),
    /// The same bytes as the reference key.
    SameAsReference(KeyPlace),
    /// Other bytes than the reference key.
    Differs(KeyPlace),
}

impl OwnKey {
    /// Where the service reads its key, if that is configured.
    #[must_use]
    pub fn place(&self) -> Option<&KeyPlace> {
        match self {
            Self::NotConfigured => None,
            Self::Unset(place) | Self::SameAsReference(place) | Self::Differs(place) => Some(place),
        }
    }
}

/// A key's name and where it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyLabel {
    /// The name used in questions and reports.
    pub name: KeyName,
    /// Where it was read.
    pub place: KeyPlace,
    /// The key's length in bits, for the length rule of RFC 7518 section 3.2.
    pub bits: usize,
}

/// Where a key is read: a phrase for reports, never a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyPlace {
    /// The file, the environment variable or the command, such as `autoscraper-service/.env.staging`;
    /// for keys that stand nowhere, what they are.
    pub source: Cow<'static, str>,
    /// The variable inside the source, if it has variables.
    pub variable: Option<String>,
}

impl fmt::Display for KeyPlace {
    /// `JWT_SECRET in remotehive-admin/.env.development`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.variable {
            Some(variable) => write!(f, "{variable} in {}", self.source),
            None => f.write_str(&self.source),
        }
    }
}

/// The name of a key. Names are what reports show; the bytes stay in the [`Keyring`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum KeyName {
    /// The key of the source of truth.
    Reference,
    /// The key in the service's own file, when it differs from the reference.
    Own,
    /// A previous key of this environment; 0 is the first that is listed.
    Previous(usize),
    /// The reference key of another environment.
    Environment(String),
    /// Another value in the service's own env file that could be a key; this variable holds it.
    OwnVariable(String),
    /// The reference key in another reading; the code is that of a row in `key::reading`.
    Reading(&'static str),
    /// A framework default or well-known example; the number is its row in `key::defaults`.
    Default(usize),
    /// No bytes at all.
    Empty,
    /// Fresh random bytes, never used twice: a control that must be refused.
    Random,
    /// The service's public key, misused as an HMAC key.
    Public(PublicKeyForm),
}

/// What a verifier may hold of a public key as bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PublicKeyForm {
    /// The file, byte for byte.
    File,
    /// The text without the line feed at its end, or with one where the file has none.
    OtherEnd,
    /// The DER inside the PEM.
    Der,
}

impl PublicKeyForm {
    /// Every form.
    pub const ALL: [Self; 3] = [Self::File, Self::OtherEnd, Self::Der];
}

impl fmt::Display for KeyName {
    /// The phrase that fits after "signed with".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reference => f.write_str("the reference key"),
            Self::Own => f.write_str("the key in its own file"),
            Self::Previous(0) => f.write_str("the previous key"),
            Self::Previous(n) => write!(f, "previous key number {}", n + 1),
            Self::Environment(name) => write!(f, "the key of {name}"),
            Self::OwnVariable(name) => write!(f, "the value of {name} in its own file"),
            Self::Reading(code) => write!(f, "the reference key read otherwise ({code})"),
            Self::Default(_) => f.write_str("a well-known default key"),
            Self::Empty => f.write_str("an empty key"),
            Self::Random => f.write_str("a random key"),
            Self::Public(PublicKeyForm::File) => f.write_str("its public key as an HMAC key"),
            Self::Public(PublicKeyForm::OtherEnd) => {
                f.write_str("its public key as an HMAC key (other line end)")
            }
            Self::Public(PublicKeyForm::Der) => f.write_str("its public key as an HMAC key (DER)"),
        }
    }
}

/// The bytes behind the names of one service: its keys, and a token that was caught in the wild.
#[derive(Debug, Clone, Default)]
pub struct Keyring {
    keys: Vec<(KeyName, Secret)>,
    caught: Option<Secret>,
}

impl Keyring {
    /// Adds a key; a name is added once.
    pub fn insert(&mut self, name: KeyName, secret: Secret) {
        self.keys.push((name, secret));
    }

    /// Puts these bytes behind a name, whatever was behind it.
    pub fn replace(&mut self, name: KeyName, secret: Secret) {
        self.keys.retain(|(known, _)| *known != name);
        self.insert(name, secret);
    }

    /// The bytes of a named key. `Random` is never in here: the mint makes it.
    #[must_use]
    pub fn get(&self, name: &KeyName) -> Option<&Secret> {
        self.keys.iter().find(|(known, _)| known == name).map(|(_, secret)| secret)
    }

    /// Whether these bytes are in here, under whatever name.
    #[must_use]
    pub fn holds(&self, secret: &Secret) -> bool {
        self.keys.iter().any(|(_, known)| known == secret)
    }

    /// The name under which this ring holds a key of another ring; `None` where either lacks it.
    #[must_use]
    pub fn name_of(&self, other: &Self, name: &KeyName) -> Option<&KeyName> {
        let theirs = other.get(name)?;
        self.keys.iter().find(|(_, ours)| ours == theirs).map(|(name, _)| name)
    }

    /// Whether a key of this ring and one of another are the same bytes; `None` where either is not
    /// known here.
    #[must_use]
    pub fn holds_same(&self, name: &KeyName, other: &Self, theirs: &KeyName) -> Option<bool> {
        Some(self.get(name)? == other.get(theirs)?)
    }

    /// Every key with its name.
    pub fn keys(&self) -> impl Iterator<Item = (&KeyName, &Secret)> {
        self.keys.iter().map(|(name, secret)| (name, secret))
    }

    /// Holds the token that `Credential::Caught` sends.
    pub fn catch(&mut self, token: Secret) {
        self.caught = Some(token);
    }

    /// The token that was caught, if there is one.
    #[must_use]
    pub fn caught(&self) -> Option<&Secret> {
        self.caught.as_ref()
    }

    /// What must be scrubbed out of whatever a service sends back: every key that is not public
    /// knowledge. Readings of a key are scrubbed with it.
    pub fn secrets(&self) -> impl Iterator<Item = &Secret> {
        let private = self.keys.iter().filter(|(name, _)| {
            !matches!(
                name,
                KeyName::Default(_) | KeyName::Empty | KeyName::Reading(_) | KeyName::Public(_)
            )
        });
        private.map(|(_, secret)| secret).chain(&self.caught)
    }
}

/// A finding about keys that needs no network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyFact {
    /// This environment's reference key is also the reference key of another (seed document, rule 3).
    SharedWithEnvironment(String),
    /// The reference key is shorter than the policy asks (RFC 7518 section 3.2).
    TooShort {
        /// The bits there are.
        bits: usize,
        /// The bits the policy wants.
        wanted: usize,
    },
    /// The reference key is a well-known default or example.
    WellKnown,
    /// The value in a secret store or manifest ends with a line feed, as `echo` writes it.
    EndsWithNewline {
        /// Where it stands.
        place: KeyPlace,
        /// How it is written without.
        mend: &'static str,
    },
}
