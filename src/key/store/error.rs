//! Why a secret store gave no key: what, where, and how it is mended. Never a value or a token, and
//! never what a server wrote.

use crate::key::file::FileError;

/// Why a secret store gave no key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// This build does not know Vault.
    #[error("this authprobe was built without Vault")]
    VaultLeftOut,
    /// This build does not know AWS.
    #[error("this authprobe was built without AWS Secrets Manager")]
    AwsLeftOut,
    /// The HTTP or TLS library has no client to give.
    #[error("the HTTP client cannot be set up")]
    Client,
    /// The server gave no answer; it may hold no userinfo.
    #[error("{server} cannot be reached: {reason}")]
    Unreachable {
        /// Scheme, host and port.
        server: String,
        /// What is at the root of it.
        reason: String,
    },
    /// There is no trust between the server and us.
    #[error("{server} cannot be trusted: {reason}")]
    Tls {
        /// Scheme, host and port.
        server: String,
        /// What the TLS library says.
        reason: String,
    },
    /// No key is that large.
    #[error("{0} answered with more than 10 MB")]
    TooLarge(String),
    /// A status that has no meaning here.
    #[error("{server} answered {status}")]
    Status {
        /// Scheme, host and port.
        server: String,
        /// The status.
        status: u16,
    },
    /// An answer that is none of a secret store.
    #[error("{0} does not answer like a secret store")]
    NotAStore(String),
    /// The secret is there and has other fields; their names.
    #[error("{secret} has no such field; the fields it has: {fields}")]
    NoField {
        /// The secret.
        secret: String,
        /// The names of its fields.
        fields: String,
    },
    /// The field is a number, a structure or the like.
    #[error("the field of {0} holds no text")]
    NotText(String),
    /// A field is wanted, and the secret has none.
    #[error("{0} is no JSON object, so it has no fields")]
    NoFields(String),
    /// The secret has fields, and none is named; their names.
    #[error("{secret} is a JSON object and no key; the fields it has: {fields}")]
    NeedsField {
        /// The secret.
        secret: String,
        /// The names of its fields.
        fields: String,
    },
    /// No address of a Vault server.
    #[error("no address of a Vault server is known")]
    NoAddress,
    /// The address is no URL of an HTTP server.
    #[error("the address of the Vault server is not a plain http or https URL")]
    BadAddress,
    /// The namespace cannot be sent.
    #[error("this cannot be a Vault namespace")]
    BadNamespace,
    /// The path has a mount only.
    #[error("the path names a mount and no secret in it")]
    NoPath,
    /// A file that is needed cannot be read.
    #[error("cannot read {file}: {error}")]
    File {
        /// The file.
        file: String,
        /// Why not.
        error: FileError,
    },
    /// The file of authorities holds none.
    #[error("{0} holds no certificate in PEM form")]
    NoCertificate(String),
    /// No token for Vault.
    #[error("there is no login for {0}: no token was found")]
    NoToken(String),
    /// The token cannot be sent.
    #[error("what should be the Vault token holds characters that no token has")]
    BadToken,
    /// Vault does not know the token.
    #[error("{0} does not know the token: it is wrong, expired or revoked")]
    TokenRefused(String),
    /// Vault knows the token and keeps the secret from it.
    #[error("the token may not read {0}")]
    MayNotRead(String),
    /// One of the two before; Vault does not tell which.
    #[error("{server} refuses to read {secret}: the token is expired, or may not read it")]
    Refused {
        /// Scheme, host and port.
        server: String,
        /// The secret.
        secret: String,
    },
    /// There is no such secret.
    #[error("there is no secret at {0}")]
    NoSecret(String),
    /// Its latest version was deleted.
    #[error("the latest version of {0} is deleted")]
    Deleted(String),
    /// Its latest version was destroyed.
    #[error("the latest version of {0} is destroyed")]
    Destroyed(String),
    /// No secrets engine is mounted where the path says.
    #[error("no secrets engine is mounted for {0}")]
    NoEngine(String),
    /// The key-value engine has no versions.
    #[error("{0} is not in a key-value engine of version 2")]
    OldEngine(String),
    /// Vault is locked.
    #[error("the Vault at {0} is sealed")]
    Sealed(String),
    /// Another server of a Vault cluster is active, or a front door points elsewhere.
    #[error("{0} redirects to another address, and the login is not sent there")]
    Redirected(String),
    /// No region for AWS.
    #[error("no AWS region is known")]
    NoRegion,
    /// The region is no name of one.
    #[error("this is not the name of an AWS region")]
    BadRegion,
    /// What the environment names in place of AWS is no URL of an HTTP server.
    #[error("the endpoint that the environment names for AWS is not a plain http or https URL")]
    BadEndpoint,
    /// Nothing to sign with.
    #[error("no AWS login was found, or it is expired")]
    NoLogin,
    /// AWS does not take the login.
    #[error("AWS does not take the login: {0}")]
    LoginRefused(String),
    /// AWS knows the login and keeps the secret from it.
    #[error("the AWS login may not read {0}")]
    AwsMayNotRead(String),
    /// AWS found no such secret, or none with this staging label.
    #[error("there is no {0}")]
    AwsNoSecret(String),
    /// The secret waits for its deletion.
    #[error("{0} is marked for deletion")]
    AwsDeleted(String),
    /// The key that encrypts the secret is out of reach.
    #[error("AWS cannot decrypt {0}: its KMS key is out of reach")]
    AwsUndecipherable(String),
    /// Any other refusal, by the name that AWS gives it.
    #[error("AWS refuses to read {secret}: {code}")]
    AwsRefused {
        /// The secret.
        secret: String,
        /// The error's name.
        code: String,
    },
}

