//! The API's description (`/openapi.json`) and the page that people read (`/docs`).
//!
//! The page is made from the description, as plain HTML with its style in it: it needs no network, no script and no build,
//! and it can never tell another story than the code. Both are made when somebody first asks for one of them, and kept as
//! they are sent: as the library holds it, the description takes tens of megabytes.

use std::{fmt::Write, sync::LazyLock};

use axum::{
    http::header::CONTENT_TYPE,
    response::{Html, IntoResponse},
};
use bytes::Bytes;
use serde_json::Value;
use utoipa::{
    Modify, OpenApi as _,
    openapi::{
        ContentBuilder, OpenApi, RefOr, ResponseBuilder,
        path::Operation,
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

use crate::{
    id_patterns,
    problem::{Code, Problem, ProblemBody},
    router,
};

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Switchboard",
        description = "Calls, texts and voicemails of a business, in one place. Lists are newest first and paged by cursor; \
                       ids carry a prefix (`call_…`) and are read with or without it; times are RFC 3339 in UTC; numbers \
                       are E.164. Send an `Idempotency-Key` with a POST and it may be repeated safely for 24 hours. \
                       Errors are `application/problem+json` with a stable `code`.",
        license(name = "MIT OR Apache-2.0")
    ),
    components(schemas(ProblemBody, Code)),
    modifiers(&Keys),
    security(("key" = []), ("bearer" = [])),
    tags(
        (name = "auth", description = "Signing up, in, on and out. An access token is good for an hour and goes with each request as Bearer; \
                                       a refresh token gets the next pair, once."),
        (name = "me", description = "The person who is signed in."),
        (name = "members", description = "The people of a workspace, their roles, and who is invited."),
        (name = "overview", description = "How a workspace stands: today against the same weekday a week before."),
        (name = "reports", description = "Calls counted: how many, how well, by whom, from where; as files, and by e-mail."),
        (name = "search", description = "Looking for something, whatever it is."),
        (name = "views", description = "Lists that people keep by name."),
        (name = "calls", description = "What a person would call one call, joined from the legs that the provider reports."),
        (name = "insights", description = "What calls' words come to: estimated sentiment, phrases that are listened for, and what a chat server makes of them by the workspace's scorecards."),
        (name = "messages", description = "Text messages and how far they got."),
        (name = "voicemails", description = "Messages left after the tone."),
        (name = "contacts", description = "People and companies on the other side."),
        (name = "recordings", description = "Audio of calls, and our own copies of it."),
        (name = "changes", description = "What happened to which record, numbered without gaps. Never carries contents."),
        (name = "events", description = "The log of what providers sent, and what became of each item."),
        (name = "jobs", description = "Things to do once, later or again."),
        (name = "connections", description = "Accounts at providers, and the webhooks that we keep there."),
        (name = "imports", description = "Call records of other telephone systems, taken in from files: brought, looked at, checked, and read by a job."),
        (name = "privacy", description = "How long what is kept, and everything about one contact: taken out, or forgotten."),
        (name = "audit", description = "Who did what to which record, from where. Entries are only added, and each carries the hash of the one before it."),
        (name = "workspace", description = "The tenant itself: its name, plan, time zone and standing."),
        (name = "notifications", description = "What people were told, what they have read of it, and the rules that decide what they are told of."),
        (name = "plans", description = "What a workspace can be entitled to."),
        (name = "usage", description = "What a workspace used by calendar month of UTC, against the limits of its plan."),
        (name = "features", description = "What is on or off for a workspace."),
        (name = "admin", description = "The installation: for platform admins who signed in, or with `INTERNAL_API_SECRET` as Bearer token."),
        (name = "sandbox", description = "Trying things out where the server runs with stand-ins for the providers (`serve --sandbox`)."),
        (name = "apps", description = "Client programs and their API keys."),
    )
)]
struct Base;

struct Keys;

