//! How much a run may ask of one service, as options. They go before what probes.yaml says.

use std::time::Duration;

use clap::builder::RangedU64ValueParser;

use crate::plan::Plan;

#[derive(Debug, Clone, Copy, clap::Args)]
pub(super) struct PaceOptions {
    /// Send one service at most so many requests (10 to 1000)
    ///
    /// 360 unless probes.yaml says otherwise. Where they do not suffice, the report says what is still
    /// open.
    #[arg(
        long,
        value_name = "N",
        value_parser = RangedU64ValueParser::<usize>::new().range(10..=1000),
        hide_short_help = true
    )]
    max_requests: Option<usize>,

    /// Send one service at most so many a second, such as 5/s
    #[arg(long, value_name = "N/s", value_parser = spacing, hide_short_help = true)]
    rate: Option<Duration>,
}

impl PaceOptions {
    /// The plan, held to these.
    pub(super) fn apply(self, plan: Plan) -> Plan {
        plan.with_quota(self.max_requests, self.rate)
    }
}

/// `5/s` as the time between two requests.
fn spacing(given: &str) -> Result<Duration, String> {
    let number = given.strip_suffix("/s").and_then(|number| number.parse::<u32>().ok());
    match number.filter(|number| (1..=1000).contains(number)) {
        Some(number) => Ok(Duration::from_secs(1) / number),
        None => Err("a rate is a whole number from 1 to 1000 and /s, such as 5/s".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_a_number_a_second() {
        let rows = [
            ("5/s", Some(200)),
            ("1000/s", Some(1)),
            ("0/s", None),
            ("5", None),
            ("5/m", None),
            ("-1/s", None),
        ];
        for (given, milliseconds) in rows {
            assert_eq!(spacing(given).ok(), milliseconds.map(Duration::from_millis), "{given}");
        }
    }
}
