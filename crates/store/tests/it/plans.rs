//! No list of a tenant's records reads the whole table, whatever it is narrowed by.

use switchboard_domain::{
    audit::Action,
    call::{CallStatus, Direction},
    ids::{ConnectionId, EventId},
};
use switchboard_store::{
    Engine, TenantScope,
    audit::{self, AuditFilter, Chain, NewEntry},
    calls::CallFilter,
    contacts::{ContactFilter, KeptContact},
    messages::{KeptMessage, MessageFilter},
    overview,
    page::{Filter, Listed, Window, list, list_sql},
    record::Kept,
    search::Found,
    sql::{Arg, Sql},
    voicemails::{KeptVoicemail, VoicemailFilter},
};
use switchboard_testkit::{Build, TestDb, both_engines};
use uuid::Uuid;

type Call = Kept<switchboard_domain::call::Call>;

/// Enough that reading all rows costs more than an index does.
const ROWS: u32 = 3_000;

async fn fill(t: &TestDb) -> TenantScope {
    let scope = t.tenant("Acme").await;
    for tenant in [scope, t.tenant("Other").await] {
        let build = Build::new(t, tenant, t.connection(tenant).await);
        let at = |n: u32| t.now() + std::time::Duration::from_secs(n.into());
        let calls: Vec<Call> = (0..ROWS)
            .map(|n| {
                let mut call = build.call(n, at(n));
                call.record.status = CallStatus::ALL[n as usize % CallStatus::ALL.len()];
                call.record.from_number = Some(format!("+1415555{n:04}"));
                call
            })
            .collect();
        t.save(tenant, &calls).await;
        t.save(tenant, &(0..ROWS).map(|n| build.message(n, at(n))).collect::<Vec<_>>()).await;
        t.save(tenant, &(0..ROWS).map(|n| build.voicemail(n, at(n))).collect::<Vec<_>>()).await;
        t.save(tenant, &(0..ROWS).map(|n| build.contact(n, at(n))).collect::<Vec<_>>()).await;
    }
    t.gather_statistics().await;
    scope
}

/// Looks at the plans of the first page, a later page, and a page by offset.
async fn assert_indexed<R: Listed>(t: &TestDb, scope: TenantScope, filter: &impl Filter, what: &str) {
    let first = Window::After { cursor: None, limit: 50 };
    let mut reader = t.db.read(scope).await.unwrap();
    let cursor =
        list::<R>(&mut reader.conn(), scope, filter, Window::After { cursor: None, limit: 1 }).await.unwrap().next;
    for window in [first, Window::After { cursor, limit: 50 }, Window::Offset { offset: 100, limit: 50 }] {
        let plan = list_sql::<R>(scope, filter, window).explain(&mut reader.conn()).await.unwrap();
        let whole = match t.engine() {
            Engine::Sqlite => format!("SCAN {}", R::TABLE),
            Engine::Postgres => format!("Seq Scan on {}", R::TABLE),
        };
        assert!(
            !plan.iter().any(|line| line.contains(&whole)),
            "{what} reads all of {}:\n{}",
            R::TABLE,
            plan.join("\n")
        );
        assert!(
            plan.iter().any(|line| line.contains("tenant_id")),
            "{what} uses no index of the tenant:\n{}",
            plan.join("\n")
        );
    }
}

both_engines! {
    async fn no_list_reads_a_whole_table(t: &TestDb) {
        let scope = fill(t).await;
        let number = || Some("+14155550123".to_owned());
        let since = Some(t.now());

        let found = || Some(Found { ids: vec![Uuid::nil(); 3], contacts: vec![Uuid::nil(); 3], number: number() });
        let all = CallFilter::default;
        let calls = [
            ("all calls", all()),
            ("calls of one status", CallFilter { statuses: vec![CallStatus::Missed], ..all() }),
            ("live calls", CallFilter { statuses: vec![CallStatus::Ringing, CallStatus::Active], ..all() }),
            ("inbound calls", CallFilter { direction: Some(Direction::Inbound), ..all() }),
            ("calls from a number", CallFilter { from_number: number(), ..all() }),
            ("calls to a number", CallFilter { to_number: number(), ..all() }),
            ("calls of an agent", CallFilter { agent_id: number(), ..all() }),
            ("calls of a time", CallFilter { occurred_from: since, occurred_before: since, ..all() }),
            ("calls with a number", CallFilter { number: number(), ..all() }),
            ("missed calls with a number", CallFilter { statuses: vec![CallStatus::Missed], number: number(), ..all() }),
            ("calls that are dealt with", CallFilter { is_resolved: Some(true), ..all() }),
            ("calls that are open", CallFilter { is_resolved: Some(false), ..all() }),
            ("calls with a tag", CallFilter { tag: number(), ..all() }),
            ("calls that a search found", CallFilter { found: found(), ..all() }),
            ("calls with a recording", CallFilter { has_recording: Some(true), ..all() }),
            ("changed calls", CallFilter { updated_since: since, ..all() }),
        ];
        for (what, filter) in &calls {
            assert_indexed::<Call>(t, scope, filter, what).await;
        }

        let all = MessageFilter::default;
        let messages = [
            ("all messages", all()),
            ("messages from a number", MessageFilter { from_number: number(), ..all() }),
            ("messages to a number", MessageFilter { to_number: number(), ..all() }),
            ("messages that a search found", MessageFilter { found: found(), ..all() }),
            ("changed messages", MessageFilter { updated_since: since, ..all() }),
        ];
        for (what, filter) in &messages {
            assert_indexed::<KeptMessage>(t, scope, filter, what).await;
        }

        for (what, filter) in [
            ("all voicemails", VoicemailFilter::default()),
            ("changed voicemails", VoicemailFilter { updated_since: since, ..VoicemailFilter::default() }),
        ] {
            assert_indexed::<KeptVoicemail>(t, scope, &filter, what).await;
        }
        for (what, filter) in [
            ("all contacts", ContactFilter::default()),
            ("contacts of a number", ContactFilter { phone: number(), ..ContactFilter::default() }),
            ("changed contacts", ContactFilter { updated_since: since, ..ContactFilter::default() }),
        ] {
            assert_indexed::<KeptContact>(t, scope, &filter, what).await;
        }
    }
}

