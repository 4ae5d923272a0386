//! The explanation of a token for people: the answer comes first, then the evidence, then what
//! stands in the token. Everything that came from outside is escaped.

use std::cmp::Reverse;

use super::page::{Mark, Page};
use super::{count, quantity};
use crate::check::Status;
use crate::explanation::{
    Decoded, Explanation, Flaw, Inspection, Replay, Ruling, ServiceExplanation, ShownMember,
};
use crate::report::Style;

/// The explanation for people. Equal explanations in equal styles give equal bytes.
#[must_use]
pub fn explanation(explanation: &Explanation, style: Style) -> String {
    let mut page = Page::new(style);
    match &explanation.token {
        Inspection::Malformed(flaw) => malformed(flaw, &mut page),
        Inspection::Token(token) => {
            services(&explanation.services, &mut page);
            findings(token, &explanation.services, &mut page);
            decoded(token, &mut page);
        }
    }
    footer(explanation, &mut page);
    page.finish()
}

fn malformed(flaw: &Flaw, page: &mut Page) {
    let mark = page.mark(Mark::Fail);
    let summary = page.strong(&page.printable(&capital(&flaw.summary)));
    page.statement(&mark, &summary);
    advice(&[("fix", flaw.fix)], page);
}

/// One sentence a service, refusals first.
fn services(services: &[ServiceExplanation], page: &mut Page) {
    let mut sorted: Vec<&ServiceExplanation> = services.iter().collect();
    sorted.sort_by_key(|service| Reverse(service.ruling));
    for (index, service) in sorted.into_iter().enumerate() {
        if index > 0 && service.ruling != Ruling::Accepted {
            page.gap();
        }
        one_service(service, page);
    }
}

fn one_service(service: &ServiceExplanation, page: &mut Page) {
    let mark = page.mark(match service.ruling {
        Ruling::Accepted => Mark::Pass,
        Ruling::Undecided => Mark::Unsure,
        Ruling::Refused => Mark::Fail,
    });
    let sentence = page.strong(&page.printable(&service.sentence));
    page.statement(&mark, &sentence);
    if service.ruling == Ruling::Accepted {
        advice(&[("fix", &service.fix)], page);
        return;
    }
    let label = |index| if index == 0 { "evidence" } else { "" };
    let evidence: Vec<String> = service.evidence.iter().map(replay).collect();
    let mut rows: Vec<(&str, &str)> =
        evidence.iter().enumerate().map(|(index, text)| (label(index), text.as_str())).collect();
    let next = if service.ruling == Ruling::Undecided { "next" } else { "fix" };
    rows.push((next, &service.fix));
    advice(&rows, page);
}

/// Rows of a label and a text below a statement; empty ones are left out.
fn advice(rows: &[(&str, &str)], page: &mut Page) {
    let row = |(label, text): &(&str, &str)| vec![page.faint(label), page.printable(text)];
    let rows: Vec<_> = rows.iter().filter(|(_, text)| !text.is_empty()).map(row).collect();
    if !rows.is_empty() {
        page.columns(2, &rows);
    }
}

fn replay(replay: &Replay) -> String {
    let verb = match replay.taken {
        Some(true) => "accepted",
        Some(false) => "refused",
        None => "not judged",
    };
    let status = replay.status.map_or_else(|| "no answer".to_owned(), |status| status.to_string());
    let hint = match (&replay.hint, replay.taken) {
        (Some(hint), Some(false)) => format!(", {hint}"),
        _ => String::new(),
    };
    format!("{verb} ({status}{hint}): {}", replay.sent)
}

/// What the token shows by itself; it is the answer where no service was asked.
fn findings(token: &Decoded, services: &[ServiceExplanation], page: &mut Page) {
    if !services.is_empty() {
        page.heading("By itself");
    }
    let mut sorted: Vec<_> = token.findings.iter().collect();
    sorted.sort_by_key(|finding| Reverse(mark(finding.status)));
    if token.ruling() == Ruling::Accepted {
        let symbol = page.mark(Mark::Pass);
        let line =
            page.printable(&format!("Nothing is wrong with the token: it is {}.", token.signed));
        page.statement(&symbol, &line);
    }
    for finding in sorted {
        let symbol = page.mark(mark(finding.status));
        let line = page.printable(&format!("The token {}.", finding.summary));
        page.statement(&symbol, &line);
    }
}

fn mark(status: Status) -> Mark {
    match status {
        Status::Pass => Mark::Pass,
        Status::Fail => Mark::Fail,
        Status::Warn => Mark::Warn,
        Status::Skip => Mark::Unjudged,
        Status::Undecided => Mark::Unsure,
    }
}

/// The token in the clear, without its signature.
fn decoded(token: &Decoded, page: &mut Page) {
    page.heading("The token");
    let mut rows = Vec::new();
    for (part, members) in [("header", &token.header), ("claims", &token.claims)] {
        for (index, member) in members.iter().enumerate() {
            rows.push(row(if index == 0 { part } else { "" }, member, page));
        }
    }
    rows.push(vec![page.faint("signed"), String::new(), page.printable(&token.signed)]);
    page.columns(2, &rows);
}

fn row(part: &str, member: &ShownMember, page: &Page) -> Vec<String> {
    let note = member.note.as_ref().map(|note| format!("  ({note})")).unwrap_or_default();
    let value = page.printable(&format!("{}{note}", member.value));
    vec![page.faint(part), page.printable(&member.name), value]
}

fn footer(explanation: &Explanation, page: &mut Page) {
    let mut parts = vec!["authprobe explain".to_owned()];
    parts.extend(explanation.environment.clone());
    if explanation.services.is_empty() {
        parts.push("nothing was sent".to_owned());
    } else {
        let took = quantity::short(explanation.finished_at - explanation.started_at);
        parts.push(count(explanation.services.len(), "service"));
        parts.push(format!("{} in {took}", count(explanation.requests(), "request")));
    }
    page.gap();
    let line = page.faint(&page.printable(&parts.join(" · ")));
    page.paragraph(0, &line);
}

fn capital(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(|first| first.to_uppercase().to_string());
    format!("{}{}.", first.unwrap_or_default(), characters.as_str())
}
