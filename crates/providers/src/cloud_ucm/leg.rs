//! What a record says of its leg, once its columns are read together: which way it went, between whom, through what, and
//! who took it. Columns contradict each other on real devices, so each answer names which of them it believes first.

use switchboard_domain::{
    call::{AnsweredBy, Direction, LegResult},
    phone::{self, party},
};

use super::{context::Context, record::Record};

/// What the device says became of a leg.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disposition {
    Answered,
    NoAnswer,
    Busy,
    Failed,
    Congestion,
    /// A word that is none of those.
    Unknown,
}

/// A record, read together with where its device stands.
#[derive(Debug, Clone, Copy)]
pub struct Leg<'a> {
    pub record: &'a Record,
    pub context: &'a Context,
}

impl<'a> Leg<'a> {
    fn get(&self, column: &str) -> Option<&'a str> {
        self.record.get(column)
    }

    /// A copy that devices write beside a leg: it says nothing.
    pub fn is_fork(&self) -> bool {
        self.get("lastapp").is_some_and(|app| app.eq_ignore_ascii_case("ForkCDR"))
    }

    /// The word, however it is written; Asterisk's own numbers, too. Without one, talk is an answer.
    pub fn disposition(&self) -> Disposition {
        let Some(written) = self.get("disposition") else {
            let talked = self.record.seconds("billsec").unwrap_or(0) > 0;
            return if talked { Disposition::Answered } else { Disposition::NoAnswer };
        };
        let word: String = written.chars().filter(char::is_ascii_alphanumeric).collect();
        match word.to_ascii_uppercase().as_str() {
            "ANSWERED" | "ANSWER" | "8" => Disposition::Answered,
            "NOANSWER" | "CANCEL" | "CANCELLED" | "CANCELED" | "0" | "1" => Disposition::NoAnswer,
            "BUSY" | "4" => Disposition::Busy,
            "FAILED" | "2" => Disposition::Failed,
            "CONGESTION" | "16" => Disposition::Congestion,
            _ => Disposition::Unknown,
        }
    }

    /// The target in the brackets of an action: `QUEUE[6500]`.
    fn bracketed(&self, action: &str) -> Option<&'a str> {
        let written = self.get("action_type")?;
        let (word, rest) = written.split_once('[')?;
        let target = rest.split_once(']')?.0.trim();
        (word.trim().eq_ignore_ascii_case(action) && !target.is_empty()).then_some(target)
    }

    fn action_is(&self, words: &[&str]) -> bool {
        let word = self.get("action_type").map(|action| action.split('[').next().unwrap_or_default().trim());
        word.is_some_and(|word| words.iter().any(|wanted| word.eq_ignore_ascii_case(wanted)))
    }

    fn app_is(&self, apps: &[&str]) -> bool {
        self.get("lastapp").is_some_and(|app| apps.iter().any(|wanted| app.eq_ignore_ascii_case(wanted)))
    }

    pub fn queue(&self) -> Option<&'a str> {
        let by_app = || self.get("lastdata").filter(|_| self.app_is(&["Queue"]))?.split(',').next();
        self.bracketed("QUEUE").or_else(by_app).map(str::trim).filter(|queue| !queue.is_empty())
    }

    pub fn ring_group(&self) -> Option<&'a str> {
        self.bracketed("RINGGROUP").or_else(|| self.bracketed("RING_GROUP"))
    }

    pub fn ivr(&self) -> Option<&'a str> {
        let by_context = || self.get("dcontext")?.strip_prefix("ivr-").filter(|_| self.app_is(MENUS));
        self.bracketed("IVR").or_else(by_context)
    }

    /// It ended in a mailbox. Somebody who listens to their own box is no caller.
    fn is_mailbox(&self) -> bool {
        self.app_is(&["VoiceMail"]) || (self.action_is(&["VM", "VOICEMAIL"]) && !self.app_is(&["VoiceMailMain"]))
    }

    fn is_machine(&self) -> bool {
        self.is_mailbox() || self.app_is(MENUS) || self.app_is(MACHINES) || self.action_is(MACHINE_ACTIONS)
    }

    /// Who took it. `None`: nobody did.
    pub fn answered_by(&self) -> Option<AnsweredBy> {
        if self.disposition() != Disposition::Answered || self.record.seconds("billsec") == Some(0) {
            return None;
        }
        if self.is_machine() {
            return Some(AnsweredBy::Machine);
        }
        let groups = [self.queue(), self.ring_group(), self.ivr()];
        let is_group = |name: &str| groups.iter().flatten().any(|group| *group == name);
        let said = |column: &str| self.get(column).is_some_and(|value| !is_group(value));
        let far_end =
            said("dstanswer") || said("dstchannel_ext") || self.get("dstchannel").is_some_and(is_real_channel);
        let is_bare =
            ["channel", "dstchannel", "lastapp", "action_type"].iter().all(|column| self.get(column).is_none());
        Some(if far_end || is_bare { AnsweredBy::Person } else { AnsweredBy::Machine })
    }

    /// Why nobody took it, where the device says more than that.
    pub fn result(&self) -> Option<LegResult> {
        match self.disposition() {
            Disposition::Busy => Some(LegResult::Busy),
            Disposition::Failed | Disposition::Unknown => Some(LegResult::Failed),
            Disposition::Congestion => Some(LegResult::Congestion),
            Disposition::Answered if self.is_mailbox() && self.record.seconds("billsec") != Some(0) => {
                Some(LegResult::Voicemail)
            }
            Disposition::Answered | Disposition::NoAnswer => None,
        }
    }

    pub fn is_transfer(&self) -> bool {
        self.get("action_type").is_some_and(|action| action.to_ascii_uppercase().contains("TRANSFER"))
    }

    /// The device's word for the call first; the lines where that word is missing or means a line on either side; the lengths
    /// of the numbers where there are none.
    pub fn direction(&self) -> Option<Direction> {
        match self.get("userfield").unwrap_or_default().to_ascii_lowercase().as_str() {
            "inbound" => return Some(Direction::Inbound),
            "outbound" => return Some(Direction::Outbound),
            "internal" => return Some(Direction::Internal),
            _ => {}
        }
        let from_line = self.get("src_trunk_name").is_some() || self.is_line("channel_ext", "channel");
        let to_line = self.get("dst_trunk_name").is_some() || self.is_line("dstchannel_ext", "dstchannel");
        if from_line || to_line {
            return Some(if from_line { Direction::Inbound } else { Direction::Outbound });
        }
        match (self.get("src").map(is_extension), self.get("dst").map(is_extension)) {
            (Some(true), Some(true)) => Some(Direction::Internal),
            (Some(true), _) => Some(Direction::Outbound),
            (_, Some(true)) => Some(Direction::Inbound),
            // An analogue line that says neither who calls nor whom.
            (None, _) if self.get("dst") == Some("s") => Some(Direction::Inbound),
            _ => None,
        }
    }

    fn is_line(&self, ext: &str, channel: &str) -> bool {
        self.get(ext).is_some_and(|ext| ext.starts_with("trunk"))
            || self
                .get(channel)
                .and_then(|name| name.split_once('/'))
                .is_some_and(|(driver, rest)| rest.starts_with("trunk") || driver.eq_ignore_ascii_case("DAHDI"))
    }

    pub fn trunk(&self) -> Option<&'a str> {
        let (name, ext) = match self.direction()? {
            Direction::Inbound => ("src_trunk_name", "channel_ext"),
            Direction::Outbound => ("dst_trunk_name", "dstchannel_ext"),
            Direction::Internal => return None,
        };
        self.get(name).or_else(|| self.get(ext).filter(|ext| ext.starts_with("trunk")))
    }

    /// Our side: the extension or number that was called or calls.
    pub fn ours(&self) -> Option<String> {
        let written = match self.direction()? {
            Direction::Inbound => self.get("dst").filter(|dst| *dst != "s").or_else(|| self.get("dstanswer")),
            Direction::Outbound | Direction::Internal => self.get("src").or_else(|| self.get("channel_ext")),
        };
        party(written?, self.context.region())
    }

    /// The number of ours that was called, where the device says a whole number.
    pub fn did(&self) -> Option<String> {
        let called = self.get("dst").filter(|_| self.direction() == Some(Direction::Inbound))?;
        party(called, self.context.region()).filter(|number| number.starts_with('+'))
    }

    /// The other side.
    pub fn theirs(&self) -> Option<String> {
        let region = self.context.region();
        match self.direction()? {
            Direction::Inbound => {
                let written = self.get("src").or_else(|| self.clid().1).or_else(|| self.get("new_src"))?;
                party(bare(written), region)
            }
            Direction::Outbound => {
                self.dialled(self.get("dst").filter(|dst| *dst != "s").or_else(|| self.get("dstanswer"))?)
            }
            Direction::Internal => party(self.get("dst").or_else(|| self.get("dstanswer"))?, region),
        }
    }

    /// A dialled number without what people dial in front of it; with it, where only the whole is a number.
    fn dialled(&self, written: &str) -> Option<String> {
        let (written, region) = (bare(written), self.context.region());
        let stripped = self.context.prefixes().into_iter().find_map(|prefix| written.strip_prefix(prefix));
        let Some(stripped) = stripped.filter(|rest| !rest.is_empty()) else { return party(written, region) };
        phone::e164(stripped, region).or_else(|| phone::e164(written, region)).or_else(|| party(stripped, region))
    }

    /// The extension that took it, or whose phone rang; for a call outwards, the one that made it.
    pub fn agent(&self) -> Option<&'a str> {
        let columns: [&str; 5] = match self.direction()? {
            Direction::Outbound => ["src", "channel_ext", "chanext", "channel", "action_owner"],
            Direction::Inbound | Direction::Internal => {
                ["dstanswer", "dstchannel_ext", "dstchanext", "dstchannel", "dst"]
            }
        };
        let groups = [self.queue(), self.ring_group(), self.ivr()];
        let extension = |column: &&str| {
            let value = self.get(column)?;
            let value = if column.ends_with("channel") { of_channel(value)? } else { value };
            (is_extension(value) && !groups.iter().flatten().any(|group| *group == value)).then_some(value)
        };
        if self.is_machine() && self.direction() != Some(Direction::Outbound) {
            return None;
        }
        columns.iter().find_map(extension)
    }

    /// The name that stands for whoever calls. Some firmware writes a file's path there, and some the number once more.
    pub fn caller_name(&self) -> Option<&'a str> {
        let names = [self.get("caller_name"), self.clid().0];
        let is_name =
            |name: &&str| !name.is_empty() && recording(name).is_none() && name.chars().any(char::is_alphabetic);
        names.into_iter().flatten().find(is_name)
    }

    /// Name and number out of `"Name" <number>`.
    fn clid(&self) -> (Option<&'a str>, Option<&'a str>) {
        let Some(written) = self.get("clid") else { return (None, None) };
        let Some((name, rest)) = written.rsplit_once('<') else { return (Some(written.trim_matches('"')), None) };
        let number = rest.trim().trim_end_matches('>').trim();
        (Some(name.trim().trim_matches('"').trim()), Some(number).filter(|number| !number.is_empty()))
    }

    /// The names of the recordings, each once.
    pub fn recordings(&self) -> Vec<&'a str> {
        let listed = self.get("recordfiles").unwrap_or_default().split(['@', ',']).map(str::trim);
        let mut names: Vec<&str> =
            listed.filter(|name| !name.is_empty() && name.len() <= 256).take(MOST_RECORDINGS).collect();
        names.extend(self.get("caller_name").and_then(recording));
        names.sort_unstable();
        names.dedup();
        names
    }
}

