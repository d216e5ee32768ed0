//! Whole files, in the layouts of the systems that write them.

use jiff::tz::TimeZone;
use serde_json::Value;
use switchboard_domain::{
    import::{ImportField, ImportFormat},
    phone::Region,
};

use super::*;

fn fixture(name: &str) -> Vec<u8> {
    let path = format!("{}/fixtures/records/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(path).unwrap()
}

fn plan(file: &[u8], zone: &str, region: Region) -> Plan {
    let found = sniff(&file[..file.len().min(HEAD_BYTES)], None).unwrap();
    let format = found.format.unwrap_or(ImportFormat::Columns);
    let mapping = found.proposal();
    Plan { format, found, zone: TimeZone::get(zone).unwrap(), region, mapping }
}

/// The rows of a file: their lines, and what their records say or what is wrong with them.
fn rows(file: &[u8], plan: &Plan) -> Vec<(u64, Result<Vec<Value>, RowFault>)> {
    let mut reader = FileReader::new(file, plan);
    let mut all = Vec::new();
    while let Some(row) = reader.next_row().unwrap() {
        let items = row
            .items
            .map(|items| items.iter().map(|item| serde_json::from_slice(&item.body).unwrap()).collect::<Vec<Value>>());
        all.push((row.line, items));
    }
    assert_eq!(reader.bytes(), file.len() as u64);
    all
}

/// The records of a file of which every row is one.
fn records(name: &str, zone: &str, region: Region) -> (ImportFormat, Vec<Value>) {
    let file = fixture(name);
    let plan = plan(&file, zone, region);
    let records =
        rows(&file, &plan).into_iter().flat_map(|(line, row)| row.unwrap_or_else(|fault| panic!("{line}: {fault:?}")));
    (plan.format, records.collect())
}

fn said<'v>(record: &'v Value, names: &[&str]) -> Vec<&'v str> {
    names.iter().map(|name| record[*name].as_str().unwrap_or("-")).collect()
}

const SHAPE: [&str; 6] = ["direction", "outcome", "from", "to", "agent", "started_at"];

#[test]
fn asterisks_own_files_are_told_by_the_order_of_their_columns() {
    let (format, found) = records("asterisk-master.csv", "America/Chicago", Region::US);
    assert_eq!((format, found.len()), (ImportFormat::Asterisk, 3));
    let expected = ["inbound", "answered", "+13125550142", "1001", "1001", "2026-03-10T14:30:01Z"];
    assert_eq!(said(&found[0], &SHAPE), expected);
    assert_eq!(
        said(&found[0], &["answered_at", "ended_at", "trunk", "from_name"]),
        ["2026-03-10T14:30:09Z", "2026-03-10T14:33:11Z", "carrier", "RIVERA ANA"]
    );
    assert_eq!(said(&found[1], &SHAPE)[..5], ["outbound", "busy", "1002", "+13125550177", "1002"]);
    assert_eq!(said(&found[2], &["outcome", "queue", "direction"]), ["machine", "6500", "inbound"]);

    let (_, found) = records("asterisk-custom.csv", "America/Chicago", Region::US);
    assert_eq!(said(&found[0], &SHAPE)[..5], ["internal", "answered", "1002", "1003", "1003"]);
    assert_eq!(found[0]["call"], found[1]["call"], "both phones belong to one call");
    assert_ne!(found[0]["id"], found[1]["id"]);
}

#[test]
fn a_report_of_freepbx_knows_menus_mailboxes_and_numbers() {
    let (format, found) = records("freepbx.csv", "America/Chicago", Region::US);
    assert_eq!(format, ImportFormat::Asterisk);
    assert_eq!(said(&found[0], &["outcome", "ivr", "did"]), ["machine", "7", "+13125550100"]);
    assert_eq!(
        said(&found[1], &["outcome", "agent", "agent_name", "account_code", "answered_at"]),
        ["answered", "1001", "Ana Front Desk", "SALES", "2026-03-10T16:00:25Z"]
    );
    assert_eq!(found[0]["call"], found[1]["call"]);
    assert_eq!(said(&found[2], &["outcome", "to", "from_name"]), ["voicemail", "1001", "RIVERA ANA"]);
    assert_eq!(said(&found[3], &SHAPE)[..5], ["outbound", "no_answer", "+13125550100", "+442079460018", "1003"]);
}

#[test]
fn both_files_of_3cx_are_read() {
    let file = fixture("3cx-records.csv");
    let mut plan = plan(&file, "Europe/Stockholm", Region::US);
    assert!(plan.found.is_in_utc(plan.format));
    plan.zone = TimeZone::UTC;
    let found: Vec<Value> = rows(&file, &plan).into_iter().flat_map(|(_, row)| row.unwrap()).collect();
    assert_eq!(
        said(&found[0], &SHAPE),
        ["inbound", "answered", "+13125550142", "80002", "1013", "2026-04-30T06:27:28Z"]
    );
    assert_eq!(said(&found[0], &["queue", "agent_name"]), ["80002", "Mei Lin"]);
    assert_eq!(said(&found[1], &["outcome", "agent", "direction"]), ["no_answer", "1014", "inbound"]);
    assert_eq!(said(&found[2], &SHAPE)[..5], ["outbound", "answered", "1013", "+442079460018", "1013"]);

    let (format, found) = records("3cx-log.csv", "Europe/Madrid", Region::from_code("ES").unwrap());
    assert_eq!((format, found.len()), (ImportFormat::ThreeCx, 4), "titles and totals are no calls");
    assert_eq!(
        said(&found[0], &["outcome", "agent", "agent_name", "started_at", "answered_at", "ended_at"]),
        ["answered", "831", "Lin, Mei", "2026-09-22T08:01:00Z", "2026-09-22T08:01:08Z", "2026-09-22T08:02:20Z"]
    );
    assert_eq!(said(&found[1], &["outcome", "queue", "agent"]), ["machine", "800", "-"]);
    assert_eq!(found[1]["call"], found[2]["call"]);
    assert_eq!(said(&found[3], &SHAPE)[..5], ["outbound", "answered", "831", "+442079460018", "831"]);
}

