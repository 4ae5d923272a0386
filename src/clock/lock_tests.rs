//! The lock against simulated services of any skew, leeway, round trip and `Date`: the truth lies in
//! what it reports, whatever it reports. No network: questions are answered by arithmetic.

use proptest::prelude::*;

use super::{DateBox, Edge, Interval, Lock, finest, lock, next_cut, next_offsets, next_sum_cut};
use crate::observation::{Answer, DateField, Observation, Outcome};
use crate::question::{Credential, Question};
use crate::time::UnixTime;
use crate::variant::ClaimTimes;

/// Whose clock the `Date` is, and how old it may be.
#[derive(Debug, Clone, Copy)]
enum Stamp {
    Missing,
    /// As old as this part of the second's fraction says, up to so many seconds.
    Own(f64),
    Proxy(f64),
}

#[derive(Debug, Clone)]
struct Service {
    skew: f64,
    /// On `exp` and on `nbf`.
    leeways: [u32; 2],
    inclusive: bool,
    fractional: bool,
    round_trip: f64,
    /// Which part of the round trip passes before the server reads its clock.
    split: f64,
    stamp: Stamp,
}

/// A conversation with a service: the time, and what was learnt.
struct Talk<'a> {
    service: &'a Service,
    now: f64,
    expiry: Edge,
    start: Edge,
    seen: Vec<Observation>,
}

impl Service {
    fn takes_expiry(&self, claim: f64, clock: f64) -> bool {
        let beyond = claim + f64::from(self.leeways[0]);
        let clock = if self.fractional { clock } else { clock.floor() };
        if self.inclusive { beyond >= clock } else { beyond > clock }
    }

    fn takes_start(&self, claim: f64, clock: f64) -> bool {
        let clock = if self.fractional { clock } else { clock.floor() };
        claim <= clock + f64::from(self.leeways[1])
    }

    fn date(&self, read_at: f64) -> DateField {
        match self.stamp {
            Stamp::Missing => DateField::Missing,
            Stamp::Proxy(skew) => DateField::At(UnixTime((read_at + skew).floor())),
            Stamp::Own(most) => {
                let age = most * (read_at * 7.31).fract();
                DateField::At(UnixTime((read_at + self.skew - age).floor()))
            }
        }
    }
}

impl<'a> Talk<'a> {
    fn new(service: &'a Service, now: f64) -> Self {
        let around =
            |value: f64| Edge(Interval { low: value.floor() - 9.3, high: value.floor() + 8.9 });
        let [ends, starts] = service.leeways.map(f64::from);
        Self {
            service,
            now,
            expiry: around(service.skew - ends),
            start: around(service.skew + starts),
            seen: Vec::new(),
        }
    }

    /// Sends now; the server reads its clock on the way.
    fn exchange(&mut self) -> (f64, f64, f64) {
        let (sent, service) = (self.now, self.service);
        let read_at = sent + service.round_trip * service.split;
        self.now += service.round_trip;
        self.seen.push(Observation {
            number: self.seen.len() + 1,
            question: Question::once(Credential::Absent),
            times: ClaimTimes::default(),
            sent_at: UnixTime(sent),
            received_at: UnixTime(self.now),
            outcome: Outcome::Answer(Answer { date: service.date(read_at), ..Answer::default() }),
        });
        (sent, self.now, read_at + service.skew)
    }

    fn send_expiry(&mut self, claim: f64) {
        let (sent, received, clock) = self.exchange();
        let taken = self.service.takes_expiry(claim, clock);
        self.expiry = self.expiry.with_expiry(claim, sent, received, taken);
    }

    fn send_start(&mut self, claim: f64) {
        let (sent, received, clock) = self.exchange();
        let taken = self.service.takes_start(claim, clock);
        self.start = self.start.with_start(claim, sent, received, taken);
    }