both_engines! {
    async fn a_days_numbers_are_read_from_one_range_of_an_index(t: &TestDb) {
        let scope = fill(t).await;
        let (from, before) = (t.now(), t.now() + std::time::Duration::from_mins(1));
        let mut reader = t.db.read(scope).await.unwrap();
        for (table, sql) in [
            ("calls", overview::calls_sql(scope, from, before)),
            ("messages", overview::messages_sql(scope, from, before)),
            ("voicemails", overview::unheard_sql(scope, t.now() + std::time::Duration::from_secs(2_950))),
            ("calls", overview::live_sql(scope)),
        ] {
            let plan = sql.explain(&mut reader.conn()).await.unwrap().join("\n");
            let is_whole = plan.contains(&format!("SCAN {table}")) || plan.contains(&format!("Seq Scan on {table}"));
            assert!(!is_whole, "{plan}");
            assert!(plan.contains("tenant_id"), "{plan}");
        }
    }
}

/// The log that grows with every deed and is never cut.
async fn fill_audit(t: &TestDb) -> TenantScope {
    let scope = t.tenant("Acme").await;
    for scope in [scope, t.tenant("Other").await] {
        let mut tx = t.db.begin(scope).await.unwrap();
        for n in 0..1_500 {
            let entry = NewEntry {
                id: t.id(),
                actor_kind: "user",
                actor_id: Some(format!("usr_{n}")),
                actor_name: "Ann".into(),
                on_behalf_of: None,
                action: Action::ALL[n % Action::ALL.len()],
                target: Some(("app", format!("app_{n}"))),
                details: serde_json::json!({}),
                address: None,
                request_id: None,
                at: t.now(),
            };
            audit::append(&mut tx.conn(), Chain::Tenant(scope), &entry).await.unwrap();
        }
        tx.commit(t.now()).await.unwrap();
    }
    t.gather_statistics().await;
    scope
}

both_engines! {
    async fn no_list_of_the_audit_log_reads_all_of_it(t: &TestDb) {
        let scope = fill_audit(t).await;
        let all = AuditFilter::default;
        for (what, filter) in [
            ("all entries", all()),
            ("entries of an actor", AuditFilter { actor: Some("usr_7".into()), ..all() }),
            ("entries about a record", AuditFilter { target: Some("app_7".into()), ..all() }),
            ("entries of one action", AuditFilter { action: Some(Action::KeyRotated), ..all() }),
        ] {
            let mut reader = t.db.read(scope).await.unwrap();
            let sql = audit::list_sql(Chain::Tenant(scope), &filter, Some(1_000), 50);
            let plan = sql.explain(&mut reader.conn()).await.unwrap().join("\n");
            assert!(!plan.contains("SCAN audit_log") && !plan.contains("Seq Scan on audit_log"), "{what}:\n{plan}");
            assert!(plan.contains("audit_log_tenant_id"), "{what} uses no index of the tenant:\n{plan}");
        }
    }
}

/// The planner of SQLite goes by what it is told, however many rows there are; that of PostgreSQL gathers its own.
#[tokio::test]
async fn what_is_found_by_its_id_is_not_looked_for_among_all_that_a_tenant_has() {
    let t = &TestDb::new(Engine::Sqlite).await;
    let scope = t.tenant("Acme").await;
    let mut reader = t.db.read(scope).await.unwrap();
    let connection = t.id::<ConnectionId>().uuid();
    for (table, narrow, column) in [
        ("calls", "", "id"),
        ("call_legs", "", "id"),
        ("call_legs", "", "call_id"),
        ("call_links", "connection_id", "external_id"),
        ("messages", "", "id"),
        ("voicemails", "", "id"),
        ("recordings", "", "id"),
        ("contacts", "", "id"),
        ("search_words", "", "id"),
        ("work", "", "id"),
        ("webhook_events", "", "id"),
        ("erasures", "", "subject"),
    ] {
        for ids in [1, 4, 512] {
            let mut sql = Sql::new("SELECT * FROM ");
            sql.push(table).push(" WHERE tenant_id = ").bind(scope.tenant().uuid());
            if !narrow.is_empty() {
                sql.push(" AND ").push(narrow).push(" = ").bind(connection);
            }
            sql.push(" AND ").push(column).push(" IN ");
            let ids: Vec<Arg> = (0..ids)
                .map(|n: u32| match column {
                    "external_id" => format!("leg-{n}").into(),
                    "subject" => n.to_be_bytes().to_vec().into(),
                    _ => t.id::<EventId>().uuid().into(),
                })
                .collect();
            sql.bind_list(&ids);
            let plan = sql.explain(&mut reader.conn()).await.unwrap().join("\n");
            let is_by_id = plan.contains(&format!("{column}=?"));
            assert!(is_by_id, "{} {column}s of {table}:\n{plan}", ids.len());
        }
    }
}
