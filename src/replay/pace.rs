//! An answer in, the time to wait before the next request out. Never waits itself.

use std::time::Duration;

use crate::observation::Answer;

/// No service keeps us waiting for longer, whatever it asks.
const LONGEST: Duration = Duration::from_mins(1);
/// What a rate limit that names no time is taken to mean.
const UNNAMED: Duration = Duration::from_secs(1);

/// How long the service asked us to wait: on 429 (RFC 6585 section 4), and on 503 with
/// `Retry-After` (RFC 9110 section 15.6.4). `None` where the answer may be judged at once.
#[must_use]
pub fn wait(answer: &Answer) -> Option<Duration> {
    match answer.status {
        429 => Some(answer.retry_after.unwrap_or(UNNAMED).min(LONGEST)),
        503 => answer.retry_after.map(|asked| asked.min(LONGEST)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_rate_limit_makes_us_wait_and_never_longer_than_a_minute() {
        let seconds = Duration::from_secs;
        for (status, retry_after, expected) in [
            (429, None, Some(seconds(1))),
            (429, Some(seconds(0)), Some(seconds(0))),
            (429, Some(seconds(7)), Some(seconds(7))),
            (429, Some(seconds(u64::MAX)), Some(seconds(60))),
            (503, None, None),
            (503, Some(seconds(7)), Some(seconds(7))),
            (503, Some(seconds(3600)), Some(seconds(60))),
            (401, Some(seconds(7)), None),
            (200, Some(seconds(7)), None),
        ] {
            let answer = Answer { status, retry_after, ..Answer::default() };
            assert_eq!(wait(&answer), expected, "{status} {retry_after:?}");
        }
    }
}
