//! Times that suit a verifier whose clock is off, which wants claims that are left out, or which
//! limits how long a token may live.

use crate::question::{DateForm, Moment, TokenShape};

/// One set of times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct Times {
    expires: i64,
    start: Option<i64>,
    form: Option<DateForm>,
}

/// Each row reaches a clock that is further off, or another rule on times.
static TIMES: [Times; 7] = [
    Times { expires: 600, start: None, form: None },
    Times { expires: 7_200, start: None, form: None },
    Times { expires: 7_200, start: Some(-7_200), form: None },
    Times { expires: 60, start: Some(-60), form: None },
    Times { expires: SHORT, start: None, form: None },
    Times { expires: AGES, start: None, form: None },
    Times { expires: 600, start: None, form: Some(DateForm::Milliseconds) },
];

/// Ten years: the clock that is ahead of this is none. Were it not asked first, a clock that is days ahead would look
/// like one that counts milliseconds, for it takes those, too.
const AGES: i64 = 315_360_000;

/// A life so short that a limit on lifetimes lets it through.
const SHORT: i64 = 15;

/// The likeliest rows, and the others.
pub(super) fn rows() -> (&'static [Times], &'static [Times]) {
    TIMES.split_at(2)
}

/// A life of minutes that has begun, by our clock and by one that is so many seconds off.
pub(super) fn begun(seconds: i64) -> Times {
    Times { expires: seconds.max(0) + 600, start: Some(seconds.min(0) - 60), form: None }
}

/// A life around now by a clock that is so many seconds off, for verifiers that want to know when a
/// token was issued.
pub(super) fn around(seconds: i64) -> Times {
    Times { expires: seconds + 600, start: Some(seconds - 60), form: None }
}

impl Times {
    pub(super) fn apply(&self, shape: TokenShape) -> TokenShape {
        let moment = |offset| match self.form {
            Some(form) => Moment::Written(offset, form),
            None => Moment::FromNow(offset),
        };
        TokenShape {
            expires: moment(self.expires),
            not_before: self.start.map_or(Moment::Absent, moment),
            issued: self.start.map_or(Moment::Absent, moment),
            ..shape
        }
    }

    /// Whether most services take a token of these times.
    pub(super) fn is_welcome(&self) -> bool {
        self.expires == 600 && self.form.is_none()
    }

    /// The unusual form of its dates, if they have one.
    pub(in super::super) fn form(&self) -> Option<DateForm> {
        self.form
    }
}
