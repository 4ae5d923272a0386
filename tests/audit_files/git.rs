//! What git tracks, has in its history or would take along.

use super::fleet::{FILES, Fleet};

#[test]
fn a_tracked_key_file_fails() {
    let fleet = Fleet::clean();
    fleet.git(&["add", "-f", ".env.production"]);
    fleet.git(&["commit", "-q", "-m", "oops"]);
    assert_eq!(
        fleet.finding(),
        "key-tracked fail .env.production\n\
         git tracks this key file, and the key is in its history\n\
         Run git rm --cached .env.production, add it to .gitignore and commit; then authprobe rotate \
         --environment production, for every clone has the key."
    );
    fleet.project.authprobe(["audit"]).run().assert_exit(1);
}

#[test]
fn a_key_that_is_only_staged_counts_as_committed() {
    let fleet = Fleet::clean();
    fleet.git(&["add", "-f", ".env.production"]);
    assert!(fleet.finding().starts_with("key-tracked fail .env.production\n"));
}

#[test]
fn a_tracked_file_whose_key_was_never_committed_is_a_warning() {
    let fleet = Fleet::clean();
    let admin = FILES[2].0;
    fleet.project.write(admin, "JWT_SECRET=\n");
    fleet.git(&["add", "-f", admin]);
    fleet.git(&["commit", "-q", "-m", "a template"]);
    fleet.project.write(admin, &format!("JWT_SECRET={}\n", fleet.key));
    assert_eq!(
        fleet.finding(),
        "key-tracked warn remotehive-admin/.env.production\n\
         git tracks this key file; its key is not committed yet\n\
         Run git rm --cached remotehive-admin/.env.production, add it to .gitignore and commit, before a \
         commit takes the key along."
    );
    fleet.project.authprobe(["audit"]).run().assert_exit(0);
}

#[test]
fn a_file_that_a_filter_encrypts_on_its_way_into_git_is_silent() {
    let fleet = Fleet::clean();
    let admin = FILES[2].0;
    fleet.project.write(".gitattributes", ".env.production filter=git-crypt\n");
    fleet.git(&["-c", "filter.git-crypt.clean=printf encrypted", "add", "-f", admin]);
    fleet.git(&[
        "-c",
        "filter.git-crypt.clean=printf encrypted",
        "commit",
        "-q",
        "-m",
        "encrypted",
    ]);
    assert_eq!(fleet.findings(), [""; 0]);
}

#[test]
fn a_key_in_the_history_of_any_branch_fails_until_it_is_rotated() {
    let fleet = Fleet::clean();
    fleet.git(&["checkout", "-q", "-b", "side"]);
    fleet.git(&["add", "-f", ".env.production"]);
    fleet.git(&["commit", "-q", "-m", "oops"]);
    fleet.git(&["rm", "-q", "--cached", ".env.production"]);
    fleet.git(&["commit", "-q", "-m", "taken out again"]);
    fleet.git(&["checkout", "-q", "main"]);
    assert_eq!(
        fleet.finding(),
        "key-in-history fail .env.production\n\
         git tracks this key file no longer, but the key is in its history\n\
         Run authprobe rotate --environment production, for every clone has the key. To take the file \
         out of the history as well: git filter-repo --invert-paths --path .env.production"
    );
    let new = fleet.project.canary();
    for (file, variable) in FILES {
        fleet.project.write(file, &format!("{variable}={new}\n"));
    }
    assert_eq!(fleet.findings(), [""; 0], "the key of the history is used no longer");
}

#[test]
fn a_key_file_that_nothing_ignores_is_a_warning_with_the_line_to_add() {
    let fleet = Fleet::clean();
    fleet.project.write(".gitignore", "/.env*\n/remotehive-admin/.env*\n");
    assert_eq!(
        fleet.finding(),
        "key-not-ignored warn autoscraper-service/.env.production\n\
         no .gitignore leaves this key file out, so git add takes it along\n\
         Add the line /autoscraper-service/.env.production to .gitignore."
    );
    fleet.project.write(".gitignore", ".env*\n");
    assert_eq!(fleet.findings(), [""; 0]);
}

#[test]
fn each_service_may_have_a_repository_of_its_own() {
    let fleet = Fleet::without_git();
    fleet.git(&["init", "-q", "remotehive-admin"]);
    assert_eq!(
        fleet.finding(),
        "key-not-ignored warn remotehive-admin/.env.production\n\
         no .gitignore leaves this key file out, so git add takes it along\n\
         Add the line /.env.production to remotehive-admin/.gitignore."
    );
}

#[test]
fn a_fresh_repository_without_commits_is_judged_too() {
    let fleet = Fleet::without_git();
    fleet.git(&["init", "-q"]);
    let found = fleet.findings();
    assert_eq!(found.len(), 3, "{found:#?}");
    assert!(found.iter().all(|found| found.starts_with("key-not-ignored warn")), "{found:#?}");
}

#[test]
fn nothing_is_said_where_git_is_not_installed() {
    let fleet = Fleet::clean();
    fleet.git(&["add", "-f", ".env.production"]);
    let run = fleet.project.authprobe(["audit", "-o", "json"]).env("PATH", "/nowhere").run();
    assert_eq!(super::fleet::findings(&run), [""; 0]);
}
