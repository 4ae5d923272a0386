//! What the answers so far mean for one service: its state, since when, how far it lags. Never asks.

use super::look::Look;
use super::seen::{Kind, Trouble};
use super::{CONFIDENCE, OldKeyTerms, Smoke, estimate, words};
use crate::convergence::{Sample, ServiceConvergence, State, Unclear};
use crate::time::UnixTime;
use crate::verdict::Doubt;

/// What is known now.
pub(super) fn conclude(smoke: &Smoke, now: UnixTime) -> ServiceConvergence {
    let look = telling(smoke);
    let state = state(smoke, look);
    let clean = look.signs(smoke.terms.overlap_until) == 0;
    let whole = clean && look.is_whole(smoke.needed());
    let converged_at = look.first_at().filter(|_| whole);
    let last_sign_at = smoke.last_sign;
    let lag = last_sign_at.map(|_| converged_at.unwrap_or(now) - smoke.terms.origin.moment());
    let (told_apart_by, replicas) = estimate::replicas(look, &smoke.addresses);
    let [new, old] = smoke.totals;
    let is_old_known = smoke.terms.old_key == OldKeyTerms::MustBeRefused;
    let clean_count = |kind| if clean { look.count(kind).all() } else { 0 };
    let found = ServiceConvergence {
        name: smoke.subject.name.clone(),
        url: smoke.url.clone(),
        state,
        summary: String::new(),
        fix: String::new(),
        requests: smoke.spent,
        new,
        old: is_old_known.then_some(old),
        sample: Sample {
            needed: smoke.needed()[0],
            new: clean_count(Kind::New),
            old: clean_count(Kind::Old),
        },
        on_new: estimate::share(look.count(Kind::New)),
        on_old: estimate::share(look.count(Kind::Old)),
        told_apart_by,
        replicas,
        left_out: smoke.left_out,
        last_sign_at,
        converged_at,
        lag,
    };
    let (summary, fix) = words::told(&found, &smoke.terms, smoke.trouble.as_ref());
    ServiceConvergence { summary, fix, ..found }
}

/// The look that tells most: the present one, unless it has only just begun.
fn telling(smoke: &Smoke) -> &Look {
    if smoke.look.asked() == 0 { &smoke.before } else { &smoke.look }
}

fn state(smoke: &Smoke, look: &Look) -> State {
    if let Some(open) = smoke.controls.open() {
        return open;
    }
    if !smoke.controls.unasked().is_empty() {
        return State::Undecided(reason(smoke));
    }
    let (new, old) = (look.count(Kind::New), look.count(Kind::Old));
    if look.signs(smoke.terms.overlap_until) > 0 {
        let passes_the_signature = new.taken == 0 && new.refused == look.refused_further(Kind::New);
        let old_fails_it = old.refused > 0 && look.refused_further(Kind::Old) == 0;
        let all_take_the_new = new.refused == 0 && look.undecided_of(Kind::New) == 0;
        // As rare as the old key was taken, the new one could have been refused and not been seen.
        let unseen = (1.0 - old.fraction()).powf(new.taken as f64);
        let takes_both = all_take_the_new && new.taken > 0 && unseen <= 1.0 - CONFIDENCE;
        return match old.taken {
            0 if passes_the_signature && old_fails_it => State::Undecided(Unclear::OtherReason),
            0 => State::RefusesNew,
            _ if takes_both => State::OnBothKeys,
            _ => State::OnOldKey,
        };
    }
    if look.is_whole(smoke.needed()) {
        return match smoke.terms.old_key {
            OldKeyTerms::Unknown => State::Undecided(Unclear::NoOldKey),
            _ if old.taken > 0 => State::Overlap,
            _ => State::Converged,
        };
    }
    State::Undecided(if look.undecided() > 0 { reason(smoke) } else { unfinished(smoke) })
}

fn reason(smoke: &Smoke) -> Unclear {
    match smoke.trouble.as_ref().map(|trouble: &Trouble| trouble.doubt) {
        Some(Doubt::NoAnswer) => Unclear::NoAnswer,
        Some(Doubt::RateLimited) => Unclear::RateLimited,
        Some(Doubt::ServerError) => Unclear::ServerError,
        Some(Doubt::Redirected) => Unclear::Redirected,
        Some(Doubt::NotCalibrated) => Unclear::NotCalibrated,
        None => unfinished(smoke),
    }
}

fn unfinished(smoke: &Smoke) -> Unclear {
    if smoke.left() == 0 { Unclear::Quota } else { Unclear::Unfinished }
}
