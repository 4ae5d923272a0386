//! The closed sets of words in the JSON report, taken from the nouns, for its JSON Schema.

use schemars::{Schema, SchemaGenerator, json_schema};

use crate::cause::CauseCode;
use crate::check::{CheckId, Checklist, Severity, Status};
use crate::clock_reading::DateClock;
use crate::diagnosis::{ClockSource, RunVerdict};
use crate::plan::Algorithm;
use crate::time::Seconds;

/// The version of the report; fields may be added to it, never renamed.
pub(super) const SCHEMA: &str = "authprobe.report/1";

fn one_of<'a>(words: impl IntoIterator<Item = &'a str>) -> Schema {
    let words: Vec<&str> = words.into_iter().collect();
    json_schema!({ "type": "string", "enum": words })
}

pub(super) fn schema(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "const": SCHEMA })
}

pub(super) fn run_verdict(_: &mut SchemaGenerator) -> Schema {
    one_of([RunVerdict::Pass, RunVerdict::Fail, RunVerdict::Inconclusive].map(RunVerdict::code))
}

pub(super) fn verdict(_: &mut SchemaGenerator) -> Schema {
    one_of(["accepted", "rejected", "undecided"])
}

pub(super) fn cause(_: &mut SchemaGenerator) -> Schema {
    one_of(CauseCode::ALL.iter().map(|code| code.code()))
}

pub(super) fn check(_: &mut SchemaGenerator) -> Schema {
    one_of(CheckId::ALL.iter().map(|id| id.id()))
}

pub(super) fn checklist(_: &mut SchemaGenerator) -> Schema {
    use Checklist::{Algorithm, Claims, Clock, Expiration, Keys, Practice, Reach};
    one_of([Reach, Keys, Algorithm, Expiration, Clock, Claims, Practice].map(Checklist::code))
}

pub(super) fn status(_: &mut SchemaGenerator) -> Schema {
    use Status::{Fail, Pass, Skip, Undecided, Warn};
    one_of([Pass, Fail, Warn, Skip, Undecided].map(Status::code))
}

pub(super) fn severity(_: &mut SchemaGenerator) -> Schema {
    use Severity::{Critical, High, Info, Low, Medium};
    one_of([Info, Low, Medium, High, Critical].map(Severity::code))
}

pub(super) fn algorithms(_: &mut SchemaGenerator) -> Schema {
    let name = one_of(Algorithm::ALL.iter().map(|algorithm| algorithm.name()));
    json_schema!({ "type": "array", "items": name })
}

pub(super) fn clock_source(_: &mut SchemaGenerator) -> Schema {
    let words = [ClockSource::Token, ClockSource::Date].map(ClockSource::code);
    json_schema!({ "enum": [words[0], words[1], null] })
}

pub(super) fn date_clock(_: &mut SchemaGenerator) -> Schema {
    let none = Seconds(0.0);
    let words = [DateClock::Same, DateClock::Late(none), DateClock::Other(none)];
    let words = words.map(DateClock::code);
    json_schema!({ "enum": [words[0], words[1], words[2], null] })
}

pub(super) fn key_match(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": ["string", "null"],
        "pattern": "^(reference|previous|own|environment:.+|default|variant|unknown)$",
    })
}

pub(super) fn moment(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "format": "date-time" })
}

pub(super) fn moment_or_null(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": ["string", "null"], "format": "date-time" })
}
