//! What tests of every crate share: both databases, a clock that is moved by hand, randomness that repeats, and builders.
//!
//! It knows `domain` and `store` and nothing above them, so that every crate can use it. A test that touches storage runs
//! on both engines, by being written inside [`both_engines!`]:
//!
//! ```
//! switchboard_testkit::both_engines! {
//!     /// What it shows.
//!     async fn a_tenant_starts_without_changes(t: &TestDb) {
//!         let scope = t.tenant("Acme").await;
//!         let mut reader = t.db.read(scope).await.unwrap();
//!         assert_eq!(switchboard_store::changes::range(&mut reader.conn(), scope).await.unwrap(), (1, 0));
//!     }
//! }
//! # fn main() {}
//! ```
//!
//! which makes the tests `a_tenant_starts_without_changes::sqlite` and `::postgres`. Each gets a fresh, migrated database.
//!
//! PostgreSQL is started once per test process, in a temporary folder, from the installed binaries; `TEST_DATABASE_URL`
//! names a running server instead (its user must be allowed to create databases). [`TestRedis`] is started by the test
//! that needs one.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot be set up should stop right there")]

mod builders;
mod clock;
mod database;
mod postgres;
mod random;
mod redis;

pub use builders::Build;
pub use clock::ManualClock;
pub use database::TestDb;
pub use random::SeededRandom;
pub use redis::TestRedis;
/// For [`both_engines!`].
pub use switchboard_store::Engine;

/// Writes each test once and runs it on SQLite and on PostgreSQL. See the crate's documentation for an example.
#[macro_export]
macro_rules! both_engines {
    ($($(#[$meta:meta])* async fn $name:ident($db:ident: &TestDb) $body:block)*) => {$(
        $(#[$meta])*
        async fn $name($db: &$crate::TestDb) $body

        mod $name {
            #[tokio::test]
            async fn sqlite() {
                let db = $crate::TestDb::new($crate::Engine::Sqlite).await;
                super::$name(&db).await;
                db.remove().await;
            }

            #[tokio::test]
            async fn postgres() {
                let db = $crate::TestDb::new($crate::Engine::Postgres).await;
                super::$name(&db).await;
                db.remove().await;
            }
        }
    )*};
}
