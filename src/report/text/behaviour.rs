//! What services do not look at, and which library they behave like: facts, below the table.

use super::page::{Mark, Page};
use crate::diagnosis::{Diagnosis, ServiceDiagnosis};

pub(super) fn write(diagnosis: &Diagnosis, page: &mut Page) {
    let lines: Vec<String> = diagnosis.services.iter().flat_map(told).collect();
    if lines.is_empty() {
        return;
    }
    page.gap();
    for line in lines {
        let (mark, line) = (page.mark(Mark::Unjudged), page.printable(&line));
        page.statement(&mark, &line);
    }
}

/// Only of services that were asked for it; the library stands with the cause, if there is one.
fn told(service: &ServiceDiagnosis) -> Vec<String> {
    let name = &service.name;
    let verifier = service.behaviour.verifier.as_ref().filter(|_| service.cause.is_none());
    let verifier = verifier.map(|verifier| format!("{name} behaves like {}", verifier.group));
    let claims = service.behaviour.claims.as_ref().map(|claims| {
        if claims.ignored.is_empty() {
            return format!("{name} looks at every claim that is configured");
        }
        format!("{name} does not look at: {}", claims.ignored.join(", "))
    });
    claims.into_iter().chain(verifier).collect()
}
