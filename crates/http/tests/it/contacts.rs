//! Contacts over HTTP: written down, edited, merged, split and taken in from a file, and what is listed of them.

use std::time::Duration;

use axum::body::Body;
use serde_json::{Value, json};
use switchboard_domain::{
    call::Direction,
    ids::{ContactId, deterministic},
};
use switchboard_testkit::{TestDb, both_engines};

use crate::site::{Answer, Site};

const ANN: &str = "+14155550123";
const MOBILE: &str = "+14155550199";
const OURS: &str = "+14155550100";

async fn create(site: &Site<'_>, phone: &str, name: &str) -> Value {
    let answer = site.post("/api/v1/contacts", &json!({ "phone": phone, "name": name })).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.json()
}

fn id(contact: &Value) -> &str {
    contact["id"].as_str().unwrap()
}

/// A text from one of these numbers, some seconds from now.
async fn text_from(t: &TestDb, site: &Site<'_>, n: u32, phone: &str) {
    let mut message = site.build().message(n, t.now() + Duration::from_secs(n.into()));
    message.record.contact_id = Some(deterministic::<ContactId>(site.scope.tenant().uuid(), phone));
    message.record.direction = Some(Direction::Inbound);
    message.record.from_number = Some(phone.into());
    message.record.to_numbers = vec![OURS.into()];
    t.save(site.scope, &[message]).await;
}

async fn import(site: &Site<'_>, query: &str, kind: &str, file: impl Into<Body>) -> Answer {
    let request = site.request("POST", &format!("/api/v1/contacts/import{query}")).header("content-type", kind);
    site.send(request.body(file.into()).unwrap()).await
}

