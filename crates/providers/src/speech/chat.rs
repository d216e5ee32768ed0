//! Asking a chat server for an answer in a given form: `/v1/chat/completions`, as OpenAI describes it and llama.cpp, vLLM,
//! Ollama and others speak it.
//!
//! They differ in what they can be told. The form is asked for by `json_schema` first; a server that refuses that is asked
//! for any JSON, and one that refuses that as well for text, in which the JSON is looked for. Limits that a model does not
//! take are left out. What comes back is checked by whoever asked: a schema is a wish, not a guarantee.

use std::time::Duration;

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use super::openai::Server;
use crate::outbound::{Effect, Http, OutboundError};

/// Asking twice costs twice and changes nothing.
pub const ASKING: Effect = Effect::Idempotent;
/// The longest that a model may think; the client must have this patience: see [`Http::patient`].
pub const PATIENCE: Duration = Duration::from_mins(3);
/// Requests that one question may take: each form, each once more without limits.
const MOST_TRIES: usize = 6;

/// Where chat servers are asked.
pub trait Route: Send + Sync {
    /// A request to the server's `/v1/chat/completions`, with its key.
    fn post(&self, http: &Http) -> Result<RequestBuilder, OutboundError>;
}

impl Route for Server {
    fn post(&self, http: &Http) -> Result<RequestBuilder, OutboundError> {
        self.request(http, Method::POST, "/v1/chat/completions")
    }
}

/// What is asked.
#[derive(Debug, Clone)]
pub struct Question<'a> {
    pub model: &'a str,
    /// What the model is to do. It must say that the answer is JSON.
    pub system: &'a str,
    pub user: &'a str,
    /// A name for the form: letters and underscores.
    pub name: &'a str,
    pub schema: &'a Value,
    pub max_tokens: u32,
}

/// What was answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    pub value: Value,
    /// As the server calls it.
    pub model: Option<String>,
    pub usage: Usage,
}

/// What it cost, as far as the server says so.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    pub input_tokens: Option<i64>,
    pub output_tokens: Option<i64>,
}

/// There is no answer.
#[derive(Debug, thiserror::Error)]
pub enum ChatError {
    #[error("the chat server did not answer")]
    Outbound(#[from] OutboundError),
    #[error("the model's answer was cut off at its limit; choose a model that can answer longer")]
    CutOff(Usage),
    #[error("the model refused to answer")]
    Refused(Usage),
    #[error("the model's answer has no JSON in it; choose a model that can answer in a given form")]
    NoJson(Usage),
}

impl ChatError {
    /// What the failed question cost.
    pub const fn usage(&self) -> Usage {
        match self {
            Self::Outbound(_) => Usage { input_tokens: None, output_tokens: None },
            Self::CutOff(usage) | Self::Refused(usage) | Self::NoJson(usage) => *usage,
        }
    }
}

/// In which form the answer is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Schema,
    AnyJson,
    Text,
}

impl Form {
    const fn weaker(self) -> Option<Self> {
        match self {
            Self::Schema => Some(Self::AnyJson),
            Self::AnyJson => Some(Self::Text),
            Self::Text => None,
        }
    }
}

/// Asks.
pub async fn ask(http: &Http, route: &dyn Route, question: &Question<'_>) -> Result<Answer, ChatError> {
    let (mut form, mut is_limited) = (Form::Schema, true);
    for _ in 1..MOST_TRIES {
        let request = route.post(http)?.json(&body(question, form, is_limited));
        let error = match http.send(request).await {
            Ok(reply) => return read(&reply.json()?),
            Err(error) => error,
        };
        match understood(&error) {
            // Its limits, in the words of those who have renamed or fixed them.
            Some(excerpt) if is_limited && ["max_tokens", "temperature"].iter().any(|word| excerpt.contains(word)) => {
                is_limited = false;
            }
            Some(_) => form = form.weaker().ok_or(error)?,
            None => return Err(error.into()),
        }
    }
    Err(OutboundError::Unreadable("it refuses every form of the question".to_owned()).into())
}

/// The server took the request for one that it cannot serve in this form, rather than for one of somebody who may not ask.
fn understood(error: &OutboundError) -> Option<&str> {
    match error {
        OutboundError::Refused { status: 400 | 415 | 422 | 501, excerpt, .. } => Some(excerpt),
        _ => None,
    }
}

fn body(question: &Question<'_>, form: Form, is_limited: bool) -> Value {
    let mut body = json!({
        "model": question.model,
        "messages": [
            { "role": "system", "content": question.system },
            { "role": "user", "content": question.user },
        ],
        "stream": false,
    });
    if is_limited {
        body["temperature"] = json!(0.1);
        body["max_tokens"] = json!(question.max_tokens);
    }
    match form {
        Form::Schema => {
            body["response_format"] = json!({
                "type": "json_schema",
                "json_schema": { "name": question.name, "strict": true, "schema": question.schema },
            });
        }
        Form::AnyJson => body["response_format"] = json!({ "type": "json_object" }),
        Form::Text => {}
    }
    if form != Form::Schema {
        let form = format!(
            "{}\n\nAnswer with one JSON object of this JSON Schema and nothing else:\n{}",
            question.system, question.schema
        );
        body["messages"][0]["content"] = json!(form);
    }
    body
}

