//! The letters, in English and Spanish. Each says who wants what and why this person gets it, what to do, and until when.
//!
//! They are code and not files: a missing word does not compile, and there is nothing to install beside the binary.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use switchboard_domain::{Timestamp, mail::Language, role::Role};

use super::report::ReportLetter;

/// What is written to people.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "letter", rename_all = "snake_case")]
pub enum Letter {
    /// Asks whether the address is theirs.
    VerifyEmail { link: String },
    /// The way to a new password, for one who asked for it.
    ResetPassword { link: String },
    /// Somebody set a new password: a warning if it was not them.
    PasswordChanged,
    /// Somebody switched the second factor on or off: likewise.
    SecondFactor { is_on: bool },
    /// Somebody wants them in a workspace.
    Invitation { link: String, workspace: String, inviter: String, role: Role },
    /// Somebody shows them a call.
    CallShared { link: String, workspace: String, sharer: String, note: Option<String> },
    /// So much of the plan's minutes of this month is used.
    UsageWarning { workspace: String, percent: i32, used: i64, limit: i64 },
    /// What a rule of the workspace has to tell, in words that are written already.
    Notification { workspace: String, title: String, text: String, link: String, is_test: bool },
    /// A report, as a file.
    Report(Box<ReportLetter>),
}

/// A letter with what it is written in, as it waits in the database.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Contents {
    pub language: Language,
    #[serde(flatten)]
    pub letter: Letter,
}

/// A letter, written out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    pub subject: String,
    pub text: String,
    pub html: String,
}

/// What both forms are made of.
pub(super) struct Page {
    pub subject: String,
    pub paragraphs: Vec<String>,
    /// The label of the link, and the link.
    pub action: Option<(&'static str, String)>,
    /// What follows the link, smaller.
    pub notes: Vec<String>,
}

impl Letter {
    /// Which one it is, for people.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::VerifyEmail { .. } => "verify_email",
            Self::ResetPassword { .. } => "reset_password",
            Self::PasswordChanged => "password_changed",
            Self::SecondFactor { .. } => "second_factor",
            Self::Invitation { .. } => "invitation",
            Self::CallShared { .. } => "call_shared",
            Self::UsageWarning { .. } => "usage_warning",
            Self::Notification { .. } => "notification",
            Self::Report(_) => "report",
        }
    }

    /// Writes it out. `expires_at` is shown where there is a link that ends.
    pub fn render(&self, language: Language, expires_at: Timestamp) -> Rendered {
        let page = self.page(language, expires_at);
        Self::written(page, language)
    }

    fn written(page: Page, language: Language) -> Rendered {
        Rendered { text: page.text(), html: page.html(language), subject: page.subject }
    }

    fn page(&self, in_: Language, expires_at: Timestamp) -> Page {
        let once = match in_ {
            Language::English => format!("The link works once, until {}.", moment(expires_at)),
            Language::Spanish => format!("El enlace funciona una sola vez, hasta el {}.", moment(expires_at)),
        };
        match self {
            Self::VerifyEmail { link } => Page {
                subject: in_.pick("Confirm your e-mail address", "Confirme su correo electrónico").into(),
                paragraphs: vec![
                    in_.pick(
                        "Somebody signed up to Switchboard with this address. If it was you, confirm that it is yours.",
                        "Alguien se registró en Switchboard con esta dirección. Si fue usted, confirme que es suya.",
                    )
                    .into(),
                ],
                action: Some((in_.pick("Confirm address", "Confirmar dirección"), link.clone())),
                notes: vec![
                    once,
                    in_.pick(
                        "If it was not you, ignore this mail: nothing happens without the link.",
                        "Si no fue usted, ignore este mensaje: sin el enlace no ocurre nada.",
                    )
                    .into(),
                ],
            },
            Self::ResetPassword { link } => Page {
                subject: in_.pick("Set a new password", "Elija una contraseña nueva").into(),
                paragraphs: vec![
                    in_.pick(
                        "Somebody asked for a new password for your Switchboard account. If it was you, choose one.",
                        "Alguien pidió una contraseña nueva para su cuenta de Switchboard. Si fue usted, elíjala.",
                    )
                    .into(),
                ],
                action: Some((in_.pick("Choose a password", "Elegir contraseña"), link.clone())),
                notes: vec![
                    once,
                    in_.pick(
                        "If it was not you, ignore this mail: your password stays as it is.",
                        "Si no fue usted, ignore este mensaje: su contraseña sigue siendo la misma.",
                    )
                    .into(),
                ],
            },
            Self::PasswordChanged => Page {
                subject: in_.pick("Your password was changed", "Su contraseña ha cambiado").into(),
                paragraphs: vec![
                    in_.pick(
                        "The password of your Switchboard account was changed, and all other sign-ins were ended.",
                        "La contraseña de su cuenta de Switchboard ha cambiado y las demás sesiones se han cerrado.",
                    )
                    .into(),
                ],
                action: None,
                notes: vec![was_it_you(in_).into()],
            },
            Self::SecondFactor { is_on } => Page {
                subject: match (is_on, in_) {
                    (true, Language::English) => "Two-factor sign-in was switched on".into(),
                    (true, Language::Spanish) => "Se activó la verificación en dos pasos".into(),
                    (false, Language::English) => "Two-factor sign-in was switched off".into(),
                    (false, Language::Spanish) => "Se desactivó la verificación en dos pasos".into(),
                },
                paragraphs: vec![if *is_on {
                    in_.pick(
                        "Signing in to your Switchboard account now takes a code from your authenticator as well.",
                        "Para entrar en su cuenta de Switchboard ahora hace falta también un código de su autenticador.",
                    )
                    .into()
                } else {
                    in_.pick(
                        "Signing in to your Switchboard account takes no code from an authenticator any more.",
                        "Para entrar en su cuenta de Switchboard ya no hace falta un código del autenticador.",
                    )
                    .into()
                }],
                action: None,
                notes: vec![was_it_you(in_).into()],
            },
            Self::Invitation { link, workspace, inviter, role } => {
                invitation(in_, link, workspace, inviter, *role, once)
            }
            Self::CallShared { link, workspace, sharer, note } => {
                let until = match in_ {
                    Language::English => format!("The link works until {}.", moment(expires_at)),
                    Language::Spanish => format!("El enlace funciona hasta el {}.", moment(expires_at)),
                };
                call_shared(in_, link, workspace, sharer, note.as_deref(), until)
            }
            Self::UsageWarning { workspace, percent, used, limit } => {
                usage_warning(in_, workspace, *percent, *used, *limit)
            }
            Self::Notification { workspace, title, text, link, is_test } => {
                notification(in_, workspace, (title, text), link, *is_test)
            }
            Self::Report(report) => report.page(in_, true),
        }
    }
}

