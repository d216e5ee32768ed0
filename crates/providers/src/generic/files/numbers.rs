//! Telephone numbers as telephone systems write them, told from extensions.

use switchboard_domain::phone::{self, Region};

/// The most digits of an extension.
const EXTENSION: usize = 6;

/// An extension, rather than a number of the public network.
pub(super) fn is_extension(text: &str) -> bool {
    (2..=EXTENSION).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// How a party is kept: an extension as it is, a number as E.164 where it is one. Trunks leave the plus of a number that
/// has its country out.
pub(super) fn party(text: &str, region: Region) -> Option<String> {
    let text = text.trim();
    if is_extension(text) {
        return Some(text.to_owned());
    }
    if let Some(number) = phone::e164(text, region) {
        return Some(number);
    }
    let is_whole =
        (11..=15).contains(&text.len()) && !text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit());
    if is_whole {
        return Some(format!("+{text}"));
    }
    phone::party(text, region)
}

/// The number inside `Lin, Mei (831)` or `"Ana" <1001>`, and the name before it.
pub(super) fn named(text: &str) -> (&str, Option<&str>) {
    let text = text.trim();
    for (open, close) in [('(', ')'), ('<', '>')] {
        if let Some((name, number)) = text.strip_suffix(close).and_then(|text| text.rsplit_once(open)) {
            let name = name.trim().trim_matches('"').trim();
            return (number.trim(), (!name.is_empty()).then_some(name));
        }
    }
    (text, None)
}

/// The peer of a channel: `1001` of `PJSIP/1001-0000002a`, `trunk_1` of `SIP/trunk_1-00000a10`.
pub(super) fn peer(channel: &str) -> Option<&str> {
    let (_, rest) = channel.split_once('/')?;
    // `Local/1002@from-queue-0000000b;1` is the extension 1002.
    let rest = rest.split(['@', ';']).next().unwrap_or(rest);
    let peer = rest.rsplit_once('-').map_or(rest, |(peer, tail)| {
        if tail.len() >= 6 && tail.bytes().all(|byte| byte.is_ascii_hexdigit()) { peer } else { rest }
    });
    (!peer.is_empty()).then_some(peer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_their_country_and_extensions_stay() {
        assert_eq!(party("1001", Region::US).as_deref(), Some("1001"));
        assert_eq!(party("+442079460018", Region::US).as_deref(), Some("+442079460018"));
        assert_eq!(party("13125550142", Region::US).as_deref(), Some("+13125550142"));
        assert_eq!(party("600 123 456", Region::from_code("ES").unwrap()).as_deref(), Some("+34600123456"));
        assert_eq!(party("anonymous", Region::US), None);
    }

    #[test]
    fn names_and_peers_are_told_from_numbers() {
        assert_eq!(named("Lin, Mei (831)"), ("831", Some("Lin, Mei")));
        assert_eq!(named("\"Ana\" <1001>"), ("1001", Some("Ana")));
        assert_eq!(named("09516047180"), ("09516047180", None));
        assert_eq!(peer("PJSIP/1001-0000002a"), Some("1001"));
        assert_eq!(peer("SIP/trunk_1-00000a10"), Some("trunk_1"));
        assert_eq!(peer("PJSIP/my-carrier-0000002a"), Some("my-carrier"));
        assert_eq!(peer("Local/1002@from-queue-0000000b;1"), Some("1002"));
        assert_eq!(peer("DAHDI/i1/600123456-3"), Some("i1/600123456-3"));
        assert_eq!(peer(""), None);
    }
}
