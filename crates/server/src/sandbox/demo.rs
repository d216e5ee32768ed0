//! The demo: what is kept of it for the next start, and what a person sees first.

use std::{
    fs, io,
    io::Write as _,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use switchboard_domain::ids::{AppId, ConnectionId, TenantId};

use crate::commands::CommandError;

const FILE: &str = "sandbox-demo.json";

/// The demo's ids and key, as they are kept for the next start and for `simulate`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Demo {
    pub tenant_id: TenantId,
    pub app_id: AppId,
    /// Opens the demo's records and nothing else.
    pub api_key: String,
    pub connection_id: ConnectionId,
    pub hook_url: String,
    /// Where the server was at the last start.
    pub url: String,
    /// Where the stand-ins are; `None` since a start without them.
    pub sandbox_url: Option<String>,
    /// Who signs in to the demo's workspace; `None` in a file from before there was anybody.
    #[serde(default)]
    pub owner: Option<DemoOwner>,
    /// The API user of the demo's telephone system.
    #[serde(default)]
    pub telephone_user: Option<String>,
    /// Where the API of the stand-in's telephone systems is, on this machine.
    #[serde(default)]
    pub telephone_port: Option<u16>,
}

/// Somebody who was made for the demo and is nobody anywhere else.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DemoOwner {
    pub email: String,
    pub password: String,
}

impl Demo {
    pub fn path(data_dir: &Path) -> PathBuf {
        data_dir.join(FILE)
    }

    /// What an earlier start kept; `None` where there was none or it cannot be read.
    pub fn read(data_dir: &Path) -> Option<Self> {
        serde_json::from_slice(&fs::read(Self::path(data_dir)).ok()?).ok()
    }

    pub(super) fn keep(&self, data_dir: &Path) -> Result<(), CommandError> {
        let path = Self::path(data_dir);
        let failed = |source| CommandError::KeepDemo { path: path.display().to_string(), source };
        let text = serde_json::to_vec_pretty(self).map_err(|error| failed(io::Error::other(error)))?;
        // Commands read it while a server starts: they find the old one or the new one, and never half of one. Temporary
        // files are made for their owner only.
        let written = fs::create_dir_all(data_dir).and_then(|()| {
            let mut file = tempfile::NamedTempFile::new_in(data_dir)?;
            file.write_all(&text)?;
            file.as_file().sync_all()?;
            file.persist(&path)?;
            Ok(())
        });
        written.map_err(failed)
    }
}

/// How this binary is called from here: by its name where programs are installed, else by its path.
fn program() -> String {
    let name = "switchboard".to_owned();
    let Ok(path) = std::env::current_exe() else { return name };
    if path.parent().is_some_and(|folder| folder.ends_with("bin")) {
        return name;
    }
    let here = std::env::current_dir().ok();
    let shown = here.as_deref().and_then(|here| path.strip_prefix(here).ok()).unwrap_or(&path);
    shown.display().to_string()
}

/// What a person sees first: where everything is, how to get in, and a few lines to try.
pub fn welcome(demo: &Demo, data_dir: &Path) -> String {
    let Demo { url, api_key, .. } = demo;
    let sandbox_url = demo.sandbox_url.as_deref().unwrap_or_default();
    let owner = demo.owner.as_ref().map_or_else(String::new, |DemoOwner { email, password }| {
        format!("\n  sign in         {email}\n  password        {password}\n                  or sign up: a workspace of your own is empty\n")
    });
    format!(
        "
Switchboard runs on sandbox input. Nothing here reaches a real provider.

  open            {browser_url}
{owner}
  API and docs    {url}/docs
  Dialpad sandbox {sandbox_url}
  demo API key    {api_key}
                  (all of this is kept in {file})

Try:
  curl -H 'x-app-api-key: {api_key}' {url}/api/calls
  curl -H 'x-app-api-key: {api_key}' {url}/api/messages
  curl -H 'x-app-api-key: {api_key}' {url}/api/voicemails

and in another terminal, to see one arrive:
  {program} simulate call --pace 1500
  {program} simulate cdr queue

Ctrl-C ends it.
",
        // The name that the settings give this server by default: cookies are kept by name.
        browser_url = url.replacen("127.0.0.1", "localhost", 1),
        file = Demo::path(data_dir).display(),
        program = program()
    )
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn the_demo_is_kept_for_its_owner_only_and_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let id = uuid::Uuid::from_u128(7);
        let demo = Demo {
            tenant_id: TenantId::from_uuid(id),
            app_id: AppId::from_uuid(id),
            api_key: "raw_x".to_owned(),
            connection_id: ConnectionId::from_uuid(id),
            hook_url: "http://localhost:4000/hooks/t".to_owned(),
            url: "http://127.0.0.1:4000".to_owned(),
            sandbox_url: Some("http://127.0.0.1:4001".to_owned()),
            owner: None,
            telephone_user: None,
            telephone_port: None,
        };
        demo.keep(folder.path()).unwrap();
        let mut held = fs::File::open(Demo::path(folder.path())).unwrap();
        let shorter = Demo { api_key: "r".to_owned(), ..demo };
        shorter.keep(folder.path()).unwrap();
        assert_eq!(Demo::read(folder.path()).unwrap().api_key, "r");
        let before: Demo = serde_json::from_reader(&mut held).unwrap();
        assert_eq!(before.api_key, "raw_x", "who was reading it reads it to its end");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
        let mode = fs::metadata(Demo::path(folder.path())).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert!(Demo::read(Path::new("/nowhere")).is_none());
    }
}
