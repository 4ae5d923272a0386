//! The harmless toggles by which verifier libraries differ: one question each, with a control where a
//! refusal could have another reason. Judges nothing.

use serde_json::{Value, json};

use super::super::far::{self, Far};
use super::super::members::{control, edit, edited, other, value, with_claim, without};
use super::super::shape;
use super::super::view::View;
use crate::plan::Algorithm;
use crate::question::{DateForm, Forgery, Moment, Part, Question, TokenShape};
use crate::verdict::{Doubt, Verdict};

/// A subject that is a number: none that an early user has, and within 32 bits.
const NUMBER: i64 = 2_000_000_011;
/// How long ago a token with an `iat` in text was issued: past every lag of a clock.
const AGO: i64 = -600;

/// One harmless oddity of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Toggle {
    /// `iat` lies ahead; the line on `iat` asks it.
    IssuedAhead,
    /// `iat` is text.
    IssuedText,
    /// `sub` is a number (RFC 7519 section 4.1.2 wants text).
    SubjectNumber,
    /// `jti` is a number (RFC 7519 section 4.1.7 wants text).
    IdentifierNumber,
    /// `exp` is text.
    ExpiryText,
    /// `exp` is zero: 1970, or as good as none.
    ExpiryZero,
    /// An unknown extension is critical (RFC 7515 section 4.1.11: must be refused).
    CriticalUnknown,
    /// The signature is padded (RFC 7515 section 2: it is not).
    SignaturePadded,
    /// `aud` is absent, where another audience is refused.
    AudienceAbsent,
}

impl Toggle {
    /// Every toggle, in the order of the table of families.
    pub(super) const ALL: [Self; 9] = [
        Self::IssuedAhead,
        Self::IssuedText,
        Self::SubjectNumber,
        Self::IdentifierNumber,
        Self::ExpiryText,
        Self::ExpiryZero,
        Self::CriticalUnknown,
        Self::SignaturePadded,
        Self::AudienceAbsent,
    ];

    /// What it does to a token, in words that follow `refuses`.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::IssuedAhead => "a token whose iat lies ahead of its clock",
            Self::IssuedText => "an iat that is text",
            Self::SubjectNumber => "a sub that is a number",
            Self::IdentifierNumber => "a jti that is a number",
            Self::ExpiryText => "an exp that is text",
            Self::ExpiryZero => "an exp of zero",
            Self::CriticalUnknown => "an unknown critical extension",
            Self::SignaturePadded => "a padded signature",
            Self::AudienceAbsent => "a token without aud",
        }
    }

    /// The odd token; `None` where it cannot be made of this base, or another line asks it.
    fn odd(self, view: &View<'_>) -> Option<Question> {
        let end = end(view)?;
        let base = view.base.clone();
        Some(match self {
            Self::IssuedAhead => return None,
            Self::IssuedText => {
                Question::token(TokenShape { issued: Moment::Written(AGO, DateForm::Text), ..base })
            }
            Self::SubjectNumber => with_claim(view, "sub", number(view)),
            Self::IdentifierNumber => with_claim(view, "jti", NUMBER),
            Self::ExpiryText => Question::token(TokenShape {
                expires: Moment::Written(end, DateForm::Text),
                ..base
            }),
            Self::ExpiryZero => with_claim(view, "exp", 0),
            Self::CriticalUnknown => edited(
                view,
                vec![
                    edit(Part::Header, "crit", Some(json!(["authprobe"]))),
                    edit(Part::Header, "authprobe", Some(true.into())),
                ],
            ),
            Self::SignaturePadded => {
                // The code of HS384 has no room for padding.
                (base.algorithm != Algorithm::HS384).then_some(())?;
                shape::forged(view.base, Forgery::SignaturePadded)
            }
            Self::AudienceAbsent => {
                value(view, Part::Payload, "aud")?;
                without(view, Part::Payload, "aud")
            }
        })
    }

    /// What must be answered in this way for the odd token to tell something.
    fn control(self, view: &View<'_>) -> Option<(Question, bool)> {
        match self {
            Self::IssuedText => {
                let issued = Moment::FromNow(AGO);
                Some((Question::token(TokenShape { issued, ..view.base.clone() }), true))
            }
            Self::SubjectNumber => Some((with_claim(view, "sub", number(view).to_string()), true)),
            Self::AudienceAbsent => Some((other(view, Part::Payload, "aud")?, false)),
            _ => Some((control(view), true)),
        }
    }

    /// The questions that it takes.
    pub(super) fn questions(self, view: &View<'_>) -> Vec<Question> {
        let Some(odd) = self.odd(view) else { return Vec::new() };
        let control = self.control(view).map(|(question, _)| question);
        control.into_iter().chain([odd]).collect()
    }

    /// Whether the oddity is taken; `None` where that cannot be told.
    pub(super) fn taken(self, view: &View<'_>) -> Option<bool> {
        if self == Self::IssuedAhead {
            return match far::refused(view, shape::issued) {
                Far::Known(refused) => refused.map(|refused| !refused),
                Far::Ask(_) => None,
            };
        }
        let (control, wanted) = self.control(view)?;
        if view.taken(&control) != Some(wanted) {
            return None;
        }
        match view.verdict(&self.odd(view)?)? {
            Verdict::Accepted => Some(true),
            // A library's exception that nobody caught: it did not take the token.
            Verdict::Rejected(_) | Verdict::Undecided(Doubt::ServerError) => Some(false),
            Verdict::Undecided(_) => None,
        }
    }

    /// The observation that tells it.
    pub(super) fn evidence(self, view: &View<'_>) -> Vec<usize> {
        match self.odd(view) {
            Some(odd) => view.evidence([&odd]),
            None => far::evidence(view, shape::issued),
        }
    }
}

/// The configured number, if `sub` is one.
fn number(view: &View<'_>) -> i64 {
    view.subject().token.claims.get("sub").and_then(Value::as_i64).unwrap_or(NUMBER)
}

/// How far ahead the base ends.
fn end(view: &View<'_>) -> Option<i64> {
    match view.base.expires {
        Moment::FromNow(end) => Some(end),
        Moment::Configured => view.subject().token.lifetime.as_secs().try_into().ok(),
        Moment::Absent | Moment::Written(..) => None,
    }
}
