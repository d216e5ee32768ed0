//! What a connection for call records out of files is told: where the telephone system is.

use crate::connect::{ConnectSpec, Field, FieldKind, Shape};

pub static SPEC: ConnectSpec = ConnectSpec {
    purpose: "Holds the calls of a telephone system whose records you bring in files: Asterisk, FreePBX, 3CX or any other.",
    fields: &[Field {
        name: "system",
        label: "Telephone system",
        help: "Which telephone system the files come from, such as FreePBX in Austin. For people; nothing is asked of it.",
        kind: FieldKind::Setting,
        shape: Shape::Text,
        required: false,
    }],
    steps: &[
        "Export the call records at the telephone system as CSV or JSON.",
        "Open Connections > Import call records, choose the file and look at what would be taken in.",
        "Import it. The same file may be imported again: what is here already is not taken in twice.",
    ],
};
