//! Stand-ins for the providers' APIs, for trying Switchboard out (`serve --sandbox`) and for tests.
//!
//! The sandbox reads the providers' documents on its own and depends on none of our other crates: were it built on the
//! types of `providers`, both would share one misreading of the wire format and every test would agree with it.
//! It listens on 127.0.0.1 only and answers no request whose `Host` is another name, so that a page in a browser cannot
//! reach it by rebinding a domain to the loopback address.

mod clock;
pub mod clouducm;
mod config;
pub mod dialpad;
mod dice;
pub mod records;
mod server;
pub mod speech;

pub use clock::WallClock;
pub use clouducm::UcmControl;
pub use config::{DialpadConfig, SandboxConfig, UcmConfig};
pub use dialpad::DialpadControl;
pub use server::{RunningSandbox, Sandbox};
pub use speech::SpeechControl;
