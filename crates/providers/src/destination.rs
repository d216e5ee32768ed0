//! Where a tenant may send us. An address that somebody types (a telephone system's host, a sign-in provider, a webhook)
//! is a way into the operator's own network: to its database, to the cloud's metadata service, to this very server. So
//! it is taken apart once, here, and each of the numbers that its name stands for is looked at again when the connection
//! is made (`PublicNames`): a name that was harmless when it was checked may point somewhere else a second later.
//!
//! Addresses of the operator's own settings do not come by here; nor do those of a provider, which are constants.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use ipnet::IpNet;
use reqwest::{
    Url,
    dns::{Addrs, Name, Resolve, Resolving},
};

/// How long a name may take to be looked up when an address is checked before its use.
const LOOKUP_TIME: Duration = Duration::from_secs(5);
/// Longer addresses are nobody's.
const LONGEST: usize = 2_048;
/// Ports from 1024 on that browsers refuse as well, because something else than HTTP listens there that may take our
/// words for its own (<https://fetch.spec.whatwg.org/#bad-port>).
const BAD_PORTS: &[u16] = &[
    1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
];

/// Why an address is refused, for the one who typed it. Names no address that a name was found to stand for: that
/// would let a tenant ask about the operator's network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DestinationError {
    #[error("this is not a web address; write something like https://pbx.example.com:8089")]
    NotAUrl,
    #[error("only http:// and https:// addresses can be called")]
    Scheme,
    #[error("the address holds a user name or password; enter those in their own fields")]
    UserInfo,
    #[error("port {0} is not one that web servers use")]
    Port(u16),
    #[error(
        "{host} is in a private or reserved network, and this server does not call there; if it should, its operator \
         adds the network to OUTBOUND_ALLOW"
    )]
    Private { host: String },
    #[error("the name {host} cannot be found; check its spelling")]
    Unknown { host: String },
}

/// Networks that may be called although they are not public.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Allowed {
    networks: Vec<IpNet>,
    /// One port of one address, named as such: where a stand-in of ours listens.
    stand_in: Option<SocketAddr>,
}

impl Allowed {
    /// `OUTBOUND_ALLOW`.
    pub fn new(networks: Vec<IpNet>) -> Self {
        Self { networks, stand_in: None }
    }

    /// The same and one port of one address. Only a URL with that very address and port leads there, never a name.
    #[must_use]
    pub fn and(self, stand_in: SocketAddr) -> Self {
        Self { stand_in: Some(stand_in), ..self }
    }

    /// Whether a connection may be made to this address.
    pub fn permits(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        if self.networks.iter().any(|network| network.contains(&address)) {
            return true;
        }
        match address {
            IpAddr::V4(address) => is_public_v4(address),
            IpAddr::V6(address) => match embedded(address) {
                // The network behind a translator is reached by the number inside.
                Some(inner) => self.permits(IpAddr::V4(inner)),
                None => is_public_v6(address),
            },
        }
    }

    /// Takes an address apart. What a name stands for is for [`Self::look_up`] and `PublicNames` to see; a number in
    /// any of its notations (`127.1`, `0x7f000001`, `2130706433`, `[::ffff:127.0.0.1]`) is judged here, because no
    /// resolver will be asked about it.
    pub fn parse(&self, text: &str) -> Result<PublicUrl, DestinationError> {
        let text = text.trim();
        if text.len() > LONGEST {
            return Err(DestinationError::NotAUrl);
        }
        self.judge(Url::parse(text).map_err(|_| DestinationError::NotAUrl)?)
    }

    pub(crate) fn judge(&self, url: Url) -> Result<PublicUrl, DestinationError> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(DestinationError::Scheme);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(DestinationError::UserInfo);
        }
        let port = url.port_or_known_default().ok_or(DestinationError::Scheme)?;
        if !is_web_port(port) {
            return Err(DestinationError::Port(port));
        }
        let host = url.host_str().ok_or(DestinationError::NotAUrl)?;
        if let Some(address) = literal(host)
            && !self.permits(address)
            && self.stand_in != Some(SocketAddr::new(address, port))
        {
            return Err(DestinationError::Private { host: shown(host) });
        }
        Ok(PublicUrl(url))
    }

    /// Asks what the name in `url` stands for, so that whoever types it hears at once what is wrong. The connection
    /// asks again: this answer is worth nothing by then.
    pub async fn look_up(&self, url: &PublicUrl) -> Result<(), DestinationError> {
        let host = url.host();
        if literal(host).is_some() {
            return Ok(());
        }
        let unknown = || DestinationError::Unknown { host: shown(host) };
        let looked_up = tokio::time::timeout(LOOKUP_TIME, tokio::net::lookup_host((host, 0))).await;
        let addresses = looked_up.map_err(|_| unknown())?.map_err(|_| unknown())?;
        self.keep(host, addresses.collect()).map(|_| ())
    }

    /// Those addresses of a name that may be called; an error if there are none.
    fn keep(&self, host: &str, addresses: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, DestinationError> {
        if addresses.is_empty() {
            return Err(DestinationError::Unknown { host: shown(host) });
        }
        let kept: Vec<SocketAddr> = addresses.into_iter().filter(|address| self.permits(address.ip())).collect();
        if kept.is_empty() { Err(DestinationError::Private { host: shown(host) }) } else { Ok(kept) }
    }
}

