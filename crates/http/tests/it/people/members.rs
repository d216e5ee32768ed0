//! Inviting, joining, changing roles, leaving.

use std::time::Duration;

use serde_json::{Value, json};
use switchboard_app::{
    accounts::{self, MemberError},
    audit::Origin,
};
use switchboard_domain::{ids::UserId, role::Role};
use switchboard_testkit::both_engines;

use super::{PASSWORD, ask, outbox, sign_up, site, text, token_in_mail};
use crate::site::Site;

async fn invite(site: &Site<'_>, by: &str, email: &str, role: &str) -> crate::site::Answer {
    ask(site, "POST", "/api/v1/invitations", by, json!({ "email": email, "role": role })).await
}

/// Invites somebody and lets them join with a new account; their access token.
async fn join(site: &Site<'_>, by: &str, email: &str, role: &str) -> String {
    let invited = invite(site, by, email, role).await;
    assert_eq!(invited.status, 201, "{invited:?}");
    let token = token_in_mail(site, email, "invites you to").await;
    let body = json!({ "token": token, "full_name": "Bo Ruiz", "password": PASSWORD });
    let joined = ask(site, "POST", "/api/v1/invitations/accept", "", body).await;
    assert_eq!(joined.status, 201, "{joined:?}");
    text(&joined, "access_token")
}

async fn id_of(site: &Site<'_>, token: &str) -> String {
    ask(site, "GET", "/api/v1/me", token, Value::Null).await.json()["user"]["id"].as_str().unwrap().to_owned()
}

