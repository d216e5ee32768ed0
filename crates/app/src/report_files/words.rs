//! What reports and their filters are called on paper; the dashboard says the same.

use switchboard_domain::{
    call::{CallOutcome, Direction},
    mail::Language,
};
use switchboard_rules::report::{Filter, ReportKind};

/// A report's title.
pub const fn title(kind: ReportKind, language: Language) -> &'static str {
    match kind {
        ReportKind::Volume => language.pick("Volume", "Volumen"),
        ReportKind::Heatmap => language.pick("Times of the week", "Horas de la semana"),
        ReportKind::Answering => language.pick("Answering", "Atención"),
        ReportKind::Missed => language.pick("Missed calls", "Llamadas perdidas"),
        ReportKind::Callers => language.pick("Callers", "Quién llama"),
        ReportKind::Extensions => language.pick("Extensions", "Extensiones"),
        ReportKind::Trunks => language.pick("Trunks", "Troncales"),
        ReportKind::Queues => language.pick("Queues", "Colas"),
        ReportKind::Groups => language.pick("Ring groups and menus", "Grupos y menús"),
        ReportKind::Countries => language.pick("Countries", "Países"),
        ReportKind::Durations => language.pick("Durations", "Duraciones"),
        ReportKind::Transfers => language.pick("Transfers", "Transferencias"),
        ReportKind::Speech => language.pick("Conversations", "Conversaciones"),
        ReportKind::Compare => language.pick("Compare periods", "Comparar períodos"),
        ReportKind::Anomalies => language.pick("Out of the ordinary", "Fuera de lo normal"),
        ReportKind::DataHealth => language.pick("Data health", "Salud de los datos"),
    }
}

/// What a report was narrowed to, name and value; `connection` is what people call the connection.
pub fn filters(filter: &Filter, connection: Option<&str>, language: Language) -> Vec<(String, String)> {
    let fixed = [
        ("Direction", "Sentido", filter.direction.map(|way| direction(way, language).to_owned())),
        ("Outcome", "Resultado", filter.outcome.map(|end| outcome(end, language).to_owned())),
        ("Connection", "Conexión", connection.map(str::to_owned)),
        ("Agent or extension", "Agente o extensión", filter.agent.clone()),
        ("Queue", "Cola", filter.queue.clone()),
        ("Ring group", "Grupo de timbre", filter.ring_group.clone()),
        ("Trunk", "Troncal", filter.trunk.clone()),
        ("Number called", "Número llamado", filter.did.clone()),
    ];
    let shown = fixed.into_iter().filter_map(|(en, es, value)| Some((language.pick(en, es).to_owned(), value?)));
    shown.collect()
}

/// What stands before how much of a report is not counted.
pub const fn uncounted(language: Language) -> &'static str {
    language.pick("Not yet counted", "Aún sin contar")
}

/// How much of it is not counted: so many hours, or (0) nobody knows.
pub fn uncounted_hours(hours: i64, language: Language) -> String {
    match hours {
        ..=0 => language.pick("the whole period", "todo el período").to_owned(),
        1 => language.pick("1 hour", "1 hora").to_owned(),
        _ => format!("{hours} {}", language.pick("hours", "horas")),
    }
}

/// Which way a call went.
pub const fn direction(direction: Direction, language: Language) -> &'static str {
    match direction {
        Direction::Inbound => language.pick("Inbound", "Entrante"),
        Direction::Outbound => language.pick("Outbound", "Saliente"),
        Direction::Internal => language.pick("Internal", "Interna"),
    }
}

/// How a call ended.
pub const fn outcome(outcome: CallOutcome, language: Language) -> &'static str {
    match outcome {
        CallOutcome::Answered => language.pick("Answered", "Atendida"),
        CallOutcome::Missed => language.pick("Missed", "Perdida"),
        CallOutcome::Abandoned => language.pick("Abandoned", "Abandonada"),
        CallOutcome::Rejected => language.pick("Rejected", "Rechazada"),
        CallOutcome::Voicemail => language.pick("Voicemail", "Buzón de voz"),
        CallOutcome::NoAnswer => language.pick("No answer", "Sin respuesta"),
        CallOutcome::Busy => language.pick("Busy", "Ocupado"),
        CallOutcome::Failed => language.pick("Failed", "Fallida"),
        CallOutcome::Congestion => language.pick("Congestion", "Congestión"),
    }
}