both_engines! {
    async fn two_numbers_become_one_contact_and_two_again(t: &TestDb) {
        let site = Site::new(t).await;
        let (ann, mobile) = (create(&site, ANN, "Ann").await, create(&site, "(415) 555-0199", "Ann mobile").await);
        assert_eq!(mobile["phone"], MOBILE);
        text_from(t, &site, 1, ANN).await;
        text_from(t, &site, 2, MOBILE).await;
        let merge = format!("/api/v1/contacts/{}/merge", id(&ann));
        let merged = site.post(&merge, &json!({ "contact_ids": [id(&mobile)] })).await.json();
        assert_eq!(merged["numbers"], json!([ANN, MOBILE]));
        assert_eq!(merged["parts"][0]["natural_key"], MOBILE);
        assert_eq!(merged["parts"][0]["name"], "Ann mobile");
        // The other's id finds this one, in every look-up.
        let found = site.get(&format!("/api/v1/contacts/{}", id(&mobile))).await.json();
        assert_eq!(id(&found), id(&ann));
        for path in [
            format!("/api/v1/contacts/{}/timeline", id(&mobile)),
            format!("/api/v1/messages?contact_id={}", id(&ann)),
            format!("/api/v1/messages?contact_id={}", id(&mobile)),
        ] {
            assert_eq!(site.get(&path).await.json()["data"].as_array().unwrap().len(), 2, "{path}");
        }
        let only = format!("/api/v1/messages?contact_id={}&number=%2B14155550199&own_number=%2B14155550100", id(&ann));
        let only = site.get(&only).await.json();
        assert_eq!(only["data"].as_array().unwrap().len(), 1);
        assert_eq!((&only["data"][0]["contact_name"], &only["data"][0]["contact_id"]), (&json!("Ann"), &ann["id"]));
        let threads = site.get("/api/v1/messages/threads").await.json();
        let names: Vec<&str> = threads["data"].as_array().unwrap().iter().map(|row| row["contact_name"].as_str().unwrap()).collect();
        assert_eq!(names, ["Ann", "Ann"], "an answer goes to one of the numbers");
        assert_eq!(threads["data"][0]["number"], MOBILE);

        let split = format!("/api/v1/contacts/{}/split", id(&ann));
        let out = site.post(&split, &json!({ "number": MOBILE })).await;
        assert_eq!((out.status.as_u16(), id(&out.json())), (200, id(&mobile)));
        let threads = site.get("/api/v1/messages/threads").await.json();
        assert_eq!(threads["data"][0]["contact_name"], "Ann mobile");
        for (path, body, field) in [
            (&split, json!({ "number": MOBILE }), "number"),
            (&split, json!({ "number": ANN }), "number"),
            (&merge, json!({ "contact_ids": [] }), "contact_ids"),
        ] {
            let answer = site.post(path, &body).await;
            assert_eq!(answer.code(), "invalid_body", "{body}");
            assert_eq!(answer.json()["errors"][0]["field"], field);
        }
        let nobody = json!({ "contact_ids": ["00000000-0000-0000-0000-000000000000"] });
        assert_eq!(site.post(&merge, &nobody).await.code(), "not_found");
    }

    async fn what_is_written_of_a_contact_is_checked(t: &TestDb) {
        let site = Site::new(t).await;
        let ann = create(&site, ANN, "Ann").await;
        // The number is known: it gets the new name, and nobody is added.
        let again = site.post("/api/v1/contacts", &json!({ "phone": ANN, "name": "Ann Lee" })).await;
        assert_eq!((again.status.as_u16(), &again.json()["id"]), (200, &ann["id"]));
        let patch = async |body: Value| {
            let request = site.request("PATCH", &format!("/api/v1/contacts/{}", id(&ann))).header("content-type", "application/json");
            site.send(request.body(Body::from(body.to_string())).unwrap()).await
        };
        let changed = patch(json!({ "company": "Acme", "emails": ["Ann@Example.com"] })).await.json();
        assert_eq!((&changed["name"], &changed["company"]), (&json!("Ann Lee"), &json!("Acme")));
        assert_eq!(changed["emails"], json!(["ann@example.com"]));
        assert_eq!(patch(json!({ "name": "" })).await.json()["name"], Value::Null);
        let refused = patch(json!({ "emails": ["nobody"] })).await;
        assert_eq!((refused.status.as_u16(), &refused.json()["errors"][0]["field"]), (400, &json!("emails")));
        for body in [json!({ "name": "Nobody" }), json!({ "phone": "call me" })] {
            let refused = site.post("/api/v1/contacts", &body).await;
            assert_eq!((refused.code().as_str(), &refused.json()["errors"][0]["field"]), ("invalid_body", &json!("phone")));
        }
        let found = site.get("/api/v1/contacts?q=acme").await.json();
        assert_eq!(found["data"].as_array().unwrap().len(), 1);
    }

    async fn a_file_is_taken_in_as_it_is(t: &TestDb) {
        let site = Site::new(t).await;
        let file = "\u{feff}Nombre;Teléfono\r\nAna;912 345 678\r\nNadie;\r\n";
        let tried = import(&site, "?dry_run=true&country=es", "text/csv; charset=utf-8", file).await.json();
        assert_eq!((&tried["dry_run"], &tried["created"], &tried["failed"]), (&json!(true), &json!(1), &json!(1)));
        assert_eq!(tried["errors"], json!([{ "row": 3, "column": null, "code": "required",
            "message": "it has neither a telephone number nor an e-mail address" }]));
        assert_eq!(tried["columns"], json!(["name", "phone"]));
        assert_eq!(site.get("/api/v1/contacts").await.json()["data"], json!([]));
        let done = import(&site, "?country=ES", "text/csv", file).await.json();
        assert_eq!((&done["dry_run"], &done["created"]), (&json!(false), &json!(1)));
        assert_eq!(site.get("/api/v1/contacts").await.json()["data"][0]["phone"], "+34912345678");

        assert_eq!(import(&site, "", "application/json", file).await.code(), "unsupported_media_type");
        assert_eq!(import(&site, "?country=Spain", "text/csv", file).await.code(), "invalid_parameter");
        assert_eq!(import(&site, "", "text/csv", "age,shoe size\n1,2\n").await.code(), "invalid_body");
        assert_eq!(import(&site, "", "text/csv", vec![b'a'; 6 * 1024 * 1024]).await.code(), "body_too_large");
        // Larger than any JSON of ours, and taken.
        let long = "phone\n".to_owned() + &"+34912345678,\n".repeat(19_000);
        assert!(long.len() > 256 * 1024);
        assert_eq!(import(&site, "", "text/csv", long).await.json()["unchanged"], 1);
    }
}
