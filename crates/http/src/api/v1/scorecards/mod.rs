//! Scorecards: questions that calls are judged by, with yes and no and a weight.

use serde::{Deserialize, Serialize};
use switchboard_app::insights::cards::{CardWish, CardsError};
use switchboard_domain::{Timestamp, ids::ScorecardId};
use switchboard_store::scorecards::{Scorecard, ScorecardItem};
use utoipa::ToSchema;

use crate::problem::{Code, Problem};

pub mod create;
pub mod delete;
pub mod get;
pub mod list;
pub mod update;

/// A scorecard.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Scorecard)]
pub struct CardView {
    #[schema(value_type = String)]
    pub id: ScorecardId,
    pub name: String,
    pub items: Vec<ItemView>,
    pub is_on: bool,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

/// A question that is answered with yes or no.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ScorecardItem)]
pub struct ItemView {
    #[schema(min_length = 1, max_length = 300)]
    pub question: String,
    /// What a yes is worth beside the others.
    #[schema(minimum = 1, maximum = 100)]
    pub weight: i64,
}

impl From<Scorecard> for CardView {
    fn from(card: Scorecard) -> Self {
        let item = |item: ScorecardItem| ItemView { question: item.question, weight: item.weight };
        Self {
            id: card.id,
            name: card.name,
            items: card.items.into_iter().map(item).collect(),
            is_on: card.is_on,
            created_at: card.created_at,
            updated_at: card.updated_at,
        }
    }
}

/// What is to be other than it is; what is left out stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ScorecardWish)]
pub struct CardBody {
    #[schema(max_length = 200)]
    name: Option<String>,
    /// All of them, in their order.
    #[schema(max_items = 30)]
    items: Option<Vec<ItemView>>,
    is_on: Option<bool>,
}

impl From<CardBody> for CardWish {
    fn from(body: CardBody) -> Self {
        let item = |item: ItemView| ScorecardItem { question: item.question, weight: item.weight };
        Self {
            name: body.name,
            items: body.items.map(|items| items.into_iter().map(item).collect()),
            is_on: body.is_on,
        }
    }
}

impl From<CardsError> for Problem {
    fn from(error: CardsError) -> Self {
        let detail = error.to_string();
        match error {
            CardsError::NotFound => Self::not_found("scorecard"),
            CardsError::TooMany => Self::new(Code::Conflict, detail),
            CardsError::Invalid(faults) => Self::fields(faults),
            CardsError::Store(error) => error.into(),
        }
    }
}
