//! Who is served: the installation's administration, suspended workspaces, and the guide's two routes for admins.

use axum::{body::Body, http::Request};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use switchboard_app::{
    accounts,
    audit::Origin,
    tenants::{self, Standing},
    usage,
    vault::Place,
};
use switchboard_domain::ids::TenantId;
use switchboard_store::{TenantScope, connections as rows, secrets};
use switchboard_testkit::{Engine, TestDb, both_engines};

use crate::{
    accounts::{Held, Visitor},
    site::{Answer, HOOK, INTERNAL_SECRET, Site},
};

/// A platform admin who signed in.
pub async fn root(site: &Site<'_>) -> String {
    let by = Origin::operator("test");
    let made = accounts::create_user(&site.app, "root@example.com", "Root", true, &by).await.unwrap();
    let answer = Visitor::new(site).log_in("root@example.com", made.password.expose_secret()).await;
    Held::of(&answer).access
}

async fn send(site: &Site<'_>, method: &str, path: &str, token: &str, body: Option<Value>) -> Answer {
    let request = Request::builder().method(method).uri(path).header("authorization", format!("Bearer {token}"));
    let request = request.header("content-type", "application/json");
    site.send(request.body(body.map_or(Body::empty(), |body| Body::from(body.to_string()))).unwrap()).await
}

fn tenant_of(held: &Held) -> TenantId {
    held.body["user"]["tenant"]["id"].as_str().unwrap().parse().unwrap()
}

/// Every operation of the administration, with what it needs to be read at all.
fn administration() -> Vec<(String, String)> {
    let document = serde_json::to_value(switchboard_http::openapi()).unwrap();
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap().iter().filter(|(path, _)| path.contains("/admin/")) {
        found.extend(item.as_object().unwrap().keys().map(|method| (method.to_uppercase(), path.clone())));
    }
    found
}

