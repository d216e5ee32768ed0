//! Trouble on demand: the next so many requests that match get it.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

use serde::{Deserialize, Serialize};

/// Orders that may wait at once.
const MAX_ORDERS: usize = 100;

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UcmFaultKind {
    /// -45: ask again in 15 seconds.
    TooOften,
    /// -98.
    Busy,
    /// -6: the cookie is not known (any more).
    SignedOut,
    /// -47.
    NoPermission,
    /// 200 and nothing.
    Empty,
    /// 200 and a page of HTML.
    Page,
    /// 200 and a file of the maker's own kind, which is no audio.
    Wrapped,
    /// 500.
    ServerError,
    /// No answer until the sandbox stops, or a minute has passed.
    Hang,
}

/// An order for trouble.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UcmFault {
    pub kind: UcmFaultKind,
    /// How many requests get it.
    #[serde(default = "one")]
    pub count: u32,
    /// Only requests with this action, such as `cdrapi` or `recapi`.
    #[serde(default)]
    pub action: Option<String>,
}

fn one() -> u32 {
    1
}

impl UcmFault {
    pub fn new(kind: UcmFaultKind, count: u32) -> Self {
        Self { kind, count, action: None }
    }

    /// Only of this action.
    #[must_use]
    pub fn on(mut self, action: &str) -> Self {
        self.action = Some(action.to_owned());
        self
    }
}

#[derive(Debug, Default)]
pub(super) struct Faults(Mutex<VecDeque<UcmFault>>);

impl Faults {
    fn orders(&self) -> MutexGuard<'_, VecDeque<UcmFault>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds an order; the oldest falls out when too many wait.
    pub(super) fn add(&self, fault: UcmFault) {
        let mut orders = self.orders();
        orders.push_back(fault);
        if orders.len() > MAX_ORDERS {
            orders.pop_front();
        }
    }

    pub(super) fn clear(&self) {
        self.orders().clear();
    }

    /// The fault for this request, if one was ordered; counts it.
    pub(super) fn take(&self, action: &str) -> Option<UcmFaultKind> {
        let mut orders = self.orders();
        let fits = |order: &UcmFault| order.action.as_deref().is_none_or(|wanted| wanted == action);
        let index = orders.iter().position(|order| order.count > 0 && fits(order))?;
        let order = orders.get_mut(index)?;
        order.count -= 1;
        let kind = order.kind;
        orders.retain(|order| order.count > 0);
        Some(kind)
    }
}
