//! A rotation for people: what it is, every place where the key stands, what is restarted, and the next
//! thing to type. Names and places only.

use super::page::{Mark, Page};
use crate::inventory::KeyFile;
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
        Standing::Differs => (Mark::Warn, "new key; holds another one than its source"),
        Standing::Same if file.source_of_truth => (Mark::Pass, "new key (source of truth)"),
        Standing::Same => (Mark::Pass, "new key"),
    };
    if standing.is_written() && !file.also_in.is_empty() {
        return (Mark::Warn, format!("{words}; is also the file of {}", file.also_in.join(", ")));
    }
    (mark, words.to_owned())
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

fn next(rotation: &Rotation, page: &mut Page) {
    let here = format!("--environment {}", rotation.environment);
    let mut steps = Vec::new();
    for (restart, state) in &rotation.restarts {
        if matches!(state, RestartState::Failed(_)) {
            steps.push(format!("restart {} by hand", restart.service));
        }
    }
    match rotation.state {
        RotationState::Planned => steps.push(format!("authprobe rotate --apply {here}")),
        RotationState::Applied | RotationState::CarriedOut => {
            steps.extend(by_hand(rotation));
            steps.push(format!("authprobe smoke --wait 5m {here}"));
            steps.push(format!("authprobe rotate --finish {here}, or --rollback"));
        }
        RotationState::RolledBack => {
            steps.extend(by_hand(rotation));
            steps.push(format!("authprobe check {here}"));
        }
        RotationState::Finished | RotationState::Undone | RotationState::Nothing => return,
    }
    let label = |index| if index == 0 { page.faint("next") } else { String::new() };
    let steps = steps.iter().enumerate();
    let mut rows: Vec<_> =
        steps.map(|(index, step)| vec![label(index), page.printable(step)]).collect();
    if let Some(file) = &rotation.previous_key_file {
        let told = format!("previous key kept in {}", file.display());
        rows.push(vec![page.faint("note"), page.printable(&told)]);
    }
    for service in &rotation.unconfigured {
        let told = format!("{service} has no `key` in the configuration, so it is left out");
        rows.push(vec![page.faint("note"), page.printable(&told)]);
    }
    page.gap();
    page.columns(2, &rows);
}

/// Services that must be restarted and for which the configuration does not say how.
fn by_hand(rotation: &Rotation) -> Option<String> {
    let mut services: Vec<&str> = Vec::new();
    for (file, standing) in &rotation.places {
        let has_restart = rotation.restarts.iter().any(|(one, _)| one.service == file.service);
        if standing.is_written() && !has_restart && !services.contains(&file.service.as_str()) {
            services.push(&file.service);
        }
    }
    (!services.is_empty()).then(|| format!("restart {}", services.join(", ")))
}
