//! A ZIP file, written as it comes: for exports, which are read by people with what their machine has.
//!
//! Nothing has to be held in memory or on disk before its size is known: sizes and checksums follow each entry and stand in
//! the directory at the end, where every program looks (APPNOTE 6.3.10, 4.3). Entries are stored as they are where they are
//! audio, which is compressed already, or packed where they are text ([`Zip::begin_packed`]). Archives of more than 4 GB
//! have the 64-bit directory.

use std::io::Write as _;

use flate2::{Compression, write::DeflateEncoder};
use tokio::io::{AsyncWrite, AsyncWriteExt};

/// Nobody's clock goes into an archive: 1980-01-01, the least date that the format has.
const DATE: u16 = 0x0021;
/// Sizes follow the data (bit 3); names are UTF-8 (bit 11).
const FLAGS: u16 = 0x0808;
/// What a program must know of the format: 2.0, or 4.5 for 64-bit places.
const VERSION: u16 = 20;
const VERSION_64: u16 = 45;
/// How an entry is kept.
const STORED: u16 = 0;
const DEFLATED: u16 = 8;

/// An archive in the making. [`Zip::finish`] makes it one.
pub struct Zip<W> {
    inner: W,
    written: u64,
    entries: Vec<Entry>,
    open: Option<Open>,
}

struct Entry {
    name: String,
    place: u64,
    method: u16,
    /// Bytes that it has, and bytes that it takes up.
    size: u64,
    packed: u64,
    checksum: u32,
}

/// The entry that is being written.
struct Open {
    entry: Entry,
    hasher: crc32fast::Hasher,
    packer: Option<DeflateEncoder<Vec<u8>>>,
}

impl<W: AsyncWrite + Unpin> Zip<W> {
    pub const fn new(inner: W) -> Self {
        Self { inner, written: 0, entries: Vec::new(), open: None }
    }

    async fn put(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.inner.write_all(bytes).await?;
        self.written += bytes.len() as u64;
        Ok(())
    }

    /// Begins an entry; the one before is ended. Names are ours: letters, digits, `-`, `.`, `_`, `[`, `]` and `/`.
    pub async fn begin(&mut self, name: &str) -> std::io::Result<()> {
        self.begin_as(name, STORED).await
    }

    /// [`begin`](Self::begin), of an entry that is compressed.
    pub async fn begin_packed(&mut self, name: &str) -> std::io::Result<()> {
        self.begin_as(name, DEFLATED).await
    }

    async fn begin_as(&mut self, name: &str, method: u16) -> std::io::Result<()> {
        self.end().await?;
        let entry = Entry { name: name.to_owned(), place: self.written, method, size: 0, packed: 0, checksum: 0 };
        let mut head = Vec::with_capacity(30 + name.len());
        push(&mut head, &[&0x0403_4b50_u32.to_le_bytes(), &VERSION.to_le_bytes(), &FLAGS.to_le_bytes()]);
        // Time and date; checksum and sizes follow the data.
        push(&mut head, &[&method.to_le_bytes(), &[0; 2], &DATE.to_le_bytes(), &[0; 12]]);
        push(&mut head, &[&short(name.len()).to_le_bytes(), &[0; 2], name.as_bytes()]);
        self.put(&head).await?;
        let packer = (method == DEFLATED).then(|| DeflateEncoder::new(Vec::new(), Compression::default()));
        self.open = Some(Open { entry, hasher: crc32fast::Hasher::new(), packer });
        Ok(())
    }

    /// More of the entry that was begun.
    pub async fn write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        let Some(open) = &mut self.open else { return Err(std::io::Error::other("no entry was begun")) };
        open.hasher.update(bytes);
        open.entry.size += bytes.len() as u64;
        if open.entry.size > u64::from(u32::MAX) {
            return Err(std::io::Error::other("one file of an archive may have 4 GB"));
        }
        let Some(packer) = &mut open.packer else {
            open.entry.packed += bytes.len() as u64;
            return self.put(bytes).await;
        };
        packer.write_all(bytes)?;
        let packed = std::mem::take(packer.get_mut());
        open.entry.packed += packed.len() as u64;
        self.put(&packed).await
    }

    async fn end(&mut self) -> std::io::Result<()> {
        let Some(Open { mut entry, hasher, packer }) = self.open.take() else { return Ok(()) };
        if let Some(packer) = packer {
            let rest = packer.finish()?;
            entry.packed += rest.len() as u64;
            self.put(&rest).await?;
        }
        entry.checksum = hasher.finalize();
        let (packed, size) = (long(entry.packed).to_le_bytes(), long(entry.size).to_le_bytes());
        let mut tail = Vec::with_capacity(16);
        push(&mut tail, &[&0x0807_4b50_u32.to_le_bytes(), &entry.checksum.to_le_bytes(), &packed, &size]);
        self.put(&tail).await?;
        self.entries.push(entry);
        Ok(())
    }

    /// Writes the directory; gives back what was written to, and how many bytes that were.
    pub async fn finish(mut self) -> std::io::Result<(W, u64)> {
        self.end().await?;
        let begin = self.written;
        for entry in std::mem::take(&mut self.entries) {
            self.put(&entry.in_directory()).await?;
            self.entries.push(entry);
        }
        let (size, count) = (self.written - begin, self.entries.len());
        let needs_64 = begin > u64::from(u32::MAX) || count > usize::from(u16::MAX);
        let mut end = Vec::new();
        if needs_64 {
            let count = (count as u64).to_le_bytes();
            push(&mut end, &[&0x0606_4b50_u32.to_le_bytes(), &44_u64.to_le_bytes(), &VERSION_64.to_le_bytes()]);
            push(
                &mut end,
                &[&VERSION_64.to_le_bytes(), &[0; 8], &count, &count, &size.to_le_bytes(), &begin.to_le_bytes()],
            );
            push(
                &mut end,
                &[&0x0706_4b50_u32.to_le_bytes(), &[0; 4], &self.written.to_le_bytes(), &1_u32.to_le_bytes()],
            );
        }
        let count = short(count).to_le_bytes();
        push(&mut end, &[&0x0605_4b50_u32.to_le_bytes(), &[0; 4], &count, &count]);
        push(&mut end, &[&long(size).to_le_bytes(), &long(begin).to_le_bytes(), &[0; 2]]);
        self.put(&end).await?;
        Ok((self.inner, self.written))
    }

    /// Gives up, and gives back what was written to.
    pub fn into_inner(self) -> W {
        self.inner
    }

    /// What is written to.
    pub const fn get_mut(&mut self) -> &mut W {
        &mut self.inner
    }
}

