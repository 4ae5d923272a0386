//! One tree a row: the env file, the files around it, the loader, and the reason in words.

use crate::tree::Tree;

/// The env file, the files around it, the dialect and the reason.
type Row = (&'static str, &'static [(&'static str, &'static str)], &'static str, &'static str);

#[track_caller]
fn assert_rows(rows: &[Row]) {
    for (file, files, dialect, reason) in rows {
        let guess = Tree::with(files).guess(file);
        assert_eq!(guess.dialect.name, *dialect, "{file} {files:?} {guess:?}");
        assert_eq!(guess.reason.to_string(), *reason, "{file} {files:?}");
    }
}

/// What starts a service with this very file.
const STARTING: &[Row] = &[
    (
        "admin/.env.staging",
        &[("compose.yaml", "services:\n  admin:\n    env_file: ./admin/.env.staging\n")],
        "compose",
        "guessed from compose.yaml, which names it under env_file",
    ),
    (
        ".env.production",
        &[(
            "docker-compose.prod.yml",
            "x-a: &a { env_file: [ '.env.${STAGE:-production}' ] }\nservices: { main: { <<: *a } }\n",
        )],
        "compose",
        "guessed from docker-compose.prod.yml, which names it under env_file",
    ),
    (
        ".env",
        &[(
            "compose.yml",
            "services:\n  a:\n    env_file:\n      - path: .env\n        required: false\n        format: raw\n",
        )],
        "docker",
        "guessed from compose.yml, which names it under env_file, as raw",
    ),
    (
        ".env",
        &[(
            "compose.yml",
            "services: { a: { environment: [ 'JWT_SECRET=${JWT_SECRET_KEY:?}' ] } }",
        )],
        "compose",
        "guessed from compose.yml, which puts in what stands there",
    ),
    (
        ".env",
        &[("deploy/docker-compose.yaml", "services: { a: { env_file: ../.env } }")],
        "compose",
        "guessed from deploy/docker-compose.yaml, which names it under env_file",
    ),
    (
        "main/.env",
        &[("main/main.service", "[Service]\nEnvironmentFile=-/opt/hive/main/.env\n")],
        "systemd",
        "guessed from main/main.service, which names it as EnvironmentFile",
    ),
    (
        "conf/.env",
        &[(
            "systemd/main.service",
            "[Service]\nWorkingDirectory=/opt/hive\nEnvironmentFile=/opt/hive/conf/.env\n",
        )],
        "systemd",
        "guessed from systemd/main.service, which names it as EnvironmentFile",
    ),
    (
        "admin/.env",
        &[(
            "scripts/up.sh",
            "#!/bin/sh\ndocker run -d \\\n  --env-file admin/.env \\\n  admin:latest\n",
        )],
        "docker",
        "guessed from scripts/up.sh, which hands it to docker run",
    ),
    (
        "admin/.env.staging",
        &[("Makefile", "up:\n\t@docker run --rm --env-file=admin/.env.$(STAGE) admin\n")],
        "docker",
        "guessed from Makefile, which hands it to docker run",
    ),
    (
        ".env",
        &[("deploy.sh", "kubectl create secret generic jwt --from-env-file=.env\n")],
        "kubectl",
        "guessed from deploy.sh, which hands it to kubectl",
    ),
    (
        "admin/.env",
        &[(
            "admin/package.json",
            r#"{"scripts":{"start":"NODE_ENV=x node --env-file=.env server.js"}}"#,
        )],
        "node-env-file",
        "guessed from admin/package.json, which hands it to node --env-file",
    ),
    (
        "admin/.env",
        &[("admin/Dockerfile", "FROM node\nCMD [\"node\", \"--env-file\", \".env\", \"x.js\"]\n")],
        "node-env-file",
        "guessed from admin/Dockerfile, which hands it to node --env-file",
    ),
    (
        "edge/.env",
        &[("edge/deno.json", r#"{"tasks":{"start":"deno run --env-file --allow-net main.ts"}}"#)],
        "deno",
        "guessed from edge/deno.json, which hands it to deno --env-file",
    ),
    (
        ".env",
        &[("Procfile", "web: uvicorn app:app --env-file .env\n")],
        "python-dotenv",
        "guessed from Procfile, which hands it to uvicorn --env-file",
    ),
];

#[test]
fn what_names_the_file_and_starts_the_service_tells_its_loader() {
    assert_rows(STARTING);
}

/// Scripts that read this very file.
const READING: &[Row] = &[
    (
        "a/.env",
        &[("a/run.sh", "#!/usr/bin/env bash\nset -a; source \"$(dirname \"$0\")/.env\"; set +a\n")],
        "bash",
        "guessed from a/run.sh, which sources it",
    ),
    (
        "a/.env",
        &[("run.sh", "#!/bin/sh\ncd a\nset -ea\n[ -f .env ] && . ./.env\n")],
        "dash",
        "guessed from run.sh, which sources it",
    ),
    (
        ".env",
        &[("run.zsh", "source .env\nexport A JWT_SECRET_KEY\n")],
        "zsh",
        "guessed from run.zsh, which sources it",
    ),
    (
        ".env",
        &[("run.sh", "export $(grep -v '^#' .env | xargs -d '\\n')\n./serve\n")],
        "xargs",
        "guessed from run.sh, which exports it through xargs",
    ),
    (
        ".env",
        &[("Makefile", "include .env\nexport\nrun:\n\t./serve\n")],
        "make",
        "guessed from Makefile, which includes it",
    ),
    (
        ".env",
        &[(".envrc", "dotenv\n")],
        "direnv",
        "guessed from .envrc, which reads it with dotenv",
    ),
    (
        ".env",
        &[("Procfile", "web: ./serve\n"), ("requirements-dev.txt", "honcho==2.0\n")],
        "honcho",
        "guessed from requirements-dev.txt, which lists honcho, and there is a Procfile",
    ),
];

#[test]
fn a_script_that_reads_the_file_tells_its_loader() {
    assert_rows(READING);
}

const NPM: &str = r#"{"dependencies":{"dotenv":"^8.6.0","express":"4"}}"#;

/// Lists of libraries.
const DEPENDING: &[Row] = &[
    (
        ".env",
        &[("package.json", NPM)],
        "dotenv-8",
        "guessed from package.json, which depends on dotenv",
    ),
    (
        ".env",
        &[(
            "package.json",
            r#"{"dependencies":{"dotenv":"^16"},"devDependencies":{"dotenv-expand":"^11"}}"#,
        )],
        "dotenv-expand-12",
        "guessed from package.json, which depends on dotenv-expand",
    ),
    (
        ".env",
        &[("package.json", r#"{"dependencies":{"next":"15.0.0","dotenv":"17"}}"#)],
        "next",
        "guessed from package.json, which depends on next",
    ),
    (
        "a/.env.development",
        &[("a/requirements.txt", "fastapi==0.110\nPython_Dotenv[cli]>=1.0  # env files\n")],
        "python-dotenv",
        "guessed from a/requirements.txt, which lists python-dotenv",
    ),
    (
        ".env",
        &[("requirements/base.txt", "pydantic-settings\n")],
        "python-dotenv",
        "guessed from requirements/base.txt, which lists pydantic-settings",
    ),
    (
        ".env",
        &[(
            "pyproject.toml",
            "[project]\ndependencies = [\"django>=5\", \"django-environ~=0.11\"]\n",
        )],
        "django-environ",
        "guessed from pyproject.toml, which lists django-environ",
    ),
    (
        ".env",
        &[("Pipfile", "[packages]\npython-decouple = \"*\"\n")],
        "decouple",
        "guessed from Pipfile, which lists python-decouple",
    ),
    (
        ".env",
        &[("setup.cfg", "[options]\ninstall_requires =\n    starlette>=0.30\n")],
        "starlette",
        "guessed from setup.cfg, which lists starlette",
    ),
    (
        ".env",
        &[("Gemfile", "source 'https://example.org'\ngem 'dotenv-rails', '~> 2.4'\n")],
        "ruby-dotenv",
        "guessed from Gemfile, which lists dotenv",
    ),
    (
        ".env",
        &[("composer.json", r#"{"require":{"laravel/framework":"^11"}}"#)],
        "phpdotenv",
        "guessed from composer.json, which depends on laravel/framework",
    ),
    (
        ".env",
        &[("composer.json", r#"{"require":{"symfony/dotenv":"5.4.*"}}"#)],
        "symfony",
        "guessed from composer.json, which depends on symfony/dotenv",
    ),
    (
        ".env",
        &[("Cargo.toml", "[dependencies]\nserde = \"1\"\ndotenvy = \"0.15\"\n")],
        "dotenvy",
        "guessed from Cargo.toml, which depends on dotenvy",
    ),
    (
        ".env",
        &[("Cargo.toml", "[dependencies.dotenv]\nversion = \"0.15\"\n")],
        "rust-dotenv",
        "guessed from Cargo.toml, which depends on dotenv",
    ),
    (
        ".env",
        &[("go.mod", "module x\nrequire (\n\tgithub.com/joho/godotenv v1.5.1\n)\n")],
        "godotenv",
        "guessed from go.mod, which requires godotenv",
    ),
    (
        "app.properties",
        &[],
        "java-properties",
        "guessed from app.properties, which has such a name",
    ),
];

#[test]
fn a_library_that_the_service_depends_on_tells_its_loader() {
    assert_rows(DEPENDING);
}

#[test]
fn what_starts_the_service_counts_before_its_libraries_and_these_are_told() {
    let tree = Tree::with(&[
        ("compose.yaml", "services: { admin: { env_file: [admin/.env] } }"),
        ("admin/package.json", r#"{"dependencies":{"dotenv":"^17"}}"#),
        ("admin/Dockerfile", "FROM node\n"),
        ("requirements.txt", "python-dotenv\n"),
    ]);
    let guess = tree.guess("admin/.env");
    assert_eq!(guess.dialect.name, "compose");
    let others: Vec<_> =
        guess.others.iter().map(|clue| (clue.dialect, clue.file.as_str())).collect();
    assert_eq!(others, [("dotenv-17", "admin/package.json"), ("docker", "admin/Dockerfile")]);
}

#[test]
fn the_nearest_folder_that_lists_libraries_counts() {
    let node = r#"{"dependencies":{"dotenv":"^18"}}"#;
    let files = [("package.json", node), ("a/requirements.txt", "python-decouple"), ("b/x", "")];
    let tree = Tree::with(&files);
    assert_eq!(tree.guess("a/.env").dialect.name, "decouple");
    assert_eq!(tree.guess("b/.env").dialect.name, "dotenv");
    assert_eq!(tree.guess("b/c/d/.env").dialect.name, "dotenv");
}

#[test]
fn a_contest_and_silence_fall_back_to_python_dotenv_and_say_so() {
    const UNTOLD: &str = "the default, for no file around it tells its loader";
    assert_rows(&[
        (".env", &[], "python-dotenv", UNTOLD),
        (
            ".env",
            &[("run.sh", "source .env\nexport MY_JWT_SECRET_KEY\n./x")],
            "python-dotenv",
            UNTOLD,
        ),
        (".env", &[("Makefile", "include .env\nrun:\n\t./serve\n")], "python-dotenv", UNTOLD),
        (".env", &[(".envrc", "source .env\n")], "python-dotenv", UNTOLD),
        (".env", &[("run.sh", "ls .env | xargs chmod 600\n")], "python-dotenv", UNTOLD),
        (".env", &[("Dockerfile", "FROM scratch\n")], "python-dotenv", UNTOLD),
        (
            ".env",
            &[("compose.yml", "services: { a: { env_file: .env.other } }")],
            "python-dotenv",
            UNTOLD,
        ),
        (".env", &[("requirements.txt", "fastapi\nstarlette\n")], "python-dotenv", UNTOLD),
        (
            ".env",
            &[("requirements.txt", "# django-environ\nstarlette-context\n")],
            "python-dotenv",
            UNTOLD,
        ),
        (
            ".env",
            &[("go.mod", "\tgithub.com/joho/godotenv v1 // indirect\n")],
            "python-dotenv",
            UNTOLD,
        ),
        (
            ".env",
            &[("Cargo.toml", "[dev-dependencies]\ndotenvy = \"0.15\"\n")],
            "python-dotenv",
            UNTOLD,
        ),
        (
            ".env",
            &[("run.sh", "# source .env\necho docker run --env-file .env\n")],
            "python-dotenv",
            UNTOLD,
        ),
        (
            ".env",
            &[("scripts/package.json", r#"{"dependencies":{"dotenv":"8"}}"#)],
            "python-dotenv",
            UNTOLD,
        ),
        (
            ".env",
            &[
                ("main.service", "EnvironmentFile=.env\n"),
                ("up.sh", "docker run --env-file .env x\n"),
            ],
            "python-dotenv",
            "the default, for loaders are named with equal right: systemd by main.service, docker by up.sh",
        ),
        (
            ".env",
            &[("requirements.txt", "django-environ\npython-decouple\n")],
            "python-dotenv",
            "the default, for loaders are named with equal right: django-environ by requirements.txt, \
             decouple by requirements.txt",
        ),
    ]);
}

#[test]
fn the_folders_above_the_configuration_are_not_asked() {
    let files = [("requirements.txt", "python-decouple"), ("fleet/a/x", "")];
    let tree = Tree::with(&files);
    let root = tree.path().join("fleet");
    let guess = authprobe::key::guess::guess(&root, "a/.env", "K");
    assert_eq!(guess.dialect.name, "python-dotenv");
    assert_eq!(guess.reason.code(), "default");
}
