//! How a file is to be read: what somebody wishes, what was found out, and what comes of both.

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use switchboard_domain::{
    connection::ConnectionStatus,
    ids::ConnectionId,
    import::{ImportField, ImportFormat},
    phone::Region,
    tenant::time_zone_of,
};
use switchboard_providers::generic::files::{Mapping, Plan, Sniffed};
use switchboard_store::{TenantScope, connections::Connection};

use super::{CONNECTIONS, ImportError};
use crate::{App, accounts::FieldFault, connections};

/// Characters of a file's name that are kept.
const MAX_NAME: usize = 200;
/// Whose numbers those are that are written without a country, unless somebody says so.
const COUNTRY: &str = "US";

/// What somebody wishes. What is left out is found out, or is as usual.
#[derive(Debug, Clone, Default)]
pub struct Wish {
    pub format: Option<ImportFormat>,
    /// Of times that are written without one; the workspace's unless said.
    pub time_zone: Option<String>,
    /// Two letters.
    pub country: Option<String>,
    /// What the columns are, with [`ImportFormat::Columns`].
    pub mapping: Option<Mapping>,
    pub connection_id: Option<ConnectionId>,
}

/// How a file is read, in full.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chosen {
    pub format: ImportFormat,
    pub time_zone: String,
    pub country: String,
    #[serde(default, skip_serializing_if = "Mapping::is_empty")]
    pub mapping: Mapping,
}

impl Wish {
    /// The way the file is read, or what must be said or put right before.
    pub fn resolve(&self, found: &Sniffed, workspace_zone: &str) -> Result<Chosen, Vec<FieldFault>> {
        let mut faults = Vec::new();
        let format = self.format.or(found.format);
        if format.is_none() {
            let why = "the file does not say whose it is; choose `columns` and say what its columns are";
            faults.push(FieldFault::new("format", "required", why));
        }
        // Some files are in UTC whatever the telephone system shows.
        let usual = if format.is_some_and(|format| found.is_in_utc(format)) { "UTC" } else { workspace_zone };
        let asked = self.time_zone.as_deref().unwrap_or(usual);
        let time_zone = time_zone_of(asked).unwrap_or_else(|| {
            faults.push(FieldFault::new("time_zone", "invalid", "write a zone like America/Chicago or UTC"));
            String::new()
        });
        let country = self.country.as_deref().unwrap_or(COUNTRY).to_ascii_uppercase();
        if Region::from_code(&country).is_err() {
            faults.push(FieldFault::new("country", "invalid", "the two letters of a country, such as US or ES"));
        }
        let mapping = match format {
            Some(ImportFormat::Columns) => self.mapping.clone().unwrap_or_else(|| found.proposal()),
            _ => Mapping::new(),
        };
        if format == Some(ImportFormat::Columns) {
            faults.extend(wrong_mapping(&mapping, found));
        }
        match format {
            Some(format) if faults.is_empty() => Ok(Chosen { format, time_zone, country, mapping }),
            _ => Err(faults),
        }
    }

    /// Nothing is wrong: it is only not said yet what the file is.
    pub fn is_unfinished(&self, found: &Sniffed) -> bool {
        match self.format.or(found.format) {
            None => true,
            Some(format) => format == ImportFormat::Columns && self.mapping.is_none(),
        }
    }
}

fn wrong_mapping(mapping: &Mapping, found: &Sniffed) -> Option<FieldFault> {
    let wrong = |code, why: String| Some(FieldFault::new("mapping", code, why));
    if let Some(missing) = mapping.keys().find(|column| !found.columns.contains(column)) {
        return wrong("unknown", format!("the file has no column `{}`", missing.chars().take(60).collect::<String>()));
    }
    let mut fields: Vec<ImportField> = mapping.values().copied().collect();
    fields.sort_unstable();
    if let Some([twice, _]) = fields.windows(2).find(|pair| pair[0] == pair[1]) {
        return wrong("invalid", format!("two columns are both taken for `{twice}`"));
    }
    if !fields.contains(&ImportField::StartedAt) {
        return wrong("required", format!("one column must be `{}`", ImportField::StartedAt));
    }
    if !fields.contains(&ImportField::From) && !fields.contains(&ImportField::To) {
        return wrong("required", format!("one column must be `{}` or `{}`", ImportField::From, ImportField::To));
    }
    None
}

impl Chosen {
    pub(super) fn plan(&self, found: Sniffed) -> Plan {
        // Both were checked when this was made; an older database of zones is read as UTC rather than not at all.
        Plan {
            format: self.format,
            found,
            zone: TimeZone::get(&self.time_zone).unwrap_or(TimeZone::UTC),
            region: Region::from_code(&self.country).unwrap_or(Region::US),
            mapping: self.mapping.clone(),
        }
    }
}

/// The connection that was named, or the only one of the file's provider; `None` when there is none yet.
pub async fn connection_for(
    app: &App,
    scope: TenantScope,
    chosen: &Chosen,
    named: Option<ConnectionId>,
) -> Result<Option<Connection>, ImportError> {
    let provider = chosen.format.provider();
    let wrong = |code, why: String| ImportError::Fields(vec![FieldFault::new("connection_id", code, why)]);
    let all = connections::list(app, scope, None, CONNECTIONS).await?;
    if let Some(id) = named {
        let found = all.into_iter().find(|connection| connection.id == id);
        let found = found.ok_or_else(|| wrong("unknown", "there is no such connection".to_owned()))?;
        if found.provider != provider {
            return Err(wrong("invalid", format!("it is no connection of `{provider}`, whose calls the file has")));
        }
        return Ok(Some(found));
    }
    let mut of_provider: Vec<Connection> =
        all.into_iter().filter(|connection| connection.provider == provider).collect();
    if of_provider.len() > 1 {
        of_provider.retain(|connection| connection.status != ConnectionStatus::Disabled);
    }
    match of_provider.len() {
        0 | 1 => Ok(of_provider.pop()),
        _ => Err(wrong("required", "several connections could be meant; say which".to_owned())),
    }
}

/// The last part of a name, without what could steer a terminal.
pub(super) fn file_name(given: &str) -> String {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = last.chars().filter(|sign| !sign.is_control()).take(MAX_NAME).collect();
    if name.trim().is_empty() { "file".to_owned() } else { name }
}
