//! What a connection to Slack needs.

use super::WEBHOOK_URL;
use crate::connect::{ConnectSpec, Field, FieldKind, Shape};

pub static SPEC: ConnectSpec = ConnectSpec {
    purpose: "Posts notifications into one channel: choose it in the notification rules that should tell Slack. What is written there is not taken in.",
    fields: &[Field {
        name: WEBHOOK_URL,
        label: "Webhook URL",
        help: "The address of an incoming webhook: it begins with https://hooks.slack.com/services/. Whoever knows it can write into the channel, so it is kept like a password.",
        kind: FieldKind::Credential,
        shape: Shape::Text,
        required: true,
    }],
    steps: &[
        "Open api.slack.com/apps and choose Create New App, From scratch. Name it Switchboard and pick your workspace.",
        "Open Incoming Webhooks in the app's menu and switch them on.",
        "Press Add New Webhook to Workspace, choose the channel that should hear of things, and allow it.",
        "Copy the Webhook URL that now stands in the list.",
        "Check the connection here: it says whether Slack knows the address, without posting anything.",
    ],
};
