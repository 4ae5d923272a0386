//! AWS Secrets Manager as moto has it, with signatures and policies checked by botocore: secrets in,
//! the running server and logins to it out. boto3 puts the secrets there (`aws_seed.py`).

use std::path::Path;

use serde_json::{Value, json};

use super::fastapi::python_with;
use super::setup::{Unavailable, step};
use crate::common::service::Service;

const PINS: [&str; 2] = ["moto[server]==5.2.5", "boto3==1.44.8"];

/// A moto server with secrets in it.
pub struct Moto {
    server: Service,
    users: Value,
}

impl Moto {
    /// With these secrets, each with its versions, oldest first.
    ///
    /// # Errors
    /// When Python or its packages cannot be had.
    pub fn with(secrets: &[(&str, &[&str])]) -> Result<Self, Unavailable> {
        python()?;
        let server = Service::on_free_port(|port| {
            let mut moto = python().expect("it was there just now");
            moto.args(["-m", "moto.server", "-H", "127.0.0.1", "-p", &port.to_string()]);
            moto
        });
        let secrets: Value =
            secrets.iter().map(|(name, versions)| ((*name).to_owned(), json!(versions))).collect();
        let mut seed = python()?;
        seed.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/real/aws_seed.py"));
        seed.env("MOTO", server.url()).env("SECRETS", secrets.to_string());
        let users = step(&mut seed)?.stdout;
        let users = serde_json::from_slice(&users).map_err(|error| error.to_string())?;
        Ok(Self { server, users })
    }

    /// Where it serves.
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// The access key of a user and its secret.
    pub fn login(&self, user: &str) -> (String, String) {
        (self.part(user, 0), self.part(user, 1))
    }

    /// The temporary credentials of a role, as the metadata service of a container gives them.
    pub fn login_of_container(&self) -> String {
        let [id, secret, token] = [0, 1, 2].map(|index| self.part("role", index));
        let expiration = "2099-01-01T00:00:00Z";
        json!({ "AccessKeyId": id, "SecretAccessKey": secret, "Token": token, "Expiration": expiration })
            .to_string()
    }

    fn part(&self, user: &str, index: usize) -> String {
        self.users[user][index].as_str().expect("a user").to_owned()
    }
}

fn python() -> Result<std::process::Command, Unavailable> {
    let mut python = python_with("moto", &PINS.join(" "), &PINS.map(str::to_owned))?;
    // boto3 looks for a profile; there must be none.
    python.env("HOME", "/nonexistent");
    Ok(python)
}
