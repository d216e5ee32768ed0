//! The reports, by the word in their address.

use switchboard_domain::text_enum;

text_enum! {
    pub enum ReportKind {
        /// Calls by hour, day, week or month, stacked by outcome.
        Volume "volume",
        /// Weekday by hour: volume, answer rate, average wait.
        Heatmap "heatmap",
        /// Answer rate and handling times, with median and ninth decile.
        Answering "answering",
        /// Missed calls and which of them nobody returned.
        Missed "missed",
        /// Who calls and is called most, who comes back, who is new.
        Callers "callers",
        Extensions "extensions",
        /// Minutes, peak concurrency, Erlangs and the lines they need.
        Trunks "trunks",
        /// Service level, speed of answer, abandonment, and each agent's part.
        Queues "queues",
        /// Ring groups, and where menus let callers out.
        Groups "groups",
        Countries "countries",
        /// How long calls and waits last, as histograms.
        Durations "durations",
        Transfers "transfers",
        /// Sentiment, scores and keywords over time.
        Speech "speech",
        /// A period beside the one before it.
        Compare "compare",
        /// What is out of the ordinary: volume, answer rate, international calls after hours.
        Anomalies "anomalies",
        /// Whether the records can be believed: last heard, gaps, duplicates, clocks, backlog.
        DataHealth "data-health",
    }
}
