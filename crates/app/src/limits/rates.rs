//! What a tenant's plan says about its rate, remembered for a minute: a limiter that asked the database about each request
//! would cost more than it saves.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use switchboard_domain::{Timestamp, ids::TenantId};
use switchboard_store::{StoreError, TenantScope, plans};

use super::gcra::Quota;
use crate::App;

/// When a changed plan is noticed.
const KEEP: Duration = Duration::from_mins(1);
/// Tenants that are remembered. Past it all are forgotten: they come back within a request each.
const KEPT: usize = 50_000;

/// See the module.
#[derive(Default)]
pub(super) struct Rates(Mutex<HashMap<TenantId, Known>>);

#[derive(Clone, Copy)]
struct Known {
    /// `None` where the plan leaves it to the installation's settings.
    quota: Option<Quota>,
    at: Timestamp,
}

impl Rates {
    /// A tenant's quota by its plan. A database that is away is no reason to refuse anybody: the last answer stands, or
    /// what the settings say.
    pub(super) async fn of(&self, app: &App, scope: TenantScope) -> Option<Quota> {
        let now = app.now();
        let known = self.get(scope.tenant());
        if let Some(known) = known.filter(|known| now.since(known.at) < KEEP) {
            return known.quota;
        }
        let quota = match read(app, scope).await {
            Ok(quota) => quota,
            Err(error) => {
                tracing::debug!(%error, "a plan's rate could not be read");
                return known.and_then(|known| known.quota);
            }
        };
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= KEPT {
            all.clear();
        }
        all.insert(scope.tenant(), Known { quota, at: now });
        quota
    }

    fn get(&self, tenant: TenantId) -> Option<Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&tenant).copied()
    }
}

async fn read(app: &App, scope: TenantScope) -> Result<Option<Quota>, StoreError> {
    let mut reader = app.db.read(scope).await?;
    let plan = plans::of_tenant(&mut reader.conn(), scope).await?;
    let per_hour = plan.and_then(|plan| plan.limits.requests_per_hour);
    Ok(per_hour.and_then(|count| u32::try_from(count).ok()).map(Quota::per_hour))
}
