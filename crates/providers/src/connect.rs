//! What a provider needs to be told before it can be connected. One declaration drives the setup form, the docs page,
//! `connections` on the command line and `doctor`.

/// One thing that a connection needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// The key in the connection's settings or credentials.
    pub name: &'static str,
    pub label: &'static str,
    /// What it is and where at the provider's side it is found.
    pub help: &'static str,
    pub kind: FieldKind,
    pub required: bool,
}

/// Where a field is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    /// Shown again.
    Setting,
    /// Sealed, and never shown again.
    Credential,
}

/// What a provider needs, and how to get it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConnectSpec {
    pub fields: &'static [Field],
    /// What to do at the provider's side, in order.
    pub steps: &'static [&'static str],
}
