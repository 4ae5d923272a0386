//! A response in, an [`Answer`] out: every text that leaves here is scrubbed of tokens and keys,
//! free of control characters, and short. Never judges what it says.

use std::time::{Duration, Instant};

use reqwest::Response;
use reqwest::header::{
    AGE, CONTENT_TYPE, DATE, HeaderMap, HeaderName, LOCATION, RETRY_AFTER, SET_COOKIE,
    WWW_AUTHENTICATE,
};

use super::body;
use super::clean::Cleaner;
use crate::observation::{Answer, DateField};
use crate::time::UnixTime;

/// How many fields beside the known ones are kept.
const FIELD_COUNT: usize = 64;
/// The fields that have a place of their own in an answer, or none at all.
const NOT_OTHER: [HeaderName; 7] =
    [WWW_AUTHENTICATE, LOCATION, CONTENT_TYPE, DATE, AGE, RETRY_AFTER, SET_COOKIE];

/// Reads the answer: the head is there, the body is read until the deadline.
pub(super) async fn read(
    response: Response,
    cleaner: &Cleaner<'_>,
    received_at: UnixTime,
    deadline: Instant,
) -> Answer {
    let head = response.headers();
    let date = date(head);
    let clean = |name| head.get(name).map(|value| cleaner.field(value.as_bytes()));
    Answer {
        status: response.status().as_u16(),
        challenges: head
            .get_all(WWW_AUTHENTICATE)
            .iter()
            .map(|value| cleaner.field(value.as_bytes()))
            .collect(),
        location: clean(LOCATION),
        content_type: clean(CONTENT_TYPE).map(|value| media_type(&value)),
        date,
        age: age(head),
        fields: other_fields(head, cleaner),
        retry_after: retry_after(head, date, received_at),
        remote: response.remote_addr(),
        body: body::read(response, cleaner, deadline).await,
    }
}

fn media_type(value: &str) -> String {
    value.split(';').next().unwrap_or_default().trim().to_lowercase()
}

/// The single value of a field as text; `None` where it is not there once or is not ASCII.
fn single<'a>(head: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = head.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value.trim())
}

/// The date of the answer, in any of the three forms of RFC 9110 section 5.6.7.
fn date(head: &HeaderMap) -> DateField {
    if !head.contains_key(DATE) {
        return DateField::Missing;
    }
    match single(head, &DATE).and_then(http_date) {
        Some(date) => DateField::At(date),
        None => DateField::Broken,
    }
}

fn http_date(text: &str) -> Option<UnixTime> {
    let date = httpdate::parse_http_date(text).ok()?;
    let since = date.duration_since(std::time::UNIX_EPOCH).ok()?;
    Some(UnixTime(since.as_secs_f64()))
}

/// What a cache says of the answer's age (RFC 9111 section 5.1), or that it came from one.
fn age(head: &HeaderMap) -> Option<u64> {
    let hit = |name: &str| {
        let value = head.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        value.to_ascii_lowercase().split([';', ',', ' ']).any(|word| word == "hit")
    };
    let cached = ["cache-status", "x-cache", "cf-cache-status"].into_iter().any(hit);
    single(head, &AGE).and_then(|age| age.parse().ok()).or(cached.then_some(0))
}

/// What `Retry-After` asks for: seconds, or a date counted from the answer's own.
fn retry_after(head: &HeaderMap, date: DateField, received_at: UnixTime) -> Option<Duration> {
    let value = single(head, &RETRY_AFTER)?;
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    let now = match date {
        DateField::At(date) => date,
        DateField::Missing | DateField::Broken => received_at,
    };
    let wait = http_date(value)? - now;
    Some(Duration::from_secs_f64(wait.0.max(0.0)))
}

fn other_fields(head: &HeaderMap, cleaner: &Cleaner<'_>) -> Vec<(String, String)> {
    let other = head.keys().filter(|name| !NOT_OTHER.contains(name)).take(FIELD_COUNT);
    other
        .filter_map(|name| {
            Some((name.as_str().to_owned(), cleaner.field(head.get(name)?.as_bytes())))
        })
        .collect()
}
