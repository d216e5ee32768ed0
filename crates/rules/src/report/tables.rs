//! Reports as tables: for spreadsheets, paper and mail. One or a few for each report, in the reader's language.

use switchboard_domain::mail::Language;

use super::{
    answers::{
        Anomaly, CompareRow, Distribution, Exit, Measure, MemberRow, Oddity, Outcomes, Report, Step, TransferRow, Unit,
    },
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
            Self::Volume(report) => {
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
            Self::Heatmap(report) => {
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
            Self::Answering(report) => {
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
            Self::Missed(report) => {
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
                    let flag =
                        |is: bool| text(if is { language.pick("yes", "sí") } else { language.pick("no", "no") });
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
            Self::Callers(report) => {
                let table = |title, rows: &[super::answers::NumberRow]| {
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
                let mut all =
                    Sheet::new(language, ("Callers", "Quién llama"), &[("Measure", "Medida"), ("Count", "Cantidad")]);
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
            Self::Extensions(report) => {
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
                    let times = [
                        Cell::Seconds(row.talk_seconds),
                        seconds(row.average_talk_seconds),
                        seconds(row.average_ring_seconds),
                    ];
                    sheet.row(who.into_iter().chain(counts.map(Cell::Count)).chain(times));
                }
                vec![sheet.table]
            }
            Self::Trunks(report) => {
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
            Self::Queues(report) => {
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
            Self::Groups(report) => {
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
                let columns =
                    [("Menu", "Menú"), ("Way out", "Salida"), ("Where to", "Destino"), CALLS, ("Share", "Porcentaje")];
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
            Self::Countries(report) => {
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
            Self::Durations(report) => {
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
                    let counts =
                        of.map(|histogram| histogram.bars.get(i).map_or(Cell::Empty, |bar| Cell::Count(bar.calls)));
                    sheet.row(std::iter::once(Cell::Seconds(bar.from_seconds)).chain(counts));
                }
                vec![sheet.table]
            }
            Self::Transfers(report) => {
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
            Self::Speech(report) => {
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
            Self::Compare(report) => {
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
            Self::Anomalies(report) => {
                let columns = [
                    ("When", "Cuándo"),
                    ("What", "Qué"),
                    ("Value", "Valor"),
                    ("Usual", "Habitual"),
                    ("Score", "Puntuación"),
                ];
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
            Self::DataHealth(report) => {
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
        }
    }
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

const fn exit_word(exit: Exit, language: Language) -> &'static str {
    match exit {
        Exit::Queue => language.pick("Queue", "Cola"),
        Exit::RingGroup => language.pick("Ring group", "Grupo de timbre"),
        Exit::Agent => language.pick("Person", "Persona"),
        Exit::Voicemail => language.pick("Voicemail", "Buzón"),
        Exit::HungUp => language.pick("Hung up", "Colgó"),
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
