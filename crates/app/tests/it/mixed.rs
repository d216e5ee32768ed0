//! One log for whoever needs a whole one: calls with their legs, recordings and transcripts, voicemails, texts and a
//! contact, out of order, some of it twice, and something that nobody understands.

use std::time::Duration;

use switchboard_testkit::TestDb;

use crate::{jobs::Setting, support::fixture};

pub const MIXED: [&str; 20] = [
    "call-13-queue-operator-leg",
    "sms-03-outbound-delivered",
    "call-03-hangup",
    "call-08-recording",
    "call-01-ringing",
    "sms-02-outbound-pending",
    "call-12-queue-entry-leg",
    "call-06-voicemail_uploaded",
    "unknown-01",
    "call-02-connected",
    "call-05-voicemail",
    "call-03-hangup",
    "call-09-call_transcription",
    "contact-01-updated",
    "call-10-recap_summary",
    "call-07-transcription-voicemail",
    "call-04-missed",
    "agent-status",
    "sms-01-inbound",
    "call-01-ringing",
];

/// A tenant into whose log all of it came.
pub async fn load(t: &TestDb) -> Setting {
    let s = Setting::new(t).await;
    for name in MIXED {
        s.push(t, &fixture(name)).await;
        t.clock.advance(Duration::from_millis(10));
    }
    s
}
