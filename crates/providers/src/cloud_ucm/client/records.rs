//! Call records and what a queue did, as the telephone system lists them.

use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json, value::RawValue};
use switchboard_domain::Timestamp;

use super::{UcmClient, UcmError, good};
use crate::{lenient::Fields, outbound::OutboundError};

/// Groups on a page. The device would give 1,000, and a group of a ring group with many phones has dozens of legs: the
/// answer must fit into memory.
pub const PAGE: usize = 200;

/// Which part of the call records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CdrQuery {
    pub from: Timestamp,
    pub until: Timestamp,
    /// Groups (not legs) to pass over.
    pub offset: usize,
}

/// A page as it came, for [`pulled_records`](crate::cloud_ucm::pulled_records).
#[derive(Debug, Clone)]
pub struct CdrPage {
    pub body: Bytes,
    /// What paging counts: calls, or legs where they are not grouped.
    pub groups: usize,
}

impl CdrPage {
    /// Nothing comes behind it.
    pub const fn is_last(&self) -> bool {
        self.groups < PAGE
    }
}

/// Which of a queue's calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueQuery {
    /// Its extension.
    pub queue: String,
    pub from: Timestamp,
    pub until: Timestamp,
}

/// A call in a queue. Its time is the device's own, without a zone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct QueueCall {
    pub caller: Option<String>,
    pub started: Option<String>,
    /// `None`: nobody took it.
    pub agent: Option<String>,
    pub queue: Option<String>,
    pub wait_seconds: Option<i64>,
    pub talk_seconds: Option<i64>,
    pub is_answered: bool,
}

#[derive(Deserialize)]
struct Listed<'a> {
    /// Newer firmware.
    #[serde(borrow)]
    cdr_root: Option<Vec<&'a RawValue>>,
    /// Older.
    #[serde(borrow)]
    cdr: Option<Vec<&'a RawValue>>,
}

/// With the letter between date and time, without which the device answers nothing; and with the offset, without which it
/// takes the time for its own.
fn moment(at: Timestamp) -> String {
    let whole = at.to_string();
    format!("{}+00:00", whole.get(..19).unwrap_or(&whole))
}

impl UcmClient {
    /// A page of the call records that began in a span of time.
    pub async fn call_records(&self, query: &CdrQuery) -> Result<CdrPage, UcmError> {
        let parameters = json!({
            "format": "json",
            "numRecords": PAGE.to_string(),
            "offset": query.offset.to_string(),
            "startTime": moment(query.from),
            "endTime": moment(query.until),
        });
        let body = self.ask("cdrapi", &parameters).await?.body;
        if body.trim_ascii().is_empty() {
            return Err(UcmError::Empty { action: "cdrapi" });
        }
        let groups = match serde_json::from_slice::<Listed<'_>>(&body) {
            Ok(Listed { cdr_root: Some(list), .. } | Listed { cdr: Some(list), .. }) => list.len(),
            _ => return Err(OutboundError::Unreadable("call records without `cdr_root`".to_owned()).into()),
        };
        Ok(CdrPage { body, groups })
    }

    /// The recordings of a leg, by the number of its record. A file is named here before the call records name it.
    pub async fn recordings_of(&self, record: &str) -> Result<Vec<String>, UcmError> {
        let reply = self.ask("getRecordInfosByCall", &json!({ "id": record })).await?;
        let answer = good("getRecordInfosByCall", &reply.body)?;
        let named = answer.response.get("recordfiles").and_then(Value::as_str).unwrap_or_default();
        Ok(named.split([',', '@']).map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect())
    }

    /// What became of a queue's calls, one by one.
    pub async fn queue_calls(&self, query: &QueueQuery) -> Result<Vec<QueueCall>, UcmError> {
        #[derive(Deserialize)]
        struct Statistics<'a> {
            #[serde(borrow)]
            queue_statistics: Vec<&'a RawValue>,
        }
        let parameters = json!({
            "format": "json",
            "queue": query.queue,
            "agent": "*",
            "startTime": moment(query.from),
            "endTime": moment(query.until),
            "statisticsType": "calldetail",
        });
        let body = self.ask("queueapi", &parameters).await?.body;
        if body.trim_ascii().is_empty() {
            return Err(UcmError::Empty { action: "queueapi" });
        }
        let Ok(listed) = serde_json::from_slice::<Statistics<'_>>(&body) else {
            return Err(OutboundError::Unreadable("an answer without `queue_statistics`".to_owned()).into());
        };
        Ok(listed.queue_statistics.into_iter().filter_map(queue_call).collect())
    }
}

fn queue_call(row: &RawValue) -> Option<QueueCall> {
    let row = Fields::read(row.get().as_bytes())?;
    // Each row is wrapped in a member of its own.
    let call = row.object("agent").unwrap_or(row);
    Some(QueueCall {
        caller: call.text("callernum"),
        started: call.text("start_time"),
        agent: call.text("agent").filter(|agent| agent != "NONE"),
        queue: call.text("extension"),
        wait_seconds: call.number("wait_time"),
        talk_seconds: call.number("talk_time"),
        is_answered: call.text("connect").as_deref() == Some("yes"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_the_letter_and_the_offset() {
        let at: Timestamp = "2026-03-10T14:30:01.25Z".parse().unwrap();
        assert_eq!(moment(at), "2026-03-10T14:30:01+00:00");
        assert_eq!(moment(Timestamp::EPOCH), "1970-01-01T00:00:00+00:00");
    }
}
