//! Records over TCP, which has no password: an address that a connection lists is all there is, so that port is closed unless
//! an operator opens it, and a connection takes nothing from it unless somebody listed addresses.

use std::{net::IpAddr, sync::Arc};

use bytes::Bytes;
use switchboard_providers::{
    Connectable as _, Expectation,
    cloud_ucm::{self, CloudUcm},
    connect::network,
    contract::{RawRequest, Rejection},
};
use switchboard_store::{
    StoreError,
    platform::passwords::{By, Candidate, candidates},
};

use super::{Resolved, Unresolved, keep_rejection, passwords::owned};
use crate::{
    App,
    intake::{self, Received, Refused},
};

/// What a refused stream is listed under.
const PATH: &str = "tcp";

/// Those who may be speaking from an address.
#[derive(Debug, Clone)]
pub struct Speakers(Arc<Vec<Candidate>>);

impl Speakers {
    /// The connections that list this address. Nobody: the stream is not worth reading.
    pub async fn at(app: &App, address: IpAddr) -> Result<Option<Self>, StoreError> {
        let all = candidates(&app.db, CloudUcm.slug(), By::Streams, app.now()).await?;
        let address = address.to_canonical();
        let lists = |candidate: &Candidate| {
            let from = candidate.setting("stream_from").unwrap_or_default();
            from.split(',').filter_map(network).any(|network| network.contains(&address))
        };
        let found: Vec<Candidate> = all.into_iter().filter(lists).collect();
        Ok(if found.is_empty() { None } else { Some(Self(Arc::new(found))) })
    }

    /// The one that sent this. Where several list the address, the serial number chooses among them and nobody else.
    fn sender(&self, body: &[u8]) -> Option<&Candidate> {
        if let [only] = self.0.as_slice() {
            return Some(only);
        }
        let serial = cloud_ucm::serial(body)?;
        let mut named = self.0.iter().filter(|candidate| candidate.setting("serial") == Some(serial.as_str()));
        let first = named.next();
        first.filter(|_| named.next().is_none())
    }
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
        Err(Unresolved::Unavailable(_) | Unresolved::Busy) => Err(Refused::Unavailable),
    }
}

/// Keeps that somebody tried.
pub async fn refuse(app: &App, address: IpAddr) {
    note(app, &RawRequest { headers: Vec::new(), body: Bytes::new() }, address).await;
}

async fn note(app: &App, request: &RawRequest, address: IpAddr) {
    keep_rejection(app, PATH, &Rejection::WrongAddress, None, request, Some(address.to_string())).await;
}
