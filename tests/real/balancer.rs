//! `HAProxy` before replicas of one service that take turns: the replicas in, the running balancer
//! out. The configuration is `families/balancer.cfg`.

use std::fmt::Write as _;
use std::fs;
use std::process::Command;

use tempfile::TempDir;

use super::debian::packages;
use super::setup::Unavailable;
use crate::common::service::Service;

/// What takes turns.
#[derive(Clone, Copy, PartialEq)]
pub enum Turns {
    /// Each request.
    Requests,
    /// Each request, and a header field tells whose turn it was: `replica-0` and so on.
    NamedRequests,
    /// Each connection, as long as it lives.
    Connections,
}

/// A running balancer and the folder it works in.
pub struct Balancer {
    service: Service,
    _folder: TempDir,
}

impl Balancer {
    /// Starts it before these.
    ///
    /// # Errors
    /// When `HAProxy` cannot be had.
    pub fn before(replicas: &[&Service], turns: Turns) -> Result<Self, Unavailable> {
        let files = packages("haproxy", &["haproxy"], |root| {
            Some(root.join("usr/sbin/haproxy")).filter(|path| path.is_file())
        })?;
        let folder = TempDir::new().map_err(|error| error.to_string())?;
        let path = folder.path().join("haproxy.cfg");
        let mode = if turns == Turns::Connections { "tcp" } else { "http" };
        let lines = include_str!("families/balancer.cfg").lines();
        let named = |line: &&str| turns == Turns::NamedRequests || !line.ends_with("# NAMED");
        let mut text = lines.filter(named).collect::<Vec<_>>().join("\n").replace("MODE", mode);
        for (number, replica) in replicas.iter().enumerate() {
            let address = replica.address();
            write!(text, "\n    server replica-{number} {address}").expect("a text grows");
        }
        text.push('\n');
        let service = Service::on_free_port(|port| {
            let text = text.replace("127.0.0.1:PORT", &format!("127.0.0.1:{port}"));
            fs::write(&path, text).expect("the configuration");
            let mut haproxy = Command::new(&files.found);
            haproxy.args(["-db", "-f"]).arg(&path);
            haproxy.env_clear().env("LD_LIBRARY_PATH", files.libraries());
            haproxy
        });
        Ok(Self { service, _folder: folder })
    }

    /// Where it serves, as `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        self.service.url()
    }
}
