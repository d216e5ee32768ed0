//! Brings the schema up to date. Applied at every start and by `switchboard migrate`; a step never breaks the version
//! before it, so nodes may be restarted one by one.

use std::time::Duration;

use sqlx::{ConnectOptions, Connection, Executor, PgConnection};
use switchboard_domain::Timestamp;

use crate::{Db, StoreError, db::PostgresDb, statistics};

static SQLITE: sqlx::migrate::Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: sqlx::migrate::Migrator = sqlx::migrate!("migrations/postgres");

/// What stands between the schema and this version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Migrated {
    /// Steps that this version knows.
    pub known: usize,
    /// Row-level security is in force. Always false on SQLite, which has no roles.
    pub isolated: bool,
}

/// Applies what is missing. On PostgreSQL one node at a time, under sqlx's advisory lock on the direct connection, with
/// the application's role made (where that is allowed) and the coming months' partitions.
pub async fn migrate(db: &Db, now: Timestamp) -> Result<Migrated, StoreError> {
    match db {
        Db::Sqlite(sqlite) => {
            // An own connection: the migrator brings its own transactions.
            let mut connection = sqlx::sqlite::SqliteConnectOptions::new()
                .filename(&sqlite.path)
                .busy_timeout(Duration::from_secs(30))
                .connect()
                .await?;
            SQLITE.run(&mut connection).await.map_err(StoreError::Migrate)?;
            statistics::tell(&mut connection).await?;
            connection.close().await?;
            Ok(Migrated { known: SQLITE.iter().count(), isolated: false })
        }
        Db::Postgres(postgres) => {
            let mut connection = postgres.direct().connect().await?;
            POSTGRES.run(&mut connection).await.map_err(StoreError::Migrate)?;
            // The migrator gave its lock back; nodes that start together must not change the role's grants at once.
            connection.execute(LOCK).await?;
            let isolated = isolate(postgres, &mut connection).await?;
            prepare_partitions(&mut connection, now).await?;
            connection.close().await?;
            Ok(Migrated { known: POSTGRES.iter().count(), isolated })
        }
    }
}

/// Whether the database has tables, none of which is the record of our steps: another program's. Ours would end up among
/// them, or fail where the names are the same. What an extension of PostgreSQL brought along does not count.
pub async fn is_another_programs(db: &Db) -> Result<bool, StoreError> {
    // One statement each: a node that starts beside this one may be making the tables.
    match db {
        Db::Sqlite(sqlite) => {
            let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&sqlite.path);
            let mut connection = options.busy_timeout(Duration::from_secs(30)).connect().await?;
            let is_it = sqlx::query_scalar(ANOTHERS_ON_SQLITE).fetch_one(&mut connection).await?;
            connection.close().await?;
            Ok(is_it)
        }
        Db::Postgres(postgres) => {
            let mut connection = postgres.direct().connect().await?;
            let is_it = sqlx::query_scalar(ANOTHERS_ON_POSTGRES).fetch_one(&mut connection).await?;
            connection.close().await?;
            Ok(is_it)
        }
    }
}

const ANOTHERS_ON_SQLITE: &str = "SELECT count(*) > 0 AND coalesce(sum(name = '_sqlx_migrations'), 0) = 0 \
     FROM sqlite_master WHERE type = 'table' AND name NOT GLOB 'sqlite_*'";

const ANOTHERS_ON_POSTGRES: &str = "SELECT to_regclass('_sqlx_migrations') IS NULL AND EXISTS (SELECT 1 FROM pg_class c \
     JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p') \
     AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'))";

/// One step of the schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub version: i64,
    pub description: String,
    pub is_applied: bool,
}

/// The steps that this version knows, and which of them are applied. Changes nothing.
pub async fn status(db: &Db) -> Result<Vec<Step>, StoreError> {
    let (known, applied) = match db {
        Db::Sqlite(sqlite) => {
            let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&sqlite.path);
            let mut connection = options.busy_timeout(Duration::from_secs(30)).connect().await?;
            let recorded = "SELECT count(*) FROM sqlite_master WHERE name = '_sqlx_migrations'";
            let is_recorded = sqlx::query_scalar::<_, i64>(recorded).fetch_one(&mut connection).await? > 0;
            let applied = if is_recorded {
                sqlx::query_scalar::<_, i64>(APPLIED).fetch_all(&mut connection).await?
            } else {
                Vec::new()
            };
            connection.close().await?;
            (&SQLITE, applied)
        }
        Db::Postgres(postgres) => {
            let mut connection = postgres.direct().connect().await?;
            let recorded = "SELECT to_regclass('_sqlx_migrations') IS NOT NULL";
            let is_recorded = sqlx::query_scalar::<_, bool>(recorded).fetch_one(&mut connection).await?;
            let applied = if is_recorded {
                sqlx::query_scalar::<_, i64>(APPLIED).fetch_all(&mut connection).await?
            } else {
                Vec::new()
            };
            connection.close().await?;
            (&POSTGRES, applied)
        }
    };
    let step = |step: &sqlx::migrate::Migration| Step {
        version: step.version,
        description: step.description.to_string(),
        is_applied: applied.contains(&step.version),
    };
    Ok(known.iter().map(step).collect())
}