impl Modify for Keys {
    fn modify(&self, openapi: &mut OpenApi) {
        let components = openapi.components.get_or_insert_default();
        let key = ApiKey::Header(ApiKeyValue::with_description("x-app-api-key", "`raw_` and 64 hex digits"));
        components.add_security_scheme("key", SecurityScheme::ApiKey(key));
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("The same key, or a person's access token"))
            .build();
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    }
}

/// What does not come from the routes.
pub fn base() -> OpenApi {
    Base::openapi()
}

/// Adds what every operation has: what ids in paths look like, the problem answer, and `Idempotency-Key` on POSTs.
pub fn complete(mut openapi: OpenApi) -> OpenApi {
    id_patterns::describe(&mut openapi);
    for item in openapi.paths.paths.values_mut() {
        let all = [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete];
        for operation in all.into_iter().flatten() {
            add_problem(operation);
        }
        if let Some(operation) = &mut item.post {
            add_idempotency_key(operation);
        }
    }
    openapi
}

fn add_problem(operation: &mut Operation) {
    let content = ContentBuilder::new().schema(Some(utoipa::openapi::Ref::from_schema_name("Problem"))).build();
    let response = ResponseBuilder::new()
        .description("A problem; its `code` says which")
        .content("application/problem+json", content)
        .build();
    operation.responses.responses.insert("default".to_owned(), RefOr::T(response));
}

fn add_idempotency_key(operation: &mut Operation) {
    let parameter = utoipa::openapi::path::ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(utoipa::openapi::path::ParameterIn::Header)
        .description(Some("The same request with the same key is done once, and answered alike, for 24 hours."))
        .schema(Some(super::api::v1::text(1, 255)))
        .build();
    operation.parameters.get_or_insert_default().push(RefOr::T(parameter));
}

/// Both, as they are sent.
struct Made {
    document: Bytes,
    page: Bytes,
}

static MADE: LazyLock<Made> = LazyLock::new(|| {
    let openapi = router::openapi();
    let page = html(&openapi).into();
    // Nothing in a description has a failing form; the tests read it.
    Made { document: serde_json::to_vec(&openapi).unwrap_or_default().into(), page }
});

/// Making them takes a while the first time, during which others on the thread should not wait.
async fn made() -> Result<&'static Made, Problem> {
    tokio::task::spawn_blocking(|| &*MADE).await.map_err(|error| {
        tracing::error!(%error, "the API's description could not be made");
        Problem::new(Code::Internal, "the description could not be made; the log says why")
    })
}

/// `GET /openapi.json`.
pub async fn document() -> Result<impl IntoResponse, Problem> {
    Ok(([(CONTENT_TYPE, "application/json")], made().await?.document.clone()))
}

/// `GET /docs`.
pub async fn page() -> Result<impl IntoResponse, Problem> {
    Ok(Html(made().await?.page.clone()))
}

fn html(openapi: &OpenApi) -> String {
    let document = serde_json::to_value(openapi).unwrap_or_default();
    let mut html = String::with_capacity(64 * 1024);
    let title = document["info"]["title"].as_str().unwrap_or_default();
    let _ = write!(
        html,
        "<!doctype html><html lang=en><head><meta charset=utf-8><meta name=viewport content=\"width=device-width\">\
         <title>{title} API</title><style>{STYLE}</style></head><body><nav><h1>{title}</h1>"
    );
    let tags: Vec<&Value> = document["tags"].as_array().map(|tags| tags.iter().collect()).unwrap_or_default();
    for tag in &tags {
        let name = text(&tag["name"]);
        let _ = write!(html, "<a href=\"#{name}\">{name}</a>");
    }
    html.push_str("<a href=#problems>problems</a><a href=#schemas>schemas</a></nav><main><p class=lead>");
    html.push_str(&prose(&document["info"]["description"]));
    let _ = write!(
        html,
        "</p><pre>curl -H 'x-app-api-key: raw_…' {{your server}}/api/v1/calls?limit=5</pre>\
         <p>The same, for machines: <a href=/openapi.json>/openapi.json</a></p>"
    );
    for tag in &tags {
        let name = text(&tag["name"]);
        let _ = write!(html, "<h2 id=\"{name}\">{name}</h2><p>{}</p>", prose(&tag["description"]));
        for (path, item) in entries(&document["paths"]) {
            for (method, operation) in entries(item) {
                let is_tagged = operation["tags"].as_array().is_some_and(|tags| tags.contains(&tag["name"]));
                if is_tagged {
                    operation_html(&mut html, method, path, operation);
                }
            }
        }
    }
    problems_html(&mut html);
    html.push_str("<h2 id=schemas>schemas</h2>");
    for (name, schema) in entries(&document["components"]["schemas"]) {
        let _ = write!(html, "<h3 id=\"schema-{0}\">{0}</h3>", escape(name));
        schema_html(&mut html, schema);
    }
    html.push_str("</main></body></html>");
    html
}

