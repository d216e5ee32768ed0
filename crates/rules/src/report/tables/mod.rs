//! Reports as tables: for spreadsheets, paper and mail. One or a few for each report, in the reader's language.

mod calls;
mod insight;
mod lines;
mod people;

use switchboard_domain::mail::Language;

use super::{
    answers::{Distribution, Outcomes, Report},
    table::{Cell, Column, Table},
};

/// A table in the making.
struct Sheet {
    language: Language,
    table: Table,
}

fn text(text: impl Into<String>) -> Cell {
    Cell::Text(text.into())
}

fn or_empty(text: Option<&String>) -> Cell {
    text.map_or(Cell::Empty, |text| Cell::Text(text.clone()))
}

fn rate(value: Option<f64>) -> Cell {
    value.map_or(Cell::Empty, Cell::Share)
}

#[expect(clippy::cast_possible_truncation, reason = "a length in seconds, rounded")]
fn seconds(value: Option<f64>) -> Cell {
    value.map_or(Cell::Empty, |value| Cell::Seconds(value.round() as i64))
}

fn whole(value: Option<i64>) -> Cell {
    value.map_or(Cell::Empty, Cell::Seconds)
}

impl Sheet {
    fn new(language: Language, title: (&'static str, &'static str), columns: &[(&'static str, &'static str)]) -> Self {
        let pick = |(en, es): (&'static str, &'static str)| language.pick(en, es).to_owned();
        let columns = columns.iter().map(|column| Column { title: pick(*column) }).collect();
        Self { language, table: Table { title: pick(title), columns, rows: Vec::new() } }
    }

    fn row(&mut self, cells: impl IntoIterator<Item = Cell>) {
        self.table.rows.push(cells.into_iter().collect());
    }

    fn say(&self, en: &'static str, es: &'static str) -> Cell {
        text(self.language.pick(en, es))
    }
}

const CALLS: (&str, &str) = ("Calls", "Llamadas");
const ANSWERED: (&str, &str) = ("Answered", "Atendidas");
const RATE: (&str, &str) = ("Rate", "Tasa");
const DATE: (&str, &str) = ("Date", "Fecha");
const NAME: (&str, &str) = ("Name", "Nombre");
const TALK: (&str, &str) = ("Talk", "Conversación");
const INBOUND: (&str, &str) = ("Inbound", "Entrantes");
const OUTBOUND: (&str, &str) = ("Outbound", "Salientes");
const INTERNAL: (&str, &str) = ("Internal", "Internas");
const OFFERED: (&str, &str) = ("Offered", "Ofrecidas");
const OUTCOMES: [(&str, &str); 9] = [
    ANSWERED,
    ("Missed", "Perdidas"),
    ("Abandoned", "Abandonadas"),
    ("Voicemail", "Buzón"),
    ("No answer", "Sin respuesta"),
    ("Busy", "Ocupado"),
    ("Failed", "Fallidas"),
    ("Congestion", "Congestión"),
    ("Rejected", "Rechazadas"),
];

fn outcomes(of: &Outcomes) -> [Cell; 9] {
    let Outcomes { answered, missed, abandoned, voicemail, no_answer, busy, failed, congestion, rejected } = *of;
    [answered, missed, abandoned, voicemail, no_answer, busy, failed, congestion, rejected].map(Cell::Count)
}

const LENGTHS: [(&str, &str); 5] =
    [CALLS, ("Average", "Media"), ("Median", "Mediana"), ("90th percentile", "Percentil 90"), ("Longest", "Máximo")];

fn lengths(of: &Distribution) -> [Cell; 5] {
    [
        Cell::Count(of.calls),
        seconds(of.average_seconds),
        whole(of.median_seconds),
        whole(of.p90_seconds),
        whole(of.longest_seconds),
    ]
}

impl Report {
    /// The report as tables. The first column says what a row is.
    pub fn tables(&self, language: Language) -> Vec<Table> {
        match self {
            Self::Volume(report) => calls::volume(report, language),
            Self::Heatmap(report) => calls::heatmap(report, language),
            Self::Answering(report) => calls::answering(report, language),
            Self::Missed(report) => calls::missed(report, language),
            Self::Durations(report) => calls::durations(report, language),
            Self::Transfers(report) => calls::transfers(report, language),
            Self::Callers(report) => people::callers(report, language),
            Self::Extensions(report) => people::extensions(report, language),
            Self::Countries(report) => people::countries(report, language),
            Self::Trunks(report) => lines::trunks(report, language),
            Self::Queues(report) => lines::queues(report, language),
            Self::Groups(report) => lines::groups(report, language),
            Self::Speech(report) => insight::speech(report, language),
            Self::Compare(report) => insight::compare(report, language),
            Self::Anomalies(report) => insight::anomalies(report, language),
            Self::DataHealth(report) => insight::data_health(report, language),
        }
    }
}
