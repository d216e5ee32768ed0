//! A certificate that is known by its hash. A telephone system in somebody's office makes its own; the usual way out, not to
//! look at certificates at all, hands the password to whoever is in between.

use std::sync::Arc;

use aws_lc_rs::digest;
use rustls::{
    ClientConfig, DigitallySignedStruct, Error, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{CryptoProvider, aws_lc_rs::default_provider, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime},
};

use crate::outbound::OutboundError;

/// TLS that accepts one certificate and no other. `pin` is the SHA-256 of it in hex.
pub(crate) fn config(pin: &str) -> Result<ClientConfig, OutboundError> {
    let pin = hex::decode(pin).map_err(|_| OutboundError::BadUrl("the certificate's hash is not hex".to_owned()))?;
    let provider = Arc::new(default_provider());
    let verifier = Pinned { pin, provider: Arc::clone(&provider) };
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| OutboundError::BadUrl(format!("TLS cannot be set up: {error}")))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Ok(config)
}

#[derive(Debug)]
struct Pinned {
    pin: Vec<u8>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Pinned {
    /// The name and the dates in the certificate are not asked about: the hash says all.
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if digest::digest(&digest::SHA256, end_entity).as_ref() == self.pin {
            return Ok(ServerCertVerified::assertion());
        }
        Err(Error::General("the certificate is not the one that was pinned".to_owned()))
    }

    /// That the other side has the certificate's key is proved here; a hash alone could be shown by anybody.
    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