fn operation_html(html: &mut String, method: &str, path: &str, operation: &Value) {
    let id = text(&operation["operationId"]);
    let _ = write!(
        html,
        "<section id=\"{id}\"><h3><b class={method}>{}</b> <code>{}</code></h3><p>{} {}</p>",
        method.to_uppercase(),
        escape(path),
        prose(&operation["summary"]),
        prose(&operation["description"])
    );
    let _ = write!(html, "<p>{}</p>", callers(operation));
    if let Some(parameters) = operation["parameters"].as_array() {
        html.push_str("<table>");
        for parameter in parameters {
            let required = if parameter["required"] == true && parameter["in"] != "path" { " · required" } else { "" };
            let _ = write!(
                html,
                "<tr><td><code>{}</code><td>{} · {}{required}<td>{}</tr>",
                text(&parameter["name"]),
                text(&parameter["in"]),
                kind(&parameter["schema"]),
                prose(&parameter["description"])
            );
        }
        html.push_str("</table>");
    }
    for (media, content) in entries(&operation["requestBody"]["content"]) {
        let _ = write!(html, "<p>Body: {} ({})</p>", kind(&content["schema"]), escape(media));
    }
    for (status, response) in entries(&operation["responses"]) {
        if status == "default" {
            continue;
        }
        let body =
            entries(&response["content"]).next().map(|(_, content)| kind(&content["schema"])).unwrap_or_default();
        let _ = write!(html, "<p><b>{}</b> {} {body}</p>", escape(status), prose(&response["description"]));
    }
    html.push_str("</section>");
}

/// Who may call an operation, in words; see [`crate::guard`].
fn callers(operation: &Value) -> String {
    match (operation["x-caller"].as_str(), operation["x-permission"].as_str()) {
        (_, Some(permission)) => {
            format!("For apps and people with the permission <code>{}</code>.", escape(permission))
        }
        (Some("tenant"), None) => "For every app and person of a workspace.".to_owned(),
        (Some("person"), None) => "For people who signed in.".to_owned(),
        (Some("platform"), None) => "For who administers the installation.".to_owned(),
        _ => "For everybody.".to_owned(),
    }
}

fn problems_html(html: &mut String) {
    html.push_str(
        "<h2 id=problems>problems</h2><p>Decide by <code>code</code>; titles and details are for people.</p><table>",
    );
    for code in Code::ALL {
        let (status, name, title) = code.parts();
        let _ = write!(html, "<tr id=\"{name}\"><td><code>{name}</code><td>{status}<td>{title}</tr>");
    }
    html.push_str("</table>");
}

