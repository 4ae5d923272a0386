//! One fault a tree, and its exact message; nothing else is found.

use crate::common::canary::Canary;
use crate::tree::{Tree, fields};

const ADMIN: &str = "remotehive-admin/.env.production";

/// What is done to a clean tree, and what must be found: code, status, severity, file, line, summary, fix.
type Row = (fn(&Tree), [&'static str; 7]);

const ROWS: &[Row] = &[
    (
        |tree| std::fs::remove_file(tree.project.path(ADMIN)).unwrap(),
        [
            "key-missing",
            "fail",
            "high",
            ADMIN,
            "null",
            "admin's key file is not there",
            "Create remotehive-admin/.env.production and set JWT_SECRET there to the value of \
             JWT_SECRET_KEY in .env.production.",
        ],
    ),
    (
        |tree| tree.change(ADMIN, "JWT_SECRET=", "JWT_SECRET_KEY="),
        [
            "key-missing",
            "fail",
            "high",
            ADMIN,
            "null",
            "admin's key file does not set JWT_SECRET",
            "Set JWT_SECRET in remotehive-admin/.env.production to the value of JWT_SECRET_KEY in \
             .env.production.",
        ],
    ),
    (
        |tree| tree.change(ADMIN, tree.keys[2].text(), ""),
        [
            "key-empty",
            "fail",
            "critical",
            ADMIN,
            "3",
            "admin's key is empty",
            "Set JWT_SECRET in remotehive-admin/.env.production to the value of JWT_SECRET_KEY in \
             .env.production.",
        ],
    ),
    (
        |tree| {
            let other = tree.project.search_for(Canary::hexadecimal());
            tree.change(ADMIN, "LOG_LEVEL", &format!("JWT_SECRET={}\nLOG_LEVEL", other.text()));
        },
        [
            "key-duplicate",
            "warn",
            "medium",
            ADMIN,
            "4",
            "remotehive-admin/.env.production sets JWT_SECRET more than once, to different values",
            "Keep one of the lines 2 and 4: dotenv takes the last, other loaders do not.",
        ],
    ),
    (
        |tree| {
            let other = tree.project.search_for(Canary::hexadecimal());
            tree.change(ADMIN, tree.keys[2].text(), other.text());
        },
        [
            "key-differs",
            "fail",
            "high",
            ADMIN,
            "3",
            "admin holds another key than main",
            "Set JWT_SECRET in remotehive-admin/.env.production to the value of JWT_SECRET_KEY in \
             .env.production, or give both a new one: `authprobe rotate --apply --environment \
             production`.",
        ],
    ),
    (
        |tree| tree.change(ADMIN, tree.keys[2].text(), tree.keys[1].text()),
        [
            "key-differs",
            "fail",
            "high",
            ADMIN,
            "3",
            "admin holds the key of staging, not that of production",
            "Set JWT_SECRET in remotehive-admin/.env.production to the value of JWT_SECRET_KEY in \
             .env.production, or give both a new one: `authprobe rotate --apply --environment \
             production`.",
        ],
    ),
    (
        |tree| {
            let quoted = format!("'\"{}\"'", tree.keys[2].text());
            tree.change(ADMIN, tree.keys[2].text(), &quoted);
        },
        [
            "key-differs",
            "fail",
            "high",
            ADMIN,
            "3",
            "admin's key is not the shared key but the shared key in double quotes",
            "Take the quotes out of the env file; a key of letters and digits needs none. \
             JWT_SECRET_KEY in .env.production is right.",
        ],
    ),
    (
        |tree| {
            let upper = tree.keys[2].text().to_uppercase();
            tree.change(ADMIN, tree.keys[2].text(), &upper);
        },
        [
            "key-differs",
            "fail",
            "high",
            ADMIN,
            "3",
            "admin's key is not the shared key but the shared key's hexadecimal digits in upper case",
            "Copy the key letter by letter: to HMAC it is bytes, neither a number nor without case. \
             JWT_SECRET_KEY in .env.production is right.",
        ],
    ),
    (
        |tree| {
            for folder in ["", "autoscraper-service/", "remotehive-admin/"] {
                let name = format!("{folder}.env.production");
                tree.change(&name, tree.keys[2].text(), tree.keys[1].text());
            }
        },
        [
            "key-shared-between-environments",
            "fail",
            "high",
            ".env.production",
            "3",
            "staging and production have the same key",
            "Give production a key of its own: `authprobe rotate --apply --environment production`.",
        ],
    ),
    (
        |tree| everywhere(tree, "your-256-bit-secret"),
        [
            "key-well-known",
            "fail",
            "critical",
            ".env.production",
            "3",
            "main's key is published: the example key of jwt.io until 2025",
            "Rotate to a random key: `authprobe rotate --apply --environment production`.",
        ],
    ),
    (
        |tree| everywhere(tree, "remotehive-production-jwt-secret"),
        [
            "key-weak",
            "fail",
            "high",
            ".env.production",
            "3",
            "main's key can be guessed: it has fewer than 112 bits of entropy",
            "Rotate to a random key: `authprobe rotate --apply --environment production`.",
        ],
    ),
    (
        |tree| everywhere(tree, "Zr8kQ2vXw5Lp7NtYb3Hs9D"),
        [
            "key-too-short",
            "fail",
            "medium",
            ".env.production",
            "3",
            "main's key is shorter than the 32 bytes that HS256 asks for (RFC 7518 section 3.2)",
            "Rotate to a random key: `authprobe rotate --apply --environment production`.",
        ],
    ),
    (
        |tree| everywhere(tree, "5f0e8b3c9a7d41264c1b8e9d03f7a56b"),
        [
            "key-predictable",
            "warn",
            "low",
            ".env.production",
            "3",
            "main's key has fewer than 160 bits of entropy",
            "Rotate to a random key: `authprobe rotate --apply --environment production`.",
        ],
    ),
    (
        |tree| {
            let quoted = format!("\"{}\"", tree.keys[2].text());
            tree.change(ADMIN, tree.keys[2].text(), &quoted);
            tree.write("remotehive-admin/Dockerfile", "FROM node:24\n");
        },
        [
            "loaders-disagree",
            "warn",
            "medium",
            ADMIN,
            "3",
            "docker (named by remotehive-admin/Dockerfile) reads admin's key otherwise than dotenv does",
            "Write JWT_SECRET in remotehive-admin/.env.production bare: no quotes, blanks, comment or \
             carriage return.",
        ],
    ),
    (
        |tree| tree.change(ADMIN, "HS256", "HS512"),
        [
            "algorithm-differs",
            "fail",
            "high",
            ADMIN,
            "4",
            "admin is set to HS512, main to HS256",
            "Set JWT_ALGORITHM in remotehive-admin/.env.production to what JWT_ALGORITHM in \
             .env.production says.",
        ],
    ),
    (
        |tree| tree.change(ADMIN, "HS256", "no-such-thing"),
        [
            "algorithm-differs",
            "fail",
            "high",
            ADMIN,
            "4",
            "admin is set to what is no algorithm's name, main to HS256",
            "Set JWT_ALGORITHM in remotehive-admin/.env.production to what JWT_ALGORITHM in \
             .env.production says.",
        ],
    ),
    (
        |tree| {
            for folder in ["", "autoscraper-service/", "remotehive-admin/"] {
                tree.change(&format!("{folder}.env.production"), "HS256", "none");
            }
        },
        [
            "algorithm-outside-policy",
            "fail",
            "high",
            ".env.production",
            "4",
            "main is set to none, the policy allows HS256",
            "Set JWT_ALGORITHM in .env.production to HS256.",
        ],
    ),
    (
        |tree| tree.change(ADMIN, "MINUTES=30", "MINUTES=60"),
        [
            "expiry-differs",
            "warn",
            "low",
            ADMIN,
            "5",
            "admin is set to 60 min, main to 30 min",
            "Set ACCESS_TOKEN_EXPIRE_MINUTES in remotehive-admin/.env.production to what \
             ACCESS_TOKEN_EXPIRE_MINUTES in .env.production says.",
        ],
    ),
    (
        |tree| {
            let path = tree.project.path(ADMIN);
            std::fs::remove_file(&path).unwrap();
            std::fs::create_dir(&path).unwrap();
        },
        [
            "key-unreadable",
            "undecided",
            "high",
            ADMIN,
            "null",
            "admin's key cannot be read: it is a folder",
            "Run this as a user who may read remotehive-admin/.env.production, and see that its loader \
             can.",
        ],
    ),
];

/// Puts this key in the place of production's in every service.
pub(crate) fn everywhere(tree: &Tree, key: &str) {
    for folder in ["", "autoscraper-service/", "remotehive-admin/"] {
        tree.change(&format!("{folder}.env.production"), tree.keys[2].text(), key);
    }
}

#[test]
fn each_fault_has_its_message_and_brings_no_other() {
    const FIELDS: [&str; 7] = ["code", "status", "severity", "file", "line", "summary", "fix"];
    for (spoil, expected) in ROWS {
        let tree = Tree::new();
        spoil(&tree);
        let findings = tree.findings();
        let told: Vec<Vec<String>> = findings.iter().map(|one| fields(one, &FIELDS)).collect();
        assert_eq!(told[0], expected, "{findings:#?}");
        let code = expected[0];
        assert!(findings.iter().all(|one| one["code"] == code), "{findings:#?}");
    }
}

#[test]
fn the_text_report_tells_place_and_fix() {
    let tree = Tree::new();
    tree.change(ADMIN, tree.keys[2].text(), tree.keys[1].text());
    let run = tree.audit(&[]);
    run.assert_exit(1);
    for line in [
        "  admin        ✓ same             ✓ same             ✗ differs",
        "production",
        "  place  remotehive-admin/.env.production:3",
        "✗ 1 to mend",
    ] {
        let mut lines = run.stdout.lines().map(str::trim_end);
        assert!(lines.any(|known| known == line), "{line}\n{}", run.stdout);
    }
}

#[test]
fn what_says_the_same_of_several_files_is_one_block() {
    let tree = Tree::new();
    for environment in ["staging", "production"] {
        let name = format!("remotehive-admin/.env.{environment}");
        tree.change(&name, "MINUTES=30", "MINUTES=60");
    }
    let run = tree.audit(&[]);
    run.assert_exit(0);
    let lines: Vec<&str> = run.stdout.lines().map(str::trim_end).collect();
    let at = lines.iter().position(|line| *line == "staging, production").unwrap();
    assert!(lines[at + 2].starts_with("! admin is set to 60 min, main to 30 min  "));
    assert!(lines[at + 2].ends_with("  expiry-differs"));
    assert_eq!(lines[at + 3], "  place  remotehive-admin/.env.staging:5");
    assert_eq!(lines[at + 4], "         remotehive-admin/.env.production:5");
    assert_eq!(lines.last(), Some(&"✓ 2 to think over"));
}

#[test]
fn a_key_that_stands_in_no_file_is_not_judged_and_not_accused() {
    let tree = Tree::new();
    let elsewhere = crate::tree::PROBES.replace(
        "{ dotenv: \"remotehive-admin/.env.{environment}\", variable: JWT_SECRET, dialect: dotenv }",
        "{ env: JWT_SECRET }",
    );
    tree.project.write("probes.yaml", &elsewhere);
    let run = tree.audit(&[]);
    run.assert_exit(0);
    assert!(run.stdout.contains("  admin        · not in a file"), "{}", run.stdout);
}

#[test]
fn what_is_wrong_in_every_environment_is_told_once() {
    let tree = Tree::new();
    for environment in ["development", "staging", "production"] {
        let name = format!("remotehive-admin/.env.{environment}");
        tree.change(&name, "MINUTES=30", "MINUTES=60");
    }
    let findings = tree.findings();
    assert_eq!(findings.len(), 3, "a place each: {findings:#?}");
    let shared =
        crate::tree::PROBES.replace("remotehive-admin/.env.{environment}", "remotehive-admin/.env");
    tree.project.write("probes.yaml", &shared);
    let key = &tree.keys[0];
    let text = format!("JWT_SECRET={}\nJWT_SECRET={}x\n", key.text(), key.text());
    tree.write("remotehive-admin/.env", &text);
    let findings = tree.findings();
    let twice: Vec<_> = findings.iter().filter(|one| one["code"] == "key-duplicate").collect();
    assert_eq!(twice.len(), 1, "{findings:#?}");
    assert_eq!(twice[0]["environments"].as_array().unwrap().len(), 3);
}
