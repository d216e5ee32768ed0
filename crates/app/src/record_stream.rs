//! The port on which telephone systems write call records without HTTP. Nobody is answered and nobody signs in there: an
//! address that a connection lists is all there is, so it is closed unless an operator opens it.
//!
//! What cannot be stored now is held until it can, and the connection is not read on meanwhile: the telephone system then keeps
//! its records back by itself, which is the only way of saying "later" that it understands.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use switchboard_providers::cloud_ucm::frames::Frames;
use tokio::{
    io::AsyncReadExt as _,
    net::{TcpListener, TcpStream},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    App,
    hooks::streams::{self, Speakers},
    intake::Refused,
};

/// Connections that are open at once: altogether, and from one address.
const MOST: usize = 512;
const MOST_OF_ONE: usize = 64;
/// How long a connection may say nothing.
const IDLE: Duration = Duration::from_mins(5);
/// After so long, a row without an end counts as whole: some devices write one record per connection and leave it open.
const PAUSE: Duration = Duration::from_secs(2);
/// How long storing is tried again, and how long between two tries.
const AGAIN: Duration = Duration::from_secs(1);
/// The wait after a connection could not be taken.
const EXHAUSTED: Duration = Duration::from_millis(250);
const READ: usize = 16 * 1024;

/// Takes connections until told to stop; then what is in hand is stored.
pub async fn serve(app: Arc<App>, listener: TcpListener, stop: CancellationToken) {
    let (open, counts) = (TaskTracker::new(), Arc::new(Counts::default()));
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.cancelled() => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                let address = peer.ip().to_canonical();
                let Some(place) = Place::take(&counts, address) else {
                    tracing::warn!(%address, "too many streams of call records are open");
                    continue;
                };
                let (app, stop) = (Arc::clone(&app), stop.clone());
                open.spawn(async move {
                    read(&app, stream, address, &stop).await;
                    drop(place);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a stream of call records could not be taken");
                tokio::time::sleep(EXHAUSTED).await;
            }
        }
    }
    drop(listener);
    open.close();
    open.wait().await;
}

/// How many are open, by address.
#[derive(Default)]
struct Counts(Mutex<HashMap<IpAddr, usize>>);

/// One open connection, counted for as long as it lives.
struct Place {
    counts: Arc<Counts>,
    address: IpAddr,
}

impl Place {
    fn take(counts: &Arc<Counts>, address: IpAddr) -> Option<Self> {
        let mut open = counts.0.lock().unwrap_or_else(PoisonError::into_inner);
        let all: usize = open.values().sum();
        let own = open.entry(address).or_default();
        if all >= MOST || *own >= MOST_OF_ONE {
            return None;
        }
        *own += 1;
        Some(Self { counts: Arc::clone(counts), address })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.counts.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = open.get_mut(&self.address) {
            *own -= 1;
            if *own == 0 {
                open.remove(&self.address);
            }
        }
    }
}

async fn read(app: &App, mut stream: TcpStream, address: IpAddr, stop: &CancellationToken) {
    let mut speakers = match Speakers::at(app, address).await {
        Ok(Some(speakers)) => speakers,
        Ok(None) => return streams::refuse(app, address).await,
        Err(error) => {
            return tracing::warn!(%error, %address, "whose stream of call records this is cannot be looked up");
        }
    };
    let mut frames = Frames::default();
    let mut buffer = vec![0; READ];
    loop {
        let patience = if frames.is_whole_row() { PAUSE } else { IDLE };
        let read = tokio::select! {
            read = tokio::time::timeout(patience, stream.read(&mut buffer)) => read,
            () = stop.cancelled() => break,
        };
        let body = match read {
            Ok(Ok(0) | Err(_)) => break,
            Ok(Ok(count)) => match frames.push(&buffer[..count]) {
                Ok(body) => body,
                Err(error) => return tracing::warn!(%error, %address, "a stream of call records was given up"),
            },
            Err(_) if patience == PAUSE => frames.finish(),
            Err(_) => break,
        };
        if let Some(body) = body
            && !keep(app, &mut speakers, body, address, stop).await
        {
            return;
        }
    }
    if let Some(body) = frames.finish() {
        keep(app, &mut speakers, body, address, stop).await;
    }
}

/// Stores what came, however long that takes. False: nothing more is taken from there.
async fn keep(app: &App, speakers: &mut Speakers, body: Bytes, address: IpAddr, stop: &CancellationToken) -> bool {
    loop {
        let tried = match speakers.refresh(app).await {
            Ok(true) => streams::receive(app, speakers, body.clone(), address).await,
            Ok(false) => {
                streams::refuse(app, address).await;
                return false;
            }
            Err(_) => Err(Refused::Unavailable),
        };
        match tried {
            Ok(_) | Err(Refused::Rejected(_) | Refused::UnknownConnection) => return true,
            Err(error @ (Refused::Overloaded | Refused::Guessing { .. } | Refused::Unavailable)) => {
                tracing::warn!(%error, %address, "call records from a stream wait to be stored");
            }
        }
        tokio::select! {
            () = tokio::time::sleep(AGAIN) => {}
            () = stop.cancelled() => {
                tracing::error!(%address, "call records from a stream were not stored, because the server stops");
                return false;
            }
        }
    }
}
