//! What the columns of each system's files are called. Names are compared without case, blanks and marks, because the same
//! column is `Start Time`, `start_time` and `startTime` in three versions of one system.

use switchboard_domain::import::{ImportField, ImportFormat};

/// Characters that one cell may have; what telephone systems write of a ring group is the longest.
const MAX_CELL: usize = 8_000;

/// A row with the names of its cells.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row<'r> {
    pub names: &'r [Option<&'static str>],
    pub cells: &'r [String],
}

impl<'r> Row<'r> {
    /// What stands in a column; `None` where it is empty or not there.
    pub(super) fn get(&self, name: &str) -> Option<&'r str> {
        let place = self.names.iter().position(|held| *held == Some(name))?;
        self.cells.get(place).map(String::as_str).filter(|text| !text.is_empty())
    }

    /// The first of these columns that has something in it.
    pub(super) fn any(&self, names: &[&str]) -> Option<&'r str> {
        names.iter().find_map(|name| self.get(name))
    }

    /// The name of a column with more text in it than any has.
    pub(super) fn too_long(&self) -> Option<&'static str> {
        let long = self.cells.iter().position(|cell| cell.len() > MAX_CELL)?;
        Some(self.names.get(long).copied().flatten().unwrap_or("a column"))
    }
}

/// A column: what it is called here, and what else it is called.
type Column = (&'static str, &'static [&'static str]);

/// Grandstream: the API's names first, then those of the web page's file.
const UCM: &[Column] = &[
    ("AcctId", &["acctid"]),
    ("accountcode", &["accountcode"]),
    ("src", &["src", "callfrom", "callernumber", "caller"]),
    ("dst", &["dst", "callto", "calleenumber", "callee"]),
    ("dcontext", &["dcontext", "context"]),
    ("clid", &["clid", "callerid"]),
    ("channel", &["channel", "sourcechannel", "srcchannel"]),
    ("dstchannel", &["dstchannel", "destchannel", "destinationchannel"]),
    ("lastapp", &["lastapp", "lastapplication"]),
    ("lastdata", &["lastdata"]),
    ("start", &["start", "starttime"]),
    ("answer", &["answer", "answertime"]),
    ("end", &["end", "endtime"]),
    ("duration", &["duration", "calltime"]),
    ("billsec", &["billsec", "talktime"]),
    ("disposition", &["disposition", "status", "callstatus"]),
    ("amaflags", &["amaflags"]),
    ("uniqueid", &["uniqueid"]),
    ("userfield", &["userfield", "calltype"]),
    ("channel_ext", &["channelext", "sourcechannelext", "sourcechannelextension", "srcchannelext"]),
    ("dstchannel_ext", &["dstchannelext", "destchannelext", "destchannelextension", "destinationchannelextension"]),
    ("service", &["service", "servicetype"]),
    ("caller_name", &["callername"]),
    ("recordfiles", &["recordfiles", "recordfile", "recordingfiles", "recordingfile"]),
    ("dstanswer", &["dstanswer", "answeredby", "answerby"]),
    ("chanext", &["chanext"]),
    ("dstchanext", &["dstchanext"]),
    ("session", &["session"]),
    ("action_owner", &["actionowner"]),
    ("action_type", &["actiontype"]),
    ("src_trunk_name", &["srctrunkname", "sourcetrunkname", "sourcetrunk"]),
    ("dst_trunk_name", &["dsttrunkname", "desttrunkname", "destinationtrunkname", "destinationtrunk"]),
    ("new_src", &["newsrc"]),
    ("reason", &["reason"]),
    ("sn", &["sn"]),
];

/// Columns that only Grandstream's files have.
const ONLY_UCM: [&str; 6] = ["AcctId", "channel_ext", "dstchannel_ext", "session", "action_type", "src_trunk_name"];
/// Names of Grandstream's file of its web page, which is told from others by them.
const ONLY_UCM_PAGE: [&str; 3] = ["callfrom", "callernumber", "calleenumber"];

/// Asterisk and FreePBX: the columns of their table, and of `cdr.conf`'s own files.
const ASTERISK: &[Column] = &[
    ("start", &["start", "calldate", "starttime"]),
    ("answer", &["answer", "answertime"]),
    ("end", &["end", "endtime"]),
    ("clid", &["clid", "callerid"]),
    ("src", &["src", "source"]),
    ("dst", &["dst", "destination"]),
    ("dcontext", &["dcontext", "context"]),
    ("channel", &["channel"]),
    ("dstchannel", &["dstchannel"]),
    ("lastapp", &["lastapp"]),
    ("lastdata", &["lastdata"]),
    ("duration", &["duration"]),
    ("billsec", &["billsec"]),
    ("disposition", &["disposition"]),
    ("accountcode", &["accountcode"]),
    ("uniqueid", &["uniqueid"]),
    ("userfield", &["userfield"]),
    ("did", &["did"]),
    ("cnum", &["cnum"]),
    ("cnam", &["cnam"]),
    ("dst_cnam", &["dstcnam"]),
    ("linkedid", &["linkedid"]),
    ("sequence", &["sequence"]),
];

/// 3CX: the fields of its call records, then those of its call log.
const THREE_CX: &[Column] = &[
    ("historyid", &["historyid"]),
    ("callid", &["callid"]),
    ("duration", &["duration"]),
    ("time-start", &["timestart", "calltime", "starttime"]),
    ("time-answered", &["timeanswered"]),
    ("time-end", &["timeend"]),
    ("reason-terminated", &["reasonterminated"]),
    ("from-no", &["fromno"]),
    ("to-no", &["tono"]),
    ("from-dn", &["fromdn"]),
    ("to-dn", &["todn"]),
    ("dial-no", &["dialno"]),
    ("reason-changed", &["reasonchanged"]),
    ("final-number", &["finalnumber"]),
    ("final-dn", &["finaldn"]),
    ("bill-code", &["billcode"]),
    ("chain", &["chain"]),
    ("from-type", &["fromtype"]),
    ("to-type", &["totype"]),
    ("final-type", &["finaltype"]),
    ("from-dispname", &["fromdispname"]),
    ("to-dispname", &["todispname"]),
    ("final-dispname", &["finaldispname"]),
    ("from", &["from", "callerid", "caller"]),
    ("to", &["to", "destination", "callee"]),
    ("direction", &["direction"]),
    ("status", &["status"]),
    ("ringing", &["ringing"]),
    ("talking", &["talking"]),
    ("reason", &["reason"]),
    ("details", &["callactivitydetails"]),
];

/// The orders of columns of files that do not name them: how many, where the time of the start is, and which.
pub(super) struct Order {
    pub format: ImportFormat,
    pub start: usize,
    pub names: &'static [Option<&'static str>],
}

pub(super) const ORDERS: &[Order] = &[
    // One record of Grandstream's stream.
    Order {
        format: ImportFormat::Ucm,
        start: 10,
        names: &[
            Some("AcctId"),
            Some("accountcode"),
            Some("src"),
            Some("dst"),
            Some("dcontext"),
            Some("clid"),
            Some("channel"),
            Some("dstchannel"),
            Some("lastapp"),
            Some("lastdata"),
            Some("start"),
            Some("answer"),
            Some("end"),
            Some("duration"),
            Some("billsec"),
            Some("disposition"),
            Some("amaflags"),
            Some("uniqueid"),
            Some("userfield"),
            Some("channel_ext"),
            Some("dstchannel_ext"),
            Some("service"),
            Some("caller_name"),
            Some("recordfiles"),
            Some("dstanswer"),
            Some("chanext"),
            Some("dstchanext"),
            Some("session"),
            Some("action_owner"),
            Some("action_type"),
            Some("src_trunk_name"),
            Some("dst_trunk_name"),
        ],
    },
    // Asterisk's cdr-csv/Master.csv; the last two where they are switched on.
    Order {
        format: ImportFormat::Asterisk,
        start: 9,
        names: &[
            Some("accountcode"),
            Some("src"),
            Some("dst"),
            Some("dcontext"),
            Some("clid"),
            Some("channel"),
            Some("dstchannel"),
            Some("lastapp"),
            Some("lastdata"),
            Some("start"),
            Some("answer"),
            Some("end"),
            Some("duration"),
            Some("billsec"),
            Some("disposition"),
            None,
            Some("uniqueid"),
            Some("userfield"),
        ],
    },
    // Asterisk's cdr-custom/Master.csv, as its example makes it.
    Order {
        format: ImportFormat::Asterisk,
        start: 8,
        names: &[
            Some("clid"),
            Some("src"),
            Some("dst"),
            Some("dcontext"),
            Some("channel"),
            Some("dstchannel"),
            Some("lastapp"),
            Some("lastdata"),
            Some("start"),
            Some("answer"),
            Some("end"),
            Some("duration"),
            Some("billsec"),
            Some("disposition"),
            None,
            Some("accountcode"),
            Some("uniqueid"),
            Some("userfield"),
            Some("sequence"),
        ],
    },
    // 3CX's log of call records with all its fields.
    Order {
        format: ImportFormat::ThreeCx,
        start: 3,
        names: &[
            Some("historyid"),
            Some("callid"),
            Some("duration"),
            Some("time-start"),
            Some("time-answered"),
            Some("time-end"),
            Some("reason-terminated"),
            Some("from-no"),
            Some("to-no"),
            Some("from-dn"),
            Some("to-dn"),
            Some("dial-no"),
            Some("reason-changed"),
            Some("final-number"),
            Some("final-dn"),
            Some("bill-code"),
            None,
            None,
            None,
            Some("chain"),
            Some("from-type"),
            Some("to-type"),
            Some("final-type"),
            Some("from-dispname"),
            Some("to-dispname"),
            Some("final-dispname"),
            None,
        ],
    },
];

/// A column's name without case, blanks and marks.
pub(super) fn plain(name: &str) -> String {
    let without = |sign: char| match sign {
        'á' => 'a',
        'é' => 'e',
        'í' => 'i',
        'ó' => 'o',
        'ú' => 'u',
        'ñ' => 'n',
        sign => sign,
    };
    name.to_lowercase().chars().filter(|sign| sign.is_alphanumeric()).map(without).collect()
}

fn columns(format: ImportFormat) -> &'static [Column] {
    match format {
        ImportFormat::Ucm => UCM,
        ImportFormat::Asterisk => ASTERISK,
        ImportFormat::ThreeCx => THREE_CX,
        ImportFormat::Columns => &[],
    }
}

