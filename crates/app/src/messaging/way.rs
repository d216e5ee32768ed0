//! Through which connection a text goes, and from which number.

use switchboard_domain::{connection::ConnectionStatus, ids::ConnectionId};
use switchboard_store::{
    Conn, TenantScope,
    connections::{self, Connection},
    outgoing,
};

use super::MessagingError;

/// Connections that are looked at.
const MOST: i64 = 200;

/// How a text leaves.
#[derive(Debug)]
pub struct Way {
    pub connection: ConnectionId,
    pub from_number: String,
}

/// The way to `to`: what was said, completed by what was last used with that number.
pub async fn find(
    conn: &mut Conn<'_>,
    scope: TenantScope,
    to: &str,
    said: Option<ConnectionId>,
    from_number: Option<String>,
) -> Result<Way, MessagingError> {
    let last = match (said, &from_number) {
        (Some(_), Some(_)) => None,
        _ => outgoing::last_way(conn, scope, to).await?,
    };
    let connection = match said.or(last.as_ref().map(|(connection, _)| *connection)) {
        Some(connection) => connection,
        None => only_one(conn, scope).await?,
    };
    let found = connections::find(conn, scope, connection).await?;
    let is_last = |at: &ConnectionId| *at == connection;
    let from_number = from_number.or_else(|| last.filter(|(at, _)| is_last(at)).and_then(|(_, ours)| ours));
    let connection = usable(found.ok_or(MessagingError::NoSuchConnection)?)?;
    let from_number = from_number.ok_or_else(|| {
        let why = "nobody has spoken with this number yet: say which of your numbers the text comes from";
        MessagingError::field("from_number", "required", why)
    })?;
    Ok(Way { connection: connection.id, from_number })
}

fn usable(connection: Connection) -> Result<Connection, MessagingError> {
    let refuse = |why: String| Err(MessagingError::field("connection_id", "invalid", why));
    if connection.provider != "dialpad" {
        return refuse(format!("a connection of the kind `{}` sends no texts in this version", connection.provider));
    }
    if connection.status == ConnectionStatus::Disabled {
        return refuse(format!("`{}` is switched off; switch it on, or choose another", connection.name));
    }
    Ok(connection)
}

/// The tenant's connection, where there is no question which.
async fn only_one(conn: &mut Conn<'_>, scope: TenantScope) -> Result<ConnectionId, MessagingError> {
    let all = connections::list(conn, scope, None, MOST).await?;
    let mut usable = all.into_iter().filter_map(|connection| usable(connection).ok());
    match (usable.next(), usable.next()) {
        (Some(only), None) => Ok(only.id),
        (None, _) => {
            let why = "there is no connection that can send texts; connect Dialpad first";
            Err(MessagingError::field("connection_id", "required", why))
        }
        (Some(_), Some(_)) => {
            Err(MessagingError::field("connection_id", "required", "there are several connections: say which"))
        }
    }
}
