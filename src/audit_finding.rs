//! What an audit can find: one code a kind of finding, with its severity, and a finding itself with the
//! place where it is. Names and places only, never a value.

use std::fmt;
use std::path::PathBuf;

use crate::check::{Severity, Status};

/// Declares the codes once: variant, code, severity, what should hold.
macro_rules! codes {
    ($($variant:ident $code:literal $severity:ident $title:literal;)*) => {
        /// The stable code of a finding.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum AuditCode { $(#[doc = $title] $variant,)* }

        impl AuditCode {
            /// Every code, in the order of the report.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The code as reports write it.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// How bad it is.
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

codes! {
    KeyUnreadable "key-unreadable" High "every key file can be read";
    KeyMissing "key-missing" High "every service's key is there";
    KeyEmpty "key-empty" Critical "no key is empty";
    KeyDuplicate "key-duplicate" Medium "a file sets its key once";
    KeyDiffers "key-differs" High "every service holds the key of the source of truth";
    KeySharedBetweenEnvironments "key-shared-between-environments" High "each environment has a key of its own";
    KeyWellKnown "key-well-known" Critical "no key is a published example or default";
    KeyWeak "key-weak" High "a key cannot be guessed";
    KeyTooShort "key-too-short" Medium "a key is as long as its algorithm asks (RFC 7518 section 3.2)";
    KeyPredictable "key-predictable" Low "a key has 160 bits of entropy";
    LoadersDisagree "loaders-disagree" Medium "every likely loader reads the same key from a file";
    AlgorithmDiffers "algorithm-differs" High "the services are set to one algorithm";
    AlgorithmOutsidePolicy "algorithm-outside-policy" High "the algorithm that is set is one of the policy";
    ExpiryDiffers "expiry-differs" Low "the services are set to one token lifetime";
    KeyTracked "key-tracked" High "git tracks no key file";
    KeyInHistory "key-in-history" High "no key is in git's history";
    KeyNotIgnored "key-not-ignored" Medium "every key file is ignored by git";
    GitUntold "git-untold" Low "git says what it knows of the key files";
    KeyInImage "key-in-image" High "no image build copies a key file";
    KeyHardCoded "key-hard-coded" High "no key is written into a compose file, a manifest or a Dockerfile";
    KeyFallback "key-fallback" High "nothing falls back to a key of its own";
    KeyShadowed "key-shadowed" High "a service reads the file that it is given";
    KeyOld "key-old" Medium "no key is older than the policy allows";
    FileWritable "file-writable" High "only its owner can change or replace a key file";
    FileReadable "file-readable" Medium "only its owner can read a key file";
    FileOwner "file-owner" Medium "a key file belongs to whoever works with it, or to root";
    FileLinked "file-linked" Info "a key file is no link";
    SearchCut "search-cut" Low "every file around the services was searched";
}

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilePlace {
    /// The file, absolute.
    pub path: PathBuf,
    /// The file as reports name it: relative to the folder that is audited.
    pub name: String,
    /// The line, counted from 1, if it is about one.
    pub line: Option<usize>,
}

impl fmt::Display for FilePlace {
    /// `remotehive-admin/.env.production:3`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}", self.name),
            None => f.write_str(&self.name),
        }
    }
}

/// One thing to know about the key files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What kind of finding.
    pub code: AuditCode,
    /// `Fail`, `Warn` or `Undecided`: what is as it should be is no finding.
    pub status: Status,
    /// The environments it concerns; empty where it concerns none in particular.
    pub environments: Vec<String>,
    /// The service it concerns, if it is one.
    pub service: Option<String>,
    /// Where it is, if it is in a file.
    pub place: Option<FilePlace>,
    /// What was found, as a sentence without a full stop.
    pub summary: String,
    /// What to type or to change, in sentences.
    pub fix: String,
}
