//! The files of the built dashboard.
//!
//! A release has them in the binary, a debug build reads them from the source tree each time, so that a new build of the
//! dashboard is there at the next reload. `dashboard/dist` may be missing while compiling: the server is whole without
//! Node, and says how to build the dashboard.

use std::{borrow::Cow, collections::BTreeMap, sync::Arc};

use aws_lc_rs::digest::{SHA256, digest};
use axum::http::HeaderValue;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use rust_embed::Embed;

#[derive(Embed)]
#[folder = "../../dashboard/dist"]
#[allow_missing = true]
struct Built;

/// Where the dashboard's files come from. Cheap to clone.
#[derive(Clone, Default)]
pub struct Dashboard(Source);

#[derive(Clone, Default)]
enum Source {
    /// What `make dashboard` built.
    #[default]
    Built,
    Given(Arc<BTreeMap<String, Vec<u8>>>),
}

impl Dashboard {
    /// Other files than the built ones, by their paths; without any there is no dashboard.
    pub fn of<'a>(files: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Self {
        let files = files.into_iter().map(|(path, bytes)| (path.to_owned(), bytes.to_vec()));
        Self(Source::Given(Arc::new(files.collect())))
    }

    /// The file at this path, which has no slash in front.
    pub(super) fn find(&self, path: &str) -> Option<File> {
        match &self.0 {
            Source::Built => {
                let found = Built::get(path)?;
                Some(File { tag: tag(&found.metadata.sha256_hash()), bytes: found.data })
            }
            Source::Given(files) => {
                let bytes = files.get(path)?.clone();
                Some(File { tag: tag(digest(&SHA256, &bytes).as_ref()), bytes: Cow::Owned(bytes) })
            }
        }
    }

    /// The file, in the best of the forms it is kept in that the client takes. `scripts/compress.mjs` made the others.
    pub(super) fn find_encoded(&self, path: &str, accepted: &str) -> Option<(File, Option<Encoding>)> {
        let encoded = Encoding::ALL
            .into_iter()
            .filter(|encoding| encoding.is_in(accepted))
            .find_map(|encoding| Some((self.find(&format!("{path}.{}", encoding.extension()))?, Some(encoding))));
        encoded.or_else(|| Some((self.find(path)?, None)))
    }
}

pub(super) struct File {
    pub(super) bytes: Cow<'static, [u8]>,
    /// Weak, because one file goes out in several encodings.
    pub(super) tag: HeaderValue,
}

fn tag(hash: &[u8]) -> HeaderValue {
    let text = format!("W/\"{}\"", URL_SAFE_NO_PAD.encode(&hash[..16]));
    // Letters of base64 make a header; without them nothing would match, and nothing be wrong.
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("W/\"\""))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    Brotli,
    Gzip,
}

impl Encoding {
    /// The better one first.
    const ALL: [Self; 2] = [Self::Brotli, Self::Gzip];

    /// As `Content-Encoding` says it.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
        }
    }

    const fn extension(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gz",
        }
    }

    /// Whether an `Accept-Encoding` names it. `q=0` means that it must not be sent; other weights are all the same to us.
    fn is_in(self, accepted: &str) -> bool {
        accepted.split(',').any(|one| {
            let (name, weight) = one.split_once(';').unwrap_or((one, ""));
            let weight = weight.trim().strip_prefix("q=").and_then(|weight| weight.trim().parse::<f32>().ok());
            name.trim().eq_ignore_ascii_case(self.word()) && weight != Some(0.0)
        })
    }
}

/// What a file is, by its name. Whatever Vite makes of our sources is in the list.
pub(super) fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "webp" => "image/webp",
        "woff2" => "font/woff2",
        "wasm" => "application/wasm",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_form_that_the_client_takes() {
        let dashboard =
            Dashboard::of([("a.js", &b"plain"[..]), ("a.js.br", b"br"), ("a.js.gz", b"gz"), ("b.js", b"b")]);
        let form = |path: &str, accepted: &str| {
            let (file, encoding) = dashboard.find_encoded(path, accepted).unwrap();
            (String::from_utf8(file.bytes.into_owned()).unwrap(), encoding.map(Encoding::word))
        };
        assert_eq!(form("a.js", "gzip, deflate, br, zstd"), ("br".to_owned(), Some("br")));
        assert_eq!(form("a.js", "GZIP;q=0.5, br;q=0"), ("gz".to_owned(), Some("gzip")));
        assert_eq!(form("a.js", "brotli, *"), ("plain".to_owned(), None));
        assert_eq!(form("b.js", "br"), ("b".to_owned(), None));
        assert!(dashboard.find_encoded("c.js", "br").is_none());
    }

    #[test]
    fn no_path_leads_out_of_the_folder() {
        for path in ["../package.json", "/etc/passwd", "assets/../../package.json", ""] {
            assert!(Dashboard::default().find(path).is_none(), "{path}");
        }
    }
}
