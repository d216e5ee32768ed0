//! The letter that brings a report.

use serde::{Deserialize, Serialize};
use switchboard_domain::{
    ids::{ReportScheduleId, UserId},
    mail::Language,
    report_schedule::FileFormat,
};
use switchboard_rules::report::{Filter, ReportKind};

use super::letter::{Page, one_line};
use crate::report_files::words;

/// Which report, of which days, for whom. The report itself is made when the letter is sent.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReportLetter {
    pub schedule: ReportScheduleId,
    pub user: UserId,
    pub workspace: String,
    /// What people call the schedule; `None`: by its report.
    pub name: Option<String>,
    pub report: ReportKind,
    pub format: FileFormat,
    pub filter: Filter,
    /// The report's page.
    pub link: String,
    /// Where its reader stops these letters: a page, and an address for mail programs.
    pub leave: String,
    pub one_click: String,
}

impl ReportLetter {
    pub(super) fn page(&self, in_: Language, is_enclosed: bool) -> Page {
        let workspace = one_line(&self.workspace);
        let title = words::title(self.report, in_);
        let name = self.name.as_deref().map_or_else(|| title.to_owned(), one_line);
        let (from, to) = (self.filter.from, self.filter.to);
        let days = match in_ {
            _ if from == to => from.to_string(),
            Language::English => format!("{from} to {to}"),
            Language::Spanish => format!("{from} a {to}"),
        };
        let mut paragraphs = vec![match in_ {
            Language::English => format!("Here is the report “{title}” of {workspace}, {days}."),
            Language::Spanish => format!("Este es el informe «{title}» de {workspace}, {days}."),
        }];
        let words = words::filters(&self.filter, self.filter.connection.map(|_| "…"), in_);
        if !words.is_empty() {
            let all: Vec<String> = words.iter().map(|(name, value)| format!("{name}: {}", one_line(value))).collect();
            paragraphs.push(all.join(" · "));
        }
        if !is_enclosed {
            paragraphs.push(
                in_.pick(
                    "The file is too large for e-mail. Open the report and export it there.",
                    "El archivo es demasiado grande para el correo. Abra el informe y expórtelo allí.",
                )
                .to_owned(),
            );
        }
        Page {
            subject: format!("{workspace}: {name}, {days}"),
            paragraphs,
            action: Some((in_.pick("Open the report", "Abrir el informe"), self.link.clone())),
            notes: vec![
                in_.pick(
                    "You get this mail because somebody in your workspace put you on this report's list.",
                    "Recibe este correo porque alguien de su espacio de trabajo le incluyó en la lista de este informe.",
                )
                .to_owned(),
                format!("{} {}", in_.pick("Stop these mails:", "Dejar de recibirlo:"), self.leave),
            ],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_says_what_it_is_and_how_it_stops() {
        let letter = ReportLetter {
            schedule: ReportScheduleId::from_uuid(uuid::Uuid::nil()),
            user: UserId::from_uuid(uuid::Uuid::nil()),
            workspace: "Acme\r\nBcc: x".into(),
            name: Some("Mondays https://evil.example".into()),
            report: ReportKind::Queues,
            format: FileFormat::Pdf,
            filter: Filter {
                from: "2026-11-01".parse().unwrap(),
                to: "2026-11-07".parse().unwrap(),
                direction: None,
                outcome: None,
                connection: None,
                agent: None,
                queue: Some("<b>6500".into()),
                ring_group: None,
                trunk: None,
                did: None,
            },
            link: "https://calls.example/reports/queues".into(),
            leave: "https://calls.example/unsubscribe#token=t".into(),
            one_click: "https://calls.example/api/v1/report-unsubscribes?token=t".into(),
        };
        let [english, spanish] = [Language::English, Language::Spanish].map(|in_| letter.render(in_, true));
        assert_eq!(english.subject, "Acme  Bcc: x: Mondays https evil.example, 2026-11-01 to 2026-11-07");
        assert!(spanish.text.contains("«Colas»") && spanish.text.contains("Cola: <b>6500"), "{}", spanish.text);
        for written in [&english, &spanish] {
            assert!(!written.html.contains("<b>"), "{}", written.html);
            assert!(written.text.contains("https://calls.example/unsubscribe#token=t"), "{}", written.text);
        }
        assert!(letter.render(Language::Spanish, false).text.contains("demasiado grande"));
    }
}
