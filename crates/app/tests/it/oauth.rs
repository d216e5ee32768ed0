//! Sign-ins with OAuth and their tokens, against the sandbox's Dialpad, which rotates refresh tokens and forgets nothing.

use std::{sync::Arc, time::Duration};

use secrecy::ExposeSecret;
use switchboard_app::{
    App,
    connections::{self, CredentialSource},
    oauth::{self, Begun, Finished, OAuthError, Refresh},
};
use switchboard_domain::connection::ConnectionStatus;
use switchboard_sandbox::{
    RunningSandbox,
    dialpad::{Fault, FaultKind},
};
use switchboard_store::{TenantScope, connections::Connection};
use switchboard_testkit::both_engines;

use crate::{
    dialpad_double as double,
    support::{TestApp, settings},
};

/// What Dialpad sends the person back with.
async fn consent(url: &str) -> (String, String) {
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let answer = client.get(url).send().await.unwrap();
    let location = answer.headers()["location"].to_str().unwrap();
    let back = reqwest::Url::parse(location).unwrap();
    assert_eq!(back.path(), oauth::CALLBACK_PATH);
    let find = |name: &str| back.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    (find("code").unwrap(), find("state").unwrap())
}

async fn sign_in(app: &Arc<App>, scope: TenantScope, connection: &Connection) {
    let begun = oauth::start(app, scope, connection, None).await.unwrap();
    let (code, state) = consent(&begun.url).await;
    come_back(app, &begun, &code, &state).await.outcome.unwrap();
}

/// Back from Dialpad, in the browser of the beginning.
async fn come_back(app: &Arc<App>, begun: &Begun, code: &str, state: &str) -> Finished {
    oauth::callback(app, code, state, Some(begun.binding.expose_secret())).await
}

async fn token(app: &Arc<App>, scope: TenantScope, connection: &Connection) -> String {
    let credentials = connections::credentials_for(app, scope, connection).await.unwrap();
    assert_eq!(credentials.source, CredentialSource::OAuth);
    credentials.token.expose_secret().to_owned()
}

fn refuse_tokens(dialpad: &RunningSandbox) {
    dialpad.dialpad().fault(Fault {
        kind: FaultKind::Unauthorized,
        count: 1,
        path: "/oauth2/token".into(),
        method: None,
        retry_after: 1,
        hang_ms: 0,
    });
}

