//! How a report looks on what it goes to: colours, columns, symbols.

use unicode_width::UnicodeWidthStr;

use crate::common::authprobe::Run;
use crate::server::Server;
use crate::setting::Setting;

/// A check of a service with another key, whose report has marks, colours and long lines.
struct Failing {
    setting: Setting,
    _server: Server,
}

impl Failing {
    fn new() -> Self {
        let setting = Setting::new();
        let other = setting.project.canary();
        let server = Server::with_key(other.text());
        Self { setting: setting.with_main_at(&server.url()), _server: server }
    }

    fn run(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Run {
        let all = ["check"].iter().chain(arguments);
        let mut invocation = self.setting.project.authprobe(all);
        for (name, value) in environment {
            invocation = invocation.env(name, *value);
        }
        let run = invocation.run();
        run.assert_exit(1);
        run
    }
}

#[test]
fn colour_is_for_terminals_and_for_who_insists() {
    let failing = Failing::new();
    for (arguments, environment, coloured) in [
        (&[][..], &[][..], false),
        (&["--color", "auto"], &[], false),
        (&["--color", "always"], &[], true),
        (&["--color", "never"], &[("CLICOLOR_FORCE", "1")], false),
        (&[], &[("CLICOLOR_FORCE", "1")], true),
        (&[], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], false),
        (&["--color", "always"], &[("NO_COLOR", "1")], true),
    ] {
        let run = failing.run(arguments, environment);
        assert_eq!(run.stdout.contains('\x1b'), coloured, "{arguments:?} {environment:?}");
    }
}

#[test]
fn complaints_are_coloured_for_terminals_and_for_who_insists() {
    let setting = Setting::new().with_main_at("http://127.0.0.1:1/me");
    for (color, coloured) in [("auto", false), ("never", false), ("always", true)] {
        let run = setting.project.authprobe(["check", "mian", "--color", color]).run();
        run.assert_exit(2);
        assert_eq!(run.stderr.contains('\x1b'), coloured, "{color}");
    }
}

#[test]
fn a_report_keeps_within_the_columns_there_are() {
    let failing = Failing::new();
    for columns in ["60", "80", "120"] {
        let run = failing.run(&[], &[("COLUMNS", columns)]);
        let widest = run.stdout.lines().map(UnicodeWidthStr::width).max().unwrap();
        assert!(widest <= columns.parse().unwrap(), "{columns}: {widest}\n{}", run.stdout);
    }
}

#[test]
fn symbols_fall_back_to_words_where_there_is_no_utf_8() {
    let failing = Failing::new();
    assert!(!failing.run(&[], &[]).stdout.is_ascii());
    let plain = failing.run(&[], &[("LC_ALL", ""), ("LANG", "C")]);
    assert!(plain.stdout.is_ascii(), "{}", plain.stdout);
    assert!(plain.stdout.contains("main"), "{}", plain.stdout);
}
