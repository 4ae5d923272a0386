//! The search for a token that the service takes. From the most acceptable token outwards, one
//! dimension at a time, so that no fault hides another; then two at a time, likeliest first.

use super::base::Base;
use super::before_the_token;
use super::case::Case;
use super::control::{self, EARLY};
use super::dialect::Dialect;
use super::dimension::{self, Change, Signature};
use super::message::{self, Hint};
use super::needed;
use super::progress::{self, changed, got_further};
use super::replicas;
use super::room;
use super::shape;
use crate::observation::Observation;
use crate::plan::ForgedScope;
use crate::question::{Question, TokenShape};
use crate::verdict::Verdict;

/// So many questions go out before their answers are looked at.
const CHUNK: usize = 8;
/// So many more refusals, over fresh connections, and no replica takes the right token.
const REFUSALS: u16 = 4;
/// A search for one change gives up after so many questions: a fault is named within 120 requests.
const BUDGET: usize = 117;
/// Where the answers say what is wrong, they are what is told in the end, and that is made sure of.
const BUDGET_TOLD: usize = 112;
/// A search for two changes goes on to here, where no answer says what is wrong, and leaves room to
/// tell which of the changes are needed, and who else may make tokens.
const BUDGET_OF_TWO: usize = room::OF_TWO - 24;
/// Where something answers before it looks at a token, a search only makes sure of that.
const BUDGET_BEFORE: usize = 108;

/// An endpoint that gives everybody one success is asked so many questions.
const OPEN_BUDGET: usize = 46;

/// Looks for a base in what is known, or says what to ask next.
pub(super) fn base(case: &Case, dialect: &Dialect) -> Base {
    let spec = &case.subject.token;
    for shape in [shape::most_acceptable(spec), shape::baseline(spec)] {
        if accepted(case, dialect, &shape) || replicas::taken_somewhere(case, dialect, &shape) {
            return Base::Found { shape: Box::new(shape), changes: Vec::new() };
        }
    }
    if control::changed(case, dialect) {
        return Base::Unsteady;
    }
    let search = Search::new(case, dialect);
    // What was taken by itself counts before anything is built on what only got further.
    let alone = search.taken(&search.one()).map(Step::Taken);
    match alone.or_else(|| search.parts().find_map(|part| search.step(&part))) {
        Some(Step::Taken(changes)) => needed::confirmed(case, dialect, changes),
        Some(Step::Ask(unasked)) => {
            let mut questions = control::due_in_search(case);
            questions.extend(unasked);
            Base::Searching(case.unasked(questions))
        }
        None => settled_refusal(case, dialect, search.before),
    }
}

/// What is asked of an endpoint that gives everybody one success: a service that refuses with a
/// success gives it to a right token, too, while it holds another key.
pub(super) fn behind_success(case: &Case, dialect: &Dialect) -> Vec<Question> {
    let left = OPEN_BUDGET.saturating_sub(case.observations().len());
    if !dialect.may_refuse_with_success() || left == 0 {
        return Vec::new();
    }
    let search = Search::new(case, dialect);
    let sets = search.parts().flat_map(|part| part.sets);
    let mut questions = case.unasked(sets.map(|set| Question::token(changed(case, &set))));
    questions.truncate(left.min(CHUNK));
    // A page that changes by itself must not pass for one that knows a token.
    if !questions.is_empty() {
        questions.extend(case.unasked([shape::absent().again(EARLY)]));
    }
    questions
}

/// What the search goes by.
struct Search<'c> {
    case: &'c Case,
    dialect: &'c Dialect,
    /// What the service says of the right token.
    hint: Option<Hint>,
    signature: Signature,
    /// Something answers before a token is looked at.
    before: bool,
    singles: Vec<Change>,
}

/// Tokens of one kind to try, likeliest first, and the number of questions after which they are given up.
struct Part {
    budget: usize,
    sets: Vec<Vec<Change>>,
}

/// Where the search is.
enum Step {
    /// A token with these changes was taken.
    Taken(Vec<Change>),
    /// These come next.
    Ask(Vec<Question>),
}

impl<'c> Search<'c> {
    fn new(case: &'c Case, dialect: &'c Dialect) -> Self {
        let hint = progress::said_of_right(case);
        let signature = progress::signature(case, dialect);
        let right = progress::right(case).and_then(Observation::answer);
        let before = right.is_some_and(|answer| before_the_token::cause(case, answer).is_some());
        Self { case, dialect, hint, signature, before, singles: dimension::singles(case) }
    }

