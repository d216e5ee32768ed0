//! `POST /v1/chat/completions`. It understands nothing and says so by never adding anything: texts come out of the prompt's own
//! turns, numbers that name turns are numbers of turns, and the rest is drawn from the words so that the same prompt always
//! gets the same answer.
//!
//! Turns are lines of the prompt that begin with a number: `12: Agent: text`, `12. Agent: text` or `[12] Agent: text`.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value, json};

use super::refuse;

const MODEL: &str = "sandbox-chat";
/// How deep a schema may lie.
const DEEPEST: usize = 12;

pub(super) async fn complete(Json(asked): Json<Value>) -> Response {
    if asked["model"].as_str() != Some(MODEL) {
        let model = asked["model"].as_str().unwrap_or_default();
        return refuse(StatusCode::NOT_FOUND, "model_not_found", &format!("The model `{model}` does not exist"));
    }
    let Some(messages) = asked["messages"].as_array().filter(|messages| !messages.is_empty()) else {
        return refuse(StatusCode::BAD_REQUEST, "missing_field", "you must provide messages");
    };
    let prompt: Vec<&str> = messages.iter().filter_map(|message| message["content"].as_str()).collect();
    let prompt = prompt.join("\n");
    let talk = Talk::of(&prompt);
    let format = &asked["response_format"];
    let content = match format["type"].as_str() {
        Some("json_schema") => {
            let schema = &format["json_schema"]["schema"];
            if !schema.is_object() || format["json_schema"]["name"].as_str().is_none() {
                return refuse(
                    StatusCode::BAD_REQUEST,
                    "invalid_schema",
                    "response_format.json_schema needs a name and a schema",
                );
            }
            Filler { talk: &talk, root: schema }.fill(schema, "", 0).to_string()
        }
        Some("json_object") if !prompt.contains("JSON") && !prompt.contains("json") => {
            let message =
                "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'";
            return refuse(StatusCode::BAD_REQUEST, "invalid_request_error", message);
        }
        Some("json_object") => json!({ "summary": talk.summary() }).to_string(),
        _ => talk.summary(),
    };
    let (read, written) = (prompt.split_whitespace().count(), content.split_whitespace().count());
    Json(json!({
        "id": format!("chatcmpl-sandbox-{:x}", talk.seed), "object": "chat.completion", "created": 1_700_000_000, "model": MODEL,
        "choices": [{ "index": 0, "message": { "role": "assistant", "content": content }, "finish_reason": "stop" }],
        "usage": { "prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written },
    }))
    .into_response()
}

/// What the prompt says that people said.
struct Talk {
    turns: Vec<(i64, String)>,
    seed: u64,
}

impl Talk {
    fn of(prompt: &str) -> Self {
        let turns: Vec<(i64, String)> = prompt.lines().filter_map(turn).collect();
        let said: String = turns.iter().map(|(_, text)| text.as_str()).collect();
        Self { seed: hash(if said.is_empty() { prompt } else { &said }), turns }
    }

    fn draw(&self, name: &str, count: usize) -> usize {
        if count == 0 { 0 } else { usize::try_from((self.seed ^ hash(name)) % count as u64).unwrap_or(0) }
    }

    fn text(&self, name: &str) -> String {
        match self.turns.get(self.draw(name, self.turns.len())) {
            Some((_, text)) => text.clone(),
            None => "Nothing was said.".to_owned(),
        }
    }

    fn number(&self, name: &str) -> i64 {
        self.turns.get(self.draw(name, self.turns.len())).map_or(0, |(number, _)| *number)
    }

    /// What was said first and last.
    fn summary(&self) -> String {
        let first = self.turns.iter().find(|(_, text)| text.split(' ').count() > 5).or(self.turns.first());
        match (first, self.turns.last()) {
            (Some((_, first)), Some((_, last))) if first != last => {
                format!("It began with: {first} It ended with: {last}")
            }
            (Some((_, only)), _) => format!("It was said: {only}"),
            _ => "Nothing was said.".to_owned(),
        }
    }
}

fn turn(line: &str) -> Option<(i64, String)> {
    let line = line.trim_start();
    let (number, rest) = if let Some(rest) = line.strip_prefix('[') {
        rest.split_once(']')?
    } else {
        let end = line.find(|letter: char| !letter.is_ascii_digit())?;
        (&line[..end], line[end..].strip_prefix([':', '.', ')'])?)
    };
    let said = rest.trim();
    let text = match said.split_once(": ") {
        Some((speaker, text)) if speaker.len() <= 40 => text,
        _ => said,
    };
    (!text.is_empty()).then_some((number.parse().ok()?, text.to_owned()))
}

/// FNV-1a.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

struct Filler<'a> {
    talk: &'a Talk,
    root: &'a Value,
}

