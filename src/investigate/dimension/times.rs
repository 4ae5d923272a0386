//! Times that suit a verifier whose clock is off, which wants claims that are left out, or which
//! limits how long a token may live.

use crate::question::{DateForm, Moment, TokenShape};

/// One set of times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct Times {
    expires: i64,
    not_before: Option<i64>,
    issued: Option<i64>,
    /// The unusual form of `exp`.
    form: Option<DateForm>,
}

/// The likeliest: a clock that is minutes ahead.
static NEAR: [Times; 1] = [ending(600)];

/// Each row reaches a clock that is further off, or another rule on times.
static FAR: [Times; 3] =
    [started(60, -60), SHORT_LIFE, Times { form: Some(DateForm::Milliseconds), ..ending(600) }];

/// What a token with roomy times, which is asked before, is hardly ever refused for.
static COVERED: [Times; 2] = [ending(HOURS), started(HOURS, -HOURS)];

/// Ten years: no clock is ahead of this. One that is days ahead takes milliseconds, too, and would look
/// like one that counts them.
const AGES: i64 = 315_360_000;

/// Two hours and a little: a clock that shows local time is off by whole quarters of an hour, and would
/// stand right at the end of two.
const HOURS: i64 = 7_300;

/// A life so short that a limit on lifetimes lets it through.
const SHORT: i64 = 15;

/// More than every time zone is from every other, in seconds: a clock that shows local time.
const ZONES: i64 = 51_000;

/// Issued just now: some verifiers count a life from there, and want to know.
const SHORT_LIFE: Times = Times { issued: Some(-2), ..ending(SHORT) };

const fn ending(expires: i64) -> Times {
    Times { expires, not_before: None, issued: None, form: None }
}

const fn started(expires: i64, start: i64) -> Times {
    Times { expires, not_before: Some(start), issued: Some(start), form: None }
}

/// The likeliest rows, the others, and those that a roomy life covers.
pub(super) fn rows() -> [&'static [Times]; 3] {
    [&NEAR, &FAR, &COVERED]
}

/// A life that has begun, by any clock within a time zone of ours and by one that is so many seconds
/// off by its `Date`. It was issued a minute ago: some verifiers want to know, and mind an old one.
pub(super) fn roomy(seconds: i64) -> Times {
    Times {
        expires: seconds.max(0) + ZONES,
        not_before: Some(seconds.min(0) - ZONES),
        issued: Some(seconds.min(0) - 60),
        form: None,
    }
}

/// The same, with an `exp` that a reader of milliseconds takes as well, and every clock.
pub(super) fn roomiest(seconds: i64) -> Times {
    let Times { not_before, .. } = roomy(seconds);
    Times { expires: 600, not_before, issued: not_before, form: Some(DateForm::Milliseconds) }
}

/// A life around now by a clock that is so many seconds off, for verifiers that want to know when a
/// token was issued.
pub(super) fn around(seconds: i64) -> Times {
    started(seconds + 600, seconds - 60)
}

impl Times {
    pub(super) fn apply(&self, shape: TokenShape) -> TokenShape {
        let moment = |offset: Option<i64>| offset.map_or(Moment::Absent, Moment::FromNow);
        TokenShape {
            expires: match self.form {
                Some(form) => Moment::Written(self.expires, form),
                None => Moment::FromNow(self.expires),
            },
            not_before: moment(self.not_before),
            issued: moment(self.issued),
            ..shape
        }
    }

    /// Lives that are less unusual, the plainest first: what they do as well, this one is not needed for.
    pub(in super::super) fn plainer(&self) -> Vec<Self> {
        let unusual = self.form.is_some() || self.expires.unsigned_abs() > HOURS.unsigned_abs();
        let begun = self.issued.is_some() || self.not_before.is_some();
        if !unusual {
            return Vec::new();
        }
        let mut rows = vec![ending(600)];
        rows.extend(begun.then_some(started(600, -60)));
        rows.extend(begun.then_some(started(HOURS, -HOURS)));
        rows.extend(self.form.and(Some(ending(AGES))));
        rows
    }

    /// Whether it is one of the likeliest.
    pub(super) fn is_near(&self) -> bool {
        NEAR.contains(self)
    }

    /// Whether a roomy life does the same.
    pub(super) fn is_covered(&self) -> bool {
        COVERED.contains(self)
    }

    /// Whether a limit on lifetimes lets it through.
    pub(super) fn is_short(&self) -> bool {
        self.expires <= SHORT && self.form.is_none()
    }

    /// The unusual form of its dates, if they have one.
    pub(in super::super) fn form(&self) -> Option<DateForm> {
        self.form
    }
}
