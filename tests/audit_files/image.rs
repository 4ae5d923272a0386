//! Builds that copy a key file into an image.

use super::fleet::Fleet;

fn admin_with(dockerfile: &str) -> Fleet {
    let fleet = Fleet::clean();
    fleet.project.write("remotehive-admin/Dockerfile", dockerfile);
    fleet
}

#[test]
fn a_dockerfile_that_copies_its_folder_takes_the_key_along() {
    let fleet = admin_with("FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\n");
    let expected = "key-in-image warn remotehive-admin/.env.production\n\
         COPY . . at remotehive-admin/Dockerfile:3 copies this key file into an image layer\n\
         Add the line .env.production to remotehive-admin/.dockerignore, and give the key to the \
         container when it starts.";
    assert_eq!(fleet.finding(), expected);
    fleet.project.write("remotehive-admin/.dockerignore", "node_modules\n!.env.production\n");
    assert_eq!(fleet.finding(), expected);
    for ignored in [".env.production\n", "**/.env*\n", "# keys\n*\n!package.json\n"] {
        fleet.project.write("remotehive-admin/.dockerignore", ignored);
        assert_eq!(fleet.findings(), [""; 0], "{ignored}");
    }
}

#[test]
fn builds_that_copy_other_files_or_from_other_stages_are_silent() {
    for copy in [
        "COPY package.json src ./",
        "COPY --from=build . .",
        "COPY --exclude=.env* . .",
        "ADD https://example.com/a.tar /",
        "RUN --mount=type=bind,target=. npm ci",
        "COPY $SOURCE .",
    ] {
        assert_eq!(admin_with(&format!("FROM node:22\n{copy}\n")).findings(), [""; 0], "{copy}");
    }
}

#[test]
fn a_compose_file_tells_the_context_of_a_build() {
    let fleet = Fleet::clean();
    fleet
        .project
        .write("docker/api.Dockerfile", "FROM python:3.13\nCOPY autoscraper-service /app\n");
    assert_eq!(fleet.findings(), [""; 0], "its own folder holds no key");
    fleet.project.write(
        "compose.yaml",
        "services:\n  api:\n    build: { context: ., dockerfile: docker/api.Dockerfile }\n",
    );
    assert_eq!(
        fleet.finding(),
        "key-in-image warn autoscraper-service/.env.production\n\
         COPY autoscraper-service /app at docker/api.Dockerfile:2 copies this key file into an image \
         layer\n\
         Add the line autoscraper-service/.env.production to .dockerignore, and give the key to the \
         container when it starts."
    );
    fleet.project.write("docker/api.Dockerfile.dockerignore", "**/.env.*\n");
    assert_eq!(fleet.findings(), [""; 0]);
}
