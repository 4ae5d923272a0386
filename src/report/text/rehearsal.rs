//! What a check would send, for people: a rehearsal in, lines of text out.

use super::count;
use super::page::Page;
use crate::rehearsal::{Rehearsal, ServiceRehearsal};
use crate::report::Style;

/// What a check would send, for people.
#[must_use]
pub fn rehearsal(rehearsal: &Rehearsal, style: Style) -> String {
    let mut page = Page::new(style);
    let services = count(rehearsal.services.len(), "service");
    let line =
        format!("authprobe check · {} · {services} · nothing was sent", rehearsal.environment);
    let line = page.printable(&line);
    page.paragraph(0, &line);
    for service in &rehearsal.services {
        of_service(service, &mut page);
    }
    page.finish()
}

fn of_service(service: &ServiceRehearsal, page: &mut Page) {
    page.heading(&service.name);
    let pace = service.quota.spacing.map_or_else(
        || format!("{} at a time", service.at_a_time),
        |spacing| {
            format!("{} at a time, {:.0} a second", service.at_a_time, 1.0 / spacing.as_secs_f64())
        },
    );
    let rows = [
        ("to", format!("{} {}", service.method, service.url)),
        ("token in", service.carrier.clone()),
        ("pace", pace),
        (
            "if well",
            format!("{}; its clock may bring some more:", count(service.requests(), "request")),
        ),
    ];
    let row = |(label, text): (&str, String)| vec![page.faint(label), page.printable(&text)];
    let rows: Vec<_> = rows.into_iter().map(row).collect();
    page.columns(2, &rows);
    let mut steps = Vec::new();
    for (place, step) in service.steps.iter().enumerate() {
        for (index, question) in step.iter().enumerate() {
            let number = if index == 0 { (place + 1).to_string() } else { String::new() };
            steps.push(vec![number, page.printable(question)]);
        }
    }
    page.columns(4, &steps);
    further(service, page);
}

fn further(service: &ServiceRehearsal, page: &mut Page) {
    let mut rows: Vec<Vec<String>> = Vec::new();
    for further in &service.further {
        let keys = if further.keys.is_empty() {
            String::new()
        } else {
            format!(": {}", further.keys.join(", "))
        };
        let text = format!("{}{keys}", further.kind);
        rows.push(vec![format!("up to {}", further.most), page.printable(&text)]);
    }
    if service.between > 0 {
        let text = "tokens as the other services issue them, where clocks or keys differ";
        rows.push(vec![format!("up to {}", service.between), text.to_owned()]);
    }
    let most = service.quota.requests;
    let line = format!("if not, further tokens, never more than {most} requests in all:");
    let line = page.faint(&page.printable(&line));
    page.paragraph(2, &line);
    page.columns(4, &rows);
}