const APPLIED: &str = "SELECT version FROM _sqlx_migrations WHERE success";

/// What the server says about itself: its version and its present time, for `doctor`. `None` where the database is
/// embedded and has no clock of its own.
pub async fn server_facts(db: &Db) -> Result<(String, Option<Timestamp>), StoreError> {
    match db {
        Db::Sqlite(sqlite) => {
            let mut connection = sqlx::sqlite::SqliteConnectOptions::new().filename(&sqlite.path).connect().await?;
            let version: String = sqlx::query_scalar("SELECT sqlite_version()").fetch_one(&mut connection).await?;
            connection.close().await?;
            Ok((format!("SQLite {version}"), None))
        }
        Db::Postgres(postgres) => {
            let mut connection = postgres.direct().connect().await?;
            let (version, now): (String, Timestamp) =
                sqlx::query_as("SELECT current_setting('server_version'), clock_timestamp()")
                    .fetch_one(&mut connection)
                    .await?;
            connection.close().await?;
            Ok((format!("PostgreSQL {version}"), Some(now)))
        }
    }
}

/// Tables with a tenant's rows that the policy `org_isolation` does not guard: none, unless somebody changed the schema by
/// hand. Always none on SQLite, which has no policies.
pub async fn unguarded_tables(db: &Db) -> Result<Vec<String>, StoreError> {
    let Db::Postgres(postgres) = db else { return Ok(Vec::new()) };
    let mut connection = postgres.direct().connect().await?;
    let tables = sqlx::query_scalar(UNGUARDED).fetch_all(&mut connection).await?;
    connection.close().await?;
    Ok(tables)
}

const UNGUARDED: &str = "SELECT c.relname::text FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace \
     AND c.relkind IN ('r', 'p') AND NOT c.relispartition \
     AND (c.relname = 'tenants' OR EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id')) \
     AND NOT (c.relrowsecurity AND EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid \
     AND p.polname IN ('org_isolation', 'platform_only'))) ORDER BY c.relname";

/// Held until the connection closes. The number is ours alone: "switchb" in ASCII.
const LOCK: &str = "SELECT pg_advisory_lock(32498667204174178)";

/// Puts row-level security in force for the statements of the pool, and says whether it is. By the role switchboard_app,
/// which each transaction takes; where that cannot be had, it binds all the same who does not own the tables.
async fn isolate(postgres: &PostgresDb, owner: &mut PgConnection) -> Result<bool, StoreError> {
    // Whoever is in the pool need not be who migrates: DIRECT_URL may name the owner, DATABASE_URL somebody with less.
    let mut pooled = postgres.options().connect().await?;
    let user: String = sqlx::query_scalar("SELECT quote_ident(current_user)").fetch_one(&mut pooled).await?;
    let by_role = make_role(owner, &mut pooled, &user).await && grant_tables(owner).await;
    postgres.set_isolated(by_role);
    let is_bound = by_role
        || sqlx::query_scalar("SELECT row_security_active('tenants') AND row_security_active('calls')")
            .fetch_one(&mut pooled)
            .await?;
    pooled.close().await?;
    Ok(is_bound)
}

/// Makes the role that row-level security binds, and lets the pool's user take it. False where the server does not allow
/// it; the caller says so to a person, and what an administrator did by hand is used.
async fn make_role(owner: &mut PgConnection, pooled: &mut PgConnection, user: &str) -> bool {
    if can_take_role(pooled).await {
        return true;
    }
    let grant = format!("GRANT switchboard_app TO {user}");
    let statements = [
        "DO $$ BEGIN CREATE ROLE switchboard_app NOLOGIN; \
         EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; \
         WHEN insufficient_privilege THEN IF to_regrole('switchboard_app') IS NULL THEN RAISE; END IF; END $$",
        &grant,
    ];
    for statement in statements {
        if let Err(error) = owner.execute(sqlx::AssertSqlSafe(statement.to_owned())).await {
            tracing::warn!(%error, "the role switchboard_app cannot be made or taken here");
            return false;
        }
    }
    can_take_role(pooled).await
}

/// Only trying it tells: what a membership allows differs between versions.
async fn can_take_role(pooled: &mut PgConnection) -> bool {
    let taken = pooled.execute("BEGIN; SET LOCAL ROLE switchboard_app").await.is_ok();
    // Within a transaction, because between two a pooler may change the connection behind us.
    pooled.execute("ROLLBACK").await.is_ok() && taken
}

/// Lets the role use the tables, and looks whether it may: who does not own them grants nothing, without an error.
async fn grant_tables(owner: &mut PgConnection) -> bool {
    let statements = [
        "GRANT USAGE ON SCHEMA public TO switchboard_app",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO switchboard_app",
        "REVOKE ALL ON dialpad_webhooks, org_credentials, _sqlx_migrations FROM switchboard_app",
        "REVOKE UPDATE, DELETE ON audit_log FROM switchboard_app",
        "REVOKE DELETE ON audit_heads FROM switchboard_app",
    ];
    for statement in statements {
        if let Err(error) = owner.execute(statement).await {
            tracing::warn!(%error, "the role switchboard_app cannot be given the tables here");
            return false;
        }
    }
    let closed: Result<Option<String>, _> = sqlx::query_scalar(CLOSED).fetch_one(owner).await;
    if let Ok(Some(table)) = &closed {
        tracing::warn!(table, "the role switchboard_app may not use this table; its owner must let it");
    }
    matches!(closed, Ok(None))
}

