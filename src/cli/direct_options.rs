//! The options for a check without a configuration. No option takes a key itself: other users can
//! read the arguments of a process.

use clap::builder::PossibleValuesParser;

use crate::key::encoding;
use crate::plan::Algorithm;

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Without a configuration")]
#[group(skip)]
pub(super) struct DirectOptions {
    /// The shared key, from an environment variable
    #[arg(long, value_name = "VAR", group = "key")]
    pub(super) key_env: Option<String>,

    /// The shared key, from a file; - is standard input
    ///
    /// Every byte counts, a final newline too.
    #[arg(long, value_name = "FILE", group = "key")]
    pub(super) key_file: Option<String>,

    /// The shared key, from a variable of an env file
    #[arg(long, value_name = "FILE:VAR", group = "key")]
    pub(super) key_dotenv: Option<String>,

    /// A claim of the test tokens (repeatable)
    ///
    /// The value is JSON if it can be read as JSON, else text: level=3 is a number, level='"3"' is
    /// text. sub=null leaves out sub, which is authprobe unless you name another.
    #[arg(long = "claim", value_name = "NAME=VALUE")]
    pub(super) claims: Vec<String>,

    /// The algorithm that the services should accept
    #[arg(long, value_name = "ALG", value_parser = PossibleValuesParser::new(Algorithm::ALL.map(Algorithm::name)), hide_possible_values = true, hide_short_help = true)]
    pub(super) alg: Option<String>,

    /// Send the token in this header
    ///
    /// NAME or "NAME: SCHEME". Authorization has the scheme Bearer unless another is named; another
    /// header carries the bare token. Without this, the token goes to Authorization.
    #[arg(long, value_name = "HEADER", group = "carrier", hide_short_help = true)]
    pub(super) header: Option<String>,

    /// Send it in this cookie
    #[arg(long, value_name = "NAME", group = "carrier", hide_short_help = true)]
    pub(super) cookie: Option<String>,

    /// Send it in this query parameter
    #[arg(long, value_name = "NAME", group = "carrier", hide_short_help = true)]
    pub(super) query: Option<String>,

    /// How the text of each key becomes bytes; as it is (raw) unless said otherwise
    #[arg(long, value_name = "ENCODING", value_parser = PossibleValuesParser::new(encoding::NAMES.map(|(name, _)| name)), hide_short_help = true)]
    pub(super) encoding: Option<String>,

    /// A key that was in use before and must be refused now (repeatable)
    #[arg(long = "previous-key-env", value_name = "VAR", hide_short_help = true)]
    pub(super) previous_env: Vec<String>,

    /// The same, from a file
    #[arg(long = "previous-key-file", value_name = "FILE", hide_short_help = true)]
    pub(super) previous_file: Vec<String>,

    /// The same, from a variable of an env file
    #[arg(long = "previous-key-dotenv", value_name = "FILE:VAR", hide_short_help = true)]
    pub(super) previous_dotenv: Vec<String>,

    /// A PEM or JWK file that must not serve as an HMAC key; for --hostile
    #[arg(long, value_name = "FILE", hide_short_help = true)]
    pub(super) public_key_file: Option<String>,

    /// How long one request may take, such as 10s
    #[arg(long, value_name = "DURATION", hide_short_help = true)]
    pub(super) timeout: Option<String>,

    /// Addresses that stand for the host of a URL, each asked by itself (repeatable)
    ///
    /// As for curl: api.example:443:10.0.0.1,10.0.0.2. An address may have a port of its own. Host
    /// and certificate stay those of the URL. Without this, the system's resolver names them.
    #[arg(long, value_name = "HOST:PORT:ADDR[,ADDR]", hide_short_help = true)]
    pub(super) resolve: Vec<String>,
}

impl DirectOptions {
    /// Whether the shared key is named.
    pub(super) fn names_a_key(&self) -> bool {
        [&self.key_env, &self.key_file, &self.key_dotenv].iter().any(|key| key.is_some())
    }

    /// Whether any of them was given.
    pub(super) fn is_used(&self) -> bool {
        let single = [
            &self.key_env,
            &self.key_file,
            &self.key_dotenv,
            &self.alg,
            &self.header,
            &self.cookie,
            &self.query,
            &self.encoding,
            &self.timeout,
            &self.public_key_file,
        ];
        let repeated = [
            &self.claims,
            &self.previous_env,
            &self.previous_file,
            &self.previous_dotenv,
            &self.resolve,
        ];
        single.iter().any(|given| given.is_some()) || repeated.iter().any(|given| !given.is_empty())
    }
}
