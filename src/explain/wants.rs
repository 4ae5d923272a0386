//! A token's claims and the configured ones in, where they differ out. What differs need not be
//! wrong: the configuration describes a test token, not this one.

use serde_json::Value;

use super::token::Token;
use crate::check::Status;
use crate::explanation::TokenFinding;
use crate::plan::Service;

/// Claims that say for whom a token is: others differ from user to user.
const ADDRESS: [&str; 2] = ["iss", "aud"];

/// What differs: one finding for each of issuer and audience, one for all the rest.
pub(super) fn findings(
    token: &Token,
    services: &[Service],
    shown: &dyn Fn(&str, &Value) -> String,
) -> Vec<TokenFinding> {
    let mut found: Vec<TokenFinding> =
        ADDRESS.iter().filter_map(|name| of_address(token, name, services, shown)).collect();
    found.extend(of_the_rest(token, services));
    found
}

fn of_address(
    token: &Token,
    name: &'static str,
    services: &[Service],
    shown: &dyn Fn(&str, &Value) -> String,
) -> Option<TokenFinding> {
    let carried = token.claims.get(name);
    let differing: Vec<&Service> = services
        .iter()
        .filter(|service| !meets(carried, service.subject.token.claims.get(name)))
        .collect();
    let wanted = differing.first()?.subject.token.claims.get(name)?;
    let wanted = shown(name, wanted);
    let has = match carried {
        Some(value) => format!("has the {name} {}", shown(name, value)),
        None => format!("has no {name}"),
    };
    let names: Vec<&str> = differing.iter().map(|service| service.subject.name.as_str()).collect();
    let summary = format!("{has}; {wanted} is configured for {}", names.join(", "));
    Some(TokenFinding { code: name, status: Status::Fail, summary })
}

/// Whether what is carried is what is wanted, or, as a list, holds it (RFC 7519 section 4.1.3).
fn meets(carried: Option<&Value>, wanted: Option<&Value>) -> bool {
    let Some(wanted) = wanted else { return true };
    match carried {
        Some(Value::Array(items)) => carried == Some(wanted) || items.contains(wanted),
        carried => carried == Some(wanted),
    }
}

fn of_the_rest(token: &Token, services: &[Service]) -> Option<TokenFinding> {
    let mut names: Vec<&str> = Vec::new();
    for (name, wanted) in services.iter().flat_map(|service| &service.subject.token.claims) {
        let differs = !meets(token.claims.get(name), Some(wanted));
        if differs && !ADDRESS.contains(&name.as_str()) && !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    if names.is_empty() {
        return None;
    }
    let summary = format!("differs from the configured test token in {}", names.join(", "));
    Some(TokenFinding { code: "claims", status: Status::Warn, summary })
}
