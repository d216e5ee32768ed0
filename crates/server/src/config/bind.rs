//! Where the server listens.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use super::{
    catalogue::{CDR_TCP_PORT, HOST, PORT, WEBSOCKET_PORT},
    fault::Wrong,
    reader::Reader,
};

#[derive(Debug, Clone)]
pub struct BindSettings {
    /// `HOST`, default 0.0.0.0: the address to listen on.
    pub host: IpAddr,
    /// `PORT`, default 4000: everything. 0 takes any free port.
    pub port: u16,
    /// `WEBSOCKET_PORT`: a second listener for the sockets. `None` when it is not set or the same as `PORT`, where the
    /// sockets are anyway.
    pub websocket_port: Option<u16>,
    /// `CDR_TCP_PORT`, default none: call records without HTTP.
    pub record_port: Option<u16>,
}

impl BindSettings {
    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let host = reader.parse(&HOST, host);
        let port = reader.parse(&PORT, port);
        let websocket_port = reader.parse(&WEBSOCKET_PORT, self::port).filter(|&second| Some(second) != port);
        let record_port = reader.parse(&CDR_TCP_PORT, self::port);
        if record_port.is_some_and(|third| third != 0 && (Some(third) == port || Some(third) == websocket_port)) {
            let wrong = "it is the port of something else of this server";
            reader.fault(&CDR_TCP_PORT, Wrong::new(wrong, "take another one"));
        }
        Some(Self { host: host?, port: port?, websocket_port, record_port })
    }

    pub fn address(&self) -> SocketAddr {
        SocketAddr::new(self.host, self.port)
    }

    pub fn websocket_address(&self) -> Option<SocketAddr> {
        self.websocket_port.map(|port| SocketAddr::new(self.host, port))
    }

    pub fn record_address(&self) -> Option<SocketAddr> {
        self.record_port.map(|port| SocketAddr::new(self.host, port))
    }
}

pub(super) fn port(text: &str) -> Result<u16, Wrong> {
    text.parse().map_err(|_| Wrong::value(text, "a port", "use a whole number from 0 to 65535, such as 4000"))
}

fn host(text: &str) -> Result<IpAddr, Wrong> {
    if text.eq_ignore_ascii_case("localhost") {
        return Ok(Ipv4Addr::LOCALHOST.into());
    }
    text.trim_matches(['[', ']']).parse().map_err(|_| {
        Wrong::value(text, "an IP address", "use 0.0.0.0 for every interface, 127.0.0.1 for this machine only, or ::")
    })
}
