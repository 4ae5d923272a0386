//! What the files around a service's env file tell of further loaders in, what that means for a key
//! fault in words out. Silent where every loader reads the same key.

use crate::key::Reading;
use crate::loader::{OtherLoader, OtherReading};
use crate::plan::{OwnKey, Subject};

/// The other loader that makes this very reading of the shared key, if the service's file holds it.
pub(super) fn reading_so<'s>(subject: &'s Subject, code: &str) -> Option<&'s OtherLoader> {
    let holds_it = matches!(subject.own_key, OwnKey::SameAsReference(_));
    let reads_so = |other: &&OtherLoader| match other.reads {
        OtherReading::Differs { variant } => variant == Some(code),
        OtherReading::Same | OtherReading::Nothing | OtherReading::Unknown => false,
    };
    subject.loader.iter().filter(|_| holds_it).flat_map(|loader| &loader.others).find(reads_so)
}

/// How another loader explains what a service has.
pub(super) fn explained(subject: &Subject, other: &OtherLoader) -> String {
    let clue = &other.clue;
    let file = subject.loader.as_ref().map_or("", |loader| &loader.file);
    let told = format!("{} reads {file} so, and {} {}", clue.dialect, clue.file, clue.says);
    if subject.source_of_truth {
        // What it reads is the key that all others should have.
        return format!(
            "{told}: if that starts {}, say dialect: {} for its key in probes.yaml instead.",
            subject.name, clue.dialect
        );
    }
    format!("{told}.")
}

/// A fix, with the likeliest loader that does not read the service's key as it is read here.
pub(super) fn minding(subject: &Subject, fix: String) -> String {
    let Some(loader) = &subject.loader else { return fix };
    let differing = loader.others.iter().find_map(|other| Some((other, reads(other.reads)?)));
    let Some((OtherLoader { clue, .. }, reads)) = differing else { return fix };
    format!(
        "{fix} Mind that {} reads {reads} in {}, and {} {}.",
        clue.dialect, loader.file, clue.file, clue.says
    )
}

/// What it reads in words, where that is not the same key.
fn reads(reading: OtherReading) -> Option<String> {
    match reading {
        OtherReading::Differs { variant } => {
            let row = variant.and_then(Reading::of);
            Some(row.map_or("another key".to_owned(), |row| row.what.replace("shared key", "key")))
        }
        OtherReading::Nothing => Some("no key".to_owned()),
        OtherReading::Same | OtherReading::Unknown => None,
    }
}
