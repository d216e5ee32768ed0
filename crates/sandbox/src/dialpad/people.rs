//! Who works at a company of the sandbox: an office, a call queue, six users, three outside contacts.
//!
//! Names and numbers are the same for every company (555 numbers, which are never assigned); ids differ.

use serde_json::{Value, json};

use crate::dice::Dice;

/// The other side of a call or text, or one of ours, as events describe it.
#[derive(Clone, Debug)]
pub(crate) struct Party {
    pub(crate) id: i64,
    /// The word events use: `user`, `office`, `call_center`, `local`, ...
    pub(crate) kind: &'static str,
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) phone: String,
    pub(crate) office_id: Option<i64>,
}

impl Party {
    /// A contact or target object of a call event.
    pub(crate) fn in_event(&self) -> Value {
        let mut object =
            json!({"id": self.id, "type": self.kind, "email": self.email, "phone": self.phone, "name": self.name});
        if let Some(office) = self.office_id {
            object["office_id"] = office.into();
        }
        object
    }

    /// The same in a REST reply, which has no office.
    pub(crate) fn in_reply(&self) -> Value {
        json!({"id": self.id, "type": self.kind, "email": self.email, "phone": self.phone, "name": self.name})
    }

    /// The type as the API spells it: `call_center` in events is `callcenter` there.
    pub(crate) fn api_kind(&self) -> &'static str {
        if self.kind == "call_center" { "callcenter" } else { self.kind }
    }
}

/// The fixed staff of one company.
#[derive(Debug)]
pub(crate) struct People {
    pub(crate) company_id: i64,
    pub(crate) office: Party,
    pub(crate) queue: Party,
    pub(crate) users: [Party; 6],
}

impl People {
    pub(crate) fn new(dice: &Dice) -> Self {
        let company_id = dice.id();
        let office_id = dice.id();
        // They came later, and nobody's id changes because of them.
        let newcomers = Dice::new(company_id.unsigned_abs());
        let party = |kind, name: &str, email: &str, phone: &str, id| Party {
            id,
            kind,
            name: name.to_owned(),
            email: email.to_owned(),
            phone: phone.to_owned(),
            office_id: Some(office_id),
        };
        Self {
            company_id,
            office: party("office", "Example Co", "", "+14155550100", office_id),
            queue: party("call_center", "Customer care", "", "+14155550110", dice.id()),
            users: [
                party("user", "Alex Rivera", "alex.rivera@example.com", "+14155550101", dice.id()),
                party("user", "Sam Patel", "sam.patel@example.com", "+14155550102", dice.id()),
                party("user", "Robin Okafor", "robin.okafor@example.com", "+14155550103", dice.id()),
                party("user", "Dana Kowalski", "dana.kowalski@example.com", "+14155550104", newcomers.id()),
                party("user", "Priya Raman", "priya.raman@example.com", "+14155550105", newcomers.id()),
                party("user", "Leo Fischer", "leo.fischer@example.com", "+14155550106", newcomers.id()),
            ],
        }
    }

    pub(crate) fn user(&self, id: i64) -> Option<&Party> {
        self.users.iter().find(|user| user.id == id)
    }

    /// Whoever answers a number of this company.
    pub(crate) fn by_number(&self, number: &str) -> Option<&Party> {
        self.users.iter().chain([&self.office, &self.queue]).find(|party| party.phone == number)
    }

    /// A target by the API's type word and id.
    pub(crate) fn by_target(&self, kind: &str, id: i64) -> Option<&Party> {
        self.users.iter().chain([&self.office, &self.queue]).find(|party| party.api_kind() == kind && party.id == id)
    }
}

/// The contacts a company starts with: first name, last name, number.
pub(crate) const FIRST_CONTACTS: [(&str, &str, &str); 3] =
    [("Jordan", "Lee", "+14155550123"), ("Casey", "Nguyen", "+14155550177"), ("Morgan", "Silva", "+14155550188")];

/// `(415) 555-0100` for a North American number, otherwise the number: how Dialpad shows a number that has no name.
pub(crate) fn national(number: &str) -> String {
    match number.strip_prefix("+1") {
        Some(rest) if rest.len() == 10 && rest.bytes().all(|byte| byte.is_ascii_digit()) => {
            format!("({}) {}-{}", &rest[..3], &rest[3..6], &rest[6..])
        }
        _ => number.to_owned(),
    }
}

/// E.164: a plus, a first digit that is not 0, 7 to 15 digits in all.
pub(crate) fn is_e164(number: &str) -> bool {
    number.strip_prefix('+').is_some_and(|digits| {
        (7..=15).contains(&digits.len()) && !digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}
