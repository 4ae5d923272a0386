//! Reports on diagnoses built by hand, against golden files in tests/report. `UPDATE_GOLDENS=1`
//! writes the files anew; read the difference before it is committed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking

#[path = "report/clocks.rs"]
mod clocks;
#[path = "report/fleet.rs"]
mod fleet;
#[path = "report/smoke.rs"]
mod smoke;

use std::path::Path;

use authprobe::behaviour::{Behaviour, ClaimFacts, VerifierFamily};
use authprobe::diagnosis::Diagnosis;
use authprobe::report::{self, Style};
use serde_json::Value;
use unicode_width::UnicodeWidthStr as _;

const WIDE: Style = Style { width: 100, unicode: true, color: false };

fn golden(name: &str, actual: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/report").join(name);
    if std::env::var_os("UPDATE_GOLDENS").is_some() {
        std::fs::write(&path, actual).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(expected == actual, "{name} differs; it is now:\n{actual}");
}

fn conditions() -> [(&'static str, Diagnosis); 7] {
    [
        ("clock", clocks::clocks()),
        ("faulty", fleet::faulty()),
        ("healthy", fleet::healthy()),
        ("unclear", fleet::unclear()),
        ("hostile", fleet::hostile()),
        ("attacked", fleet::attacked()),
        ("large", fleet::large(40)),
    ]
}

#[test]
fn a_faulty_fleet_is_told_answer_first_at_every_width() {
    for width in [100, 80, 40] {
        let text = report::text(&fleet::faulty(), Style { width, ..WIDE });
        golden(&format!("faulty-{width}.txt"), &text);
    }
}

#[test]
fn a_terminal_without_unicode_gets_words_for_symbols() {
    let text = report::text(&fleet::faulty(), Style { unicode: false, ..WIDE });
    assert!(text.is_ascii());
    golden("faulty-ascii.txt", &text);
}

#[test]
fn a_healthy_fleet_gets_a_short_report() {
    golden("healthy.txt", &report::text(&fleet::healthy(), WIDE));
}

#[test]
fn what_is_not_looked_at_and_what_it_behaves_like_stand_below_the_table() {
    let mut diagnosis = fleet::healthy();
    diagnosis.services[0].behaviour = Behaviour {
        verifier: Some(VerifierFamily {
            family: Some("joserfc"),
            group: "joserfc",
            confidence: 0.8,
            evidence: vec![1],
        }),
        claims: Some(ClaimFacts {
            ignored: vec!["aud".into(), "type".into()],
            required: vec!["iss".into()],
        }),
    };
    let name = diagnosis.services[0].name.clone();
    let text = report::text(&diagnosis, WIDE);
    assert!(text.contains(&format!("{name} does not look at: aud, type\n")), "{text}");
    assert!(text.contains(&format!("{name} behaves like joserfc\n")), "{text}");
    let report: Value = serde_json::from_str(&report::json(&diagnosis)).unwrap();
    let service = &report["services"][0];
    assert_eq!(service["claims"]["required"], serde_json::json!(["iss"]));
    assert_eq!(service["verifier"]["evidence"], serde_json::json!([format!("{name}-1")]));
}

#[test]
fn clocks_are_told_in_a_table_with_what_else_fits() {
    golden("clock.txt", &report::text(&clocks::clocks(), WIDE));
    golden("clock-40.txt", &report::text(&clocks::clocks(), Style { width: 40, ..WIDE }));
    golden("clock.json", &report::json(&clocks::clocks()));
}

#[test]
fn what_could_not_be_judged_comes_with_what_would_settle_it() {
    golden("unclear.txt", &report::text(&fleet::unclear(), WIDE));
}

#[test]
fn a_fleet_too_large_for_a_matrix_is_told_by_its_broken_pairs() {
    golden("large.txt", &report::text(&fleet::large(40), Style { width: 80, ..WIDE }));
}

#[test]
fn a_fleet_without_services_has_a_report() {
    let none = fleet::large(0);
    assert!(report::text(&none, WIDE).contains("0 services"));
}

#[test]
fn colour_adds_nothing_but_colour() {
    for (name, diagnosis) in conditions() {
        let plain = report::text(&diagnosis, WIDE);
        let colored = report::text(&diagnosis, Style { color: true, ..WIDE });
        assert!(colored.contains("\u{1b}["), "{name} has no colour");
        assert_eq!(anstream::adapter::strip_str(&colored).to_string(), plain, "{name}");
    }
    golden("faulty-color.txt", &report::text(&fleet::faulty(), Style { color: true, ..WIDE }));
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    for (name, diagnosis) in conditions() {
        for unicode in [true, false] {
            for width in (20..=140).step_by(5) {
                let text = report::text(&diagnosis, Style { width, unicode, color: false });
                for line in text.lines() {
                    assert!(line.width() <= width, "{name} at {width} columns: {line}");
                    assert_eq!(line, line.trim_end(), "{name} at {width} columns");
                }
            }
        }
    }
}

#[test]
fn equal_diagnoses_give_equal_bytes() {
    assert_eq!(report::text(&fleet::faulty(), WIDE), report::text(&fleet::faulty(), WIDE));
    assert_eq!(report::json(&fleet::faulty()), report::json(&fleet::faulty()));
}

#[test]
fn of_hostile_tokens_only_those_that_were_not_refused_are_told() {
    golden("attacked.txt", &report::text(&fleet::attacked(), WIDE));
}

#[test]
fn the_schema_refuses_a_hostile_row_that_lacks_any_field() {
    let validator = validator();
    let report: Value = serde_json::from_str(&report::json(&fleet::attacked())).unwrap();
    let fields: Vec<String> =
        report["services"][0]["hostile"][0].as_object().unwrap().keys().cloned().collect();
    assert_eq!(fields.len(), 7, "{fields:?}");
    for field in fields {
        let mut lacking = report.clone();
        lacking["services"][0]["hostile"][0].as_object_mut().unwrap().remove(&field);
        assert!(!validator.is_valid(&lacking), "{field} may be left out");
    }
}

#[test]
fn what_a_service_sent_cannot_act_on_a_terminal() {
    let hostile = fleet::hostile();
    golden("hostile.txt", &report::text(&hostile, WIDE));
    let forms = [
        report::text(&hostile, WIDE),
        report::text(&hostile, Style { unicode: false, ..WIDE }),
        report::json(&hostile),
    ];
    for form in forms {
        let acts = |c: char| (c.is_control() && c != '\n') || matches!(c, '\u{200b}' | '\u{202e}');
        assert_eq!(form.find(acts), None, "{form}");
        assert!(!form.lines().any(|line| line.starts_with("HTTP/1.1")), "{form}");
    }
}

#[test]
fn escapes_in_json_mean_what_the_service_sent() {
    let report: Value = serde_json::from_str(&report::json(&fleet::hostile())).unwrap();
    let challenge = report["services"][1]["cause"]["details"]["challenge"].as_str().unwrap();
    assert!(challenge.starts_with("\u{1b}[2J") && challenge.ends_with('\u{200b}'));
}

#[test]
fn the_json_report_of_a_faulty_fleet_is_as_documented() {
    let version = format!("\"version\": \"{}\"", env!("CARGO_PKG_VERSION"));
    let report = report::json(&fleet::faulty());
    assert!(report.contains(&version));
    golden("faulty.json", &report.replace(&version, "\"version\": \"(this one)\""));
}

#[test]
fn every_report_is_valid_by_the_schema_of_the_report() {
    let validator = validator();
    for (name, diagnosis) in conditions() {
        let report: Value = serde_json::from_str(&report::json(&diagnosis)).unwrap();
        let errors: Vec<String> =
            validator.iter_errors(&report).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{name}: {errors:#?}");
    }
}

#[test]
fn the_schema_refuses_a_report_that_lacks_any_field() {
    let validator = validator();
    let report: Value = serde_json::from_str(&report::json(&fleet::faulty())).unwrap();
    let objects = [
        "",
        "/tool",
        "/services/0",
        "/services/2/cause",
        "/services/0/key",
        "/services/0/algorithm",
        "/services/0/expiration",
        "/services/0/clock",
        "/services/0/checks/0",
        "/fleet",
        "/fleet/pairs/0",
        "/observations/0",
    ];
    for pointer in objects {
        let fields: Vec<String> =
            report.pointer(pointer).unwrap().as_object().unwrap().keys().cloned().collect();
        assert!(!fields.is_empty(), "{pointer}");
        for field in fields {
            let mut lacking = report.clone();
            lacking.pointer_mut(pointer).unwrap().as_object_mut().unwrap().remove(&field);
            assert!(!validator.is_valid(&lacking), "{pointer}/{field} may be left out");
        }
    }
}

#[test]
fn the_schema_refuses_words_that_are_not_in_its_vocabulary() {
    let validator = validator();
    let report: Value = serde_json::from_str(&report::json(&fleet::faulty())).unwrap();
    let words = [
        "/schema",
        "/verdict",
        "/services/0/verdict",
        "/services/2/cause/code",
        "/services/0/key/matches",
        "/services/0/algorithm/accepted/0",
        "/services/0/clock/source",
        "/services/0/checks/0/id",
        "/services/0/checks/0/checklist",
        "/services/0/checks/0/status",
        "/services/0/checks/0/severity",
        "/observations/0/verdict",
    ];
    for pointer in words {
        let mut wrong = report.clone();
        *wrong.pointer_mut(pointer).expect(pointer) = Value::from("something else");
        assert!(!validator.is_valid(&wrong), "{pointer}");
    }
}

fn validator() -> jsonschema::Validator {
    let schema: Value = serde_json::from_str(&report::json_schema()).unwrap();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    jsonschema::draft202012::new(&schema).unwrap()
}
