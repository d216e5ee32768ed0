//! Dialpad's own document, read at start: which operations exist, what they take and print, how often they may be called.
//!
//! The check lives here once, instead of in a typed struct per body, because the document is the authority: a body that
//! our structs would have let through (an unknown field, a wrong enum) is just what the sandbox is there to catch.

use std::collections::BTreeMap;

use serde::Deserialize;

/// See `spec/README.md`; embedded, so that the sandbox needs no file at run time.
const DOCUMENT: &str = include_str!("../../spec/dialpad.json");

#[derive(Debug, Deserialize)]
pub(crate) struct Spec {
    pub(crate) operations: Vec<Operation>,
    pub(crate) schemas: BTreeMap<String, Schema>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Operation {
    /// Dialpad's `operationId`, such as `webhooks.create`.
    pub(crate) id: String,
    pub(crate) method: String,
    /// With `{name}` segments.
    pub(crate) path: String,
    pub(crate) limit: Option<RateLimit>,
    pub(crate) path_params: BTreeMap<String, Schema>,
    pub(crate) query: BTreeMap<String, QueryParam>,
    pub(crate) body: Option<Schema>,
    pub(crate) reply: Option<Schema>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct RateLimit {
    pub(crate) requests: u32,
    pub(crate) seconds: u64,
}

#[derive(Debug, Deserialize)]
pub(crate) struct QueryParam {
    pub(crate) required: bool,
    pub(crate) schema: Schema,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Object,
    Array,
    String,
    Integer,
    Number,
    Boolean,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Schema {
    #[serde(default, rename = "ref")]
    pub(crate) reference: Option<String>,
    #[serde(default)]
    pub(crate) one_of: Vec<Schema>,
    #[serde(default, rename = "type")]
    pub(crate) kind: Option<Kind>,
    #[serde(default)]
    pub(crate) format: Option<String>,
    #[serde(default, rename = "enum")]
    pub(crate) choices: Vec<String>,
    #[serde(default)]
    pub(crate) required: Vec<String>,
    #[serde(default)]
    pub(crate) items: Option<Box<Schema>>,
    #[serde(default)]
    pub(crate) properties: BTreeMap<String, Schema>,
}

impl Spec {
    pub(crate) fn load() -> Result<Self, serde_json::Error> {
        serde_json::from_str(DOCUMENT)
    }

    /// Follows a reference. A name the document lacks reads as "any object"; a test shows that there is none.
    pub(super) fn resolve<'a>(&'a self, schema: &'a Schema) -> &'a Schema {
        schema.reference.as_ref().and_then(|name| self.schemas.get(name)).unwrap_or(schema)
    }

    /// The operation for a method and path, with the values of its `{name}` segments. A literal segment wins over a
    /// `{name}` one, so `/callcenters/operators/5/dutystatus` is not call centre "operators".
    pub(crate) fn find(&self, method: &str, path: &str) -> Found<'_> {
        let mut best: Option<(usize, &Operation, BTreeMap<String, String>)> = None;
        let mut path_is_known = false;
        for operation in &self.operations {
            let Some(params) = operation.matches(path) else { continue };
            path_is_known = true;
            if operation.method == method && best.as_ref().is_none_or(|(least, ..)| params.len() < *least) {
                best = Some((params.len(), operation, params));
            }
        }
        match best {
            Some((_, operation, params)) => Found::Operation(operation, params),
            None if path_is_known => Found::OtherMethod,
            None => Found::Nothing,
        }
    }
}

pub(crate) enum Found<'a> {
    Operation(&'a Operation, BTreeMap<String, String>),
    OtherMethod,
    Nothing,
}

impl Operation {
    fn matches(&self, path: &str) -> Option<BTreeMap<String, String>> {
        let mut params = BTreeMap::new();
        let (mut wanted, mut given) = (self.path.split('/'), path.split('/'));
        loop {
            match (wanted.next(), given.next()) {
                (None, None) => return Some(params),
                (Some(want), Some(have)) => {
                    if let Some(name) = want.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
                        if have.is_empty() {
                            return None;
                        }
                        params.insert(name.to_owned(), have.to_owned());
                    } else if want != have {
                        return None;
                    }
                }
                _ => return None,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn references<'a>(schema: &'a Schema, found: &mut Vec<&'a str>) {
        found.extend(schema.reference.as_deref());
        schema.one_of.iter().chain(schema.items.as_deref()).for_each(|inner| references(inner, found));
        schema.properties.values().for_each(|inner| references(inner, found));
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let spec = Spec::load().unwrap();
        let mut names = Vec::new();
        spec.schemas.values().for_each(|schema| references(schema, &mut names));
        for operation in &spec.operations {
            operation.body.iter().chain(&operation.reply).for_each(|schema| references(schema, &mut names));
        }
        assert!(names.len() > 50);
        for name in names {
            assert!(spec.schemas.contains_key(name), "{name}");
        }
    }

    #[test]
    fn a_literal_segment_wins_over_a_named_one() {
        let spec = Spec::load().unwrap();
        let Found::Operation(operation, params) = spec.find("GET", "/api/v2/callcenters/operators/5/dutystatus") else {
            panic!("not found")
        };
        assert_eq!(operation.id, "callcenters.operators.get.dutystatus");
        assert_eq!(params["id"], "5");
        assert!(matches!(spec.find("DELETE", "/api/v2/call"), Found::OtherMethod));
        assert!(matches!(spec.find("GET", "/api/v2/nothing"), Found::Nothing));
    }

    #[test]
    fn the_documented_limits_are_read() {
        let spec = Spec::load().unwrap();
        let Found::Operation(operation, _) = spec.find("GET", "/api/v2/call/5") else { panic!("not found") };
        let limit = operation.limit.unwrap();
        assert_eq!((limit.requests, limit.seconds), (10, 60));
    }
}