both_engines! {
    async fn the_administration_is_for_platform_admins_and_the_installations_secret(t: &TestDb) {
        let site = Site::new(t).await;
        let owner = Visitor::new(&site).sign_up("Acme Corp", "ann@example.com").await;
        let operations = administration();
        assert!(operations.len() >= 13, "{operations:?}");
        for (method, path) in &operations {
            let path = path.replace("{id}", &tenant_of(&owner).to_string());
            // An owner of a tenant, and an app with everything that apps may do.
            let person = send(&site, method, &path, &owner.access, Some(json!({}))).await;
            assert_eq!((person.status.as_u16(), person.code().as_str()), (403, "forbidden"), "{method} {path}");
            let app = site.send(site.request(method, &path).body(Body::empty()).unwrap()).await;
            assert_eq!((app.status.as_u16(), app.code().as_str()), (403, "forbidden"), "{method} {path}");
        }
        let root = root(&site).await;
        for token in [root.as_str(), INTERNAL_SECRET] {
            let listed = send(&site, "GET", "/api/v1/admin/tenants?limit=1", token, None).await.json();
            assert_eq!((listed["data"].as_array().unwrap().len(), &listed["has_more"]), (1, &json!(true)));
            let overview = send(&site, "GET", "/api/v1/admin/overview", token, None).await.json();
            assert_eq!(overview["tenants"], json!({ "active": 2, "suspended": 0, "deleted": 0 }));
            assert_eq!(overview["events_waiting"], 0);
        }
        let wrong = send(&site, "GET", "/api/v1/admin/tenants", "not-the-secret-of-this-server-at-all", None).await;
        assert_eq!(wrong.status, 401, "{wrong:?}");
    }

    async fn a_suspended_workspace_is_refused_with_the_reason_and_its_webhooks_are_kept(t: &TestDb) {
        let mut site = Site::new(t).await;
        site.run_intake();
        let owner = Visitor::new(&site).sign_up("Acme Corp", "ann@example.com").await;
        let path = format!("/api/v1/admin/tenants/{}", tenant_of(&owner));
        let suspend = |path: String, body| send_owned(&site, "POST", path, INTERNAL_SECRET, body);
        let unsaid = suspend(format!("{path}/suspend"), json!({ "reason": " " })).await;
        assert_eq!((unsaid.code().as_str(), &unsaid.json()["errors"][0]["field"]), ("invalid_body", &json!("reason")));
        let suspended = suspend(format!("{path}/suspend"), json!({ "reason": "unpaid" })).await.json();
        assert_eq!((&suspended["status"], &suspended["status_reason"]), (&json!("suspended"), &json!("unpaid")));
        let refused = send(&site, "GET", "/api/v1/calls", &owner.access, None).await;
        assert_eq!((refused.status.as_u16(), refused.code().as_str()), (403, "tenant_suspended"));
        assert!(refused.json()["detail"].as_str().unwrap().contains("unpaid"));
        // The guide's word for it, on signing in.
        let again = Visitor::new(&site).log_in("ann@example.com", crate::accounts::PASSWORD).await;
        assert_eq!(again.status, 403, "{again:?}");

        // The site's own tenant: its app and its webhook.
        let by = Origin::operator("test");
        tenants::set_standing(&site.app, site.scope, Standing::Suspended("unpaid"), &by).await.unwrap();
        let app = site.get("/api/v1/calls").await;
        assert_eq!((app.status.as_u16(), app.code().as_str()), (403, "tenant_suspended"));
        let guide = site.get("/api/calls").await;
        assert_eq!((guide.status.as_u16(), guide.json()["error"].as_str()), (403, Some("Forbidden")));
        let delivered = || Request::builder().method("POST").uri(format!("/hooks/{HOOK}")).body(Body::from("{}")).unwrap();
        assert_eq!(site.send(delivered()).await.status, 200);
        assert_eq!(t.query_texts("SELECT provider FROM webhook_events").await.len(), 1);
        tenants::set_standing(&site.app, site.scope, Standing::Active, &by).await.unwrap();
        assert_eq!(site.get("/api/v1/calls").await.status, 200);
        suspend(format!("{path}/resume"), json!({})).await;
        assert_eq!(send(&site, "GET", "/api/v1/calls", &owner.access, None).await.status, 200);
    }

    async fn working_under_somebodys_name_stops_short_of_their_keys(t: &TestDb) {
        let site = Site::new(t).await;
        let owner = Visitor::new(&site).sign_up("Acme Corp", "ann@example.com").await;
        let root = root(&site).await;
        let path = format!("/api/v1/admin/tenants/{}/impersonate", tenant_of(&owner));
        let because = || Some(json!({ "reason": "ticket 7" }));
        let nobody = send(&site, "POST", &path, INTERNAL_SECRET, because()).await;
        assert_eq!(nobody.status, 403, "the log must name a person: {nobody:?}");
        let opened = send(&site, "POST", &path, &root, because()).await;
        assert_eq!(opened.status, 201, "{opened:?}");
        let opened = opened.json();
        assert_eq!((&opened["email"], &opened["role"], &opened["expires_in"]), (&json!("ann@example.com"), &json!("owner"), &json!(3600)));
        assert!(opened.get("refresh_token").is_none());
        let token = opened["access_token"].as_str().unwrap();
        let me = send(&site, "GET", "/api/v1/me", token, None).await.json();
        assert_eq!(me["impersonated_by"], opened["impersonated_by"], "{me}");
        let may = |permission: &str| me["permissions"].as_array().unwrap().contains(&json!(permission));
        assert!(may("connections.write") && !may("apps.write") && !may("members.write") && !may("owners.write"), "{me}");
        assert_eq!(send(&site, "GET", "/api/v1/calls", token, None).await.status, 200);
        // A key or a member would still be there when the hour is over.
        let stay = [("apps", json!({ "name": "Support" })), ("invitations", json!({ "email": "me@example.com", "role": "admin" }))];
        for (noun, body) in stay {
            let refused = send(&site, "POST", &format!("/api/v1/{noun}"), token, Some(body)).await;
            assert_eq!((refused.status.as_u16(), refused.code().as_str()), (403, "forbidden"), "{noun}");
        }
        // Neither their password nor the installation, nor a way to stay.
        let password = json!({ "current_password": crate::accounts::PASSWORD, "new_password": "another Long phrase 9" });
        let changed = send(&site, "PUT", "/api/v1/me/password", token, Some(password.clone())).await;
        let changed = if changed.status == 405 {
            send(&site, "POST", "/api/v1/me/password", token, Some(password)).await
        } else {
            changed
        };
        assert_eq!(changed.status, 403, "{changed:?}");
        assert_eq!(send(&site, "GET", "/api/v1/admin/tenants", token, None).await.status, 403);
        assert_eq!(send(&site, "GET", "/api/admin/tenants", token, None).await.json().as_array().unwrap().len(), 1);
        t.clock.advance(std::time::Duration::from_hours(1));
        assert_eq!(send(&site, "GET", "/api/v1/calls", token, None).await.status, 401);
    }

    async fn a_browser_works_under_somebodys_name_and_goes_back_to_its_own_sign_in(t: &TestDb) {
        let site = Site::new(t).await;
        let owner = Visitor::new(&site).sign_up("Acme Corp", "ann@example.com").await;
        let by = Origin::operator("test");
        let made = accounts::create_user(&site.app, "root@example.com", "Root", true, &by).await.unwrap();
        let mut browser = Browser::new(&site);
        let password = made.password.expose_secret();
        let form = json!({ "email": "root@example.com", "password": password, "session": "cookie" });
        browser.post("/api/v1/auth/login", form).await;
        let path = format!("/api/v1/admin/tenants/{}/impersonate", tenant_of(&owner));
        let opened = browser.post(&path, json!({ "reason": "ticket 7" })).await;
        assert_eq!((opened.status.as_u16(), &opened.json()["access_token"]), (201, &Value::Null), "no script gets the token");
        let me = browser.get("/api/v1/me").await.json();
        assert_eq!((&me["user"]["email"], me["impersonated_by"].is_string()), (&json!("ann@example.com"), true), "{me}");

        // Signing out ends that session alone; the browser is the admin's again by the refresh token it has kept.
        assert_eq!(browser.post("/api/v1/auth/logout", json!({})).await.status, 204);
        assert_eq!(browser.get("/api/v1/me").await.status, 401);
        assert_eq!(browser.post("/api/v1/auth/refresh", json!({})).await.status, 200);
        let me = browser.get("/api/v1/me").await.json();
        assert_eq!((&me["user"]["email"], &me["impersonated_by"]), (&json!("root@example.com"), &Value::Null), "{me}");
        let gone = browser.post("/api/v1/auth/logout", json!({})).await;
        assert_eq!((gone.status.as_u16(), browser.cookies.len()), (204, 0), "both are forgotten now");
        assert_eq!(browser.post("/api/v1/auth/refresh", json!({})).await.status, 401);
    }

    async fn tenants_are_found_by_a_part_of_their_name(t: &TestDb) {
        let site = Site::new(t).await;
        let visitor = Visitor::new(&site);
        visitor.sign_up("Ácme 100% Ltd", "ann@example.com").await;
        visitor.sign_up("Tech Solutions", "bob@example.com").await;
        let found = async |query: &str| {
            let path = format!("/api/v1/admin/tenants?q={query}");
            let listed = send(&site, "GET", &path, INTERNAL_SECRET, None).await.json();
            let names = listed["data"].as_array().unwrap().iter().map(|tenant| tenant["name"].as_str().unwrap().to_owned());
            names.collect::<Vec<_>>()
        };
        assert_eq!(found("SOLUT").await, ["Tech Solutions"]);
        assert_eq!(found("tech-sol").await, ["Tech Solutions"], "the subdomain counts as well");
        assert_eq!(found("0%25").await, ["Ácme 100% Ltd"], "a per cent sign is no wildcard");
        assert_eq!(found("t%25s").await, [""; 0]);
    }

    async fn the_guides_list_shows_an_admin_their_own_tenant_and_nobody_elses(t: &TestDb) {
        let site = Site::new(t).await;
        let visitor = Visitor::new(&site);
        let ann = visitor.sign_up("Acme Corp", "ann@example.com").await;
        visitor.sign_up("Tech Solutions", "bob@example.com").await;
        let scope = scope_of(&site, tenant_of(&ann)).await;
        let build = switchboard_testkit::Build::new(t, scope, t.connection(scope).await);
        let call = build.call(1, t.now());
        let mut tx = t.db.begin(scope).await.unwrap();
        switchboard_store::record::save(&mut tx.conn(), &[&call]).await.unwrap();
        tx.push_change(switchboard_domain::change::NewChange::of(
            switchboard_domain::change::RecordKind::Call,
            call.record.id,
            switchboard_domain::change::Verb::Created,
            t.now(),
        ));
        tx.commit(t.now()).await.unwrap();
        usage::count(&site.app, scope).await.unwrap();
        let own = send(&site, "GET", "/api/admin/tenants", &ann.access, None).await.json();
        assert_eq!(own, json!([{
            "id": tenant_of(&ann).uuid().to_string(), "company_name": "Acme Corp", "subdomain": "acme-corp",
            "plan": "starter", "is_active": true, "created_at": own[0]["created_at"], "user_count": 1, "call_count": 1,
        }]));
        let all = send(&site, "GET", "/api/admin/tenants", &root(&site).await, None).await.json();
        let mut names: Vec<&str> = all.as_array().unwrap().iter().map(|t| t["company_name"].as_str().unwrap()).collect();
        names.sort_unstable();
        assert_eq!(names, ["Acme", "Acme Corp", "Tech Solutions"]);
        t.execute("UPDATE memberships SET role = 'viewer'").await;
        site.app.accounts.forget();
        let viewer = send(&site, "GET", "/api/admin/tenants", &ann.access, None).await;
        assert_eq!((viewer.status.as_u16(), viewer.json()["error"].as_str()), (403, Some("Admin access required")));
        assert_eq!(site.anonymous("GET", "/api/admin/tenants").await.status, 401);
        assert_eq!(site.get("/api/admin/tenants").await.status, 403, "an app is no admin");
    }

    async fn the_guides_configuration_is_kept_and_no_secret_is_shown(t: &TestDb) {
        let site = Site::new(t).await;
        let visitor = Visitor::new(&site);
        let ann = visitor.sign_up("Acme Corp", "ann@example.com").await;
        let bob = visitor.sign_up("Tech Solutions", "bob@example.com").await;
        let path = format!("/api/admin/tenant/{}/config", tenant_of(&ann).uuid());
        let put = |token: String, body: Value| send_owned(&site, "PUT", path.clone(), token, body);
        // As the guide's onboarding goes: the webhook first, the telephone system's API later or never.
        let first = json!({ "webhook_username": "acme", "webhook_password": "hook-pass-77" });
        let answer = put(ann.access.clone(), first).await;
        assert_eq!((answer.status.as_u16(), answer.json()), (200, json!({ "message": "Configuration updated" })));
        let rest = json!({
            "ucm_ip": "pbx.example.com", "ucm_https_port": 8443, "ucm_username": "api", "ucm_password": "ucm-pass-88",
            "transcription_enabled": false,
        });
        assert_eq!(put(ann.access.clone(), rest).await.status, 200);
        let scope = scope_of(&site, tenant_of(&ann)).await;
        let listed = rows::list(&mut t.db.read(scope).await.unwrap().conn(), scope, None, 10).await.unwrap();
        let [connection] = listed.as_slice() else { panic!("one connection: {listed:?}") };
        assert_eq!(connection.provider, "clouducm");
        assert_eq!(connection.settings["host"], "pbx.example.com");
        assert_eq!(connection.settings["webhook_username"], "acme");
        let kept = async |field: &'static str| {
            let mut reader = t.db.read(scope).await.unwrap();
            let found = secrets::find_credential(&mut reader.conn(), scope, connection.id, field).await.unwrap().unwrap();
            let place = Place { tenant: scope.tenant(), owner: connection.id.uuid(), field };
            site.app.vault.open(place, &found.sealed).unwrap().expose_secret().to_owned()
        };
        assert_eq!(kept("password").await, "ucm-pass-88");
        assert!(kept("webhook_password").await.starts_with("$argon2id$"), "only compared, so only its hash is kept");
        let me = send(&site, "GET", "/api/auth/me", &ann.access, None).await.json();
        assert_eq!((&me["tenant"]["transcription_enabled"], &me["tenant"]["sentiment_enabled"]), (&json!(false), &json!(true)));
        for shown in ["/api/v1/connections", "/api/v1/workspace", "/api/v1/features", "/api/admin/tenants"] {
            let text = send(&site, "GET", shown, &ann.access, None).await;
            assert_eq!(text.status, 200, "{shown}: {text:?}");
            let text = String::from_utf8(text.body.to_vec()).unwrap();
            assert!(!text.contains("pass-77") && !text.contains("pass-88") && !text.contains("$argon2"), "{shown}: {text}");
        }
        let wrong = put(ann.access.clone(), json!({ "ucm_https_port": 99_999 })).await;
        assert_eq!((wrong.status.as_u16(), &wrong.json()["errors"][0]["field"]), (400, &json!("ucm_https_port")));
        assert_eq!(put(ann.access.clone(), json!({ "sentiment_enabled": "yes" })).await.status, 400);
        // What would be passed over is named, and nothing is changed.
        let unknown = json!({ "ucm_host": "other.example.com", "port": 1, "ucm_username": "other" });
        let unknown = put(ann.access.clone(), unknown).await;
        assert_eq!((unknown.status.as_u16(), &unknown.json()["code"]), (400, &json!("invalid_body")));
        let said = unknown.json()["error"].as_str().unwrap().to_owned();
        assert!(["`port`", "`ucm_host`", "ucm_ip, ucm_https_port"].iter().all(|word| said.contains(word)), "{said}");
        let listed = rows::list(&mut t.db.read(scope).await.unwrap().conn(), scope, None, 10).await.unwrap();
        assert_eq!(listed[0].settings["username"], "api");
        // Somebody else's is not there; a viewer may not; who runs the installation may.
        assert_eq!(put(bob.access.clone(), json!({})).await.status, 404);
        assert_eq!(put(root(&site).await, json!({ "sentiment_enabled": false })).await.status, 200);
        let missing = format!("/api/admin/tenant/{}/config", t.id::<TenantId>().uuid());
        assert_eq!(send(&site, "PUT", &missing, INTERNAL_SECRET, Some(json!({}))).await.status, 404);
        t.execute("UPDATE memberships SET role = 'viewer'").await;
        site.app.accounts.forget();
        assert_eq!(put(ann.access.clone(), json!({})).await.status, 403);
    }
}

