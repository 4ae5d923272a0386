//! Algorithm and lifetime as the env files set them: whether the services agree, and whether the policy
//! allows the algorithm. Settings in, findings out; only names of algorithms and spans are ever told.

use super::view::{AuditView, EnvironmentView, KeyView};
use crate::audit_finding::{AuditCode, Finding};
use crate::check::Status;
use crate::time::Seconds;

/// Variables that set the algorithm.
const ALGORITHM: [&str; 3] = ["JWT_ALGORITHM", "JWT_ALG", "ALGORITHM"];
/// The names of RFC 7518 section 3.1 and RFC 8037 section 3.1: what may be told.
const ALGORITHMS: [&str; 14] = [
    "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256",
    "ES384", "ES512", "EdDSA", "none",
];
/// Endings of variables, and the seconds of their unit.
const UNITS: [(&str, f64); 4] =
    [("_SECONDS", 1.0), ("_MINUTES", 60.0), ("_HOURS", 3600.0), ("_DAYS", 86_400.0)];
/// Endings of values, likewise.
const SUFFIXES: [(&str, f64); 4] = [("s", 1.0), ("m", 60.0), ("h", 3600.0), ("d", 86_400.0)];
/// Tokens that are not for the services.
const OTHER_TOKENS: [&str; 6] = ["RESET", "VERIF", "EMAIL", "INVIT", "CSRF", "CONFIRM"];

/// One setting of one service.
struct Setting<'v, 'a> {
    key: &'v KeyView<'a>,
    variable: String,
    /// What it says, in words that may be told.
    says: String,
}

/// Settings that differ from those of the source of truth, or from the policy.
pub(super) fn findings(view: &AuditView<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for environment in &view.environments {
        let algorithms = settings(environment, algorithm);
        // One that differs is told as such.
        let like_first = |setting: &&Setting<'_, '_>| setting.says == algorithms[0].says;
        for setting in algorithms.iter().filter(like_first) {
            found.extend(outside_policy(view, environment, setting));
        }
        found.extend(differing(view, environment, &algorithms, AuditCode::AlgorithmDiffers));
        for kind in [is_access, is_refresh] {
            let spans =
                settings(environment, |name, value| kind(name).then(|| span(name, value))?);
            found.extend(differing(view, environment, &spans, AuditCode::ExpiryDiffers));
        }
    }
    found
}

/// The settings of each file for which `read` has words.
fn settings<'v, 'a>(
    environment: &'v EnvironmentView<'a>,
    read: impl Fn(&str, &str) -> Option<String>,
) -> Vec<Setting<'v, 'a>> {
    let mut settings = Vec::new();
    for key in &environment.keys {
        for (variable, value) in key.settings() {
            let says = read(&variable, &value);
            settings.extend(says.map(|says| Setting { key, variable, says }));
        }
    }
    settings.sort_by_key(|setting: &Setting<'_, '_>| !setting.key.file.source_of_truth);
    settings
}

/// The algorithm's name. A value that is none is never told, for it may be anything; and a variable of a
/// general name may be about something else.
fn algorithm(name: &str, value: &str) -> Option<String> {
    if !ALGORITHM.contains(&name) {
        return None;
    }
    ALGORITHMS.iter().find(|known| **known == value).map(ToString::to_string).or_else(|| {
        let is_ours = name.starts_with("JWT");
        is_ours.then(|| "what is no algorithm's name".to_owned())
    })
}

fn is_access(name: &str) -> bool {
    is_lifetime(name) && !name.contains("REFRESH")
}

fn is_refresh(name: &str) -> bool {
    is_lifetime(name) && name.contains("REFRESH")
}

fn is_lifetime(name: &str) -> bool {
    let is_token = name.contains("JWT") || name.contains("TOKEN");
    name.contains("EXPIR") && is_token && !OTHER_TOKENS.iter().any(|other| name.contains(other))
}

