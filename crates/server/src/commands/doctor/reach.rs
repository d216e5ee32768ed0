//! How the world reaches the server, and where it keeps files.

use std::{sync::Arc, time::Duration};

use reqwest::Method;
use switchboard_app::App;
use switchboard_providers::{Http, OutboundError, outbound::Limits};
use url::{Host, Url};

use super::Finding;
use crate::{config::Settings, telemetry::chain};

const SUBJECT: &str = "BACKEND_URL";

pub(super) async fn look(settings: &Settings, app: &Arc<App>, offline: bool, findings: &mut Vec<Finding>) {
    findings.push(match app.media.check().await {
        Ok(()) => Finding::good("recordings", format!("can be kept in {}", app.media.place())),
        Err(error) => {
            let found = chain(&error).to_string();
            Finding::problem("recordings", found, "check MEDIA_DIR, or MEDIA_BUCKET and its S3_ variables")
        }
    });
    if !offline {
        findings.extend(redis(app).await);
    }
    let url = settings.public.backend_url.as_str();
    let shaped = shape(url, settings.public.is_production());
    let is_public = shaped.is_none();
    findings.extend(shaped);
    if is_public && !offline {
        findings.push(ask(url).await);
    }
}

/// Whether the nodes can count limits together; `None` where they need not.
async fn redis(app: &App) -> Option<Finding> {
    app.limits.connect().await;
    Some(if app.limits.is_shared()? {
        Finding::good("Redis", "answers and runs the limits' script")
    } else {
        let found = "it does not answer as it should, so each node would count rate limits for itself";
        Finding::problem(
            "Redis",
            found,
            "check REDIS_URL, and that Redis runs, takes writes and lets this user EVALSHA",
        )
    })
}

/// What is wrong with the address by its looks; `None` for one that the world could reach.
fn shape(url: &str, is_production: bool) -> Option<Finding> {
    let parsed = Url::parse(url).ok()?;
    let is_local = match parsed.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback() || address.is_private(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => true,
    };
    let set = "set BACKEND_URL to the address under which the world reaches this server";
    if is_local {
        let found = format!("{url} can be reached from here only, so no provider can deliver to it");
        return Some(if is_production {
            Finding::problem(SUBJECT, found, set)
        } else {
            Finding::notice(SUBJECT, found, set)
        });
    }
    (parsed.scheme() != "https").then(|| {
        let found = format!("{url} is not https, so everybody on the way can read what providers send");
        Finding::problem(SUBJECT, found, "put a proxy with a certificate in front, and set BACKEND_URL to https")
    })
}

/// Name, certificate and answer, as a provider would meet them.
async fn ask(base: &str) -> Finding {
    let limits = Limits {
        connect: Duration::from_secs(5),
        read: Duration::from_secs(5),
        total: Duration::from_secs(8),
        ..Limits::default()
    };
    let asked = async {
        let http = Http::new(limits)?;
        let url = Url::parse(&format!("{base}/health")).map_err(|error| OutboundError::BadUrl(error.to_string()))?;
        http.send(http.request(Method::GET, url)).await
    };
    match asked.await {
        Ok(_) => Finding::good(SUBJECT, format!("{base} answers")),
        Err(error) => Finding::problem(
            SUBJECT,
            format!("{base}/health: {}", chain(&error)),
            "check that the name leads to this server, that its certificate is valid, and that the server runs",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::Level, *};

    #[test]
    fn addresses_are_judged_by_their_looks() {
        let level = |url: &str, production| shape(url, production).map(|finding| finding.level);
        assert_eq!(level("http://localhost:4000", false), Some(Level::Notice));
        assert_eq!(level("http://localhost:4000", true), Some(Level::Problem));
        assert_eq!(level("http://192.168.1.5:4000", true), Some(Level::Problem));
        assert_eq!(level("http://cti.example.com", false), Some(Level::Problem));
        assert_eq!(level("https://cti.example.com", true), None);
    }
}