impl Entry {
    fn in_directory(&self) -> Vec<u8> {
        let is_far = self.place > u64::from(u32::MAX);
        let (version, extra) = if is_far { (VERSION_64, 12_u16) } else { (VERSION, 0) };
        let (packed, size) = (long(self.packed).to_le_bytes(), long(self.size).to_le_bytes());
        let mut line = Vec::with_capacity(58 + self.name.len());
        // Made on Unix, so that the rights below mean something.
        push(
            &mut line,
            &[&0x0201_4b50_u32.to_le_bytes(), &(0x0300 | VERSION_64).to_le_bytes(), &version.to_le_bytes()],
        );
        push(
            &mut line,
            &[
                &FLAGS.to_le_bytes(),
                &self.method.to_le_bytes(),
                &[0; 2],
                &DATE.to_le_bytes(),
                &self.checksum.to_le_bytes(),
            ],
        );
        push(&mut line, &[&packed, &size]);
        push(&mut line, &[&short(self.name.len()).to_le_bytes(), &extra.to_le_bytes(), &[0; 6]]);
        push(&mut line, &[&(0o100_644_u32 << 16).to_le_bytes(), &long(self.place).to_le_bytes(), self.name.as_bytes()]);
        if is_far {
            push(&mut line, &[&1_u16.to_le_bytes(), &8_u16.to_le_bytes(), &self.place.to_le_bytes()]);
        }
        line
    }
}

fn push(to: &mut Vec<u8>, parts: &[&[u8]]) {
    for part in parts {
        to.extend_from_slice(part);
    }
}

/// What does not fit is all ones: "look in the 64-bit place".
fn long(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn short(number: usize) -> u16 {
    u16::try_from(number).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_directory_says_where_each_entry_is() {
        let mut zip = Zip::new(Vec::new());
        zip.begin("a.txt").await.unwrap();
        zip.write(b"one ").await.unwrap();
        zip.write(b"two").await.unwrap();
        zip.begin("b.txt").await.unwrap();
        let (bytes, written) = zip.finish().await.unwrap();
        assert_eq!(bytes.len() as u64, written);
        let end = &bytes[bytes.len() - 22..];
        assert_eq!(&end[..4], b"PK\x05\x06");
        assert_eq!(u16::from_le_bytes([end[10], end[11]]), 2);
        let directory = u32::from_le_bytes(end[16..20].try_into().unwrap()) as usize;
        let line = &bytes[directory..];
        assert_eq!(&line[..4], b"PK\x01\x02");
        assert_eq!(u32::from_le_bytes(line[16..20].try_into().unwrap()), crc32fast::hash(b"one two"));
        assert_eq!(u32::from_le_bytes(line[24..28].try_into().unwrap()), 7);
        assert_eq!(&line[46..51], b"a.txt");
        let place = u32::from_le_bytes(line[42..46].try_into().unwrap()) as usize;
        assert_eq!(&bytes[place + 30..place + 35], b"a.txt");
        assert_eq!(&bytes[place + 35..place + 42], b"one two");
    }

    #[tokio::test]
    async fn what_is_packed_comes_out_as_it_went_in() {
        let mut zip = Zip::new(Vec::new());
        zip.begin_packed("a.xml").await.unwrap();
        let text = "<row/>".repeat(10_000);
        for part in text.as_bytes().chunks(1_000) {
            zip.write(part).await.unwrap();
        }
        let (bytes, _) = zip.finish().await.unwrap();
        assert!(bytes.len() < 1_000, "{} bytes", bytes.len());
        let mut out = String::new();
        let mut reader = flate2::read::DeflateDecoder::new(&bytes[35..]);
        std::io::Read::read_to_string(&mut reader, &mut out).unwrap();
        assert_eq!(out, text);
        let line =
            &bytes[usize::try_from(u32::from_le_bytes(bytes[bytes.len() - 6..bytes.len() - 2].try_into().unwrap()))
                .unwrap()..];
        assert_eq!(u16::from_le_bytes([line[10], line[11]]), 8);
        assert_eq!(u32::from_le_bytes(line[24..28].try_into().unwrap()), 60_000);
        assert_eq!(u64::from(u32::from_le_bytes(line[20..24].try_into().unwrap())), reader.total_in());
    }
}
