//! The headers of deliveries, as people may see them.

use serde_json::Value;

/// Names that hold, or are part of names that hold, what could open a door. What certainly does was never kept.
const TELLING: [&str; 7] = ["signature", "token", "secret", "password", "api-key", "apikey", "authorization"];

/// Replaces values that somebody could use by dots. How long they are is said: "there is none" and "there is one, but the
/// wrong one" are different troubles.
pub(crate) fn masked(mut headers: Value) -> Value {
    for (name, value) in headers.as_object_mut().into_iter().flatten() {
        let name = name.to_ascii_lowercase();
        if let Some(text) = value.as_str()
            && TELLING.iter().any(|telling| name.contains(telling))
        {
            *value = Value::String(format!("•••• ({} characters)", text.chars().count()));
        }
    }
    headers
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::masked;

    #[test]
    fn what_could_be_used_is_not_shown() {
        let shown =
            masked(json!({ "content-type": "application/json", "X-Hub-Signature-256": "sha256=ab", "x-token": "t" }));
        assert_eq!(
            shown,
            json!({
                "content-type": "application/json",
                "X-Hub-Signature-256": "•••• (9 characters)",
                "x-token": "•••• (1 characters)",
            })
        );
    }
}
