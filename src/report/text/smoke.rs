//! What `smoke` found for people: a row for each service, then who lags and what to do, and one
//! sentence at the end. Names, counts and moments only.

use super::page::{Mark, Page};
use super::{count, names, quantity, verdict_mark};
use crate::convergence::{Convergence, Holds, OldKey, ServiceConvergence, Share, State};
use crate::diagnosis::RunVerdict;
use crate::report::Style;

/// So many replicas are listed.
const LISTED: usize = 8;

/// What was found. Equal findings in equal styles give equal bytes.
#[must_use]
pub fn smoke(found: &Convergence, style: Style) -> String {
    let mut page = Page::new(style);
    header(found, &mut page);
    overview(found, &mut page);
    for service in &found.services {
        block(service, &mut page);
    }
    page.gap();
    let outcome = found.outcome();
    let mark = page.mark(if found.interrupted { Mark::Unsure } else { verdict_mark(outcome) });
    let line = page.printable(&verdict(found));
    page.statement(&mark, &line);
    page.finish()
}

fn header(found: &Convergence, page: &mut Page) {
    let took = quantity::short(found.finished_at - found.started_at);
    let parts = [
        "authprobe smoke".to_owned(),
        found.environment.clone(),
        count(found.services.len(), "service"),
        format!("{} in {took}", count(found.requests(), "request")),
    ];
    let line = page.printable(&parts.join(" · "));
    page.paragraph(0, &line);
    let old = match found.old_key {
        OldKey::Named => "named with --old",
        OldKey::Kept => "kept by the last rotation",
        OldKey::Configured => "the first of previous_keys",
        OldKey::Unknown => "not known",
        OldKey::LeftOut => "left out",
    };
    let rotated = found.rotated_at.map_or(String::new(), |at| {
        format!(" · rotated {}", at.to_utc().format("%Y-%m-%d %H:%M:%S UTC"))
    });
    let line = page.faint(&page.printable(&format!("old key: {old}{rotated}")));
    page.paragraph(0, &line);
}

fn overview(found: &Convergence, page: &mut Page) {
    if found.services.is_empty() {
        return;
    }
    // What stands in the last column is told below, too.
    let columns = if page.is_narrow() { 3 } else { 4 };
    let titles = ["service", "new key taken", "old key taken", ""];
    let mut rows = vec![titles.map(|title| page.faint(title))[..columns].to_vec()];
    for service in &found.services {
        let cell = |share: Option<Share>, wanted: f64| {
            let Some(share) = share else { return page.mark(Mark::Unjudged) };
            let mark = match (share.fraction - wanted).abs() < f64::EPSILON {
                true => Mark::Pass,
                false if service.state == State::Overlap => Mark::Warn,
                false => Mark::Fail,
            };
            format!("{} {}", page.mark(mark), page.printable(&taken(share)))
        };
        let row = [
            page.printable(&service.name),
            cell(service.on_new, 1.0),
            cell(service.on_old, 0.0),
            page.tint(verdict_mark(service.state.verdict()), state(service.state)),
        ];
        rows.push(row[..columns].to_vec());
    }
    page.gap();
    if !page.grid(2, &rows) {
        page.columns(2, &rows);
    }
}

fn taken(share: Share) -> String {
    let taken = (share.fraction * share.asked as f64).round();
    format!("{taken:.0}/{}", share.asked)
}

fn state(state: State) -> &'static str {
    match state {
        State::Converged => "converged",
        State::Overlap => "overlap",
        State::OnOldKey | State::OnBothKeys => "lags",
        State::RefusesNew => "refuses",
        State::TakesAnyKey | State::Unprotected => "open",
        State::Undecided(_) => "not told",
    }
}

fn block(service: &ServiceConvergence, page: &mut Page) {
    if service.state == State::Converged && service.lag.is_none() && service.left_out == 0 {
        return;
    }
    page.gap();
    let mark = match service.state {
        State::Overlap => Mark::Warn,
        other => verdict_mark(other.verdict()),
    };
    let (mark, summary) = (page.mark(mark), page.printable(&service.summary));
    page.labelled(&mark, &summary, service.state.code());
    let mut rows = Vec::new();
    let mut row = |label: &str, text: &str| {
        rows.push(vec![page.faint(label), page.printable(text)]);
    };
    let differ = service.replicas.iter().any(|replica| replica.holds != Holds::New);
    if let Some(by) = service.told_apart_by.as_ref().filter(|_| differ) {
        row("replicas", &format!("{}, told apart by {by}", listed(service)));
    }
    if service.left_out > 0 {
        row("note", &format!("{} more addresses were not asked", service.left_out));
    }
    if !service.fix.is_empty() {
        row("fix", &service.fix);
    }
    if !rows.is_empty() {
        page.columns(2, &rows);
    }
}

fn listed(service: &ServiceConvergence) -> String {
    let mut each: Vec<_> = service.replicas.iter().collect();
    // Those that are right are the least news.
    each.sort_by_key(|replica| replica.holds == Holds::New);
    let shown = each.iter().take(LISTED);
    let mut words: Vec<String> =
        shown.map(|replica| format!("{}: {}", replica.name, replica.holds)).collect();
    if each.len() > LISTED {
        words.push(format!("and {} more", each.len() - LISTED));
    }
    words.join("; ")
}

fn verdict(found: &Convergence) -> String {
    let of = |verdict| -> Vec<&str> {
        let all = found.services.iter().filter(|one| one.state.verdict() == verdict);
        all.map(|one| one.name.as_str()).collect()
    };
    let (failed, open) = (of(RunVerdict::Fail), of(RunVerdict::Inconclusive));
    let total = found.services.len();
    let told = match (failed.as_slice(), open.as_slice()) {
        ([], []) if total == 0 => "nothing was asked".to_owned(),
        ([], []) => {
            let who = if total == 1 {
                found.services[0].name.clone()
            } else {
                format!("all {total} services")
            };
            let verb = if total == 1 { "has" } else { "have" };
            let still = found.services.iter().any(|one| one.state == State::Overlap);
            let still = if still { "; the old key is still taken" } else { "" };
            format!(
                "{who} {verb} converged: if one replica in ten were not on the new key, this would \
                 have shown at 95 %{still}"
            )
        }
        ([], open) => format!("nothing failed; not told: {}", names(open)),
        (failed, []) => {
            format!("{} of {total} not on the new key alone: {}", failed.len(), names(failed))
        }
        (failed, open) => format!(
            "{} of {total} not on the new key alone: {}; not told: {}",
            failed.len(),
            names(failed),
            names(open)
        ),
    };
    if found.interrupted { format!("interrupted; so far: {told}") } else { told }
}
