//! From the code that came back to a person.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use reqwest::{Method, Url, header};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::{Metadata, OidcClient, OidcError, id_token::Profile, send};
use crate::{lenient::secret, outbound::Http};

/// What a code was exchanged for.
#[derive(Debug)]
pub struct Exchanged {
    /// Not verified yet.
    pub id_token: SecretString,
    access_token: Option<SecretString>,
}

#[derive(Deserialize)]
struct TokenReply {
    #[serde(default, deserialize_with = "secret")]
    id_token: Option<SecretString>,
    #[serde(default, deserialize_with = "secret")]
    access_token: Option<SecretString>,
}

impl OidcClient {
    /// Tokens for the code. A code works once: after any failure the person starts again.
    pub async fn exchange(
        &self,
        http: &Http,
        metadata: &Metadata,
        code: &str,
        verifier: &SecretString,
    ) -> Result<Exchanged, OidcError> {
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", self.redirect_uri.as_str()),
            ("code_verifier", verifier.expose_secret()),
        ];
        let mut request = self.request(http, Method::POST, &metadata.token_endpoint)?;
        match &self.client_secret {
            Some(secret) if !metadata.secret_in_form => {
                request = request.header(header::AUTHORIZATION, basic(&self.client_id, secret));
            }
            Some(secret) => {
                form.extend([("client_id", self.client_id.as_str()), ("client_secret", secret.expose_secret())]);
            }
            None => form.push(("client_id", self.client_id.as_str())),
        }
        let reply: TokenReply = send(http, request.form(&form)).await?;
        let id_token = reply.id_token.ok_or(OidcError::NoIdToken)?;
        Ok(Exchanged { id_token, access_token: reply.access_token })
    }

    /// What the provider tells of the person beside the ID token; some put the e-mail address only there (section 5.4).
    /// `None` where there is nobody to ask.
    pub async fn profile(
        &self,
        http: &Http,
        metadata: &Metadata,
        exchanged: &Exchanged,
        subject: &str,
    ) -> Result<Option<Profile>, OidcError> {
        let (Some(endpoint), Some(token)) = (&metadata.userinfo_endpoint, &exchanged.access_token) else {
            return Ok(None);
        };
        let request = self.request(http, Method::GET, endpoint)?.bearer_auth(token.expose_secret());
        let profile: Profile = send(http, request).await?;
        // Without this, one person's ID token could be completed with another's address (section 5.3.2).
        if profile.sub.as_deref() != Some(subject) {
            return Err(OidcError::OtherSubject);
        }
        Ok(Some(profile))
    }
}

/// Both halves form-encoded before they are joined (RFC 6749, section 2.3.1).
fn basic(id: &str, secret: &SecretString) -> String {
    let joined = format!("{}:{}", encoded(id), encoded(secret.expose_secret()));
    format!("Basic {}", STANDARD.encode(joined))
}

fn encoded(text: &str) -> String {
    // The URL library's own form encoding, by way of a query of one value.
    let Ok(mut url) = Url::parse("https://unused.example") else { return text.to_owned() };
    url.query_pairs_mut().append_pair("", text);
    url.query().and_then(|query| query.strip_prefix('=')).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn id_and_secret_are_encoded_before_they_are_joined() {
        let header = basic("my client", &SecretString::from("a:b+c%"));
        let decoded = STANDARD.decode(header.strip_prefix("Basic ").unwrap()).unwrap();
        assert_eq!(String::from_utf8(decoded).unwrap(), "my+client:a%3Ab%2Bc%25");
    }
}
