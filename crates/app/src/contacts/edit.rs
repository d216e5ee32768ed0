//! Writing a contact down, and changing what is written of it.

use switchboard_domain::{
    audit::Action,
    contact::{ContactEdit, key_of_written},
    email::Email,
    ids::ContactId,
    phone::{self, Region},
    tenant::checked_name,
};
use switchboard_store::{
    TenantScope,
    contacts::{self, KeptContact},
};

use super::{ContactError, MAX_EMAILS, key_of, later_than, say};
use crate::{
    App,
    accounts::FieldFault,
    audit::{self, Entry, Origin},
    merge,
};

/// A contact as somebody writes it down.
#[derive(Debug, Clone, Default)]
pub struct NewContact {
    pub phone: Option<String>,
    pub name: Option<String>,
    pub company: Option<String>,
    pub emails: Vec<String>,
}

/// What somebody changes. `None` leaves it; an empty text takes it away.
#[derive(Debug, Clone, Default)]
pub struct Rewritten {
    pub name: Option<String>,
    pub company: Option<String>,
    pub emails: Option<Vec<String>>,
}

impl Rewritten {
    /// Checked, and in the form that is kept.
    pub(super) fn checked(self, faults: &mut Vec<FieldFault>) -> Self {
        let mut text = |field, given: Option<String>| given.map(|given| shown_text(field, &given, faults));
        let (name, company) = (text("name", self.name), text("company", self.company));
        let emails = self.emails.map(|given| addresses(&given, faults));
        Self { name, company, emails }
    }

    /// What this says of a contact.
    pub(super) fn of(self, mut edit: ContactEdit) -> ContactEdit {
        edit.name = self.name;
        edit.company = self.company;
        edit.emails = self.emails;
        edit
    }

    /// The names of what is changed, for the audit log.
    fn fields(&self) -> Vec<&'static str> {
        let given =
            [("name", self.name.is_some()), ("company", self.company.is_some()), ("emails", self.emails.is_some())];
        given.into_iter().filter(|(_, is_given)| *is_given).map(|(field, _)| field).collect()
    }
}

fn shown_text(field: &'static str, given: &str, faults: &mut Vec<FieldFault>) -> String {
    if given.trim().is_empty() {
        return String::new();
    }
    let refuse = |error: switchboard_domain::tenant::NameError| {
        faults.push(FieldFault::new(field, "invalid", error.to_string()));
        String::new()
    };
    checked_name(given).unwrap_or_else(refuse)
}

fn addresses(given: &[String], faults: &mut Vec<FieldFault>) -> Vec<String> {
    if given.len() > MAX_EMAILS {
        faults.push(FieldFault::new("emails", "too_long", format!("a contact has at most {MAX_EMAILS} addresses")));
        return Vec::new();
    }
    let mut addresses = Vec::with_capacity(given.len());
    for written in given.iter().filter(|written| !written.trim().is_empty()) {
        match Email::parse(written) {
            Ok(email) => addresses.push(email.into_string()),
            Err(error) => faults.push(FieldFault::new("emails", "invalid", error.to_string())),
        }
    }
    addresses.sort();
    addresses.dedup();
    addresses
}

/// The number that somebody wrote, as providers' numbers are written; `None` where it is no number.
pub(super) fn number(written: &str, region: Region) -> Option<String> {
    let number = phone::party(written, region)?;
    let digits = number.strip_prefix('+').unwrap_or(&number);
    let is_number = (3..=15).contains(&digits.len()) && digits.chars().all(|c| c.is_ascii_digit());
    // Without its country it is a short code, or nothing that anybody could be called at.
    (is_number && (number.starts_with('+') || digits.len() <= 6)).then_some(number)
}