    /// Waits until a whole-second claim tests this cut, a little late as timers are.
    fn wait_for(&mut self, cut: f64) -> f64 {
        let aimed = cut + self.service.round_trip / 2.0;
        self.now += ((-aimed).rem_euclid(1.0) - self.now).rem_euclid(1.0);
        let claim = (aimed + self.now).round();
        self.now += 0.0009;
        claim
    }

    fn measure(&mut self) {
        for _ in 0..60 {
            let ends = next_offsets(self.expiry.0, &[]);
            let starts = next_offsets(self.start.0, &[]);
            for offset in ends {
                self.send_expiry(self.now.floor() + offset as f64);
            }
            for offset in starts {
                self.send_start(self.now.floor() + offset as f64);
            }
        }
        for _ in 0..40 {
            let round_trip = self.service.round_trip;
            let Some(cut) = next_cut(self.expiry.0, round_trip, finest(round_trip)) else { break };
            let claim = self.wait_for(cut);
            self.send_expiry(claim);
        }
        for _ in 0..10 {
            let Some(cut) = next_sum_cut(self.expiry.0, self.start.0) else { break };
            let claim = self.wait_for(cut);
            self.send_start(claim);
        }
    }

    fn date(&self) -> Option<DateBox> {
        DateBox::of(&self.seen)
    }
}

fn any_service() -> impl Strategy<Value = Service> {
    let leeway = prop_oneof![Just(0_u32), Just(60), Just(30), Just(1), 0_u32..700];
    let stamp = prop_oneof![
        Just(Stamp::Missing),
        Just(Stamp::Own(0.0)),
        (0.0..1.1).prop_map(Stamp::Own),
        (-5.0..5.0).prop_map(Stamp::Proxy),
    ];
    let skew = prop_oneof![-2.0..2.0, -100.0..100.0, -4000.0..4000.0];
    let round_trip = prop_oneof![0.0003..0.005, 0.005..0.4];
    (skew, leeway, any::<bool>(), any::<bool>(), round_trip, 0.0..1.0, stamp).prop_map(
        |(skew, leeway, inclusive, fractional, round_trip, split, stamp)| Service {
            skew,
            leeways: [leeway; 2],
            // On a clock with fractions, nobody meets the very moment.
            inclusive: inclusive && !fractional,
            fractional,
            round_trip,
            split,
            stamp,
        },
    )
}

fn holds(interval: Interval, truth: f64) -> bool {
    // The sums of claims and clocks are told to a quarter of a microsecond in an f64.
    interval.low - 1e-6 <= truth && truth <= interval.high + 1e-6
}

fn fits(lock: &Lock, truth: f64) -> bool {
    lock.readings.iter().any(|reading| holds(reading.skew, truth))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1500) })]

    #[test]
    fn both_edges_hold_the_truth(service in any_service(), begin in 1.7e9..1.8e9_f64) {
        let mut talk = Talk::new(&service, begin);
        talk.measure();
        let found = lock(Some(talk.expiry.0), Some(talk.start.0), talk.date());
        let found = found.expect("both edges are known");
        let by_chance = talk.date().is_some_and(|date| date.is_in_step_with(found.skew));
        prop_assert!(by_chance || holds(found.skew, service.skew), "{found:?}");
        let width = finest(service.round_trip) + 1e-6;
        if !matches!(service.stamp, Stamp::Proxy(_)) {
            let first = found.readings[0];
            prop_assert!(holds(found.skew, service.skew), "{found:?}");
            prop_assert!(found.skew.width() <= width, "{found:?}");
            prop_assert_eq!(first.leeway, service.leeways[0]);
            prop_assert_eq!(first.start_leeway, service.leeways[1]);
            prop_assert_eq!(first.inclusive, service.inclusive);
        }
    }

    #[test]
    fn a_leeway_for_each_claim_is_a_reading_where_the_date_is_its_own(
        service in any_service(),
        begin in 1.7e9..1.8e9_f64,
        other in prop_oneof![Just(0_u32), Just(300)],
    ) {
        let stamp = match service.stamp {
            Stamp::Own(age) => Stamp::Own(age),
            _ => Stamp::Own(0.4),
        };
        let service = Service { leeways: [60, other], stamp, ..service };
        let mut talk = Talk::new(&service, begin);
        talk.measure();
        let found = lock(Some(talk.expiry.0), Some(talk.start.0), talk.date());
        let found = found.expect("both edges are known");
        prop_assert!(fits(&found, service.skew), "{found:?}");
        // Leeways so far apart leave no room for a Date that is late.
        prop_assert!(holds(found.skew, service.skew), "{found:?}");
    }

    #[test]
    fn one_edge_and_its_own_date_hold_the_truth(
        service in any_service(),
        begin in 1.7e9..1.8e9_f64,
        age in 0.0..1.1_f64,
    ) {
        let service = Service { stamp: Stamp::Own(age), ..service };
        let mut talk = Talk::new(&service, begin);
        talk.measure();
        let found = lock(Some(talk.expiry.0), None, talk.date()).expect("there is a Date");
        prop_assert!(holds(found.skew, service.skew), "{found:?}");
        prop_assert!(fits(&found, service.skew), "{found:?}");
    }
}