async fn send_owned(site: &Site<'_>, method: &str, path: String, token: impl AsRef<str>, body: Value) -> Answer {
    send(site, method, &path, token.as_ref(), Some(body)).await
}

async fn scope_of(site: &Site<'_>, id: TenantId) -> TenantScope {
    tenants::lookup(&site.app, id).await.unwrap().scope()
}

#[tokio::test]
async fn a_workspace_reads_and_changes_what_is_its_own() {
    let t = TestDb::new(Engine::Sqlite).await;
    let site = Site::new(&t).await;
    let ann = Visitor::new(&site).sign_up("Acme Corp", "ann@example.com").await.access;
    let changed =
        send(&site, "PATCH", "/api/v1/workspace", &ann, Some(json!({ "time_zone": "europe/madrid" }))).await.json();
    assert_eq!((&changed["time_zone"], &changed["name"]), (&json!("Europe/Madrid"), &json!("Acme Corp")));
    let wrong = json!({ "time_zone": "Mars/Olympus", "name": "" });
    let wrong = send(&site, "PATCH", "/api/v1/workspace", &ann, Some(wrong)).await;
    assert_eq!(wrong.code(), "invalid_body");
    assert_eq!(wrong.json()["errors"].as_array().unwrap().len(), 2);
    let plan = send(&site, "PATCH", "/api/v1/workspace", &ann, Some(json!({ "plan": "enterprise" }))).await;
    assert_eq!(plan.code(), "invalid_body", "nobody gives themselves a plan");
    let switched = json!({ "sentiment_enabled": false, "transcription_enabled": null });
    let features = send(&site, "PUT", "/api/v1/features", &ann, Some(switched)).await.json();
    assert_eq!(features["data"][1]["name"], "sentiment_enabled");
    assert_eq!((&features["data"][1]["is_on"], &features["data"][1]["is_switched"]), (&json!(false), &json!(true)));
    let unknown = send(&site, "PUT", "/api/v1/features", &ann, Some(json!({ "teleportation": true }))).await;
    assert_eq!(unknown.json()["errors"][0]["field"], "teleportation");
    let usage = send(&site, "GET", "/api/v1/usage", &ann, None).await.json();
    assert_eq!((&usage["plan"], &usage["period"]), (&json!("starter"), &json!("2026-08")));
    let minutes = usage["current"].as_array().unwrap().iter().find(|m| m["metric"] == "call_minutes").unwrap().clone();
    assert_eq!(minutes, json!({ "metric": "call_minutes", "used": 0, "limit": 2500, "percent": 0 }));
    let plans = send(&site, "GET", "/api/v1/plans", &ann, None).await.json();
    let prices: Vec<i64> =
        plans["data"].as_array().unwrap().iter().map(|p| p["price_cents"].as_i64().unwrap()).collect();
    assert_eq!(prices, [24_900, 49_900, 99_900]);
}