both_engines! {
    async fn a_sign_in_binds_the_company_and_its_state_works_once(t: &TestDb) {
        let dialpad = double::start(t).await;
        let app = double::app(t, &dialpad);
        let (created, connection) = double::client(&app, "Acme").await;
        let begun = oauth::start(&app, created.scope, &connection, Some("/settings".into())).await.unwrap();
        let (code, state) = consent(&begun.url).await;
        let finished = come_back(&app, &begun, &code, &state).await;
        assert_eq!(finished.return_to.as_deref(), Some("/settings"));
        let connected = finished.outcome.unwrap();
        assert_eq!(connected.app_id, Some(created.app.id));
        let again = come_back(&app, &begun, &code, &state).await.outcome;
        assert!(matches!(again, Err(OAuthError::UnknownState)));

        let connection = connections::find(&app, created.scope, connection.id).await.unwrap();
        assert_eq!(connection.status, ConnectionStatus::Connected);
        assert_eq!(connection.account_name, connected.account_name);
        let company = double::look(&dialpad, double::INSTALLATION_KEY).company().await.unwrap();
        assert_eq!(connection.account_id, Some(company.id.to_string()));
        let held = token(&app, created.scope, &connection).await;
        assert!(held.starts_with("at_"));
        // Sealed: the text of the token is in no table.
        let column = match t.engine() {
            switchboard_testkit::Engine::Sqlite => "hex(sealed)",
            switchboard_testkit::Engine::Postgres => "upper(encode(sealed, 'hex'))",
        };
        let stored = t.query_texts(&format!("SELECT {column} FROM connection_credentials")).await;
        assert_eq!(stored.len(), 2);
        assert!(stored.iter().all(|sealed| !sealed.contains(&hex::encode_upper(&held))));
    }

    async fn a_sign_in_is_finished_in_the_browser_that_began_it(t: &TestDb) {
        let dialpad = double::start(t).await;
        let app = double::app(t, &dialpad);
        let (created, connection) = double::client(&app, "Acme").await;
        let others = oauth::start(&app, created.scope, &connection, None).await.unwrap();
        for browser in [None, Some(""), Some("wrong"), Some(others.binding.expose_secret())] {
            let begun = oauth::start(&app, created.scope, &connection, Some("/settings".into())).await.unwrap();
            let (code, state) = consent(&begun.url).await;
            let refused = oauth::callback(&app, &code, &state, browser).await;
            assert!(matches!(refused.outcome, Err(OAuthError::OtherBrowser)), "{refused:?}");
            assert_eq!(refused.return_to, None, "who comes is not who began");
            // Whoever came with it used it up.
            let again = come_back(&app, &begun, &code, &state).await.outcome;
            assert!(matches!(again, Err(OAuthError::UnknownState)));
        }
        let stored = t.query_texts("SELECT name FROM connection_credentials").await;
        assert_eq!(stored, Vec::<String>::new());
        // Begun by a version that knew of no cookies.
        let begun = oauth::start(&app, created.scope, &connection, None).await.unwrap();
        t.execute("UPDATE oauth_states SET binding_hash = NULL").await;
        let (code, state) = consent(&begun.url).await;
        assert!(matches!(come_back(&app, &begun, &code, &state).await.outcome, Err(OAuthError::OtherBrowser)));
    }

    async fn nobody_is_sent_to_another_site_afterwards(t: &TestDb) {
        let dialpad = double::start(t).await;
        let app = double::app(t, &dialpad);
        let (created, connection) = double::client(&app, "Acme").await;
        for foreign in ["//evil.example", "/\\evil.example", "/\t/evil.example", "https://evil.example", "/ñ"] {
            let begun = oauth::start(&app, created.scope, &connection, Some(foreign.into())).await.unwrap();
            let (code, state) = consent(&begun.url).await;
            let finished = come_back(&app, &begun, &code, &state).await;
            finished.outcome.unwrap();
            assert_eq!(finished.return_to, None, "{foreign:?}");
        }
    }

    async fn a_sign_in_that_takes_too_long_is_over(t: &TestDb) {
        let dialpad = double::start(t).await;
        let app = double::app(t, &dialpad);
        let (created, connection) = double::client(&app, "Acme").await;
        let begun = oauth::start(&app, created.scope, &connection, None).await.unwrap();
        let (code, state) = consent(&begun.url).await;
        t.clock.advance(Duration::from_mins(15));
        assert!(matches!(come_back(&app, &begun, &code, &state).await.outcome, Err(OAuthError::UnknownState)));
    }

    async fn another_companys_sign_in_is_refused_until_the_app_is_disconnected(t: &TestDb) {
        let dialpad = double::start(t).await;
        let app = double::app(t, &dialpad);
        let (created, connection) = double::client(&app, "Acme").await;
        sign_in(&app, created.scope, &connection).await;
        let before = token(&app, created.scope, &connection).await;

        let begun = oauth::start(&app, created.scope, &connection, None).await.unwrap();
        let (code, state) = consent(&format!("{}&company=sandbox-api-key-other", begun.url)).await;
        let refused = come_back(&app, &begun, &code, &state).await.outcome;
        assert!(matches!(refused, Err(OAuthError::OtherCompany { .. })));
        assert_eq!(token(&app, created.scope, &connection).await, before);

        oauth::disconnect(&app, created.scope, &connection, &double::actor()).await.unwrap();
        let again = oauth::disconnect(&app, created.scope, &connection, &double::actor()).await;
        assert!(matches!(again, Err(OAuthError::NotConnected)));
        let revoked = double::look(&dialpad, &before).company().await.unwrap_err();
        assert_eq!(revoked.status(), Some(401), "the token is given up at Dialpad as well");
        let begun = oauth::start(&app, created.scope, &connection, None).await.unwrap();
        let (code, state) = consent(&format!("{}&company=sandbox-api-key-other", begun.url)).await;
        come_back(&app, &begun, &code, &state).await.outcome.unwrap();
    }

    async fn a_token_is_renewed_ahead_of_its_end_and_once_for_all_who_ask(t: &TestDb) {
        let dialpad = double::start(t).await;
        let app = double::app(t, &dialpad);
        let (created, connection) = double::client(&app, "Acme").await;
        sign_in(&app, created.scope, &connection).await;
        let first = token(&app, created.scope, &connection).await;
        t.clock.advance(Duration::from_mins(49));
        assert_eq!(oauth::refresh_if_due(&app, created.scope, connection.id).await.unwrap(), Refresh::NotDue);
        t.clock.advance(Duration::from_mins(2));

        // Another node, with a connection of its own to the same database. The refresh token works once: had anybody
        // used it a second time, Dialpad would have refused and the connection would be failing.
        let mut other = settings(&dialpad.url());
        other.environment = "other node".into();
        let mut node = TestApp::with(t, other);
        let db = t.again().await;
        Arc::get_mut(&mut node.app).expect("nobody else holds it yet").db = db.clone();
        let asks = [&app, &node.app, &app, &node.app].map(|app| token(app, created.scope, &connection));
        let tokens = futures::future::join_all(asks).await;
        assert!(tokens.iter().all(|token| token.starts_with("at_")));
        let second = token(&app, created.scope, &connection).await;
        assert_ne!(first, second);
        assert_eq!(token(&node.app, created.scope, &connection).await, second);
        let connection = connections::find(&app, created.scope, connection.id).await.unwrap();
        assert_eq!((connection.status, connection.last_error), (ConnectionStatus::Connected, None));
        assert_eq!(oauth::refresh_if_due(&app, created.scope, connection.id).await.unwrap(), Refresh::NotDue);
        db.close().await;
    }

    async fn a_refused_renewal_asks_for_a_person_and_never_borrows_the_installations_key(t: &TestDb) {
        let dialpad = double::start(t).await;
        let app = double::app(t, &dialpad);
        let (created, connection) = double::client(&app, "Acme").await;
        sign_in(&app, created.scope, &connection).await;
        let held = token(&app, created.scope, &connection).await;
        t.clock.advance(Duration::from_mins(55));
        refuse_tokens(&dialpad);
        // Refused, but the token at hand is still good for five minutes.
        assert_eq!(token(&app, created.scope, &connection).await, held);
        let failing = connections::find(&app, created.scope, connection.id).await.unwrap();
        assert_eq!(failing.status, ConnectionStatus::Failing);
        assert!(failing.last_error.unwrap().contains("connect again"));

        t.clock.advance(Duration::from_mins(6));
        refuse_tokens(&dialpad);
        let over = connections::credentials_for(&app, created.scope, &connection).await;
        assert!(over.is_err(), "an expired sign-in is not replaced by somebody else's key");
        // Dialpad answers again: the claim was given back, so nobody has to wait for it to lapse.
        assert_ne!(token(&app, created.scope, &connection).await, held);
    }

    async fn a_link_for_the_browser_is_good_for_its_app_and_its_time(t: &TestDb) {
        let app = TestApp::new(t).app;
        let (ours, _) = double::client(&app, "Ours").await;
        let (theirs, _) = double::client(&app, "Theirs").await;
        let link = oauth::connect_link(&app, ours.app.id);
        let ticket = link.url.split_once("ticket=").unwrap().1;
        assert!(oauth::is_ticket(&app, ours.app.id, ticket));
        assert!(!oauth::is_ticket(&app, theirs.app.id, ticket));
        let (expires, signature) = ticket.split_once('.').unwrap();
        let longer = format!("{}.{signature}", expires.parse::<i64>().unwrap() + 60);
        for forged in [longer.as_str(), expires, "", ".", "1.zz"] {
            assert!(!oauth::is_ticket(&app, ours.app.id, forged), "{forged}");
        }
        t.clock.advance(Duration::from_mins(15));
        assert!(!oauth::is_ticket(&app, ours.app.id, ticket));
    }
}
