//! What a tenant decides about its reports.

use switchboard_domain::{
    audit::Action,
    change::{NewChange, RecordKind, Verb},
    ids::TenantId,
};
use switchboard_rules::report::{Settings, settings::SettingsFault};
use switchboard_store::{Conn, StoreError, TenantScope, reports};

use crate::{
    App,
    audit::{self, Entry, Origin},
    wake::Signal,
};

/// Settings cannot be set.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    #[error("{}: {}", .0.field, .0.why)]
    Invalid(SettingsFault),
    #[error("the settings of reports could not be read or written")]
    Store(#[from] StoreError),
}

/// What holds for a tenant.
pub async fn settings(app: &App, scope: TenantScope) -> Result<Settings, StoreError> {
    let mut reader = app.db.read(scope).await?;
    read(&mut reader.conn(), scope).await
}

pub(super) async fn read(conn: &mut Conn<'_>, scope: TenantScope) -> Result<Settings, StoreError> {
    let kept = reports::find_settings(conn, scope).await?;
    // What an older version wrote and this one cannot read is set anew by whoever looks at it.
    Ok(kept.and_then(|kept| serde_json::from_value(kept).ok()).unwrap_or_default())
}

/// Sets what holds for a tenant, whole. Its calls are then counted anew.
pub async fn set_settings(
    app: &App,
    scope: TenantScope,
    wanted: Settings,
    by: &Origin,
) -> Result<Settings, SettingsError> {
    let wanted = wanted.checked().map_err(SettingsError::Invalid)?;
    let now = app.now();
    let mut tx = app.db.begin(scope).await?;
    if read(&mut tx.conn(), scope).await? != wanted {
        let json = serde_json::to_value(&wanted).unwrap_or_default();
        reports::set_settings(&mut tx.conn(), scope, &json, now).await?;
        reports::count_anew(&mut tx.conn(), scope).await?;
        let entry = Entry::new(by, Action::ReportSettingsChanged)
            .on("tenant", scope.tenant())
            .with("service_level_seconds", wanted.service_level_seconds)
            .with("short_abandon_seconds", wanted.short_abandon_seconds)
            .with("return_hours", wanted.return_hours)
            .with("home_country", wanted.home_country.clone());
        audit::record(&mut tx, app, entry).await?;
        let change = NewChange::of::<TenantId>(RecordKind::Tenant, scope.tenant(), Verb::Updated, now);
        tx.push_change(NewChange { fields: vec!["report_settings".to_owned()], ..change });
    }
    if tx.commit(now).await?.is_some() {
        app.wake.send(Signal::Changes(scope.tenant()));
    }
    Ok(wanted)
}
