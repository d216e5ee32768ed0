//! What a WhatsApp connection needs.

use crate::connect::{ConnectSpec, Field, FieldKind, Shape};

pub static SPEC: ConnectSpec = ConnectSpec {
    purpose: "Keeps the credentials of your WhatsApp number sealed and says whether they work. Messages are not taken in yet.",
    fields: &[
        Field {
            name: "phone_number_id",
            label: "Phone number id",
            help: "From the app dashboard under WhatsApp > API Setup. It is an id of digits, not the telephone number.",
            kind: FieldKind::Setting,
            shape: Shape::Digits,
            required: true,
        },
        Field {
            name: "waba_id",
            label: "Business account id",
            help: "The WhatsApp Business Account id, next to the phone number id.",
            kind: FieldKind::Setting,
            shape: Shape::Digits,
            required: true,
        },
        Field {
            name: "access_token",
            label: "Access token",
            help: "Of a system user with whatsapp_business_messaging and whatsapp_business_management. The one on the setup page ends after a day.",
            kind: FieldKind::Credential,
            shape: Shape::Text,
            required: true,
        },
        Field {
            name: "app_secret",
            label: "App secret",
            help: "From App settings > Basic: 32 hex digits. Meta signs every webhook with it.",
            kind: FieldKind::Credential,
            shape: Shape::Hex { digits: 32 },
            required: false,
        },
        Field {
            name: "verify_token",
            label: "Verify token",
            help: "A word of your own that Meta repeats when the webhook is set up.",
            kind: FieldKind::Credential,
            shape: Shape::Text,
            required: false,
        },
    ],
    steps: &[
        "Open your app at developers.facebook.com and go to WhatsApp > API Setup.",
        "Copy the phone number id and the WhatsApp Business Account id.",
        "In Business settings > System users make a system user with access to the account, and a token for it that does not end.",
        "Copy the app secret from App settings > Basic.",
        "Check the connection here: it says whether the token works and belongs to the app.",
    ],
};
