//! probes.yaml as it is written: every field, its type, and the words that the JSON Schema gives it.
//! Never checks one field against another.

use serde_json::Value;

use super::decode::{Confidential, Named};
use super::fields::record;
use super::scalars::{
    DialectName, EncodingName, HeaderName, HiddenText, MethodName, Offset, SignedWith, Span,
    StageName,
};
use super::tree::Placed;
use super::unions::{Arguments, HeaderCondition, HeaderValue, Statuses, Timeout};

record! {
    /// The services of a fleet, how to reach them in each environment, and which keys they should use.
    #[schemars(title = "probes.yaml")]
    Configuration "a mapping with version, services and environments" {
        /// The version of this format; always 1.
        #[schemars(range(min = 1, max = 1))]
        version: Placed<u32>,
        /// The environment to probe when none is named on the command line.
        default_environment: Option<Placed<String>>,
        /// What every test token carries.
        token: Option<Placed<Token>>,
        /// What the report holds the fleet to.
        policy: Option<Placed<Policy>>,
        /// Where the token travels; `Authorization: Bearer` unless said otherwise.
        send: Option<Placed<Send>>,
        /// Certificates for TLS inside the house.
        tls: Option<Placed<Tls>>,
        /// The proxy to use; none unless it is named here, whatever the process environment says.
        proxy: Option<Placed<String>>,
        /// The limits of time for one request.
        timeout: Option<Placed<Timeout>>,
        /// How many requests may be under way, and how much one service may be asked.
        limits: Option<Placed<Limits>>,
        /// The services, in the order of the report.
        services: Placed<Vec<Placed<Service>>>,
        /// The environments by name.
        environments: Placed<Named<Environment>>,
    }
}

record! {
    /// What every test token carries.
    Token "a mapping" {
        /// The algorithm that signs it; HS256 unless said otherwise.
        algorithm: Option<Placed<SignedWith>>,
        /// How long a test token lives; 60s unless said otherwise.
        lifetime: Option<Placed<Span>>,
        /// The claims beside exp, iat, nbf and jti. null takes a claim of the top level away.
        claims: Option<Placed<Named<Value>>>,
        /// The header members beside alg. null takes a member of the top level away.
        header: Option<Placed<Named<Value>>>,
        /// Adds nbf, this far from now: -30s is half a minute ago.
        not_before: Option<Placed<Offset>>,
        /// Whether iat is added; true unless said otherwise.
        issued_at: Option<Placed<bool>>,
    }
}

record! {
    /// What the report holds a service to.
    Policy "a mapping" {
        /// The algorithms that may be accepted; HS256 alone unless said otherwise.
        #[schemars(length(min = 1))]
        algorithms: Option<Placed<Vec<Placed<SignedWith>>>>,
        /// The longest leeway that passes; 60s unless said otherwise.
        max_leeway: Option<Placed<Span>>,
        /// The largest clock skew that passes, either way; 5s unless said otherwise.
        max_clock_skew: Option<Placed<Span>>,
        /// The shortest key that passes, in bits; 256 unless said otherwise.
        min_key_bits: Option<Placed<u32>>,
        /// The oldest key that passes; 90d unless said otherwise.
        max_key_age: Option<Placed<Span>>,
    }
}

record! {
    /// Where the token travels: in a header, a cookie or a query parameter.
    #[schemars(extend("oneOf" = [
        { "anyOf": [{ "required": ["header"] }, { "required": ["scheme"] }] },
        { "required": ["cookie"] },
        { "required": ["query"] },
    ]))]
    Send "a mapping such as { cookie: NAME }" {
        /// The header's name.
        header: Option<Placed<HeaderName>>,
        /// The word before the token; Bearer for Authorization, none for another header or if empty.
        scheme: Option<Placed<String>>,
        /// The cookie's name.
        cookie: Option<Placed<String>>,
        /// The query parameter's name.
        query: Option<Placed<String>>,
    }
}

