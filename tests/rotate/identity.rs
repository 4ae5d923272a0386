//! Whatever an env file looks like: a rotation changes the value and no other byte, and rolling back
//! brings every byte back. Through the library, on real files.

use std::fs;
use std::path::Path;

use authprobe::inventory::{InFile, Inventory, KeyFile};
use authprobe::rotate::{self, Place};
use authprobe::secret::Secret;
use proptest::prelude::*;

const OLD: &str = "0ld0ld0ld0ld0ld0ld0ld0ld0ld0ld0l";
const NEW: &str = "n3wn3wn3wn3wn3wn3wn3wn3wn3wn3wn3wn3w";

/// Lines that surround the one that counts.
fn neighbour() -> impl Strategy<Value = String> {
    prop_oneof![
        "[A-Z]{1,8}=[a-z0-9 ]{0,12}",
        "# [a-zA-Z= ]{0,20}",
        Just(String::new()),
        Just("OTHER_JWT_SECRET_KEY=x".to_owned()),
        Just("#JWT_SECRET_KEY=commented".to_owned()),
        Just("JWT_SECRET_KEY=earlier".to_owned()),
        Just("M='two\nlines'".to_owned()),
    ]
}

prop_compose! {
    fn env_file()(
        before in prop::collection::vec(neighbour(), 0..6),
        after in prop::collection::vec("[A-IK-Z]{1,8}=[a-z0-9]{0,12}", 0..4),
        export in prop::sample::select(vec!["", "export ", "  "]),
        equals in prop::sample::select(vec!["=", " = ", "= "]),
        quote in prop::sample::select(vec!["", "'", "\""]),
        comment in prop::sample::select(vec!["", " # why", "  "]),
        end in prop::sample::select(vec!["\n", "\r\n"]),
        is_ended in any::<bool>(),
        mark in prop::sample::select(vec!["", "\u{feff}"]),
    ) -> (String, String) {
        let line = format!("{export}JWT_SECRET_KEY{equals}{quote}{{}}{quote}{comment}");
        let lines: Vec<String> = before.into_iter().chain([line]).chain(after).collect();
        let text = format!("{mark}{}{}", lines.join(end), if is_ended { end } else { "" });
        (text.replace("{}", OLD), text.replace("{}", NEW))
    }
}

fn inventory(folder: &Path, count: usize) -> Inventory {
    let place = |index: usize| KeyFile {
        service: format!("service-{index}"),
        source_of_truth: index == 0,
        path: folder.join(format!("{index}.env")),
        name: format!("{index}.env"),
        place: InFile::Variable { name: "JWT_SECRET_KEY".to_owned(), dialect: "python-dotenv" },
        loader_reason: None,
        encoding: "raw",
        if_exists: false,
        also_in: Vec::new(),
    };
    Inventory {
        environment: "production".to_owned(),
        folder: folder.to_owned(),
        files: (0..count).map(place).collect(),
        elsewhere: Vec::new(),
        unconfigured: Vec::new(),
        restarts: Vec::new(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn only_the_value_changes_and_rolling_back_is_the_identity(
        files in prop::collection::vec(env_file(), 1..4),
        edit in any::<bool>(),
    ) {
        let root = tempfile::tempdir().unwrap();
        let project = root.path().join("project");
        fs::create_dir(&project).unwrap();
        fs::write(project.join("probes.yaml"), "").unwrap();
        let path = |index: usize| project.join(format!("{index}.env"));
        for (index, (old, _)) in files.iter().enumerate() {
            fs::write(path(index), old).unwrap();
        }
        let now = |index: usize| fs::read_to_string(path(index)).unwrap();
        let place = Place::of(&root.path().join("state"), &project.join("probes.yaml")).unwrap();
        let inventory = inventory(&project, files.len());
        let Ok(survey) = rotate::survey(&inventory) else { panic!("every file can be read") };
        let draft = survey.draft(&Secret::new(NEW)).unwrap();
        rotate::apply("production", &draft, &place, &|| false).unwrap();
        for (index, (_, new)) in files.iter().enumerate() {
            prop_assert_eq!(&now(index), new);
        }
        // An edit of something else since then stays.
        let added = if edit { "# added since\n" } else { "" };
        if edit {
            fs::write(path(0), format!("{added}{}", now(0))).unwrap();
        }
        rotate::rollback("production", &place, &|| false).unwrap();
        prop_assert_eq!(now(0), format!("{added}{}", files[0].0));
        for (index, (old, _)) in files.iter().enumerate().skip(1) {
            prop_assert_eq!(&now(index), old);
        }
    }
}