/// An address that was taken apart and leads nowhere private by its looks. Only [`Allowed::parse`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl(Url);

impl PublicUrl {
    pub fn as_url(&self) -> &Url {
        &self.0
    }

    pub fn into_url(self) -> Url {
        self.0
    }

    fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }
}

/// Looks names up for a connection that is about to be made, and leaves out every address that may not be called: what
/// is connected to is what was judged, whatever the name stood for before.
pub(crate) struct PublicNames {
    allowed: Allowed,
    lookup: Lookup,
}

/// The system's own look-up, or a test's.
type Lookup = Arc<dyn Fn(String) -> Found + Send + Sync>;
type Found = std::pin::Pin<Box<dyn Future<Output = std::io::Result<Vec<SocketAddr>>> + Send>>;

impl PublicNames {
    pub(crate) fn new(allowed: Allowed) -> Self {
        let lookup = |host: String| -> Found {
            Box::pin(async move { Ok(tokio::net::lookup_host((host, 0)).await?.collect()) })
        };
        Self { allowed, lookup: Arc::new(lookup) }
    }

    #[cfg(test)]
    pub(crate) fn asking(allowed: Allowed, lookup: impl Fn(&str) -> Vec<SocketAddr> + Send + Sync + 'static) -> Self {
        let lookup = move |host: String| -> Found {
            let found = lookup(&host);
            Box::pin(async move { Ok(found) })
        };
        Self { allowed, lookup: Arc::new(lookup) }
    }
}

impl Resolve for PublicNames {
    fn resolve(&self, name: Name) -> Resolving {
        let host = name.as_str().to_owned();
        let (allowed, found) = (self.allowed.clone(), (self.lookup)(host.clone()));
        Box::pin(async move {
            let kept = allowed.keep(&host, found.await?)?;
            Ok(Box::new(kept.into_iter()) as Addrs)
        })
    }
}

/// The refusal that an error has among its causes.
pub(crate) fn refusal(error: &(dyn std::error::Error + 'static)) -> Option<DestinationError> {
    std::iter::successors(Some(error), |error| error.source())
        .find_map(|error| error.downcast_ref::<DestinationError>().cloned())
}

/// The number that a host of a parsed URL is written as, brackets or not.
fn literal(host: &str) -> Option<IpAddr> {
    host.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

fn shown(host: &str) -> String {
    host.chars().take(100).collect()
}

/// 80, 443, and what lies above the system's ports and is not known to be something else.
fn is_web_port(port: u16) -> bool {
    matches!(port, 80 | 443) || (port >= 1024 && !BAD_PORTS.contains(&port))
}

/// As the registry of special-purpose addresses has it (<https://www.iana.org/assignments/iana-ipv4-special-registry>).
fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation()
        // "This network", shared by carriers, protocol assignments, 6to4 relays, benchmarks, and the rest.
        || a == 0
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (18..20).contains(&b))
        || a >= 240;
    !is_special
}

/// Only what is given out to the world (2000::/3), without the parts of it that mean something else.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    let is_global = a & 0xe000 == 0x2000;
    // Protocol assignments with Teredo among them, documentation old and new.
    let is_special = (a == 0x2001 && (b < 0x0200 || b == 0x0db8)) || (a == 0x3fff && b < 0x1000);
    is_global && !is_special
}

