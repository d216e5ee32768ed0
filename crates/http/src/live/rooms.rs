//! What one Socket.IO client listens to more closely: conversations (`join:conversation`) and calls (`join:call`).
//!
//! Kept with the socket rather than in the library's rooms: a broadcast to a room has no number to come back to, and would be
//! read under nobody's scope. A room is entered only after its record was found under the client's own scope.

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
};

use switchboard_domain::{contact::ContactId, ids::CallId};
use switchboard_store::{calls, contacts};

use super::frames::Room;
use crate::{
    extract::TenantAuth,
    problem::{Code, Problem},
    state::Web,
};

/// Rooms that one client may be in. A page shows one conversation at a time; a wall of screens shows some dozens.
const MAX_ROOMS: usize = 200;
/// Rooms that one client may ask for until it is asked again who it is. Each costs a look into the database; a wall of screens
/// that comes back asks for all of its own at once.
const MAX_ASKED: u32 = 300;

/// The rooms of one socket.
#[derive(Default)]
pub struct Rooms {
    joined: Mutex<Joined>,
    asked: AtomicU32,
}

#[derive(Default)]
struct Joined {
    /// As they were asked for, each with all ids under which records name that contact.
    conversations: HashMap<ContactId, Vec<ContactId>>,
    calls: HashSet<CallId>,
}

impl Rooms {
    /// Counts that somebody asks for a room. False once that is too often: whoever does not stop is to be sent away.
    pub fn may_ask(&self) -> bool {
        // Handlers run side by side, so all that wait are counted, too.
        self.asked.fetch_add(1, Ordering::Relaxed) < MAX_ASKED
    }

    /// Begins to count anew.
    pub fn forget_asking(&self) {
        self.asked.store(0, Ordering::Relaxed);
    }

    /// Enters the room of that kind and id. Another tenant's id is as unknown as one that never was.
    pub async fn join(&self, web: &Web, auth: &TenantAuth, kind: RoomKind, id: &str) -> Result<(), Problem> {
        self.lock().check_room()?;
        let mut reader = web.app.db.read(auth.scope).await?;
        let conn = &mut reader.conn();
        match kind {
            RoomKind::Conversation => {
                let id: ContactId = id.parse().map_err(|_| kind.unknown())?;
                if contacts::lookup(conn, auth.scope, id).await?.is_none() {
                    return Err(kind.unknown());
                }
                let named = contacts::identities(conn, auth.scope, id).await?;
                self.lock().enter(|joined| joined.conversations.insert(id, named))
            }
            RoomKind::Call => {
                let id: CallId = id.parse().map_err(|_| kind.unknown())?;
                if calls::lookup(conn, auth.scope, id).await?.is_none() {
                    return Err(kind.unknown());
                }
                self.lock().enter(|joined| joined.calls.insert(id))
            }
        }
    }

    /// Leaves it, whether or not it was entered.
    pub fn leave(&self, kind: RoomKind, id: &str) {
        let mut joined = self.lock();
        match kind {
            RoomKind::Conversation => {
                if let Ok(id) = id.parse() {
                    joined.conversations.remove(&id);
                }
            }
            RoomKind::Call => {
                if let Ok(id) = id.parse() {
                    joined.calls.remove(&id);
                }
            }
        }
    }

    pub fn is_in(&self, room: Room) -> bool {
        let joined = self.lock();
        match room {
            Room::Conversation(id) => joined.conversations.values().any(|named| named.contains(&id)),
            Room::Call(id) => joined.calls.contains(&id),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Joined> {
        self.joined.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Joined {
    fn enter<T>(&mut self, insert: impl FnOnce(&mut Self) -> T) -> Result<(), Problem> {
        // Others were entered while this one was looked up.
        self.check_room()?;
        insert(self);
        Ok(())
    }

    fn check_room(&self) -> Result<(), Problem> {
        if self.conversations.len() + self.calls.len() >= MAX_ROOMS {
            let detail = format!("a client may be in {MAX_ROOMS} rooms at a time; leave one first");
            return Err(Problem::new(Code::Conflict, detail));
        }
        Ok(())
    }
}

/// The kinds of rooms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoomKind {
    Conversation,
    Call,
}

impl RoomKind {
    fn unknown(self) -> Problem {
        Problem::not_found(match self {
            Self::Conversation => "contact",
            Self::Call => "call",
        })
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_client_is_in_so_many_rooms_and_no_more() {
        let rooms = Rooms::default();
        let enter = |number: usize| {
            let id = CallId::from_uuid(Uuid::from_u128(number as u128));
            rooms.lock().enter(|joined| joined.calls.insert(id))
        };
        for number in 0..MAX_ROOMS {
            rooms.lock().check_room().unwrap();
            enter(number).unwrap();
        }
        assert!(rooms.lock().check_room().is_err() && enter(MAX_ROOMS).is_err());
        rooms.leave(RoomKind::Call, &CallId::from_uuid(Uuid::from_u128(1)).to_string());
        assert!(rooms.lock().check_room().is_ok());
    }

    #[test]
    fn asking_is_counted_until_the_client_is_asked_again() {
        let rooms = Rooms::default();
        assert!((0..MAX_ASKED).all(|_| rooms.may_ask()));
        assert!(!rooms.may_ask() && !rooms.may_ask());
        rooms.forget_asking();
        assert!(rooms.may_ask());
    }
}
