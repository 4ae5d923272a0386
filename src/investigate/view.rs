//! What a line of inquiry sees: the case, the dialect, the base token, and the verdicts they give.

use super::case::Case;
use super::dialect::Dialect;
use super::dimension::Change;
use super::findings::Findings;
use super::shape;
use crate::observation::Observation;
use crate::plan::{ForgedScope, Subject};
use crate::question::{Forgery, Question, TokenShape};
use crate::verdict::Verdict;

/// Why a check was not made.
pub(super) const NOT_SENT_GENTLY: &str = "not sent: --gentle";

/// The ground that every line of inquiry stands on.
pub(super) struct View<'a> {
    pub(super) case: &'a Case,
    pub(super) dialect: &'a Dialect,
    /// A token that the service takes.
    pub(super) base: &'a TokenShape,
    /// What the base differs in from the most acceptable token of the configuration.
    pub(super) changes: &'a [Change],
    /// What each observation means; all lines look at all of them, so each is judged once.
    verdicts: Vec<Verdict>,
}

/// What a line of inquiry says when it is asked.
pub(super) enum Inquiry {
    /// These must be answered first.
    Ask(Vec<Question>),
    /// What it found.
    Concluded(Box<Findings>),
}

impl Inquiry {
    pub(super) fn concluded(findings: Findings) -> Self {
        Self::Concluded(Box::new(findings))
    }
}

/// A line of inquiry: one file, one signature.
pub(super) type Line = fn(&View<'_>) -> Inquiry;

impl<'a> View<'a> {
    pub(super) fn new(
        case: &'a Case,
        dialect: &'a Dialect,
        base: &'a TokenShape,
        changes: &'a [Change],
    ) -> Self {
        let verdicts = case.observations().iter().map(|seen| dialect.judge(seen)).collect();
        Self { case, dialect, base, changes, verdicts }
    }
}

impl View<'_> {
    pub(super) fn subject(&self) -> &Subject {
        &self.case.subject
    }

    /// Whether no forged token but the controls may be sent.
    pub(super) fn is_gentle(&self) -> bool {
        self.subject().scope.forged == ForgedScope::Controls
    }

    /// The service's name, for sentences.
    pub(super) fn name(&self) -> &str {
        &self.case.subject.name
    }

    pub(super) fn observed(&self, question: &Question) -> Option<&Observation> {
        self.case.observed(question)
    }

    /// What the answer to a question means; `None` if it was not asked.
    pub(super) fn verdict(&self, question: &Question) -> Option<Verdict> {
        self.observed(question).map(|seen| self.meaning(seen))
    }

    /// What an observation of this case means.
    pub(super) fn meaning(&self, seen: &Observation) -> Verdict {
        self.verdicts.get(seen.number - 1).copied().unwrap_or_else(|| self.dialect.judge(seen))
    }

    /// Whether the token was taken: `None` if that is not known.
    pub(super) fn taken(&self, question: &Question) -> Option<bool> {
        match self.verdict(question)? {
            Verdict::Accepted => Some(true),
            Verdict::Rejected(_) => Some(false),
            Verdict::Undecided(_) => None,
        }
    }

    /// Whether the signature plays no part: then neither key nor algorithm can be told. Where the
    /// controls were refused for another reason, the base changed after signing shows it.
    pub(super) fn ignores_signatures(&self) -> bool {
        let changed = shape::forged(self.base, Forgery::PayloadChanged);
        self.dialect.takes_random_key || self.taken(&changed) == Some(true)
    }

    /// The numbers of the observations of these questions.
    pub(super) fn evidence<'q>(
        &self,
        questions: impl IntoIterator<Item = &'q Question>,
    ) -> Vec<usize> {
        let seen = questions.into_iter().filter_map(|question| self.observed(question));
        seen.map(|observation| observation.number).collect()
    }
}
