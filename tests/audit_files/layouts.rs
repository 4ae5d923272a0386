//! Projects of other shapes, as people lay them out, without a configuration: what is wrong in each is
//! found, and nothing else.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use super::fleet::findings;
use crate::common::authprobe::Project;
use crate::common::canary::Canary;

/// Code, status and place of each finding, once only their owner can read the key files.
fn heads(project: &Project) -> Vec<String> {
    for folder in [".", "services/gateway", "services/billing"] {
        let file = project.path(folder).join(".env");
        if file.exists() {
            fs::set_permissions(file, fs::Permissions::from_mode(0o600)).unwrap();
        }
    }
    let found = findings(&project.authprobe(["audit", "-o", "json"]).run());
    found.iter().map(|found| found.lines().next().unwrap_or_default().to_owned()).collect()
}

fn project() -> (Project, Canary) {
    let project = Project::new();
    let key = project.canary();
    (project, key)
}

#[test]
fn a_compose_project_with_a_fallback_and_a_copied_key() {
    let (project, key) = project();
    project.write(".env", &format!("POSTGRES_PASSWORD=pg\nJWT_SECRET_KEY={key}\n"));
    project.write(
        "docker-compose.yml",
        "x-app: &app\n  build: .\n  env_file: [.env]\n  restart: unless-stopped\nservices:\n  web:\n    <<: *app\n    command: gunicorn app:app\n    ports: [\"8000:8000\"]\n    environment:\n      DATABASE_URL: postgres://app:${POSTGRES_PASSWORD}@db/app\n      JWT_SECRET_KEY: ${JWT_SECRET_KEY:-dev-only-key}\n  worker:\n    <<: *app\n    command: celery -A app worker\n  db:\n    image: postgres:17\n    environment: { POSTGRES_PASSWORD: \"${POSTGRES_PASSWORD}\" }\nvolumes: { data: {} }\n",
    );
    project.write("Dockerfile", "FROM python:3.13-slim\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\nCOPY . /srv\nCMD [\"gunicorn\"]\n");
    project.write("app/settings.py", "import os\nJWT_SECRET_KEY = os.environ['JWT_SECRET_KEY']\n");
    assert_eq!(
        heads(&project),
        ["key-in-image warn .env", "key-fallback warn docker-compose.yml:12"]
    );
}

#[test]
fn a_kubernetes_project_with_a_secret_in_the_tree() {
    let (project, key) = project();
    let other = project.canary();
    project.write(".env", &format!("JWT_SECRET={key}\n"));
    project.write("charts/api/templates/secret.yaml", "apiVersion: v1\nkind: Secret\nmetadata:\n  name: {{ .Release.Name }}\nstringData:\n  JWT_SECRET: {{ .Values.jwtSecret | quote }}\n");
    project.write("deploy/base/deployment.yaml", "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: api }\nspec:\n  template:\n    spec:\n      containers:\n        - name: api\n          image: api:1\n          env:\n            - name: JWT_SECRET\n              valueFrom: { secretKeyRef: { name: api, key: JWT_SECRET } }\n            - name: JWT_ALGORITHM\n              value: HS256\n");
    project.write("deploy/base/kustomization.yaml", "resources: [deployment.yaml]\n");
    project.write("deploy/staging/secret.yaml", &format!("apiVersion: v1\nkind: Secret\nmetadata: {{ name: api }}\ntype: Opaque\nstringData:\n  JWT_SECRET: {other}\n  STRIPE_KEY: sk_test_abc\n"));
    project.write("deploy/production/sealed.yaml", "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nspec:\n  encryptedData:\n    JWT_SECRET: AgBghj7+8f0ZrT\n");
    assert_eq!(heads(&project), ["key-hard-coded fail deploy/staging/secret.yaml:6"]);
}

#[test]
fn a_monorepo_of_node_and_python_services() {
    let (project, key) = project();
    let other = project.canary();
    project.write(".env", &format!("JWT_SECRET={key}\n"));
    project.write("services/gateway/.env", &format!("JWT_SECRET={key}\n"));
    project.write("services/gateway/package.json", "{ \"name\": \"gateway\" }\n");
    project.write("services/gateway/src/auth.ts", &format!("// process.env.JWT_SECRET || 'no'\nimport jwt from 'jsonwebtoken';\nconst secret = process.env.JWT_SECRET ?? \"{other}\";\nconst stripe = process.env.STRIPE_KEY || 'sk_test_abc';\n"));
    project.write(
        "services/gateway/src/auth.test.ts",
        "process.env.JWT_SECRET = process.env.JWT_SECRET || 'test-key';\n",
    );
    project.write("services/billing/.env", &format!("JWT_SECRET={key}\n"));
    project.write("services/billing/pyproject.toml", "[project]\nname = \"billing\"\n");
    project.write("services/billing/billing/config.py", &format!("from pydantic_settings import BaseSettings\n\n\nclass Settings(BaseSettings):\n    \"\"\"Reads JWT_SECRET: str = \"no\" from the environment.\"\"\"\n\n    debug: bool = False\n    jwt_secret: str = \"{other}\"\n    jwt_algorithm: str = \"HS256\"\n"));
    project.write(
        "services/billing/billing/strict.py",
        "import os\nSECRET = os.environ[\"JWT_SECRET\"]\nOLD = os.getenv(\"JWT_SECRET\", \"\")\n",
    );
    assert_eq!(
        heads(&project),
        [
            "key-fallback warn services/billing/billing/config.py:8",
            "key-fallback warn services/gateway/src/auth.ts:3",
        ]
    );
}