record! {
    /// Where a key is read. It never stands in this file itself.
    #[schemars(extend("oneOf" = [
        { "required": ["dotenv", "variable"] },
        { "required": ["env"] },
        { "required": ["file"] },
        { "required": ["command"] },
        { "required": ["kubernetes_secret", "field"] },
        { "required": ["vault", "field"] },
        { "required": ["aws_secretsmanager"] },
    ]))]
    #[derive(Default)]
    KeySource "a key source such as { dotenv: .env, variable: JWT_SECRET_KEY }" {
        /// An env file, relative to this file; {environment} stands for the environment's name.
        dotenv: Option<Placed<String>>,
        /// The variable in the env file.
        variable: Option<Placed<String>>,
        /// The loader whose reading of the env file counts; guessed from the files around it unless said
        /// otherwise.
        dialect: Option<Placed<DialectName>>,
        /// An environment variable of authprobe itself.
        env: Option<Placed<String>>,
        /// A file that holds the key and nothing else: every byte counts, a final newline too.
        file: Option<Placed<String>>,
        /// A program and its arguments, run without a shell; one final newline of what it prints is dropped.
        #[schemars(length(min = 1))]
        command: Option<Placed<Arguments>>,
        /// A file with the manifest of a Kubernetes Secret, YAML or JSON, relative to this file.
        kubernetes_secret: Option<Placed<String>>,
        /// The name of the Secret, where the file holds several.
        name: Option<Placed<String>>,
        /// The path of a secret in Vault or `OpenBao`, KV version 2, as `vault kv get` takes it.
        vault: Option<Placed<String>>,
        /// The mount of the secrets engine; the first part of the path unless said otherwise.
        mount: Option<Placed<String>>,
        /// The address of the Vault server; `VAULT_ADDR` unless said otherwise.
        address: Option<Placed<String>>,
        /// The Vault namespace; `VAULT_NAMESPACE` unless said otherwise.
        namespace: Option<Placed<String>>,
        /// A file with the Vault token; `VAULT_TOKEN`, then ~/.vault-token unless said otherwise.
        token_file: Option<Placed<String>>,
        /// A PEM file with certificate authorities to trust for Vault; `VAULT_CACERT` unless said otherwise.
        ca: Option<Placed<String>>,
        /// The name or ARN of a secret in AWS Secrets Manager.
        aws_secretsmanager: Option<Placed<String>>,
        /// The AWS region; that of the ARN, of `AWS_REGION` or of the profile unless said otherwise.
        region: Option<Placed<String>>,
        /// The staging label of the AWS secret's version; AWSCURRENT unless said otherwise.
        stage: Option<Placed<StageName>>,
        /// The field: under `data` or `stringData`, of the Vault secret, or of the JSON in the AWS secret.
        field: Option<Placed<String>>,
        /// How the text becomes bytes; raw, as it is, unless said otherwise.
        encoding: Option<Placed<EncodingName>>,
    }
}

record! {
    /// A further file that holds the same key of the same environment.
    #[schemars(extend("oneOf" = [{ "required": ["dotenv"] }, { "required": ["file"] }]))]
    KeyCopy "a further file such as { dotenv: .env, if_exists: true }" {
        /// An env file, relative to this file; {environment} stands for the environment's name.
        dotenv: Option<Placed<String>>,
        /// The variable in the env file; that of `key` unless said otherwise.
        variable: Option<Placed<String>>,
        /// The loader whose reading of the env file counts; that of `key` unless said otherwise.
        dialect: Option<Placed<DialectName>>,
        /// A file that holds the key and nothing else.
        file: Option<Placed<String>>,
        /// How the text becomes bytes; as for `key` unless said otherwise.
        encoding: Option<Placed<EncodingName>>,
        /// Whether it is fine when the file is missing; false unless said otherwise.
        if_exists: Option<Placed<bool>>,
        /// The environments whose key stands there; all unless said otherwise.
        #[schemars(length(min = 1))]
        environments: Option<Placed<Vec<Placed<String>>>>,
    }
}

