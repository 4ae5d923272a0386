//! A run about clocks alone, built by hand from the healthy fleet: one of each thing that the table says.

use authprobe::check::{CheckId, Status};
use authprobe::clock_reading::{ClockReading, DateClock, PreciseClock};
use authprobe::diagnosis::{ClockFacts, ClockSource, Diagnosis, Measured, RunVerdict};
use authprobe::time::Seconds;

use crate::fleet;

fn measured(value: f64, error: f64) -> Measured {
    Measured { value: Seconds(value), error: Seconds(error) }
}

fn reading(skew: f64, exp: Option<u32>, nbf: Option<u32>, inclusive: bool) -> ClockReading {
    ClockReading {
        skew: measured(skew, 0.002),
        leeway_exp: exp,
        leeway_nbf: nbf,
        inclusive: exp.map(|_| inclusive),
    }
}

fn facts(skew: Measured, precise: PreciseClock) -> ClockFacts {
    ClockFacts {
        skew: Some(skew),
        at_least: false,
        source: Some(ClockSource::Token),
        date: Some(measured(0.55, 0.56)),
        token: Some(skew),
        precise: Some(precise),
    }
}

/// Three services: one late in its `Date`, one with rivals, one behind a proxy; and one known by its
/// `Date` alone.
pub(crate) fn clocks() -> Diagnosis {
    let mut run = fleet::healthy();
    let mut by_date = run.services[0].clone();
    run.services.truncate(3);
    run.services.iter_mut().for_each(|service| service.other_causes.clear());
    let late = reading(0.250_4, Some(60), Some(60), true);
    let date = Some(DateClock::Late(Seconds(0.85)));
    run.services[0].clock =
        facts(late.skew, PreciseClock { reading: late, rivals: Vec::new(), date });
    let first = reading(0.25, Some(0), None, false);
    let rivals = vec![reading(1.25, Some(0), None, true)];
    let either = PreciseClock { reading: first, rivals, date: Some(DateClock::Same) };
    run.services[1].clock = facts(measured(0.75, 0.502), either);
    let far = reading(95.5, Some(60), Some(0), false);
    let date = Some(DateClock::Other(Seconds(-94.95)));
    run.services[2].clock =
        facts(far.skew, PreciseClock { reading: far, rivals: Vec::new(), date });
    "https://api.example.com/".clone_into(&mut by_date.url);
    "api.example.com".clone_into(&mut by_date.name);
    let skew = Some(measured(0.55, 0.58));
    by_date.clock =
        ClockFacts { skew, source: Some(ClockSource::Date), date: skew, ..ClockFacts::default() };
    run.services.push(by_date);
    for service in &mut run.services {
        service.checks.retain(|check| check.id == CheckId::ClockWithinPolicy);
    }
    let check = &mut run.services[2].checks[0];
    check.status = Status::Fail;
    "its clock is +95.500 s ±0.002, the policy allows 5 s".clone_into(&mut check.summary);
    run.services[2].verdict = RunVerdict::Fail;
    "the server's Date clock is +0.000 s ±0.030; it could be 1.1 s more, as a Date may be late"
        .clone_into(&mut run.services[3].checks[0].summary);
    run.fleet = authprobe::diagnosis::FleetDiagnosis::default();
    Diagnosis { command: "clock", ..run }
}
