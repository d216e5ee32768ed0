//! Every environment variable that this product knows, in one list.
//!
//! `.env.example`, `docs/settings.md`, `switchboard config` and the reading code all come from the list in `list.rs`.
//! The reading code takes a [`Variable`], never a name as text, so nothing can be read that is not declared; a test
//! loads the settings and compares what was read with what is declared as [`Role::Read`], so nothing can be declared
//! that is not read. The names of all guides are here, also those without a role: a person who moves over from another
//! product must be told what became of each setting, not met with silence.

mod list;

pub use list::*;

use serde::Serialize;

/// One environment variable.
#[derive(Debug, Serialize)]
pub struct Variable {
    pub name: &'static str,
    /// What it has to do with; the heading in generated files.
    pub section: &'static str,
    /// Other names for the same thing, as other guides call it.
    pub aliases: &'static [&'static str],
    pub preset: Preset,
    /// What it does, in a sentence or two.
    pub help: &'static str,
    pub mask: Mask,
    /// Who asks for it; empty for our own.
    pub guides: &'static [Guide],
    pub role: Role,
}

impl Variable {
    /// What the list's entries are filled up with.
    const BLANK: Self = Self {
        name: "",
        section: "",
        aliases: &[],
        preset: Preset::Unset,
        help: "",
        mask: Mask::Open,
        guides: &[],
        role: Role::Read,
    };

    /// The name and the aliases.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        std::iter::once(self.name).chain(self.aliases.iter().copied())
    }

    /// `value` as it may be shown to a person.
    pub fn shown(&self, value: &str) -> String {
        match self.mask {
            Mask::Open => value.to_owned(),
            Mask::Whole => "***".to_owned(),
            Mask::UrlPassword => super::database::without_password(value),
        }
    }
}

/// What holds when nobody sets the variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Preset {
    /// Nothing: what it belongs to is off.
    Unset,
    /// This text, read as if somebody had set it.
    Is(&'static str),
    /// Something that is made from other settings, in words.
    Made(&'static str),
}

/// How much of a value may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mask {
    Open,
    /// A URL that may hold a password.
    UrlPassword,
    Whole,
}

/// Who asks for a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Guide {
    DialpadCti,
    Voxanne,
    Whatsapp,
    CallInsight,
    /// No guide names it, but the code of an original product reads it.
    Original,
    /// The hosting platform sets it by itself.
    Platform,
}

impl Guide {
    pub const fn title(self) -> &'static str {
        match self {
            Self::DialpadCti => "dialpad-cti",
            Self::Voxanne => "voxanne",
            Self::Whatsapp => "finnegans-whatsapp",
            Self::CallInsight => "callinsight",
            Self::Original => "an original's code",
            Self::Platform => "the hosting platform",
        }
    }
}

/// What becomes of a variable here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Read into [`Settings`](super::Settings).
    Read,
    /// Nothing reads it, because this takes its place.
    Replaced { by: &'static str },
    /// Nothing reads it yet; this will.
    LaterFeature { feature: &'static str },
}

impl Role {
    /// What to tell somebody who has set it; `None` when it simply works.
    pub fn explanation(self) -> Option<String> {
        match self {
            Self::Read => None,
            Self::Replaced { by } => Some(format!("not needed here: {by}")),
            Self::LaterFeature { feature } => Some(format!("not used by this version: {feature}")),
        }
    }
}

/// The variable of that name or alias.
pub fn find(name: &str) -> Option<&'static Variable> {
    ALL.iter().copied().find(|variable| variable.names().any(|known| known == name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_is_declared_twice_and_each_says_what_it_does() {
        let mut seen = std::collections::BTreeSet::new();
        for variable in ALL {
            for name in variable.names() {
                assert!(seen.insert(name), "{name} is declared twice");
                assert!(name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_'), "{name}");
            }
            assert!(!variable.help.is_empty(), "{} has no help", variable.name);
            assert!(!variable.section.is_empty(), "{} has no section", variable.name);
        }
    }

    #[test]
    fn names_that_sound_secret_are_masked() {
        for variable in ALL {
            let secret = ["SECRET", "PASSWORD", "TOKEN", "_KEY"].iter().any(|word| variable.name.contains(word));
            let public =
                ["NEXT_PUBLIC_", "RATE_LIMIT_KEY", "DIALPAD_APP_KEY_HEADER", "S3_ACCESS_KEY_ID", "VAPI_PUBLIC_KEY"];
            if secret && !public.iter().any(|name| variable.name.starts_with(name)) {
                assert_eq!(variable.mask, Mask::Whole, "{}", variable.name);
            }
        }
    }

    /// The environment lists of the guides, word for word.
    #[test]
    fn every_name_of_every_guide_is_known() {
        let names = "NODE_ENV DIALPAD_API_KEY DIALPAD_WEBHOOK_SECRET DIALPAD_PROD_REDIRECT_URI INTERNAL_API_SECRET \
            DATABASE_URL PORT SUPABASE_URL SUPABASE_SERVICE_ROLE_KEY SUPABASE_ANON_KEY VAPI_PRIVATE_KEY VAPI_PUBLIC_KEY \
            ENCRYPTION_KEY GOOGLE_CLIENT_ID GOOGLE_CLIENT_SECRET GOOGLE_REDIRECT_URI BACKEND_URL FRONTEND_URL \
            CORS_ORIGIN REDIS_URL SENTRY_DSN SLACK_WEBHOOK_URL TWILIO_ACCOUNT_SID TWILIO_AUTH_TOKEN JWT_SECRET \
            NEXT_PUBLIC_BACKEND_URL NEXT_PUBLIC_SUPABASE_URL NEXT_PUBLIC_SUPABASE_ANON_KEY NEXT_PUBLIC_ENVIRONMENT \
            MAINTENANCE_MODE DIRECT_URL NEXT_PUBLIC_WEBHOOK_WS_URL WEBSOCKET_PORT META_WEBHOOK_VERIFY_TOKEN \
            JWT_SECRET_KEY DEBUG DB_HOST DB_PORT DB_USER DB_PASSWORD DB_NAME DB_SSL DB_MAX_CLIENTS DB_IDLE_TIMEOUT \
            DB_CONN_TIMEOUT DIALPAD_SANDBOX_CLIENT_ID DIALPAD_SANDBOX_CLIENT_SECRET DIALPAD_SANDBOX_REDIRECT_URI \
            DIALPAD_PROD_CLIENT_ID DIALPAD_PROD_CLIENT_SECRET DIALPAD_SANDBOX_BASE_URL DIALPAD_PROD_BASE_URL \
            DIALPAD_SCOPES DIALPAD_WEBHOOK_SIGNATURE_HEADER DIALPAD_APP_KEY_HEADER SESSION_SECRET LOG_LEVEL JSON_LOGS \
            VAPI_WEBHOOK_SECRET SLACK_BOT_TOKEN CSRF_SECRET META_GRAPH_API_VERSION NEXT_PUBLIC_APP_URL META_VERIFY_TOKEN \
            WHATSAPP_VERIFY_TOKEN VERIFY_TOKEN RECORDING_DIR";
        for name in names.split_whitespace() {
            assert!(find(name).is_some(), "{name} is not in the list");
        }
    }
}