fn read(reply: &Value) -> Result<Answer, ChatError> {
    let count = |name: &str| reply["usage"][name].as_i64().filter(|count| *count >= 0);
    let usage = Usage { input_tokens: count("prompt_tokens"), output_tokens: count("completion_tokens") };
    let choice = &reply["choices"][0];
    let message = &choice["message"];
    if message["refusal"].as_str().is_some_and(|words| !words.is_empty()) {
        return Err(ChatError::Refused(usage));
    }
    let Some(content) = message["content"].as_str() else {
        return Err(OutboundError::Unreadable("it has no choices[0].message.content".to_owned()).into());
    };
    let found = object_in(content);
    match (found, choice["finish_reason"].as_str()) {
        (Some(value), _) => Ok(Answer { value, model: reply["model"].as_str().map(str::to_owned), usage }),
        (None, Some("length")) => Err(ChatError::CutOff(usage)),
        (None, Some("content_filter")) => Err(ChatError::Refused(usage)),
        (None, _) => Err(ChatError::NoJson(usage)),
    }
}

/// The first JSON object in a text: models put words before it, and fences around it.
fn object_in(text: &str) -> Option<Value> {
    text.match_indices('{').take(20).find_map(|(start, _)| {
        let mut values = serde_json::Deserializer::from_str(&text[start..]).into_iter::<Value>();
        values.next()?.ok().filter(Value::is_object)
    })
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use axum::{Json, Router, extract::State, http::StatusCode, routing::post};
    use reqwest::Url;

    use super::*;
    use crate::outbound::Limits;

    struct At(Url);

    impl Route for At {
        fn post(&self, http: &Http) -> Result<RequestBuilder, OutboundError> {
            Ok(http.request(Method::POST, self.0.clone()))
        }
    }

    type Answers = Arc<Mutex<Vec<(u16, Value)>>>;
    type Asked = Arc<Mutex<Vec<Value>>>;

    /// A server that answers in turn, and what it was asked.
    async fn server(answers: Vec<(u16, Value)>) -> (At, Asked) {
        let asked = Asked::default();
        let state = (Arc::new(Mutex::new(answers.into_iter().rev().collect())), asked.clone());
        let handler = async |State((answers, asked)): State<(Answers, Asked)>, Json(body): Json<Value>| {
            asked.lock().unwrap().push(body);
            let (status, answer) = answers.lock().unwrap().pop().unwrap();
            (StatusCode::from_u16(status).unwrap(), Json(answer))
        };
        let app = Router::new().route("/v1/chat/completions", post(handler)).with_state(state);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v1/chat/completions", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        (At(Url::parse(&url).unwrap()), asked)
    }

    fn said(content: &str, finish: &str) -> (u16, Value) {
        let choice = json!({ "message": { "role": "assistant", "content": content }, "finish_reason": finish });
        (200, json!({ "model": "m-1", "choices": [choice], "usage": { "prompt_tokens": 10, "completion_tokens": 2 } }))
    }

    async fn asked_of(answers: Vec<(u16, Value)>) -> (Result<Answer, ChatError>, Vec<Value>) {
        let (route, asked) = server(answers).await;
        let http = Http::new(Limits::default()).unwrap();
        let schema = json!({ "type": "object" });
        let question =
            Question { model: "m", system: "Answer JSON.", user: "?", name: "n", schema: &schema, max_tokens: 5 };
        let answer = ask(&http, &route, &question).await;
        let asked = asked.lock().unwrap().clone();
        (answer, asked)
    }

    #[tokio::test]
    async fn a_server_that_knows_less_is_asked_for_less() {
        let no = |why: &str| (400, json!({ "error": { "message": why } }));
        let (answer, asked) = asked_of(vec![
            no("Unsupported parameter: 'max_tokens'"),
            no("response_format json_schema is not supported"),
            no("response_format is not supported"),
            said("Sure! Here it is:\n```json\n{\"a\": {\"b\": 1}}\n```", "stop"),
        ])
        .await;
        let answer = answer.unwrap();
        assert_eq!(answer.value, json!({ "a": { "b": 1 } }));
        assert_eq!(answer.usage, Usage { input_tokens: Some(10), output_tokens: Some(2) });
        let forms: Vec<&Value> = asked.iter().map(|body| &body["response_format"]["type"]).collect();
        assert_eq!(forms, [&json!("json_schema"), &json!("json_schema"), &json!("json_object"), &Value::Null]);
        assert!(asked[0]["max_tokens"] == json!(5) && asked[1]["max_tokens"].is_null());
        assert!(asked[3]["messages"][0]["content"].as_str().unwrap().contains("JSON Schema"));
    }

    #[tokio::test]
    async fn what_is_no_answer_says_why_and_what_it_cost() {
        let (cut, _) = asked_of(vec![said("{\"a\": [1, 2", "length")]).await;
        assert!(matches!(cut, Err(ChatError::CutOff(usage)) if usage.input_tokens == Some(10)));
        let (prose, _) = asked_of(vec![said("I cannot {help} with that", "stop")]).await;
        assert!(matches!(prose, Err(ChatError::NoJson(_))));
        let (wrong_key, asked) = asked_of(vec![(401, json!({}))]).await;
        assert!(matches!(wrong_key, Err(ChatError::Outbound(OutboundError::Refused { status: 401, .. }))));
        assert_eq!(asked.len(), 1, "somebody who may not ask does not ask again");
    }
}
