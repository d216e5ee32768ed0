//! Connecting with OAuth: the way to Dialpad's consent page, and tokens in exchange for what comes back.
//!
//! Nothing here remembers anything. The one-time `state` and the PKCE verifier belong into the database, and only one
//! caller may refresh at a time: Dialpad's refresh tokens rotate, so the second of two refreshes loses the connection.

use std::time::Duration;

use aws_lc_rs::digest;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use reqwest::{Method, Url};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use crate::{
    lenient::secret,
    outbound::{Http, OutboundError},
};

/// What is asked for when the connection names no scopes.
pub const DEFAULT_SCOPES: &str = "calls:list recordings_export offline_access";

/// An app that Dialpad registered.
#[derive(Debug, Clone)]
pub struct OAuthApp {
    pub base_url: String,
    pub client_id: String,
    pub client_secret: SecretString,
    /// Registered with Dialpad to the letter.
    pub redirect_uri: String,
    /// Separated by spaces.
    pub scopes: String,
}

/// What Dialpad answers. Whose tokens they are it does not say: ask
/// [`DialpadClient::company`](super::DialpadClient::company).
#[derive(Debug, Clone)]
pub struct TokenSet {
    pub access_token: SecretString,
    /// A new one each time; the old one is spent. Missing without the scope `offline_access`.
    pub refresh_token: Option<SecretString>,
    /// From now. Missing: it does not expire.
    pub expires_in: Option<Duration>,
}

#[derive(Deserialize)]
struct TokenReply {
    #[serde(default, deserialize_with = "secret")]
    access_token: Option<SecretString>,
    #[serde(default, deserialize_with = "secret")]
    refresh_token: Option<SecretString>,
    #[serde(default)]
    expires_in: Option<crate::lenient::WireId>,
}

/// A PKCE verifier made of 32 random bytes.
pub fn pkce_verifier(random: [u8; 32]) -> SecretString {
    URL_SAFE_NO_PAD.encode(random).into()
}

/// What the verifier is announced by (method S256).
pub fn pkce_challenge(verifier: &SecretString) -> String {
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, verifier.expose_secret().as_bytes()))
}

impl OAuthApp {
    /// Where the person is sent. `state` must be random, kept, and good for one use.
    pub fn authorize_url(&self, state: &str, verifier: &SecretString) -> Result<String, OutboundError> {
        let mut url = self.url("/oauth2/authorize")?;
        url.query_pairs_mut()
            .append_pair("client_id", &self.client_id)
            .append_pair("redirect_uri", &self.redirect_uri)
            .append_pair("response_type", "code")
            .append_pair("scope", &self.scopes)
            .append_pair("state", state)
            .append_pair("code_challenge", &pkce_challenge(verifier))
            .append_pair("code_challenge_method", "S256");
        Ok(url.into())
    }

    /// Tokens for the code that came back. A code works once: after an uncertain end, let the person start again.
    pub async fn exchange(&self, http: &Http, code: &str, verifier: &SecretString) -> Result<TokenSet, OutboundError> {
        let grant = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("code_verifier", verifier.expose_secret()),
            ("redirect_uri", &self.redirect_uri),
        ];
        self.tokens(http, &grant).await
    }

    /// The next tokens. Hold the connection's refresh lock, and store the outcome before letting go of it.
    pub async fn refresh(&self, http: &Http, refresh_token: &SecretString) -> Result<TokenSet, OutboundError> {
        let grant = [("grant_type", "refresh_token"), ("refresh_token", refresh_token.expose_secret())];
        self.tokens(http, &grant).await
    }

    async fn tokens(&self, http: &Http, grant: &[(&str, &str)]) -> Result<TokenSet, OutboundError> {
        let mut form = grant.to_vec();
        form.push(("client_id", &self.client_id));
        form.push(("client_secret", self.client_secret.expose_secret()));
        let request = http.request(Method::POST, self.url("/oauth2/token")?).form(&form);
        let reply: TokenReply = http.send(request).await?.json()?;
        let Some(access_token) = reply.access_token else {
            return Err(OutboundError::Unreadable("the token answer has no access_token".to_owned()));
        };
        let seconds = reply.expires_in.and_then(|seconds| seconds.0.parse().ok());
        Ok(TokenSet {
            access_token,
            refresh_token: reply.refresh_token,
            expires_in: seconds.filter(|seconds| *seconds > 0).map(Duration::from_secs),
        })
    }

    fn url(&self, path: &str) -> Result<Url, OutboundError> {
        endpoint(&self.base_url, path)
    }
}

/// Gives the app's tokens up. A token that is no longer accepted is given up already.
pub async fn deauthorize(http: &Http, base_url: &str, access_token: &SecretString) -> Result<(), OutboundError> {
    let url = endpoint(base_url, "/oauth2/deauthorize")?;
    let request = http.request(Method::POST, url).bearer_auth(access_token.expose_secret());
    match http.send(request).await {
        Err(error) if error.status() == Some(401) => Ok(()),
        outcome => outcome.map(drop),
    }
}

fn endpoint(base_url: &str, path: &str) -> Result<Url, OutboundError> {
    let address = format!("{}{path}", base_url.trim_end_matches('/'));
    Url::parse(&address).map_err(|error| OutboundError::BadUrl(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_challenge_is_that_of_the_standard() {
        // RFC 7636, appendix B.
        let verifier = SecretString::from("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        assert_eq!(pkce_challenge(&verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
        assert_eq!(pkce_verifier([7; 32]).expose_secret().len(), 43);
    }
}