impl ReportLetter {
    /// Writes it out, with the file or without.
    pub fn render(&self, language: Language, is_enclosed: bool) -> Rendered {
        Letter::written(self.page(language, is_enclosed), language)
    }
}

fn notification(in_: Language, workspace: &str, (title, text): (&str, &str), link: &str, is_test: bool) -> Page {
    let title = one_line(title);
    let note = match in_ {
        Language::English => format!(
            "You get this mail because a notification rule of {} writes to you. Its owners and admins change it under Settings.",
            one_line(workspace)
        ),
        Language::Spanish => format!(
            "Recibe este correo porque una regla de avisos de {} le escribe. Sus propietarios y administradores la cambian en Ajustes.",
            one_line(workspace)
        ),
    };
    let test = in_.pick("This is a test. Nothing has happened.", "Esto es una prueba. No ha ocurrido nada.");
    Page {
        subject: if is_test { format!("{}: {title}", in_.pick("Test", "Prueba")) } else { title },
        paragraphs: is_test.then(|| test.to_owned()).into_iter().chain([text.to_owned()]).collect(),
        action: Some((in_.pick("Open in Switchboard", "Abrir en Switchboard"), link.to_owned())),
        notes: vec![note],
    }
}

fn usage_warning(in_: Language, workspace: &str, percent: i32, used: i64, limit: i64) -> Page {
    let workspace = one_line(workspace);
    let (subject, paragraph) = match in_ {
        Language::English => (
            format!("{workspace} has used {percent} % of its minutes"),
            format!("This month {workspace} has used {used} of the {limit} minutes that its plan includes."),
        ),
        Language::Spanish => (
            format!("{workspace} ha usado el {percent} % de sus minutos"),
            format!("Este mes {workspace} ha usado {used} de los {limit} minutos que incluye su plan."),
        ),
    };
    Page {
        subject,
        paragraphs: vec![paragraph],
        action: None,
        notes: vec![
            in_.pick(
                "Calls and messages are kept whatever the plan says. A larger plan raises the limit at once.",
                "Las llamadas y los mensajes se guardan en cualquier caso. Un plan mayor amplía el límite al instante.",
            )
            .into(),
        ],
    }
}

