//! Who takes whose tokens: a matrix where it fits the terminal, a list of the broken pairs where
//! it does not.

use std::collections::HashMap;

use super::page::{Mark, Page};
use super::{count, names};
use crate::diagnosis::{Diagnosis, Pair};

/// No column of the matrix takes less: a mark, and the gap before it.
const NARROWEST_CELL: usize = 3;

pub(super) fn write(diagnosis: &Diagnosis, page: &mut Page) {
    let pairs = &diagnosis.fleet.pairs;
    if diagnosis.services.len() < 2 || pairs.is_empty() {
        return;
    }
    page.heading("Between services (issuer → verifier)");
    if pairs.iter().all(|pair| pair.works == Some(true)) {
        let row = [page.mark(Mark::Pass), "every service takes the tokens of every other".into()];
        page.columns(2, &[row.into()]);
        return;
    }
    let known = pairs.iter().any(|pair| pair.works.is_some());
    let room = usize::from(page.width()) / NARROWEST_CELL;
    let fits = known && diagnosis.services.len() <= room;
    if !fits || !page.grid(2, &matrix(diagnosis, page)) {
        list(pairs, page);
    }
}

fn matrix(diagnosis: &Diagnosis, page: &Page) -> Vec<Vec<String>> {
    let pairs: HashMap<(&str, &str), &Pair> = diagnosis
        .fleet
        .pairs
        .iter()
        .map(|pair| ((pair.issuer.as_str(), pair.verifier.as_str()), pair))
        .collect();
    let services: Vec<&str> =
        diagnosis.services.iter().map(|service| service.name.as_str()).collect();
    let name = |service: &&str| page.printable(service);
    let header = std::iter::once(String::new())
        .chain(services.iter().map(|service| page.faint(&name(service))))
        .collect();
    let row = |issuer: &&str| {
        let cells = services.iter().map(|verifier| cell(pairs.get(&(*issuer, *verifier)), page));
        std::iter::once(page.strong(&name(issuer))).chain(cells).collect()
    };
    std::iter::once(header).chain(services.iter().map(row)).collect()
}

fn cell(pair: Option<&&Pair>, page: &Page) -> String {
    let Some(pair) = pair else { return page.mark(Mark::Unjudged) };
    let mark = page.mark(mark(pair));
    match pair.reason.as_deref().filter(|_| pair.works == Some(false)) {
        Some(reason) => format!("{mark} {}", page.printable(reason)),
        None => mark,
    }
}

fn mark(pair: &Pair) -> Mark {
    match pair.works {
        Some(true) => Mark::Pass,
        Some(false) => Mark::Fail,
        None => Mark::Unsure,
    }
}

/// The broken pairs: one line for each verifier and reason.
fn list(pairs: &[Pair], page: &mut Page) {
    let mut refused: Vec<((&str, &str), Vec<&str>)> = Vec::new();
    let mut places = HashMap::new();
    for pair in pairs.iter().filter(|pair| pair.works == Some(false)) {
        let kind = (pair.verifier.as_str(), pair.reason.as_deref().unwrap_or("unknown reason"));
        let place = *places.entry(kind).or_insert_with(|| {
            refused.push((kind, Vec::new()));
            refused.len() - 1
        });
        refused[place].1.push(pair.issuer.as_str());
    }
    let mut rows: Vec<Vec<String>> = refused
        .iter()
        .map(|((verifier, reason), issuers)| {
            let text = format!("{verifier} refuses tokens of {}: {reason}", names(issuers));
            vec![page.mark(Mark::Fail), page.printable(&text)]
        })
        .collect();
    let open = pairs.iter().filter(|pair| pair.works.is_none()).count();
    if open > 0 {
        let text = format!("{} could not be judged", count(open, "pair"));
        rows.push(vec![page.mark(Mark::Unsure), text]);
    }
    page.columns(2, &rows);
}