#[tokio::test]
async fn past_the_limit_a_workspace_cannot_grow_and_loses_nothing() {
    let t = TestDb::new(Engine::Sqlite).await;
    let mut site = Site::new(&t).await;
    site.run_intake();
    let ann = Visitor::new(&site).sign_up("Acme Corp", "ann@example.com").await;
    let plan = json!({
        "name": "Tiny", "price_cents": 100, "currency": "USD", "position": 0, "limits": { "minutes": 1 },
        "past_limit": "no_additions",
    });
    let saved = send(&site, "PUT", "/api/v1/admin/plans/tiny", INTERNAL_SECRET, Some(plan)).await;
    assert_eq!((saved.status.as_u16(), &saved.json()["limits"]["minutes"]), (200, &json!(1)));
    let path = format!("/api/v1/admin/tenants/{}", tenant_of(&ann));
    let moved = send(&site, "PATCH", &path, INTERNAL_SECRET, Some(json!({ "plan": "tiny" }))).await.json();
    assert_eq!(moved["plan"], "tiny");
    let app = || Some(json!({ "name": "CRM" }));
    assert_eq!(send(&site, "POST", "/api/v1/apps", &ann.access, app()).await.status, 201);
    t.execute("INSERT INTO usage_counters SELECT id, '2026-08', 'call_minutes', 1 FROM tenants WHERE plan = 'tiny'")
        .await;
    let invite = json!({ "email": "new@example.com", "role": "agent" });
    let connection = json!({ "provider": "dialpad", "name": "Second" });
    for (path, body) in
        [("/api/v1/apps", app()), ("/api/v1/invitations", Some(invite)), ("/api/v1/connections", Some(connection))]
    {
        let refused = send(&site, "POST", path, &ann.access, body).await;
        assert_eq!((refused.status.as_u16(), refused.code().as_str()), (403, "plan_limit_reached"), "{path}");
    }
    assert_eq!(send(&site, "GET", "/api/v1/apps", &ann.access, None).await.status, 200);
    t.execute(
        "UPDATE tenants SET plan = 'tiny'; INSERT INTO usage_counters SELECT id, '2026-08', 'call_minutes', 1 \
               FROM tenants WHERE subdomain = 'acme'",
    )
    .await;
    let delivered = Request::builder().method("POST").uri(format!("/hooks/{HOOK}")).body(Body::from("{}")).unwrap();
    assert_eq!(site.send(delivered).await.status, 200, "what arrives is kept whatever the plan says");
}