fn call_shared(in_: Language, link: &str, workspace: &str, sharer: &str, note: Option<&str>, until: String) -> Page {
    let (workspace, sharer) = (one_line(workspace), one_line(sharer));
    let (subject, paragraph) = match in_ {
        Language::English => (
            format!("{workspace} shares a call with you"),
            format!(
                "{sharer} of {workspace} shares a call with you: what was said, recorded or summed up is behind the link."
            ),
        ),
        Language::Spanish => (
            format!("{workspace} comparte una llamada con usted"),
            format!(
                "{sharer} de {workspace} comparte una llamada con usted: lo que se dijo, grabó o resumió está tras el enlace."
            ),
        ),
    };
    // The words are a stranger's to whoever reads them: in quotes, in one line, and no link of their own.
    let note = note.map(|note| format!("“{}”", quoted(note)));
    Page {
        subject,
        paragraphs: std::iter::once(paragraph).chain(note).collect(),
        action: Some((in_.pick("Open the call", "Abrir la llamada"), link.to_owned())),
        notes: vec![
            until,
            in_.pick(
                "Whoever has the link can open it: do not pass it on.",
                "Quien tenga el enlace puede abrirlo: no lo reenvíe.",
            )
            .into(),
        ],
    }
}

fn invitation(in_: Language, link: &str, workspace: &str, inviter: &str, role: Role, once: String) -> Page {
    let (workspace, inviter) = (one_line(workspace), one_line(inviter));
    let (subject, paragraph) = match in_ {
        Language::English => (
            format!("{inviter} invites you to {workspace}"),
            format!("{inviter} invites you to work in {workspace} on Switchboard, as {}.", role_name(in_, role)),
        ),
        Language::Spanish => (
            format!("{inviter} le invita a {workspace}"),
            format!("{inviter} le invita a trabajar en {workspace} en Switchboard, como {}.", role_name(in_, role)),
        ),
    };
    Page {
        subject,
        paragraphs: vec![paragraph],
        action: Some((in_.pick("Accept the invitation", "Aceptar la invitación"), link.to_owned())),
        notes: vec![
            once,
            in_.pick(
                "If you do not know who this is, ignore this mail: nothing happens without the link.",
                "Si no conoce a esta persona, ignore este mensaje: sin el enlace no ocurre nada.",
            )
            .into(),
        ],
    }
}

const fn was_it_you(in_: Language) -> &'static str {
    in_.pick(
        "If it was not you, set a new password at once and tell an owner of your workspace.",
        "Si no fue usted, elija enseguida una contraseña nueva y avise al propietario de su espacio de trabajo.",
    )
}

const fn role_name(in_: Language, role: Role) -> &'static str {
    match role {
        Role::Owner => in_.pick("an owner", "propietario"),
        Role::Admin => in_.pick("an admin", "administrador"),
        Role::Agent => in_.pick("an agent", "agente"),
        Role::Viewer => in_.pick("a viewer", "observador"),
    }
}

/// `2026-11-21 10:30 UTC`.
fn moment(at: Timestamp) -> String {
    let text = at.to_string();
    match (text.get(..10), text.get(11..16)) {
        (Some(day), Some(time)) => format!("{day} {time} UTC"),
        _ => text,
    }
}

/// As [`one_line`], for a few sentences.
fn quoted(note: &str) -> String {
    let plain: String = note.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    plain.replace("://", " ").trim().to_owned()
}

