//! What a workspace used, and how much of its plan that is.

use std::collections::BTreeMap;

use serde::Serialize;
use switchboard_app::usage::Report;
use switchboard_domain::{
    Timestamp,
    usage::{Metric, Period, percent},
};
use utoipa::ToSchema;

pub mod get;

/// What was used, by calendar month of UTC. A call counts in the month in which it began, once it is over; its minutes are
/// those between answer and end, rounded up.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Usage)]
pub struct UsageView {
    /// The id of the plan.
    pub plan: String,
    /// This month, such as 2026-11.
    pub period: String,
    /// Changes up to this number are counted; the newest may be a minute away.
    pub counted_up_to: i64,
    /// This month, all metrics.
    pub current: Vec<MetricView>,
    /// Warnings that were given this month.
    pub warnings: Vec<WarningView>,
    /// The months before, the newest first, of which something was used; at most twelve.
    pub history: Vec<MonthView>,
}

/// One metric of this month.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UsageMetric)]
pub struct MetricView {
    #[schema(schema_with = crate::api::v1::metric)]
    pub metric: Metric,
    pub used: i64,
    /// What the plan includes; null is unlimited.
    pub limit: Option<i64>,
    /// How much of the limit is used, rounded down.
    pub percent: Option<i64>,
}

/// A warning that the owners were given.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UsageWarning)]
pub struct WarningView {
    #[schema(schema_with = crate::api::v1::metric)]
    pub metric: Metric,
    pub percent: i32,
    #[schema(value_type = String, format = DateTime)]
    pub warned_at: Timestamp,
}

/// A month of before.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UsageMonth)]
pub struct MonthView {
    pub period: String,
    /// By metric; what is missing was not used.
    pub used: BTreeMap<&'static str, i64>,
}

impl From<Report> for UsageView {
    fn from(report: Report) -> Self {
        let limit = |metric: Metric| match metric {
            Metric::CallMinutes => report.plan.as_ref().and_then(|plan| plan.limits.minutes),
            _ => None,
        };
        let used = |metric: Metric| {
            let of_it = |used: &&switchboard_store::usage::Used| used.period == report.period && used.metric == metric;
            report.used.iter().find(of_it).map_or(0, |found| found.used)
        };
        let view = |metric: &Metric| {
            let (used, limit) = (used(*metric), limit(*metric));
            MetricView { metric: *metric, used, limit, percent: limit.map(|limit| percent(used, limit)) }
        };
        let current = Metric::ALL.iter().map(view).collect();
        let mut months: BTreeMap<Period, BTreeMap<&'static str, i64>> = BTreeMap::new();
        for used in report.used.iter().filter(|used| used.period < report.period && used.used != 0) {
            months.entry(used.period).or_default().insert(used.metric.as_str(), used.used);
        }
        let month = |(period, used): (Period, _)| MonthView { period: period.to_string(), used };
        let warning = |warning: switchboard_store::usage::Warning| WarningView {
            metric: warning.metric,
            percent: warning.percent,
            warned_at: warning.warned_at,
        };
        Self {
            plan: report.plan.map_or_else(String::new, |plan| plan.id),
            period: report.period.to_string(),
            counted_up_to: report.counted_up_to,
            current,
            warnings: report.warnings.into_iter().map(warning).collect(),
            history: months.into_iter().rev().map(month).collect(),
        }
    }
}