/// What a column is called here, in files of a system.
pub(super) fn name_in(format: ImportFormat, column: &str) -> Option<&'static str> {
    let column = plain(column);
    columns(format).iter().find(|(_, spellings)| spellings.contains(&column.as_str())).map(|(name, _)| *name)
}

/// Whose file it is, by the names of its columns.
pub(super) fn format_of(columns: &[String]) -> Option<ImportFormat> {
    let has = |format: ImportFormat, name: &str| columns.iter().any(|column| name_in(format, column) == Some(name));
    let has_all = |format: ImportFormat, names: &[&str]| names.iter().all(|name| has(format, name));
    let is_ucm = ONLY_UCM.iter().any(|name| has(ImportFormat::Ucm, name))
        || columns.iter().any(|column| ONLY_UCM_PAGE.contains(&plain(column).as_str()));
    if is_ucm && has_all(ImportFormat::Ucm, &["src", "dst"]) {
        return Some(ImportFormat::Ucm);
    }
    // Groups of the API hold their legs inside.
    if has(ImportFormat::Ucm, "session") || columns.iter().any(|column| column == "main_cdr" || column == "sub_cdr_1") {
        return Some(ImportFormat::Ucm);
    }
    if has_all(ImportFormat::Asterisk, &["src", "dst", "disposition"]) && has(ImportFormat::Asterisk, "start") {
        return Some(ImportFormat::Asterisk);
    }
    let is_log = has_all(ImportFormat::ThreeCx, &["time-start", "from", "to", "status", "talking"]);
    if is_log || has_all(ImportFormat::ThreeCx, &["historyid", "time-start", "from-no"]) {
        return Some(ImportFormat::ThreeCx);
    }
    None
}

