//! Reports over HTTP: each answers, each number leads to the calls that it counts, and what makes no sense is refused.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};
use switchboard_domain::{
    Timestamp,
    call::{Call, CallOutcome, Direction},
};
use switchboard_rules::report::ReportKind;
use switchboard_store::record::Kept;
use switchboard_testkit::both_engines;

use crate::site::Site;

/// A week of calls that differ in everything that reports tell apart.
async fn week(site: &Site<'_>) -> usize {
    let first: Timestamp = "2026-08-23T01:00:00Z".parse().unwrap();
    let calls: Vec<Kept<Call>> = (0..60_u32)
        .map(|n| {
            let mut kept = site.build().call(n, first + Duration::from_secs(u64::from(n) * 7_919));
            let call = &mut kept.record;
            call.direction = Some([Direction::Inbound, Direction::Outbound, Direction::Internal][n as usize % 3]);
            call.is_internal = n % 3 == 2;
            call.outcome = Some(CallOutcome::ALL[n as usize % 5]);
            (call.from_number, call.to_number) = (Some(format!("+1415555{:04}", n % 7)), Some("+13125550100".into()));
            if call.direction == Some(Direction::Outbound) {
                std::mem::swap(&mut call.from_number, &mut call.to_number);
            }
            call.agent_id = (n % 4 > 0).then(|| format!("100{}", n % 4));
            call.queue = (n % 6 == 0).then(|| "6500".into());
            call.ivr = (n % 9 == 0).then(|| "7000".into());
            call.trunk = (n % 3 < 2).then(|| format!("line {}", n % 2));
            call.country = (n % 3 < 2).then(|| ["US", "MX"][n as usize % 2].into());
            call.is_transferred = n % 5 == 0;
            kept
        })
        .collect();
    site.t.save(site.scope, &calls).await;
    calls.len()
}

/// Every number of calls in an answer that stands beside the filters which list them.
fn numbers(value: &Value, found: &mut Vec<(i64, Value)>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| numbers(item, found)),
        Value::Object(fields) => {
            // These count part of what their filters list, as they say.
            let is_part = fields.contains_key("exit") || fields.contains_key("last_call_id");
            let is_sum = fields.get("trunk").or(fields.get("queue")).is_some_and(|key| key == "");
            let count = fields.get("calls").or(fields.get("transferred")).and_then(Value::as_i64);
            if let (Some(count), Some(query), false) = (count, fields.get("query"), is_part || is_sum) {
                found.push((count, query.clone()));
            }
            fields.values().for_each(|field| numbers(field, found));
        }
        _ => {}
    }
}

fn query_string(query: &Value) -> String {
    let plain = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let fields = query.as_object().unwrap().iter();
    let escaped = |value: &Value| plain(value).replace('+', "%2B").replace(' ', "%20");
    fields.flat_map(|(name, value)| ["&".to_owned(), name.clone(), "=".to_owned(), escaped(value)]).collect()
}

both_engines! {
    async fn every_number_leads_to_the_calls_that_it_counts(t: &TestDb) {
        let site = Site::new(t).await;
        let all = week(&site).await;
        let mut seen = 0;
        for kind in ReportKind::ALL {
            let step = if *kind == ReportKind::Volume { "&step=hour" } else { "" };
            let path = format!("/api/v1/reports/{kind}?from=2026-08-23&to=2026-08-29{step}");
            let answer = site.get(&path).await;
            assert_eq!(answer.status, StatusCode::OK, "{kind}: {}", answer.code());
            let report = answer.json();
            assert_eq!(report["about"]["is_current"], true, "{kind}");
            let mut found = Vec::new();
            numbers(&report, &mut found);
            // Empty hours and days all lead to nothing; one of them is enough.
            let mut has_empty = false;
            found.retain(|(count, _)| *count > 0 || !std::mem::replace(&mut has_empty, true));
            for (count, query) in found {
                let listed = site.get(&format!("/api/v1/calls?limit=200{}", query_string(&query))).await;
                assert_eq!(listed.status, StatusCode::OK, "{kind} {query}: {}", listed.code());
                let listed = i64::try_from(listed.json()["data"].as_array().unwrap().len()).unwrap();
                assert_eq!(listed, count, "{kind} {query}");
                seen += 1;
            }
        }
        assert!(seen > 100, "only {seen} numbers were followed");
        let report = site.get("/api/v1/reports/volume?from=2026-08-23&to=2026-08-29").await.json();
        assert_eq!(report["total"]["calls"], all);
    }

    async fn reports_refuse_what_makes_no_sense_and_keep_settings(t: &TestDb) {
        let site = Site::new(t).await;
        week(&site).await;
        for (query, field) in [
            ("from=2026-08-29&to=2026-08-23", "to"),
            ("from=2020-01-01&to=2026-08-23", "from"),
            ("from=2026-06-01&to=2026-08-23&step=hour", "step"),
            ("from=soon", "from"),
            ("granularity=day", "granularity"),
            ("direction=sideways", "direction"),
        ] {
            let answer = site.get(&format!("/api/v1/reports/volume?{query}")).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{query}");
            assert!(String::from_utf8_lossy(&answer.body).contains(field), "{query}: {:?}", answer.body);
        }
        assert_eq!(site.get("/api/v1/reports/horoscope").await.status, StatusCode::NOT_FOUND);
        // Without a period it is the last thirty days.
        let report = site.get("/api/v1/reports/answering").await.json();
        assert_eq!((report["about"]["from"].as_str(), report["about"]["to"].as_str()), (Some("2026-07-31"), Some("2026-08-29")));

        while switchboard_app::reports::count(&site.app, site.scope).await.unwrap() {}
        let options = site.get("/api/v1/reports/options?from=2026-08-23&to=2026-08-29").await.json();
        assert_eq!(options["queues"], json!([{ "id": "6500", "name": null }]));
        assert_eq!(options["agents"].as_array().unwrap().len(), 3);
        assert_eq!(options["trunks"].as_array().unwrap().len(), 2);

        let settings = site.get("/api/v1/reports/settings").await.json();
        assert_eq!(settings["service_level_seconds"], 20);
        // An app may not change the workspace.
        let request = site.request("PUT", "/api/v1/reports/settings").header("content-type", "application/json");
        let refused = site.send(request.body(settings.to_string().into()).unwrap()).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
    }
}
