//! Trunks, queues, ring groups and menus, as tables.

use switchboard_domain::mail::Language;

use super::{ANSWERED, CALLS, INBOUND, NAME, OFFERED, OUTBOUND, Sheet, TALK, or_empty, rate, seconds, text, whole};
use crate::report::{
    answers::{Exit, GroupsReport, MemberRow, QueuesReport, TrunksReport},
    table::{Cell, Table},
};

pub(super) fn trunks(report: &TrunksReport, language: Language) -> Vec<Table> {
    let columns = [
        ("Trunk", "Troncal"),
        CALLS,
        INBOUND,
        OUTBOUND,
        ("Connect rate", "Tasa de conexión"),
        TALK,
        ("Lines taken", "Líneas ocupadas"),
        ("Peak", "Pico"),
        ("Peak at", "Hora del pico"),
        ("Busy hour", "Hora cargada"),
        ("Erlangs", "Erlangs"),
        ("Lines needed", "Líneas necesarias"),
    ];
    let mut sheet = Sheet::new(language, ("Trunks", "Troncales"), &columns);
    for row in report.rows.iter().chain([&report.all]) {
        let name = if row.trunk.is_empty() { sheet.say("All", "Todas") } else { text(&row.trunk) };
        sheet.row([
            name,
            Cell::Count(row.calls),
            Cell::Count(row.inbound),
            Cell::Count(row.outbound),
            rate(row.connect_rate),
            Cell::Seconds(row.talk_seconds),
            Cell::Seconds(row.held_seconds),
            Cell::Count(row.peak_calls),
            row.peak_at.map_or(Cell::Empty, Cell::Moment),
            row.busy_hour_at.map_or(Cell::Empty, Cell::Moment),
            Cell::Decimal(row.busy_hour_erlangs),
            Cell::Count(row.lines_needed),
        ]);
    }
    vec![sheet.table]
}

pub(super) fn queues(report: &QueuesReport, language: Language) -> Vec<Table> {
    let columns = [
        ("Queue", "Cola"),
        OFFERED,
        ANSWERED,
        ("Abandoned", "Abandonadas"),
        ("Gave up at once", "Colgaron enseguida"),
        ("Service level", "Nivel de servicio"),
        ("Average wait", "Espera media"),
        ("Abandon rate", "Tasa de abandono"),
        ("90th percentile wait", "Percentil 90 de espera"),
        ("Average talk", "Conversación media"),
        ("Agents needed", "Agentes necesarios"),
    ];
    let mut sheet = Sheet::new(language, ("Queues", "Colas"), &columns);
    let mut agents = Sheet::new(language, ("Agents of queues", "Agentes de las colas"), &MEMBERS);
    for row in report.rows.iter().chain([&report.all]) {
        let name = if row.queue.is_empty() { sheet.say("All", "Todas") } else { text(&row.queue) };
        sheet.row([
            name,
            Cell::Count(row.offered),
            Cell::Count(row.answered),
            Cell::Count(row.abandoned),
            Cell::Count(row.short_abandoned),
            rate(row.service_level),
            seconds(row.average_wait_seconds),
            rate(row.abandon_rate),
            whole(row.answered_wait.p90_seconds),
            seconds(row.talk.average_seconds),
            row.agents_needed.map_or(Cell::Empty, Cell::Count),
        ]);
        members(&mut agents, &row.queue, &row.agents);
    }
    vec![sheet.table, agents.table]
}

pub(super) fn groups(report: &GroupsReport, language: Language) -> Vec<Table> {
    let columns = [
        ("Ring group", "Grupo de timbre"),
        OFFERED,
        ANSWERED,
        ("Answer rate", "Tasa de atención"),
        ("Average wait", "Espera media"),
    ];
    let mut sheet = Sheet::new(language, ("Ring groups", "Grupos de timbre"), &columns);
    let mut agents = Sheet::new(language, ("Members", "Miembros"), &MEMBERS);
    for row in &report.groups {
        sheet.row([
            text(&row.ring_group),
            Cell::Count(row.offered),
            Cell::Count(row.answered),
            rate(row.answer_rate),
            seconds(row.wait.average_seconds),
        ]);
        members(&mut agents, &row.ring_group, &row.members);
    }
    let columns = [("Menu", "Menú"), ("Way out", "Salida"), ("Where to", "Destino"), CALLS, ("Share", "Porcentaje")];
    let mut menus = Sheet::new(language, ("Menus", "Menús"), &columns);
    for menu in &report.menus {
        for exit in &menu.exits {
            menus.row([
                text(&menu.ivr),
                text(exit_word(exit.exit, language)),
                or_empty(exit.target.as_ref()),
                Cell::Count(exit.calls),
                Cell::Share(exit.share),
            ]);
        }
    }
    vec![sheet.table, agents.table, menus.table]
}

const MEMBERS: [(&str, &str); 6] =
    [("Of", "De"), ("Agent", "Agente"), NAME, ANSWERED, ("Rang in vain", "Timbres sin respuesta"), TALK];

fn members(sheet: &mut Sheet, of: &str, rows: &[MemberRow]) {
    for row in rows {
        sheet.row([
            text(of),
            text(&row.agent_id),
            or_empty(row.name.as_ref()),
            Cell::Count(row.answered),
            Cell::Count(row.unanswered_rings),
            Cell::Seconds(row.talk_seconds),
        ]);
    }
}

const fn exit_word(exit: Exit, language: Language) -> &'static str {
    match exit {
        Exit::Queue => language.pick("Queue", "Cola"),
        Exit::RingGroup => language.pick("Ring group", "Grupo de timbre"),
        Exit::Agent => language.pick("Person", "Persona"),
        Exit::Voicemail => language.pick("Voicemail", "Buzón"),
        Exit::HungUp => language.pick("Hung up", "Colgó"),
    }
}
