//! An audit for people: a table of services and environments, then what is to be mended, environment by
//! environment, worst first. Names and places only.

use super::count;
use super::page::{Mark, Page};
use crate::audit_finding::Finding;
use crate::audit_outcome::{Agreement, AuditOutcome, AuditedEnvironment};
use crate::check::Status;
use crate::diagnosis::RunVerdict;
use crate::report::Style;

/// So many places and fixes are listed in one block.
const SHOWN: usize = 5;

/// The outcome of an audit. Equal outcomes in equal styles give equal bytes.
#[must_use]
pub fn audit(audit: &AuditOutcome, style: Style) -> String {
    let mut page = Page::new(style);
    let folder = audit.root.file_name().unwrap_or(audit.root.as_os_str()).to_string_lossy();
    let parts = [
        "authprobe audit".to_owned(),
        folder.into_owned(),
        count(audit.services.len(), "service"),
        count(looked_at(audit).count(), "environment"),
    ];
    let title = page.printable(&parts.join(" · "));
    page.paragraph(0, &title);
    if looked_at(audit).next().is_some() {
        table(audit, &mut page);
    }
    left_out(audit, &mut page);
    for (heading, blocks) in groups(audit) {
        page.heading(&heading);
        for block in &blocks {
            put(block, &mut page);
        }
    }
    assumptions(audit, &mut page);
    verdict(audit, &mut page);
    page.finish()
}

fn looked_at(audit: &AuditOutcome) -> impl Iterator<Item = &AuditedEnvironment> {
    audit.environments.iter().filter(|environment| environment.is_looked_at)
}

/// Environments of which nothing is here.
fn left_out(audit: &AuditOutcome, page: &mut Page) {
    let left_out = audit.environments.iter().filter(|environment| !environment.is_looked_at);
    let names: Vec<&str> = left_out.map(|environment| environment.name.as_str()).collect();
    if names.is_empty() {
        return;
    }
    let line = format!("{}: no key file is here; not looked at", names.join(", "));
    let (mark, line) = (page.mark(Mark::Unjudged), page.printable(&line));
    page.gap();
    page.statement(&mark, &line);
}

fn table(audit: &AuditOutcome, page: &mut Page) {
    let titles = looked_at(audit).map(|environment| environment.name.as_str());
    let titles = std::iter::once("service").chain(titles);
    let mut rows: Vec<Vec<String>> =
        vec![titles.map(|title| page.faint(&page.printable(title))).collect()];
    for service in &audit.services {
        let cells = looked_at(audit).map(|environment| cell(environment, service, page));
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

/// Findings that say the same of several places.
struct Block<'a> {
    findings: Vec<&'a Finding>,
    /// The environments of all of them, in the order of the table.
    environments: Vec<&'a str>,
}

/// What says the same is said once, worst first.
fn blocks(audit: &AuditOutcome) -> Vec<Block<'_>> {
    let mut blocks: Vec<Block<'_>> = Vec::new();
    for finding in &audit.findings {
        let is_alike = |block: &&mut Block<'_>| {
            let first = block.findings[0];
            (first.code, first.status, &first.summary)
                == (finding.code, finding.status, &finding.summary)
        };
        match blocks.iter_mut().find(is_alike) {
            Some(block) => block.findings.push(finding),
            None => blocks.push(Block { findings: vec![finding], environments: Vec::new() }),
        }
    }
    for block in &mut blocks {
        let all = audit.environments.iter().map(|environment| &environment.name);
        let concerns =
            |name: &&String| block.findings.iter().any(|one| one.environments.contains(name));
        block.environments = all.filter(concerns).map(String::as_str).collect();
    }
    blocks
}

/// The blocks by the environments that they concern, in the order of the worst of each.
fn groups(audit: &AuditOutcome) -> Vec<(String, Vec<Block<'_>>)> {
    let mut groups: Vec<(String, Vec<Block<'_>>)> = Vec::new();
    for block in blocks(audit) {
        let heading = heading(audit, &block);
        match groups.iter_mut().find(|(known, _)| *known == heading) {
            Some((_, blocks)) => blocks.push(block),
            None => groups.push((heading, vec![block])),
        }
    }
    groups
}

fn heading(audit: &AuditOutcome, block: &Block<'_>) -> String {
    let all = audit.environments.len();
    if block.environments.is_empty() || (all > 1 && block.environments.len() == all) {
        return "Every environment".to_owned();
    }
    block.environments.join(", ")
}

fn put(block: &Block<'_>, page: &mut Page) {
    let first = block.findings[0];
    let mark = match first.status {
        Status::Fail => Mark::Fail,
        Status::Warn => Mark::Warn,
        Status::Undecided => Mark::Unsure,
        Status::Pass => Mark::Pass,
        Status::Skip => Mark::Unjudged,
    };
    let summary = page.strong(&page.printable(&first.summary));
    let (mark, code) = (page.mark(mark), first.code.code());
    page.gap();
    let mut rows = Vec::new();
    if page.is_narrow() {
        page.statement(&mark, &summary);
        rows.push(vec![page.faint("code"), code.to_owned()]);
    } else {
        let code = page.faint(code);
        page.labelled(&mark, &summary, &code);
    }
    let findings = block.findings.iter();
    let places = findings.clone().filter_map(|one| Some(one.place.as_ref()?.to_string()));
    rows.extend(listed("place", places, page));
    rows.extend(listed("fix", findings.map(|one| one.fix.clone()), page));
    page.columns(2, &rows);
}

/// Different lines below one label, as many as stay readable.
fn listed(label: &str, lines: impl Iterator<Item = String>, page: &Page) -> Vec<Vec<String>> {
    let mut each: Vec<String> = Vec::new();
    for line in lines.filter(|line| !line.is_empty()) {
        if !each.contains(&line) {
            each.push(line);
        }
    }
    let more = each.len().saturating_sub(SHOWN);
    if more > 1 {
        each.truncate(SHOWN);
        each.push(format!("and {more} more of the kind: see -o json"));
    }
    let labels = std::iter::once(label).chain(std::iter::repeat(""));
    let rows = labels.zip(&each);
    rows.map(|(label, line)| vec![page.faint(label), page.printable(line)]).collect()
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
    let line = match (told.is_empty(), looked_at(audit).next()) {
        (true, Some(_)) => "nothing to mend".to_owned(),
        (true, None) => {
            "nothing was looked at; what an environment lacks is told once it is named with -e"
                .to_owned()
        }
        (false, _) => told.join(", "),
    };
    let (mark, line) = (page.mark(mark), page.printable(&line));
    page.gap();
    page.statement(&mark, &line);
}
