//! Every dialect, one a row: the loader's name, how it takes bytes for text, which duplicate counts,
//! and its grammar. Reads nothing itself.

use super::text::{Coding, Mark, Nul, Text};
use super::{Counts, Dialect};
use super::{direnv, golang, lines, make, node, npm, php, properties, python, ruby, rust};
use super::{shell, symfony, systemd, words};

/// Declares the rows: name, coding, byte order mark, NUL, the duplicate that counts, grammar.
macro_rules! dialects {
    ($($name:literal $coding:ident $mark:ident $nul:ident $counts:ident $parse:expr;)*) => {
        /// Every dialect; the first is the default.
        pub const DIALECTS: &[Dialect] = &[$(Dialect {
            name: $name,
            text: Text { coding: Coding::$coding, mark: Mark::$mark, nul: Nul::$nul },
            counts: Counts::$counts,
            parse: $parse,
        },)*];
    };
}

dialects! {
    "python-dotenv"     Strict  Dropped Kept    Last  |text| Ok(python::interpolated(text));
    "python-dotenv-raw" Strict  Dropped Kept    Last  |text| Ok(python::raw(text));
    "docker"            Strict  Dropped Kept    Last  |text| lines::bindings(text, &lines::DOCKER);
    "kubectl"           Strict  Dropped Kept    Last  |text| lines::bindings(text, &lines::KUBECTL);
    "compose"           Kept    Dropped Kept    Last  |text| golang::bindings(text, &golang::COMPOSE);
    "godotenv"          Lossy   Kept    Kept    Last  |text| golang::bindings(text, &golang::GODOTENV);
    "systemd"           Strict  Kept    Refused Last  |text| Ok(systemd::bindings(text));
    "bash"              Bytes   Kept    LeftOut Last  |text| shell::bindings(text, &shell::BASH);
    "dash"              Bytes   Kept    LeftOut Last  |text| shell::bindings(text, &shell::DASH);
    "zsh"               Bytes   Kept    Ends    Last  |text| shell::bindings(text, &shell::ZSH);
    "xargs"             Ignored Kept    Ignored Last  |text| Ok(words::xargs(text));
    "make"              Bytes   Dropped Ends    Last  make::bindings;
    "direnv"            Kept    Kept    Ends    Last  direnv::bindings;
    "dotenv"            Lossy   Kept    Kept    Last  |text| Ok(npm::current(text));
    "dotenv-17"         Lossy   Kept    Kept    Last  |text| Ok(npm::current(text));
    "dotenv-16"         Lossy   Kept    Kept    Last  |text| Ok(npm::current(text));
    "dotenv-14"         Lossy   Kept    Kept    Last  |text| Ok(npm::by_line(text, &npm::VERSION_14));
    "dotenv-8"          Lossy   Kept    Kept    Last  |text| Ok(npm::by_line(text, &npm::VERSION_8));
    "dotenv-expand-12"  Lossy   Kept    Kept    Last  |text| Ok(npm::expanded(text));
    "dotenv-expand-1000" Lossy  Kept    Kept    Last  |text| Ok(npm::expanded_with_commands(text));
    "next"              Lossy   Kept    Kept    Last  npm::next;
    "node-env-file"     Lossy   Kept    Ends    Last  |text| Ok(node::bindings(text, &node::NODE));
    "deno"              Ignored Kept    Unset   First |text| Ok(node::bindings(text, &node::DENO));
    "phpdotenv"         Kept    Kept    Kept    Last  php::bindings;
    "symfony"           Bytes   Kept    Kept    Last  symfony::bindings;
    "django-environ"    Strict  Kept    Refused Last  |text| Ok(lines::django_environ(text));
    "decouple"          Strict  Kept    Kept    Last  |text| lines::bindings(text, &lines::PYTHON);
    "starlette"         Strict  Kept    Kept    Last  |text| lines::bindings(text, &lines::PYTHON);
    "honcho"            Strict  Kept    Kept    Last  words::honcho;
    "ruby-dotenv"       Strict  Dropped Kept    Last  ruby::bindings;
    "dotenvy"           Strict  Dropped Refused First |text| rust::bindings(text, &rust::DOTENVY);
    "rust-dotenv"       Strict  Kept    Refused First |text| rust::bindings(text, &rust::DOTENV);
    "java-properties"   Latin1  Kept    Kept    Last  properties::bindings;
}
