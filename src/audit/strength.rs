//! How hard a key is to guess: published ones, short ones, ones with little entropy. Keys in, findings
//! out; lengths and entropy are told in classes only.

use super::agreement::agreement;
use super::view::{AuditView, EnvironmentView, KeyView};
use crate::audit_finding::{AuditCode, Finding};
use crate::audit_outcome::Agreement;
use crate::check::Status;
use crate::key::{self, defaults, strength};
use crate::plan::{Algorithm, Policy};

/// Keys below this many bits are disallowed (NIST SP 800-131A).
const LEAST: f64 = 112.0;
/// What the OWASP JWT cheat sheet asks for, in bits.
const ENOUGH: f64 = 160.0;

/// The worst that can be said of each key. A key that is the same in several places is told once.
pub(super) fn findings(view: &AuditView<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for environment in &view.environments {
        let keys = environment.keys.iter();
        for key in keys.filter(|key| agreement(view, environment, key) != Agreement::Same) {
            found.extend(finding(view, environment, key));
        }
    }
    found
}

fn finding(
    view: &AuditView<'_>,
    environment: &EnvironmentView<'_>,
    key: &KeyView<'_>,
) -> Option<Finding> {
    let bytes = key.key()?;
    let policy = view.policy(&key.file.service);
    let (service, bits) = (&key.file.service, strength::bits(bytes));
    let (wanted, algorithm) = longest_wanted(&policy);
    let (code, status, summary) = if let Some(row) = defaults::position(bytes) {
        let label = defaults::TABLE[row].label;
        (AuditCode::KeyWellKnown, Status::Fail, format!("{service}'s key is published: {label}"))
    } else if bits < LEAST {
        let summary =
            format!("{service}'s key can be guessed: it has fewer than 112 bits of entropy");
        (AuditCode::KeyWeak, Status::Fail, summary)
    } else if key::bits(bytes) < wanted {
        let summary = format!(
            "{service}'s key is shorter than the {} bytes that {algorithm}",
            wanted.div_ceil(8)
        );
        let status =
            if key::bits(bytes) < policy.min_key_bits { Status::Fail } else { Status::Warn };
        (AuditCode::KeyTooShort, status, summary)
    } else if bits < ENOUGH {
        let summary = format!("{service}'s key has fewer than 160 bits of entropy");
        (AuditCode::KeyPredictable, Status::Warn, summary)
    } else if strength::is_letters_only(bytes) {
        let summary = format!("{service}'s key has nothing but letters: it may be words");
        (AuditCode::KeyPredictable, Status::Warn, summary)
    } else {
        return None;
    };
    let fix = format!("Rotate to a random key: `{}`.", view.new_key(environment.name()));
    Some(Finding { summary, fix, ..view.finding(code, status, environment, key) })
}

/// The bits that policy and RFC 7518 section 3.2 ask for together, and whose wish that is.
fn longest_wanted(policy: &Policy) -> (usize, String) {
    let hash = |algorithm: &Algorithm| match algorithm {
        Algorithm::HS256 => 256,
        Algorithm::HS384 => 384,
        Algorithm::HS512 => 512,
    };
    // Of several algorithms that are allowed, the service may use the one that asks for least.
    let least = policy.algorithms.iter().min_by_key(|algorithm| hash(algorithm));
    match least {
        Some(algorithm) if hash(algorithm) >= policy.min_key_bits => {
            (hash(algorithm), format!("{algorithm} asks for (RFC 7518 section 3.2)"))
        }
        _ => (policy.min_key_bits, "the policy asks for".to_owned()),
    }
}
