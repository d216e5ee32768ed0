//! Plans. They belong to the installation; every tenant may read them.

use sqlx::{FromRow, types::Json};
use switchboard_domain::plan::{Limits, PastLimit, Plan};

use crate::{
    Conn, PlatformTx, StoreError, TenantScope,
    conn::{execute, fetch_all, fetch_optional},
};

/// Plans that there can be. A page that compares more helps nobody to choose.
const MOST: i64 = 100;

#[derive(FromRow)]
struct PlanRow {
    id: String,
    name: String,
    price_cents: i64,
    currency: String,
    position: i32,
    limits: Json<Limits>,
    included: Json<Vec<String>>,
    past_limit: PastLimit,
    is_offered: bool,
}

impl From<PlanRow> for Plan {
    fn from(row: PlanRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            price_cents: row.price_cents,
            currency: row.currency,
            position: row.position,
            limits: row.limits.0,
            included: row.included.0,
            past_limit: row.past_limit,
            is_offered: row.is_offered,
        }
    }
}

/// All plans, cheapest first.
pub async fn list(conn: &mut Conn<'_>) -> Result<Vec<Plan>, StoreError> {
    let rows = fetch_all!(
        conn,
        PlanRow,
        "SELECT id, name, price_cents, currency, position, limits, included, past_limit, is_offered FROM plans \
         ORDER BY position, id LIMIT $1",
        MOST
    )?;
    Ok(rows.into_iter().map(Plan::from).collect())
}

/// One plan.
pub async fn find(conn: &mut Conn<'_>, id: &str) -> Result<Option<Plan>, StoreError> {
    let row = fetch_optional!(
        conn,
        PlanRow,
        "SELECT id, name, price_cents, currency, position, limits, included, past_limit, is_offered FROM plans \
         WHERE id = $1",
        id
    )?;
    Ok(row.map(Plan::from))
}

/// The plan of a tenant. `None` only if somebody removed the plan's row by hand: then nothing is limited.
pub async fn of_tenant(conn: &mut Conn<'_>, scope: TenantScope) -> Result<Option<Plan>, StoreError> {
    let row = fetch_optional!(
        conn,
        PlanRow,
        "SELECT p.id, p.name, p.price_cents, p.currency, p.position, p.limits, p.included, p.past_limit, p.is_offered \
         FROM tenants t JOIN plans p ON p.id = t.plan WHERE t.id = $1",
        scope.tenant()
    )?;
    Ok(row.map(Plan::from))
}

/// Keeps a plan as it is given, new or not. A plan is never removed: tenants may have it.
pub async fn save(tx: &mut PlatformTx, plan: &Plan) -> Result<(), StoreError> {
    execute!(
        &mut tx.conn(),
        "INSERT INTO plans (id, name, price_cents, currency, position, limits, included, past_limit, is_offered) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id) DO UPDATE SET name = excluded.name, \
         price_cents = excluded.price_cents, currency = excluded.currency, position = excluded.position, \
         limits = excluded.limits, included = excluded.included, past_limit = excluded.past_limit, \
         is_offered = excluded.is_offered",
        &plan.id,
        &plan.name,
        plan.price_cents,
        &plan.currency,
        plan.position,
        Json(&plan.limits),
        Json(&plan.included),
        plan.past_limit,
        plan.is_offered
    )?;
    Ok(())
}
