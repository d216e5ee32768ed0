//! What calls' words come to: estimates and counts by our own rules (`read`), phrases that a tenant listens for
//! ([`lists`]), and what a chat server makes of them where the tenant has one ([`analyse`]), by the tenant's scorecards
//! ([`cards`]).
//!
//! The two kinds of knowledge are kept apart. What rules read off a transcript can be read again at any time, so it is no
//! event and no record. What a model answered cannot, so it is both.

pub mod analyse;
pub mod cards;
pub mod lists;
mod prompt;
mod read;
mod server;
mod settings;

pub use self::{
    read::{Reading, of_transcript, read_call, refresh},
    settings::{ChatSettings, ChatSettingsError, ChatState, change_settings, chat_state},
};
