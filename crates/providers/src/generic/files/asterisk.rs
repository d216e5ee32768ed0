//! Rows of Asterisk's call records and of FreePBX's report. Each is one pair of channels; `linkedid` holds a call together
//! where it is written down, and `uniqueid` does as well as it can where it is not.

use switchboard_domain::{Timestamp, call::Direction, phone::Region};

use super::{
    RowFault,
    layout::Row,
    moment::{Clock, seconds},
    numbers::{is_extension, named, party, peer},
};
use crate::generic::record::{CallRecord, Outcome};

/// Applications that talk to a caller without being anybody.
const MACHINES: [&str; 9] = [
    "background",
    "backgrounddetect",
    "playback",
    "read",
    "waitexten",
    "ivr",
    "musiconhold",
    "playtones",
    "congestion",
];
/// Contexts that calls from outside come in by.
const FROM_OUTSIDE: [&str; 6] = ["from-trunk", "from-pstn", "from-did", "ext-did", "from-digital", "from-sip-external"];

pub(super) fn record(row: &Row<'_>, clock: &Clock, region: Region) -> Result<Option<CallRecord>, RowFault> {
    let written =
        row.get("start").ok_or_else(|| RowFault::of("start", "required", "it does not say when the call began"))?;
    // A unique id begins with the second in which its channel was made, in UTC.
    let born = row.get("uniqueid").and_then(|id| clock.read(id.rsplit('-').next().unwrap_or(id), None));
    let started_at = clock
        .read(written, born)
        .ok_or_else(|| RowFault::of("start", "invalid", "it is no time; it is read like 2026-03-10 09:30:01"))?;
    let (src, dst) = (source(row), row.get("dst").unwrap_or_default());
    if src.is_empty() && dst.is_empty() {
        return Err(RowFault::new("required", "it names neither who called nor who was called"));
    }
    let count = |name| row.get(name).and_then(seconds);
    let ended_at = ended(row, clock, started_at, count("duration"));
    let talked = count("billsec").unwrap_or(0);
    let direction = direction(row, src, dst);
    let outcome = outcome(row, talked);
    let is_taken = matches!(outcome, Outcome::Answered | Outcome::Voicemail | Outcome::Machine);
    let answered_at = is_taken.then(|| {
        let written = row.get("answer").and_then(|answer| clock.read(answer, Some(started_at)));
        let counted = Timestamp::from_micros(ended_at.as_micros() - talked * 1_000_000);
        written.unwrap_or(counted).clamp(started_at, ended_at)
    });
    let agent = agent(row, direction, src, dst);
    let (_, from_name) = row.get("clid").map_or(("", None), named);
    let owned = |text: &str| Some(text.to_owned());
    let app = row.get("lastapp").unwrap_or_default().to_ascii_lowercase();
    let context = row.get("dcontext").unwrap_or_default();
    Ok(Some(CallRecord {
        id: id_of(row, written, src, dst),
        call: row.any(&["linkedid", "uniqueid"]).map(str::to_owned),
        started_at,
        answered_at,
        ended_at,
        outcome,
        direction,
        from: party(src, region),
        from_name: row.get("cnam").or(from_name).filter(|name| *name != src).map(str::to_owned),
        to: party(target(dst), region),
        to_name: row.get("dst_cnam").map(str::to_owned),
        agent_name: match direction {
            Direction::Inbound => row.get("dst_cnam").map(str::to_owned),
            _ => None,
        },
        agent,
        queue: match row.get("lastdata") {
            Some(data) if app == "queue" => data.split(',').next().and_then(owned),
            _ if context == "ext-queues" => owned(dst),
            _ => None,
        },
        ring_group: (context == "ext-group").then(|| dst.to_owned()),
        ivr: context.strip_prefix("ivr-").and_then(owned),
        trunk: trunk(row, direction),
        did: row.get("did").and_then(|did| party(did, region)),
        account_code: row.get("accountcode").map(str::to_owned),
    }))
}

/// Who called. `src` of a call from outside is its number; that of an extension may be the number it shows to others.
fn source<'r>(row: &Row<'r>) -> &'r str {
    let shown = row.get("src").unwrap_or_default();
    if !shown.is_empty() {
        return shown;
    }
    row.any(&["cnum"]).or_else(|| row.get("clid").map(|clid| named(clid).0)).unwrap_or_default()
}

