//! Numbers, extensions and countries, as tables.

use switchboard_domain::mail::Language;

use super::{ANSWERED, CALLS, INBOUND, INTERNAL, NAME, OUTBOUND, Sheet, TALK, or_empty, rate, seconds, text};
use crate::report::{
    answers::{CallersReport, CountriesReport, ExtensionsReport, NumberRow},
    table::{Cell, Table},
};

pub(super) fn callers(report: &CallersReport, language: Language) -> Vec<Table> {
    let table = |title, rows: &[NumberRow]| {
        let columns = [("Number", "Número"), NAME, CALLS, ANSWERED, TALK, ("New", "Nuevo")];
        let mut sheet = Sheet::new(language, title, &columns);
        for row in rows {
            let new = if row.is_new { sheet.say("yes", "sí") } else { Cell::Empty };
            sheet.row([
                text(&row.number),
                or_empty(row.name.as_ref()),
                Cell::Count(row.calls),
                Cell::Count(row.answered),
                Cell::Seconds(row.talk_seconds),
                new,
            ]);
        }
        sheet.table
    };
    let mut all = Sheet::new(language, ("Callers", "Quién llama"), &[("Measure", "Medida"), ("Count", "Cantidad")]);
    for (what, count) in [
        (("Callers", "Personas que llaman"), report.callers),
        (("Called more than once", "Llamaron más de una vez"), report.repeat_callers),
        (("New", "Nuevos"), report.new_callers),
        (("Known", "Conocidos"), report.known_callers),
        (("Calls without a number", "Llamadas sin número"), report.hidden_calls),
    ] {
        let what = all.say(what.0, what.1);
        all.row([what, Cell::Count(count)]);
    }
    vec![
        all.table,
        table(("Who calls most", "Quién llama más"), &report.top_callers),
        table(("Who is called most", "A quién se llama más"), &report.top_called),
    ]
}

pub(super) fn extensions(report: &ExtensionsReport, language: Language) -> Vec<Table> {
    let columns = [
        ("Extension", "Extensión"),
        NAME,
        CALLS,
        INBOUND,
        ("Inbound answered", "Entrantes atendidas"),
        ("Inbound missed", "Entrantes perdidas"),
        OUTBOUND,
        ("Outbound answered", "Salientes atendidas"),
        INTERNAL,
        ("Transferred", "Transferidas"),
        TALK,
        ("Average talk", "Conversación media"),
        ("Average ring", "Timbre medio"),
    ];
    let mut sheet = Sheet::new(language, ("Extensions", "Extensiones"), &columns);
    for row in &report.rows {
        let counts = [
            row.calls,
            row.inbound,
            row.inbound_answered,
            row.inbound_missed,
            row.outbound,
            row.outbound_answered,
            row.internal,
            row.transferred,
        ];
        let who = [text(&row.agent_id), or_empty(row.name.as_ref())];
        let times =
            [Cell::Seconds(row.talk_seconds), seconds(row.average_talk_seconds), seconds(row.average_ring_seconds)];
        sheet.row(who.into_iter().chain(counts.map(Cell::Count)).chain(times));
    }
    vec![sheet.table]
}

pub(super) fn countries(report: &CountriesReport, language: Language) -> Vec<Table> {
    let columns = [
        ("Country", "País"),
        CALLS,
        INBOUND,
        OUTBOUND,
        ("Connect rate", "Tasa de conexión"),
        TALK,
        ("Inbound talk", "Conversación entrante"),
        ("Outbound talk", "Conversación saliente"),
    ];
    let mut sheet = Sheet::new(language, ("Countries", "Países"), &columns);
    for row in &report.rows {
        sheet.row([
            text(&row.country),
            Cell::Count(row.calls),
            Cell::Count(row.inbound),
            Cell::Count(row.outbound),
            rate(row.connect_rate),
            Cell::Seconds(row.talk_seconds),
            Cell::Seconds(row.inbound_talk_seconds),
            Cell::Seconds(row.outbound_talk_seconds),
        ]);
    }
    vec![sheet.table]
}