impl StoreError {
    /// How it is mended; empty where that is plain.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self {
            Self::VaultLeftOut => {
                "build it with `--features vault`, or let the client ask: \
                 { command: [vault, kv, get, -field=FIELD, PATH] }"
            }
            Self::AwsLeftOut => {
                "build it with `--features aws`, or let the client ask: { command: [aws, \
                 secretsmanager, get-secret-value, --secret-id, NAME, --query, SecretString, \
                 --output, text] }"
            }
            Self::Unreachable { .. } => "is the address right, and the server up and in reach?",
            Self::Tls { .. } => {
                "name the file with its certificate authority: for Vault with `ca` or VAULT_CACERT"
            }
            Self::NotAStore(_) | Self::BadAddress => {
                "correct the address: https://vault.example:8200"
            }
            Self::NoField { .. } => "correct `field`",
            Self::NeedsField { .. } => "add `field` with the name of one",
            Self::NotText(_) => "store the key as text",
            Self::NoFields(_) => "leave `field` out: all of the secret is then the key",
            Self::NoAddress => "export VAULT_ADDR, or add `address`",
            Self::NoPath => "write the path as for `vault kv get`: secret/remotehive/jwt",
            Self::NoCertificate(_) => "name a file with `-----BEGIN CERTIFICATE-----` in it",
            Self::NoToken(_) => {
                "log in with `vault login`, export VAULT_TOKEN, or add `token_file`"
            }
            Self::BadToken | Self::TokenRefused(_) => "log in anew with `vault login`",
            Self::MayNotRead(_) => {
                "let a policy of the token allow `read` on MOUNT/data/PATH, or correct the path"
            }
            Self::Refused { .. } => "`vault token lookup` tells whether the token is still good",
            Self::NoSecret(_) => {
                "correct the path; it is written as for `vault kv get`, without data/ in it"
            }
            Self::Deleted(_) => "`vault kv undelete` brings it back, `vault kv put` writes anew",
            Self::Destroyed(_) => "write the key anew with `vault kv put`",
            Self::NoEngine(_) => {
                "correct the path, name its mount with `mount` where it has several parts, or `namespace`"
            }
            Self::OldEngine(_) => {
                "let the client ask: { command: [vault, kv, get, -field=FIELD, PATH] }"
            }
            Self::Sealed(_) => "an operator opens it with `vault operator unseal`",
            Self::Redirected(_) => "name the address that it redirects to, if it is the right one",
            Self::NoRegion => "export AWS_REGION, or add `region`",
            Self::BadRegion => "write it as in eu-central-1",
            Self::BadEndpoint => "correct AWS_ENDPOINT_URL_SECRETS_MANAGER or AWS_ENDPOINT_URL",
            Self::NoLogin => {
                "log in with `aws sso login`, or export AWS_PROFILE or AWS_ACCESS_KEY_ID; a profile \
                 that assumes a role or runs a program is not read: use `command: [aws, …]`"
            }
            Self::LoginRefused(_) => {
                "`aws sts get-caller-identity` tells whether it is still good; a signature is also \
                 refused where the clock of this machine is wrong"
            }
            Self::AwsMayNotRead(_) => {
                "allow secretsmanager:GetSecretValue on it, and on its KMS key"
            }
            Self::AwsNoSecret(_) => "correct its name, `region` or `stage`",
            Self::AwsDeleted(_) => "`aws secretsmanager restore-secret` brings it back",
            Self::AwsUndecipherable(_) => {
                "allow kms:Decrypt on the key, and see that it is enabled"
            }
            Self::Client
            | Self::TooLarge(_)
            | Self::Status { .. }
            | Self::BadNamespace
            | Self::File { .. }
            | Self::AwsRefused { .. } => "",
        }
    }
}
