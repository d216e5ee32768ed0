//! Volume, the week, answering, missed calls, lengths, transfers, as tables.

use switchboard_domain::mail::Language;

use super::{
    ANSWERED, CALLS, DATE, INBOUND, INTERNAL, LENGTHS, NAME, OFFERED, OUTBOUND, OUTCOMES, RATE, Sheet, TALK, lengths,
    or_empty, outcomes, rate, seconds, text,
};
use crate::report::{
    answers::{
        AnsweringReport, DurationsReport, HeatmapReport, MissedReport, Step, TransferRow, TransfersReport, VolumeReport,
    },
    table::{Cell, Table},
};

pub(super) fn volume(report: &VolumeReport, language: Language) -> Vec<Table> {
    let mut columns = vec![match report.step {
        Step::Hour | Step::Day => DATE,
        Step::Week => ("Week from", "Semana del"),
        Step::Month => ("Month from", "Mes del"),
    }];
    columns.extend([CALLS, INBOUND, OUTBOUND, INTERNAL]);
    columns.extend(OUTCOMES);
    columns.push(TALK);
    let mut sheet = Sheet::new(language, ("Volume", "Volumen"), &columns);
    for row in &report.rows {
        let at = row.hour.map_or_else(|| row.date.to_string(), |hour| format!("{} {hour:02}:00", row.date));
        let volume = &row.volume;
        let ways = [volume.calls, volume.inbound, volume.outbound, volume.internal].map(Cell::Count);
        let cells = std::iter::once(text(at)).chain(ways).chain(outcomes(&volume.outcomes));
        sheet.row(cells.chain([Cell::Seconds(volume.talk_seconds)]));
    }
    vec![sheet.table]
}

pub(super) fn heatmap(report: &HeatmapReport, language: Language) -> Vec<Table> {
    let columns = [
        ("Hour of the week", "Hora de la semana"),
        CALLS,
        ("Calls per day", "Llamadas por día"),
        OFFERED,
        ANSWERED,
        ("Answer rate", "Tasa de atención"),
        ("Average wait", "Espera media"),
    ];
    let mut sheet = Sheet::new(language, ("Times of the week", "Horas de la semana"), &columns);
    for cell in &report.cells {
        let hour = format!("{} {:02}:00", weekday(cell.weekday, language), cell.hour);
        sheet.row([
            text(hour),
            Cell::Count(cell.calls),
            cell.calls_per_day.map_or(Cell::Empty, Cell::Decimal),
            Cell::Count(cell.offered),
            Cell::Count(cell.answered),
            rate(cell.answer_rate),
            seconds(cell.average_wait_seconds),
        ]);
    }
    vec![sheet.table]
}

pub(super) fn answering(report: &AnsweringReport, language: Language) -> Vec<Table> {
    let mut columns = vec![("Direction and length", "Sentido y duración")];
    columns.extend(LENGTHS);
    let mut lengths_of = Sheet::new(language, ("Times", "Tiempos"), &columns);
    let columns = [("Direction", "Sentido"), OFFERED, ANSWERED, RATE, ("Handling", "Gestión")];
    let mut rates = Sheet::new(language, ("Answering", "Atención"), &columns);
    for (way, of) in [(INBOUND, &report.inbound), (OUTBOUND, &report.outbound)] {
        let (way, handling) = (language.pick(way.0, way.1), seconds(of.handling_seconds));
        let counts = [Cell::Count(of.offered), Cell::Count(of.answered)];
        rates.row(std::iter::once(text(way)).chain(counts).chain([rate(of.rate), handling]));
        let of = [
            (("wait", "espera"), &of.wait),
            (("wait of lost calls", "espera de las perdidas"), &of.lost_wait),
            (("talk", "conversación"), &of.talk),
        ];
        for ((en, es), distribution) in of {
            let what = text(format!("{way}: {}", language.pick(en, es)));
            lengths_of.row(std::iter::once(what).chain(lengths(distribution)));
        }
    }
    let columns = [
        DATE,
        OFFERED,
        ANSWERED,
        ("Answer rate", "Tasa de atención"),
        ("Attempts", "Intentos"),
        ("Connected", "Conectadas"),
        ("Average wait", "Espera media"),
        ("Average talk", "Conversación media"),
    ];
    let mut days = Sheet::new(language, ("By day", "Por día"), &columns);
    for day in &report.days {
        days.row([
            text(day.date.to_string()),
            Cell::Count(day.offered),
            Cell::Count(day.answered),
            rate(day.answer_rate),
            Cell::Count(day.attempts),
            Cell::Count(day.connected),
            seconds(day.average_wait_seconds),
            seconds(day.average_talk_seconds),
        ]);
    }
    vec![rates.table, lengths_of.table, days.table]
}

