//! An inventory in, how each place stands out; with a new key, what every file becomes. Every file is
//! read once, and what it becomes is read again by its dialect: the same key everywhere, or an error.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use super::change::Change;
use crate::inventory::{InFile, Inventory, KeyFile};
use crate::key::dotenv::{Dialect, DotenvError, SetError};
use crate::key::encoding::NotEncoded;
use crate::key::file::{self, FileError};
use crate::key::{self, Encoding, defaults};
use crate::rotation::Standing;
use crate::secret::Secret;

/// The shortest key for HS256 (RFC 7518 section 3.2), in bits.
const SHORTEST: usize = 256;

impl Draft {
    /// What nobody must be shown: the keys, and what stood in the files before.
    #[must_use]
    pub fn secrets(&self) -> Vec<Secret> {
        let keys = [self.key.clone(), self.previous.clone()];
        keys.into_iter().chain(self.replaced.clone()).collect()
    }
}

/// How every place of an inventory stands.
pub struct Survey<'i> {
    /// Each place with its standing, in the order of the inventory.
    pub places: Vec<(&'i KeyFile, Standing)>,
    /// Each file, without links, and its bytes.
    files: BTreeMap<PathBuf, Secret>,
    /// Which file a place is in.
    real: Vec<Option<PathBuf>>,
    /// The present key of the source of truth.
    present: Secret,
}

/// What every file becomes.
pub struct Draft {
    /// The files.
    pub changes: Vec<Change>,
    /// The new key.
    pub key: Secret,
    /// The present key of the source of truth.
    pub previous: Secret,
    /// The text of the key at each place, before and after.
    replaced: Vec<Secret>,
}

/// Reads every place.
///
/// # Errors
/// Every place that could not be changed, all at once.
pub fn survey(inventory: &Inventory) -> Result<Survey<'_>, Vec<DraftError>> {
    let elsewhere = inventory.elsewhere.iter();
    let mut problems: Vec<_> = elsewhere
        .map(|one| DraftError::Elsewhere {
            service: one.service.clone(),
            place: one.place.to_string(),
        })
        .collect();
    let mut files = BTreeMap::new();
    let mut found = Vec::new();
    for place in &inventory.files {
        match read(place, &mut files) {
            Ok((standing, real, key)) => found.push((place, standing, real, key)),
            Err(problem) => problems.push(problem),
        }
    }
    let of_truth = found.iter().find(|(place, ..)| place.source_of_truth);
    let present = of_truth.and_then(|(.., key)| key.clone());
    match present {
        Some(present) if problems.is_empty() => {
            let (mut places, mut real) = (Vec::new(), Vec::new());
            for (place, standing, path, key) in found {
                let drifted = key.is_some_and(|key| key != present);
                places.push((place, if drifted { Standing::Differs } else { standing }));
                real.push(path);
            }
            Ok(Survey { places, files, real, present })
        }
        _ => Err(problems),
    }
}

type Found = (Standing, Option<PathBuf>, Option<Secret>);

fn read(place: &KeyFile, files: &mut BTreeMap<PathBuf, Secret>) -> Result<Found, DraftError> {
    let fault = |fault| DraftError::at(place, fault);
    let bytes = match file::read(&place.path) {
        Err(FileError::Missing) if place.if_exists => return Ok((Standing::Missing, None, None)),
        bytes => bytes.map_err(|error| fault(PlaceFault::File(error)))?,
    };
    let text = match value(place, &bytes).map_err(|error| fault(PlaceFault::Dotenv(error)))? {
        Some(text) => text,
        None if place.if_exists => return Ok((Standing::Unset, None, None)),
        None => return Err(fault(PlaceFault::Unset)),
    };
    let real =
        fs::canonicalize(&place.path).map_err(|error| fault(PlaceFault::File(error.into())))?;
    // What cannot be decoded is another key than that of the source of truth, and is replaced.
    let key = match encoding(place).decode(text) {
        Err(error) if place.source_of_truth => return Err(fault(PlaceFault::Encoding(error))),
        key => key.unwrap_or_else(|_| Secret::new([])),
    };
    files.insert(real.clone(), bytes);
    Ok((Standing::Same, Some(real), Some(key)))
}

impl Survey<'_> {
    /// What every file becomes when the source of truth holds this text.
    ///
    /// # Errors
    /// When the key is no good, or a file cannot hold it.
    pub fn draft(&self, text: &Secret) -> Result<Draft, DraftError> {
        let truth = self.places.iter().find(|(place, _)| place.source_of_truth);
        let Some((truth, _)) = truth else { return Err(DraftError::Same) };
        let decoded = encoding(truth).decode(text.clone());
        let key = decoded.map_err(|error| DraftError::at(truth, PlaceFault::Encoding(error)))?;
        check(&key, &self.present)?;
        let (mut files, mut replaced) = (self.files.clone(), vec![text.clone()]);
        for (place, real) in self.located() {
            let Some(bytes) = files.get_mut(real) else { continue };
            replaced.extend(value(place, bytes).ok().flatten());
            let same = place.encoding == truth.encoding;
            let text = if same { text.clone() } else { encoding(place).encode(&key) };
            *bytes = changed(place, bytes, &text)?;
            replaced.push(text);
        }
        for (place, real) in self.located() {
            let read = files.get(real).map(|bytes| value(place, bytes));
            let read = read.and_then(Result::ok).flatten();
            if read.and_then(|text| encoding(place).decode(text).ok()).as_ref() != Some(&key) {
                return Err(DraftError::at(place, PlaceFault::Conflict));
            }
        }
        let changes = std::iter::zip(&self.files, files).map(|((path, before), (_, after))| {
            Change { path: path.clone(), before: before.clone(), after }
        });
        let previous = self.present.clone();
        Ok(Draft { changes: changes.collect(), key, previous, replaced })
    }

    fn located(&self) -> impl Iterator<Item = (&KeyFile, &PathBuf)> {
        let places = std::iter::zip(&self.places, &self.real);
        places.filter_map(|((place, _), real)| Some((*place, real.as_ref()?)))
    }
}

