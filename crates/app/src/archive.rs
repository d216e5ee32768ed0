//! A ZIP file, written as it comes: for exports, which are read by people with what their machine has.
//!
//! Entries are stored, not compressed: most of an export is audio, which is compressed already, and nothing has to be held
//! in memory or on disk before its size is known. Sizes and checksums follow each entry and stand in the directory at the
//! end, where every program looks (APPNOTE 6.3.10, 4.3). Archives of more than 4 GB have the 64-bit directory.

use tokio::io::{AsyncWrite, AsyncWriteExt};

/// Nobody's clock goes into an archive: 1980-01-01, the least date that the format has.
const DATE: u16 = 0x0021;
/// Sizes follow the data (bit 3); names are UTF-8 (bit 11).
const FLAGS: u16 = 0x0808;
/// What a program must know of the format: 2.0, or 4.5 for 64-bit places.
const VERSION: u16 = 20;
const VERSION_64: u16 = 45;

/// An archive in the making. [`Zip::finish`] makes it one.
pub struct Zip<W> {
    inner: W,
    written: u64,
    entries: Vec<Entry>,
    open: Option<(Entry, crc32fast::Hasher)>,
}

struct Entry {
    name: String,
    place: u64,
    size: u64,
    checksum: u32,
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

    /// Begins an entry; the one before is ended. Names are ours: letters, digits, `-`, `.` and `/`.
    pub async fn begin(&mut self, name: &str) -> std::io::Result<()> {
        self.end().await?;
        let entry = Entry { name: name.to_owned(), place: self.written, size: 0, checksum: 0 };
        let mut head = Vec::with_capacity(30 + name.len());
        push(&mut head, &[&0x0403_4b50_u32.to_le_bytes(), &VERSION.to_le_bytes(), &FLAGS.to_le_bytes()]);
        // Stored; time and date; checksum and sizes follow the data.
        push(&mut head, &[&[0; 4], &DATE.to_le_bytes(), &[0; 12]]);
        push(&mut head, &[&short(name.len()).to_le_bytes(), &[0; 2], name.as_bytes()]);
        self.put(&head).await?;
        self.open = Some((entry, crc32fast::Hasher::new()));
        Ok(())
    }

    /// More of the entry that was begun.
    pub async fn write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        let Some((entry, hasher)) = &mut self.open else { return Err(std::io::Error::other("no entry was begun")) };
        hasher.update(bytes);
        entry.size += bytes.len() as u64;
        if entry.size > u64::from(u32::MAX) {
            return Err(std::io::Error::other("one file of an archive may have 4 GB"));
        }
        self.put(bytes).await
    }

    async fn end(&mut self) -> std::io::Result<()> {
        let Some((mut entry, hasher)) = self.open.take() else { return Ok(()) };
        entry.checksum = hasher.finalize();
        let size = long(entry.size).to_le_bytes();
        let mut tail = Vec::with_capacity(16);
        push(&mut tail, &[&0x0807_4b50_u32.to_le_bytes(), &entry.checksum.to_le_bytes(), &size, &size]);
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
}

impl Entry {
    fn in_directory(&self) -> Vec<u8> {
        let is_far = self.place > u64::from(u32::MAX);
        let (version, extra) = if is_far { (VERSION_64, 12_u16) } else { (VERSION, 0) };
        let size = long(self.size).to_le_bytes();
        let mut line = Vec::with_capacity(58 + self.name.len());
        // Made on Unix, so that the rights below mean something.
        push(
            &mut line,
            &[&0x0201_4b50_u32.to_le_bytes(), &(0x0300 | VERSION_64).to_le_bytes(), &version.to_le_bytes()],
        );
        push(
            &mut line,
            &[&FLAGS.to_le_bytes(), &[0; 4], &DATE.to_le_bytes(), &self.checksum.to_le_bytes(), &size, &size],
        );
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
}
