//! What a smoke test may find, built by hand: the table, who lags, what could not be told.

use authprobe::convergence::{
    Answers, Convergence, Holds, OldKey, ReplicaKeys, Sample, ServiceConvergence, Share, State,
    Unclear,
};
use authprobe::report::{self, Style};
use authprobe::time::{Seconds, UnixTime};
use serde_json::Value;

use super::{WIDE, golden};

const START: f64 = 1_795_000_000.0;

fn service(name: &str, state: State) -> ServiceConvergence {
    let share = |fraction, low, high| Some(Share { fraction, low, high, asked: 29 });
    ServiceConvergence {
        name: name.into(),
        url: format!("https://{name}.example/me"),
        state,
        summary: format!("every replica of {name} takes the new key and refuses the old one"),
        fix: String::new(),
        requests: 64,
        new: Answers { accepted: 29, refused: 0, undecided: 0 },
        old: Some(Answers { accepted: 0, refused: 29, undecided: 0 }),
        sample: Sample { needed: 29, new: 29, old: 29 },
        on_new: share(1.0, 0.902, 1.0),
        on_old: share(0.0, 0.0, 0.098),
        told_apart_by: None,
        replicas: Vec::new(),
        left_out: 0,
        last_sign_at: None,
        converged_at: Some(UnixTime(START + 0.5)),
        lag: None,
    }
}

/// A service that is well, one that lags at an address, one that gives no answer.
fn lagging() -> Convergence {
    let replica = |name: &str, holds| ReplicaKeys { name: name.into(), holds };
    let admin = ServiceConvergence {
        summary: "10.0.0.2:443 of admin still verifies with the old key, 42 s after the rotation"
            .into(),
        fix: "Restart 10.0.0.2:443 of admin; if it still takes the old key then, authprobe check \
              admin tells where that comes from."
            .into(),
        new: Answers { accepted: 15, refused: 14, undecided: 0 },
        old: Some(Answers { accepted: 14, refused: 15, undecided: 0 }),
        sample: Sample { needed: 29, new: 0, old: 0 },
        on_new: Some(Share { fraction: 15.0 / 29.0, low: 0.344, high: 0.686, asked: 29 }),
        on_old: Some(Share { fraction: 14.0 / 29.0, low: 0.314, high: 0.656, asked: 29 }),
        told_apart_by: Some("address".into()),
        replicas: vec![replica("10.0.0.1:443", Holds::New), replica("10.0.0.2:443", Holds::Old)],
        last_sign_at: Some(UnixTime(START + 41.0)),
        converged_at: None,
        lag: Some(Seconds(42.0)),
        ..service("admin", State::OnOldKey)
    };
    let gone = ServiceConvergence {
        summary: "autoscraper\u{1b}[2J gives no answer, so its key is not known".into(),
        fix: "See that autoscraper runs there, then run this again; --wait 5m waits for it.".into(),
        requests: 2,
        new: Answers::default(),
        old: Some(Answers::default()),
        sample: Sample { needed: 29, new: 0, old: 0 },
        on_new: None,
        on_old: None,
        converged_at: None,
        ..service("autoscraper", State::Undecided(Unclear::NoAnswer))
    };
    Convergence {
        environment: "production".into(),
        started_at: UnixTime(START),
        finished_at: UnixTime(START + 42.0),
        rotated_at: Some(UnixTime(START)),
        old_key: OldKey::Kept,
        old_allowed_until: None,
        interrupted: false,
        services: vec![service("main", State::Converged), admin, gone],
    }
}

#[test]
fn who_lags_is_told_at_every_width() {
    for width in [100, 40] {
        golden(
            &format!("smoke-{width}.txt"),
            &report::smoke_text(&lagging(), Style { width, ..WIDE }),
        );
    }
    let ascii = report::smoke_text(&lagging(), Style { unicode: false, ..WIDE });
    assert!(ascii.is_ascii(), "{ascii}");
}

#[test]
fn machines_get_every_field_as_the_schema_says() {
    let text = report::smoke_json(&lagging());
    golden("smoke.json", &text);
    let schema: Value = serde_json::from_str(&report::smoke_schema()).unwrap();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    let report = serde_json::from_str(&text).unwrap();
    assert!(validator.is_valid(&report), "{text}");
}
