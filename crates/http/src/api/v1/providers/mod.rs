//! Providers: the kinds of account that can be connected, and what each needs.

use serde::Serialize;
use switchboard_providers::{Connectable, Field, FieldKind, Shape, registry};
use utoipa::ToSchema;

pub mod list;

/// A kind of account.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Provider)]
pub struct ProviderView {
    /// The word to make a connection with.
    pub provider: &'static str,
    pub name: &'static str,
    /// What such a connection does in this version.
    pub purpose: &'static str,
    /// Its events are taken in.
    pub delivers: bool,
    pub fields: Vec<FieldView>,
    /// What to do at the provider's side, in order.
    pub steps: &'static [&'static str],
}

/// One thing that a connection needs.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProviderField)]
pub struct FieldView {
    pub name: &'static str,
    pub label: &'static str,
    /// What it is and where it is found.
    pub help: &'static str,
    /// Sealed and never shown again; it goes under `credentials`, the others under `settings`.
    pub is_secret: bool,
    pub is_required: bool,
    /// Its value is `true` or `false`.
    pub is_flag: bool,
}

impl From<&Field> for FieldView {
    fn from(field: &Field) -> Self {
        Self {
            name: field.name,
            label: field.label,
            help: field.help,
            is_secret: field.kind == FieldKind::Credential,
            is_required: field.required,
            is_flag: field.shape == Shape::Flag,
        }
    }
}

impl From<&dyn Connectable> for ProviderView {
    fn from(kind: &dyn Connectable) -> Self {
        let spec = kind.connect();
        Self {
            provider: kind.slug(),
            name: kind.display_name(),
            purpose: spec.purpose,
            delivers: registry::by_slug(kind.slug()).is_some(),
            fields: spec.fields.iter().map(FieldView::from).collect(),
            steps: spec.steps,
        }
    }
}
