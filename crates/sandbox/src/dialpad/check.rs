//! Requests are checked against the document and brought into one form; replies are checked and printed as Dialpad prints.
//!
//! One form means: int64 that came as a string becomes a number, and a key that is null is dropped (Dialpad's schemas
//! call every field nullable, and null means "not given"). Printing turns int64 back into strings, as every example of
//! the document shows.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Map, Number, Value};

use super::spec::{Kind, Operation, Schema, Spec};

/// Nothing in the document nests deeper than six levels; this only stops a hostile body.
const MAX_DEPTH: usize = 32;

/// What is wrong with a value, as a sentence that names the field.
type Fault = String;

impl Spec {
    /// A request body in its one form, or the sentence for the 400.
    pub(crate) fn accept(&self, schema: &Schema, value: Value) -> Result<Value, Fault> {
        self.read(schema, value, "", 0)
    }

    /// The query parameters in their one form; an unknown or repeated parameter is a fault.
    pub(crate) fn accept_query(
        &self,
        operation: &Operation,
        pairs: &[(String, String)],
    ) -> Result<Map<String, Value>, Fault> {
        let mut read = Map::new();
        for (name, text) in pairs {
            let Some(param) = operation.query.get(name) else {
                return Err(format!("unknown query parameter \"{name}\""));
            };
            let value = self.read_text(&param.schema, text, name)?;
            if read.insert(name.clone(), value).is_some() {
                return Err(format!("query parameter \"{name}\" is given twice"));
            }
        }
        match operation.query.iter().find(|(name, param)| param.required && !read.contains_key(*name)) {
            Some((name, _)) => Err(format!("query parameter \"{name}\" is required")),
            None => Ok(read),
        }
    }

    /// The `{name}` segments of the path in their one form.
    pub(crate) fn accept_path(
        &self,
        operation: &Operation,
        params: &BTreeMap<String, String>,
    ) -> Result<Map<String, Value>, Fault> {
        params
            .iter()
            .map(|(name, text)| match operation.path_params.get(name) {
                Some(schema) => Ok((name.clone(), self.read_text(schema, text, name)?)),
                None => Ok((name.clone(), Value::from(text.as_str()))),
            })
            .collect()
    }

    fn read_text(&self, schema: &Schema, text: &str, at: &str) -> Result<Value, Fault> {
        let value = match (schema.kind, text) {
            (Some(Kind::Boolean), "true" | "True" | "1") => Value::Bool(true),
            (Some(Kind::Boolean), "false" | "False" | "0") => Value::Bool(false),
            _ => Value::from(text),
        };
        self.read(schema, value, at, 0)
    }

    fn read(&self, schema: &Schema, value: Value, at: &str, depth: usize) -> Result<Value, Fault> {
        let schema = self.resolve(schema);
        if depth > MAX_DEPTH {
            return Err(format!("{} is nested too deeply", name(at)));
        }
        if !schema.one_of.is_empty() {
            return self.read_one_of(schema, &value, at, depth);
        }
        match (schema.kind, value) {
            (Some(Kind::Object) | None, Value::Object(fields)) => self.read_object(schema, fields, at, depth),
            (Some(Kind::Array), Value::Array(items)) => {
                let Some(inner) = &schema.items else { return Ok(Value::Array(items)) };
                let read = items.into_iter().enumerate();
                let read = read.map(|(i, item)| self.read(inner, item, &format!("{at}[{i}]"), depth + 1));
                read.collect::<Result<_, _>>().map(Value::Array)
            }
            (Some(Kind::String), Value::String(text)) => read_string(schema, text, at),
            (Some(Kind::Integer), Value::Number(number)) if number.is_i64() => Ok(Value::Number(number)),
            (Some(Kind::Integer), Value::String(text)) => match text.parse::<i64>() {
                Ok(number) => Ok(Value::from(number)),
                Err(_) => Err(format!("{} must be a whole number", name(at))),
            },
            (Some(Kind::Number), Value::Number(number)) => Ok(Value::Number(number)),
            (Some(Kind::Boolean), Value::Bool(truth)) => Ok(Value::Bool(truth)),
            (kind, _) => Err(format!("{} must be {}", name(at), word(kind))),
        }
    }

    fn read_object(&self, schema: &Schema, fields: Map<String, Value>, at: &str, depth: usize) -> Result<Value, Fault> {
        if schema.properties.is_empty() && schema.required.is_empty() {
            return Ok(Value::Object(fields));
        }
        let mut read = Map::new();
        for (key, value) in fields {
            let inner_at = if at.is_empty() { key.clone() } else { format!("{at}.{key}") };
            let Some(inner) = schema.properties.get(&key) else { return Err(format!("unknown field \"{inner_at}\"")) };
            if !value.is_null() {
                read.insert(key, self.read(inner, value, &inner_at, depth + 1)?);
            }
        }
        match schema.required.iter().find(|key| !read.contains_key(*key)) {
            Some(key) if at.is_empty() => Err(format!("field \"{key}\" is required")),
            Some(key) => Err(format!("field \"{at}.{key}\" is required")),
            None => Ok(Value::Object(read)),
        }
    }