pub(super) fn missed(report: &MissedReport, language: Language) -> Vec<Table> {
    let columns = [
        ("Number", "Número"),
        NAME,
        CALLS,
        ("Last call", "Última llamada"),
        ("Voicemail", "Buzón"),
        ("Still in time", "Aún a tiempo"),
    ];
    let mut callers = Sheet::new(language, ("Not returned", "Sin devolver"), &columns);
    for caller in &report.callers {
        let flag = |is: bool| text(if is { language.pick("yes", "sí") } else { language.pick("no", "no") });
        callers.row([
            text(&caller.number),
            or_empty(caller.name.as_ref()),
            Cell::Count(caller.calls),
            Cell::Moment(caller.last_at),
            flag(caller.is_voicemail),
            flag(caller.is_waiting),
        ]);
    }
    let columns = [
        DATE,
        ("Missed", "Perdidas"),
        ("Returned", "Devueltas"),
        ("Called again", "Volvieron a llamar"),
        ("Not returned", "Sin devolver"),
        ("Waiting", "En espera"),
    ];
    let mut days = Sheet::new(language, ("Missed calls", "Llamadas perdidas"), &columns);
    for day in &report.days {
        let counts = [day.missed, day.returned, day.reached_us, day.not_returned, day.waiting];
        days.row(std::iter::once(text(day.date.to_string())).chain(counts.map(Cell::Count)));
    }
    vec![days.table, callers.table]
}

pub(super) fn durations(report: &DurationsReport, language: Language) -> Vec<Table> {
    let columns = [
        ("From", "Desde"),
        TALK,
        ("Wait", "Espera"),
        ("Wait of lost calls", "Espera de las perdidas"),
        ("Ring", "Timbre"),
    ];
    let mut sheet = Sheet::new(language, ("Durations", "Duraciones"), &columns);
    for (i, bar) in report.talk.bars.iter().enumerate() {
        let of = [&report.talk, &report.wait, &report.lost_wait, &report.ring];
        let counts = of.map(|histogram| histogram.bars.get(i).map_or(Cell::Empty, |bar| Cell::Count(bar.calls)));
        sheet.row(std::iter::once(Cell::Seconds(bar.from_seconds)).chain(counts));
    }
    vec![sheet.table]
}

pub(super) fn transfers(report: &TransfersReport, language: Language) -> Vec<Table> {
    let table = |title, first, rows: &[TransferRow]| {
        let columns = [first, NAME, ANSWERED, ("Transferred", "Transferidas"), RATE];
        let mut sheet = Sheet::new(language, title, &columns);
        for row in rows {
            sheet.row([
                text(&row.key),
                or_empty(row.name.as_ref()),
                Cell::Count(row.answered),
                Cell::Count(row.transferred),
                rate(row.rate),
            ]);
        }
        sheet.table
    };
    vec![
        table(("By day", "Por día"), DATE, &report.days),
        table(("By agent", "Por agente"), ("Agent", "Agente"), &report.agents),
        table(("By queue", "Por cola"), ("Queue", "Cola"), &report.queues),
    ]
}

fn weekday(weekday: i8, language: Language) -> &'static str {
    let days = [
        ("Mon", "Lun"),
        ("Tue", "Mar"),
        ("Wed", "Mié"),
        ("Thu", "Jue"),
        ("Fri", "Vie"),
        ("Sat", "Sáb"),
        ("Sun", "Dom"),
    ];
    let day = usize::try_from(weekday - 1).ok().and_then(|day| days.get(day));
    day.map_or("", |(en, es)| language.pick(en, es))
}