/// The span in words, where its unit is sure: a bare number for a library may be seconds or milliseconds.
fn span(name: &str, value: &str) -> Option<String> {
    let of_name = UNITS.iter().find(|(ending, _)| name.ends_with(ending));
    let (number, unit) = match of_name {
        Some((_, unit)) => (value, *unit),
        None => {
            SUFFIXES.iter().find_map(|(ending, unit)| Some((value.strip_suffix(ending)?, *unit)))?
        }
    };
    let number: u32 = number.parse().ok()?;
    Some(Seconds(f64::from(number) * unit).in_words())
}

/// Each service whose setting is another than the first one's, which is the source of truth's if it has
/// one.
fn differing(
    view: &AuditView<'_>,
    environment: &EnvironmentView<'_>,
    settings: &[Setting<'_, '_>],
    code: AuditCode,
) -> Vec<Finding> {
    let Some((first, others)) = settings.split_first() else { return Vec::new() };
    let differs = others.iter().filter(|other| {
        other.says != first.says && other.key.file.service != first.key.file.service
    });
    let status = if code == AuditCode::AlgorithmDiffers { Status::Fail } else { Status::Warn };
    differs
        .map(|other| {
            let (one, two) = (&other.key.file, &first.key.file);
            let finding = view.finding(code, status, environment, other.key);
            Finding {
                place: Some(view.place_of(other.key, &other.variable)),
                summary: format!(
                    "{} is set to {}, {} to {}",
                    one.service, other.says, two.service, first.says
                ),
                fix: format!(
                    "Set {} in {} to what {} in {} says.",
                    other.variable, one.name, first.variable, two.name
                ),
                ..finding
            }
        })
        .collect()
}

fn outside_policy(
    view: &AuditView<'_>,
    environment: &EnvironmentView<'_>,
    setting: &Setting<'_, '_>,
) -> Option<Finding> {
    let file = &setting.key.file;
    let policy = view.policy(&file.service);
    let allowed: Vec<&str> = policy.algorithms.iter().map(|algorithm| algorithm.name()).collect();
    if allowed.contains(&setting.says.as_str()) {
        return None;
    }
    // Without a configuration, the policy is a wish of ours.
    let is_unsigned = setting.says == "none";
    let is_given = view.ground.configuration.is_some() || is_unsigned;
    let status = if is_given { Status::Fail } else { Status::Warn };
    let allowed = allowed.join(", ");
    Some(Finding {
        place: Some(view.place_of(setting.key, &setting.variable)),
        summary: format!(
            "{} is set to {}, the policy allows {allowed}",
            file.service, setting.says
        ),
        fix: format!("Set {} in {} to {allowed}.", setting.variable, file.name),
        ..view.finding(AuditCode::AlgorithmOutsidePolicy, status, environment, setting.key)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_told_where_their_unit_is_sure() {
        for (name, value, told) in [
            ("ACCESS_TOKEN_EXPIRE_MINUTES", "30", Some("30 min")),
            ("JWT_EXPIRES_IN", "30m", Some("30 min")),
            ("REFRESH_TOKEN_EXPIRE_DAYS", "7", Some("7 days")),
            ("JWT_EXPIRES_IN", "3600", None),
            ("JWT_EXPIRES_IN", "soon", None),
            ("JWT_EXPIRE_HOURS", "1h", None),
        ] {
            assert_eq!(span(name, value).as_deref(), told, "{name} {value}");
        }
    }

    #[test]
    fn lifetimes_of_other_tokens_are_left_out() {
        assert!(is_access("JWT_EXPIRES_IN") && is_access("ACCESS_TOKEN_EXPIRE_MINUTES"));
        assert!(is_refresh("JWT_REFRESH_EXPIRES_IN"));
        for name in ["PASSWORD_RESET_TOKEN_EXPIRE_HOURS", "CACHE_EXPIRE_SECONDS", "JWT_SECRET"] {
            assert!(!is_lifetime(name), "{name}");
        }
    }

    #[test]
    fn what_is_no_algorithm_is_never_told() {
        assert_eq!(algorithm("JWT_ALGORITHM", "HS512").as_deref(), Some("HS512"));
        let other = algorithm("JWT_ALGORITHM", "canary-7f3a");
        assert_eq!(other.as_deref(), Some("what is no algorithm's name"));
        assert_eq!(algorithm("ALGORITHM", "bcrypt"), None);
    }
}
