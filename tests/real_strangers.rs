//! `authprobe check` against services that refuse in ways of their own: with 200 whatever comes, with
//! a complaint about what stands before the token, for want of an `iat`. A row is a test.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking

mod common;
mod real;

use serde_json::{Value, json};

use common::authprobe::Run;
use real::families::{Family, Setting};
use real::solo::{NAME, Solo};
use real::{products, started, strangers};

/// Declares the tests: for each stranger, what is planted in it.
macro_rules! strangers {
    ($($stranger:ident { $($planted:ident,)* })*) => {
        $(mod $stranger {
            $(#[test] fn $planted() { super::$planted(super::stranger::$stranger); })*
        })*
    };
}

strangers! {
    uncaught {
        healthy, previous_key, key_with_line_feed, other_algorithm, clock_hours_ahead, unknown_key,
        audience_that_is_told,
    }
    auth_request {
        healthy, previous_key, key_with_line_feed, other_algorithm, unknown_key, other_audience,
    }
    starlette {
        healthy, previous_key, key_with_line_feed, other_algorithm, clock_hours_ahead, unknown_key,
        other_audience, other_scheme,
    }
    litestar {
        healthy, previous_key, key_with_line_feed, other_algorithm, clock_hours_ahead, unknown_key,
        other_audience, limit_on_life, other_header,
    }
    apache {
        previous_key, key_with_line_feed, clock_hours_ahead, unknown_key, other_audience,
    }
    koa_jwt {
        healthy, previous_key, key_with_line_feed, other_algorithm, clock_hours_ahead, unknown_key,
        other_audience,
    }
    hapi_jwt {
        healthy, previous_key, key_with_line_feed, other_algorithm, clock_hours_ahead, unknown_key,
        audience_that_is_told,
    }
    welcome_page {
        healthy, previous_key, key_with_line_feed, other_algorithm, clock_hours_ahead,
    }
    own_codes {
        healthy, previous_key, key_with_line_feed, other_algorithm, clock_hours_ahead, unknown_key,
        other_audience,
    }
    graphql {
        healthy, previous_key, key_with_line_feed, other_algorithm, clock_hours_ahead, unknown_key,
        other_audience,
    }
}

/// Every stranger by its name.
mod stranger {
    pub(super) use super::products::apache;
    pub(super) use super::strangers::*;
}

fn healthy(stranger: Family) {
    let solo = Solo::new();
    let service = started!(stranger(&Setting::with_key(solo.reference.text())));
    let run = solo.check(&service.url());
    let found = run.service(NAME);
    assert_eq!((run.status, &found["cause"]), (Some(0), &Value::Null), "{found:#}");
    assert_eq!(found["other_causes"], json!([]), "{found:#}");
    assert_eq!(found["accepts_baseline"], true, "{found:#}");
}

fn previous_key(stranger: Family) {
    let solo = Solo::new();
    let service = started!(stranger(&Setting::with_key(solo.previous.text())));
    named(&solo.check(&service.url()), "key-previous");
}

fn key_with_line_feed(stranger: Family) {
    let solo = Solo::new();
    let key = format!("{}\n", solo.reference.text());
    let service = started!(stranger(&Setting::with_key(&key)));
    let cause = named(&solo.check(&service.url()), "key-variant");
    assert_eq!(cause["details"]["variant"], "trailing-newline", "{cause:#}");
}

fn other_algorithm(stranger: Family) {
    let solo = Solo::new();
    let setting = Setting::with_key(solo.reference.text()).algorithms("HS512");
    let service = started!(stranger(&setting));
    named(&solo.check(&service.url()), "algorithm-mismatch");
}

fn clock_hours_ahead(stranger: Family) {
    let solo = Solo::new();
    let setting = Setting::with_key(solo.reference.text()).clock_offset(10_800);
    let service = started!(stranger(&setting));
    named(&solo.check(&service.url()), "clock-skew");
}

/// Nothing tells which key it is, so nothing else may be accused.
fn unknown_key(stranger: Family) {
    let solo = Solo::new();
    let service = started!(stranger(&Setting::with_key(solo.unknown_key().text())));
    let run = solo.check(&service.url());
    let code = run.service(NAME)["cause"]["code"].take();
    assert!(["key-mismatch", "unjudgeable"].iter().any(|right| code == *right), "{code}");
}

/// Nothing tells that it is the audience, so nothing else may be accused.
fn other_audience(stranger: Family) {
    let solo = Solo::new();
    let setting = Setting::with_key(solo.reference.text()).audience("RemoteHive-Admin");
    let service = started!(stranger(&setting));
    named(&solo.check(&service.url()), "unjudgeable");
}

/// Its answer to a token with an `iat` names the audience; the one to a token without does not.
fn audience_that_is_told(stranger: Family) {
    let solo = Solo::new();
    let setting = Setting::with_key(solo.reference.text()).audience("RemoteHive-Admin");
    let service = started!(stranger(&setting));
    let cause = named(&solo.check(&service.url()), "claim-required");
    assert_eq!(cause["details"]["claim"], "aud", "{cause:#}");
}

fn other_scheme(stranger: Family) {
    let solo = Solo::new();
    let setting = Setting::with_key(solo.reference.text()).fault("other-scheme");
    let service = started!(stranger(&setting));
    let cause = named(&solo.check(&service.url()), "token-location");
    assert_eq!(cause["details"]["location"], "header Authorization: JWT", "{cause:#}");
}

/// The scheme stands before the token there, too.
fn other_header(stranger: Family) {
    let solo = Solo::new();
    let setting = Setting::with_key(solo.reference.text()).fault("other-header");
    let service = started!(stranger(&setting));
    let cause = named(&solo.check(&service.url()), "token-location");
    assert_eq!(cause["details"]["location"], "header X-Auth-Token: Bearer", "{cause:#}");
}

fn limit_on_life(stranger: Family) {
    let solo = Solo::new();
    let setting = Setting::with_key(solo.reference.text()).fault("life-limited");
    let service = started!(stranger(&setting));
    named(&solo.check(&service.url()), "lifetime-limit");
}

mod influxdb {
    use super::*;

    /// probes.yaml as `InfluxDB` wants it.
    fn check(key: impl Fn(&Solo) -> String) -> Option<Run> {
        let solo = Solo::new();
        let setting = Setting::with_key(&key(&solo));
        let service = match products::influxdb(&setting) {
            Ok(service) => service,
            Err(reason) => {
                real::setup::skip(&reason);
                return None;
            }
        };
        let usual = "user_id: authprobe }\n\nservices:\n  - name: gateway\n    \
                     source_of_truth: true\n    endpoint: /me";
        let own = usual.replace("user_id", "username").replace("/me", products::INFLUXDB_ENDPOINT);
        Some(solo.check_but(&service.url(), usual, &own))
    }

    #[test]
    fn that_is_healthy_is_called_healthy_but_for_the_other_algorithms() {
        let Some(run) = check(|solo| solo.reference.text().to_owned()) else { return };
        assert_eq!((run.status, &run.service(NAME)["cause"]), (Some(0), &Value::Null));
    }

    #[test]
    fn with_the_previous_key_is_named() {
        let Some(run) = check(|solo| solo.previous.text().to_owned()) else { return };
        named(&run, "key-previous");
    }

    #[test]
    fn with_a_line_feed_after_its_key_is_named() {
        let Some(run) = check(|solo| format!("{}\n", solo.reference.text())) else { return };
        named(&run, "key-variant");
    }

    /// Its challenge asks for Basic, and its words speak of the signature.
    #[test]
    fn with_an_unknown_key_is_not_called_a_service_that_wants_passwords() {
        let Some(run) = check(|solo| solo.unknown_key().text().to_owned()) else { return };
        named(&run, "key-mismatch");
    }
}

/// The cause that a run failed its service for.
#[track_caller]
fn named(run: &Run, code: &str) -> Value {
    let found = run.service(NAME);
    let told = (run.status, &found["cause"]["code"]);
    assert_eq!(told, (Some(1), &json!(code)), "{found:#}");
    found["cause"].clone()
}
