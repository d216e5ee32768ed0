//! Where the APIs of the providers are whose accounts tenants bring: settings, so that a stand-in or a proxy can come in.

use super::{
    address::BaseUrl,
    catalogue::{
        ASSEMBLYAI_API_URL, DEEPGRAM_API_URL, GRAPH_API_URL, OPENAI_API_URL, SLACK_HOOKS_URL, TWILIO_API_URL,
        VAPI_API_URL,
    },
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
    /// `OPENAI_API_URL`, default `https://api.openai.com`: for connections that name no address.
    pub openai: BaseUrl,
    /// `DEEPGRAM_API_URL`, default `https://api.deepgram.com`.
    pub deepgram: BaseUrl,
    /// `ASSEMBLYAI_API_URL`, default `https://api.assemblyai.com`.
    pub assemblyai: BaseUrl,
}

impl ProviderSettings {
    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let vapi = reader.parse(&VAPI_API_URL, BaseUrl::parse);
        let twilio = reader.parse(&TWILIO_API_URL, BaseUrl::parse);
        let graph = reader.parse(&GRAPH_API_URL, BaseUrl::parse);
        let slack = reader.parse(&SLACK_HOOKS_URL, BaseUrl::parse);
        let openai = reader.parse(&OPENAI_API_URL, BaseUrl::parse);
        let deepgram = reader.parse(&DEEPGRAM_API_URL, BaseUrl::parse);
        let assemblyai = reader.parse(&ASSEMBLYAI_API_URL, BaseUrl::parse);
        let (vapi, twilio, graph, slack) = (vapi?, twilio?, graph?, slack?);
        Some(Self { vapi, twilio, graph, slack, openai: openai?, deepgram: deepgram?, assemblyai: assemblyai? })
    }
}
