//! A tenant's telephone system, set the way of the CallInsight guide: values one at a time, in any order, on the tenant
//! itself. Here they are a connection of `clouducm`, made when the first value comes; what is missing for its API to be
//! used, its check says.

use secrecy::SecretString;
use switchboard_domain::ids::ConnectionId;
use switchboard_providers::{Connectable, FieldKind, cloud_ucm::CloudUcm};
use switchboard_store::{StoreError, TenantScope, connections as rows};

use crate::{
    App,
    audit::Origin,
    connecting::{self, NewConnection, Values},
    connections::ConnectionsError,
    turns::Turn,
};

/// Connections that one look-up reads.
const PAGE: i64 = 200;

/// Sets values of the tenant's telephone system, by the names of the connection's fields. What is not named stays.
pub async fn set_phone_system(
    app: &App,
    scope: TenantScope,
    values: Values,
    by: &Origin,
) -> Result<(), ConnectionsError> {
    if values.is_empty() {
        return Ok(());
    }
    // There is no connection yet to take the turn of, and two of them must not be made.
    let place = ConnectionId::from_uuid(scope.tenant().uuid());
    let _turn = app.turns.wait(place, Turn::Provision).await;
    let Some(id) = find(app, scope).await? else {
        let (provider, name) = (CloudUcm.slug().to_owned(), CloudUcm.display_name().to_owned());
        let new = NewConnection { app_id: None, provider, name, fields: values };
        return connecting::create_incomplete(app, scope, &new, by).await.map(drop);
    };
    let is_credential = |name: &str| {
        CloudUcm.connect().fields.iter().any(|field| field.name == name && field.kind == FieldKind::Credential)
    };
    let (credentials, settings): (Values, Values) = values.into_iter().partition(|(name, _)| is_credential(name));
    if !settings.is_empty() {
        connecting::update(app, scope, id, None, &settings, by).await?;
    }
    if !credentials.is_empty() {
        connecting::set_credentials(app, scope, id, &credentials, by).await?;
    }
    Ok(())
}

/// The tenant's telephone system: the oldest connection to one.
async fn find(app: &App, scope: TenantScope) -> Result<Option<ConnectionId>, StoreError> {
    let mut after = None;
    loop {
        let page = rows::list(&mut app.db.read(scope).await?.conn(), scope, after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(None) };
        after = Some(last.id);
        if let Some(found) = page.iter().find(|connection| connection.provider == CloudUcm.slug()) {
            return Ok(Some(found.id));
        }
    }
}

/// A value as the guide's clients give it: nothing and an empty text take it away.
pub fn given(text: Option<String>) -> Option<SecretString> {
    text.filter(|text| !text.trim().is_empty()).map(SecretString::from)
}