/// The first table that the role may not read or add to.
const CLOSED: &str = "SELECT min(relname::text) FROM pg_class WHERE relnamespace = 'public'::regnamespace \
     AND relkind IN ('r', 'p') AND NOT relispartition AND relname <> '_sqlx_migrations' \
     AND NOT (has_table_privilege('switchboard_app', oid, 'SELECT') AND has_table_privilege('switchboard_app', oid, 'INSERT'))";

/// Makes sure that events of this month and the next two have a partition of their own.
pub async fn ensure_partitions(db: &Db, now: Timestamp) -> Result<(), StoreError> {
    let Db::Postgres(postgres) = db else { return Ok(()) };
    let mut connection = postgres.direct().connect().await?;
    prepare_partitions(&mut connection, now).await?;
    connection.close().await?;
    Ok(())
}

async fn prepare_partitions(connection: &mut PgConnection, now: Timestamp) -> Result<(), StoreError> {
    for month in Month::of(now).and_next(2) {
        let statement = sqlx::AssertSqlSafe(month.create_statement());
        match connection.execute(sqlx::raw_sql(statement)).await {
            Ok(_) => {}
            // 23514: rows of that month lie in the default partition already. They stay there, which works as well.
            Err(error)
                if error.as_database_error().and_then(sqlx::error::DatabaseError::code).as_deref() == Some("23514") =>
            {
                tracing::info!(month = %month.name(), "events of this month stay in the default partition");
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Months of the log that end before `horizon`, with the moment of their end.
pub(crate) async fn partitions_before(
    connection: &mut PgConnection,
    horizon: Timestamp,
) -> Result<Vec<(String, Timestamp)>, StoreError> {
    let names: Vec<String> = sqlx::query_scalar(
        "SELECT c.relname::text FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid \
         WHERE i.inhparent = 'webhook_events'::regclass ORDER BY c.relname",
    )
    .fetch_all(connection)
    .await?;
    let month = |name: String| {
        let end = Month::parse(&name)?.next().begins_at();
        (end <= horizon).then_some((name, end))
    };
    Ok(names.into_iter().filter_map(month).collect())
}

/// A calendar month, UTC.
#[derive(Debug, Clone, Copy)]
struct Month {
    year: i64,
    /// 1 to 12.
    month: i64,
}

impl Month {
    fn of(moment: Timestamp) -> Self {
        // RFC 3339 starts with YYYY-MM.
        let text = moment.to_string();
        let number = |range: std::ops::Range<usize>| text.get(range).and_then(|t| t.parse().ok()).unwrap_or(1);
        Self { year: number(0..4), month: number(5..7) }
    }

    fn next(self) -> Self {
        if self.month == 12 { Self { year: self.year + 1, month: 1 } } else { Self { month: self.month + 1, ..self } }
    }

    fn and_next(self, count: usize) -> impl Iterator<Item = Self> {
        std::iter::successors(Some(self), |month| Some(month.next())).take(count + 1)
    }

    fn name(self) -> String {
        format!("webhook_events_{:04}_{:02}", self.year, self.month)
    }

    /// The month of a partition; `None` for the default one.
    fn parse(name: &str) -> Option<Self> {
        let (year, month) = name.strip_prefix("webhook_events_")?.split_once('_')?;
        let this = Self { year: year.parse().ok()?, month: month.parse().ok()? };
        (this.name() == name).then_some(this)
    }

    fn begins_at(self) -> Timestamp {
        format!("{:04}-{:02}-01T00:00:00Z", self.year, self.month).parse().unwrap_or_default()
    }

    fn create_statement(self) -> String {
        format!(
            "CREATE TABLE IF NOT EXISTS {} PARTITION OF webhook_events FOR VALUES FROM ('{}') TO ('{}')",
            self.name(),
            self.first_id(),
            self.next().first_id(),
        )
    }

    /// The least UUIDv7 of the month: its milliseconds, then zeros.
    fn first_id(self) -> uuid::Uuid {
        uuid::Uuid::from_u128(u128::try_from(self.begins_at().as_millis()).unwrap_or(0) << 80)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_cover_the_year_without_gaps() {
        let december: Timestamp = "2026-12-31T23:59:59Z".parse().unwrap();
        let names: Vec<String> = Month::of(december).and_next(2).map(Month::name).collect();
        assert_eq!(names, ["webhook_events_2026_12", "webhook_events_2027_01", "webhook_events_2027_02"]);
        let month = Month::of(december);
        let last: uuid::Uuid =
            switchboard_domain::ids::born::<switchboard_domain::ids::EventId>(december, [255; 10]).uuid();
        assert!(month.first_id() < last && last < month.next().first_id());
    }
}
