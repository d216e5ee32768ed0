//! The disk's own bound: how long one fdatasync of 4 KiB takes.

use std::{fs::File, os::unix::fs::FileExt, path::Path, time::Instant};

/// Median seconds of `count` overwrites of 4 KiB with fdatasync, in a file of this folder.
pub fn fdatasync(folder: &Path, count: usize) -> anyhow::Result<f64> {
    let path = folder.join("probe");
    let file = File::create(&path)?;
    let block = [7u8; 4096];
    for i in 0..64 {
        file.write_all_at(&block, i * 4096)?;
    }
    file.sync_all()?;
    let mut times = Vec::with_capacity(count);
    for i in 0..count {
        let started = Instant::now();
        file.write_all_at(&block, (i as u64 % 64) * 4096)?;
        file.sync_data()?;
        times.push(started.elapsed().as_secs_f64());
    }
    std::fs::remove_file(path)?;
    Ok(crate::report::percentile(&mut times, 50.0))
}
