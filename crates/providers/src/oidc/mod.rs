//! OpenID Connect, from the relying party's side: the authorization code flow with PKCE (OpenID Connect Core 1.0, section
//! 3.1; RFC 7636), for any provider that publishes a discovery document.
//!
//! Own, and small: the ready-made client brings an RSA implementation with an open advisory (RUSTSEC-2023-0071), for a flow
//! of two requests and one signature. Nothing here remembers anything: state, nonce and verifier belong into the database,
//! bound to the browser that began.
//!
//! The issuer is the operator's choice and may be inside their network. Where its discovery document points elsewhere, the
//! rules for addresses of strangers hold: https, and public.

mod discovery;
mod exchange;
mod id_token;

use reqwest::{Method, RequestBuilder, Url};
use secrecy::SecretString;

pub use self::{
    discovery::Metadata,
    id_token::{Expected, IdTokenError, Identity, Keys, verify},
};
use crate::{
    dialpad::oauth::pkce_challenge,
    outbound::{Http, OutboundError, broken, refused},
};

/// Bytes of a discovery document, key set or token answer: real ones have a few thousand.
const MOST_BYTES: usize = 256 * 1024;
/// What is asked for.
const SCOPES: &str = "openid email profile";

/// Something at the provider failed.
#[derive(Debug, thiserror::Error)]
pub enum OidcError {
    #[error("the sign-in provider could not be asked")]
    Outbound(#[from] OutboundError),
    #[error("the discovery document names another issuer; set OIDC_ISSUER to exactly what the provider calls itself")]
    OtherIssuer,
    #[error("the sign-in provider names no usable {0}")]
    Incomplete(&'static str),
    #[error("the sign-in provider gave no ID token")]
    NoIdToken,
    #[error("the ID token was not accepted")]
    IdToken(#[from] IdTokenError),
    #[error("the sign-in provider tells of two different people")]
    OtherSubject,
}

/// Our client at a provider.
#[derive(Debug, Clone)]
pub struct OidcClient {
    /// As the provider writes it.
    pub issuer: String,
    pub client_id: String,
    /// None: a public client, by PKCE alone.
    pub client_secret: Option<SecretString>,
    /// Registered with the provider to the letter.
    pub redirect_uri: String,
}

impl OidcClient {
    /// Where the person is sent. State and nonce must be random, kept, and good for one use.
    pub fn authorize_url(&self, metadata: &Metadata, state: &str, nonce: &str, verifier: &SecretString) -> String {
        let mut url = metadata.authorization_endpoint.clone();
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.client_id)
            .append_pair("redirect_uri", &self.redirect_uri)
            .append_pair("scope", SCOPES)
            .append_pair("state", state)
            .append_pair("nonce", nonce)
            .append_pair("code_challenge", &pkce_challenge(verifier))
            .append_pair("code_challenge_method", "S256");
        url.into()
    }

    /// A request to one of the provider's addresses.
    fn request(&self, http: &Http, method: Method, url: &Url) -> Result<RequestBuilder, OidcError> {
        let issuer = Url::parse(&self.issuer).map_err(|error| OutboundError::BadUrl(error.to_string()))?;
        if url.origin() == issuer.origin() {
            return Ok(http.request(method, url.clone()));
        }
        if url.scheme() != "https" {
            return Err(OutboundError::BadUrl("the sign-in provider names an address without https".to_owned()).into());
        }
        let public = http.public_url(url.as_str()).map_err(OutboundError::from)?;
        Ok(http.request_public(method, &public))
    }
}

/// Sends, and reads an answer of the size that these answers have.
async fn send<T: serde::de::DeserializeOwned>(http: &Http, request: RequestBuilder) -> Result<T, OidcError> {
    let mut response = http.open(request).await?;
    if !response.status().is_success() {
        return Err(refused(response).await.into());
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(broken)? {
        if body.len() + chunk.len() > MOST_BYTES {
            let max = u64::try_from(MOST_BYTES).unwrap_or(u64::MAX);
            return Err(OutboundError::TooLarge { max }.into());
        }
        body.extend_from_slice(&chunk);
    }
    serde_json::from_slice(&body).map_err(|error| {
        let place = format!("unexpected JSON at line {}, column {}", error.line(), error.column());
        OutboundError::Unreadable(place).into()
    })
}
