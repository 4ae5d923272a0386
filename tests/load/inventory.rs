//! Where the key of each environment stands: every file of every service, and what restarts them.

use authprobe::inventory::{InFile, Inventory, KeyFile};
use authprobe::load::{self, Selection};

use crate::folder::{Folder, one_service};

fn inventories(folder: &Folder) -> Vec<Inventory> {
    load::inventories(&folder.probes()).unwrap_or_else(|problems| panic!("{problems}"))
}

fn names(inventory: &Inventory) -> Vec<(&str, &str, Option<&str>)> {
    let place = |file: &'_ KeyFile| (file.if_exists, file.source_of_truth);
    assert!(inventory.files.iter().all(|file| place(file) != (true, true)));
    let files = inventory.files.iter();
    files.map(|file| (file.service.as_str(), file.name.as_str(), file.place.variable())).collect()
}

#[test]
fn the_shipped_configuration_lists_the_files_of_key_management() {
    let folder = Folder::of_the_fleet();
    let all = inventories(&folder);
    let environments: Vec<_> = all.iter().map(|one| one.environment.as_str()).collect();
    assert_eq!(environments, ["development", "staging", "production"]);
    assert_eq!(
        names(&all[2]),
        [
            ("main", ".env.production", Some("JWT_SECRET_KEY")),
            ("main", ".env", Some("JWT_SECRET_KEY")),
            ("autoscraper", "autoscraper-service/.env.production", Some("JWT_SECRET_KEY")),
            ("autoscraper", "autoscraper-service/.env", Some("JWT_SECRET_KEY")),
            ("admin", "remotehive-admin/.env.production", Some("JWT_SECRET")),
            ("admin", "remotehive-admin/.env", Some("JWT_SECRET")),
        ]
    );
    assert_eq!(names(&all[0]).len(), 3);
    let optional: Vec<_> = all[2].files.iter().map(|file| file.if_exists).collect();
    assert_eq!(optional, [false, false, false, false, false, true]);
    assert!(all[2].files.iter().all(|file| file.path == folder.path().join(&file.name)));
    assert_eq!(all[2].of_source_of_truth().count(), 2);
}

#[test]
fn a_copy_takes_what_it_does_not_say_from_the_key() {
    let folder = Folder::with(&[]);
    let yaml = one_service(
        "key: { dotenv: a.env, variable: KEY, dialect: docker, encoding: hex }\n\
         key_copies: [ { dotenv: b.env }, { dotenv: c.env, variable: OTHER, encoding: raw }, { file: d } ]\n\
         restart: [systemctl, restart, \"main-{environment}\"]",
    );
    folder.write("probes.yaml", &yaml);
    let [inventory] = &inventories(&folder)[..] else { panic!("one environment") };
    let variable = |name: &str| InFile::Variable { name: name.to_owned(), dialect: "docker" };
    let places: Vec<_> = inventory.files.iter().map(|file| (&file.place, file.encoding)).collect();
    assert_eq!(places[1], (&variable("KEY"), "hex"));
    let InFile::Variable { name, .. } = places[2].0 else { panic!("a variable") };
    assert_eq!((name.as_str(), places[2].1), ("OTHER", "raw"));
    assert_eq!(places[3], (&InFile::Whole, "hex"));
    assert_eq!(inventory.restarts[0].arguments, ["systemctl", "restart", "main-development"]);
}

#[test]
fn a_file_that_stands_for_several_environments_is_marked() {
    let folder = Folder::with(&[]);
    let yaml =
        one_service("key: { dotenv: .env, variable: KEY }").replace("} }\n", "}, staging: {} }\n");
    folder.write("probes.yaml", &yaml);
    let all = inventories(&folder);
    assert_eq!(all[0].files[0].also_in, ["staging"]);
    assert_eq!(all[1].files[0].also_in, ["development"]);
}

#[test]
fn a_key_that_stands_in_no_file_and_a_restart_of_one_environment_are_listed() {
    let folder = Folder::with(&[]);
    let yaml = one_service("source_of_truth: true\nkey: { file: jwt.key }").replace(
        "environments: { development: {",
        "  - { name: worker, endpoint: /x, key: { env: WORKER_KEY }, restart: [a] }\n  \
         - { name: other, endpoint: /x }\nenvironments: { development: { restart: { worker: [b] },",
    );
    folder.write("probes.yaml", &yaml);
    let chosen = load::inventory(&folder.probes(), &Selection::default());
    let chosen = chosen.unwrap_or_else(|problems| panic!("{problems}"));
    assert_eq!(chosen.elsewhere[0].service, "worker");
    assert_eq!(chosen.unconfigured, ["other"]);
    assert_eq!(chosen.restarts[0].arguments, ["b"]);
}
