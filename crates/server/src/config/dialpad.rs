//! What Dialpad's connections need from the installation.
//!
//! The original used `DIALPAD_PROD_REDIRECT_URI` both as the OAuth redirect and as the start of the webhook address, so
//! that one of the two was always wrong. Here either form may be set, the domain or the whole callback, and both
//! addresses are derived from it.

use secrecy::SecretString;
use serde::Serialize;

use super::{
    address::BaseUrl,
    catalogue::{
        DIALPAD_API_KEY, DIALPAD_API_URL, DIALPAD_CLIENT_ID, DIALPAD_CLIENT_SECRET, DIALPAD_PROD_BASE_URL,
        DIALPAD_PROD_CLIENT_ID, DIALPAD_PROD_CLIENT_SECRET, DIALPAD_PROD_REDIRECT_URI, DIALPAD_SANDBOX_BASE_URL,
        DIALPAD_SANDBOX_CLIENT_ID, DIALPAD_SANDBOX_CLIENT_SECRET, DIALPAD_SANDBOX_REDIRECT_URI, DIALPAD_SCOPES,
        DIALPAD_WEBHOOK_SECRET, Variable,
    },
    fault::Wrong,
    public::PublicSettings,
    reader::Reader,
};

/// The route that Dialpad sends people back to.
pub const CALLBACK_PATH: &str = "/auth/dialpad/callback";

const PRODUCTION_API: &str = "https://dialpad.com";
const SANDBOX_API: &str = "https://sandbox.dialpad.com";

#[derive(Debug, Clone)]
pub struct DialpadSettings {
    /// `DIALPAD_API_KEY`: for a connection without credentials of its own.
    pub api_key: Option<SecretString>,
    /// `DIALPAD_WEBHOOK_SECRET`: for a webhook that is created without a secret.
    pub webhook_secret: Option<SecretString>,
    /// `DIALPAD_API_URL`, or the environment's `_BASE_URL`. Default `https://dialpad.com`; with the sandbox client,
    /// `https://sandbox.dialpad.com`.
    pub api_url: BaseUrl,
    /// Which of Dialpad's two worlds the client below belongs to.
    pub environment: DialpadEnvironment,
    /// The OAuth client; `None` when none is set, and then nobody can connect by OAuth.
    pub oauth: Option<OauthClient>,
    /// Where Dialpad sends people back to, with [`CALLBACK_PATH`].
    pub redirect_uri: String,
    /// What webhook addresses begin with.
    pub webhook_base: BaseUrl,
    /// `DIALPAD_SCOPES`, by default all that records, texts and recordings need.
    pub scopes: Vec<String>,
}

