//! A rotation for people: what it is, every place where the key stands, what is restarted, and the next
//! thing to type. Names and places only.

use super::page::{Mark, Page};
use crate::inventory::{InFile, KeyFile};
use crate::report::Style;
use crate::rotation::{RestartState, Rotation, RotationState, Standing};

/// The plan or the outcome of a rotation. Equal rotations in equal styles give equal bytes.
#[must_use]
pub fn rotation(rotation: &Rotation, style: Style) -> String {
    let mut page = Page::new(style);
    let title = format!("authprobe rotate · {} · {}", rotation.environment, headline(rotation));
    let title = page.printable(&title);
    page.paragraph(0, &title);
    if rotation.places.is_empty() {
        written(rotation, &mut page);
    } else {
        places(rotation, &mut page);
    }
    loaders(rotation, &mut page);
    restarts(rotation, &mut page);
    next(rotation, &mut page);
    page.finish()
}

fn headline(rotation: &Rotation) -> &'static str {
    match rotation.state {
        RotationState::Planned => "the plan; nothing was changed",
        RotationState::Applied => "every file holds the new key",
        RotationState::RolledBack => "every file holds the previous key again",
        RotationState::Finished => "the previous key is deleted",
        RotationState::Undone => "the interrupted rotation was undone; every file is as it was",
        RotationState::CarriedOut => "the interrupted rotation was carried out",
        RotationState::CarriedBack => "the interrupted rollback was carried out",
        RotationState::Deleted => "the previous key is deleted, as was begun",
        RotationState::Nothing => "no rotation was interrupted",
    }
}

fn places(rotation: &Rotation, page: &mut Page) {
    let mut rows =
        vec![["service", "file", "variable", ""].map(|title| page.faint(title)).to_vec()];
    for (file, standing) in &rotation.places {
        let cells = [&file.service, &file.name, file.place.variable().unwrap_or("whole file")];
        let mut row: Vec<String> = cells.iter().map(|cell| page.printable(cell)).collect();
        let (mark, words) = words(file, *standing, rotation.state);
        row.push(format!("{} {}", page.mark(mark), page.printable(&words)));
        rows.push(row);
    }
    page.gap();
    if !page.grid(2, &rows) {
        page.columns(2, &rows);
    }
}

fn words(file: &KeyFile, standing: Standing, state: RotationState) -> (Mark, String) {
    let is_done = state != RotationState::Planned;
    let (mark, words) = match standing {
        Standing::Missing => (Mark::Unjudged, "is not there, which is fine"),
        Standing::Unset => (Mark::Unjudged, "does not set it, which is fine"),
        Standing::Same if is_done => (Mark::Pass, "new key"),
        Standing::Differs if is_done => (Mark::Pass, "new key; held another one than its source"),
        Standing::Differs => (Mark::Warn, "to get the new key; holds another one than its source"),
        Standing::Same if file.source_of_truth => (Mark::Pass, "to get the new key (source)"),
        Standing::Same => (Mark::Pass, "to get the new key"),
    };
    if standing.is_written() && !file.also_in.is_empty() {
        return (Mark::Warn, format!("{words}; is also the file of {}", file.also_in.join(", ")));
    }
    (mark, words.to_owned())
}

/// Which loader each env file is read and written as, and how that is known, in the plan alone.
fn loaders(rotation: &Rotation, page: &mut Page) {
    if rotation.state != RotationState::Planned {
        return;
    }
    let mut told: Vec<(String, Vec<&str>)> = Vec::new();
    for (file, _) in &rotation.places {
        let InFile::Variable { dialect, .. } = &file.place else { continue };
        let reason = file.loader_reason.as_ref().map(|reason| format!(" ({reason})"));
        let words = format!("{dialect}{}", reason.unwrap_or_default());
        match told.iter_mut().find(|(known, _)| *known == words) {
            Some((_, files)) if files.contains(&file.name.as_str()) => {}
            Some((_, files)) => files.push(&file.name),
            None => told.push((words, vec![&file.name])),
        }
    }
    if told.is_empty() {
        return;
    }
    page.heading("Read as");
    let rows = told.iter().map(|(words, files)| [files.join(", "), words.clone()]);
    let rows: Vec<_> =
        rows.map(|row| row.iter().map(|cell| page.printable(cell)).collect()).collect();
    page.columns(2, &rows);
}