const MOST_RECORDINGS: usize = 16;
/// Applications that are a menu.
const MENUS: &[&str] = &["BackGround", "IVR", "Read", "ReadExten", "WaitExten"];
/// Applications that answer and are nobody.
const MACHINES: &[&str] = &[
    "Playback",
    "VoiceMail",
    "VoiceMailMain",
    "Congestion",
    "Busy",
    "Hangup",
    "MusicOnHold",
    "Directory",
    "ReceiveFAX",
    "SendFAX",
];
const MACHINE_ACTIONS: &[&str] = &["IVR", "VM", "VOICEMAIL", "Announcement", "Directory", "DISA", "Fax", "Parked call"];

/// Digits as short as extensions are.
fn is_extension(number: &str) -> bool {
    (2..=6).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// Asterisk's own halves of a call lead to nobody.
fn is_real_channel(channel: &str) -> bool {
    !channel.trim().to_ascii_lowercase().starts_with("local/")
}

/// The extension in a channel's name: `PJSIP/1001-0000002a`.
fn of_channel(channel: &str) -> Option<&str> {
    if !is_real_channel(channel) {
        return None;
    }
    let name = channel.split_once('/')?.1;
    Some(name.split(['-', '@', '/']).next().unwrap_or(name))
}

/// A number without what telephone systems write around it.
fn bare(written: &str) -> &str {
    let written = written.trim();
    let written = written.strip_prefix("sip:").or_else(|| written.strip_prefix("tel:")).unwrap_or(written);
    written.split(['@', ';']).next().unwrap_or(written)
}

/// A file's name where a person's should be.
fn recording(text: &str) -> Option<&str> {
    let path = text.trim().trim_end_matches('@').trim();
    let end = path.len().checked_sub(4)?;
    let is_audio =
        path.get(end..).is_some_and(|end| end.eq_ignore_ascii_case(".wav") || end.eq_ignore_ascii_case(".mp3"));
    (is_audio && path.len() <= 256 && !path.contains(char::is_whitespace)).then_some(path)
}
