//! One row of the export. Columns and their order are those of the API's CSV.

use std::fmt::Write as _;

use jiff::{Timestamp, tz::TimeZone};

/// The names of the columns, with the end of the line.
pub(super) const HEADER: &str = "AcctId,accountcode,src,dst,dcontext,clid,channel,dstchannel,lastapp,lastdata,start,answer,\
end,duration,billsec,disposition,amaflags,uniqueid,userfield,channel_ext,dstchannel_ext,service,caller_name,recordfiles,\
dstanswer,chanext,dstchanext,session,action_owner,action_type,src_trunk_name,dst_trunk_name\r\n";

/// A leg. Instants are Unix seconds; the telephone system writes them by the clock on its wall.
#[derive(Debug, Clone, Default)]
pub(super) struct Leg {
    pub account: u64,
    pub account_code: &'static str,
    pub src: String,
    pub dst: String,
    pub context: &'static str,
    pub name: String,
    pub channel: String,
    pub dst_channel: String,
    pub app: &'static str,
    pub start: i64,
    pub answer: Option<i64>,
    pub end: i64,
    pub disposition: &'static str,
    pub unique: String,
    pub kind: &'static str,
    pub channel_ext: String,
    pub dst_channel_ext: String,
    /// Who took it.
    pub answered_by: String,
    pub session: String,
    pub owner: String,
    pub action: String,
    pub src_trunk: &'static str,
    pub dst_trunk: &'static str,
}

impl Leg {
    pub(super) fn write(&self, line: &mut String, zone: &TimeZone) {
        let clock = |at: i64| wall(at, zone);
        let clid = if self.name.is_empty() { &self.src } else { &self.name };
        let (start, end) = (clock(self.start), clock(self.end));
        let answer = self.answer.map(clock).unwrap_or_default();
        let billed = self.answer.map_or(0, |answer| self.end - answer);
        // Writing into a text cannot fail.
        let _ = write!(
            line,
            "{},{},{},{},{},\"\"\"{clid}\"\" <{}>\",{},{},{},,{start},{answer},{end},{},{billed},{},DOCUMENTATION,{},{},{},{},s,\
             {},,{},,,{},{},{},{},{}\r\n",
            self.account,
            self.account_code,
            self.src,
            self.dst,
            self.context,
            self.src,
            self.channel,
            self.dst_channel,
            self.app,
            self.end - self.start,
            self.disposition,
            self.unique,
            self.kind,
            self.channel_ext,
            self.dst_channel_ext,
            clid,
            self.answered_by,
            self.session,
            self.owner,
            self.action,
            self.src_trunk,
            self.dst_trunk,
        );
    }
}

fn wall(at: i64, zone: &TimeZone) -> String {
    let Ok(at) = Timestamp::from_second(at) else { return String::new() };
    let local = zone.to_datetime(at);
    let (day, time) = (local.date(), local.time());
    format!(
        "{:04}-{:02}-{:02} {:02}:{:02}:{:02}",
        day.year(),
        day.month(),
        day.day(),
        time.hour(),
        time.minute(),
        time.second()
    )
}
