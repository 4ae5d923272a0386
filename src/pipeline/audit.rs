//! What an audit looks at and the rotation ledger in, the outcome out: composes the audit with what
//! `rotate` knows of when a key was written. Never sends or writes anything.

use std::collections::HashMap;

use crate::audit::{self, Surroundings};
use crate::audit_ground::AuditGround;
use crate::audit_outcome::AuditOutcome;
use crate::rotate::{self, Place};
use crate::secret::Secret;
use crate::time::Anchor;

/// Audits the key files of a ground; `named` is the environment that was asked for, `variables` are those
/// of this process, `ledger` is where rotations keep their state.
#[must_use]
pub(crate) fn audit(
    ground: &AuditGround,
    named: Option<&str>,
    variables: &HashMap<String, String>,
    ledger: Option<&Place>,
) -> AuditOutcome {
    let written_at =
        |environment: &str, key: &Secret| rotate::written_at(ledger?, environment, key);
    let now = Anchor::new().now();
    let around = Surroundings { variables, now, named, written_at: &written_at };
    audit::audit(ground, &around)
}
