//! Records over TCP, which has no password: an address that a connection lists is all there is, so that port is closed unless
//! an operator opens it, and a connection takes nothing from it unless somebody listed addresses.

use std::{net::IpAddr, sync::Arc};

use bytes::Bytes;
use serde_json::{Map, Value};
use switchboard_domain::Timestamp;
use switchboard_providers::{
    Connectable as _, Expectation,
    cloud_ucm::{self, CloudUcm},
    connect::networks,
    contract::{RawRequest, Rejection},
};
use switchboard_store::{
    StoreError, TenantScope,
    platform::passwords::{By, Candidate, candidates},
};

use super::{KEEP, Resolved, Unresolved, keep_rejection, passwords::owned};
use crate::{
    App,
    intake::{self, Received, Refused},
};

/// What a refused stream is listed under.
const PATH: &str = "tcp";
/// Settings of a connection.
pub(crate) const FROM: &str = "stream_from";
pub(crate) const SERIAL: &str = "serial";

/// Those who may be speaking from an address.
#[derive(Debug, Clone)]
pub struct Speakers {
    found: Arc<Vec<Candidate>>,
    address: IpAddr,
    asked_at: Timestamp,
}

impl Speakers {
    /// The connections that list this address. Nobody: the stream is not worth reading.
    pub async fn at(app: &App, address: IpAddr) -> Result<Option<Self>, StoreError> {
        let asked_at = app.now();
        let all = candidates(&app.db, CloudUcm.slug(), By::Streams, asked_at).await?;
        let address = address.to_canonical();
        let lists = |candidate: &Candidate| {
            let from = candidate.setting(FROM).unwrap_or_default();
            networks(from).any(|network| network.contains(&address))
        };
        let found: Vec<Candidate> = all.into_iter().filter(lists).collect();
        Ok(if found.is_empty() { None } else { Some(Self { found: Arc::new(found), address, asked_at }) })
    }

    /// Asks again where the answer is older than one may be that a delivery over HTTP is checked with: a stream may be open
    /// for days. False: nobody lists the address any more, or their connections are off.
    pub async fn refresh(&mut self, app: &App) -> Result<bool, StoreError> {
        if app.now().since(self.asked_at) < KEEP {
            return Ok(true);
        }
        let now = Self::at(app, self.address).await?;
        let is_listed = now.is_some();
        *self = now.unwrap_or_else(|| self.clone());
        Ok(is_listed)
    }

    /// The one that sent this. Where several list the address, the serial number chooses among them, if all of them
    /// name theirs: otherwise whoever names one could take what is another's.
    fn sender(&self, body: &[u8]) -> Option<&Candidate> {
        if let [only] = self.found.as_slice() {
            return Some(only);
        }
        if self.found.iter().any(|candidate| candidate.setting(SERIAL).is_none()) {
            return None;
        }
        let serial = cloud_ucm::serial(body)?;
        let mut named = self.found.iter().filter(|candidate| candidate.setting(SERIAL) == Some(serial.as_str()));
        let first = named.next();
        first.filter(|_| named.next().is_none())
    }
}

/// What is wrong with the addresses that a connection is about to list: another workspace's telephone system may stand there.
pub(crate) async fn overlap(
    app: &App,
    scope: TenantScope,
    settings: &Map<String, Value>,
) -> Result<Option<&'static str>, StoreError> {
    let text = |name: &str| settings.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let Some(from) = text(FROM) else { return Ok(None) };
    let wanted: Vec<_> = networks(from).collect();
    let all = candidates(&app.db, CloudUcm.slug(), By::Streams, app.now()).await?;
    let is_theirs = |other: &Candidate| {
        let told_apart = matches!((text(SERIAL), other.setting(SERIAL)), (Some(own), Some(their)) if own != their);
        let mut listed = networks(other.setting(FROM).unwrap_or_default());
        other.tenant() != scope.tenant()
            && !told_apart
            && listed.any(|listed| wanted.iter().any(|own| own.contains(&listed) || listed.contains(own)))
    };
    Ok(all.iter().any(is_theirs).then_some(
        "another workspace takes records from there; that takes a serial number at both connections, each its own",
    ))
}

/// Takes in what came in a stream. Nobody is answered, so what cannot be stored now is tried until it is, or refused.
pub async fn receive(app: &App, speakers: &Speakers, body: Bytes, address: IpAddr) -> Result<Received, Refused> {
    let request = RawRequest { headers: vec![("x-received-by".to_owned(), "tcp".to_owned())], body };
    let Some(sender) = speakers.sender(&request.body) else {
        note(app, &request, address).await;
        return Err(Refused::Rejected(Rejection::WrongAddress));
    };
    match owned(sender, &request, &Expectation::Proved) {
        Ok(resolved @ Resolved::Owned { .. }) => intake::store(app, resolved, &request).await,
        Ok(Resolved::Nobodys { .. }) | Err(Unresolved::Unknown) => Err(Refused::UnknownConnection),
        Err(Unresolved::Rejected { rejection, .. }) => Err(Refused::Rejected(rejection)),
        Err(Unresolved::Unavailable(_) | Unresolved::Busy | Unresolved::Guessing { .. }) => Err(Refused::Unavailable),
    }
}

/// Keeps that somebody tried.
pub async fn refuse(app: &App, address: IpAddr) {
    note(app, &RawRequest { headers: Vec::new(), body: Bytes::new() }, address).await;
}

async fn note(app: &App, request: &RawRequest, address: IpAddr) {
    keep_rejection(app, PATH, &Rejection::WrongAddress, None, request, Some(address.to_string())).await;
}
