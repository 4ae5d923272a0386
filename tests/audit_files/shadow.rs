//! Variables that hide what a key file says.

use super::fleet::{Fleet, findings};

fn exported(fleet: &Fleet, name: &str, value: &str) -> Vec<String> {
    findings(&fleet.project.authprobe(["audit", "-o", "json"]).env(name, value).run())
}

#[test]
fn another_key_that_is_exported_is_a_warning() {
    let fleet = Fleet::clean();
    let other = fleet.project.canary();
    assert_eq!(
        exported(&fleet, "JWT_SECRET_KEY", other.text()),
        ["key-shadowed warn .env.production:2\n\
          JWT_SECRET_KEY is exported in this shell, set to another value: what is started from it does \
          not read .env.production\n\
          Run unset JWT_SECRET_KEY before you start a service from this shell."]
    );
    assert_eq!(
        exported(&fleet, "JWT_SECRET_KEY", ""),
        ["key-shadowed warn .env.production:2\n\
          JWT_SECRET_KEY is exported in this shell, empty: what is started from it does not read \
          .env.production\n\
          Run unset JWT_SECRET_KEY before you start a service from this shell."]
    );
}

#[test]
fn the_key_itself_and_other_variables_are_silent() {
    let fleet = Fleet::clean();
    assert_eq!(exported(&fleet, "JWT_SECRET_KEY", fleet.key.text()), [""; 0]);
    assert_eq!(exported(&fleet, "JWT_SECRET_OTHER", "abc"), [""; 0]);
}

#[test]
fn an_entry_of_a_compose_file_that_covers_the_env_file_is_a_warning() {
    let fleet = Fleet::clean();
    fleet.project.write(
        "compose.yaml",
        "services:\n  api:\n    env_file: .env.production\n    environment:\n      JWT_SECRET_KEY: ${JWT_SECRET_KEY}\n",
    );
    assert_eq!(
        fleet.finding(),
        "key-shadowed warn compose.yaml:5\n\
         compose service api takes JWT_SECRET_KEY from ${JWT_SECRET_KEY} of the shell or of the .env \
         beside it, not from .env.production\n\
         Take JWT_SECRET_KEY out of environment:, so that env_file: .env.production counts."
    );
}
