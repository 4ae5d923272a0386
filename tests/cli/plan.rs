//! `check --plan` says what a check would send, and sends nothing.

use serde_json::Value;

use crate::server::{Server, Silent};
use crate::setting::Setting;

#[test]
fn a_plan_sends_nothing_and_passes() {
    let server = Silent::start();
    let setting = Setting::new().with_main_at(&server.url());
    let run = setting.project.authprobe(["check", "--plan", "--rate", "7/s"]).traced().run();
    run.assert_exit(0);
    let parts = ["nothing was sent", &server.url(), "header Authorization: Bearer", "7 a second"];
    for part in parts {
        assert!(run.stdout.contains(part), "no {part} in {}", run.stdout);
    }
    // Wherever the line is broken.
    let words: Vec<&str> = run.stdout.split_whitespace().collect();
    assert!(words.join(" ").contains("well-known default keys"), "{}", run.stdout);
    assert_eq!(server.connections(), 0);
}

#[test]
fn what_a_plan_says_first_is_what_a_healthy_service_is_sent() {
    let setting = Setting::new();
    let server = Server::with_key(setting.key.text());
    let setting = setting.with_main_at(&server.url());
    let planned = setting.project.authprobe(["check", "--plan", "-o", "json"]).run();
    let planned = planned.assert_exit(0).json();
    assert_eq!(planned["schema"], "authprobe.plan/1");
    assert_eq!(server.requests(), 0);
    let done = setting.project.authprobe(["check", "-o", "json"]).run();
    let sent = done.json()["observations"].take();
    let sent: Vec<&Value> = sent.as_array().unwrap().iter().map(|seen| &seen["variant"]).collect();
    let steps = planned["services"][0]["steps"].as_array().unwrap();
    // What follows depends on where the second stands at the time.
    let opening = steps[..2].iter().flat_map(|step| step.as_array().unwrap());
    for (place, words) in opening.enumerate() {
        assert_eq!(sent[place], words, "request {}", place + 1);
    }
    // Beyond the opening a clock may need more tokens; every kind that is planned is sent.
    let later = steps[2..].iter().flat_map(|step| step.as_array().unwrap());
    let shape = |words: &Value| words.as_str().unwrap().split(", again").next().unwrap().to_owned();
    let sent: Vec<String> = sent.into_iter().map(shape).collect();
    for words in
        later.map(shape).filter(|words| !words.contains("exp ") && !words.contains("nbf +"))
    {
        assert!(sent.contains(&words), "{words} was planned and not sent");
    }
}