impl Filler<'_> {
    /// A value that the schema allows. `name` is what it is called, with its place in lists.
    fn fill(&self, schema: &Value, name: &str, depth: usize) -> Value {
        if depth > DEEPEST {
            return Value::Null;
        }
        if let Some(path) = schema["$ref"].as_str().and_then(|path| path.strip_prefix('#')) {
            return self.fill(self.root.pointer(path).unwrap_or(&Value::Null), name, depth + 1);
        }
        if let Some(only) = schema.get("const") {
            return only.clone();
        }
        if let Some(words) = schema["enum"].as_array().filter(|words| !words.is_empty()) {
            return words[self.talk.draw(name, words.len())].clone();
        }
        for choice in ["anyOf", "oneOf"] {
            let choices = schema[choice].as_array().into_iter().flatten();
            if let Some(first) = choices.clone().find(|choice| choice["type"] != "null") {
                return self.fill(first, name, depth + 1);
            }
        }
        match kind(schema) {
            "object" => self.object(schema, name, depth),
            "array" => self.array(schema, name, depth),
            "integer" | "number" => self.number(schema, name).into(),
            "boolean" => (self.talk.draw(name, 4) > 0).into(),
            "null" => Value::Null,
            _ => self.string(schema, name).into(),
        }
    }

    fn object(&self, schema: &Value, name: &str, depth: usize) -> Value {
        let properties = schema["properties"].as_object().into_iter().flatten();
        let filled: Map<String, Value> = properties
            .map(|(property, inner)| (property.clone(), self.fill(inner, &format!("{name}.{property}"), depth + 1)))
            .collect();
        filled.into()
    }

    fn array(&self, schema: &Value, name: &str, depth: usize) -> Value {
        let bound =
            |key: &str, other: usize| schema[key].as_u64().and_then(|n| usize::try_from(n).ok()).unwrap_or(other);
        let count =
            (1 + self.talk.draw(name, 3)).clamp(bound("minItems", 0), bound("maxItems", 20).max(bound("minItems", 0)));
        let mut items: Vec<Value> =
            (0..count).map(|index| self.fill(&schema["items"], &format!("{name}[{index}]"), depth + 1)).collect();
        if items.iter().all(|item| item.is_number() || item.is_string()) && bound("minItems", 0) <= 1 {
            items.dedup();
        }
        items.into()
    }

    fn number(&self, schema: &Value, name: &str) -> i64 {
        let leaf = leaf(name);
        if ["turn", "evidence", "line"].iter().any(|word| leaf.contains(word)) {
            return self.talk.number(name);
        }
        let (least, most) = (schema["minimum"].as_i64().unwrap_or(1), schema["maximum"].as_i64().unwrap_or(5));
        let room = usize::try_from(most.saturating_sub(least).saturating_add(1)).unwrap_or(1);
        least + i64::try_from(self.talk.draw(name, room)).unwrap_or(0)
    }

    fn string(&self, schema: &Value, name: &str) -> String {
        let leaf = leaf(name);
        let text = if leaf.contains("summary") {
            self.talk.summary()
        } else if ["topic", "label", "title", "name", "category"].iter().any(|word| leaf.contains(word)) {
            let said = self.talk.text(name);
            let words = said.split(' ').map(|word| word.trim_matches(|letter: char| !letter.is_alphanumeric()));
            let longest = words.max_by_key(|word| word.len()).unwrap_or_default();
            longest.to_lowercase()
        } else {
            self.talk.text(name)
        };
        let most = schema["maxLength"].as_u64().and_then(|most| usize::try_from(most).ok()).unwrap_or(2_000);
        text.chars().take(most).collect()
    }
}

/// The name of the innermost property.
fn leaf(name: &str) -> String {
    let last = name.rsplit('.').next().unwrap_or_default();
    last.split('[').next().unwrap_or_default().to_lowercase()
}

/// The type, of several the first that is not null.
fn kind(schema: &Value) -> &str {
    match &schema["type"] {
        Value::String(kind) => kind,
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null").unwrap_or("null"),
        _ if schema["properties"].is_object() => "object",
        _ if schema["items"].is_object() => "array",
        _ => "string",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_is_filled_from_the_turns_and_from_nothing_else() {
        let prompt =
            "Judge this.\n1: Agent: Good morning.\n[2] Caller: My invoice is wrong and I am angry.\n3. Agent: Sorry.";
        let talk = Talk::of(prompt);
        assert_eq!(talk.turns.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [1, 2, 3]);
        let schema = json!({ "type": "object", "properties": {
            "summary": { "type": "string" },
            "mood": { "enum": ["good", "bad"] },
            "items": { "type": "array", "minItems": 2, "items": { "$ref": "#/$defs/item" } },
            "score": { "type": "integer", "minimum": 10, "maximum": 12 },
            "maybe": { "type": ["string", "null"], "maxLength": 3 },
        }, "$defs": { "item": { "type": "object", "properties": {
            "evidence": { "type": "array", "items": { "type": "integer" } }, "passed": { "type": "boolean" } } } } });
        let filled = Filler { talk: &talk, root: &schema }.fill(&schema, "", 0);
        assert!(filled["summary"].as_str().unwrap().contains("invoice"), "{filled}");
        assert!(["good", "bad"].contains(&filled["mood"].as_str().unwrap()));
        assert!((10..=12).contains(&filled["score"].as_i64().unwrap()));
        assert!(filled["maybe"].as_str().unwrap().len() <= 3);
        let items = filled["items"].as_array().unwrap();
        assert!(items.len() >= 2);
        for turn in items.iter().flat_map(|item| item["evidence"].as_array().unwrap()) {
            assert!((1..=3).contains(&turn.as_i64().unwrap()), "{filled}");
        }
        assert_eq!(filled, Filler { talk: &talk, root: &schema }.fill(&schema, "", 0));
        // A schema that names itself ends.
        let endless = json!({ "$ref": "#" });
        assert_eq!(Filler { talk: &talk, root: &endless }.fill(&endless, "", 0), Value::Null);
    }
}
