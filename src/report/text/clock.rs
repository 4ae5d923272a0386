//! The report of a run about clocks alone: one row a service, then the other readings that fit. A
//! diagnosis in, lines out; blocks and verdict are those of every report.

use super::page::Page;
use super::{blocks, quantity, section_mark, verdict};
use crate::check::Checklist;
use crate::clock_reading::{ClockReading, DateClock};
use crate::diagnosis::{ClockSource, Diagnosis, ServiceDiagnosis};

const HEADER: [&str; 6] = ["service", "clock", "told by", "leeway", "exp", "Date"];

pub(super) fn write(diagnosis: &Diagnosis, page: &mut Page) {
    let rows: Vec<Vec<String>> =
        diagnosis.services.iter().map(|service| row(service, page)).collect();
    let header = HEADER.iter().map(|title| page.faint(title)).collect();
    let table: Vec<Vec<String>> = std::iter::once(header).chain(rows.iter().cloned()).collect();
    page.gap();
    if !page.grid(2, &table) {
        stacked(&rows, page);
    }
    rivals(diagnosis, page);
    told(diagnosis, page);
    blocks::write(diagnosis, page);
    verdict(diagnosis, page);
}

/// One service below the other, where the columns do not fit.
fn stacked(rows: &[Vec<String>], page: &mut Page) {
    for (index, row) in rows.iter().enumerate() {
        if index > 0 {
            page.gap();
        }
        page.paragraph(0, &format!("{}: {}", row[0], row[1]));
        let filled = (2..HEADER.len()).filter(|column| !row[*column].is_empty());
        let cells: Vec<Vec<String>> =
            filled.map(|column| vec![page.faint(HEADER[column]), row[column].clone()]).collect();
        if !cells.is_empty() {
            page.columns(2, &cells);
        }
    }
}

fn row(service: &ServiceDiagnosis, page: &Page) -> Vec<String> {
    let clock = &service.clock;
    let mark = page.mark(section_mark(service, Checklist::Clock));
    let skew = clock.skew.map(quantity::skew_to_the_millisecond);
    let shown = skew.map_or(mark.clone(), |skew| format!("{mark} {}", page.printable(&skew)));
    let source = match clock.source {
        Some(ClockSource::Token) => "tokens",
        Some(ClockSource::Date) => "Date",
        None => "",
    };
    let reading = clock.precise.as_ref().map(|precise| &precise.reading);
    let date = clock.precise.as_ref().and_then(|precise| precise.date);
    let words = [
        source.to_owned(),
        reading.map(leeways).unwrap_or_default(),
        reading.and_then(|reading| reading.inclusive).map(compared).unwrap_or_default().to_owned(),
        date.map(date_words).unwrap_or_default(),
    ];
    let name = page.strong(&page.printable(&service.name));
    let words = words.iter().map(|words| page.printable(words));
    [name, shown].into_iter().chain(words).collect()
}

/// One leeway where both claims have the same.
fn leeways(reading: &ClockReading) -> String {
    match (reading.leeway_exp, reading.leeway_nbf) {
        (Some(exp), Some(nbf)) if exp == nbf => format!("{exp} s"),
        (Some(exp), Some(nbf)) => format!("exp {exp} s, nbf {nbf} s"),
        (Some(exp), None) => format!("{exp} s, no nbf"),
        (None, Some(nbf)) => format!("no exp, nbf {nbf} s"),
        (None, None) => String::new(),
    }
}

fn compared(inclusive: bool) -> &'static str {
    if inclusive { "inclusive" } else { "strict" }
}

fn date_words(date: DateClock) -> String {
    let shown = |offset: f64| {
        let places = if offset.abs() < 10.0 { 2 } else { 1 };
        format!("{offset:+.places$} s")
    };
    match date {
        DateClock::Same => "same clock".to_owned(),
        DateClock::Late(by) => format!("late by {:.2} s or more", by.0),
        DateClock::Other(by) => format!("another clock, {}", shown(by.0)),
    }
}

/// What else fits: it is not for us to choose.
fn rivals(diagnosis: &Diagnosis, page: &mut Page) {
    let mut rows = Vec::new();
    for service in &diagnosis.services {
        for rival in service.clock.precise.iter().flat_map(|precise| &precise.rivals) {
            let skew = quantity::skew_to_the_millisecond(rival.skew);
            let compared = rival.inclusive.map(|inclusive| format!(", {}", compared(inclusive)));
            let words =
                format!("{skew}, leeway {}{}", leeways(rival), compared.unwrap_or_default());
            rows.push(vec![page.printable(&service.name), page.printable(&words)]);
        }
    }
    if !rows.is_empty() {
        page.heading("What was accepted and refused also fits");
        page.columns(2, &rows);
    }
}

/// Where only the Date tells the clock, the sentence of the check says how far that goes.
fn told(diagnosis: &Diagnosis, page: &mut Page) {
    let by_date = diagnosis.services.iter().filter(|service| {
        service.clock.source == Some(ClockSource::Date) && service.cause.is_none()
    });
    let said = by_date.flat_map(|service| {
        let passed = service.checks.iter().filter(|check| check.fix.is_empty());
        passed.map(|check| vec![page.printable(&service.name), page.printable(&check.summary)])
    });
    let rows: Vec<Vec<String>> = said.collect();
    if !rows.is_empty() {
        page.gap();
        page.columns(2, &rows);
    }
}
