//! The table of services: one row each, short cells drawn from checks and facts.

use super::page::{Mark, Page};
use super::{quantity, section_mark, verdict_mark};
use crate::check::{CheckId, Checklist, Status};
use crate::diagnosis::{Diagnosis, KeyMatch, ServiceDiagnosis};
use crate::plan::KeyName;

const HEADER: [&str; 6] = ["service", "keys", "algorithm", "expiration", "clock", "verdict"];

pub(super) fn write(diagnosis: &Diagnosis, page: &mut Page) {
    let rows: Vec<Vec<String>> =
        diagnosis.services.iter().map(|service| row(service, page)).collect();
    let header = HEADER.iter().map(|title| page.faint(title)).collect();
    let table: Vec<Vec<String>> = std::iter::once(header).chain(rows.iter().cloned()).collect();
    page.gap();
    if !page.grid(2, &table) {
        stacked(&rows, page);
    }
}

/// One service below the other, where six columns do not fit.
fn stacked(rows: &[Vec<String>], page: &mut Page) {
    for (index, row) in rows.iter().enumerate() {
        if index > 0 {
            page.gap();
        }
        page.paragraph(0, &format!("{}: {}", row[0], row[5]));
        let cells: Vec<Vec<String>> =
            (1..5).map(|column| vec![page.faint(HEADER[column]), row[column].clone()]).collect();
        page.columns(2, &cells);
    }
}

fn row(service: &ServiceDiagnosis, page: &Page) -> Vec<String> {
    let cell = |section, words: Option<String>| {
        let mark = section_mark(service, section);
        let words = words.filter(|_| mark != Mark::Unjudged).unwrap_or_default();
        let words = page.printable(&words);
        if words.is_empty() { page.mark(mark) } else { format!("{} {words}", page.mark(mark)) }
    };
    vec![
        page.strong(&page.printable(&service.name)),
        cell(Checklist::Keys, keys(service)),
        cell(Checklist::Algorithm, algorithm(service)),
        cell(Checklist::Expiration, expiration(service)),
        clock(service, page),
        page.tint(verdict_mark(service.verdict), service.verdict.code()),
    ]
}

/// The check of a section that failed or warns, in the words of this table.
fn trouble(service: &ServiceDiagnosis, words: &[(CheckId, &str)]) -> Option<String> {
    let wrong = |id| {
        let status = service.check(id).map(|check| check.status);
        matches!(status, Some(Status::Fail | Status::Warn))
    };
    words.iter().find(|(id, _)| wrong(*id)).map(|(_, words)| (*words).to_owned())
}

fn keys(service: &ServiceDiagnosis) -> Option<String> {
    let lax =
        [(CheckId::SignatureVerified, "any key"), (CheckId::PayloadIntegrity, "not verified")];
    if let Some(words) = trouble(service, &lax) {
        return Some(words);
    }
    let wrong = match service.key.as_ref()? {
        KeyMatch::Known(KeyName::Reference) => {
            let also = [
                (CheckId::PreviousKeyRefused, "old key too"),
                (CheckId::OtherEnvironmentRefused, "foreign key too"),
            ];
            return Some(trouble(service, &also).unwrap_or_else(|| "match".into()));
        }
        KeyMatch::Known(KeyName::Own) => "own file's key",
        KeyMatch::Known(KeyName::Previous(_)) => "previous key",
        KeyMatch::Known(KeyName::Environment(name)) => return Some(format!("{name}'s key")),
        KeyMatch::Known(KeyName::Default(_)) => "default key",
        KeyMatch::Known(KeyName::Empty) => "empty key",
        KeyMatch::Known(KeyName::OwnVariable(name)) => return Some(format!("{name}'s value")),
        KeyMatch::Known(KeyName::Reading(_)) => "misread key",
        KeyMatch::Known(KeyName::Random | KeyName::Public(_)) | KeyMatch::Unknown => "unknown key",
    };
    Some(wrong.to_owned())
}

fn algorithm(service: &ServiceDiagnosis) -> Option<String> {
    if let Some(words) = trouble(service, &[(CheckId::UnsignedRefused, "takes unsigned")]) {
        return Some(words);
    }
    let names: Vec<&str> =
        service.algorithm.accepted.iter().map(|algorithm| algorithm.name()).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

fn expiration(service: &ServiceDiagnosis) -> Option<String> {
    if let Some(words) = trouble(service, &[(CheckId::ExpiredRefused, "not enforced")]) {
        return Some(words);
    }
    if let Some(leeway) = service.expiration.leeway {
        return Some(format!("leeway {}", quantity::leeway(leeway)));
    }
    service.expiration.enforced.filter(|enforced| *enforced).map(|_| "enforced".to_owned())
}

/// The clock is shown wherever it was read, even if nothing was judged on it.
fn clock(service: &ServiceDiagnosis, page: &Page) -> String {
    let mark = page.mark(section_mark(service, Checklist::Clock));
    match service.clock.skew {
        Some(skew) if service.clock.at_least => {
            format!("{mark} {}", page.printable(&quantity::least_skew(skew)))
        }
        Some(skew) => format!("{mark} {}", page.printable(&quantity::skew(skew))),
        None => mark,
    }
}