#[test]
fn a_date_that_is_a_second_late_leaves_room_for_every_pair_of_leeways_that_suits_it() {
    let service = Service {
        skew: -3_291.808,
        leeways: [60, 0],
        inclusive: true,
        fractional: false,
        round_trip: 0.1562,
        split: 0.134,
        stamp: Stamp::Own(1.077),
    };
    let mut talk = Talk::new(&service, 1_768_461_271.666);
    talk.measure();
    let found = lock(Some(talk.expiry.0), Some(talk.start.0), talk.date());
    assert!(found.is_some_and(|found| holds(found.skew, service.skew)));
}

#[test]
fn nbf_alone_is_read_with_the_date() {
    let service = Service {
        skew: 95.5,
        leeways: [0, 30],
        inclusive: false,
        fractional: false,
        round_trip: 0.002,
        split: 0.5,
        stamp: Stamp::Own(0.0),
    };
    let mut talk = Talk::new(&service, 1_764_000_000.37);
    talk.measure();
    while let Some(cut) = next_cut(talk.start.0, 0.002, finest(0.002)) {
        let claim = talk.wait_for(cut);
        talk.send_start(claim);
    }
    let found = lock(None, Some(talk.start.0), talk.date()).expect("there is a Date");
    assert!(holds(found.skew, 95.5), "{found:?}");
    assert!(found.readings.iter().any(|reading| reading.leeway == 30), "{found:?}");
}

#[test]
fn where_the_date_suits_a_one_sided_leeway_both_readings_are_told() {
    // Thirty seconds ahead with thirty of leeway on both claims, or sixty on nbf alone.
    let service = Service {
        skew: 30.2,
        leeways: [30, 30],
        inclusive: false,
        fractional: false,
        round_trip: 0.001,
        split: 0.3,
        stamp: Stamp::Proxy(0.0),
    };
    let mut talk = Talk::new(&service, 1_764_000_000.11);
    talk.measure();
    let found = lock(Some(talk.expiry.0), Some(talk.start.0), talk.date()).expect("a lock");
    let splits: Vec<_> = found.readings.iter().map(|one| [one.leeway, one.start_leeway]).collect();
    assert!(splits.contains(&[30, 30]) && splits.contains(&[0, 60]), "{splits:?}");
}

#[test]
fn answers_that_contradict_one_another_give_no_reading() {
    let expiry = Interval { low: 0.4, high: 0.2 };
    assert_eq!(lock(Some(expiry), Some(Interval { low: -1.0, high: -0.8 }), None), None);
    assert_eq!(lock(Some(expiry), None, None), None);
}
