//! Line of inquiry: does the service refuse tokens that were issued long ago, and from when on? Asked
//! only where a fault is explained or with `--claims`: most services take every age.

use super::bisect;
use super::edges::AGES_AGO;
use super::findings::Findings;
use super::room;
use super::shape;
use super::view::{Inquiry, View};
use crate::check::{CheckId, Status};
use crate::question::{Moment, Question, TokenShape};
use crate::time::Seconds;

/// An age is narrowed as long as there is room for so many more questions.
const ROOM: usize = 8;
/// Ages that part the years, asked at once where ten years are refused.
const GALLOP: [i64; 3] = [3_600, 86_400, 2_592_000];
/// So much earlier ends the token that tells whether it is the age that counts, or the life.
const EARLIER: i64 = 5;

pub(super) fn inquire(view: &View<'_>) -> Inquiry {
    let Some(fresh) = fresh(view) else { return nothing() };
    let ages_ago = aged(view, -AGES_AGO);
    let unasked = view.case.unasked([ages_ago.clone()]);
    if !unasked.is_empty() {
        return Inquiry::Ask(unasked);
    }
    if view.taken(&ages_ago) != Some(false) {
        return nothing();
    }
    let unasked = view.case.unasked(GALLOP.map(|age| aged(view, age)));
    if !unasked.is_empty() {
        return Inquiry::Ask(unasked);
    }
    let (mut taken, mut refused) = (fresh, -AGES_AGO);
    for age in GALLOP {
        narrow(view, age, &mut taken, &mut refused);
    }
    while let Some(age) = bisect::next(taken, refused) {
        let unasked = view.case.unasked([aged(view, age)]);
        let room = view.case.observations().len() + ROOM < room::most(view);
        if !unasked.is_empty() && room {
            return Inquiry::Ask(unasked);
        }
        if !narrow(view, age, &mut taken, &mut refused) {
            break;
        }
    }
    concluded(view, taken, refused)
}

fn nothing() -> Inquiry {
    Inquiry::concluded(Findings::default())
}

/// An age that is taken for certain: that of the token as configured, or a little more.
fn fresh(view: &View<'_>) -> Option<i64> {
    let baseline = Question::token(shape::baseline(&view.subject().token));
    let past = aged(view, 600);
    if view.taken(&past) == Some(true) {
        return Some(600);
    }
    let issued = view.subject().token.issued_at && view.changes.is_empty();
    (issued && view.taken(&baseline) == Some(true)).then_some(0)
}

fn aged(view: &View<'_>, age: i64) -> Question {
    Question::token(TokenShape { issued: Moment::FromNow(-age), ..view.base.clone() })
}

/// Takes in the answer to one age, if it is known.
fn narrow(view: &View<'_>, age: i64, taken: &mut i64, refused: &mut i64) -> bool {
    match view.taken(&aged(view, age)) {
        Some(true) => *taken = age.max(*taken),
        Some(false) => *refused = age.min(*refused),
        None => return false,
    }
    taken < refused
}

/// Both sides are asked again; and a token as old that ends earlier is still refused where the age
/// counts, and taken where the life from `iat` to `exp` does.
fn concluded(view: &View<'_>, taken: i64, refused: i64) -> Inquiry {
    let Some(end) = end(view) else { return nothing() };
    let shorter = match aged(view, refused).shape() {
        Some(shape) => {
            Question::token(TokenShape { expires: Moment::FromNow(end - EARLIER), ..shape.clone() })
        }
        None => return nothing(),
    };
    let again = [aged(view, (taken - 1).max(1)).again(1), aged(view, refused + 1).again(1)];
    let unasked = view.case.unasked(again.iter().cloned().chain([shorter.clone()]));
    if !unasked.is_empty() {
        return Inquiry::Ask(unasked);
    }
    if view.taken(&again[0]) != Some(true) || view.taken(&again[1]) != Some(false) {
        return nothing();
    }
    let mut findings = Findings::default();
    let summary = match view.taken(&shorter) {
        Some(true) => {
            findings.expiration.max_lifetime = Some(Seconds((taken + end) as f64));
            format!("it refuses tokens that live longer than {} s", taken + end)
        }
        Some(false) => {
            findings.expiration.max_age = Some(Seconds(taken as f64));
            format!("it refuses tokens whose iat is more than {taken} s ago")
        }
        None => return nothing(),
    };
    findings.check(CheckId::TokenAge, Status::Pass, summary);
    findings.on(view.evidence(&[aged(view, refused), aged(view, taken.max(1))]));
    Inquiry::concluded(findings)
}

/// How far ahead the base ends.
fn end(view: &View<'_>) -> Option<i64> {
    let lifetime = view.subject().token.lifetime.as_secs();
    match view.base.expires {
        Moment::FromNow(end) => Some(end),
        Moment::Configured => lifetime.try_into().ok(),
        Moment::Absent | Moment::Written(..) => None,
    }
}
