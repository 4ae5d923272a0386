//! Two faults on one service: which pairs are independent, and which fault makes another invisible.
//! Faults in, the causes that can be seen from outside out.

use authprobe::cause::CauseCode;
use authprobe::demo::times::TimeRule;

use super::sample::{Fault, Sample};

/// What a fault decides about a service; independent faults share none of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Aspect {
    Key,
    Algorithm,
    Signature,
    Times,
    Claims,
    Place,
    Path,
}

fn aspect(fault: &Fault) -> Option<Aspect> {
    Some(match fault {
        Fault::None => return None,
        Fault::Key(..)
        | Fault::ExtraKey(..)
        | Fault::Reading(..)
        | Fault::UnknownKey
        | Fault::StaleReplica(_) => Aspect::Key,
        Fault::Algorithm(_) | Fault::Permissive => Aspect::Algorithm,
        Fault::Unsigned(_) | Fault::NotVerified => Aspect::Signature,
        Fault::ExpiryIgnored
        | Fault::Leeway(_)
        | Fault::Lifetime(_)
        | Fault::Milliseconds
        | Fault::Behind(_)
        | Fault::Forgives(..)
        | Fault::Skew(_)
        | Fault::LocalTime(_) => Aspect::Times,
        Fault::UnknownClaim
        | Fault::Usual(..)
        | Fault::Exactly(..)
        | Fault::NoAudience
        | Fault::UnknownSubject => Aspect::Claims,
        Fault::Place(_) => Aspect::Place,
        Fault::Path(_) => Aspect::Path,
    })
}

/// Two faults that decide different things, or a leeway and a clock.
pub fn draw(rng: &mut fastrand::Rng) -> Vec<Fault> {
    loop {
        let (one, other) = (Fault::any(rng), Fault::any(rng));
        let apart = aspect(&one) != aspect(&other) || leeway_and_clock(&one, &other);
        if apart {
            return vec![one, other];
        }
    }
}

fn leeway_and_clock(one: &Fault, other: &Fault) -> bool {
    let clock = |fault: &Fault| matches!(fault, Fault::Skew(_) | Fault::LocalTime(_));
    let leeway = |fault: &Fault| matches!(fault, Fault::Leeway(_));
    (clock(one) && leeway(other)) || (leeway(one) && clock(other))
}

/// One rule of what hides what: the fault in front, whether another is hidden behind it, and why.
struct Screen {
    front: fn(&Fault) -> bool,
    hides: fn(&Fault, &Sample) -> bool,
}

/// The rules; the reason of each stands above it.
const SCREENS: [Screen; 4] = [
    // A request that never gets to the verifier tells nothing of the verifier.
    Screen { front: |fault| matches!(fault, Fault::Path(_)), hides: |_, _| true },
    // Who does not look at signatures looks at neither key nor algorithm: any will do.
    Screen {
        front: |fault| matches!(fault, Fault::NotVerified),
        hides: |fault, _| matches!(aspect(fault), Some(Aspect::Key | Aspect::Algorithm)),
    },
    // Half of the answers come from another verifier, so none of them counts for this one.
    Screen { front: |fault| matches!(fault, Fault::StaleReplica(_)), hides: |_, _| true },
    // No token that can be made is taken, and all else is shown by tokens that are taken. A place
    // that is not read, and a service that takes unsigned tokens, still show.
    Screen {
        front: opaque,
        hides: |fault, _| !matches!(fault, Fault::Unsigned(_) | Fault::NotVerified),
    },
];

/// Whether no token that can be made from the configuration is taken.
pub fn opaque(fault: &Fault) -> bool {
    matches!(fault, Fault::UnknownKey | Fault::UnknownClaim | Fault::UnknownSubject)
}

/// The causes of a sample's faults that can be seen from outside.
pub fn visible(sample: &Sample) -> Vec<CauseCode> {
    let faults = &sample.faults;
    let hidden = |fault: &Fault| {
        let screened = |screen: &Screen| {
            let others = faults.iter().filter(|other| *other != fault && (screen.front)(other));
            others.count() > 0 && (screen.hides)(fault, sample)
        };
        let in_front = SCREENS.iter().take_while(|screen| !(screen.front)(fault));
        in_front.into_iter().any(screened) || clock_unseen(fault, sample)
    };
    faults.iter().filter(|fault| !hidden(fault)).filter_map(Fault::code).collect()
}

/// Where `exp` is not looked at, `nbf` shows the clock; where neither is, nothing does.
fn clock_unseen(fault: &Fault, sample: &Sample) -> bool {
    let ignored = sample.verifier.exp == TimeRule::Ignored;
    let start = sample.verifier.nbf == TimeRule::Ignored;
    matches!(fault, Fault::LocalTime(_)) && ignored && start
}
