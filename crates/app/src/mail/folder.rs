//! Mail without a mail server: one file each, for whoever looks after the installation.

use std::{
    io,
    path::{Path, PathBuf},
};

use switchboard_domain::ids::MailId;
use tokio::io::AsyncWriteExt;

/// Writes a mail as `<id>.eml`. Writing it twice is the same as once: the file appears whole, or not at all. Only the
/// server's own user may read it, because there is a link in it.
pub async fn write(folder: &Path, id: MailId, bytes: &[u8]) -> io::Result<PathBuf> {
    tokio::fs::create_dir_all(folder).await?;
    let path = folder.join(format!("{id}.eml"));
    let part = folder.join(format!("{id}.part"));
    let mut options = tokio::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    options.mode(0o600);
    let mut file = options.open(&part).await?;
    file.write_all(bytes).await?;
    file.sync_all().await?;
    tokio::fs::rename(&part, &path).await?;
    Ok(path)
}
