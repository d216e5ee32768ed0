//! The list of providers: one line each. What is in this list has its routes, its setup page and its tests; what is not
//! does not exist.

use crate::{contract::Provider, dialpad::Dialpad, switchboard::Switchboard};

static ALL: &[&dyn Provider] = &[
    &Dialpad,     //
    &Switchboard, //
];

/// Every provider, in the order in which people see them.
pub fn all() -> &'static [&'static dyn Provider] {
    ALL
}

/// The provider of that word; `None` for a word that is no provider's.
pub fn by_slug(slug: &str) -> Option<&'static dyn Provider> {
    ALL.iter().copied().find(|provider| provider.slug() == slug)
}
