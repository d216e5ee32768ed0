//! What a Twilio connection needs.

use crate::connect::{ConnectSpec, Field, FieldKind, Shape};

pub static SPEC: ConnectSpec = ConnectSpec {
    purpose: "Keeps the credentials of your Twilio account sealed and says whether they work. Calls and texts are not taken in yet.",
    fields: &[
        Field {
            name: "account_sid",
            label: "Account SID",
            help: "From the Twilio console, first page: AC and 32 hex digits. An API key (SK) is something else.",
            kind: FieldKind::Setting,
            shape: Shape::Sid { prefix: "AC" },
            required: true,
        },
        Field {
            name: "auth_token",
            label: "Auth token",
            help: "Next to the account SID in the console: 32 hex digits. Twilio signs its webhooks with it.",
            kind: FieldKind::Credential,
            shape: Shape::Hex { digits: 32 },
            required: true,
        },
        Field {
            name: "phone_number",
            label: "Phone number",
            help: "The number that calls and texts go out from, with the country in front. It must belong to the account.",
            kind: FieldKind::Setting,
            shape: Shape::Phone,
            required: false,
        },
    ],
    steps: &[
        "Sign in at console.twilio.com and copy the account SID and the auth token from the first page.",
        "Open Phone Numbers > Manage > Active numbers and copy the number.",
        "Check the connection here: it says whether the token fits the account and the number is its own.",
    ],
};
