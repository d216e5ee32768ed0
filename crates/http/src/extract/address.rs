//! Who is calling, by address. A proxy's word about it counts only when the proxy is one of ours: anybody can send an
//! `X-Forwarded-For`.

use std::{
    convert::Infallible,
    fmt,
    net::{IpAddr, Ipv4Addr, SocketAddr},
};

use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{Extensions, HeaderMap, request::Parts},
};

use crate::state::{TrustsPeer, Web};

/// The client's address; the unspecified one where the server was not told (in tests without a socket).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClientAddress(pub IpAddr);

impl fmt::Display for ClientAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl ClientAddress {
    pub fn of(headers: &HeaderMap, extensions: &Extensions, trusts: &TrustsPeer) -> Self {
        let peer = extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(address)| address.ip().to_canonical());
        let forwarded: Vec<&str> = headers
            .get_all("x-forwarded-for")
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .map(str::trim)
            .collect();
        Self(nearest_stranger(peer, &forwarded, trusts))
    }
}

/// Walks from the peer outwards for as long as each hop is one of ours: the first stranger is the client. What a stranger
/// wrote further left is hearsay.
fn nearest_stranger(peer: IpAddr, forwarded: &[&str], trusts: &TrustsPeer) -> IpAddr {
    let mut nearest = peer;
    for hop in forwarded.iter().rev() {
        if !trusts(nearest) {
            break;
        }
        match parse(hop) {
            Some(address) => nearest = address,
            None => break,
        }
    }
    nearest
}

/// An address, with or without a port.
fn parse(hop: &str) -> Option<IpAddr> {
    hop.parse()
        .ok()
        .or_else(|| hop.parse::<SocketAddr>().ok().map(|socket| socket.ip()))
        .map(|ip: IpAddr| ip.to_canonical())
}

impl FromRequestParts<Web> for ClientAddress {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.headers, &parts.extensions, &web.options.trusts_peer))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn only_our_own_proxies_are_believed() {
        let ours: TrustsPeer = Arc::new(|address| address.is_loopback() || address == IpAddr::from([10, 0, 0, 1]));
        let seen = |peer: [u8; 4], forwarded: &[&str]| nearest_stranger(peer.into(), forwarded, &ours).to_string();
        assert_eq!(seen([127, 0, 0, 1], &["1.2.3.4"]), "1.2.3.4");
        assert_eq!(seen([8, 8, 8, 8], &["1.2.3.4"]), "8.8.8.8");
        // The client invented the first; our outer proxy added the second.
        assert_eq!(seen([127, 0, 0, 1], &["6.6.6.6", "1.2.3.4", "10.0.0.1"]), "1.2.3.4");
        assert_eq!(seen([127, 0, 0, 1], &["1.2.3.4", "rubbish"]), "127.0.0.1");
        assert_eq!(seen([127, 0, 0, 1], &["[2001:db8::1]:443"]), "2001:db8::1");
    }
}
