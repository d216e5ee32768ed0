//! The settings: one struct per concern, read from a file, the environment and flags, the later winning.
//!
//! Wrong settings stop the start, all at once and each in one line: what is wrong and what would be right. Nothing
//! outside this module reads an environment variable, and nothing here changes one.

pub mod address;
pub mod bind;
pub mod catalogue;
pub mod database;
pub mod dialpad;
mod env_file;
mod fault;
pub mod generate;
pub mod keys;
pub mod limits;
pub mod logs;
pub mod mail;
pub mod media;
pub mod oidc;
mod placeholder;
pub mod providers;
pub mod public;
pub mod rates;
mod reader;
pub mod sandbox;
pub mod secrets;
mod sources;

pub use fault::{Fault, Wrong};
pub use reader::InForce;
pub use sources::{Source, Sources};

use reader::Reader;

/// Everything that somebody may set, read and checked.
#[derive(Debug)]
pub struct Settings {
    pub bind: bind::BindSettings,
    pub public: public::PublicSettings,
    pub database: database::DatabaseSettings,
    pub secrets: secrets::SecretSettings,
    pub dialpad: dialpad::DialpadSettings,
    pub providers: providers::ProviderSettings,
    pub media: media::MediaSettings,
    pub mail: mail::MailSettings,
    pub oidc: Option<oidc::OidcSettings>,
    pub limits: limits::LimitSettings,
    pub rates: rates::RateSettings,
    pub sandbox: sandbox::SandboxSettings,
    pub logs: logs::LogSettings,
}

/// What came of reading: the settings if there was no fault, and in any case what is in force and where it came from.
#[derive(Debug)]
pub struct Reading {
    pub settings: Result<Settings, Vec<Fault>>,
    /// In the order of the list; secrets masked.
    pub in_force: Vec<InForce>,
    /// What a person should know though nothing is wrong: settings without a role, unknown names, changed URLs.
    pub notices: Vec<String>,
}

impl Settings {
    /// Reads and checks everything; on any fault, all of them.
    pub fn load(sources: &Sources) -> Result<Self, Vec<Fault>> {
        Self::examine(sources).settings
    }

    /// As [`load`](Self::load), with all that `switchboard config` and `doctor` show.
    pub fn examine(sources: &Sources) -> Reading {
        let mut reader = Reader::new(sources);
        let settings = Self::read(&mut reader);
        let (in_force, faults) = reader.finish();
        let mut notices = sources.notices().to_vec();
        notices.extend(settings.iter().flat_map(|settings| settings.database.notes.iter().cloned()));
        notices.extend(roleless(&in_force));
        let settings = match settings {
            Some(settings) if faults.is_empty() => Ok(settings),
            _ => Err(faults),
        };
        Reading { settings, in_force, notices }
    }

    /// Each concern is read before any is missed, so that all faults are found.
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let bind = bind::BindSettings::read(reader);
        let public = public::PublicSettings::read(reader, bind.as_ref());
        let database = database::DatabaseSettings::read(reader);
        let secrets = secrets::SecretSettings::read(reader);
        let limits = limits::LimitSettings::read(reader);
        let rates = rates::RateSettings::read(reader);
        let dialpad = public.as_ref().and_then(|public| dialpad::DialpadSettings::read(reader, public));
        let providers = providers::ProviderSettings::read(reader);
        let logs = public.as_ref().and_then(|public| logs::LogSettings::read(reader, public));
        let data_dir = database.as_ref().map_or(std::path::Path::new(""), |database| &database.data_dir);
        let media = media::MediaSettings::read(reader, data_dir);
        let mail = public.as_ref().and_then(|public| mail::MailSettings::read(reader, public, data_dir));
        let oidc = oidc::OidcSettings::read(reader);
        let sandbox = bind.as_ref().and_then(|bind| sandbox::SandboxSettings::read(reader, bind));
        Some(Self {
            bind: bind?,
            public: public?,
            database: database?,
            secrets,
            dialpad: dialpad?,
            providers: providers?,
            media: media?,
            mail: mail?,
            oidc: oidc?,
            limits: limits?,
            rates: rates?,
            sandbox: sandbox?,
            logs: logs?,
        })
    }
}

/// A sentence for each variable that somebody set and nothing reads.
fn roleless(in_force: &[InForce]) -> impl Iterator<Item = String> {
    in_force.iter().filter_map(|row| {
        let explanation = catalogue::find(row.name)?.role.explanation()?;
        Some(format!("{} is {explanation}", row.name))
    })
}

#[cfg(test)]
#[path = "settings_tests.rs"]
mod tests;