    /// The tokens to try. What builds on a change that got further than the controls comes before all
    /// else; two changes at once come last, and are made up only then: they are many.
    fn parts(&self) -> impl Iterator<Item = Part> {
        let parts: [fn(&Self) -> Part; 3] = [Self::further, Self::one, Self::two];
        parts.into_iter().map(|part| part(self))
    }

    fn further(&self) -> Part {
        // A place that was found by what is said there still hides the key; other words name their cause.
        let found_place = self.hint == Some(Hint::Missing);
        let stones = self
            .singles
            .iter()
            .filter(|change| got_further(self.case, self.dialect, std::slice::from_ref(*change)));
        let sets = stones.flat_map(|stone| self.pairs_with(stone)).collect();
        Part { budget: if found_place { BUDGET_OF_TWO } else { self.budget_of_two() }, sets }
    }

    fn one(&self) -> Part {
        let sets = dimension::one(self.case, &self.singles, self.hint, self.signature);
        Part { budget: self.budget_of_two().min(BUDGET), sets }
    }

    fn two(&self) -> Part {
        let sets = dimension::two(self.case, &self.singles, self.hint, self.signature);
        Part { budget: self.budget_of_two(), sets }
    }

    /// Two changes are worth a longer search where no answer says what is wrong.
    fn budget_of_two(&self) -> usize {
        let silent = self.hint.is_none() && self.signature == Signature::Unknown;
        match self.before {
            true => BUDGET_BEFORE,
            false if silent => BUDGET_OF_TWO,
            false => BUDGET_TOLD,
        }
    }

    /// One change with every other, first those that mend what the service now says.
    fn pairs_with(&self, first: &Change) -> Vec<Vec<Change>> {
        let shape = changed(self.case, std::slice::from_ref(first));
        let seen = self.case.observed(&Question::token(shape));
        let hint = seen.and_then(Observation::answer).and_then(message::hint);
        let others = self.singles.iter().filter(|other| !other.same_dimension(first));
        let right = self.signature == Signature::Passes;
        let mut others: Vec<_> =
            others.filter(|other| !(right && other.is_of_signature())).collect();
        others.sort_by_key(|other| !hint.is_some_and(|hint| other.answers(hint)));
        others.into_iter().map(|other| vec![first.clone(), other.clone()]).collect()
    }

    /// The changes of the first of these tokens that was taken.
    fn taken(&self, part: &Part) -> Option<Vec<Change>> {
        let taken =
            |set: &&Vec<Change>| accepted(self.case, self.dialect, &changed(self.case, set));
        part.sets.iter().find(taken).cloned()
    }

    /// What is known of these tokens: the first that was taken, or what to ask next; nothing once all
    /// were refused, or given up.
    fn step(&self, part: &Part) -> Option<Step> {
        // What is taken already counts, however many better candidates came up since.
        if let Some(changes) = self.taken(part) {
            return Some(Step::Taken(changes));
        }
        let asked = self.case.observations().len();
        let room = CHUNK.min(part.budget.saturating_sub(asked));
        let questions =
            part.sets.iter().map(|changes| Question::token(changed(self.case, changes)));
        let unasked: Vec<_> = questions
            .filter(|question| self.case.observed(question).is_none())
            .take(room)
            .collect();
        (!unasked.is_empty()).then_some(Step::Ask(unasked))
    }
}

fn accepted(case: &Case, dialect: &Dialect, shape: &TokenShape) -> bool {
    let seen = case.observed(&Question::token(shape.clone()));
    seen.is_some_and(|seen| dialect.judge(seen) == Verdict::Accepted)
}

/// Nothing was taken: is the right token still refused as it was at first?
fn settled_refusal(case: &Case, dialect: &Dialect, before: bool) -> Base {
    let right = Question::token(shape::most_acceptable(&case.subject.token));
    let mut again = vec![right.clone().again(1)];
    again.extend(replicas::repeats(&shape::most_acceptable(&case.subject.token), REFUSALS));
    let mut last = again.clone();
    // A verifier whose key nobody knows may still take a token that needs none.
    if !before && case.subject.scope.forged != ForgedScope::Controls {
        last.extend(shape::unsigned(&shape::most_acceptable(&case.subject.token)));
    }
    let unasked = case.unasked(last);
    if !unasked.is_empty() {
        return Base::Searching(unasked);
    }
    let first = case.observed(&right).map(|seen| dialect.judge(seen));
    let mut later = again.iter().map(|again| case.observed(again).map(|seen| dialect.judge(seen)));
    if later.all(|later| later == first) { Base::NotFound } else { Base::Unsteady }
}