#[derive(Debug, Clone)]
pub struct OauthClient {
    pub id: String,
    pub secret: SecretString,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DialpadEnvironment {
    Production,
    Sandbox,
}

impl DialpadSettings {
    pub(super) fn read(reader: &mut Reader<'_>, public: &PublicSettings) -> Option<Self> {
        let plain = client(reader, &DIALPAD_CLIENT_ID, &DIALPAD_CLIENT_SECRET);
        let production = client(reader, &DIALPAD_PROD_CLIENT_ID, &DIALPAD_PROD_CLIENT_SECRET);
        let sandbox = client(reader, &DIALPAD_SANDBOX_CLIENT_ID, &DIALPAD_SANDBOX_CLIENT_SECRET);
        let production_base = reader.parse(&DIALPAD_PROD_BASE_URL, BaseUrl::parse);
        let sandbox_base = reader.parse(&DIALPAD_SANDBOX_BASE_URL, BaseUrl::parse);
        let production_redirect = redirect(reader, &DIALPAD_PROD_REDIRECT_URI);
        let sandbox_redirect = redirect(reader, &DIALPAD_SANDBOX_REDIRECT_URI);
        let api_url = reader.parse(&DIALPAD_API_URL, BaseUrl::parse);

        let in_sandbox = !public.is_production() && (sandbox.is_some() || sandbox_base.is_some());
        let (environment, own, base, redirect, usual) = if in_sandbox {
            (DialpadEnvironment::Sandbox, sandbox, sandbox_base, sandbox_redirect, SANDBOX_API)
        } else {
            (DialpadEnvironment::Production, production, production_base, production_redirect, PRODUCTION_API)
        };
        let redirect = redirect.unwrap_or_else(|| Redirect::of(public.backend_url.clone()));
        if public.is_production() && redirect.base.is_exposed() {
            let wrong = Wrong::value(
                redirect.base.as_str(),
                "an https URL, and the OAuth code comes back there",
                "use https in production",
            );
            reader.fault(&DIALPAD_PROD_REDIRECT_URI, wrong);
        }
        let api_url = match api_url.or(base) {
            Some(url) => url,
            None => BaseUrl::parse(usual).ok()?,
        };
        if !reader.is_set(&DIALPAD_API_URL) {
            reader.made(&DIALPAD_API_URL, api_url.as_str(), "NODE_ENV and the client's environment");
        }
        let scopes = reader.parse(&DIALPAD_SCOPES, scopes);
        Some(Self {
            api_key: reader.secret(&DIALPAD_API_KEY),
            webhook_secret: reader.secret(&DIALPAD_WEBHOOK_SECRET),
            api_url,
            environment,
            oauth: plain.or(own),
            redirect_uri: redirect.uri,
            // A BACKEND_URL that somebody set is the better word about where we are reached.
            webhook_base: if reader.is_set(&super::catalogue::BACKEND_URL) {
                public.backend_url.clone()
            } else {
                redirect.base
            },
            scopes: scopes?,
        })
    }
}

/// Both halves, or neither.
fn client(reader: &mut Reader<'_>, id: &'static Variable, secret: &'static Variable) -> Option<OauthClient> {
    let (given_id, given_secret) = (reader.text(id), reader.secret(secret));
    let missing = match (&given_id, &given_secret) {
        (Some(_), None) if !reader.is_set(secret) => Some((secret, id)),
        (None, Some(_)) if !reader.is_set(id) => Some((id, secret)),
        _ => None,
    };
    if let Some((missing, set)) = missing {
        let wrong = format!("it is missing, and {} is set", set.name);
        reader.fault(missing, Wrong::new(wrong, "set both, or neither"));
    }
    Some(OauthClient { id: given_id?, secret: given_secret? })
}

/// What one `_REDIRECT_URI` says.
struct Redirect {
    base: BaseUrl,
    uri: String,
}

impl Redirect {
    fn of(base: BaseUrl) -> Self {
        Self { uri: format!("{base}{CALLBACK_PATH}"), base }
    }
}

fn redirect(reader: &mut Reader<'_>, variable: &'static Variable) -> Option<Redirect> {
    reader.parse(variable, parse_redirect)
}

fn parse_redirect(text: &str) -> Result<Redirect, Wrong> {
    let url = BaseUrl::parse(text)?;
    if let Some(base) = url.strip(CALLBACK_PATH) {
        return Ok(Redirect::of(base));
    }
    if url.as_str().rsplit('/').next().is_some_and(|last| last.contains("callback")) {
        let right = format!("give the domain alone, or end it with {CALLBACK_PATH}");
        return Err(Wrong::value(text, "a callback that this server answers", right));
    }
    Ok(Redirect::of(url))
}

/// Our own address, as the redirect tells it, for when `BACKEND_URL` is silent. Faults come out when the redirect itself
/// is read.
pub(super) fn base_in_redirect(reader: &Reader<'_>) -> Option<BaseUrl> {
    let held = reader.peek(&DIALPAD_PROD_REDIRECT_URI)?;
    parse_redirect(&held.value).ok().map(|redirect| redirect.base)
}

/// Separated by spaces, as OAuth has them, or by commas, as people do.
fn scopes(text: &str) -> Result<Vec<String>, Wrong> {
    let scopes: Vec<String> = text.split([' ', ',']).filter(|scope| !scope.is_empty()).map(str::to_owned).collect();
    match scopes
        .iter()
        .find(|scope| !scope.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\'))
    {
        Some(odd) => Err(Wrong::value(odd, "a scope", "write scopes such as calls:list, separated by spaces")),
        None => Ok(scopes),
    }
}