fn schema_html(html: &mut String, schema: &Value) {
    if let Some(parts) = schema["allOf"].as_array() {
        for part in parts {
            if part["$ref"].is_string() {
                let _ = write!(html, "<p>All of {}, and:</p>", kind(part));
            } else {
                schema_html(html, part);
            }
        }
        return;
    }
    let _ = write!(html, "<p>{}</p>", prose(&schema["description"]));
    if schema["properties"].is_null() {
        let _ = write!(html, "<p>{}</p>", kind(schema));
        return;
    }
    html.push_str("<table>");
    for (name, field) in entries(&schema["properties"]) {
        let about = prose(&field["description"]);
        let _ = write!(html, "<tr><td><code>{}</code><td>{}<td>{about}</tr>", escape(name), kind(field));
    }
    html.push_str("</table>");
}

/// A type in a few words, with a link where it has a name.
fn kind(schema: &Value) -> String {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = escape(reference.rsplit('/').next().unwrap_or_default());
        return format!("<a href=\"#schema-{name}\">{name}</a>");
    }
    if let Some(words) = schema["enum"].as_array() {
        return words
            .iter()
            .filter_map(Value::as_str)
            .map(|word| format!("<code>{}</code>", escape(word)))
            .collect::<Vec<_>>()
            .join(" ");
    }
    for several in ["oneOf", "anyOf", "allOf"] {
        if let Some(choices) = schema[several].as_array() {
            return choices.iter().map(kind).collect::<Vec<_>>().join(" or ");
        }
    }
    let name = match &schema["type"] {
        Value::String(name) => name.clone(),
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" or "),
        _ => "any".to_owned(),
    };
    let name = if name.starts_with("array") { format!("list of {}", kind(&schema["items"])) } else { escape(&name) };
    match schema["format"].as_str() {
        Some(format) => format!("{name} ({})", escape(format)),
        None => name,
    }
}

fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn text(value: &Value) -> String {
    escape(value.as_str().unwrap_or_default())
}

/// Text with `code` in backticks.
fn prose(value: &Value) -> String {
    let mut html = String::new();
    for (i, part) in text(value).split('`').enumerate() {
        html.push_str(match (i, i % 2) {
            (0, _) => "",
            (_, 1) => "<code>",
            _ => "</code>",
        });
        html.push_str(part);
    }
    html
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

const STYLE: &str = "\
:root{color-scheme:light dark;--line:#8884;--dim:#8881;--accent:#3867d6}\
*{box-sizing:border-box}body{margin:0;display:grid;grid-template-columns:13rem minmax(0,1fr);font:15px/1.55 system-ui,sans-serif}\
nav{position:sticky;top:0;height:100vh;overflow:auto;padding:1.5rem;border-right:1px solid var(--line)}\
nav h1{font-size:1.1rem;margin:0 0 1rem}nav a{display:block;padding:.2rem 0;color:inherit;text-decoration:none}nav a:hover{color:var(--accent)}\
main{padding:2rem;max-width:62rem}a{color:var(--accent)}h2{margin-top:3rem;text-transform:capitalize}.lead{font-size:1.05rem}\
section{border:1px solid var(--line);border-radius:.6rem;padding:.2rem 1.2rem .8rem;margin:1rem 0}section h3{font-weight:500;overflow-wrap:anywhere}\
h3 b{font-size:.75rem;color:#fff;padding:.2rem .5rem;border-radius:.3rem;background:#3867d6}h3 b.post{background:#20863c}\
code,pre{font:13px ui-monospace,monospace}code{background:var(--dim);padding:.1rem .3rem;border-radius:.25rem}pre{background:var(--dim);padding:1rem;border-radius:.5rem;overflow:auto}\
table{border-collapse:collapse;width:100%;display:block;overflow-x:auto}td{border-top:1px solid var(--line);padding:.4rem .8rem .4rem 0;vertical-align:top}\
:target{outline:2px solid var(--accent)}@media(max-width:46rem){body{display:block}nav{position:static;height:auto;border:0}main{padding:1rem}}";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_the_document_cannot_break_out_of_the_page() {
        let value = Value::String("a <b> & `code`".to_owned());
        assert_eq!(prose(&value), "a &lt;b&gt; &amp; <code>code</code>");
    }
}
