//! What a Vapi connection needs.

use crate::connect::{ConnectSpec, Field, FieldKind, Shape};

pub static SPEC: ConnectSpec = ConnectSpec {
    purpose: "Keeps the keys of your Vapi account sealed and says whether they work. Calls are not taken in yet.",
    fields: &[
        Field {
            name: "api_key",
            label: "Private key",
            help: "The private key from the Vapi dashboard under Organization > API Keys. It looks like the public one; take the one that is called private.",
            kind: FieldKind::Credential,
            shape: Shape::Uuid,
            required: true,
        },
        Field {
            name: "public_key",
            label: "Public key",
            help: "Starts calls from a browser. It opens nothing else.",
            kind: FieldKind::Setting,
            shape: Shape::Uuid,
            required: false,
        },
        Field {
            name: "assistant_id",
            label: "Assistant",
            help: "The id of the assistant that answers, from its page in the dashboard.",
            kind: FieldKind::Setting,
            shape: Shape::Uuid,
            required: false,
        },
    ],
    steps: &[
        "Sign in at dashboard.vapi.ai and open Organization > API Keys.",
        "Copy the private key, and the public one if a web page of yours starts calls.",
        "Open the assistant that answers your calls and copy its id.",
        "Check the connection here: it says whether the key works and whether it is the right one.",
    ],
};
