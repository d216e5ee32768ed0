//! A tenant's business hours: shown with whether it is open just now, and set as a whole.

use switchboard_domain::{
    Timestamp,
    audit::Action,
    change::{NewChange, RecordKind, Verb},
    hours::{Day, Hours, HoursError},
    ids::TenantId,
};
use switchboard_store::{Conn, StoreError, TenantScope, hours, tenants};

use crate::{
    App,
    accounts::FieldFault,
    audit::{self, Entry, Origin},
    wake::Signal,
};

/// What holds for a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpeningHours {
    /// `None`: nobody set any, and it is always open.
    pub hours: Option<Hours>,
    /// As the time zone database writes it.
    pub time_zone: String,
    pub updated_at: Option<Timestamp>,
}

/// Hours cannot be set.
#[derive(Debug, thiserror::Error)]
pub enum SetHoursError {
    #[error(transparent)]
    Invalid(#[from] HoursError),
    #[error("the hours could not be read or written")]
    Store(#[from] StoreError),
}

impl SetHoursError {
    /// What a person should change, by its field.
    pub fn fault(error: &HoursError) -> FieldFault {
        let field = match error.day() {
            None => "closed_dates",
            Some(Day::Monday) => "weekly.mon",
            Some(Day::Tuesday) => "weekly.tue",
            Some(Day::Wednesday) => "weekly.wed",
            Some(Day::Thursday) => "weekly.thu",
            Some(Day::Friday) => "weekly.fri",
            Some(Day::Saturday) => "weekly.sat",
            Some(Day::Sunday) => "weekly.sun",
        };
        FieldFault::new(field, "invalid", error.to_string())
    }
}

impl OpeningHours {
    /// Whether it is open at a moment. Who has set no hours always is.
    pub fn is_open(&self, at: Timestamp) -> bool {
        self.hours.as_ref().is_none_or(|hours| hours.in_zone(&self.time_zone).is_open(at))
    }
}

/// What holds for a tenant.
pub async fn show(app: &App, scope: TenantScope) -> Result<OpeningHours, StoreError> {
    let mut reader = app.db.read(scope).await?;
    read(&mut reader.conn(), scope).await
}

pub(crate) async fn read(conn: &mut Conn<'_>, scope: TenantScope) -> Result<OpeningHours, StoreError> {
    let kept = hours::find(conn, scope).await?;
    let time_zone = tenants::find(conn, scope).await?.time_zone;
    let updated_at = kept.as_ref().map(|kept| kept.updated_at);
    Ok(OpeningHours { hours: kept.map(|kept| kept.hours), time_zone, updated_at })
}

/// Sets a tenant's hours, whole.
pub async fn set(app: &App, scope: TenantScope, wanted: Hours, by: &Origin) -> Result<OpeningHours, SetHoursError> {
    let wanted = wanted.checked()?;
    let now = app.now();
    let mut tx = app.db.begin(scope).await?;
    let before = hours::find(&mut tx.conn(), scope).await?;
    if before.is_none_or(|before| before.hours != wanted) {
        hours::set(&mut tx.conn(), scope, &wanted, now).await?;
        let days: Vec<&str> = wanted.weekly.keys().map(|day| day.as_str()).collect();
        let entry = Entry::new(by, Action::HoursChanged).on("tenant", scope.tenant()).with("days", days);
        audit::record(&mut tx, app, entry.with("closed_dates", wanted.closed_dates.len())).await?;
        let change = NewChange::of::<TenantId>(RecordKind::Tenant, scope.tenant(), Verb::Updated, now);
        tx.push_change(NewChange { fields: vec!["hours".to_owned()], ..change });
    }
    let shown = read(&mut tx.conn(), scope).await?;
    if tx.commit(now).await?.is_some() {
        app.wake.send(Signal::Changes(scope.tenant()));
    }
    Ok(shown)
}
