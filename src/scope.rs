//! How far a run goes: what may be asked of a service beyond the usual questions.

/// How far a run goes beyond the usual questions, or stays behind them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Scope {
    /// What is asked about.
    pub about: About,
    /// How exactly clocks are measured.
    pub clock: ClockScope,
    /// Which forged tokens may be sent.
    pub forged: ForgedScope,
    /// Whether rightly signed tokens with claims missing or of odd types may be sent to a service
    /// that is well: past the signature, they may do harm.
    pub odd_claims: bool,
}

/// What is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum About {
    /// Everything that the report tells.
    #[default]
    Everything,
    /// The clock alone.
    Clock,
    /// The clock of the `Date` field alone: no token is sent.
    DateClock,
}

/// How exactly clocks are measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ClockScope {
    /// Until it is known on which side of the policy they are.
    #[default]
    Policy,
    /// To a few milliseconds.
    Precise,
}

/// Which forged tokens may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ForgedScope {
    /// None but the controls.
    Controls,
    /// Those that cannot hurt.
    #[default]
    Usual,
    /// Those that attackers send, too.
    Hostile,
}
