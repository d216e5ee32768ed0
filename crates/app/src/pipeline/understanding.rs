//! What stored events say: the provider's own reading of each. Pure, and asked by everything that reads the log: merging,
//! rebuilding, erasing, exporting, and whoever looks at one event.

use std::panic::AssertUnwindSafe;

use switchboard_domain::fact::Fact;
use switchboard_providers::{
    contract::{Malformed, StoredItem},
    registry,
};
use switchboard_store::{cursor::LogEntry, withheld::ERASED};

use crate::merge::Understood;

/// What a stored event says. One whose contents were erased says nothing.
pub fn understand(event: &LogEntry) -> Result<Understood, Malformed> {
    let facts = if event.event_type == ERASED { Vec::new() } else { facts(event)? };
    Ok(Understood {
        event_id: event.id,
        connection_id: event.connection_id,
        provider: event.provider.clone(),
        received_at: event.received_at,
        facts,
        source: event.source,
    })
}

fn facts(event: &LogEntry) -> Result<Vec<Fact>, Malformed> {
    let provider = registry::by_slug(&event.provider)
        .ok_or_else(|| Malformed::new(format!("this version knows no provider `{}`", event.provider)))?;
    let context = event.context.as_deref();
    let item = StoredItem { kind: &event.event_type, body: &event.body, received_at: event.received_at, context };
    unless_it_panics(|| provider.normalize(item))
}

/// Reads an event whatever it makes our code do. A body that we trip over is dead like one that says nothing: it must not
/// take the reader of everybody's log with it, again at each start.
fn unless_it_panics(read: impl FnOnce() -> Result<Vec<Fact>, Malformed>) -> Result<Vec<Fact>, Malformed> {
    std::panic::catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| {
        let why = "a fault of this server: it panicked over this event, and its log says where; replay it once that is mended";
        Err(Malformed::new(why))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_that_we_trip_over_is_dead_and_does_not_take_the_reader_with_it() {
        let dead = unless_it_panics(|| panic!("as a fault of ours would")).unwrap_err();
        assert!(dead.reason.contains("panicked over this event"), "{dead}");
        assert_eq!(unless_it_panics(|| Ok(Vec::new())), Ok(Vec::new()));
    }
}
