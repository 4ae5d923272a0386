//! An audit for people: a table of services and environments, then what is to be mended, environment by
//! environment, worst first. Names and places only.

use super::count;
use super::page::{Mark, Page};
use crate::audit_finding::Finding;
use crate::audit_outcome::{Agreement, AuditOutcome, AuditedEnvironment};
use crate::check::Status;
use crate::diagnosis::RunVerdict;
use crate::report::Style;

/// The outcome of an audit. Equal outcomes in equal styles give equal bytes.
#[must_use]
pub fn audit(audit: &AuditOutcome, style: Style) -> String {
    let mut page = Page::new(style);
    let folder = audit.root.file_name().unwrap_or(audit.root.as_os_str()).to_string_lossy();
    let parts = [
        "authprobe audit".to_owned(),
        folder.into_owned(),
        count(audit.services.len(), "service"),
        count(audit.environments.len(), "environment"),
    ];
    let title = page.printable(&parts.join(" · "));
    page.paragraph(0, &title);
    table(audit, &mut page);
    for (heading, findings) in groups(audit) {
        page.heading(&heading);
        for finding in findings {
            block(finding, &mut page);
        }
    }
    assumptions(audit, &mut page);
    verdict(audit, &mut page);
    page.finish()
}

fn table(audit: &AuditOutcome, page: &mut Page) {
    let titles = audit.environments.iter().map(|environment| environment.name.as_str());
    let titles = std::iter::once("service").chain(titles);
    let mut rows: Vec<Vec<String>> =
        vec![titles.map(|title| page.faint(&page.printable(title))).collect()];
    for service in &audit.services {
        let cells = audit.environments.iter().map(|environment| cell(environment, service, page));
        rows.push(std::iter::once(page.strong(&page.printable(service))).chain(cells).collect());
    }
    page.gap();
    if page.grid(2, &rows) {
        return;
    }
    for row in &rows[1..] {
        page.paragraph(0, &row[0]);
        let cells = rows[0].iter().zip(row).skip(1);
        let cells: Vec<_> = cells.map(|(title, cell)| vec![title.clone(), cell.clone()]).collect();
        page.columns(2, &cells);
    }
}

/// The worst of a service's places in an environment.
fn cell(environment: &AuditedEnvironment, service: &str, page: &Page) -> String {
    let own = environment.keys.iter().filter(|key| key.service == service);
    let words = own.map(|key| words(key.agreement)).max_by_key(|(mark, words)| {
        // Of equal marks, the word that tells more.
        (*mark, *words == "source of truth")
    });
    let (mark, words) = words.unwrap_or((Mark::Unjudged, "missing"));
    format!("{} {}", page.mark(mark), page.printable(words))
}

fn words(agreement: Agreement) -> (Mark, &'static str) {
    match agreement {
        Agreement::Truth => (Mark::Pass, "source of truth"),
        Agreement::Same => (Mark::Pass, "same"),
        Agreement::SameOnce(_) => (Mark::Warn, "same once read otherwise"),
        Agreement::Differs => (Mark::Fail, "differs"),
        Agreement::Unrelated => (Mark::Unsure, "another key"),
        Agreement::Empty => (Mark::Fail, "empty"),
        Agreement::Missing => (Mark::Unjudged, "missing"),
        Agreement::Unreadable => (Mark::Unsure, "unreadable"),
        Agreement::Untold => (Mark::Unjudged, "not in a file"),
    }
}

/// The findings by the environments that they concern, in the order of the worst of each.
fn groups(audit: &AuditOutcome) -> Vec<(String, Vec<&Finding>)> {
    let mut groups: Vec<(String, Vec<&Finding>)> = Vec::new();
    for finding in &audit.findings {
        let heading = heading(audit, finding);
        match groups.iter_mut().find(|(known, _)| *known == heading) {
            Some((_, findings)) => findings.push(finding),
            None => groups.push((heading, vec![finding])),
        }
    }
    groups
}

fn heading(audit: &AuditOutcome, finding: &Finding) -> String {
    let all = audit.environments.len();
    if finding.environments.is_empty() || (all > 1 && finding.environments.len() == all) {
        return "Every environment".to_owned();
    }
    finding.environments.join(", ")
}

fn block(finding: &Finding, page: &mut Page) {
    let mark = match finding.status {
        Status::Fail => Mark::Fail,
        Status::Warn => Mark::Warn,
        Status::Undecided => Mark::Unsure,
        Status::Pass => Mark::Pass,
        Status::Skip => Mark::Unjudged,
    };
    let summary = page.strong(&page.printable(&finding.summary));
    let (mark, code) = (page.mark(mark), finding.code.code());
    page.gap();
    let mut rows = Vec::new();
    if page.is_narrow() {
        page.statement(&mark, &summary);
        rows.push(vec![page.faint("code"), code.to_owned()]);
    } else {
        let code = page.faint(code);
        page.labelled(&mark, &summary, &code);
    }
    if let Some(place) = &finding.place {
        rows.push(vec![page.faint("place"), page.printable(&place.to_string())]);
    }
    if !finding.fix.is_empty() {
        rows.push(vec![page.faint("fix"), page.printable(&finding.fix)]);
    }
    page.columns(2, &rows);
}

fn assumptions(audit: &AuditOutcome, page: &mut Page) {
    if audit.assumptions.is_empty() {
        return;
    }
    page.gap();
    let rows = audit.assumptions.iter().enumerate().map(|(index, told)| {
        let label = if index == 0 { "assumed" } else { "" };
        vec![page.faint(label), page.printable(told)]
    });
    let rows: Vec<_> = rows.collect();
    page.columns(2, &rows);
}

fn verdict(audit: &AuditOutcome, page: &mut Page) {
    let number = |status| audit.findings.iter().filter(|found| found.status == status).count();
    let told: Vec<String> = [
        (number(Status::Fail), "to mend"),
        (number(Status::Undecided), "not judged"),
        (number(Status::Warn), "to think over"),
    ]
    .iter()
    .filter(|(number, _)| *number > 0)
    .map(|(number, words)| format!("{number} {words}"))
    .collect();
    let mark = match audit.verdict() {
        RunVerdict::Pass => Mark::Pass,
        RunVerdict::Inconclusive => Mark::Unsure,
        RunVerdict::Fail => Mark::Fail,
    };
    let line = if told.is_empty() { "nothing to mend".to_owned() } else { told.join(", ") };
    let (mark, line) = (page.mark(mark), page.printable(&line));
    page.gap();
    page.statement(&mark, &line);
}
