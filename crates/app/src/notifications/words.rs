//! What a notification says where it leaves the house, in English and Spanish. In the dashboard the page has its own words.

use switchboard_domain::{Timestamp, hours::wall_clock, mail::Language, notification::Finding};

use crate::App;

/// A title of a few words, and a sentence.
pub struct Words {
    pub title: String,
    pub text: String,
}

/// What is said of a finding. Times are in the tenant's zone.
pub fn of(finding: &Finding, language: Language, zone: &str) -> Words {
    match language {
        Language::English => english(finding, zone),
        Language::Spanish => spanish(finding, zone),
    }
}

fn english(finding: &Finding, zone: &str) -> Words {
    let (title, text) = match finding {
        Finding::MissedCallSpike { calls, within_minutes } => (
            format!("{calls} calls were not answered"),
            format!(
                "{calls} inbound calls of the last {} were not answered.",
                span(Language::English, (*within_minutes).into())
            ),
        ),
        Finding::LowAnswerRate { percent, calls, within_minutes } => (
            format!("Only {percent} % of calls are answered"),
            format!(
                "Of {calls} inbound calls of the last {}, {percent} % were answered.",
                span(Language::English, (*within_minutes).into())
            ),
        ),
        Finding::ConnectionSilent { connection_name, silent_minutes, last_event_at, .. } => (
            format!("{connection_name} has gone silent"),
            format!(
                "Nothing has arrived from {connection_name} for {}; the last event came {}. Check its webhooks.",
                span(Language::English, *silent_minutes),
                moment(*last_event_at, zone)
            ),
        ),
        Finding::CredentialExpiring { connection_name, expires_at: Some(at), .. } => (
            format!("The sign-in of {connection_name} ends soon"),
            format!(
                "The credentials of {connection_name} are good until {}. Connect it again before then.",
                moment(*at, zone)
            ),
        ),
        Finding::CredentialExpiring { connection_name, expires_at: None, .. } => (
            format!("{connection_name} needs your attention"),
            format!("The provider no longer accepts the credentials of {connection_name}. Connect it again."),
        ),
        Finding::VoicemailReceived { duration_seconds, .. } => (
            "A new voicemail".to_owned(),
            match duration_seconds {
                Some(seconds) => format!("Somebody left a message of {seconds} seconds."),
                None => "Somebody left a message.".to_owned(),
            },
        ),
        Finding::KeywordHeard { phrases, hits, .. } => (
            format!("Heard in a call: {}", phrases.join(", ")),
            match hits {
                1 => "A phrase that you listen for was said once in a call.".to_owned(),
                hits => format!("Phrases that you listen for were said {hits} times in a call."),
            },
        ),
        Finding::NegativeSentiment { score, .. } => (
            "A call ended badly".to_owned(),
            format!(
                "By our estimate the customer was unhappy at the end of a call ({score} on a scale from -100 to 100)."
            ),
        ),
    };
    Words { title, text }
}

