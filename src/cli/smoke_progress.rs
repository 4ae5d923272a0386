//! How far a smoke test has come, on standard error: a table that is drawn anew on a terminal, else
//! a line for each change while it waits. What is known of a service in, words out; judges nothing.

use std::io::IsTerminal as _;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::Local;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::options::Options;
use super::output;
use crate::convergence::{ServiceConvergence, Share, State, Unclear};
use crate::diagnosis::RunVerdict;
use crate::plan::Plan;

/// Work that is done by then needs no progress.
const PATIENCE: Duration = Duration::from_millis(500);
/// So many services have a row.
const ROWS: usize = 12;

/// What is shown while a run goes on; dropping it takes the table away.
pub(super) struct Progress {
    form: Form,
    begun: Instant,
    rows: Mutex<Vec<Row>>,
}

/// How it is shown.
enum Form {
    Nothing,
    Lines,
    Table(ProgressBar),
}

/// One service.
#[derive(Clone)]
struct Row {
    name: String,
    standing: Option<Standing>,
    since: String,
    new: Option<Share>,
    old: Option<Share>,
}

/// Where a service stands, as far as that is news.
#[derive(Clone, Copy, PartialEq)]
enum Standing {
    Converged,
    Lagging,
    Unclear(Unclear),
}

impl Progress {
    pub(super) fn start(options: &Options, plan: &Plan, waits: bool) -> Self {
        let is_table = std::io::stderr().is_terminal() && options.verbose == 0;
        let form = match (options.quiet, is_table, waits) {
            (true, ..) | (false, false, false) => Form::Nothing,
            (false, true, _) => Form::Table(hidden()),
            (false, false, true) => Form::Lines,
        };
        let row = |name: &str| Row {
            name: name.escape_debug().to_string(),
            standing: None,
            since: String::new(),
            new: None,
            old: None,
        };
        let rows = plan.services.iter().map(|service| row(&service.subject.name)).collect();
        Self { form, begun: Instant::now(), rows: Mutex::new(rows) }
    }

    /// Takes in what is known of the service at this place of the plan.
    pub(super) fn tell(&self, place: usize, service: &ServiceConvergence) {
        let mut rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(row) = rows.get_mut(place) else { return };
        (row.new, row.old) = (service.on_new, service.on_old);
        let now = Local::now().format("%H:%M:%S").to_string();
        let standing = standing(service.state);
        if standing.is_some() && standing != row.standing {
            row.standing = standing;
            row.since.clone_from(&now);
            if matches!(self.form, Form::Lines) {
                output::note(&format!("{now} {}: {}", row.name, row.words()));
            }
        }
        if let Form::Table(table) = &self.form {
            table.set_message(drawn(&rows));
            if self.begun.elapsed() >= PATIENCE && table.is_hidden() {
                table.set_draw_target(ProgressDrawTarget::stderr());
            }
            table.tick();
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Form::Table(table) = &self.form {
            table.finish_and_clear();
        }
    }
}

impl Row {
    fn words(&self) -> String {
        match self.standing {
            None => "asking".to_owned(),
            Some(Standing::Converged) => "on the new key".to_owned(),
            Some(Standing::Lagging) => "not on the new key alone yet".to_owned(),
            Some(Standing::Unclear(why)) => format!("cannot be told yet ({})", why.code()),
        }
    }
}

/// Where a service stands; `None` while a look goes on that has shown nothing yet.
fn standing(state: State) -> Option<Standing> {
    match (state, state.verdict()) {
        (State::Undecided(Unclear::Unfinished), _) => None,
        (State::Undecided(why), _) => Some(Standing::Unclear(why)),
        (_, RunVerdict::Pass) => Some(Standing::Converged),
        _ => Some(Standing::Lagging),
    }
}

fn hidden() -> ProgressBar {
    let table = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
    if let Ok(style) = ProgressStyle::with_template("{msg}") {
        table.set_style(style);
    }
    table
}

/// The table: service, share on the new key, share on the old key, where it stands, since when. Those
/// that have converged come last, and are left out first.
fn drawn(rows: &[Row]) -> String {
    let mut rows: Vec<&Row> = rows.iter().collect();
    rows.sort_by_key(|row| row.standing == Some(Standing::Converged));
    let width = rows.iter().map(|row| row.name.chars().count()).max().unwrap_or(0).max(7);
    let mut lines = vec![format!("{:width$}  new key  old key  since", "service")];
    for row in rows.iter().take(ROWS) {
        let (new, old) = (percent(row.new), percent(row.old));
        let (since, words) = (&row.since, row.words());
        lines.push(format!("{:width$}  {new:>7}  {old:>7}  {since:8}  {words}", row.name));
    }
    if rows.len() > ROWS {
        lines.push(format!("and {} more", rows.len() - ROWS));
    }
    lines.join("\n")
}

fn percent(share: Option<Share>) -> String {
    share.map_or("-".to_owned(), |share| format!("{:.0} %", share.fraction * 100.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_those_that_lag_first() {
        let row = |name: &str, standing, fraction| {
            let share = Share { fraction, low: 0.0, high: 1.0, asked: 29 };
            let (name, since) = (name.to_owned(), "10:02:11".to_owned());
            Row { name, standing, since, new: Some(share), old: None }
        };
        let rows = [
            row("main", Some(Standing::Converged), 1.0),
            row("admin", Some(Standing::Lagging), 0.5),
        ];
        assert_eq!(
            drawn(&rows),
            "service  new key  old key  since\n\
             admin       50 %        -  10:02:11  not on the new key alone yet\n\
             main       100 %        -  10:02:11  on the new key"
        );
    }
}