/// What was dialled, without what the dial plan writes in front of a mailbox.
fn target(dst: &str) -> &str {
    let mailbox = dst.strip_prefix("vm").map(|rest| rest.trim_start_matches(|sign: char| sign.is_ascii_alphabetic()));
    mailbox.filter(|rest| is_extension(rest)).unwrap_or(dst)
}

fn id_of(row: &Row<'_>, written: &str, src: &str, dst: &str) -> String {
    let unique = row.get("uniqueid");
    if let (Some(unique), Some(sequence)) = (unique, row.get("sequence")) {
        return format!("{unique}/{sequence}");
    }
    // One unique id has as many records as phones were rung.
    let channels = (row.get("channel").unwrap_or_default(), row.get("dstchannel").unwrap_or_default());
    format!("{}/{written}/{src}/{dst}/{}/{}", unique.unwrap_or_default(), channels.0, channels.1)
}

fn ended(row: &Row<'_>, clock: &Clock, started_at: Timestamp, duration: Option<i64>) -> Timestamp {
    let counted = Timestamp::from_micros(started_at.as_micros() + duration.unwrap_or(0) * 1_000_000);
    let written = row.get("end").and_then(|end| clock.read(end, Some(counted)));
    // The end by the clock on the wall is before the start when that was turned back meanwhile.
    written.filter(|end| *end >= started_at).unwrap_or(counted)
}

fn direction(row: &Row<'_>, src: &str, dst: &str) -> Direction {
    let context = row.get("dcontext").unwrap_or_default();
    if row.get("did").is_some() || FROM_OUTSIDE.iter().any(|outside| context.starts_with(outside)) {
        return Direction::Inbound;
    }
    let caller = row.get("channel").and_then(peer).is_some_and(is_extension);
    let called = is_extension(target(dst)) || row.get("dstchannel").and_then(peer).is_some_and(is_extension);
    match (caller || is_extension(src), called || !is_number(dst)) {
        (true, true) => Direction::Internal,
        (true, false) => Direction::Outbound,
        (false, _) => Direction::Inbound,
    }
}

fn is_number(text: &str) -> bool {
    text.bytes().filter(u8::is_ascii_digit).count() > 6
}

fn outcome(row: &Row<'_>, talked: i64) -> Outcome {
    let app = row.get("lastapp").unwrap_or_default().to_ascii_lowercase();
    let context = row.get("dcontext").unwrap_or_default();
    let word: String = row
        .get("disposition")
        .unwrap_or_default()
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect::<String>()
        .to_uppercase();
    match word.as_str() {
        "ANSWERED" | "ANSWER" | "8" => {
            let is_mailbox = app.starts_with("voicemail") && app != "voicemailmain"
                || context.starts_with("app-vm")
                || context.starts_with("macro-vm");
            if is_mailbox {
                Outcome::Voicemail
            } else if MACHINES.contains(&app.as_str()) || context.starts_with("ivr-") || row.get("dstchannel").is_none()
            {
                // A queue or a menu has picked up; nobody was found.
                Outcome::Machine
            } else if talked > 0 {
                Outcome::Answered
            } else {
                Outcome::NoAnswer
            }
        }
        "BUSY" | "4" => Outcome::Busy,
        "FAILED" | "2" => Outcome::Failed,
        "CONGESTION" | "16" => Outcome::Congestion,
        _ => Outcome::NoAnswer,
    }
}

/// The extension that took the call or made it, or whose phone rang.
fn agent(row: &Row<'_>, direction: Direction, src: &str, dst: &str) -> Option<String> {
    let of = |name| row.get(name).and_then(peer).filter(|peer| is_extension(peer));
    let found = match direction {
        Direction::Outbound => {
            of("channel").or_else(|| row.get("cnum").filter(|cnum| is_extension(cnum))).or(Some(src))
        }
        Direction::Inbound | Direction::Internal => of("dstchannel").or(Some(target(dst))),
    };
    found.filter(|agent| is_extension(agent)).map(str::to_owned)
}

fn trunk(row: &Row<'_>, direction: Direction) -> Option<String> {
    let side = match direction {
        Direction::Inbound => "channel",
        Direction::Outbound => "dstchannel",
        Direction::Internal => return None,
    };
    let peer = row.get(side).filter(|channel| !channel.starts_with("Local/")).and_then(peer)?;
    (!is_extension(peer)).then(|| peer.to_owned())
}
