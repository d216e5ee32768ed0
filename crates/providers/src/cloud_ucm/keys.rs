//! Which leg a record is about, and which call: what devices say of that, in the order in which it can be trusted.

use aws_lc_rs::digest::{SHA256, digest};

use super::record::Record;

/// The call: its session, else the identity of its first channel. None for a record that says neither: it is a call by
/// itself.
pub fn call(record: &Record) -> Option<String> {
    record.get("session").or_else(|| record.get("uniqueid")).map(short)
}

/// What tells a leg from all others, where its start and channel are known: what pushes, the API's answers and the web page's
/// file have alike. The page's file has no row number, and what is imported from it must not double what was pushed.
const COMMON: [&str; 6] = ["start", "channel", "dstchannel", "src", "dst", "lastapp"];
/// The same where neither those nor a row number are known.
const ANY: [&str; 6] = ["uniqueid", "start", "channel", "dstchannel", "src", "dst"];

/// The leg. It begins with the call, so that it is never the least of a call's ids, and so that a device whose row numbers
/// began anew (a reset, another device) does not speak of old legs.
pub fn leg(record: &Record) -> String {
    let told = |columns: [&str; 6]| {
        let told: Vec<&str> = columns.map(|column| record.get(column).unwrap_or_default()).into();
        hex::encode(&digest(&SHA256, told.join("\n").as_bytes()).as_ref()[..10])
    };
    let is_placed = record.get("start").is_some() && record.get("channel").is_some();
    let own = match record.get("acctid").filter(|id| *id != "0") {
        _ if is_placed => told(COMMON),
        Some(id) => short(id),
        None => told(ANY),
    };
    match call(record) {
        Some(call) => format!("{call}/{own}"),
        None => format!("leg/{own}"),
    }
}

/// An id as it is kept: what no device sends is cut.
fn short(id: &str) -> String {
    id.chars().filter(|c| !c.is_control()).take(64).collect()
}

/// When the call's first channel was made, in seconds of the world: the device writes it into the identities of channel and
/// session, while all other times are those of its own clock on the wall.
pub fn epoch(record: &Record) -> Option<i64> {
    let of_channel = record.get("uniqueid").and_then(|id| number(id.split('.').next()?));
    let of_session = || {
        let written = record.get("session")?.split('-').next()?;
        // Microseconds, in sixteen digits.
        if written.len() == 16 { Some(number(written)? / 1_000_000) } else { None }
    };
    of_channel.filter(|at| is_recent(*at)).or_else(|| of_session().filter(|at| is_recent(*at)))
}

fn number(text: &str) -> Option<i64> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) { None } else { text.parse().ok() }
}

/// Between 2000 and 2100: whatever else stands there is no time.
fn is_recent(seconds: i64) -> bool {
    (946_684_800..4_102_444_800).contains(&seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(json: &str) -> Record {
        Record::read(json.as_bytes()).unwrap()
    }

    #[test]
    fn a_session_names_the_call_before_a_channel_does() {
        let both = record(r#"{"uniqueid":"1773156600.813","session":"1773156600553915-13125550142","AcctId":"4107"}"#);
        assert_eq!(call(&both).as_deref(), Some("1773156600553915-13125550142"));
        assert_eq!(leg(&both), "1773156600553915-13125550142/4107");
        assert_eq!(epoch(&both), Some(1_773_156_600));
        assert_eq!(epoch(&record(r#"{"session":"1773156600553915-1"}"#)), Some(1_773_156_600));
        assert_eq!(epoch(&record(r#"{"uniqueid":"test"}"#)), None);
    }

    #[test]
    fn a_leg_is_the_same_with_and_without_its_row_number() {
        let pushed = record(
            r#"{"AcctId":"41","session":"1773156600553915-1","uniqueid":"17.1","src":"1","dst":"2","lastapp":"Dial","start":"2026-03-10 10:00:00","channel":"PJSIP/1-1"}"#,
        );
        let filed = record(
            r#"{"session":"1773156600553915-1","src":"1","dst":"2","lastapp":"Dial","start":"2026-03-10 10:00:00","channel":"PJSIP/1-1"}"#,
        );
        assert_eq!(leg(&pushed), leg(&filed));
        let later = record(
            r#"{"AcctId":"41","session":"1773156600553915-1","src":"1","dst":"2","lastapp":"Dial","start":"2026-03-10 10:00:09","channel":"PJSIP/1-1"}"#,
        );
        assert_ne!(leg(&pushed), leg(&later), "row numbers begin anew, and legs of a call share a channel");
    }

    #[test]
    fn without_a_row_number_a_leg_is_what_it_was_between_whom() {
        let first = record(r#"{"uniqueid":"17.1","src":"1","dst":"2","start":"2026-03-10 10:00:00"}"#);
        let late =
            record(r#"{"uniqueid":"17.1","src":"1","dst":"2","start":"2026-03-10 10:00:00","recordfiles":"a.wav@"}"#);
        let other = record(r#"{"uniqueid":"17.1","src":"1","dst":"3","start":"2026-03-10 10:00:00"}"#);
        assert_eq!(leg(&first), leg(&late));
        assert_ne!(leg(&first), leg(&other));
    }
}
