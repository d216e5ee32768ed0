//! What the words of the product mean: ids, times, phone numbers, facts, and the records that facts become.
//!
//! No I/O lives here, and no SQL (the `sqlx` feature only lets ids and timestamps be bound as they are). Everything is
//! pure, so that the one hard promise of the product, "any order, any repetition, the same records", can be tested
//! without a database: see [`merge`] for the few operations that keep it.

mod text_enum;

pub mod actor;
pub mod analysis;
pub mod audit;
pub mod call;
pub mod call_work;
pub mod change;
pub mod clock;
pub mod connection;
pub mod contact;
pub mod email;
pub mod event;
pub mod export;
pub mod fact;
pub mod feature;
pub mod hours;
pub mod ids;
pub mod import;
pub mod insight;
pub mod job;
pub mod leg;
pub mod mail;
pub mod merge;
pub mod message;
pub mod notification;
pub mod outgoing;
pub mod over_call;
pub mod phone;
pub mod plan;
pub mod recording;
pub mod report;
pub mod report_schedule;
pub mod retention;
pub mod role;
pub mod share;
pub mod silence;
pub mod tenant;
pub mod transcript;
pub mod transcription;
pub mod usage;
pub mod view;
pub mod voicemail;
pub mod words;

pub use clock::{Clock, SystemClock, Timestamp};
