//! How the world reaches the server, and what it calls itself.

use std::net::IpAddr;

use ipnet::IpNet;

use super::{
    address::BaseUrl,
    bind::BindSettings,
    catalogue::{
        BACKEND_URL, CORS_ORIGIN, FRONTEND_URL, MAINTENANCE_MODE, NODE_ENV, RAILWAY_PUBLIC_DOMAIN, RENDER_EXTERNAL_URL,
        TRUSTED_PROXIES,
    },
    dialpad,
    fault::Wrong,
    reader::Reader,
};

#[derive(Debug, Clone)]
pub struct PublicSettings {
    /// `BACKEND_URL`: where webhooks and callbacks reach us. Default: the hosting platform's address, the address in
    /// `DIALPAD_PROD_REDIRECT_URI`, or this machine.
    pub backend_url: BaseUrl,
    /// `FRONTEND_URL`, default `BACKEND_URL`: where people open the dashboard.
    pub frontend_url: BaseUrl,
    /// `CORS_ORIGIN` and the origin of `FRONTEND_URL`.
    pub cors: CorsOrigins,
    /// `NODE_ENV`, default `development`: free text, shown by the health routes.
    pub environment: String,
    /// `MAINTENANCE_MODE`, default false: 503 everywhere but `/health` and provider webhooks.
    pub maintenance: bool,
    /// `TRUSTED_PROXIES`, default `private`.
    pub trusted_proxies: TrustedProxies,
}

/// Which web pages may call the API from another origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CorsOrigins {
    Any,
    /// As browsers write them: scheme, host and port.
    Only(Vec<String>),
}

/// Whose word about the client's address is believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TrustedProxies {
    Nobody,
    /// Private and loopback addresses, where hosting platforms keep their proxies.
    Private,
    Networks(Vec<IpNet>),
}

impl TrustedProxies {
    /// Whether `peer` is a proxy of ours, so that its `X-Forwarded-For` counts.
    pub fn trusts(&self, peer: IpAddr) -> bool {
        let peer = peer.to_canonical();
        match self {
            Self::Nobody => false,
            Self::Private => is_private(peer),
            Self::Networks(networks) => networks.iter().any(|network| network.contains(&peer)),
        }
    }
}

fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            let [a, b, ..] = address.octets();
            // 100.64.0.0/10 is what carriers and hosting platforms use between their own machines.
            let shared = a == 100 && (64..128).contains(&b);
            address.is_private() || address.is_loopback() || address.is_link_local() || shared
        }
        IpAddr::V6(address) => address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local(),
    }
}

impl PublicSettings {
    pub(super) fn read(reader: &mut Reader<'_>, bind: Option<&BindSettings>) -> Option<Self> {
        let environment = reader.text(&NODE_ENV);
        let maintenance = reader.flag(&MAINTENANCE_MODE);
        let trusted_proxies = reader.parse(&TRUSTED_PROXIES, trusted_proxies);
        let backend_url = backend_url(reader, bind?.port);
        let frontend_url = reader.parse(&FRONTEND_URL, BaseUrl::parse).unwrap_or_else(|| {
            reader.made(&FRONTEND_URL, backend_url.as_str(), "BACKEND_URL");
            backend_url.clone()
        });
        let cors = match reader.parse(&CORS_ORIGIN, origins) {
            Some(CorsOrigins::Any) => CorsOrigins::Any,
            Some(CorsOrigins::Only(mut origins)) => {
                origins.push(frontend_url.origin());
                origins.sort_unstable();
                origins.dedup();
                CorsOrigins::Only(origins)
            }
            None => CorsOrigins::Only(vec![frontend_url.origin()]),
        };
        Some(Self {
            backend_url,
            frontend_url,
            cors,
            environment: environment?,
            maintenance: maintenance?,
            trusted_proxies: trusted_proxies?,
        })
    }

    pub fn is_production(&self) -> bool {
        self.environment.eq_ignore_ascii_case("production")
    }
}

/// `BACKEND_URL`, or the next best thing that says where we are.
fn backend_url(reader: &mut Reader<'_>, port: u16) -> BaseUrl {
    let set = reader.parse(&BACKEND_URL, BaseUrl::parse);
    let render = reader.parse(&RENDER_EXTERNAL_URL, BaseUrl::parse);
    let railway = reader.parse(&RAILWAY_PUBLIC_DOMAIN, BaseUrl::parse);
    if let Some(url) = set {
        return url;
    }
    let (url, from) = if let Some(base) = dialpad::base_in_redirect(reader) {
        (base, "DIALPAD_PROD_REDIRECT_URI")
    } else if let Some(url) = render {
        (url, "RENDER_EXTERNAL_URL")
    } else if let Some(url) = railway {
        (url, "RAILWAY_PUBLIC_DOMAIN")
    } else {
        (BaseUrl::local(port), "PORT")
    };
    if !reader.is_set(&BACKEND_URL) {
        reader.made(&BACKEND_URL, url.as_str(), from);
    }
    url
}

fn origins(text: &str) -> Result<CorsOrigins, Wrong> {
    if text == "*" {
        return Ok(CorsOrigins::Any);
    }
    let one = |origin: &str| match BaseUrl::parse(origin) {
        Ok(url) if url.origin() == url.as_str() => Ok(url.origin()),
        _ => Err(Wrong::value(
            origin,
            "a web origin",
            "write scheme and host only, such as https://app.example.com, separated by commas",
        )),
    };
    let origins = text.split(',').map(str::trim).filter(|origin| !origin.is_empty()).map(one);
    origins.collect::<Result<_, _>>().map(CorsOrigins::Only)
}

fn trusted_proxies(text: &str) -> Result<TrustedProxies, Wrong> {
    match text {
        "none" => return Ok(TrustedProxies::Nobody),
        "private" => return Ok(TrustedProxies::Private),
        _ => {}
    }
    let one = |entry: &str| {
        entry.parse::<IpNet>().or_else(|_| entry.parse::<IpAddr>().map(IpNet::from)).map_err(|_| {
            Wrong::value(
                entry,
                "an address or network",
                "write addresses or networks such as 10.0.0.0/8, or private, or none",
            )
        })
    };
    let networks = text.split(',').map(str::trim).filter(|entry| !entry.is_empty()).map(one);
    networks.collect::<Result<_, _>>().map(TrustedProxies::Networks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proxies_are_trusted_by_address() {
        let address = |text: &str| text.parse::<IpAddr>().unwrap();
        for private in ["10.1.2.3", "127.0.0.1", "100.64.0.1", "::1", "fd00::1", "::ffff:192.168.0.1"] {
            assert!(TrustedProxies::Private.trusts(address(private)), "{private}");
            assert!(!TrustedProxies::Nobody.trusts(address(private)), "{private}");
        }
        for public in ["203.0.113.1", "100.128.0.1", "2001:db8::1"] {
            assert!(!TrustedProxies::Private.trusts(address(public)), "{public}");
        }
        let listed = trusted_proxies("203.0.113.0/24, 2001:db8::7").unwrap();
        assert!(listed.trusts(address("::ffff:203.0.113.9")) && listed.trusts(address("2001:db8::7")));
        assert!(!listed.trusts(address("10.0.0.1")));
    }

    #[test]
    fn origins_are_scheme_and_host() {
        assert_eq!(origins("*"), Ok(CorsOrigins::Any));
        assert_eq!(
            origins("https://a.example, https://b.example/"),
            Ok(CorsOrigins::Only(vec!["https://a.example".into(), "https://b.example".into()]))
        );
        assert!(origins("https://a.example/app").is_err());
    }
}
