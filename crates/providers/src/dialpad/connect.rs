//! What a Dialpad connection needs. Every field is optional for a reason: a connection lives from either an API key or
//! OAuth, and its webhook secret is made for it when none is given.

use crate::connect::{ConnectSpec, Field, FieldKind, Shape};

pub static SPEC: ConnectSpec = ConnectSpec {
    purpose: "Calls, texts and voicemails come in as they happen, with recordings and transcripts.",
    fields: &[
        Field {
            name: "api_key",
            label: "API key",
            help: "A company admin's key, from Dialpad under Settings > Admin > Integrations > API. Needed unless you \
                   connect with OAuth.",
            kind: FieldKind::Credential,
            shape: Shape::Text,
            required: false,
        },
        Field {
            name: "webhook_secret",
            label: "Webhook secret",
            help: "Dialpad signs every event with it. Leave it empty and one is made; give one only when a webhook \
                   that already exists at Dialpad uses it.",
            kind: FieldKind::Credential,
            shape: Shape::Text,
            required: false,
        },
        Field {
            name: "oauth_client_id",
            label: "OAuth client id",
            help: "Of the app that Dialpad registered for you, when you connect with OAuth instead of an API key.",
            kind: FieldKind::Setting,
            shape: Shape::Text,
            required: false,
        },
        Field {
            name: "oauth_client_secret",
            label: "OAuth client secret",
            help: "Belongs to the OAuth client id; Dialpad sends both when it approves the app.",
            kind: FieldKind::Credential,
            shape: Shape::Text,
            required: false,
        },
        Field {
            name: "oauth_redirect_uri",
            label: "OAuth redirect address",
            help: "Must be registered with Dialpad to the letter. Usually this server's address followed by \
                   /auth/dialpad/callback.",
            kind: FieldKind::Setting,
            shape: Shape::Text,
            required: false,
        },
        Field {
            name: "oauth_scopes",
            label: "OAuth scopes",
            help: "Separated by spaces. This server's DIALPAD_SCOPES if empty: recordings and the text of messages are \
                   asked for. Dialpad approves scopes by hand.",
            kind: FieldKind::Setting,
            shape: Shape::Text,
            required: false,
        },
        Field {
            name: "unsigned",
            label: "Accept unsigned events",
            help: "Only for a webhook that exists at Dialpad without a secret: then nothing but the secrecy of \
                   its address protects it.",
            kind: FieldKind::Setting,
            shape: Shape::Flag,
            required: false,
        },
    ],
    steps: &[
        "Sign in to dialpad.com as a company admin.",
        "Open Settings > Admin > Integrations > API and create an API key, or copy the one you have.",
        "Ask Dialpad's support for the scopes recordings_export and message_content_export on the key if you want \
         recordings and the text of messages: without them Dialpad leaves these out of its events.",
        "Paste the key here. The webhook and its call and SMS subscriptions are then created for you.",
        "If a webhook for this address exists already (Settings > Integrations > Webhooks), enter its secret here; it \
         is taken over and its subscriptions are widened.",
        "Make a test call: it appears within a second.",
    ],
};
