//! The fleet of the shipped probes.yaml, led from the plan to the end by what `rotate` says: every command
//! that it prints is run as it is printed, in a folder with a blank in its name.

use std::fs;

use crate::fleet::{Fleet, Held};
use crate::real::started;
use crate::strace::Strace;

const FILES: [(&str, &str); 6] = [
    (".env", "JWT_SECRET_KEY"),
    (".env.production", "JWT_SECRET_KEY"),
    ("autoscraper-service/.env", "JWT_SECRET_KEY"),
    ("autoscraper-service/.env.production", "JWT_SECRET_KEY"),
    ("remotehive-admin/.env", "JWT_SECRET"),
    ("remotehive-admin/.env.production", "JWT_SECRET"),
];

/// Runs where the project of a `Fleet` is, beside its own folder.
struct RemoteHive(Fleet);

impl RemoteHive {
    fn new() -> Self {
        let hive = Self(Fleet::new());
        for folder in ["autoscraper-service", "remotehive-admin"] {
            fs::create_dir_all(hive.0.path("../remote hive").join(folder)).unwrap();
        }
        let probes = concat!(env!("CARGO_MANIFEST_DIR"), "/probes.yaml");
        fs::copy(probes, hive.0.path("../remote hive/probes.yaml")).unwrap();
        for (name, variable) in FILES {
            let text = format!("PORT=1\n{variable}={}\n", hive.0.old.text());
            fs::write(hive.0.path("../remote hive").join(name), text).unwrap();
        }
        hive
    }

    /// A line as it would be typed; the state is not where the environment says.
    fn shell(&self, line: &str) -> (Option<i32>, String) {
        let binary = std::path::Path::new(env!("CARGO_BIN_EXE_authprobe"));
        let path = std::env::var("PATH").unwrap();
        let path = format!("{}:{path}", binary.parent().unwrap().display());
        let mut command = self.0.scrubbed("sh");
        command.env("PATH", path).env_remove("AUTHPROBE_STATE").args(["-c", line]);
        self.0.told(&command.output().unwrap())
    }

    fn held(&self) -> Held {
        let texts =
            FILES.map(|(name, _)| fs::read_to_string(self.0.path("../remote hive").join(name)));
        let all =
            |key: &str| texts.iter().all(|text| text.as_ref().is_ok_and(|text| text.contains(key)));
        match (all(self.0.old.text()), all(self.0.new.text())) {
            (true, _) => Held::Old,
            (_, true) => Held::New,
            _ => Held::Other,
        }
    }
}

const PLACE: &str =
    "--config '../remote hive/probes.yaml' --environment production --state '../st ate'";

/// The commands that it says to type, those with this option.
fn told(said: &str, option: &str) -> String {
    let lines = said.lines().filter(|line| {
        ["next", "back", "help:"].iter().any(|label| line.trim_start().starts_with(label))
            || line.starts_with("        authprobe")
    });
    let mut commands = lines.filter_map(|line| Some(&line[line.find("authprobe ")?..]));
    let found = commands.find(|command| command.contains(option));
    found.unwrap_or_else(|| panic!("{option} is not told: {said}")).to_owned()
}

#[test]
fn from_the_plan_to_the_end_and_back_each_command_is_the_one_that_was_printed() {
    let hive = RemoteHive::new();
    let run = |line: &str, expected: i32| {
        let (status, said) = hive.shell(line);
        assert_eq!(status, Some(expected), "{line}: {said}");
        said
    };
    let plan = run(&format!("authprobe rotate {PLACE} --key-from env:NEW_KEY"), 0);
    let apply = told(&plan, "--apply");
    let applied = run(&apply, 0);
    assert_eq!(hive.held(), Held::New, "{apply}");
    assert!(applied.contains("next  restart main, autoscraper, admin\n"), "{applied}");
    assert!(told(&applied, "authprobe smoke").contains("--config '../remote hive/probes.yaml'"));
    let again = run(&apply, 2);
    let plan = run(&format!("authprobe rotate {PLACE}"), 1);
    for said in [&again, &plan] {
        assert!(told(said, "--finish").starts_with("authprobe rotate --finish"));
    }
    let back = run(&told(&again, "--rollback"), 0);
    assert_eq!(hive.held(), Held::Old);
    assert!(back.contains("next  restart main, autoscraper, admin\n"), "{back}");
    let applied = run(&apply, 0);
    run(&told(&applied, "--rollback"), 0);
    assert_eq!(hive.held(), Held::Old);
    let applied = run(&apply, 0);
    let finished = run(&told(&applied, "--finish"), 0);
    assert!(finished.contains("the previous key is deleted"), "{finished}");
    assert_eq!(hive.held(), Held::New);
    run(&told(&applied, "--rollback"), 2);
}

/// The default environment is another one than the one that was interrupted.
#[test]
fn what_is_said_after_an_interruption_leads_to_an_end() {
    let strace = started!(Strace::find());
    let trace = |tamper: &str| {
        let program = strace.program.display();
        format!(
            "'{program}' -f -qq -o ../home/log -s 0 -e trace=renameat2,unlink -e inject={tamper}"
        )
    };
    let apply = format!("authprobe rotate --apply {PLACE} --key-from env:NEW_KEY");
    let hive = RemoteHive::new();
    hive.shell(&format!("{} {apply}", trace("renameat2:signal=KILL:when=3")));
    assert_eq!(hive.held(), Held::Other);
    let (status, said) = hive.shell(&format!("authprobe rotate {PLACE}"));
    assert_eq!(status, Some(1), "{said}");
    let (status, said) =
        hive.shell(&told(&said, "--recover").replace("--environment production", ""));
    assert_eq!(status, Some(0), "{said}");
    assert!(said.starts_with("authprobe rotate · production · the interrupted rotation"), "{said}");
    assert!(said.contains("next  restart every service of production\n"), "{said}");
    assert_eq!(hive.held(), Held::New);
    let rollback = told(&said, "--rollback");
    hive.shell(&format!("{} {rollback}", trace("renameat2:signal=KILL:when=3")));
    let (status, said) = hive.shell(&format!("authprobe rotate --recover {PLACE}"));
    assert_eq!(status, Some(0), "{said}");
    assert!(said.contains("the interrupted rollback was carried out"), "{said}");
    assert!(said.contains("next  restart main, autoscraper, admin\n"), "{said}");
    assert!(!said.contains("--finish"), "{said}");
    assert_eq!(hive.held(), Held::Old);
    let (_, said) = hive.shell(&format!("{} {apply}", trace("renameat2:error=EROFS:when=3+")));
    let (status, said) = hive.shell(&told(&said, "--recover"));
    assert_eq!(status, Some(0), "{said}");
    assert_eq!(hive.held(), Held::Old);
}
