//! What people do with contacts: write them down, edit them, say that two of them are one, take them in from a file.
//!
//! Each of it is an event of our own, one for each contact: an event is erased whole, so it must not name two people. What
//! they come to is decided where providers' facts are merged, see [`switchboard_domain::contact`].

mod edit;
pub mod import;
mod join;
mod table;

use switchboard_domain::{
    Timestamp,
    contact::{ContactEdit, ContactKey},
    fact::{Fact, FactBody},
    ids::{ConnectionId, TenantId},
    merge::Authority,
};
use switchboard_store::{StoreError, TenantTx, contacts::KeptContact};

pub use self::{
    edit::{NewContact, Rewritten, create, update},
    join::{Part, merge, split},
};
use crate::{
    App,
    accounts::FieldFault,
    merge::{self, Own},
};

/// Numbers that one contact may have. More is no person but a mistake.
pub const MAX_PARTS: usize = 50;
/// E-mail addresses that a person may write for a contact.
pub const MAX_EMAILS: usize = 32;

/// Something cannot be done with a contact.
#[derive(Debug, thiserror::Error)]
pub enum ContactError {
    #[error("there is no such contact")]
    NotFound,
    #[error("what was given for the contact is not right")]
    Invalid(Vec<FieldFault>),
    #[error("the contact could not be read or written")]
    Store(#[from] StoreError),
}

impl ContactError {
    fn field(field: &'static str, code: &'static str, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldFault::new(field, code, message)])
    }
}

/// Where our own events about contacts are logged. Contacts belong to no connection, the log's column must say something,
/// and the tenant's own id is nobody else's.
fn place_in_log(tenant: TenantId) -> ConnectionId {
    ConnectionId::from_uuid(tenant.uuid())
}

/// A moment later than everything that people have said of these: a clock that was set back must not make what somebody
/// does now older than what they did before.
fn later_than<'l>(now: Timestamp, contacts: impl IntoIterator<Item = &'l KeptContact>) -> Timestamp {
    let step = std::time::Duration::from_micros(1);
    let said = contacts.into_iter().filter_map(|kept| kept.doc.edited_at()).max();
    said.map_or(now, |said| now.max(said + step))
}

fn key_of(kept: &KeptContact) -> ContactKey {
    ContactKey { id: kept.record.id, natural_key: kept.record.natural_key.clone() }
}

/// Logs and applies what a person said, each in an event of its own. True when that added jobs.
async fn say(
    app: &App,
    tx: &mut TenantTx,
    at: Timestamp,
    kind: &'static str,
    edits: Vec<ContactEdit>,
) -> Result<bool, StoreError> {
    let connection_id = place_in_log(tx.tenant());
    let lanes: Vec<String> = edits.iter().map(|edit| format!("contact:{}", edit.contact)).collect();
    let own = |(edit, lane)| {
        let facts = vec![Fact { at, authority: Authority::Person, body: FactBody::ContactEdit(Box::new(edit)) }];
        Own { connection_id, facts, kind, lane }
    };
    let own = edits.into_iter().zip(lanes.iter().map(String::as_str)).map(own).collect();
    merge::apply_each_own_in(app, tx, own).await
}