    /// The first alternative that fits; when none does, the fault of the one that shares a field with the value.
    fn read_one_of(&self, schema: &Schema, value: &Value, at: &str, depth: usize) -> Result<Value, Fault> {
        let mut nearest = None;
        for alternative in &schema.one_of {
            match self.read(alternative, value.clone(), at, depth + 1) {
                Ok(read) => return Ok(read),
                Err(fault) => {
                    let shares = self.resolve(alternative).properties.keys().any(|key| value.get(key).is_some());
                    if nearest.is_none() || shares {
                        nearest = Some(fault);
                    }
                }
            }
        }
        Err(nearest.unwrap_or_else(|| format!("{} fits no documented form", name(at))))
    }

    /// A reply as Dialpad prints it, or what about it the document does not know (a bug of the sandbox).
    pub(crate) fn print(&self, schema: &Schema, value: Value) -> Result<Value, Fault> {
        self.print_at(schema, value, "reply")
    }

    fn print_at(&self, schema: &Schema, value: Value, at: &str) -> Result<Value, Fault> {
        let schema = self.resolve(schema);
        match (schema.kind, value) {
            (Some(Kind::Integer), Value::Number(number)) if number.is_i64() => Ok(print_integer(schema, &number)),
            (Some(Kind::String), Value::Number(number)) if schema.choices.is_empty() => Ok(number.to_string().into()),
            (Some(Kind::Array), Value::Array(items)) => {
                let Some(inner) = &schema.items else { return Ok(Value::Array(items)) };
                let printed = items.into_iter().map(|item| self.print_at(inner, item, &format!("{at}[]")));
                printed.collect::<Result<_, _>>().map(Value::Array)
            }
            (Some(Kind::Object) | None, Value::Object(fields)) if !schema.properties.is_empty() => {
                let mut printed = Map::new();
                for (key, value) in fields {
                    let inner_at = format!("{at}.{key}");
                    let inner = schema.properties.get(&key).ok_or_else(|| format!("unknown field \"{inner_at}\""))?;
                    if !value.is_null() {
                        printed.insert(key, self.print_at(inner, value, &inner_at)?);
                    }
                }
                Ok(Value::Object(printed))
            }
            (_, value) => self.read(schema, value, at, 0),
        }
    }
}

fn print_integer(schema: &Schema, number: &Number) -> Value {
    if schema.format.as_deref() == Some("int64") { number.to_string().into() } else { Value::Number(number.clone()) }
}

fn read_string(schema: &Schema, text: String, at: &str) -> Result<Value, Fault> {
    if !schema.choices.is_empty() && !schema.choices.contains(&text) {
        return Err(format!("{}: \"{text}\" is not one of {}", name(at), schema.choices.join(", ")));
    }
    if schema.format.as_deref() == Some("byte") && STANDARD.decode(&text).is_err() {
        return Err(format!("{} must be base64", name(at)));
    }
    Ok(Value::String(text))
}

fn name(at: &str) -> String {
    if at.is_empty() { "the body".to_owned() } else { format!("\"{at}\"") }
}

fn word(kind: Option<Kind>) -> &'static str {
    match kind {
        Some(Kind::Object) | None => "an object",
        Some(Kind::Array) => "a list",
        Some(Kind::String) => "a string",
        Some(Kind::Integer) => "a whole number",
        Some(Kind::Number) => "a number",
        Some(Kind::Boolean) => "true or false",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn accept(schema: &str, value: Value) -> Result<Value, Fault> {
        let spec = Spec::load().unwrap();
        spec.accept(&spec.schemas[schema], value)
    }

    #[test]
    fn a_fault_names_the_field() {
        let call = "call_event_subscription.CreateCallEventSubscription";
        assert_eq!(accept(call, json!({"colour": 1})).unwrap_err(), "unknown field \"colour\"");
        assert!(
            accept(call, json!({"call_states": ["ringing", "rang"]})).unwrap_err().starts_with("\"call_states[1]\"")
        );
        assert_eq!(accept(call, json!({"enabled": "yes"})).unwrap_err(), "\"enabled\" must be true or false");
        assert_eq!(
            accept("webhook.CreateWebhook", json!({"hook_url": null})).unwrap_err(),
            "field \"hook_url\" is required"
        );
        let transfer = accept("call.TransferCallMessage", json!({"to": {"number": 5}})).unwrap_err();
        assert_eq!(transfer, "\"to.number\" must be a string");
    }

    #[test]
    fn an_int64_comes_as_number_or_string_and_leaves_as_string() {
        let call = "call_event_subscription.CreateCallEventSubscription";
        for id in [json!(9_007_199_254_740_993_i64), json!("9007199254740993")] {
            assert_eq!(
                accept(call, json!({"endpoint_id": id})).unwrap(),
                json!({"endpoint_id": 9_007_199_254_740_993_i64})
            );
        }
        let spec = Spec::load().unwrap();
        let printed =
            spec.print(&spec.schemas["webhook.WebhookProto"], json!({"id": 5, "hook_url": "u", "signature": null}));
        assert_eq!(printed.unwrap(), json!({"id": "5", "hook_url": "u"}));
        assert!(spec.print(&spec.schemas["webhook.WebhookProto"], json!({"colour": 5})).is_err());
    }
}
