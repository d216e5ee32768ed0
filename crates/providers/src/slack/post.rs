//! Writes into a channel.

use reqwest::{Method, RequestBuilder, Url};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use crate::{
    connect::BaseUrls,
    outbound::{Http, OutboundError},
    pace::RateClass,
};

/// Slack allows a message a second to a channel; a webhook is a channel.
const RATE: RateClass = RateClass::per_second("slack.webhook", 1);
/// Characters of a title or text. Slack cuts messages at 40,000 and shows few of them.
const MAX_CHARS: usize = 1_000;

/// What is written.
#[derive(Debug, Clone, Copy)]
pub struct Message<'a> {
    pub title: &'a str,
    pub text: &'a str,
    /// Where to see more: the words, and the address.
    pub link: (&'a str, &'a str),
}

/// The address is none that may be called. Never quotes it: it is a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no address of a Slack webhook; it begins with https://hooks.slack.com/services/")]
pub struct NotAHook;

/// A message was not posted, or nobody knows whether it was.
#[derive(Debug, thiserror::Error)]
pub enum PostError {
    #[error(transparent)]
    NotAHook(#[from] NotAHook),
    #[error("Slack did not take the message")]
    Outbound(#[from] OutboundError),
}

/// The webhook's address, if it is one at Slack.
pub(super) fn hook(urls: &BaseUrls, given: &SecretString) -> Result<Url, NotAHook> {
    let url = Url::parse(given.expose_secret()).map_err(|_| NotAHook)?;
    let base = Url::parse(&urls.slack).map_err(|_| NotAHook)?;
    let is_there = url.origin() == base.origin() && url.username().is_empty() && url.password().is_none();
    let path = url.path().strip_prefix(base.path().trim_end_matches('/')).unwrap_or_default();
    let is_hook = ["/services/", "/workflows/", "/triggers/"].iter().any(|start| path.starts_with(start));
    if is_there && is_hook { Ok(url) } else { Err(NotAHook) }
}

pub(super) fn request(http: &Http, url: Url, body: &Value) -> RequestBuilder {
    http.request(Method::POST, url).json(body)
}

/// Posts a message. `allowance` names the webhook for the rate limit.
pub async fn post(
    http: &Http,
    urls: &BaseUrls,
    webhook: &SecretString,
    allowance: &str,
    message: Message<'_>,
) -> Result<(), PostError> {
    let url = hook(urls, webhook)?;
    http.pace().wait(allowance, RATE, http.limits().patience).await?;
    http.send(request(http, url, &body(message))).await?;
    Ok(())
}

fn body(message: Message<'_>) -> Value {
    let (title, text) = (escaped(message.title), escaped(message.text));
    let (words, address) = message.link;
    json!({
        // What phones show, and screen readers read.
        "text": format!("{title}: {text}"),
        "blocks": [{ "type": "section", "text": {
            "type": "mrkdwn",
            "text": format!("*{title}*\n{text}\n<{}|{}>", escaped(address), escaped(words)),
        } }],
        "unfurl_links": false,
    })
}

/// Names in it come from people: nothing of theirs may become a link, a mention of everybody, or bold.
fn escaped(text: &str) -> String {
    let plain = text.chars().take(MAX_CHARS).map(|c| if c.is_control() { ' ' } else { c });
    let mut escaped = String::new();
    for c in plain {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            // Looks like the sign and starts no formatting.
            '*' => escaped.push('∗'),
            '`' => escaped.push('ˋ'),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_webhooks_at_slack_are_called() {
        let urls = BaseUrls::default();
        let is_hook = |text: &str| hook(&urls, &SecretString::from(text)).is_ok();
        assert!(is_hook("https://hooks.slack.com/services/T000/B000/abc"));
        assert!(is_hook("https://hooks.slack.com/triggers/T000/1/abc"));
        for wrong in [
            "http://hooks.slack.com/services/T000/B000/abc",
            "https://hooks.slack.com.evil.example/services/T/B/a",
            "https://hooks.slack.com@evil.example/services/T/B/a",
            "https://user:pw@hooks.slack.com/services/T/B/a",
            "https://hooks.slack.com:8443/services/T/B/a",
            "https://169.254.169.254/services/T/B/a",
            "https://hooks.slack.com/",
            "hooks.slack.com/services/T/B/a",
        ] {
            assert!(!is_hook(wrong), "{wrong}");
        }
    }

    #[test]
    fn names_become_no_mention_link_or_line_of_their_own() {
        let link = ("Open", "https://switchboard.example/notifications?a=1&b=2");
        let body = body(Message { title: "<!channel> *x*", text: "a\nb `c`", link });
        let text = body["blocks"][0]["text"]["text"].as_str().unwrap();
        assert_eq!(
            text,
            "*&lt;!channel&gt; ∗x∗*\na b ˋcˋ\n<https://switchboard.example/notifications?a=1&amp;b=2|Open>"
        );
    }
}
