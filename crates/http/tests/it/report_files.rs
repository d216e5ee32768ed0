//! Reports and lists as files, over the API: who may take them, what is in them, and that it is written down.

use std::{io::Cursor, time::Duration};

use axum::{body::Body, http::Request};
use calamine::{Data, Reader as _, Xlsx};
use serde_json::{Value, json};
use switchboard_testkit::{Engine, TestDb, both_engines};

use crate::{
    people::sign_up,
    site::{Answer, Site},
};

async fn ask(site: &Site<'_>, token: &str, method: &str, path: &str, body: Option<&Value>) -> Answer {
    let mut request = Request::builder().method(method).uri(path).header("authorization", format!("Bearer {token}"));
    request = if body.is_some() { request.header("content-type", "application/json") } else { request };
    site.send(request.body(body.map_or_else(Body::empty, |body| Body::from(body.to_string()))).unwrap()).await
}

/// What callers may call themselves.
const HOSTILE: &str = "=HYPERLINK(\"http://evil.example\",\"x\")";

/// An owner, and calls of their workspace.
async fn with_calls(site: &Site<'_>, calls: u32) -> String {
    let owner = sign_up(site, "Acme Two", "owner@example.com").await;
    let t = site.t;
    let rows: Vec<_> = (0..calls)
        .map(|n| {
            let mut call = site.build().call(n, t.now() + Duration::from_secs(n.into()));
            call.record.contact_name = Some(if n == 0 { HOSTILE.to_owned() } else { format!("Ñandú {n}") });
            call
        })
        .collect();
    t.save(site.scope, &rows).await;
    // They are given to whom the person who signed up may see.
    t.execute("UPDATE calls SET tenant_id = (SELECT id FROM tenants WHERE name = 'Acme Two')").await;
    owner
}

fn sheet(answer: &Answer, name: &str) -> calamine::Range<Data> {
    let mut book = Xlsx::new(Cursor::new(answer.body.to_vec())).unwrap();
    for name in book.sheet_names() {
        assert_eq!(book.worksheet_formula(&name).unwrap().used_cells().count(), 0, "{name} has formulas");
    }
    book.worksheet_range(name).unwrap()
}

#[tokio::test]
async fn a_list_of_calls_is_a_spreadsheet_and_paper() {
    let t = TestDb::new(Engine::Sqlite).await;
    let site = Site::new(&t).await;
    let owner = with_calls(&site, 450).await;

    let answer = ask(&site, &owner, "GET", "/api/v1/calls/export?direction=inbound&format=xlsx&lang=es", None).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.header("content-disposition"), "attachment; filename=\"calls.xlsx\"");
    let calls = sheet(&answer, "calls");
    assert_eq!(calls.height(), 451);
    let column =
        |name: &str| (0..calls.width()).find(|c| calls.get((0, *c)) == Some(&Data::String(name.into()))).unwrap();
    // The newest first: the hostile one is the last.
    assert_eq!(calls.get((450, column("contact_name"))), Some(&Data::String(HOSTILE.into())));
    assert!(matches!(calls.get((1, column("occurred_at"))), Some(Data::DateTime(_) | Data::Float(_))));
    assert!(sheet(&answer, "Acerca de").used_cells().any(|(_, _, cell)| *cell == "Acme Two"));

    let paper = ask(&site, &owner, "GET", "/api/v1/calls/export?format=pdf", None).await;
    assert_eq!((paper.status.as_u16(), paper.header("content-type")), (200, "application/pdf"));
    assert!(paper.body.starts_with(b"%PDF-") && paper.body.len() > 5_000);

    for noun in ["messages", "voicemails", "contacts"] {
        let path = format!("/api/v1/{noun}/export?format=xlsx");
        let answer = ask(&site, &owner, "GET", &path, None).await;
        assert_eq!(sheet(&answer, noun).height(), 1, "{noun}");
    }
    let wide = ask(&site, &owner, "GET", "/api/v1/contacts/export?format=pdf", None).await;
    assert_eq!(wide.code(), "invalid_parameter");
    assert_eq!(ask(&site, &owner, "GET", "/api/v1/calls/export?format=doc", None).await.code(), "invalid_parameter");

    let entries = ask(&site, &owner, "GET", "/api/v1/audit?action=records.exported", None).await.json();
    let last = entries["data"].as_array().unwrap().last().unwrap();
    let expected = json!({ "noun": "calls", "format": "xlsx", "filters": { "direction": "inbound" } });
    assert_eq!(last["details"], expected);
}

