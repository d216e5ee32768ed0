//! The files that are made from the list of variables: `.env.example` and `docs/settings.md`. Both are committed, and
//! tests compare them with what is made here.

use std::fmt::Write as _;

use super::catalogue::{ALL, Mask, Preset, Role, Variable};

/// Widest line of a comment.
const WIDTH: usize = 118;

/// Every variable that is read, commented out, so that a copy of the file starts the server as it is.
pub fn env_example() -> String {
    let mut text = String::from(
        "# Settings of Switchboard. Made by `switchboard config --env-example`; do not edit by hand.\n\
         # Copy it to .env and take away the # of what you want to change. The environment wins over this file, and\n\
         # flags win over both. With nothing set, the server starts on SQLite in ./data and makes the secrets it needs.\n",
    );
    let mut section = "";
    for variable in ALL.iter().filter(|variable| variable.role == Role::Read) {
        if variable.section != section {
            section = variable.section;
            push_line(&mut text, "");
            push_line(&mut text, &format!("# === {section} ==="));
        }
        push_line(&mut text, "");
        for line in wrap(&described(variable)) {
            push_line(&mut text, &format!("# {line}"));
        }
        let value = if let Preset::Is(value) = variable.preset { value } else { "" };
        push_line(&mut text, &format!("# {}={value}", variable.name));
    }
    text
}

fn described(variable: &Variable) -> String {
    let mut text = variable.help.to_owned();
    if let Preset::Made(what) = variable.preset {
        push(&mut text, format_args!(" Default: {what}."));
    }
    if !variable.aliases.is_empty() {
        push(&mut text, format_args!(" Also read as {}.", variable.aliases.join(", ")));
    }
    text
}

/// The same as a page, with the settings of the guides that do nothing here and what takes their place.
pub fn markdown() -> String {
    let mut text = String::from(
        "# Settings\n\n\
         <!-- Made by `switchboard config --markdown`; do not edit by hand. -->\n\n\
         Values come from a file (`--env-file`, by default `./.env`), the environment, and flags (`--set NAME=value`); the\n\
         later wins. `switchboard config` shows what is in force and where it came from. A blank value counts as none.\n",
    );
    let mut section = "";
    for variable in ALL {
        if variable.section != section {
            section = variable.section;
            push(
                &mut text,
                format_args!(
                    "\n## {section}\n\n| variable | default | what it does | asked for by |\n|---|---|---|---|\n"
                ),
            );
        }
        push_line(&mut text, &row(variable));
    }
    text
}

fn row(variable: &Variable) -> String {
    let names: Vec<String> = variable.names().map(|name| format!("`{name}`")).collect();
    let preset = match variable.preset {
        Preset::Unset => String::new(),
        Preset::Is(value) => format!("`{value}`"),
        Preset::Made(what) => what.to_owned(),
    };
    let mut help = variable.help.to_owned();
    if variable.mask == Mask::Whole {
        help.push_str(" Secret.");
    }
    if let Some(mut explanation) = variable.role.explanation() {
        if let Some(first) = explanation.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        push(&mut help, format_args!(" {explanation}."));
    }
    let guides: Vec<&str> = variable.guides.iter().map(|guide| guide.title()).collect();
    format!("| {} | {preset} | {} | {} |", names.join(", "), help.replace('|', "\\|"), guides.join(", "))
}

fn push(text: &mut String, words: std::fmt::Arguments<'_>) {
    // Writing to a `String` cannot fail.
    let _ = text.write_fmt(words);
}

fn push_line(text: &mut String, line: &str) {
    text.push_str(line);
    text.push('\n');
}

/// Lines of whole words, none wider than `WIDTH` unless one word is.
fn wrap(text: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if line.len() + 1 + word.len() <= WIDTH => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// The committed file beside the workspace's root is what would be made now.
    fn is_committed(name: &str, made: &str, command: &str) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(name);
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(committed == made, "{name} is out of date: run `switchboard config {command} > {name}` and commit it");
    }

    #[test]
    fn the_example_file_is_up_to_date() {
        is_committed(".env.example", &env_example(), "--env-example");
    }

    #[test]
    fn the_settings_page_is_up_to_date() {
        is_committed("docs/settings.md", &markdown(), "--markdown");
    }

    #[test]
    fn a_copy_of_the_example_changes_nothing() {
        assert!(env_example().lines().all(|line| line.is_empty() || line.starts_with('#')));
        for variable in ALL.iter().filter(|variable| variable.role == Role::Read) {
            assert!(env_example().contains(&format!("\n# {}=", variable.name)), "{}", variable.name);
        }
    }
}
