//! `authprobe check` against services that refuse in ways of their own: with 200 whatever comes, with
//! a complaint about what stands before the token, for want of an `iat`. A row is a test.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking

mod common;
mod real;

use serde_json::{Value, json};

use common::authprobe::Run;
use real::families::{Family, Setting};
use real::solo::{NAME, Solo};
use real::{started, strangers};

/// Declares the tests: for each stranger, what is planted in it.
macro_rules! strangers {
    ($($stranger:ident { $($planted:ident,)* })*) => {
        $(mod $stranger {
            $(#[test] fn $planted() { super::$planted(super::strangers::$stranger); })*
        })*
    };
}

strangers! {
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

/// The cause that a run failed its service for.
#[track_caller]
fn named(run: &Run, code: &str) -> Value {
    let found = run.service(NAME);
    let told = (run.status, &found["cause"]["code"]);
    assert_eq!(told, (Some(1), &json!(code)), "{found:#}");
    found["cause"].clone()
}