/// Writes a contact down. Whoever calls from this number already is that contact, and then gets what is written here; true
/// when there was none.
pub async fn create(
    app: &App,
    scope: TenantScope,
    by: &Origin,
    given: NewContact,
) -> Result<(KeptContact, bool), ContactError> {
    let mut faults = Vec::new();
    let phone = given.phone.as_deref().filter(|phone| !phone.trim().is_empty());
    let number = phone.and_then(|written| number(written, Region::US));
    if phone.is_some() && number.is_none() {
        faults.push(FieldFault::new("phone", "invalid", "it is no telephone number; write it like +14155550123"));
    }
    let given_emails = Some(given.emails).filter(|emails| !emails.is_empty());
    let written = Rewritten { name: given.name, company: given.company, emails: given_emails }.checked(&mut faults);
    let email = written.emails.as_ref().and_then(|emails| emails.first());
    let key = key_of_written(scope.tenant(), number.as_deref(), email.map(String::as_str));
    if key.is_none() && faults.is_empty() {
        faults.push(FieldFault::new("phone", "required", "a contact needs a telephone number or an e-mail address"));
    }
    let (Some(key), true) = (key, faults.is_empty()) else { return Err(ContactError::Invalid(faults)) };

    let mut tx = app.db.begin(scope).await?;
    tx.lock_tenant().await?;
    let found = contacts::lookup(&mut tx.conn(), scope, key.id).await?;
    let is_new = found.is_none();
    let edit = match &found {
        Some(kept) => ContactEdit::of(&key_of(kept)),
        None => ContactEdit { phone: number, ..ContactEdit::of(&key) },
    };
    let (id, fields) = (edit.contact, written.fields());
    let at = later_than(app.now(), &found);
    let action = if is_new { Action::ContactCreated } else { Action::ContactUpdated };
    let has_jobs = say(app, &mut tx, at, action.as_str(), vec![written.of(edit)]).await?;
    let kept = contacts::lookup(&mut tx.conn(), scope, id).await?.ok_or(ContactError::NotFound)?;
    audit::record(&mut tx, app, Entry::new(by, action).on("contact", id).with("fields", fields)).await?;
    merge::commit_own(app, tx, has_jobs).await?;
    Ok((kept, is_new))
}

/// Changes what is written of a contact. From then on that stands, whatever providers say.
pub async fn update(
    app: &App,
    scope: TenantScope,
    by: &Origin,
    id: ContactId,
    given: Rewritten,
) -> Result<KeptContact, ContactError> {
    let mut tx = app.db.begin(scope).await?;
    tx.lock_tenant().await?;
    let kept = contacts::lookup(&mut tx.conn(), scope, id).await?.ok_or(ContactError::NotFound)?;
    let mut faults = Vec::new();
    let written = given.checked(&mut faults);
    if !faults.is_empty() {
        return Err(ContactError::Invalid(faults));
    }
    let fields = written.fields();
    let edit = written.of(ContactEdit::of(&key_of(&kept)));
    if edit.is_empty() {
        return Ok(kept);
    }
    let id = kept.record.id;
    let at = later_than(app.now(), [&kept]);
    let has_jobs = say(app, &mut tx, at, Action::ContactUpdated.as_str(), vec![edit]).await?;
    let kept = contacts::lookup(&mut tx.conn(), scope, id).await?.ok_or(ContactError::NotFound)?;
    let entry = Entry::new(by, Action::ContactUpdated).on("contact", id).with("fields", fields);
    audit::record(&mut tx, app, entry).await?;
    merge::commit_own(app, tx, has_jobs).await?;
    Ok(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_providers_write_them() {
        let read = |written| number(written, Region::US);
        assert_eq!(read("(415) 555-2671").as_deref(), Some("+14155552671"));
        assert_eq!(read("+34 912 345 678").as_deref(), Some("+34912345678"));
        assert_eq!(read("72345").as_deref(), Some("72345"), "a short code");
        for none in ["call me", "5552671123123", "private", "", "+", "12"] {
            assert_eq!(read(none), None, "{none}");
        }
        assert_eq!(number("912 345 678", Region::ES).as_deref(), Some("+34912345678"));
    }

    #[test]
    fn what_is_written_is_checked_and_tidied() {
        let mut faults = Vec::new();
        let written = Rewritten {
            name: Some("  Jordan \t Lee ".into()),
            company: Some("  ".into()),
            emails: Some(vec!["B@x.com".into(), "a@x.com".into(), "b@x.com".into(), String::new()]),
        };
        let checked = written.checked(&mut faults);
        assert_eq!(faults, []);
        assert_eq!(checked.name.as_deref(), Some("Jordan Lee"));
        assert_eq!(checked.company.as_deref(), Some(""), "taken away");
        assert_eq!(checked.emails, Some(vec!["a@x.com".to_owned(), "b@x.com".to_owned()]));
        let wrong = Rewritten { name: Some("\u{202e}".into()), emails: Some(vec!["nobody".into()]), company: None };
        let _ = wrong.checked(&mut faults);
        assert_eq!(faults.iter().map(|fault| fault.field).collect::<Vec<_>>(), ["name", "emails"]);
    }
}