both_engines! {
    async fn an_invitation_is_good_once(t: &TestDb) {
        let site = site(t).await;
        let ann = sign_up(&site, "Acme", "ann@example.com").await;
        assert_eq!(invite(&site, &ann, "bo@example.com", "agent").await.status, 201);
        let token = token_in_mail(&site, "bo@example.com", "invites you to").await;
        let offer = ask(&site, "POST", "/api/v1/invitations/look", "", json!({ "token": token })).await.json();
        assert_eq!(offer["company_name"], "Acme");
        assert_eq!((&offer["role"], &offer["has_account"]), (&json!("agent"), &json!(false)));
        let weak = json!({ "token": token, "full_name": "Bo", "password": "short" });
        assert_eq!(ask(&site, "POST", "/api/v1/invitations/accept", "", weak).await.status, 400);
        let body = json!({ "token": token, "full_name": "Bo Ruiz", "password": PASSWORD });
        let (one, two) = tokio::join!(
            ask(&site, "POST", "/api/v1/invitations/accept", "", body.clone()),
            ask(&site, "POST", "/api/v1/invitations/accept", "", body.clone())
        );
        let joined: Vec<_> = [one, two].into_iter().filter(|answer| answer.status == 201).collect();
        assert_eq!(joined.len(), 1);
        let joined = joined[0].json();
        assert_eq!((&joined["tenant"]["role"], &joined["user"]["is_email_verified"]), (&json!("agent"), &json!(true)));
        let again = ask(&site, "POST", "/api/v1/invitations/accept", "", body).await;
        assert_eq!(again.code(), "invalid_link");
        assert_eq!(invite(&site, &ann, "bo@example.com", "admin").await.status, 409, "a member already");
        let listed = ask(&site, "GET", "/api/v1/members", &ann, Value::Null).await.json();
        assert_eq!(listed["data"].as_array().unwrap().len(), 2);
        assert!(!listed.to_string().contains("password"));
    }

    async fn what_is_over_taken_back_or_replaced_opens_nothing(t: &TestDb) {
        let site = site(t).await;
        let ann = sign_up(&site, "Acme", "ann@example.com").await;
        let look = async |token: &str| {
            ask(&site, "POST", "/api/v1/invitations/look", "", json!({ "token": token })).await.status.as_u16()
        };
        let first = invite(&site, &ann, "bo@example.com", "agent").await;
        let old = token_in_mail(&site, "bo@example.com", "invites you to").await;
        let second = invite(&site, &ann, "bo@example.com", "viewer").await;
        let new = token_in_mail(&site, "bo@example.com", "invites you to").await;
        assert_ne!(old, new);
        assert_eq!((look(&old).await, look(&new).await), (400, 200));
        let revoke = async |id: &str| ask(&site, "DELETE", &format!("/api/v1/invitations/{id}"), &ann, Value::Null).await;
        assert_eq!(revoke(&text(&first, "id")).await.status, 404, "replaced already");
        let other = sign_up(&site, "Other", "eve@example.com").await;
        let theirs = format!("/api/v1/invitations/{}", text(&second, "id"));
        assert_eq!(ask(&site, "DELETE", &theirs, &other, Value::Null).await.status, 404, "another tenant's");
        assert_eq!(revoke(&text(&second, "id")).await.status, 204);
        assert_eq!(look(&new).await, 400);
        invite(&site, &ann, "cy@example.com", "agent").await;
        let late = token_in_mail(&site, "cy@example.com", "invites you to").await;
        t.clock.advance(Duration::from_hours(7 * 24));
        assert_eq!(look(&late).await, 400);
    }

    async fn who_has_an_account_joins_with_it_and_nobody_else_does(t: &TestDb) {
        let site = site(t).await;
        let ann = sign_up(&site, "Acme", "ann@example.com").await;
        let bo = sign_up(&site, "Bo's own", "bo@example.com").await;
        let eve = sign_up(&site, "Eve's own", "eve@example.com").await;
        invite(&site, &ann, "bo@example.com", "agent").await;
        let token = token_in_mail(&site, "bo@example.com", "invites you to").await;
        let body = json!({ "token": token, "full_name": "Not Bo", "password": PASSWORD });
        let anew = ask(&site, "POST", "/api/v1/invitations/accept", "", body).await;
        assert_eq!(anew.code(), "conflict", "the account exists");
        let accept = async |who: &str| {
            ask(&site, "POST", "/api/v1/invitations/accept", who, json!({ "token": token })).await
        };
        assert_eq!(accept("").await.status, 401);
        assert_eq!(accept(&eve).await.status, 403, "a link that was passed on");
        let joined = accept(&bo).await;
        let tenant = text(&joined, "tenant_id");
        let switched = ask(&site, "POST", "/api/v1/auth/switch", &bo, json!({ "tenant_id": tenant })).await;
        assert_eq!(switched.json()["tenant"]["role"], "agent");
    }

    async fn roles_bound_what_one_may_do_to_people(t: &TestDb) {
        let site = site(t).await;
        let ann = sign_up(&site, "Acme", "ann@example.com").await;
        let admin = join(&site, &ann, "admin@example.com", "admin").await;
        let agent = join(&site, &ann, "agent@example.com", "agent").await;
        let refused = invite(&site, &agent, "x@example.com", "viewer").await;
        assert_eq!((refused.code().as_str(), refused.json()["detail"].as_str().unwrap().contains("members.write")), ("forbidden", true));
        for (email, role) in [("y@example.com", "owner")] {
            let refused = invite(&site, &admin, email, role).await;
            assert!(refused.code() == "forbidden" && refused.json()["detail"].as_str().unwrap().contains("owners.write"));
        }
        let path = async |token: &str| format!("/api/v1/members/{}", id_of(&site, token).await);
        let (of_ann, of_agent, of_admin) = (path(&ann).await, path(&agent).await, path(&admin).await);
        let role = async |by: &str, path: &str, role: &str| {
            ask(&site, "PATCH", path, by, json!({ "role": role })).await.status.as_u16()
        };
        assert_eq!(role(&admin, &of_ann, "agent").await, 403, "an admin unmakes no owner");
        assert_eq!(role(&admin, &of_admin, "owner").await, 403);
        assert_eq!(role(&admin, &of_agent, "viewer").await, 200);
        assert_eq!(role(&ann, &of_ann, "admin").await, 409, "the last owner");
        assert_eq!(ask(&site, "DELETE", &of_ann, &ann, Value::Null).await.status, 409);
        assert_eq!(role(&ann, &of_admin, "owner").await, 200);
        assert_eq!(role(&ann, &of_ann, "admin").await, 200, "now there is another");
        let eve = sign_up(&site, "Other", "eve@example.com").await;
        assert_eq!(role(&eve, &of_agent, "owner").await, 404, "another tenant's");
        assert_eq!(ask(&site, "DELETE", &of_agent, &ann, Value::Null).await.status, 204);
        let gone = ask(&site, "GET", "/api/v1/members", &agent, Value::Null).await;
        assert_eq!(gone.status, 401, "{gone:?}");
        let trail = t.query_texts("SELECT action FROM audit_log").await;
        for action in ["member.invited", "member.joined", "member.role_changed", "member.removed"] {
            assert!(trail.iter().any(|kept| kept == action), "{action}: {trail:?}");
        }
        assert!(outbox(&site).await.len() >= 3);
    }

    async fn two_owners_cannot_unmake_each_other(t: &TestDb) {
        let site = site(t).await;
        let ann = sign_up(&site, "Acme", "ann@example.com").await;
        let bo = join(&site, &ann, "bo@example.com", "admin").await;
        let one: UserId = id_of(&site, &ann).await.parse().unwrap();
        let two: UserId = id_of(&site, &bo).await.parse().unwrap();
        let access = accounts::authenticate(&site.app, &ann).await.unwrap();
        let (scope, _) = access.acting().unwrap();
        let by = Origin::operator("test");
        for round in 0..6 {
            for user in [one, two] {
                accounts::change_role(&site.app, scope, &by, user, Role::Owner).await.unwrap();
            }
            let (first, second) = if round % 2 == 0 {
                tokio::join!(
                    async { accounts::change_role(&site.app, scope, &by, one, Role::Admin).await.map(drop) },
                    async { accounts::change_role(&site.app, scope, &by, two, Role::Admin).await.map(drop) }
                )
            } else {
                tokio::join!(
                    async { accounts::change_role(&site.app, scope, &by, one, Role::Viewer).await.map(drop) },
                    async { accounts::change_role(&site.app, scope, &by, two, Role::Admin).await.map(drop) }
                )
            };
            let refused = [&first, &second].iter().filter(|outcome| matches!(outcome, Err(MemberError::LastOwner))).count();
            assert_eq!(refused, 1, "{first:?} {second:?}");
            let owners = t.query_texts("SELECT role FROM memberships WHERE role = 'owner'").await;
            assert_eq!(owners.len(), 1);
        }
    }
}
