//! `/api/v1/auth` and `/api/v1/me`.

use serde_json::json;
use switchboard_domain::role::Role;
use switchboard_store::people::memberships;
use switchboard_testkit::both_engines;

use super::{Held, PASSWORD, Visitor, form, site};

both_engines! {
    async fn signing_up_and_looking_at_oneself(t: &TestDb) {
        let site = site(t).await;
        let ann = Visitor::new(&site);
        let mut asked = form("Acme", "ann@example.com");
        asked["plan"] = "professional".into();
        let answer = ann.post("/api/v1/auth/signup", &asked).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        let held = Held::of(&answer);
        assert_eq!((&held.body["expires_in"], &held.body["token_type"]), (&json!(3600), &json!("Bearer")));
        let me = ann.get("/api/v1/me", &held.access).await.json();
        assert_eq!(me["user"]["email"], "ann@example.com");
        assert_eq!((&me["tenant"]["role"], &me["tenant"]["plan"]), (&json!("owner"), &json!("professional")));
        assert_eq!(me["memberships"].as_array().unwrap().len(), 1);
        let may = me["permissions"].as_array().unwrap();
        assert!(may.contains(&json!("owners.write")) && may.contains(&json!("records.read")));
        assert_eq!(ann.get("/api/v1/calls", &held.access).await.status, 200);

        let taken = ann.post("/api/v1/auth/signup", &asked).await;
        assert_eq!((taken.status.as_u16(), taken.code().as_str()), (409, "conflict"));
        assert_eq!(taken.json()["errors"][0]["field"], "email");
        asked["password"] = "qwertyuiop".into();
        asked["company_name"] = "".into();
        let weak = ann.post("/api/v1/auth/signup", &asked).await;
        assert_eq!((weak.status.as_u16(), weak.code().as_str()), (400, "invalid_body"));
        let fields: Vec<_> = weak.json()["errors"].as_array().unwrap().iter().map(|error| error["field"].clone()).collect();
        assert_eq!(fields, ["company_name", "password"]);
        // An app's key is no person.
        assert_eq!(site.get("/api/v1/me").await.code(), "forbidden");
        assert_eq!(site.anonymous("GET", "/api/v1/me").await.code(), "missing_credentials");
    }

    async fn roles_are_held_to_their_permissions(t: &TestDb) {
        let site = site(t).await;
        let ann = Visitor::new(&site);
        let held = ann.sign_up("Acme", "ann@example.com").await;
        let me = ann.get("/api/v1/me", &held.access).await.json();
        let (user, tenant) = (me["user"]["id"].as_str().unwrap().parse().unwrap(), site.scope.tenant());
        let mut tx = t.db.begin_platform().await.unwrap();
        memberships::insert(&mut tx, tenant, user, Role::Viewer, t.now()).await.unwrap();
        tx.commit().await.unwrap();
        let other = ann.post_as("/api/v1/auth/switch", Some(&held.access), &json!({ "tenant_id": tenant })).await;
        assert_eq!(other.status, 200, "{other:?}");
        assert_eq!(other.json()["refresh_token"], json!(null));
        let access = other.json()["access_token"].as_str().unwrap().to_owned();
        assert_eq!(ann.get("/api/v1/calls", &held.access).await.status, 401, "the token of before is for the other workspace");
        let refused = ann.post_as("/api/v1/apps", Some(&access), &json!({ "name": "x" })).await;
        assert_eq!(refused.code(), "forbidden");
        assert!(refused.json()["detail"].as_str().unwrap().contains("`apps.write`"), "{refused:?}");
        assert_eq!(ann.get("/api/v1/calls", &access).await.status, 200);
        assert_eq!(ann.get("/api/auth/me", &access).await.json()["role"], "user");
        // The refresh token goes on, and the session stays where it went.
        let next = Held::of(&ann.post("/api/v1/auth/refresh", &json!({ "refresh_token": held.refresh })).await);
        assert_eq!(next.body["tenant"]["role"], "viewer");
        let stranger = t.tenant("Strangers").await.tenant();
        let nowhere = ann.post_as("/api/v1/auth/switch", Some(&next.access), &json!({ "tenant_id": stranger })).await;
        assert_eq!(nowhere.code(), "not_found");
        // Signing in again leads to where they were last.
        let again = Held::of(&ann.post("/api/v1/auth/login", &json!({ "email": "ann@example.com", "password": PASSWORD })).await);
        assert_eq!(again.body["tenant"]["tenant_id"], json!(tenant));
        let home = me["tenant"]["tenant_id"].clone();
        let asked = json!({ "email": "ann@example.com", "password": PASSWORD, "tenant_id": home });
        assert_eq!(Held::of(&ann.post("/api/v1/auth/login", &asked).await).body["tenant"]["tenant_id"], home);
    }

    async fn people_change_their_name_and_make_workspaces_of_their_own(t: &TestDb) {
        let site = site(t).await;
        let ann = Visitor::new(&site);
        let held = ann.sign_up("Acme", "ann@example.com").await;
        let rename = async |full_name: &str| {
            let request = ann.request("PATCH", "/api/v1/me", Some(&held.access)).header("content-type", "application/json");
            site.send(request.body(json!({ "full_name": full_name }).to_string().into()).unwrap()).await
        };
        assert_eq!(rename("  ").await.json()["errors"][0]["field"], "full_name");
        assert_eq!(rename("Ann Lee-Meyer").await.json()["full_name"], "Ann Lee-Meyer");
        let log = ann.get("/api/v1/audit?action=user.updated", &held.access).await.json();
        assert_eq!(log["data"][0]["details"], json!({ "field": "full_name" }), "{log}");

        let make = async |body| ann.post_as("/api/v1/me/workspaces", Some(&held.access), &body).await;
        assert_eq!(make(json!({ "company_name": "", "plan": "none" })).await.json()["errors"].as_array().unwrap().len(), 2);
        let made = make(json!({ "company_name": "Second", "plan": "professional" })).await;
        assert_eq!(made.status, 201, "{made:?}");
        let access = made.json()["access_token"].as_str().unwrap().to_owned();
        let me = ann.get("/api/v1/me", &access).await.json();
        assert_eq!((&me["tenant"]["company_name"], &me["tenant"]["role"]), (&json!("Second"), &json!("owner")));
        assert_eq!(me["memberships"].as_array().unwrap().len(), 2);
        let log = ann.get("/api/v1/audit", &access).await.json();
        assert_eq!(log["data"][0]["action"], "connection.created", "the webhook of its telephone system");
        assert_eq!((&log["data"][1]["action"], &log["data"][1]["actor_kind"]), (&json!("tenant.created"), &json!("user")));
        assert_eq!(ann.get("/api/v1/me", &held.access).await.status, 401, "the token of before is for the other workspace");
    }

    async fn the_roles_tell_what_each_may_do(t: &TestDb) {
        let site = site(t).await;
        let listed = site.get("/api/v1/roles").await.json();
        let may = |role: usize, what: &str| listed["data"][role]["permissions"].as_array().unwrap().contains(&json!(what));
        assert_eq!((&listed["data"][0]["role"], &listed["data"][3]["role"]), (&json!("owner"), &json!("viewer")));
        assert!(may(0, "owners.write") && !may(1, "owners.write") && may(2, "records.write") && !may(3, "records.write"));
    }

    async fn sessions_are_listed_and_ended(t: &TestDb) {
        let site = site(t).await;
        let ann = Visitor::new(&site);
        let first = ann.sign_up("Acme", "ann@example.com").await;
        t.clock.advance(std::time::Duration::from_secs(1));
        let second = Held::of(&Visitor::at(&site, [192, 0, 2, 9]).log_in("ann@example.com", PASSWORD).await);
        let bob = ann.sign_up("Other", "bob@example.com").await;
        let listed = ann.get("/api/v1/me/sessions", &second.access).await.json();
        let sessions = listed["data"].as_array().unwrap();
        assert_eq!(sessions.len(), 2, "{listed}");
        assert_eq!((&sessions[0]["is_current"], &sessions[0]["address"], &sessions[0]["user_agent"]), (&json!(true), &json!("192.0.2.9"), &json!("curl/8")));
        let older = format!("/api/v1/me/sessions/{}", sessions[1]["id"].as_str().unwrap());
        assert_eq!(ann.delete(&older, &bob.access).await.status, 404, "somebody else's");
        assert_eq!(ann.delete(&older, &second.access).await.status, 204);
        assert_eq!(ann.delete(&older, &second.access).await.status, 404);
        assert_eq!(ann.get("/api/v1/me", &first.access).await.status, 401);
        let third = Held::of(&ann.log_in("ann@example.com", PASSWORD).await);
        let ended = ann.post_as("/api/v1/me/sessions/revoke-others", Some(&third.access), &json!({})).await;
        assert_eq!((ended.status.as_u16(), &ended.json()["revoked"]), (200, &json!(1)));
        assert_eq!(ann.get("/api/v1/me", &second.access).await.status, 401);
        assert_eq!(ann.get("/api/v1/me", &third.access).await.status, 200);
        assert_eq!(ann.get("/api/v1/me", &bob.access).await.status, 200);
        let out = ann.post_as("/api/v1/auth/logout", None, &json!({ "refresh_token": third.refresh })).await;
        assert_eq!(out.status, 204);
        assert_eq!(ann.get("/api/v1/me", &third.access).await.status, 401);
    }

    async fn a_new_password_ends_all_other_sessions(t: &TestDb) {
        let site = site(t).await;
        let ann = Visitor::new(&site);
        let first = ann.sign_up("Acme", "ann@example.com").await;
        let second = Held::of(&ann.log_in("ann@example.com", PASSWORD).await);
        let change = async |current: &str, new: &str| {
            let asked = json!({ "current_password": current, "new_password": new });
            ann.post_as("/api/v1/me/password", Some(&second.access), &asked).await
        };
        let wrong = change("not this one", "another good one").await;
        assert_eq!((wrong.code().as_str(), &wrong.json()["errors"][0]["field"]), ("invalid_body", &json!("current_password")));
        let weak = change(PASSWORD, "iloveyou").await;
        assert_eq!(weak.json()["errors"][0]["field"], "new_password");
        assert_eq!(change(PASSWORD, "another good one").await.status, 204);
        assert_eq!(ann.get("/api/v1/me", &first.access).await.status, 401);
        assert_eq!(ann.get("/api/v1/me", &second.access).await.status, 200);
        assert_eq!(ann.log_in("ann@example.com", PASSWORD).await.status, 401);
        assert_eq!(ann.log_in("ann@example.com", "another good one").await.status, 200);
    }
}
