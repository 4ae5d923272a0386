//! How far a run goes, as options.

use crate::plan::{ClockScope, ForgedScope, Scope};

#[derive(Debug, Clone, Copy, clap::Args)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of its own on the command line")]
pub(super) struct ScopeOptions {
    /// Measure each clock to a few milliseconds
    ///
    /// Takes some seconds a service: tokens are sent at chosen fractions of the second.
    #[arg(long)]
    precise: bool,

    /// Also tell which claims are not looked at
    ///
    /// Sends rightly signed tokens with claims missing or of odd types. A service that trusts every
    /// signed token may stumble over them.
    #[arg(long = "claims")]
    odd_claims: bool,

    /// Send no forged token but the controls
    #[arg(long, conflicts_with = "hostile", hide_short_help = true)]
    gentle: bool,

    /// Also send what attackers send
    ///
    /// Only to services whose entry in probes.yaml says `allow_hostile: true`, and to URLs named on
    /// the command line. It will stand out in their logs.
    #[arg(long)]
    hostile: bool,
}

impl ScopeOptions {
    pub(super) fn scope(self) -> Scope {
        Scope {
            clock: if self.precise { ClockScope::Precise } else { ClockScope::Policy },
            forged: match (self.gentle, self.hostile) {
                (true, _) => ForgedScope::Controls,
                (false, true) => ForgedScope::Hostile,
                (false, false) => ForgedScope::Usual,
            },
            odd_claims: self.odd_claims,
            ..Scope::default()
        }
    }
}
