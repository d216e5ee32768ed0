//! Sealed files on their way: pieces being made of what comes in, and opened of what goes out.

use std::{
    future::poll_fn,
    ops::Range,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use futures::StreamExt;
use object_store::buffered::BufWriter;
use tokio::io::AsyncWrite;

use super::{
    Chunks, MediaError,
    sealed::{FileKey, PIECE, SEALED_PIECE},
};

/// A sealed file, or a part of it, being opened piece by piece.
pub(super) struct Opening {
    key: FileKey,
    stream: Chunks,
    /// Stored bytes that are less than a piece.
    waiting: Vec<u8>,
    /// The piece that comes next, and how many the file has.
    place: u64,
    pieces: u64,
    /// Bytes at the beginning of the first piece, and behind the end, that nobody wants.
    skip: usize,
    left: u64,
}

impl Opening {
    /// `stream` begins with the piece that `wanted` begins in.
    pub(super) fn new(key: FileKey, stream: Chunks, wanted: &Range<u64>, pieces: u64) -> Self {
        Self {
            key,
            stream,
            waiting: Vec::new(),
            place: wanted.start / PIECE as u64,
            pieces,
            skip: usize::try_from(wanted.start % PIECE as u64).unwrap_or(0),
            left: wanted.end - wanted.start,
        }
    }

    pub(super) async fn next(mut self) -> Result<Option<(Bytes, Self)>, MediaError> {
        if self.left == 0 {
            return Ok(None);
        }
        while self.waiting.len() < SEALED_PIECE {
            match self.stream.next().await {
                Some(chunk) => self.waiting.extend_from_slice(&chunk?),
                None => break,
            }
        }
        let rest = self.waiting.split_off(self.waiting.len().min(SEALED_PIECE));
        let piece = std::mem::replace(&mut self.waiting, rest);
        let piece = self.key.open(self.place, self.place + 1 == self.pieces, piece)?;
        self.place += 1;
        let wanted = piece.slice(self.skip.min(piece.len())..);
        self.skip = 0;
        let wanted = wanted.slice(..wanted.len().min(usize::try_from(self.left).unwrap_or(usize::MAX)));
        self.left -= wanted.len() as u64;
        Ok(Some((wanted, self)))
    }
}

/// A sealed file being written: the piece that is not full yet, and what is sealed and not handed on yet.
pub(super) struct Sealing {
    key: FileKey,
    place: u64,
    piece: Vec<u8>,
    out: Vec<u8>,
    out_at: usize,
}

impl Sealing {
    /// What stands before the first piece goes out first.
    pub(super) const fn new(key: FileKey, header: Vec<u8>) -> Self {
        Self { key, place: 0, piece: Vec::new(), out: header, out_at: 0 }
    }

    /// Hands on what is sealed.
    fn poll_out(&mut self, inner: &mut BufWriter, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        while self.out_at < self.out.len() {
            self.out_at += std::task::ready!(Pin::new(&mut *inner).poll_write(cx, &self.out[self.out_at..]))?;
        }
        Poll::Ready(Ok(()))
    }

    /// Seals what there is of the piece.
    fn seal(&mut self, is_last: bool) -> std::io::Result<()> {
        let piece = std::mem::replace(&mut self.piece, Vec::with_capacity(PIECE));
        self.out = self.key.seal(self.place, is_last, piece).map_err(std::io::Error::other)?;
        (self.out_at, self.place) = (0, self.place + 1);
        Ok(())
    }

    /// Seals the last piece and hands everything on.
    pub(super) async fn end(&mut self, inner: &mut BufWriter) -> std::io::Result<()> {
        poll_fn(|cx| self.poll_out(inner, cx)).await?;
        self.seal(true)?;
        poll_fn(|cx| self.poll_out(inner, cx)).await
    }

    /// Takes up to a piece of `buf` in. A full piece is sealed when more comes: only then is it not the last one.
    pub(super) fn poll_write(
        &mut self,
        inner: &mut BufWriter,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        std::task::ready!(self.poll_out(inner, cx))?;
        if self.piece.len() == PIECE && !buf.is_empty() {
            self.seal(false)?;
            std::task::ready!(self.poll_out(inner, cx))?;
        }
        let taken = buf.len().min(PIECE - self.piece.len());
        self.piece.extend_from_slice(&buf[..taken]);
        Poll::Ready(Ok(taken))
    }
}