fn written(rotation: &Rotation, page: &mut Page) {
    if rotation.written.is_empty() {
        return;
    }
    page.gap();
    for file in &rotation.written {
        let file = page.printable(&file.display().to_string());
        page.columns(2, &[vec![page.mark(Mark::Pass), file]]);
    }
}

fn restarts(rotation: &Rotation, page: &mut Page) {
    if rotation.restarts.is_empty() {
        return;
    }
    let is_plan = rotation.state == RotationState::Planned;
    page.heading(if is_plan { "Will be restarted" } else { "Restarted" });
    let rows: Vec<Vec<String>> = rotation
        .restarts
        .iter()
        .map(|(restart, state)| {
            let (mark, told) = match state {
                RestartState::Planned => (Mark::Unjudged, String::new()),
                RestartState::Done => (Mark::Pass, String::new()),
                RestartState::Failed(why) => (Mark::Fail, format!(": {why}")),
            };
            let command = page.printable(&format!("{}{told}", restart.arguments.join(" ")));
            vec![page.printable(&restart.service), format!("{} {command}", page.mark(mark))]
        })
        .collect();
    page.columns(2, &rows);
}

/// What to type next is never wrapped: it can be copied as it stands.
fn next(rotation: &Rotation, page: &mut Page) {
    let (call, environment) = (&rotation.invocation, rotation.environment.as_str());
    let failed =
        rotation.restarts.iter().filter(|(_, state)| matches!(state, RestartState::Failed(_)));
    let mut steps: Vec<_> =
        failed.map(|(restart, _)| format!("restart {} by hand", restart.service)).collect();
    match rotation.state {
        RotationState::Planned => steps.push(call.rotate("--apply", environment)),
        RotationState::Applied | RotationState::CarriedOut => {
            steps.extend(by_hand(rotation));
            steps.push(call.smoke(environment));
            steps.push(call.rotate("--finish", environment));
        }
        RotationState::RolledBack | RotationState::CarriedBack => {
            steps.extend(by_hand(rotation));
            steps.push(call.check(environment));
        }
        RotationState::Finished
        | RotationState::Deleted
        | RotationState::Undone
        | RotationState::Nothing => return,
    }
    page.gap();
    for (index, step) in steps.iter().enumerate() {
        page.command(if index == 0 { "next" } else { "" }, step);
    }
    if matches!(rotation.state, RotationState::Applied | RotationState::CarriedOut) {
        page.command("back", &call.rotate("--rollback", environment));
    }
    notes(rotation, page);
}

fn notes(rotation: &Rotation, page: &mut Page) {
    let kept = rotation.previous_key_file.iter();
    let kept = kept.map(|file| format!("previous key kept in {}", file.display()));
    let left_out = rotation.unconfigured.iter();
    let left_out = left_out
        .map(|service| format!("{service} has no `key` in the configuration, so it is left out"));
    let rows: Vec<_> =
        kept.chain(left_out).map(|told| vec![page.faint("note"), page.printable(&told)]).collect();
    if !rows.is_empty() {
        page.columns(2, &rows);
    }
}

/// Services that must be restarted and that this run did not restart.
fn by_hand(rotation: &Rotation) -> Option<String> {
    let written = rotation.places.iter().filter(|(_, standing)| standing.is_written());
    let mut services: Vec<&str> = Vec::new();
    let readers = rotation.readers.iter().filter(|_| rotation.places.is_empty());
    for service in written.map(|(file, _)| &file.service).chain(readers) {
        let has_restart = rotation.restarts.iter().any(|(one, _)| one.service == *service);
        if !has_restart && !services.contains(&service.as_str()) {
            services.push(service);
        }
    }
    let is_unknown = rotation.places.is_empty() && rotation.readers.is_empty();
    if is_unknown {
        return Some(format!("restart every service of {}", rotation.environment));
    }
    (!services.is_empty()).then(|| format!("restart {}", services.join(", ")))
}
