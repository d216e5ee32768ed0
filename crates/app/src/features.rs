//! Features that are on or off for a tenant: what the installation says, and what was switched for this one.

use serde_json::json;
use switchboard_domain::{audit::Action, feature::Feature};
use switchboard_store::{Conn, StoreError, TenantScope, features};

use crate::{
    App,
    audit::{self, Entry, Origin},
};

/// Which features a tenant has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Features(Vec<(Feature, Option<bool>)>);

impl Features {
    /// Whether the tenant has it.
    pub fn is_on(&self, feature: Feature) -> bool {
        self.switched(feature).unwrap_or(feature.is_on_unless_said())
    }

    /// What was switched for this tenant; `None` where it has what everybody has.
    pub fn switched(&self, feature: Feature) -> Option<bool> {
        self.0.iter().find(|(known, _)| *known == feature).and_then(|(_, is_on)| *is_on)
    }
}

/// The features of a tenant.
pub async fn effective(app: &App, scope: TenantScope) -> Result<Features, StoreError> {
    let mut reader = app.db.read(scope).await?;
    read(&mut reader.conn(), scope).await
}

async fn read(conn: &mut Conn<'_>, scope: TenantScope) -> Result<Features, StoreError> {
    let switched = features::list(conn, scope).await?;
    let of = |feature: Feature| switched.iter().find(|(known, _)| *known == feature).map(|(_, is_on)| *is_on);
    Ok(Features(Feature::ALL.iter().map(|feature| (*feature, of(*feature))).collect()))
}

/// Switches features for a tenant; `None` leaves one to the installation again. Only what differs is written down.
pub async fn set(
    app: &App,
    scope: TenantScope,
    wanted: &[(Feature, Option<bool>)],
    by: &Origin,
) -> Result<Features, StoreError> {
    let now = app.now();
    let mut tx = app.db.begin(scope).await?;
    // Locked, so that what is written down is what was.
    switchboard_store::tenants::find_for_update(&mut tx.conn(), scope).await?;
    let before = read(&mut tx.conn(), scope).await?;
    for (feature, is_on) in wanted {
        if before.switched(*feature) == *is_on {
            continue;
        }
        features::set(&mut tx.conn(), scope, *feature, *is_on, now).await?;
        let entry = Entry::new(by, Action::FeatureSwitched)
            .on("feature", feature)
            .with("from", json!(before.switched(*feature)))
            .with("to", json!(is_on));
        audit::record(&mut tx, app, entry).await?;
    }
    let after = read(&mut tx.conn(), scope).await?;
    tx.commit(now).await?;
    Ok(after)
}
