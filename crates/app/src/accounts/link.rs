//! Tokens in links: 256 random bits, of which the SHA-256 is kept, and where the links lead.
//!
//! The token stands behind a `#`, which browsers keep to themselves: it is in no server's log and in no `Referer`.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use secrecy::{ExposeSecret, SecretString};

use crate::{App, vault::sha256};

/// Characters of the longest token that is looked at; ours have 43.
const MOST_CHARACTERS: usize = 200;

/// A token, and what is kept of it.
pub(crate) struct Fresh {
    pub token: SecretString,
    pub hash: Vec<u8>,
}

pub(crate) fn fresh(app: &App) -> Fresh {
    let token = SecretString::from(BASE64.encode(app.random.array::<32>()));
    let hash = sha256(token.expose_secret().as_bytes());
    Fresh { token, hash }
}

/// What is kept of a token that came back.
pub(crate) fn hash(token: &str) -> Vec<u8> {
    let end = token.char_indices().nth(MOST_CHARACTERS).map_or(token.len(), |(at, _)| at);
    sha256(token[..end].trim().as_bytes())
}

/// A page of the dashboard, with the token.
pub(crate) fn to(app: &App, page: &str, token: &SecretString) -> String {
    format!("{}/{page}#token={}", app.settings.frontend_url, token.expose_secret())
}
