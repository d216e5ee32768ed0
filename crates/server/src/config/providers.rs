//! Where the APIs of the providers are whose accounts tenants bring: settings, so that a stand-in or a proxy can come in.

use super::{
    address::BaseUrl,
    catalogue::{GRAPH_API_URL, SLACK_HOOKS_URL, TWILIO_API_URL, VAPI_API_URL},
    reader::Reader,
};

#[derive(Debug, Clone)]
pub struct ProviderSettings {
    /// `VAPI_API_URL`, default `https://api.vapi.ai`. European accounts of Vapi have another.
    pub vapi: BaseUrl,
    /// `TWILIO_API_URL`, default `https://api.twilio.com`.
    pub twilio: BaseUrl,
    /// `GRAPH_API_URL`, default `https://graph.facebook.com`: WhatsApp.
    pub graph: BaseUrl,
    /// `SLACK_HOOKS_URL`, default `https://hooks.slack.com`: where incoming webhooks are.
    pub slack: BaseUrl,
}

impl ProviderSettings {
    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let vapi = reader.parse(&VAPI_API_URL, BaseUrl::parse);
        let twilio = reader.parse(&TWILIO_API_URL, BaseUrl::parse);
        let graph = reader.parse(&GRAPH_API_URL, BaseUrl::parse);
        let slack = reader.parse(&SLACK_HOOKS_URL, BaseUrl::parse);
        Some(Self { vapi: vapi?, twilio: twilio?, graph: graph?, slack: slack? })
    }
}
