//! A repository, a tree and files that were made to harm whoever looks at them.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use super::fleet::{FILES, Fleet};

#[test]
fn no_program_of_a_hostile_repository_runs() {
    let fleet = Fleet::clean();
    fleet.project.write(".gitattributes", "* filter=evil diff=evil merge=evil\n");
    fleet.git(&["add", "-f", ".env.production", ".gitattributes"]);
    fleet.git(&["commit", "-q", "-m", "oops"]);
    let ran = fleet.project.path("ran");
    let evil =
        fleet.project.write("evil", &format!("#!/bin/sh\necho $0 $* >> {}\n", ran.display()));
    fs::set_permissions(&evil, fs::Permissions::from_mode(0o755)).unwrap();
    let hooks = fleet.project.path("hooks");
    fs::create_dir(&hooks).unwrap();
    for hook in ["post-index-change", "post-checkout", "pre-commit", "reference-transaction"] {
        fs::copy(&evil, hooks.join(hook)).unwrap();
    }
    let (evil, hooks) = (evil.display().to_string(), hooks.display().to_string());
    for name in [
        "core.fsmonitor",
        "core.pager",
        "core.editor",
        "core.sshCommand",
        "core.askPass",
        "diff.external",
        "diff.evil.textconv",
        "diff.evil.command",
        "filter.evil.clean",
        "filter.evil.smudge",
        "filter.evil.process",
        "gpg.program",
        "credential.helper",
        "pager.blame",
        "pager.log",
        "alias.rev-parse",
        "alias.ls-files",
        "core.gitProxy",
        "core.alternateRefsCommand",
        "uploadpack.packObjectsHook",
        "merge.evil.driver",
        "trace2.eventTarget",
    ] {
        fleet.git(&["config", name, &evil]);
    }
    fleet.git(&["config", "core.hooksPath", &hooks]);
    fleet.git(&["config", "log.showSignature", "true"]);
    fleet.git(&["config", "filter.evil.required", "true"]);
    let _ = fs::remove_file(&ran);
    let found = fleet.findings();
    assert!(found[0].starts_with("key-tracked fail .env.production\n"), "{found:#?}");
    assert!(!ran.exists(), "{}", fs::read_to_string(&ran).unwrap_or_default());
}

#[test]
fn variables_that_lead_git_astray_are_not_passed_on() {
    let fleet = Fleet::clean();
    fleet.git(&["add", "-f", ".env.production"]);
    let run = fleet
        .project
        .authprobe(["audit", "-o", "json"])
        .env("GIT_DIR", "/nowhere")
        .env("GIT_INDEX_FILE", "/nowhere")
        .env("GIT_CONFIG_PARAMETERS", "'core.bare'='true'")
        .env("GIT_TRACE", "1")
        .run();
    assert!(super::fleet::findings(&run)[0].starts_with("key-tracked fail .env.production\n"));
}

#[test]
fn the_repository_is_left_as_it_was() {
    let fleet = Fleet::clean();
    let index = fleet.project.path(".git/index");
    let list = || {
        let mut names: Vec<_> = fs::read_dir(fleet.project.path(".git"))
            .unwrap()
            .map(|it| it.unwrap().file_name())
            .collect();
        names.sort();
        (names, fs::read(&index).unwrap())
    };
    // A file that looks changed to the index would be entered anew by a git that takes locks.
    let file = fs::File::open(fleet.project.path("probes.yaml")).unwrap();
    file.set_modified(std::time::SystemTime::now() - Duration::from_hours(1)).unwrap();
    let before = list();
    fleet.findings();
    assert_eq!(list(), before);
}

#[test]
fn a_broken_repository_is_undecided_and_says_what_to_type() {
    let fleet = Fleet::clean();
    fs::write(fleet.project.path(".git/index"), "no index").unwrap();
    let run = fleet.project.authprobe(["audit", "-o", "json"]).run();
    let root = fleet.project.path("").canonicalize().unwrap();
    let found = super::fleet::findings(&run);
    let folder =
        |name: &str| root.join(name).display().to_string().trim_end_matches('/').to_owned();
    let expected = FILES.map(|(file, _)| {
        let folder = folder(file.rsplit_once('/').map_or("", |(folder, _)| folder));
        format!(
            "git-untold undecided {file}\n\
             whether keys are in git's history could not be told: git failed (exit status 128)\n\
             Run git -C {folder} status and see what it says."
        )
    });
    assert_eq!(found, expected);
    run.assert_exit(3);
}

#[test]
fn sockets_loops_of_links_and_odd_bytes_in_the_tree_do_no_harm() {
    let fleet = Fleet::clean();
    let socket = fleet.project.path("socket.py");
    let _socket = std::os::unix::net::UnixListener::bind(socket).unwrap();
    std::os::unix::fs::symlink(".", fleet.project.path("loop")).unwrap();
    fs::write(fleet.project.path("compose.yaml"), [0xff, 0xfe, 0, b'a']).unwrap();
    fs::write(fleet.project.path("bomb.yaml"), bomb()).unwrap();
    fs::write(fleet.project.path("deep.yaml"), format!("apiVersion: {}", "[".repeat(100_000)))
        .unwrap();
    assert_eq!(fleet.findings(), [""; 0]);
}

/// Nine levels of nine references each.
fn bomb() -> String {
    let mut text = String::from("apiVersion: v1\na0: &a0 x\n");
    for level in 1..10 {
        let references = vec![format!("*a{}", level - 1); 9].join(", ");
        text.extend([format!("a{level}: &a{level} [{references}]\n")]);
    }
    text
}
