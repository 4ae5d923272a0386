//! What a verifier's behaviour tells beside right and wrong: the library that behaves like it, and
//! the claims that it does not look at. Facts for the report; no judgement.

/// What was learnt of a verifier's habits.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Behaviour {
    /// The libraries that behave like it, where the evidence singles them out.
    pub verifier: Option<VerifierFamily>,
    /// Which claims and header members it looks at; `None` where that was not asked.
    pub claims: Option<ClaimFacts>,
}

/// A verifier library, recognised by the harmless tokens that it takes and refuses.
#[derive(Debug, Clone, PartialEq)]
pub struct VerifierFamily {
    /// The one library, where its own words tell it from those that behave alike.
    pub family: Option<&'static str>,
    /// The libraries that behave alike, in words.
    pub group: &'static str,
    /// How sure it is, 0 to 1; never 1, as a library that is not known here may behave alike.
    pub confidence: f64,
    /// The numbers of the observations that tell it.
    pub evidence: Vec<usize>,
}

/// Which claims and header members a service looks at.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ClaimFacts {
    /// Neither their absence nor another value is refused.
    pub ignored: Vec<String>,
    /// Their absence is refused.
    pub required: Vec<String>,
}
