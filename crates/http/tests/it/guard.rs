//! The guard alone, in front of handlers that ask for nothing themselves.

use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode},
};
use switchboard_domain::role::{Permission, Role};
use switchboard_http::{HttpOptions, Web, guard::Routes, router::guarded};
use switchboard_store::people::{members, memberships, users};
use switchboard_testkit::{Engine, TestDb};
use tower::ServiceExt;
use utoipa::OpenApi;
use utoipa_axum::routes;

use crate::{
    people::sign_up,
    site::{INTERNAL_SECRET, Site},
    tenants::root,
};

#[derive(OpenApi)]
struct Nothing;

macro_rules! bare {
    ($($name:ident $path:literal),*) => {$(
        /// Knows nothing of callers.
        #[utoipa::path(post, path = $path, responses((status = 204, description = "Reached")))]
        async fn $name() -> StatusCode {
            StatusCode::NO_CONTENT
        }
    )*};
}

bare!(open "/open", known "/known", may "/may", person "/person", platform "/platform");

/// What a caller hears on each of the five, in their order above.
async fn heard(router: &Router, header: Option<(&str, &str)>) -> [u16; 5] {
    let mut heard = [0; 5];
    for (path, heard) in ["/open", "/known", "/may", "/person", "/platform"].iter().zip(&mut heard) {
        let mut request = Request::builder().method("POST").uri(*path);
        if let Some((name, value)) = header {
            request = request.header(name, value);
        }
        let answer = router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        *heard = answer.status().as_u16();
    }
    heard
}

#[tokio::test]
async fn each_kind_of_route_lets_in_whom_it_is_for_whatever_the_handler_forgets() {
    let t = TestDb::new(Engine::Sqlite).await;
    let site = Site::new(&t).await;
    let web = Web::new(std::sync::Arc::clone(&site.app), HttpOptions::default());
    let routes = Routes::described(Nothing::openapi())
        .open(routes!(open))
        .known(routes!(known))
        .may(Permission::MembersWrite, routes!(may))
        .person(routes!(person))
        .platform(routes!(platform));
    let (router, openapi) = guarded(routes, &web);
    let router = router.with_state(web);

    let owner = sign_up(&site, "Owners", "owner@example.com").await;
    let viewer = sign_up(&site, "Viewers", "viewer@example.com").await;
    let person = users::find_by_email(&t.db, "viewer@example.com").await.unwrap().unwrap().id;
    let place = memberships::list_of_user(&t.db, person).await.unwrap()[0].scope();
    let mut tx = t.db.begin_platform().await.unwrap();
    members::set_role(&mut tx, place, person, Role::Viewer, t.now()).await.unwrap();
    tx.commit().await.unwrap();
    let admin = root(&site).await;

    let bearer = |token: &str| format!("Bearer {token}");
    for (who, header, expected) in [
        ("nobody", None, [204, 401, 401, 401, 401]),
        ("a wrong token", Some(("authorization", bearer("made.up.token"))), [204, 401, 401, 401, 401]),
        ("a wrong key", Some(("x-app-api-key", format!("raw_{}", "f".repeat(64)))), [204, 401, 401, 401, 401]),
        ("an app", Some(("x-app-api-key", site.key.clone())), [204, 204, 403, 403, 403]),
        ("an owner", Some(("authorization", bearer(&owner))), [204, 204, 204, 204, 403]),
        ("a viewer", Some(("authorization", bearer(&viewer))), [204, 204, 403, 204, 403]),
        ("a platform admin, in no tenant", Some(("authorization", bearer(&admin))), [204, 403, 403, 204, 204]),
        ("the installation", Some(("authorization", bearer(INTERNAL_SECRET))), [204, 403, 403, 403, 204]),
    ] {
        let header = header.as_ref().map(|(name, value)| (*name, value.as_str()));
        assert_eq!(heard(&router, header).await, expected, "{who}");
    }

    let described = serde_json::to_value(openapi).unwrap();
    let said = |path: &str| ["x-caller", "x-permission"].map(|name| described["paths"][path]["post"][name].as_str());
    assert_eq!(said("/open"), [Some("anyone"), None]);
    assert_eq!(said("/known"), [Some("tenant"), None]);
    assert_eq!(said("/may"), [None, Some("members.write")]);
    assert_eq!(said("/person"), [Some("person"), None]);
    assert_eq!(said("/platform"), [Some("platform"), None]);
    t.remove().await;
}
