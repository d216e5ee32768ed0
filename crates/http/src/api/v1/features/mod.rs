//! Features that are on or off for a workspace.

use std::collections::BTreeMap;

use serde::Serialize;
use switchboard_app::features::Features;
use switchboard_domain::feature::Feature;
use utoipa::ToSchema;

use crate::problem::{Code, FieldProblem, Problem};

pub mod list;
pub mod set;

/// A feature.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Feature)]
pub struct FeatureView {
    #[schema(schema_with = crate::api::v1::feature)]
    pub name: Feature,
    /// What it switches.
    pub about: &'static str,
    pub is_on: bool,
    /// Whether it was switched for this workspace; otherwise it is what everybody has.
    pub is_switched: bool,
}

/// All features of a workspace.
pub(crate) fn views(features: &Features) -> Vec<FeatureView> {
    let view = |feature: &Feature| FeatureView {
        name: *feature,
        about: feature.about(),
        is_on: features.is_on(*feature),
        is_switched: features.switched(*feature).is_some(),
    };
    Feature::ALL.iter().map(view).collect()
}

/// What is to be switched: features by name, on or off; null leaves one to the installation again.
pub(crate) type Wanted = BTreeMap<String, Option<bool>>;

/// The features that are named, or the names that mean none.
pub(crate) fn wanted(asked: Wanted) -> Result<Vec<(Feature, Option<bool>)>, Problem> {
    let mut problem = Problem::new(Code::InvalidBody, "the body names a feature that there is not");
    let mut found = Vec::new();
    for (name, is_on) in asked {
        if let Some(feature) = Feature::parse(&name) {
            found.push((feature, is_on));
        } else {
            let message = "there is no such feature; GET /api/v1/features names them".to_owned();
            // Shortened: it is whatever somebody sent.
            problem.errors.push(FieldProblem { field: name.chars().take(60).collect(), code: "unknown", message });
        }
    }
    if problem.errors.is_empty() { Ok(found) } else { Err(problem) }
}
