//! A PostgreSQL of the benchmark's own, in a temporary folder, with full durability.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, ensure};

/// A running server; stopped when dropped.
pub struct Postgres {
    folder: tempfile::TempDir,
    bin: PathBuf,
    as_root: bool,
}

impl Postgres {
    pub fn start() -> anyhow::Result<Self> {
        let bin = newest_bin().context("PostgreSQL's server is not installed; `make test` installs it")?;
        let folder = tempfile::Builder::new().prefix("switchboard-bench-pg-").tempdir()?;
        let as_root = Command::new("id").arg("-u").output()?.stdout.starts_with(b"0");
        let server = Self { folder, bin, as_root };
        if as_root {
            let owned = Command::new("chown").arg("postgres").arg(server.folder.path()).status()?;
            ensure!(owned.success(), "the folder could not be given to postgres");
        }
        let data = server.folder.path().join("data");
        server.run("initdb", &["-D", text(&data), "-U", "bench", "-A", "trust", "--locale=C.UTF-8", "-E", "UTF8"])?;
        let options = format!(
            "-k {} -c listen_addresses='' -c shared_buffers=512MB -c max_wal_size=8GB -c max_connections=100",
            server.folder.path().display()
        );
        let log = server.folder.path().join("log");
        server.run("pg_ctl", &["-D", text(&data), "-w", "-s", "-l", text(&log), "-o", &options, "start"])?;
        Ok(server)
    }

    /// A new database's URL.
    pub fn create(&self, name: &str) -> anyhow::Result<String> {
        self.run("createdb", &["-h", text(self.folder.path()), "-U", "bench", name])?;
        Ok(format!("postgresql://bench@localhost/{name}?host={}", self.folder.path().display()))
    }

    /// Seconds of processor time that all its processes have used so far.
    pub fn cpu_seconds(&self) -> anyhow::Result<f64> {
        let pids = std::fs::read_to_string(self.folder.path().join("data/postmaster.pid"))?;
        crate::cpu::of_family(pids.lines().next().context("an empty postmaster.pid")?.parse()?)
    }

    fn run(&self, program: &str, args: &[&str]) -> anyhow::Result<()> {
        let program = self.bin.join(program);
        let mut command = if self.as_root {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--", text(&program)]);
            command
        } else {
            Command::new(&program)
        };
        let done = command.args(args).current_dir("/").output()?;
        ensure!(done.status.success(), "{}: {}", program.display(), String::from_utf8_lossy(&done.stderr));
        Ok(())
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let data = self.folder.path().join("data");
        // A server that cannot be stopped is named by its folder, which stays then.
        let _ = self.run("pg_ctl", &["-D", text(&data), "-m", "immediate", "-s", "stop"]);
    }
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap_or_default()
}

fn newest_bin() -> Option<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .ok()?
        .filter_map(Result::ok)
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .filter(|(_, bin)| bin.join("initdb").exists())
        .collect();
    found.sort();
    found.pop().map(|(_, bin)| bin)
}
