//! Why a command failed, and which exit code that is: one list, so that the codes mean the same everywhere.

use std::io;

use serde::Serialize;
use switchboard_app::{
    accounts::{InvitationError, PeopleError},
    apps::AppsError,
    connections::{ClientError, ConnectionsError, CredentialsError},
    import::ImportError,
    oauth::OAuthError,
    privacy::contacts::ContactsError,
    provisioning::ProvisionError,
    rebuild::RebuildError,
    report_files::report::ReportFileError,
    reports::ReportsError,
    tenants::TenantsError,
};
use switchboard_domain::ids::IdError;
use switchboard_providers::OutboundError;
use switchboard_store::StoreError;

use super::Exit;
use crate::{
    config::{Fault, keys::KeyError},
    output::OutputError,
    telemetry::{self, TelemetryError},
    wiring::WiringError,
};

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    #[error("{}", fault_lines(.0))]
    Settings(Vec<Fault>),
    #[error(transparent)]
    Keys(#[from] KeyError),
    #[error(transparent)]
    Output(#[from] OutputError),
    #[error("there is no setting {0}; `switchboard config --all` lists every name")]
    NoSuchSetting(String),
    #[error(transparent)]
    Wiring(#[from] WiringError),
    #[error("could not start logging")]
    Telemetry(#[from] TelemetryError),
    #[error("could not start the threads that the command runs on")]
    Threads(#[source] io::Error),
    #[error("could not watch for the signals that end the server")]
    Signals(#[source] io::Error),
    #[error("could not listen on {address}; another program may use the port: choose one with {variable}")]
    Listen { address: String, variable: &'static str, source: io::Error },
    #[error("the server stopped by itself, because it could not go on accepting connections")]
    Served,
    #[error("could not keep the demo's keys in {path}; set DATA_DIR to a folder that this user may write")]
    KeepDemo { path: String, source: io::Error },
    #[error("could not read {path}")]
    Read { path: String, source: io::Error },
    #[error("could not write {path}")]
    WriteFile { path: String, source: io::Error },
    #[error("{path} is not what this binary would make; write it anew with `switchboard openapi > {path}`")]
    Outdated { path: String },
    /// The sentence says what and where to look.
    #[error("{0}")]
    NotFound(String),
    #[error("{0}")]
    Usage(String),
    #[error(transparent)]
    Id(#[from] IdError),
    #[error("the database could not be read or changed")]
    Store(#[from] StoreError),
    #[error(transparent)]
    Apps(#[from] AppsError),
    #[error(transparent)]
    People(#[from] PeopleError),
    #[error(transparent)]
    Invitation(#[from] InvitationError),
    #[error(transparent)]
    Tenants(#[from] TenantsError),
    #[error(transparent)]
    Connections(#[from] ConnectionsError),
    #[error(transparent)]
    Import(#[from] ImportError),
    #[error(transparent)]
    Contacts(#[from] ContactsError),
    #[error(transparent)]
    Provision(#[from] ProvisionError),
    #[error(transparent)]
    OAuth(#[from] OAuthError),
    #[error(transparent)]
    Rebuild(#[from] RebuildError),
    #[error(transparent)]
    Reports(#[from] ReportsError),
    #[error(transparent)]
    ReportFile(#[from] ReportFileError),
    #[error("the sandbox at {url} did not answer; start it with `switchboard serve --sandbox`")]
    NoSandbox { url: String, source: OutboundError },
    /// The stand-in is ours and on this machine, so what it says may be shown.
    #[error("the sandbox refused to play it{}", words_of(.0))]
    SandboxRefused(#[source] OutboundError),
}

impl CommandError {
    pub fn exit(&self) -> Exit {
        match self {
            Self::Settings(_) | Self::Usage(_) | Self::Id(_) => Exit::Usage,
            Self::Keys(error) | Self::Wiring(WiringError::Keys(error)) => of_keys(error),
            Self::Wiring(error) if error.is_unreachable() => Exit::Unreachable,
            Self::Store(error)
            | Self::Rebuild(RebuildError::Store(error))
            | Self::ReportFile(ReportFileError::Store(error)) => of_store(error),
            Self::Apps(error) => match error {
                AppsError::NotFound | AppsError::KeyNotFound => Exit::NotFound,
                AppsError::BadName
                | AppsError::BadGrace
                | AppsError::BadKeyName
                | AppsError::NoScopes
                | AppsError::NotForApps(_)
                | AppsError::BadExpiry
                | AppsError::BadLimit => Exit::Usage,
                AppsError::Store(error) => of_store(error),
                AppsError::Inactive | AppsError::KeyEnded | AppsError::Exceeds(_) | AppsError::NoRoom(_) => {
                    Exit::Failure
                }
            },
            Self::Import(error) => match error {
                ImportError::NotFound => Exit::NotFound,
                ImportError::Fields(_) | ImportError::File(_) => Exit::Usage,
                ImportError::Connection(error) => of_connections(error),
                ImportError::Store(error) => of_store(error),
                _ => Exit::Failure,
            },
            Self::Contacts(error) => match error {
                ContactsError::NotFound => Exit::NotFound,
                ContactsError::NotConfirmed => Exit::Usage,
                ContactsError::BeingErased => Exit::Failure,
                ContactsError::Store(error) => of_store(error),
            },
            Self::Tenants(error) => match error {
                TenantsError::NotFound => Exit::NotFound,
                TenantsError::Invalid(_) => Exit::Usage,
                TenantsError::Store(error) => of_store(error),
                TenantsError::Refused(_)
                | TenantsError::NobodyThere
                | TenantsError::Password(_)
                | TenantsError::Invitation(_) => Exit::Failure,
            },
            Self::Invitation(error) => match error {
                InvitationError::NotFound => Exit::NotFound,
                InvitationError::Invalid(_) => Exit::Usage,
                InvitationError::Store(error) => of_store(error),
                _ => Exit::Failure,
            },
            Self::People(error) => match error {
                PeopleError::NotFound => Exit::NotFound,
                PeopleError::Invalid(_) => Exit::Usage,
                PeopleError::Store(error) => of_store(error),
                PeopleError::EmailTaken | PeopleError::Password(_) => Exit::Failure,
            },
            Self::Reports(error) | Self::ReportFile(ReportFileError::Report(error)) => of_report(error),
            Self::Connections(error) => of_connections(error),
            Self::Provision(error) => of_provision(error),
            Self::NoSandbox { .. } => Exit::Unreachable,
            Self::NoSuchSetting(_) | Self::NotFound(_) => Exit::NotFound,
            Self::Outdated { .. } => Exit::Problems,
            Self::Output(_)
            | Self::Wiring(_)
            | Self::Telemetry(_)
            | Self::Threads(_)
            | Self::Signals(_)
            | Self::Listen { .. }
            | Self::Served
            | Self::KeepDemo { .. }
            | Self::Read { .. }
            | Self::WriteFile { .. }
            | Self::OAuth(_)
            | Self::Rebuild(_)
            | Self::ReportFile(ReportFileError::File(_))
            | Self::SandboxRefused(_) => Exit::Failure,
        }
    }

    /// In the form that the person asked for, on standard error.
    pub(super) fn report(&self, json: bool, remarks: &mut dyn io::Write) -> io::Result<()> {
        #[derive(Serialize)]
        struct Report<'a> {
            error: String,
            exit_code: u8,
            #[serde(skip_serializing_if = "Option::is_none")]
            faults: Option<&'a [Fault]>,
        }
        let error = telemetry::chain(self).to_string();
        if !json {
            return writeln!(remarks, "{error}");
        }
        let faults = if let Self::Settings(faults) = self { Some(faults.as_slice()) } else { None };
        let report = Report { error, exit_code: self.exit() as u8, faults };
        writeln!(remarks, "{}", serde_json::to_string(&report)?)
    }
}

const fn of_keys(error: &KeyError) -> Exit {
    match error {
        KeyError::NoInternalSecret | KeyError::NoEncryptionKey | KeyError::ShortJwtSecret => Exit::Usage,
        _ => Exit::Failure,
    }
}

const fn of_report(error: &ReportsError) -> Exit {
    match error {
        ReportsError::Invalid(..) | ReportsError::TooMany => Exit::Usage,
        ReportsError::Store(error) => of_store(error),
    }
}

const fn of_store(error: &StoreError) -> Exit {
    if error.is_unavailable() { Exit::Unreachable } else { Exit::Failure }
}

const fn of_connections(error: &ConnectionsError) -> Exit {
    match error {
        ConnectionsError::NotFound | ConnectionsError::NoSuchApp => Exit::NotFound,
        ConnectionsError::UnknownProvider(_)
        | ConnectionsError::BadName
        | ConnectionsError::Fields(_)
        | ConnectionsError::TakesNothingIn(_) => Exit::Usage,
        ConnectionsError::Store(error) => of_store(error),
        ConnectionsError::SecretTaken
        | ConnectionsError::StillThere(_)
        | ConnectionsError::NoRoom(_)
        | ConnectionsError::Vault(_)
        | ConnectionsError::Password(_) => Exit::Failure,
    }
}

fn of_provision(error: &ProvisionError) -> Exit {
    match error {
        ProvisionError::BadUrl { .. } | ProvisionError::BadSecret => Exit::Usage,
        ProvisionError::NotFound => Exit::NotFound,
        ProvisionError::Refused(error) => of_outbound(error),
        ProvisionError::Client(ClientError::Credentials(CredentialsError::Connection(error)))
        | ProvisionError::Connection(error) => of_connections(error),
        ProvisionError::Store(error) => of_store(error),
        ProvisionError::Client(_) | ProvisionError::Interrupted => Exit::Failure,
    }
}

const fn of_outbound(error: &OutboundError) -> Exit {
    match error {
        OutboundError::Unreachable(_) | OutboundError::TimedOut { .. } => Exit::Unreachable,
        _ => Exit::Failure,
    }
}

/// One line per fault.
fn fault_lines(faults: &[Fault]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

fn words_of(refusal: &OutboundError) -> String {
    match refusal {
        OutboundError::Refused { excerpt, .. } if !excerpt.is_empty() => format!(": {excerpt}"),
        _ => String::new(),
    }
}
