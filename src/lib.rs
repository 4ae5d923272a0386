//! authprobe finds out why service B refuses service A's token. Data flows one way:
//! a [`plan::Plan`] is loaded, an investigation asks [`question::Question`]s, each is minted into
//! a [`variant::Variant`], replayed into an [`observation::Observation`], and in the end there is
//! a [`diagnosis::Diagnosis`] to report.
//!
//! | stage | takes | gives | never |
//! |---|---|---|---|
//! | [`load`] | probes.yaml and the keys it names | `Plan` | asks a service; a secret store only |
//! | [`explain`] | a caught token, observations | questions, then an explanation | sends or mints |
//! | [`investigate`] | facts about a service, observations | questions, then a diagnosis | holds a key, a socket or a clock |
//! | [`mint`] | a question, a keyring | a variant | decides what to ask |
//! | [`replay`] | a variant | an observation | judges |
//! | [`rotate`] | an inventory and a new key | changed files, all or none | holds a key longer than it must |
//! | [`audit`] | the places of all keys | how each stands, findings | sends, writes or shows a value |
//! | [`smoke`] | answers to tokens under two keys | questions, then who is still on the old key | sends, mints or tells the time |
//! | [`report`] | a diagnosis | text or JSON | measures |
//!
//! Stages import the nouns of this folder and their own files, never one another; only
//! [`pipeline`] composes them, and only `cli` prints, exits or reads the environment. `key` and
//! `clock` are pure knowledge that stages may use. `tests/architecture.rs` holds this rule.

pub mod audit;
pub mod audit_finding;
pub mod audit_ground;
pub mod audit_outcome;
pub mod behaviour;
pub mod carrier;
pub mod cause;
pub mod check;
pub mod cli;
pub mod clock;
pub mod clock_reading;
pub mod convergence;
pub mod demo;
pub mod diagnosis;
pub mod explain;
pub mod explanation;
pub mod facts;
pub mod fraction;
pub mod hostile;
pub mod inventory;
pub mod investigate;
pub mod key;
pub mod key_state;
pub mod keyring;
pub mod limits;
pub mod load;
pub mod loader;
pub mod mint;
pub mod observation;
pub mod pipeline;
pub mod plan;
pub mod question;
pub mod rehearsal;
pub mod replay;
pub mod replica;
pub mod report;
pub mod rotate;
pub mod rotation;
pub mod scope;
pub mod scrub;
pub mod secret;
pub mod smoke;
pub mod time;
pub mod variant;
pub mod verdict;
pub mod watch;