record! {
    /// One service and its auth endpoint.
    Service "a mapping with a name and an endpoint" {
        /// The name in reports and under `urls`.
        name: Placed<String>,
        /// Whether this service's key is the master that all others must hold.
        source_of_truth: Option<Placed<bool>>,
        /// A path that needs a token, joined to the environment's url, or a whole URL.
        endpoint: Placed<String>,
        /// Where the token travels, if not as for the other services.
        send: Option<Placed<Send>>,
        /// Where this service reads its key.
        key: Option<Placed<Confidential<KeySource>>>,
        /// Further files that hold the same key: `rotate` changes them together with `key`.
        key_copies: Option<Placed<Vec<Placed<Confidential<KeyCopy>>>>>,
        /// What restarts the service after a rotation: a program and its arguments, run without a shell.
        restart: Option<Placed<Confidential<Arguments>>>,
        /// What differs from `token` of the top level.
        token: Option<Placed<Token>>,
        /// What differs from `policy` of the top level.
        policy: Option<Placed<Policy>>,
        /// What this service may be asked, if not as much as `limits` of the top level says.
        limits: Option<Placed<Quota>>,
        /// Whether `check --hostile` may send this service what attackers send; false unless said otherwise.
        allow_hostile: Option<Placed<bool>>,
        /// A file with the service's public key, for `check --hostile`: it must not serve as an HMAC key.
        public_key: Option<Placed<String>>,
        /// The request method; GET unless said otherwise.
        method: Option<Placed<MethodName>>,
        /// Extra request headers, as text or from an environment variable.
        headers: Option<Placed<Confidential<Named<HeaderValue>>>>,
        /// The request body.
        body: Option<Placed<HiddenText>>,
        /// The limits of time for one request, if not as for the other services.
        timeout: Option<Placed<Timeout>>,
        /// Certificates, if not as for the other services.
        tls: Option<Placed<Tls>>,
        /// The proxy, if not as for the other services.
        proxy: Option<Placed<String>>,
        /// An answer like this is an acceptance, whatever calibration says.
        accept: Option<Placed<Condition>>,
        /// An answer like this is a rejection, whatever calibration says.
        reject: Option<Placed<Condition>>,
    }
}

record! {
    /// What an answer must show; every part that is given must hold.
    Condition "a mapping" {
        /// One of these statuses.
        status: Option<Placed<Statuses>>,
        /// A text that the body contains.
        body: Option<Placed<String>>,
        /// A header that is there.
        header: Option<Placed<HeaderCondition>>,
    }
}

record! {
    /// One environment of the fleet.
    Environment "a mapping" {
        /// The base url of each service.
        urls: Option<Placed<Named<String>>>,
        /// The addresses behind the host of a service's url, where each should be asked by itself.
        addresses: Option<Placed<Named<Vec<Placed<String>>>>>,
        /// Keys that were in use before and must be refused now, latest first. Their env files are read as
        /// that of the source of truth unless they say otherwise.
        previous_keys: Option<Placed<Vec<Placed<Confidential<KeySource>>>>>,
        /// What restarts each service here, where it differs from the service's own `restart`.
        restart: Option<Placed<Named<Confidential<Arguments>>>>,
    }
}

record! {
    /// PEM files, relative to this file.
    Tls "a mapping" {
        /// Certificate authorities to trust beside the system's.
        ca: Option<Placed<String>>,
        /// A client certificate and its private key.
        client_certificate: Option<Placed<String>>,
    }
}

record! {
    /// How many requests may be under way, and how much one service may be asked.
    Limits "a mapping" {
        /// To one service; 4 unless said otherwise.
        #[schemars(range(min = 1, max = 1000))]
        per_service: Option<Placed<u32>>,
        /// In all; 64 unless said otherwise.
        #[schemars(range(min = 1, max = 1000))]
        total: Option<Placed<u32>>,
        /// The most that one service is sent in a run; 360 unless said otherwise.
        #[schemars(range(min = 10, max = 1000))]
        requests: Option<Placed<u32>>,
        /// The most that one service is sent in a second; as fast as it answers unless said otherwise.
        #[schemars(range(min = 1, max = 1000))]
        per_second: Option<Placed<u32>>,
    }
}

record! {
    /// What one service may be asked, if not as much as the others.
    Quota "a mapping" {
        /// The most that it is sent in a run.
        #[schemars(range(min = 10, max = 1000))]
        requests: Option<Placed<u32>>,
        /// The most that it is sent in a second.
        #[schemars(range(min = 1, max = 1000))]
        per_second: Option<Placed<u32>>,
    }
}
