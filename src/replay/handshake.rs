//! An error of the TLS library in, a lower-case fact out. A table: one row for each cause that has
//! a remedy of its own.

use rustls::{AlertDescription, CertificateError, InvalidMessage, PeerIncompatible};

/// What went wrong in the TLS handshake (RFC 8446 section 6), from the server's side of the story.
pub(super) fn handshake(error: &rustls::Error) -> String {
    use rustls::Error as Tls;
    let fact = match error {
        Tls::InvalidCertificate(cause) => return certificate(cause),
        Tls::InvalidMessage(InvalidMessage::InvalidContentType) => {
            "the port does not speak TLS; it may want http://"
        }
        Tls::AlertReceived(AlertDescription::CertificateRequired) => {
            "the service wants a client certificate"
        }
        Tls::AlertReceived(
            AlertDescription::UnknownCA
            | AlertDescription::BadCertificate
            | AlertDescription::CertificateUnknown
            | AlertDescription::CertificateExpired
            | AlertDescription::AccessDenied,
        ) => "the service refuses our client certificate",
        Tls::AlertReceived(AlertDescription::ProtocolVersion)
        | Tls::PeerIncompatible(PeerIncompatible::ServerDoesNotSupportTls12Or13) => {
            "the service speaks no TLS version that is still safe (1.2 or 1.3)"
        }
        Tls::AlertReceived(AlertDescription::UnrecognisedName) => {
            "the service does not know itself by this host name"
        }
        Tls::AlertReceived(AlertDescription::NoApplicationProtocol)
        | Tls::NoApplicationProtocol => "the service speaks neither HTTP/1.1 nor HTTP/2 over TLS",
        other => return format!("the TLS handshake failed: {other}"),
    };
    fact.into()
}

fn certificate(cause: &CertificateError) -> String {
    let fact = match cause {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "the certificate has expired"
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "the certificate is not valid yet; check the clock of this machine first"
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "the certificate is for another host name"
        }
        CertificateError::UnknownIssuer => {
            "the certificate comes from an authority that is not trusted here"
        }
        CertificateError::BadSignature => {
            "the certificate is not signed by the authority whose name it bears"
        }
        CertificateError::Revoked => "the certificate is revoked",
        other => return format!("the certificate is refused: {other}"),
    };
    fact.into()
}