both_engines! {
    async fn a_report_is_taken_out_by_those_who_may_and_that_is_written_down(t: &TestDb) {
        let site = Site::new(t).await;
        let owner = with_calls(&site, 3).await;
        let day = t.now().to_string()[..10].to_owned();
        let of = |kind: &str, more: &str| format!("/api/v1/reports/{kind}/file?from={day}&to={day}{more}");

        let csv = ask(&site, &owner, "GET", &of("volume", ""), None).await;
        assert_eq!(csv.status, 200, "{csv:?}");
        assert_eq!(csv.header("content-disposition"), format!("attachment; filename=\"volume_{day}.csv\""));
        let book = ask(&site, &owner, "GET", &of("callers", "&format=xlsx"), None).await;
        assert_eq!(book.status, 200, "{book:?}");
        assert!(sheet(&book, "About").height() > 3);
        // Every report, as each kind of file, in both languages.
        let kinds = [
            "volume", "heatmap", "answering", "missed", "callers", "extensions", "trunks", "queues", "groups", "countries",
            "durations", "transfers", "speech", "compare", "anomalies", "data-health",
        ];
        for kind in kinds {
            for (format, begins) in [("csv", "\u{feff}".as_bytes()), ("xlsx", b"PK"), ("pdf", b"%PDF-")] {
                let lang = if format == "pdf" { "es" } else { "en" };
                let path = of(kind, &format!("&format={format}&lang={lang}"));
                let answer = ask(&site, &owner, "GET", &path, None).await;
                assert!(answer.status == 200 && answer.body.starts_with(begins), "{kind} {format}: {answer:?}");
            }
        }
        assert_eq!(ask(&site, &owner, "GET", &of("secrets", ""), None).await.status, 404);
        assert_eq!(ask(&site, &owner, "GET", &of("volume", "&cursor=x"), None).await.code(), "invalid_parameter");
        // A key that was not given it may not; and another workspace's numbers are not in anybody's file.
        assert_eq!(site.get(&of("volume", "")).await.code(), "forbidden");
        let eve = sign_up(&site, "Other", "eve@example.com").await;
        let theirs = ask(&site, &eve, "GET", &of("callers", ""), None).await;
        let text = String::from_utf8(theirs.body.to_vec()).unwrap();
        assert!(!text.contains("HYPERLINK") && !text.contains("14155550123"), "{text}");

        let entries = ask(&site, &owner, "GET", "/api/v1/audit?action=report.exported&limit=100", None).await.json();
        let entries = entries["data"].as_array().unwrap();
        assert_eq!(entries.len(), 2 + 3 * kinds.len());
        let first = &entries.last().unwrap()["details"];
        assert_eq!(first, &json!({ "report": "volume", "format": "csv", "from": day, "to": day, "filters": [] }));
    }

    async fn schedules_are_made_changed_and_left(t: &TestDb) {
        let site = Site::new(t).await;
        let owner = sign_up(&site, "Acme Two", "owner@example.com").await;
        let me = ask(&site, &owner, "GET", "/api/v1/me", None).await.json();
        let user = me["user"]["id"].as_str().or(me["id"].as_str()).unwrap().to_owned();
        let wish = json!({ "report": "queues", "every": "week", "weekday": "mon", "time": "08:00", "user_ids": [user],
            "filter": { "queue": "6500" } });
        let made = ask(&site, &owner, "POST", "/api/v1/report-schedules", Some(&wish)).await;
        assert_eq!(made.status, 201, "{made:?}");
        let made = made.json();
        assert_eq!((&made["format"], &made["month_day"], &made["filter"]["queue"]), (&json!("pdf"), &Value::Null, &json!("6500")));
        assert!(made["next_at"].is_string() && made["is_on"] == true);
        let path = format!("/api/v1/report-schedules/{}", made["id"].as_str().unwrap());

        let off = ask(&site, &owner, "PATCH", &path, Some(&json!({ "is_on": false, "name": "Mondays" }))).await.json();
        assert_eq!((&off["next_at"], &off["name"], &off["weekday"]), (&Value::Null, &json!("Mondays"), &json!("mon")));
        let bad = ask(&site, &owner, "PATCH", &path, Some(&json!({ "every": "month" }))).await;
        assert_eq!((bad.code(), bad.json()["errors"][0]["field"].clone()), ("invalid_body".into(), json!("month_day")));
        let sent = ask(&site, &owner, "POST", &format!("{path}/send"), None).await;
        assert_eq!((sent.status.as_u16(), &sent.json()["mails"]), (202, &json!(1)));
        assert_eq!(ask(&site, &owner, "POST", &format!("{path}/send"), None).await.code(), "conflict");

        // Another workspace's people neither see it nor are written to by it; a reader may not have any made.
        let eve = sign_up(&site, "Other", "eve@example.com").await;
        assert_eq!(ask(&site, &eve, "GET", &path, None).await.status, 404);
        assert_eq!(ask(&site, &eve, "POST", "/api/v1/report-schedules", Some(&wish)).await.code(), "invalid_body");
        assert_eq!(ask(&site, &eve, "GET", "/api/v1/report-schedules", None).await.json()["data"], json!([]));
        assert_eq!(site.post("/api/v1/report-schedules", &wish).await.code(), "forbidden");

        // A mail program unsubscribes without signing in.
        let leave = async |token: &str| site.anonymous("POST", &format!("/api/v1/report-unsubscribes?token={token}")).await;
        assert_eq!(leave("made.up.token").await.code(), "invalid_parameter");
        let schedule = made["id"].as_str().unwrap().parse().unwrap();
        let link = switchboard_app::report_schedules::leave_link(&site.app, schedule, user.parse().unwrap());
        let token = link.one_click.split_once("token=").unwrap().1.to_owned();
        assert!(link.page.contains(&format!("/unsubscribe#token={token}")));
        assert_eq!(leave(&token).await.status, 204);
        assert_eq!(ask(&site, &owner, "GET", &path, None).await.json()["user_ids"], json!([]));

        assert_eq!(ask(&site, &owner, "DELETE", &path, None).await.status, 204);
        assert_eq!(ask(&site, &owner, "GET", &path, None).await.status, 404);
    }
}