/// The IPv4 address that a translated IPv6 address leads to: NAT64 (64:ff9b::/96) and 6to4 (2002::/16). The mapped and
/// compatible forms are handled before: the first becomes IPv4, the second is never public.
fn embedded(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let (segments, octets) = (address.segments(), address.octets());
    if segments[..6] == [0x64, 0xff9b, 0, 0, 0, 0] {
        return Some(Ipv4Addr::new(octets[12], octets[13], octets[14], octets[15]));
    }
    (segments[0] == 0x2002).then(|| Ipv4Addr::new(octets[2], octets[3], octets[4], octets[5]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> Option<DestinationError> {
        Allowed::default().parse(text).err()
    }

    #[test]
    fn numbers_that_lead_inside_are_refused_in_every_notation() {
        for host in [
            "127.0.0.1",
            "127.1",
            "127.0.0.1.",
            "0",
            "0.0.0.0",
            "2130706433",
            "0x7f000001",
            "0x7f.1",
            "017700000001",
            "0177.0.0.1",
            "%31%32%37.0.0.1",
            "127。0。0。1",
            "①②⑦.0.0.1",
            "10.0.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "100.64.0.1",
            "100.127.255.254",
            "169.254.169.254",
            "2852039166",
            "192.0.0.192",
            "192.0.2.1",
            "192.88.99.1",
            "198.18.0.1",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "239.255.255.250",
            "240.0.0.1",
            "255.255.255.255",
            "[::]",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "[::ffff:10.0.0.1]",
            "[::127.0.0.1]",
            "[::7f00:1]",
            "[64:ff9b::127.0.0.1]",
            "[64:ff9b::a9fe:a9fe]",
            "[64:ff9b:1::1]",
            "[2002:7f00:1::]",
            "[2002:a00:1::1]",
            "[2001::1]",
            "[2001:db8::1]",
            "[3fff::1]",
            "[fc00::1]",
            "[fd00:ec2::254]",
            "[fe80::1]",
            "[fec0::1]",
            "[ff02::1]",
            "[100::1]",
            "[5f00::1]",
        ] {
            for scheme in ["http", "https"] {
                let found = refused(&format!("{scheme}://{host}/path"));
                assert!(matches!(found, Some(DestinationError::Private { .. })), "{host}: {found:?}");
            }
        }
    }

    #[test]
    fn public_addresses_and_names_pass() {
        for host in [
            "8.8.8.8",
            "100.63.255.255",
            "172.32.0.1",
            "192.0.1.1",
            "198.20.0.1",
            "[2606:4700::1111]",
            "[2001:4860:4860::8888]",
            "[::ffff:8.8.8.8]",
            "[64:ff9b::8.8.8.8]",
            "[2002:808:808::1]",
            "example.com",
            "pbx.example.com.",
            "xn--bcher-kva.example",
            "bücher.example",
            "nip.io",
        ] {
            assert_eq!(refused(&format!("https://{host}/path")), None, "{host}");
        }
    }

    #[test]
    fn what_is_no_web_address_is_told_apart() {
        use DestinationError as E;
        for (text, expected) in [
            ("", E::NotAUrl),
            ("pbx.example.com", E::NotAUrl),
            ("//example.com", E::NotAUrl),
            ("https://", E::NotAUrl),
            ("https://exa mple.com", E::NotAUrl),
            ("https://[::1", E::NotAUrl),
            ("https://1.2.3.4.5", E::NotAUrl),
            ("ftp://example.com", E::Scheme),
            ("file:///etc/passwd", E::Scheme),
            ("gopher://example.com:70/", E::Scheme),
            ("javascript:alert(1)", E::Scheme),
            ("https://user@example.com", E::UserInfo),
            ("https://user:secret@example.com", E::UserInfo),
            ("https://:secret@example.com", E::UserInfo),
            ("https://example.com@10.0.0.1", E::UserInfo),
            ("http://example.com:22", E::Port(22)),
            ("http://example.com:25", E::Port(25)),
            ("http://example.com:0", E::Port(0)),
            ("http://example.com:6667", E::Port(6667)),
            ("https://example.com:5060", E::Port(5060)),
        ] {
            assert_eq!(refused(text), Some(expected), "{text}");
        }
        assert_eq!(refused(&format!("https://example.com/{}", "a".repeat(3_000))), Some(E::NotAUrl));
        // What a telephone system listens on, and a slash that is not what it looks like.
        for fine in ["https://pbx.example.com:8089/api", "http://example.com:8080", "https://example.com/@10.0.0.1"] {
            assert_eq!(refused(fine), None, "{fine}");
        }
        let tricked = Allowed::default().parse("https://example.com\\@10.0.0.1/").unwrap();
        assert_eq!(tricked.host(), "example.com");
    }

    #[test]
    fn an_operator_may_open_a_network_of_theirs() {
        let office = Allowed::new(vec!["192.168.7.0/24".parse().unwrap(), "fd12::/16".parse().unwrap()]);
        for open in ["https://192.168.7.10:8089", "https://[::ffff:192.168.7.10]", "https://[fd12::1]"] {
            assert!(office.parse(open).is_ok(), "{open}");
        }
        for closed in ["https://192.168.8.10", "https://127.0.0.1", "https://[fd13::1]"] {
            assert!(office.parse(closed).is_err(), "{closed}");
        }
    }

    #[test]
    fn of_several_addresses_only_the_public_ones_are_kept() {
        let socket = |text: &str| SocketAddr::new(text.parse().unwrap(), 0);
        let allowed = Allowed::default();
        let kept = allowed.keep("two.example", vec![socket("10.0.0.1"), socket("8.8.8.8")]).unwrap();
        assert_eq!(kept, [socket("8.8.8.8")]);
        let inside = allowed.keep("inside.example", vec![socket("10.0.0.1"), socket("::1")]).unwrap_err();
        assert!(!inside.to_string().contains("10.0.0.1"), "{inside}");
        assert!(matches!(allowed.keep("nobody.example", vec![]), Err(DestinationError::Unknown { .. })));
    }

    #[tokio::test]
    async fn a_name_of_this_machine_is_refused_when_it_is_typed() {
        let url = Allowed::default().parse("https://localhost:8089").unwrap();
        assert!(matches!(Allowed::default().look_up(&url).await, Err(DestinationError::Private { .. })));
        let here = Allowed::new(vec!["127.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()]);
        here.look_up(&url).await.unwrap();
    }
}
