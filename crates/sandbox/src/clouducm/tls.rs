//! The port of the API: TLS with a certificate that nobody vouches for.

use std::{io, net::Ipv4Addr, net::SocketAddr, sync::Arc, time::Duration};

use aws_lc_rs::digest;
use rustls::{ServerConfig, pki_types::PrivateKeyDer};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::mpsc,
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

use super::hex;

/// Hands that are being shaken and connections that wait to be served.
const WAITING: usize = 64;
/// How long a client may take to greet.
const HANDSHAKE: Duration = Duration::from_secs(5);

/// Connections with TLS on them. Each shakes hands in a task of its own: one that says nothing holds up nobody.
pub(super) struct Listener {
    address: SocketAddr,
    certificate: String,
    ready: mpsc::Receiver<(TlsStream<TcpStream>, SocketAddr)>,
}

impl Listener {
    pub(super) async fn bind(port: u16) -> io::Result<Self> {
        let (config, certificate) = config()?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let address = listener.local_addr()?;
        let (sender, ready) = mpsc::channel(WAITING);
        let acceptor = TlsAcceptor::from(Arc::new(config));
        tokio::spawn(async move {
            loop {
                let accepted = tokio::select! {
                    accepted = listener.accept() => accepted,
                    () = sender.closed() => return,
                };
                let Ok((stream, peer)) = accepted else { continue };
                let (acceptor, sender) = (acceptor.clone(), sender.clone());
                tokio::spawn(async move {
                    // Who does not like the certificate goes away here.
                    if let Ok(Ok(stream)) = tokio::time::timeout(HANDSHAKE, acceptor.accept(stream)).await {
                        let _ = sender.send((stream, peer)).await;
                    }
                });
            }
        });
        Ok(Self { address, certificate, ready })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// SHA-256 in hex: what a client pins.
    pub(super) fn certificate(&self) -> &str {
        &self.certificate
    }
}

impl axum::serve::Listener for Listener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.ready.recv().await {
            Some(ready) => ready,
            // The task that accepts ended with the runtime; so will this.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        Ok(self.address)
    }
}

fn config() -> io::Result<(ServerConfig, String)> {
    let made = rcgen::generate_simple_self_signed(["ucm.local".to_owned()]).map_err(io::Error::other)?;
    let certificate = made.cert.der().clone();
    let pin = digest::digest(&digest::SHA256, &certificate);
    let pin = hex(pin.as_ref());
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).map_err(io::Error::other)?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(vec![certificate], key))
        .map_err(io::Error::other)?;
    Ok((config, pin))
}
