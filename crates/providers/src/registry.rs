//! The lists of providers: one line each. What is in [`all`] has its routes and its tests; what is in [`connectable`] has
//! its setup page; what is in neither does not exist.

use crate::{
    cloud_ucm::CloudUcm,
    connect::{Checked, Connectable},
    contract::Provider,
    dialpad::Dialpad,
    generic::Generic,
    slack::Slack,
    speech::{AssemblyAi, Deepgram, OpenAi},
    switchboard::Switchboard,
    twilio::Twilio,
    vapi::Vapi,
    whatsapp::WhatsApp,
};

/// Those whose deliveries are taken in.
static ALL: &[&dyn Provider] = &[
    &Dialpad,     //
    &CloudUcm,    //
    &Generic,     //
    &Switchboard, //
];

/// Those that a person can connect, in the order in which people see them.
static CONNECTABLE: &[&dyn Connectable] =
    &[&Dialpad, &Vapi, &WhatsApp, &CloudUcm, &Generic, &Twilio, &Slack, &OpenAi, &Deepgram, &AssemblyAi];

/// Those whose credentials are tried with calls of their own. Dialpad's are tried where its sign-in is known.
static CHECKED: &[&dyn Checked] = &[&Vapi, &WhatsApp, &CloudUcm, &Twilio, &Slack, &OpenAi, &Deepgram, &AssemblyAi];

/// Every provider whose deliveries are taken in.
pub fn all() -> &'static [&'static dyn Provider] {
    ALL
}

/// The provider of that word; `None` for a word that is none that delivers.
pub fn by_slug(slug: &str) -> Option<&'static dyn Provider> {
    ALL.iter().copied().find(|provider| provider.slug() == slug)
}

/// Every kind of account that can be connected.
pub fn connectable() -> &'static [&'static dyn Connectable] {
    CONNECTABLE
}

/// The kind of that word that can be connected.
pub fn connectable_by_slug(slug: &str) -> Option<&'static dyn Connectable> {
    CONNECTABLE.iter().copied().find(|kind| kind.slug() == slug)
}

/// The kind of that word whose credentials are tried with calls of their own.
pub fn checked_by_slug(slug: &str) -> Option<&'static dyn Checked> {
    CHECKED.iter().copied().find(|kind| kind.slug() == slug)
}