/// A browser: it keeps cookies, and its pages send what the server asks of them.
struct Browser<'s> {
    site: &'s Site<'s>,
    cookies: std::collections::BTreeMap<String, String>,
}

impl<'s> Browser<'s> {
    const fn new(site: &'s Site<'s>) -> Self {
        Self { site, cookies: std::collections::BTreeMap::new() }
    }

    async fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, None, None).await
    }

    async fn post(&mut self, path: &str, body: Value) -> Answer {
        let csrf = self.get("/api/v1/auth/csrf").await.json()["csrf_token"].as_str().unwrap().to_owned();
        self.send("POST", path, Some(csrf), Some(body)).await
    }

    async fn send(&mut self, method: &str, path: &str, csrf: Option<String>, body: Option<Value>) -> Answer {
        let kept: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = Request::builder().method(method).uri(path).header("sec-fetch-site", "same-origin");
        request = request.header("content-type", "application/json").header("cookie", kept.join("; "));
        if let Some(csrf) = csrf {
            request = request.header("x-csrf-token", csrf);
        }
        let body = body.map_or(Body::empty(), |body| Body::from(body.to_string()));
        let answer = self.site.send(request.body(body).unwrap()).await;
        for line in answer.headers.get_all("set-cookie") {
            let (name, value) = line.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }
}
