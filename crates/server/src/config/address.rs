//! Reads the URLs under which something is reached over HTTP.

use url::{Host, Url};

use super::fault::Wrong;

/// A base URL: http or https, a host, perhaps a path, nothing else. Kept without a slash at the end, so that
/// `format!("{base}/path")` is always right.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(transparent)]
pub struct BaseUrl(String);

impl BaseUrl {
    /// `text` with or without a scheme; without one, https is meant, except on this machine.
    pub fn parse(text: &str) -> Result<Self, Wrong> {
        let right = "write something like https://switchboard.example.com";
        let given = text.contains("://");
        let whole = if given { text.to_owned() } else { format!("https://{text}") };
        let mut url = Url::parse(&whole).map_err(|error| Wrong::value(text, &format!("a URL ({error})"), right))?;
        if !given && is_loopback(&url) {
            url.set_scheme("http").map_err(|()| Wrong::value(text, "a URL", right))?;
        }
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Wrong::value(text, "an http or https URL", right));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Wrong::new("it holds a user name or password", right));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(Wrong::value(text, "a base URL: it has a query or a fragment", right));
        }
        Ok(Self(url.as_str().trim_end_matches('/').to_owned()))
    }

    /// Of the machine itself, on that port.
    pub fn local(port: u16) -> Self {
        Self(format!("http://localhost:{port}"))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Scheme, host and port, as browsers write an `Origin`.
    pub fn origin(&self) -> String {
        Url::parse(&self.0).map_or_else(|_| self.0.clone(), |url| url.origin().ascii_serialization())
    }

    /// Whether what is sent there can be read on the way: plain http to another machine.
    pub fn is_exposed(&self) -> bool {
        Url::parse(&self.0).is_ok_and(|url| url.scheme() == "http" && !is_loopback(&url))
    }

    /// Without `suffix` at the end of its path.
    pub(super) fn strip(&self, suffix: &str) -> Option<Self> {
        self.0.strip_suffix(suffix).map(|base| Self(base.to_owned()))
    }
}

impl std::fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_addresses_with_and_without_scheme() {
        let cases = [
            ("https://api.voxanne.ai", "https://api.voxanne.ai"),
            ("https://api.voxanne.ai/", "https://api.voxanne.ai"),
            ("https://example.com/cti/", "https://example.com/cti"),
            ("cti-server.onrender.com", "https://cti-server.onrender.com"),
            ("localhost:4000", "http://localhost:4000"),
            ("127.0.0.1:4000", "http://127.0.0.1:4000"),
        ];
        for (text, expected) in cases {
            assert_eq!(BaseUrl::parse(text).unwrap().as_str(), expected, "{text}");
        }
        assert_eq!(BaseUrl::parse("https://example.com:8443/cti").unwrap().origin(), "https://example.com:8443");
    }

    #[test]
    fn refuses_what_is_no_base_url() {
        for text in ["ftp://example.com", "https://", "https://u:p@example.com", "https://example.com?a=b", "not a url"]
        {
            assert!(BaseUrl::parse(text).is_err(), "{text}");
        }
    }
}
