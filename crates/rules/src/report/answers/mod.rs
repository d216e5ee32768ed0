//! What each report answers. These are the shapes of the API as well: a report is made to be read, and a second copy of some
//! sixty structs beside the routes would only repeat the words that define each number.

mod about;
mod calls;
mod insight;
mod lines;
mod people;
mod schema;

use serde::Serialize;

pub use self::{about::*, calls::*, insight::*, lines::*, people::*};
use super::ReportKind;

/// A report, of whatever kind.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Report {
    Volume(VolumeReport),
    Heatmap(HeatmapReport),
    Answering(Box<AnsweringReport>),
    Missed(MissedReport),
    Callers(CallersReport),
    Extensions(ExtensionsReport),
    Trunks(Box<TrunksReport>),
    Queues(Box<QueuesReport>),
    Groups(GroupsReport),
    Countries(CountriesReport),
    Durations(Box<DurationsReport>),
    Transfers(Box<TransfersReport>),
    Speech(SpeechReport),
    Compare(Box<CompareReport>),
    Anomalies(AnomaliesReport),
    DataHealth(DataHealthReport),
}

impl Report {
    pub const fn kind(&self) -> ReportKind {
        match self {
            Self::Volume(_) => ReportKind::Volume,
            Self::Heatmap(_) => ReportKind::Heatmap,
            Self::Answering(_) => ReportKind::Answering,
            Self::Missed(_) => ReportKind::Missed,
            Self::Callers(_) => ReportKind::Callers,
            Self::Extensions(_) => ReportKind::Extensions,
            Self::Trunks(_) => ReportKind::Trunks,
            Self::Queues(_) => ReportKind::Queues,
            Self::Groups(_) => ReportKind::Groups,
            Self::Countries(_) => ReportKind::Countries,
            Self::Durations(_) => ReportKind::Durations,
            Self::Transfers(_) => ReportKind::Transfers,
            Self::Speech(_) => ReportKind::Speech,
            Self::Compare(_) => ReportKind::Compare,
            Self::Anomalies(_) => ReportKind::Anomalies,
            Self::DataHealth(_) => ReportKind::DataHealth,
        }
    }

    /// What it says of itself.
    pub const fn about(&self) -> &About {
        match self {
            Self::Volume(report) => &report.about,
            Self::Heatmap(report) => &report.about,
            Self::Answering(report) => &report.about,
            Self::Missed(report) => &report.about,
            Self::Callers(report) => &report.about,
            Self::Extensions(report) => &report.about,
            Self::Trunks(report) => &report.about,
            Self::Queues(report) => &report.about,
            Self::Groups(report) => &report.about,
            Self::Countries(report) => &report.about,
            Self::Durations(report) => &report.about,
            Self::Transfers(report) => &report.about,
            Self::Speech(report) => &report.about,
            Self::Compare(report) => &report.about,
            Self::Anomalies(report) => &report.about,
            Self::DataHealth(report) => &report.about,
        }
    }
}