/// Names come from strangers: whatever could start another line, or pretend to be an address, goes.
pub(super) fn one_line(name: &str) -> String {
    const MOST_CHARACTERS: usize = 80;
    let plain: String = name.chars().map(|c| if c.is_control() { ' ' } else { c }).take(MOST_CHARACTERS).collect();
    // A name such as «win.example/prize» would be turned into a link by many mail programs.
    plain.replace("://", " ").replace('/', " ").trim().to_owned()
}

impl Page {
    fn text(&self) -> String {
        let mut text = String::new();
        for paragraph in &self.paragraphs {
            let _ = writeln!(text, "{paragraph}\n");
        }
        if let Some((label, link)) = &self.action {
            let _ = writeln!(text, "{label}:\n{link}\n");
        }
        for note in &self.notes {
            let _ = writeln!(text, "{note}");
        }
        text
    }

    fn html(&self, language: Language) -> String {
        let mut html = format!(
            "<!doctype html><html lang=\"{language}\"><head><meta charset=\"utf-8\"><title>{}</title></head>\
             <body style=\"margin:0;padding:24px;background:#f4f5f7;font:16px/1.5 system-ui,sans-serif;color:#1a1b1e\">\
             <div style=\"max-width:520px;margin:0 auto;padding:32px;background:#fff;border-radius:8px\">\
             <p style=\"margin:0 0 16px;font-weight:600\">Switchboard</p>",
            escaped(&self.subject)
        );
        for paragraph in &self.paragraphs {
            let _ = write!(html, "<p>{}</p>", escaped(paragraph));
        }
        if let Some((label, link)) = &self.action {
            let _ = write!(
                html,
                "<p><a href=\"{0}\" style=\"display:inline-block;padding:10px 20px;background:#1c7ed6;color:#fff;\
                 text-decoration:none;border-radius:6px\">{1}</a></p>\
                 <p style=\"font-size:13px;color:#5c5f66;word-break:break-all\">{0}</p>",
                escaped(link),
                escaped(label)
            );
        }
        for note in &self.notes {
            let _ = write!(html, "<p style=\"font-size:13px;color:#5c5f66\">{}</p>", escaped(note));
        }
        html.push_str("</div></body></html>\n");
        html
    }
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<Letter> {
        let link = "https://calls.example/x#token=abc&n=1".to_owned();
        vec![
            Letter::VerifyEmail { link: link.clone() },
            Letter::ResetPassword { link: link.clone() },
            Letter::PasswordChanged,
            Letter::SecondFactor { is_on: true },
            Letter::SecondFactor { is_on: false },
            Letter::UsageWarning { workspace: "Acme <b>".into(), percent: 80, used: 80, limit: 100 },
            Letter::CallShared {
                link: link.clone(),
                workspace: "Acme".into(),
                sharer: "Dana".into(),
                note: Some("see\r\nhttps://evil.example".into()),
            },
            Letter::Invitation {
                link,
                workspace: "Acme <b>".into(),
                inviter: "Dana\r\nBcc: x".into(),
                role: Role::Agent,
            },
        ]
    }

    #[test]
    fn each_letter_says_what_to_do_in_both_forms_and_languages() {
        let until = Timestamp::from_millis(1_788_000_001_012);
        for letter in all() {
            let [english, spanish] = [Language::English, Language::Spanish].map(|in_| letter.render(in_, until));
            assert_ne!(english.subject, spanish.subject, "{letter:?}");
            for rendered in [english, spanish] {
                assert!(!rendered.subject.contains(['\r', '\n']), "{rendered:?}");
                assert!(!rendered.html.contains("<b>"), "{rendered:?}");
                if rendered.text.contains("https://") {
                    assert!(rendered.text.contains("#token=abc&n=1\n"), "{rendered:?}");
                    assert!(
                        rendered.html.contains("href=\"https://calls.example/x#token=abc&amp;n=1\""),
                        "{rendered:?}"
                    );
                    assert!(rendered.text.contains("2026-08-29 10:40 UTC"), "{rendered:?}");
                }
            }
        }
    }

    #[test]
    fn a_name_cannot_become_a_link_or_a_line() {
        assert_eq!(one_line("win at https://evil.example/prize\n"), "win at https evil.example prize");
        assert_eq!(one_line(&"x".repeat(500)).len(), 80);
    }
}
