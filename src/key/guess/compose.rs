//! A compose file in, whether compose reads the env file for it out: under `env_file`, or as the
//! `.env` beside it, whose variables it puts in. Never reads either.

use super::composition::EnvFile;
use super::speaker::{Said, Speaker};
use super::strength::Strength;

const NAMES_IT: &str = "names it under env_file";
const NAMES_IT_RAW: &str = "names it under env_file, as raw";
const PUTS_IN: &str = "puts in what stands there";

/// What a compose file says of one env file.
pub(super) fn read(speaker: &Speaker<'_>, text: &str) -> Vec<Said> {
    let composition = speaker.site.memory.composition(&speaker.path(), text);
    let named = composition.env_files.iter().filter(|one| speaker.names_from_here(&one.path));
    // What compose reads raw it reads as docker run does.
    let said = |one: &EnvFile| {
        let (dialect, says) =
            if one.raw { ("docker", NAMES_IT_RAW) } else { ("compose", NAMES_IT) };
        (Strength::Compose, dialect, says)
    };
    let mut all: Vec<Said> = named.map(said).collect();
    let puts_in = composition.variables.iter().any(|name| name == speaker.site.variable);
    if puts_in && speaker.names_from_here(".env") {
        all.push((Strength::Compose, "compose", PUTS_IN));
    }
    all
}
