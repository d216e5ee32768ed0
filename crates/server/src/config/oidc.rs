//! Signing in at an OpenID Connect provider.

use secrecy::SecretString;

use super::{
    address::BaseUrl,
    catalogue::{OIDC_CLIENT_ID, OIDC_CLIENT_SECRET, OIDC_ISSUER, OIDC_NAME, OIDC_SIGNUP},
    fault::Wrong,
    reader::Reader,
};

#[derive(Debug, Clone)]
pub struct OidcSettings {
    /// `OIDC_ISSUER`.
    pub issuer: String,
    /// `OIDC_CLIENT_ID`.
    pub client_id: String,
    /// `OIDC_CLIENT_SECRET`: none for a public client.
    pub client_secret: Option<SecretString>,
    /// `OIDC_NAME`, default `Single sign-on`.
    pub name: String,
    /// `OIDC_SIGNUP`, default false.
    pub allows_sign_up: bool,
}

impl OidcSettings {
    /// `Some(None)` where nothing is set; `None` after a fault, as the other concerns' readers say it.
    #[expect(clippy::option_option, reason = "a fault and an absent setting are two things, and both are common here")]
    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Option<Self>> {
        let issuer = reader.parse(&OIDC_ISSUER, issuer);
        let client_id = reader.text(&OIDC_CLIENT_ID);
        let client_secret = reader.secret(&OIDC_CLIENT_SECRET);
        let name = reader.text(&OIDC_NAME)?;
        let allows_sign_up = reader.flag(&OIDC_SIGNUP)?;
        match (issuer, client_id) {
            (Some(issuer), Some(client_id)) => {
                Some(Some(Self { issuer, client_id, client_secret, name, allows_sign_up }))
            }
            (None, None) => Some(None),
            (issuer, _) => {
                let (missing, set) =
                    if issuer.is_some() { (&OIDC_CLIENT_ID, "OIDC_ISSUER") } else { (&OIDC_ISSUER, "OIDC_CLIENT_ID") };
                if !reader.is_set(missing) {
                    reader
                        .fault(missing, Wrong::new(format!("it is missing, and {set} is set"), "set both, or neither"));
                }
                None
            }
        }
    }
}

/// An issuer is compared to the letter with what the provider says of itself, so a slash at its end is kept.
fn issuer(text: &str) -> Result<String, Wrong> {
    let url = BaseUrl::parse(text)?;
    if url.is_exposed() {
        return Err(Wrong::value(text, "an https URL, and keys are fetched from it", "use the provider's https URL"));
    }
    Ok(text.to_owned())
}
