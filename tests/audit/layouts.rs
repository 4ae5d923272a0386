//! Layouts of other people: a compose project, a monorepo with Node and Python services, and a folder of
//! Kubernetes manifests beside its env files.

use crate::common::canary::Canary;
use crate::tree::{Tree, fields};

/// A project with one key in one file that compose hands to every container.
#[test]
fn a_compose_project_with_one_env_file_is_clean() {
    let tree = empty();
    let key = tree.project.search_for(Canary::hexadecimal());
    tree.write(".env", &format!("POSTGRES_DB=shop\nJWT_SECRET={}\n", key.text()));
    tree.write(
        "docker-compose.yml",
        "services:\n  api:\n    build: ./api\n    env_file: .env\n  worker:\n    build: ./worker\n    \
         env_file: .env\n",
    );
    for folder in ["api", "worker"] {
        tree.write(&format!("{folder}/requirements.txt"), "fastapi\nPyJWT\n");
        tree.write(&format!("{folder}/main.py"), "import os\nKEY = os.environ[\"JWT_SECRET\"]\n");
    }
    let report = tree.json(&[]);
    assert_eq!(report["findings"].as_array().unwrap().len(), 0, "{report:#}");
    assert_eq!(report["services"].as_array().unwrap().len(), 3);
}

/// Two services below `apps`, no env file at the top: nothing says that they share a key.
#[test]
fn services_of_a_monorepo_with_keys_of_their_own_are_not_accused() {
    let tree = empty();
    let keys = [
        tree.project.search_for(Canary::hexadecimal()),
        tree.project.search_for(Canary::hexadecimal()),
    ];
    tree.write("package.json", "{ \"private\": true, \"workspaces\": [\"apps/*\"] }\n");
    tree.write("apps/web/package.json", "{ \"dependencies\": { \"next\": \"16.0.0\" } }\n");
    tree.write("apps/web/.env", &format!("JWT_SECRET={}\n", keys[0].text()));
    tree.write("apps/api/pyproject.toml", "[project]\nname = \"api\"\n");
    tree.write("apps/api/.env", &format!("JWT_SECRET_KEY={}\n", keys[1].text()));
    let findings = tree.findings();
    assert_eq!(findings.len(), 1, "{findings:#?}");
    assert_eq!(
        fields(&findings[0], &["code", "status", "summary", "fix"]),
        [
            "key-differs",
            "undecided",
            "apps/web holds another key than JWT_SECRET_KEY in apps/api/.env",
            "Say in a probes.yaml which services share a key: then this can be judged.",
        ]
    );
    tree.write("apps/web/.env", &format!("JWT_SECRET={}\n", keys[1].text()));
    assert_eq!(tree.findings().len(), 0);
}

/// Manifests that refer to a Secret which is made from the env file.
#[test]
fn manifests_that_refer_to_a_secret_are_clean() {
    let tree = empty();
    let key = tree.project.search_for(Canary::hexadecimal());
    tree.write("gateway/.env.production", &format!("JWT_SECRET_KEY={}\n", key.text()));
    tree.write("gateway/go.mod", "module gateway\n");
    tree.write("billing/.env.production", &format!("JWT_SECRET_KEY={}\n", key.text()));
    tree.write("billing/composer.json", "{}\n");
    tree.write(
        "k8s/deployment.yaml",
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: gateway }\nspec:\n  template:\n    \
         spec:\n      containers:\n        - name: gateway\n          env:\n            - name: \
         JWT_SECRET_KEY\n              valueFrom:\n                secretKeyRef: { name: jwt, key: \
         secret }\n",
    );
    let report = tree.json(&[]);
    assert_eq!(report["findings"].as_array().unwrap().len(), 0, "{report:#}");
    assert_eq!(report["environments"][0]["name"], "production");
}

fn empty() -> Tree {
    Tree { project: crate::common::authprobe::Project::new(), keys: Vec::new() }
}