fn spanish(finding: &Finding, zone: &str) -> Words {
    let (title, text) = match finding {
        Finding::MissedCallSpike { calls, within_minutes } => (
            format!("{calls} llamadas sin contestar"),
            format!(
                "No se contestaron {calls} llamadas entrantes en los últimos {}.",
                span(Language::Spanish, (*within_minutes).into())
            ),
        ),
        Finding::LowAnswerRate { percent, calls, within_minutes } => (
            format!("Solo se contesta el {percent} % de las llamadas"),
            format!(
                "De {calls} llamadas entrantes en los últimos {}, se contestó el {percent} %.",
                span(Language::Spanish, (*within_minutes).into())
            ),
        ),
        Finding::ConnectionSilent { connection_name, silent_minutes, last_event_at, .. } => (
            format!("{connection_name} ha dejado de enviar"),
            format!(
                "Hace {} que no llega nada de {connection_name}; el último evento llegó el {}. Revise sus webhooks.",
                span(Language::Spanish, *silent_minutes),
                moment(*last_event_at, zone)
            ),
        ),
        Finding::CredentialExpiring { connection_name, expires_at: Some(at), .. } => (
            format!("El acceso de {connection_name} caduca pronto"),
            format!(
                "Las credenciales de {connection_name} valen hasta el {}. Vuelva a conectarla antes.",
                moment(*at, zone)
            ),
        ),
        Finding::CredentialExpiring { connection_name, expires_at: None, .. } => (
            format!("{connection_name} necesita su atención"),
            format!("El proveedor ya no acepta las credenciales de {connection_name}. Vuelva a conectarla."),
        ),
        Finding::VoicemailReceived { duration_seconds, .. } => (
            "Un mensaje de voz nuevo".to_owned(),
            match duration_seconds {
                Some(seconds) => format!("Alguien dejó un mensaje de {seconds} segundos."),
                None => "Alguien dejó un mensaje.".to_owned(),
            },
        ),
        Finding::KeywordHeard { phrases, hits, .. } => (
            format!("Se oyó en una llamada: {}", phrases.join(", ")),
            match hits {
                1 => "En una llamada se dijo una vez una frase que usted vigila.".to_owned(),
                hits => format!("En una llamada se dijeron {hits} veces frases que usted vigila."),
            },
        ),
        Finding::NegativeSentiment { score, .. } => (
            "Una llamada terminó mal".to_owned(),
            format!(
                "Según nuestra estimación, el cliente estaba descontento al final de una llamada ({score} en una escala de \
                 -100 a 100)."
            ),
        ),
    };
    Words { title, text }
}

/// So many minutes, in the largest unit that says it without a rest worth mentioning.
fn span(language: Language, minutes: i64) -> String {
    let (count, english, spanish) = match minutes {
        minutes if minutes >= 2 * 24 * 60 => (minutes / (24 * 60), "days", "días"),
        minutes if minutes >= 2 * 60 => (minutes / 60, "hours", "horas"),
        minutes => {
            (minutes, if minutes == 1 { "minute" } else { "minutes" }, if minutes == 1 { "minuto" } else { "minutos" })
        }
    };
    match language {
        Language::English => format!("{count} {english}"),
        Language::Spanish => format!("{count} {spanish}"),
    }
}

/// `2026-11-21 10:30 (Europe/Berlin)`.
fn moment(at: Timestamp, zone: &str) -> String {
    format!("{} ({zone})", wall_clock(at, zone))
}

/// Where to see it in the dashboard.
pub fn link(app: &App, finding: &Finding) -> String {
    let base = &app.settings.frontend_url;
    match finding {
        Finding::MissedCallSpike { .. } | Finding::LowAnswerRate { .. } => format!("{base}/calls"),
        Finding::ConnectionSilent { connection_id, .. } | Finding::CredentialExpiring { connection_id, .. } => {
            format!("{base}/connections/{connection_id}")
        }
        Finding::VoicemailReceived { .. } => format!("{base}/voicemails"),
        Finding::KeywordHeard { call_id, .. } | Finding::NegativeSentiment { call_id, .. } => {
            format!("{base}/calls/{call_id}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_the_workspace_and_spans_are_round() {
        let finding = Finding::ConnectionSilent {
            connection_id: switchboard_domain::ids::ConnectionId::from_uuid(uuid::Uuid::nil()),
            connection_name: "Front desk".into(),
            silent_minutes: 250,
            last_event_at: "2026-07-06T07:00:00Z".parse().unwrap(),
        };
        let words = of(&finding, Language::English, "Europe/Berlin");
        assert_eq!(words.title, "Front desk has gone silent");
        assert!(
            words.text.contains("for 4 hours; the last event came 2026-07-06 09:00 (Europe/Berlin)"),
            "{}",
            words.text
        );
        let words = of(&finding, Language::Spanish, "Mars/Olympus");
        assert!(words.text.contains("Hace 4 horas") && words.text.contains("2026-07-06 07:00"), "{}", words.text);
    }
}
