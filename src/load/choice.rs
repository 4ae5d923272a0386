//! The configuration and the caller's choice in; the environment, the services and the source of
//! truth out. Whatever is named must exist, and only once.

use super::conceal;
use super::decode::Reader;
use super::fields::nearest;
use super::problem::{Place, Problem};
use super::raw;
use super::surroundings::Selection;
use super::tree::Placed;

/// The environment that was asked for, or the default, or the only one.
pub(super) fn environment<'c>(
    top: &'c raw::Configuration,
    selection: &Selection,
    reader: &mut Reader,
) -> Option<&'c str> {
    let environments = &top.environments.value;
    let known: Vec<&str> = environments.names().collect();
    let default = top.default_environment.as_ref();
    if let Some(given) = default.filter(|given| !known.contains(&given.value.as_str())) {
        reader.report(unknown("environment", &given.value, &known, Some(&given.place)));
        return None;
    }
    let Some(name) = selection.environment.as_ref().or(default.map(|given| &given.value)) else {
        if known.len() < 2 {
            return known.first().copied();
        }
        let problem = Problem::at(&top.environments.place, "no environment is chosen");
        reader.report_absence(
            problem.help("name one with --environment, or add `default_environment`"),
        );
        return None;
    };
    let found = known.iter().find(|known| *known == name);
    if found.is_none() {
        reader.report(unknown("environment", name, &known, None));
    }
    found.copied()
}

/// The services that were asked for; all if none is named.
pub(super) fn services<'c>(
    top: &'c raw::Configuration,
    selection: &Selection,
    reader: &mut Reader,
) -> Vec<&'c str> {
    let known: Vec<&str> = names(top).map(|name| name.value.as_str()).collect();
    for name in &selection.services {
        if !known.contains(&name.as_str()) {
            reader.report(unknown("service", name, &known, None));
        }
    }
    let asked = |name: &&str| selection.services.iter().any(|asked| asked == name);
    if selection.services.is_empty() { known } else { known.into_iter().filter(asked).collect() }
}

/// The number of the one service whose key is the master (rule 1 of key management).
pub(super) fn source_of_truth(top: &raw::Configuration, reader: &mut Reader) -> Option<usize> {
    let services = &top.services.value;
    let marks = services.iter().enumerate().filter_map(|(index, service)| {
        let mark = service.value.source_of_truth.as_ref().filter(|mark| mark.value)?;
        Some((index, mark))
    });
    match marks.collect::<Vec<_>>()[..] {
        [(index, _)] => Some(index),
        [] if services.len() < 2 => services.first().map(|_| 0),
        [] => {
            let problem = Problem::at(&top.services.place, "no service is the source of truth");
            let help = "add `source_of_truth: true` to the service that holds the master key";
            reader.report_absence(problem.help(help));
            None
        }
        [_, (_, second), ..] => {
            let problem = Problem::at(&second.place, "there are two sources of truth");
            reader.report(problem.help("leave `source_of_truth: true` on one service only"));
            None
        }
    }
}

/// The version is known; there is a service and an environment; urls belong to services.
pub(super) fn check(top: &raw::Configuration, reader: &mut Reader) {
    if top.version.value != 1 {
        let problem = Problem::at(&top.version.place, "this version is not known");
        reader.report(problem.help("write version: 1"));
    }
    if top.services.value.is_empty() {
        reader.report(Problem::at(&top.services.place, "there is no service"));
    }
    if top.environments.value.0.is_empty() {
        reader.report(Problem::at(&top.environments.place, "there is no environment"));
    }
    for (_, environment) in &top.environments.value.0 {
        check_urls(top, &environment.value, reader);
    }
    check_names(top, reader);
}

/// Names are unique and can stand in a file's name, a url and a report.
fn check_names(top: &raw::Configuration, reader: &mut Reader) {
    let mut seen: Vec<&str> = Vec::new();
    for name in names(top) {
        if seen.contains(&name.value.as_str()) {
            reader.report(Problem::at(&name.place, "another service has this name"));
        }
        seen.push(&name.value);
    }
    for name in names(top).chain(top.environments.value.0.iter().map(|(name, _)| name)) {
        let fits = |c: char| c.is_alphanumeric() || "._-".contains(c);
        if name.value.is_empty() || name.value.starts_with('.') || !name.value.chars().all(fits) {
            let problem = Problem::at(&name.place, "this name cannot be used in a report");
            reader.report(problem.help("letters, digits, dots, hyphens and underscores can"));
        }
    }
}

/// Each url, restart and list of addresses belongs to a service.
fn check_urls(top: &raw::Configuration, environment: &raw::Environment, reader: &mut Reader) {
    let known: Vec<&str> = names(top).map(|name| name.value.as_str()).collect();
    let urls = environment.urls.iter().flat_map(|urls| &urls.value.0).map(|(name, _)| name);
    let addresses = environment.addresses.iter().flat_map(|given| &given.value.0);
    let restarts = environment.restart.iter().flat_map(|restart| &restart.value.0);
    let restarts = restarts.map(|(name, _)| name);
    for name in urls.chain(restarts).chain(addresses.map(|(name, _)| name)) {
        if !known.contains(&name.value.as_str()) {
            reader.report(unknown("service", &name.value, &known, Some(&name.place)));
        }
    }
}

fn names(top: &raw::Configuration) -> impl Iterator<Item = &Placed<String>> {
    top.services.value.iter().map(|service| &service.value.name)
}

pub(super) fn unknown(what: &str, name: &str, known: &[&str], place: Option<&Place>) -> Problem {
    let mut message = match place {
        // It was typed, and what was typed may be a key or a token.
        None if conceal::looks_like_secret(name) => format!("there is no {what} of this name"),
        _ => format!("there is no {what} \"{name}\""),
    };
    if let Some(meant) = nearest(name, known.iter().copied()) {
        message = format!("{message}; did you mean \"{meant}\"?");
    }
    let problem = match place {
        Some(place) => Problem::at(place, message),
        None => Problem::general(message),
    };
    problem.help(format!("known: {}", known.join(", ")))
}
