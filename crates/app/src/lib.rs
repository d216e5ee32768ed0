//! What the product does. The only place that changes several things at once: a handler or a command translates, calls
//! one function here, and shapes the answer.
//!
//! [`App`] carries what those functions need. Time and randomness are among it, so that tests are exact.

use std::sync::Arc;

use switchboard_domain::{
    Clock, Timestamp,
    ids::{self, Id},
};
use switchboard_store::Db;

pub mod env;
pub mod intake;
pub mod live;
pub mod merge;
pub mod pipeline;
pub mod reactions;
pub mod settings;
pub mod vault;
pub mod wake;

pub use env::{Random, SystemRandom};
pub use settings::AppSettings;

/// Everything that the functions of this crate need.
pub struct App {
    pub db: Db,
    pub clock: Arc<dyn Clock>,
    pub random: Arc<dyn Random>,
    pub settings: AppSettings,
    /// Seals and unseals secrets.
    pub vault: vault::Vault,
    /// Tells waiting parts of this process, and other nodes, that there is something to do.
    pub wake: wake::Wake,
    /// Commits deliveries to the log.
    pub intake: intake::Intake,
    /// This node's name in leases; unique per process.
    pub node: String,
}

impl App {
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A new id of something that is born now.
    pub fn id<I: Id>(&self) -> I {
        ids::born(self.now(), self.random.array())
    }
}
