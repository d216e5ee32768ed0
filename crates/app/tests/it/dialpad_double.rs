//! The sandbox's Dialpad, with the test's clock, and an app that talks to it.

use std::sync::Arc;

use secrecy::SecretString;
use switchboard_app::{
    App,
    apps::{self, CreatedApp},
    audit::Origin,
    connections,
};
use switchboard_domain::Clock;
use switchboard_providers::{Http, Limits, dialpad::DialpadClient};
use switchboard_sandbox::{DialpadConfig, RunningSandbox, Sandbox, SandboxConfig, WallClock};
use switchboard_store::connections::Connection;
use switchboard_testkit::TestDb;

use crate::support::{TestApp, settings};

/// The key that [`settings`] give the installation.
pub const INSTALLATION_KEY: &str = "sandbox-api-key";

/// A Dialpad that moves with the test's clock and does not slow anybody down.
pub async fn start(t: &TestDb) -> RunningSandbox {
    let clock = Arc::clone(&t.clock);
    let config = SandboxConfig {
        clock: WallClock::new(move || clock.now().as_millis()),
        dialpad: DialpadConfig { limits: false, delivery_time_scale: 0.0, ..DialpadConfig::default() },
        ..SandboxConfig::default()
    };
    Sandbox::start(config).await.unwrap()
}

/// An app of ours that talks to this Dialpad.
pub fn app(t: &TestDb, dialpad: &RunningSandbox) -> Arc<App> {
    TestApp::with(t, settings(&dialpad.url())).app
}

/// A client program, and its Dialpad connection.
pub async fn client(app: &App, name: &str) -> (CreatedApp, Connection) {
    let created = apps::create(app, name, &actor()).await.unwrap();
    let connection = connections::find(app, created.scope, created.connection_id).await.unwrap();
    (created, connection)
}

pub fn actor() -> Origin {
    Origin::operator("internal").at("192.0.2.7")
}

/// A look behind our back at what Dialpad has.
pub fn look(dialpad: &RunningSandbox, key: &str) -> DialpadClient {
    let http = Http::new(Limits::default()).unwrap();
    DialpadClient::new(http, &dialpad.url(), SecretString::from(key), "test").unwrap()
}
