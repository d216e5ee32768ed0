//! What a provider publishes about itself, and its keys (OpenID Connect Discovery 1.0).

use reqwest::{Method, Url};
use serde::Deserialize;

use super::{Keys, OidcClient, OidcError, send};
use crate::outbound::{Http, OutboundError};

/// The parts of a discovery document that matter here.
#[derive(Debug, Clone)]
pub struct Metadata {
    pub issuer: String,
    pub authorization_endpoint: Url,
    pub(super) token_endpoint: Url,
    pub(super) jwks_uri: Url,
    pub(super) userinfo_endpoint: Option<Url>,
    /// The secret goes into the form, because the provider does not take it in the header.
    pub(super) secret_in_form: bool,
}

#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    #[serde(default)]
    userinfo_endpoint: Option<String>,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
}

impl OidcClient {
    /// Reads the discovery document. It must name our issuer to the letter: otherwise one provider could speak for another
    /// (section 4.3).
    pub async fn discover(&self, http: &Http) -> Result<Metadata, OidcError> {
        let address = format!("{}/.well-known/openid-configuration", self.issuer.trim_end_matches('/'));
        let url = Url::parse(&address).map_err(|error| OutboundError::BadUrl(error.to_string()))?;
        let document: Document = send(http, self.request(http, Method::GET, &url)?).await?;
        if document.issuer != self.issuer {
            return Err(OidcError::OtherIssuer);
        }
        let issuer = &url;
        let endpoint = |text: &str, what| self.endpoint(issuer, text).ok_or(OidcError::Incomplete(what));
        let methods = document.token_endpoint_auth_methods_supported.as_deref();
        Ok(Metadata {
            authorization_endpoint: endpoint(&document.authorization_endpoint, "authorization_endpoint")?,
            token_endpoint: endpoint(&document.token_endpoint, "token_endpoint")?,
            jwks_uri: endpoint(&document.jwks_uri, "jwks_uri")?,
            userinfo_endpoint: document.userinfo_endpoint.and_then(|text| self.endpoint(issuer, &text)),
            // Without the list, the header is what every provider takes.
            secret_in_form: methods
                .is_some_and(|methods| !methods.iter().any(|method| method == "client_secret_basic")),
            issuer: document.issuer,
        })
    }

    /// The provider's public keys.
    pub async fn keys(&self, http: &Http, metadata: &Metadata) -> Result<Keys, OidcError> {
        send(http, self.request(http, Method::GET, &metadata.jwks_uri)?).await
    }

    /// An address out of the document: https, or as the issuer itself is reached.
    #[expect(clippy::unused_self, reason = "it is the issuer's own rule, next to the one of `request`")]
    fn endpoint(&self, issuer: &Url, text: &str) -> Option<Url> {
        let url = Url::parse(text).ok()?;
        let is_safe = url.scheme() == "https" || (url.scheme() == "http" && url.origin() == issuer.origin());
        (is_safe && url.fragment().is_none() && url.username().is_empty()).then_some(url)
    }
}
