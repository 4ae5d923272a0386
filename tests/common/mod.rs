//! Shared test code: running the binary in a scrubbed world, searching everything it leaves behind
//! for keys and tokens, starting services, making tokens by hand. Never judges the product itself.
//!
//! A test file says `mod common;` and then, for a run of the binary whose keys are all canaries:
//!
//! ```ignore
//! let project = Project::new();                      // temporary folder, home and TMPDIR
//! let key = project.canary();                        // a key that will be searched for
//! project.write(".env", &format!("JWT_SECRET_KEY={key}\n"));
//! project.write("probes.yaml", "…");
//! let run = project.authprobe(["check", "-o", "json"]).run();   // panics if a key leaked
//! run.assert_exit(0);
//! assert_eq!(run.service("main")["cause"], Value::Null);
//! ```

// Each test binary compiles all of this and uses a part of it.
#![allow(dead_code, unreachable_pub)]

pub mod authprobe;
pub mod canary;
pub mod http;
pub mod service;
pub mod token;