fn check(key: &Secret, present: &Secret) -> Result<(), DraftError> {
    if key::bits(key) < SHORTEST {
        return Err(DraftError::TooShort);
    }
    if defaults::position(key).is_some() {
        return Err(DraftError::WellKnown);
    }
    if key == present { Err(DraftError::Same) } else { Ok(()) }
}

fn changed(place: &KeyFile, bytes: &Secret, text: &Secret) -> Result<Secret, DraftError> {
    let InFile::Variable { name, dialect } = &place.place else { return Ok(text.clone()) };
    let Some(dialect) = Dialect::named(dialect) else {
        return Err(DraftError::at(place, PlaceFault::Conflict));
    };
    let changed = dialect.set(bytes.expose(), name, text);
    changed.map_err(|error| DraftError::at(place, PlaceFault::Set(error)))
}

/// The text of the key in a file.
fn value(place: &KeyFile, bytes: &Secret) -> Result<Option<Secret>, DotenvError> {
    match &place.place {
        InFile::Whole => Ok(Some(bytes.clone())),
        InFile::Variable { name, dialect } => {
            Dialect::named(dialect).map_or(Ok(None), |dialect| dialect.value(bytes.expose(), name))
        }
    }
}

fn encoding(place: &KeyFile) -> Encoding {
    Encoding::named(place.encoding).unwrap_or_default()
}

/// Why no draft can be made.
#[derive(Debug, thiserror::Error)]
pub enum DraftError {
    /// A file that should hold the key.
    #[error("{} ({service}): {fault}\n  help: {}", file.display(), fault.help(variable))]
    Place {
        /// The service that reads it.
        service: String,
        /// The file as the configuration names it.
        file: PathBuf,
        /// The variable; empty if there is none.
        variable: String,
        /// Why not.
        fault: PlaceFault,
    },
    /// A key that authprobe cannot write.
    #[error(
        "{service} reads its key from {place}, which authprobe cannot change\n  help: change it by hand \
         in the same minute, with `key` of {service} taken out of a copy of probes.yaml, or move that \
         key into a file"
    )]
    Elsewhere {
        /// The service.
        service: String,
        /// Where it reads.
        place: String,
    },
    /// The key is too short for HS256.
    #[error("the new key has fewer than 256 bits\n  help: leave --key-from out, and one is made")]
    TooShort,
    /// The key is public knowledge.
    #[error("the new key is a well-known default\n  help: leave --key-from out, and one is made")]
    WellKnown,
    /// Nothing would change.
    #[error("the new key is the present one\n  help: leave --key-from out, and one is made")]
    Same,
}

/// What is wrong with one place.
#[derive(Debug, thiserror::Error)]
pub enum PlaceFault {
    /// The file cannot be read.
    #[error("cannot read it: {0}")]
    File(FileError),
    /// The loader refuses it.
    #[error(transparent)]
    Dotenv(DotenvError),
    /// It does not set the variable.
    #[error("it does not set the variable")]
    Unset,
    /// The key is not in the encoding that is configured.
    #[error(transparent)]
    Encoding(NotEncoded),
    /// The file cannot hold the new key.
    #[error(transparent)]
    Set(SetError),
    /// Two places in one file want different things.
    #[error("another place of the configuration wants another text there")]
    Conflict,
}

impl PlaceFault {
    fn help(&self, variable: &str) -> String {
        match self {
            Self::File(FileError::Missing) => {
                "create it, or say if_exists: true in probes.yaml".to_owned()
            }
            Self::File(_) => "see that it is a regular file that you may read".to_owned(),
            Self::Unset if variable.is_empty() => "put the key into it".to_owned(),
            Self::Unset => format!("add a line {variable}= to it, and the rotation fills it in"),
            Self::Encoding(_) => "correct `encoding` in probes.yaml, or the key".to_owned(),
            Self::Dotenv(_) | Self::Set(_) => {
                "correct the line, or say in probes.yaml which `dialect` reads it".to_owned()
            }
            Self::Conflict => "name each place once in probes.yaml".to_owned(),
        }
    }
}

impl DraftError {
    fn at(place: &KeyFile, fault: PlaceFault) -> Self {
        Self::Place {
            service: place.service.clone(),
            file: PathBuf::from(&place.name),
            variable: place.place.variable().unwrap_or_default().to_owned(),
            fault,
        }
    }
}