/// What the columns of a file may mean, by their names: a proposal for whoever has to say it. No field twice.
pub fn fields_of(columns: &[String]) -> Vec<Option<ImportField>> {
    let mut taken = Vec::new();
    let of = |column: &String| {
        let name = plain(column);
        let found = SPELLINGS.iter().find(|(_, spellings)| spellings.contains(&name.as_str())).map(|(field, _)| *field);
        let found = found.filter(|field| !taken.contains(field));
        taken.extend(found);
        found
    };
    columns.iter().map(of).collect()
}

const SPELLINGS: &[(ImportField, &[&str])] = &[
    (ImportField::Id, &["id", "recordid", "uuid", "legid", "uniqueid", "cdrid"]),
    (ImportField::CallId, &["callid", "linkedid", "sessionid", "session", "llamadaid", "idllamada"]),
    (
        ImportField::StartedAt,
        &[
            "startedat",
            "start",
            "starttime",
            "startdate",
            "startstamp",
            "calldate",
            "date",
            "datetime",
            "time",
            "calltime",
            "timestamp",
            "fecha",
            "fechahora",
            "inicio",
            "horainicio",
            "fechainicio",
        ],
    ),
    (
        ImportField::AnsweredAt,
        &["answeredat", "answer", "answertime", "answerstamp", "connectedat", "contestada", "respuesta"],
    ),
    (ImportField::EndedAt, &["endedat", "end", "endtime", "endstamp", "hangupat", "fin", "horafin"]),
    (
        ImportField::DurationSeconds,
        &["duration", "durationseconds", "totalduration", "length", "duracion", "duracionsegundos", "duraciontotal"],
    ),
    (
        ImportField::TalkSeconds,
        &[
            "talk",
            "talkseconds",
            "talktime",
            "talking",
            "billsec",
            "billableseconds",
            "conversacion",
            "tiempodeconversacion",
        ],
    ),
    (ImportField::RingSeconds, &["ring", "ringseconds", "ringtime", "ringing", "timbre", "espera"]),
    (ImportField::Direction, &["direction", "calltype", "type", "direccion", "sentido", "tipo"]),
    (
        ImportField::From,
        &["from", "src", "source", "caller", "callernumber", "callerid", "calleridnumber", "ani", "origen", "llamante"],
    ),
    (ImportField::FromName, &["fromname", "callername", "calleridname", "cnam", "nombreorigen"]),
    (
        ImportField::To,
        &[
            "to",
            "dst",
            "destination",
            "destinationnumber",
            "callee",
            "calleenumber",
            "called",
            "dialed",
            "destino",
            "llamado",
        ],
    ),
    (ImportField::ToName, &["toname", "calleename", "destinationname", "nombredestino"]),
    (ImportField::Outcome, &["outcome", "status", "disposition", "result", "hangupcause", "estado", "resultado"]),
    (ImportField::Agent, &["agent", "extension", "user", "answeredby", "agente", "ext"]),
    (ImportField::AgentName, &["agentname", "username", "extensionname", "nombreagente"]),
    (ImportField::Queue, &["queue", "queuename", "cola"]),
    (ImportField::RingGroup, &["ringgroup", "group", "huntgroup", "grupo"]),
    (ImportField::Ivr, &["ivr", "menu"]),
    (ImportField::Trunk, &["trunk", "gateway", "carrier", "line", "troncal", "linea"]),
    (ImportField::Did, &["did", "ddi", "didnumber", "dnis"]),
    (ImportField::AccountCode, &["accountcode", "account", "costcenter", "cuenta"]),
];
