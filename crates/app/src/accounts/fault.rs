//! What is wrong with one field of a form.

use switchboard_domain::{
    email::{Email, EmailError},
    tenant::{NameError, checked_name},
};

/// A value that a person should change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldFault {
    /// The field's name in the API.
    pub field: &'static str,
    /// Stable, for programs: `required`, `invalid`, `too_short`, `too_long`, `too_common`, `taken`, `unknown`.
    pub code: &'static str,
    /// For people; a sentence without its subject ("it is empty").
    pub message: String,
}

impl FieldFault {
    pub fn new(field: &'static str, code: &'static str, message: impl Into<String>) -> Self {
        Self { field, code, message: message.into() }
    }
}

/// Faults in one line, for errors that are shown without their fields.
pub(crate) fn list(faults: &[FieldFault]) -> String {
    faults.iter().map(|fault| format!("{}: {}", fault.field, fault.message)).collect::<Vec<_>>().join("; ")
}

/// An address, or the fault of the field `email`.
pub(crate) fn email(given: &str, faults: &mut Vec<FieldFault>) -> Option<Email> {
    if given.trim().is_empty() {
        faults.push(FieldFault::new("email", "required", "it is empty"));
        return None;
    }
    Email::parse(given)
        .map_err(|EmailError| faults.push(FieldFault::new("email", "invalid", EmailError.to_string())))
        .ok()
}

/// A name of a company or a person, or the fault of its field.
pub(crate) fn name(field: &'static str, given: &str, faults: &mut Vec<FieldFault>) -> Option<String> {
    let refuse = |error: NameError| {
        let code = match error {
            NameError::Empty => "required",
            NameError::TooLong => "too_long",
            NameError::NoLetter | NameError::Invisible => "invalid",
        };
        faults.push(FieldFault::new(field, code, error.to_string()));
    };
    checked_name(given).map_err(refuse).ok()
}
