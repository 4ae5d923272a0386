//! A plan in, a warning on stderr out: what is about to appear in whose logs. Sends nothing.

use super::options::Options;
use super::output;
use crate::plan::{ForgedScope, Plan, Service};

/// Says, before anything is sent, which services get hostile tokens and which do not.
pub(super) fn warn(options: &Options, plan: &Plan, forged: ForgedScope) {
    if forged != ForgedScope::Hostile || options.quiet {
        return;
    }
    let (reached, spared): (Vec<_>, Vec<_>) = plan
        .services
        .iter()
        .partition(|service| service.subject.scope.forged == ForgedScope::Hostile);
    if !reached.is_empty() {
        output::note(&format!(
            "authprobe: sending hostile tokens to {}\n  note: several hundred refused requests will \
             stand in their logs, with forged signatures, injection strings in kid, and tokens of up \
             to 1 MB; those that arrive as tokens carry a jti that begins with authprobe-",
            names(&reached)
        ));
    }
    if !spared.is_empty() {
        output::note(&format!(
            "authprobe: no hostile tokens to {}: only the usual checks\n  help: to allow them, write \
             allow_hostile: true under the service in probes.yaml",
            names(&spared)
        ));
    }
}

fn names(services: &[&Service]) -> String {
    let names: Vec<_> = services.iter().map(|service| service.subject.name.as_str()).collect();
    names.join(", ").escape_debug().to_string()
}