#[test]
fn rows_of_grandstream_become_what_the_device_pushes() {
    let (format, found) = records("ucm-api.csv", "America/Chicago", Region::US);
    assert_eq!(format, ImportFormat::Ucm);
    let columns = ["AcctId", "lastdata", "start", "billsec", "disposition", "channel_ext"];
    // The arguments of the last application were torn apart by their commas.
    assert_eq!(said(&found[0], &columns), ["62", "SIP/5301,60,", "2026-03-10 11:46:40", "6", "ANSWERED", "5300"]);
    assert_eq!(said(&found[1], &columns), ["63", "SIP/5302", "2026-03-10 11:50:00", "0", "NO ANSWER", "5300"]);
    let (_, found) = records("ucm-page.csv", "America/Chicago", Region::US);
    assert_eq!(
        said(&found[0], &["src", "dst", "duration", "billsec", "userfield"]),
        ["13125550142", "1001", "190", "182", "Inbound"]
    );
    // The answer of the API, with the summary that is no leg.
    let json = br#"{"cdr_root": [{"cdr": "s-1", "main_cdr": {"src": "1", "start": "2026-03-10 09:30:01"},
        "sub_cdr_1": {"AcctId": "1", "src": "1001", "dst": "1002", "start": "2026-03-10 09:30:01", "session": "s-1"}},
        {"AcctId": "2", "src": "1001", "dst": "1002", "start": "2026-03-10 09:30:01"}]}"#;
    let plan = plan(json, "UTC", Region::US);
    assert_eq!((plan.format, plan.found.is_wrapped), (ImportFormat::Ucm, true));
    let found: Vec<Value> = rows(json, &plan).into_iter().flat_map(|(_, row)| row.unwrap()).collect();
    assert_eq!(found.iter().map(|record| &record["AcctId"]).collect::<Vec<_>>(), ["1", "2"]);
}

#[test]
fn a_file_that_nobody_knows_is_read_as_somebody_says() {
    let file = fixture("columns.csv");
    let plan = plan(&file, "Europe/Madrid", Region::from_code("ES").unwrap());
    assert_eq!((plan.found.format, plan.found.delimiter), (None, ';'));
    assert_eq!(plan.mapping["Duración"], ImportField::DurationSeconds);
    assert!(!plan.mapping.contains_key("Notas"));
    let found: Vec<Value> = rows(&file, &plan).into_iter().flat_map(|(_, row)| row.unwrap()).collect();
    assert_eq!(said(&found[0], &SHAPE), ["inbound", "answered", "+34600000001", "201", "201", "2026-03-31T07:15:00Z"]);
    assert_eq!(
        said(&found[0], &["answered_at", "agent_name", "queue"]),
        ["2026-03-31T07:15:10Z", "José Peña", "Ventas"]
    );
    // Only the first date shows that the day is in front.
    assert_eq!(said(&found[1], &["started_at", "outcome", "direction"]), ["2026-04-01T08:00:00Z", "busy", "outbound"]);
    // The same rows as lines of JSON.
    let json = "{\"when\": 1773153001, \"who\": \"+34600000001\", \"ext\": 201, \"talk\": 5}\n";
    let mut plan = self::plan(json.as_bytes(), "UTC", Region::US);
    plan.mapping = [
        ("when", ImportField::StartedAt),
        ("who", ImportField::From),
        ("ext", ImportField::To),
        ("talk", ImportField::TalkSeconds),
    ]
    .map(|(column, field)| (column.to_owned(), field))
    .into();
    let found = rows(json.as_bytes(), &plan).remove(0).1.unwrap();
    assert_eq!(said(&found[0], &["started_at", "outcome", "agent"]), ["2026-03-10T14:30:01Z", "answered", "201"]);
}

#[test]
fn what_is_wrong_with_a_row_is_said_of_that_row_and_stops_nothing() {
    let file = fixture("broken.csv");
    let found = rows(&file, &plan(&file, "America/Chicago", Region::US));
    let said: Vec<(u64, &str)> =
        found.iter().map(|(line, row)| (*line, row.as_ref().map_or_else(|fault| fault.code, |_| "read"))).collect();
    assert_eq!(
        said,
        [
            (2, "read"),
            (3, "unreadable"),
            (4, "required"),
            (5, "invalid"),
            (6, "too_long"),
            (8, "required"),
            (9, "read")
        ]
    );
    assert_eq!(found[2].1.as_ref().unwrap_err().column.as_deref(), Some("calldate"), "as the file calls it");
    for (_, row) in &found {
        if let Err(fault) = row {
            assert!(!fault.message.contains("1003"), "a row is quoted: {fault:?}");
        }
    }
}

#[test]
fn what_is_no_such_file_is_refused() {
    let refused = |head: &[u8]| sniff(head, None).unwrap_err();
    assert_eq!(refused(b""), FileError::Empty);
    assert_eq!(refused(b"\xef\xbb\xbf \n"), FileError::Empty);
    assert_eq!(refused(b"\xff\xfea\0"), FileError::Utf16);
    assert_eq!(refused(b"PK\x03\x04..."), FileError::Binary);
    assert_eq!(refused(b"[1, 2]"), FileError::NoObjects);
    assert_eq!(refused("a,".repeat(400).as_bytes()), FileError::TooManyColumns);
}
