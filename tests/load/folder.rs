//! A folder with a probes.yaml and key files in it, gone when it is dropped.

use std::fs;
use std::path::{Path, PathBuf};

use authprobe::load::{self, Problems, Selection};
use authprobe::plan::{Plan, Service};
use tempfile::TempDir;

/// Key bytes that no output may show.
pub(crate) const KEY: &str = "canary-reference-4e1fbb5a0d7c4a1e";

pub(crate) struct Folder(TempDir);

impl Folder {
    /// With these files, whose folders are made.
    pub(crate) fn with(files: &[(&str, &str)]) -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        for (name, text) in files {
            folder.write(name, text);
        }
        folder
    }

    /// With the layout of the seed fleet and this repository's own probes.yaml.
    pub(crate) fn of_the_fleet() -> Self {
        let line = format!("JWT_SECRET_KEY={KEY}\n");
        let folder = Self::with(&[
            (".env.development", &line),
            (".env.development.previous", "JWT_SECRET_KEY=canary-previous-99aa\n"),
            ("autoscraper-service/.env.development", &line),
            ("remotehive-admin/.env.development", "PORT=3000\n"),
        ]);
        folder.write("probes.yaml", &fs::read_to_string("probes.yaml").unwrap());
        folder
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn probes(&self) -> PathBuf {
        self.path().join("probes.yaml")
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn load(&self, selection: &Selection) -> Result<Plan, Problems> {
        load::plan(&self.probes(), selection)
    }

    /// The plan of a folder in which nothing is wrong.
    pub(crate) fn plan(&self) -> Plan {
        self.load(&Selection::default()).unwrap_or_else(|problems| panic!("{problems}"))
    }

    /// What is wrong, with the folder's own path left out.
    pub(crate) fn problems(&self) -> String {
        let problems = self.load(&Selection::default()).expect_err("something is wrong");
        problems.to_string().replace(&format!("{}/", self.path().display()), "")
    }
}

/// The service of this name.
pub(crate) fn service<'p>(plan: &'p Plan, name: &str) -> &'p Service {
    plan.services.iter().find(|service| service.subject.name == name).unwrap()
}

/// A probes.yaml with one service, `main`, whose further fields are these lines.
pub(crate) fn one_service(fields: &str) -> String {
    let fields = fields.replace('\n', "\n    ");
    format!(
        "version: 1\nservices:\n  - name: main\n    endpoint: /me\n    {fields}\n\
         environments: {{ development: {{ urls: {{ main: \"http://127.0.0.1:8000\" }} }} }}\n"
    )
}
