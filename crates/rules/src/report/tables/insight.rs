//! Speech, periods side by side, what is out of the ordinary, the data itself, as tables.

use switchboard_domain::mail::Language;

use super::{CALLS, DATE, Sheet, rate, text, whole};
use crate::report::{
    answers::{
        AnomaliesReport, Anomaly, CompareReport, CompareRow, DataHealthReport, Measure, Oddity, SpeechReport, Unit,
    },
    table::{Cell, Table},
};

pub(super) fn speech(report: &SpeechReport, language: Language) -> Vec<Table> {
    let columns = [
        DATE,
        ("Transcribed", "Transcritas"),
        ("Positive", "Positivas"),
        ("Neutral", "Neutras"),
        ("Negative", "Negativas"),
        ("Average sentiment", "Sentimiento medio"),
        ("With keywords", "Con palabras clave"),
    ];
    let mut days = Sheet::new(language, ("Conversations", "Conversaciones"), &columns);
    for day in &report.days {
        let of = &day.sentiment;
        days.row([
            text(day.date.to_string()),
            Cell::Count(day.transcribed),
            Cell::Count(of.positive),
            Cell::Count(of.neutral),
            Cell::Count(of.negative),
            of.average.map_or(Cell::Empty, Cell::Decimal),
            Cell::Count(day.keyword_calls),
        ]);
    }
    let columns = [("Keyword", "Palabra clave"), ("List", "Lista"), CALLS, ("Times said", "Veces dicha")];
    let mut keywords = Sheet::new(language, ("Keywords", "Palabras clave"), &columns);
    for row in &report.keywords {
        keywords.row([text(&row.keyword), text(&row.list), Cell::Count(row.calls), Cell::Count(row.hits)]);
    }
    vec![days.table, keywords.table]
}

pub(super) fn compare(report: &CompareReport, language: Language) -> Vec<Table> {
    let columns = [
        ("Measure", "Medida"),
        ("Now", "Ahora"),
        ("Before", "Antes"),
        ("Difference", "Diferencia"),
        ("Change", "Cambio"),
    ];
    let mut sheet = Sheet::new(language, ("Compare periods", "Comparar períodos"), &columns);
    for row in &report.rows {
        let value = |value| measured(row, value);
        sheet.row([
            text(measure_word(row.measure, language)),
            value(row.now),
            value(row.before),
            value(row.difference),
            rate(row.change),
        ]);
    }
    vec![sheet.table]
}

pub(super) fn anomalies(report: &AnomaliesReport, language: Language) -> Vec<Table> {
    let columns =
        [("When", "Cuándo"), ("What", "Qué"), ("Value", "Valor"), ("Usual", "Habitual"), ("Score", "Puntuación")];
    let mut sheet = Sheet::new(language, ("Out of the ordinary", "Fuera de lo normal"), &columns);
    for row in &report.rows {
        let (value, usual) = odd_values(row);
        sheet.row([
            Cell::Moment(row.starts),
            text(oddity_word(row.kind, language)),
            value,
            usual,
            Cell::Decimal(row.score),
        ]);
    }
    vec![sheet.table]
}

pub(super) fn data_health(report: &DataHealthReport, language: Language) -> Vec<Table> {
    let columns = [
        ("Connection", "Conexión"),
        ("Last received", "Última recepción"),
        ("Last call", "Última llamada"),
        CALLS,
        ("Gaps", "Huecos"),
        ("Duplicates", "Duplicadas"),
        ("Estimated starts", "Inicios estimados"),
        ("Clock ahead", "Reloj adelantado"),
        ("Late", "Tardías"),
        ("Median delay", "Retraso mediano"),
    ];
    let mut sheet = Sheet::new(language, ("Data health", "Salud de los datos"), &columns);
    for row in &report.connections {
        let count = |count: usize| Cell::Count(i64::try_from(count).unwrap_or(i64::MAX));
        sheet.row([
            text(&row.name),
            row.last_received_at.map_or(Cell::Empty, Cell::Moment),
            row.last_call_at.map_or(Cell::Empty, Cell::Moment),
            Cell::Count(row.calls),
            count(row.gaps.len()),
            Cell::Count(row.duplicates),
            Cell::Count(row.estimated_starts),
            whole(row.drift_seconds),
            Cell::Count(row.late),
            whole(row.delay.median_seconds),
        ]);
    }
    vec![sheet.table]
}

#[expect(clippy::cast_possible_truncation, reason = "counts and seconds, rounded")]
fn measured(row: &CompareRow, value: Option<f64>) -> Cell {
    let Some(value) = value else { return Cell::Empty };
    match row.unit {
        Unit::Count => Cell::Count(value.round() as i64),
        Unit::Share => Cell::Share(value),
        Unit::Seconds => Cell::Seconds(value.round() as i64),
    }
}

const fn odd_values(row: &Anomaly) -> (Cell, Cell) {
    match row.kind {
        Oddity::AnswerRateLow => (Cell::Share(row.value), Cell::Share(row.usual)),
        Oddity::VolumeHigh | Oddity::VolumeLow | Oddity::InternationalAfterHours => {
            (Cell::Decimal(row.value), Cell::Decimal(row.usual))
        }
    }
}

const fn oddity_word(oddity: Oddity, language: Language) -> &'static str {
    match oddity {
        Oddity::VolumeHigh => language.pick("More calls than usual", "Más llamadas de lo normal"),
        Oddity::VolumeLow => language.pick("Fewer calls than usual", "Menos llamadas de lo normal"),
        Oddity::AnswerRateLow => language.pick("Fewer answered than usual", "Menos atendidas de lo normal"),
        Oddity::InternationalAfterHours => {
            language.pick("International calls after hours", "Llamadas internacionales fuera de horario")
        }
    }
}

const fn measure_word(measure: Measure, language: Language) -> &'static str {
    match measure {
        Measure::Calls => language.pick("Calls", "Llamadas"),
        Measure::Inbound => language.pick("Inbound", "Entrantes"),
        Measure::Outbound => language.pick("Outbound", "Salientes"),
        Measure::Internal => language.pick("Internal", "Internas"),
        Measure::AnswerRate => language.pick("Answer rate", "Tasa de atención"),
        Measure::ConnectRate => language.pick("Connect rate", "Tasa de conexión"),
        Measure::Missed => language.pick("Missed", "Perdidas"),
        Measure::Abandoned => language.pick("Abandoned", "Abandonadas"),
        Measure::Voicemails => language.pick("Voicemails", "Mensajes de voz"),
        Measure::TalkSeconds => language.pick("Talk", "Conversación"),
        Measure::AverageTalk => language.pick("Average talk", "Conversación media"),
        Measure::AverageWait => language.pick("Average wait", "Espera media"),
        Measure::MedianWait => language.pick("Median wait", "Espera mediana"),
        Measure::P90Wait => language.pick("90th percentile wait", "Percentil 90 de espera"),
        Measure::TransferRate => language.pick("Transfer rate", "Tasa de transferencia"),
    }
}
