//! What a connection to a telephone system of Grandstream needs.

use crate::connect::{ConnectSpec, Field, FieldKind, Shape};

pub static SPEC: ConnectSpec = ConnectSpec {
    purpose: "Keeps the credentials of your telephone system sealed and says whether its API can be signed in to. Call records are not taken in yet.",
    fields: &[
        Field {
            name: "host",
            label: "Address",
            help: "The name of the telephone system as it is reached from the internet, such as pbx.example.com. A private address works only where the operator of this server allowed its network.",
            kind: FieldKind::Setting,
            shape: Shape::Host,
            required: true,
        },
        Field {
            name: "port",
            label: "Port",
            help: "Of the HTTPS API: 8443 on CloudUCM, 8089 on a UCM63xx unless it was changed. 8443 if left empty.",
            kind: FieldKind::Setting,
            shape: Shape::Port,
            required: false,
        },
        Field {
            name: "username",
            label: "API user",
            help: "Made at the telephone system under Integrations > API Configuration, not a user of the web page.",
            kind: FieldKind::Setting,
            shape: Shape::Text,
            required: true,
        },
        Field {
            name: "password",
            label: "API password",
            help: "Of the API user. It is tried once: after a few failures the telephone system blocks this address.",
            kind: FieldKind::Credential,
            shape: Shape::Text,
            required: true,
        },
        Field {
            name: "webhook_username",
            label: "Webhook user",
            help: "The user name with which the telephone system signs in here when it reports a call.",
            kind: FieldKind::Setting,
            shape: Shape::Text,
            required: false,
        },
        Field {
            name: "webhook_password",
            label: "Webhook password",
            help: "Its password, entered at the telephone system as well.",
            kind: FieldKind::Credential,
            shape: Shape::Text,
            required: false,
        },
        Field {
            name: "certificate_sha256",
            label: "Certificate",
            help: "SHA-256 of the certificate of a telephone system that made its own: 64 hex digits, as a browser shows them. Left empty, the certificate must be one that browsers trust.",
            kind: FieldKind::Setting,
            shape: Shape::Hex { digits: 64 },
            required: false,
        },
    ],
    steps: &[
        "Sign in at the telephone system as an administrator.",
        "Open Integrations > API Configuration, switch the new HTTPS API on and make a user for it.",
        "Allow this server's address in the list of permitted addresses: an empty list permits nobody.",
        "Enter the address, the user and the password here and check the connection.",
    ],
};
