//! `GET /api/v1/reports/{kind}`, each with its own answer.
//!
//! Sixteen endpoints that differ in nothing but what they answer: here they are one line each, as the routes are, instead of
//! sixteen files that say the same.

use switchboard_rules::report::ReportKind;

macro_rules! reports {
    ($($(#[doc = $doc:literal])+ $name:ident $kind:ident $path:literal $operation:literal $answer:ident;)*) => {$(
        pub mod $name {
            use axum::{Json, extract::State};
            use switchboard_app::reports;
            use switchboard_rules::report::{Report, ReportKind, answers::$answer};

            use super::super::ReportQuery;
            use crate::{extract::{QueryString, TenantAuth}, problem::Problem, state::Web};

            $(#[doc = $doc])+
            #[utoipa::path(get, path = $path, operation_id = $operation, tag = "reports", params(ReportQuery),
                responses((status = 200, description = "The report", body = $answer)))]
            pub async fn handler(
                State(web): State<Web>,
                auth: TenantAuth,
                QueryString(asked): QueryString<ReportQuery>,
            ) -> Result<Json<Report>, Problem> {
                let (filter, asked) = asked.filter(&web, auth.scope).await?;
                Ok(Json(reports::run_as(&web.app, auth.scope, ReportKind::$kind, &filter, asked).await?))
            }
        }
    )*

        /// The kinds that have a route.
        pub const ALL: &[ReportKind] = &[$(ReportKind::$kind,)*];
    };
}

reports! {
    /// Calls by hour, day, week or month, by outcome.
    volume Volume "/api/v1/reports/volume" "get_volume_report" VolumeReport;
    /// The week as it usually goes: each weekday by each hour.
    heatmap Heatmap "/api/v1/reports/heatmap" "get_heatmap_report" HeatmapReport;
    /// How well and how fast calls are answered.
    answering Answering "/api/v1/reports/answering" "get_answering_report" AnsweringReport;
    /// Missed calls, and which of them nobody returned.
    missed Missed "/api/v1/reports/missed" "get_missed_report" MissedReport;
    /// Who calls and is called most, who comes back, who is new.
    callers Callers "/api/v1/reports/callers" "get_callers_report" CallersReport;
    /// What each extension or person did.
    extensions Extensions "/api/v1/reports/extensions" "get_extensions_report" ExtensionsReport;
    /// What each trunk carries at most, and the lines it takes.
    trunks Trunks "/api/v1/reports/trunks" "get_trunks_report" TrunksReport;
    /// Queues: service level, speed of answer, abandonment, agents.
    queues Queues "/api/v1/reports/queues" "get_queues_report" QueuesReport;
    /// Ring groups, and where menus let callers out.
    groups Groups "/api/v1/reports/groups" "get_groups_report" GroupsReport;
    /// Calls by country.
    countries Countries "/api/v1/reports/countries" "get_countries_report" CountriesReport;
    /// How long calls last and callers wait, as histograms.
    durations Durations "/api/v1/reports/durations" "get_durations_report" DurationsReport;
    /// Answered calls that were passed on.
    transfers Transfers "/api/v1/reports/transfers" "get_transfers_report" TransfersReport;
    /// Sentiment, scores and keywords over time.
    speech Speech "/api/v1/reports/speech" "get_speech_report" SpeechReport;
    /// A period beside another one.
    compare Compare "/api/v1/reports/compare" "get_compare_report" CompareReport;
    /// Hours that are out of the ordinary.
    anomalies Anomalies "/api/v1/reports/anomalies" "get_anomalies_report" AnomaliesReport;
    /// Whether the records can be believed, by connection.
    data_health DataHealth "/api/v1/reports/data-health" "get_data_health_report" DataHealthReport;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_report_has_a_route() {
        assert_eq!(ALL, ReportKind::ALL);
    }
}
