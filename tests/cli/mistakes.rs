//! Mistakes of typing are met with help, and what may be a key or a token is never repeated.

use crate::common::authprobe::{Project, Run};

/// Half of what a key looks like: no marker of the search, so it is looked for here.
const CANARY: &str = "hunter2canary";

/// A run with wrong arguments that repeats nothing of them.
fn refused(arguments: &[&str]) -> Run {
    let run = Project::new().authprobe(arguments).run();
    run.assert_exit(2);
    assert!(run.stdout.is_empty(), "{arguments:?}: {}", run.stdout);
    for piece in [CANARY, "unter2", "eyJhbGci", "c2lnbmF0dXJl"] {
        assert!(!run.stderr.contains(piece), "{arguments:?}: {}", run.stderr);
    }
    run
}

#[test]
fn an_option_that_would_take_a_key_says_where_keys_come_from() {
    for option in
        ["--key", "--secret", "--token", "--jwt", "--jwt-secret-key", "--password", "--api-key"]
    {
        let joined = format!("{option}={CANARY}");
        for arguments in [
            &["check", "http://127.0.0.1:1/me", option, CANARY][..],
            &["check", "http://127.0.0.1:1/me", &joined],
            &["mint", "main", &joined],
            &[option, CANARY, "check"],
            &[&joined, "check"],
        ] {
            let run = refused(arguments);
            assert!(run.stderr.contains("no option takes a key or a token"), "{}", run.stderr);
            for place in ["--key-env VAR", "--key-file FILE", "--key-dotenv FILE:VAR"] {
                assert!(run.stderr.contains(place), "{}", run.stderr);
            }
        }
    }
}

#[test]
fn a_value_in_the_wrong_place_is_not_repeated() {
    let joined = format!("-k{CANARY}");
    for arguments in [
        &[CANARY][..],
        &["eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl"],
        &["mint", "main", CANARY],
        &["keygen", CANARY],
        &["keygen", "--format", CANARY],
        &["keygen", "--bytes", CANARY],
        &["check", &joined],
        &["check", "-k", CANARY],
        &["check", "--alg", CANARY],
        &["check", "--encoding", CANARY],
        &["check", "-o", CANARY],
        &["check", "--color", CANARY],
        &["check", "--key-fiel", CANARY],
        &["schema", CANARY],
        &["completions", CANARY],
        &["help", CANARY],
    ] {
        refused(arguments);
    }
}

#[test]
fn a_slip_is_repeated_and_put_right() {
    let said = |arguments: &[&str]| refused(arguments).stderr;
    assert!(said(&["chekc"]).contains("'check'"));
    assert!(said(&["check", "--enviroment", "x"]).contains("'--environment'"));
    assert!(said(&["check", "--key-fiel", "x"]).contains("'--key-file'"));
    assert!(said(&["check", "--alg", "RS256"]).contains("'RS256'"));
    assert!(said(&["keygen", "--bytes", "8"]).contains("8 is not in 16..=1024"));
}
