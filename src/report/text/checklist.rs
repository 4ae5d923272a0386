//! The troubleshooting checklist of the seed document, in its order, and the security practice.

use super::evidence::configured_algorithm;
use super::page::{Mark, Page};
use super::{check_mark, names, section_mark};
use crate::check::{Check, CheckId, Checklist};
use crate::diagnosis::{Diagnosis, ServiceDiagnosis};
use crate::plan::Algorithm;

pub(super) fn write(diagnosis: &Diagnosis, page: &mut Page) {
    page.heading("Troubleshooting checklist");
    let items = [
        (Checklist::Keys, "JWT secret keys match across all services".to_owned()),
        (Checklist::Algorithm, algorithm(diagnosis)),
        (Checklist::Expiration, "Expiration is handled".to_owned()),
        (Checklist::Clock, "Clocks are synchronised".to_owned()),
    ];
    let rows: Vec<Vec<String>> = items
        .iter()
        .enumerate()
        .map(|(index, (section, title))| item(index + 1, *section, title, diagnosis, page))
        .collect();
    page.columns(2, &rows);
    practice(diagnosis, page);
}

fn algorithm(diagnosis: &Diagnosis) -> String {
    let mut configured: Vec<&str> =
        diagnosis.services.iter().filter_map(configured_algorithm).map(Algorithm::name).collect();
    configured.sort_unstable();
    configured.dedup();
    match configured.as_slice() {
        [] => "Algorithm is right".to_owned(),
        configured => format!("Algorithm is {}", configured.join(" or ")),
    }
}

fn item(
    number: usize,
    section: Checklist,
    title: &str,
    diagnosis: &Diagnosis,
    page: &Page,
) -> Vec<String> {
    let worst = diagnosis.services.iter().map(|service| section_mark(service, section)).max();
    let worst = worst.filter(|mark| *mark != Mark::Unjudged).unwrap_or(Mark::Unsure);
    let reason = page.printable(&reason(diagnosis, section));
    let (number, mark) = (number.to_string(), page.mark(worst));
    if !page.is_narrow() {
        return vec![number, title.to_owned(), mark, reason];
    }
    let text = if reason.is_empty() { title.to_owned() } else { format!("{title}\n{reason}") };
    vec![number, mark, text]
}

/// What is wrong or open, with the services concerned; services that say the same are told once.
fn reason(diagnosis: &Diagnosis, section: Checklist) -> String {
    let mut said: Vec<(&str, Vec<&str>)> = Vec::new();
    let mut silent = Vec::new();
    for service in &diagnosis.services {
        let worst = section_mark(service, section);
        if worst == Mark::Unjudged {
            silent.push(service.name.as_str());
        }
        if worst > Mark::Pass {
            let telling = telling(service, section, worst).map(|check| check.summary.as_str());
            add(&mut said, telling.unwrap_or_default(), &service.name);
        }
    }
    let mut reasons: Vec<String> =
        said.iter().map(|(summary, services)| attributed(summary, services)).collect();
    if !silent.is_empty() && silent.len() == diagnosis.services.len() {
        reasons.push("not judged".to_owned());
    } else if !silent.is_empty() {
        reasons.push(format!("not judged: {}", names(&silent)));
    }
    reasons.join("; ")
}

fn telling(service: &ServiceDiagnosis, section: Checklist, mark: Mark) -> Option<&Check> {
    let mut checks = service.checks.iter().filter(|check| check.id.checklist() == section);
    checks.find(|check| check_mark(check) == mark)
}

fn add<'a>(said: &mut Vec<(&'a str, Vec<&'a str>)>, summary: &'a str, service: &'a str) {
    match said.iter_mut().find(|(known, _)| *known == summary) {
        Some((_, services)) => services.push(service),
        None => said.push((summary, vec![service])),
    }
}

/// `admin: its clock is 3 s ahead`; a summary that names its service stands alone.
fn attributed(summary: &str, services: &[&str]) -> String {
    if summary.is_empty() {
        return names(services);
    }
    if services.iter().all(|service| summary.contains(service)) {
        return summary.to_owned();
    }
    format!("{}: {summary}", names(services))
}

/// The section on security practice, only if there is something to say.
fn practice(diagnosis: &Diagnosis, page: &mut Page) {
    let mut said: Vec<(&Check, Vec<&str>)> = Vec::new();
    for service in &diagnosis.services {
        let checks = service.checks.iter().filter(|check| {
            check.id.checklist() == Checklist::Practice
                && check.id != CheckId::HostileRefused
                && check_mark(check) > Mark::Pass
        });
        for check in checks {
            let same = said.iter_mut().find(|(known, _)| {
                known.id == check.id && known.summary == check.summary && known.fix == check.fix
            });
            match same {
                Some((_, services)) => services.push(&service.name),
                None => said.push((check, vec![&service.name])),
            }
        }
    }
    if said.is_empty() {
        return;
    }
    page.heading("Security practice");
    let rows: Vec<Vec<String>> = said
        .iter()
        .map(|(check, services)| {
            let fact = attributed(&check.summary, services);
            let text = [fact.as_str(), check.fix.as_str()].join(". ");
            vec![page.mark(check_mark(check)), page.printable(text.trim_end_matches(". "))]
        })
        .collect();
    page.columns(2, &rows);
}
