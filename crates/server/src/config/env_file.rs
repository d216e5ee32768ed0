//! Reads a `.env` file into pairs, as the originals' runtimes read it.
//!
//! Not `dotenvy`: it refuses unquoted values with spaces in them (the guides have `KEY=<PASTE YOUR KEY>`, which must be
//! told to the person as an unfinished setting), replaces `$` and what follows in unquoted values (which quietly changes
//! passwords), and repeats the whole line, secret included, in its error. Nothing here touches the process's environment.

/// What a file says, in order; a later line of the same name wins.
pub type Pairs = Vec<(String, String)>;

/// A line that is neither empty, a comment, nor `NAME=value`. The text of the line stays out of it: it may be a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadLine {
    /// Counted from 1.
    pub number: usize,
    pub wrong: &'static str,
}

/// The pairs, and every line that could not be read.
pub fn parse(text: &str) -> (Pairs, Vec<BadLine>) {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (mut pairs, mut bad) = (Vec::new(), Vec::new());
    let mut lines = text.lines().enumerate();
    while let Some((index, line)) = lines.next() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let number = index + 1;
        let Some((name, rest)) = split_name(line) else {
            bad.push(BadLine { number, wrong: "is not NAME=value" });
            continue;
        };
        let value = match rest.chars().next() {
            Some(quote @ ('"' | '\'' | '`')) => quoted(&rest[1..], quote, lines.by_ref().map(|(_, line)| line)),
            _ => Some(unquoted(rest)),
        };
        match value {
            Some(value) => pairs.push((name.to_owned(), value)),
            None => bad.push(BadLine { number, wrong: "opens a quotation mark that is never closed" }),
        }
    }
    (pairs, bad)
}

fn split_name(line: &str) -> Option<(&str, &str)> {
    let line = line.strip_prefix("export ").map_or(line, str::trim_start);
    let (name, rest) = line.split_once('=')?;
    let name = name.trim_end();
    let mut letters = name.chars();
    let starts_well = letters.next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_');
    let goes_on_well = letters.all(|letter| letter.is_ascii_alphanumeric() || letter == '_' || letter == '.');
    (starts_well && goes_on_well).then_some((name, rest.trim_start()))
}

/// Up to a `#` that follows white space: a `#` inside a password or a URL belongs to it.
fn unquoted(rest: &str) -> String {
    let mut end = rest.len();
    let mut after_space = true;
    for (at, letter) in rest.char_indices() {
        if letter == '#' && after_space {
            end = at;
            break;
        }
        after_space = letter.is_whitespace();
    }
    rest[..end].trim_end().to_owned()
}

/// Up to the closing mark, over as many lines as it takes (private keys have several). Escapes work in `"` only.
fn quoted<'a>(first: &'a str, quote: char, more: impl Iterator<Item = &'a str>) -> Option<String> {
    let mut value = String::new();
    for (index, line) in std::iter::once(first).chain(more).enumerate() {
        if index > 0 {
            value.push('\n');
        }
        let mut letters = line.chars();
        while let Some(letter) = letters.next() {
            match letter {
                _ if letter == quote => return Some(value),
                '\\' if quote == '"' => value.push_str(&unescaped(letters.next())),
                _ => value.push(letter),
            }
        }
    }
    None
}

fn unescaped(letter: Option<char>) -> String {
    match letter {
        Some('n') => "\n".to_owned(),
        Some('r') => "\r".to_owned(),
        Some('t') => "\t".to_owned(),
        Some(mark @ ('"' | '\\')) => mark.to_string(),
        Some(other) => format!("\\{other}"),
        None => "\\".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_the_originals_read() {
        let cases = [
            ("A=b", "b"),
            ("export A=b", "b"),
            ("A = b", "b"),
            ("A=", ""),
            ("A=# nothing", ""),
            ("A=<your-jwt-secret>      # For signing", "<your-jwt-secret>"),
            ("A=<PASTE YOUR VAPI PRIVATE KEY>", "<PASTE YOUR VAPI PRIVATE KEY>"),
            ("A=postgresql://u:p#a$$w$HOME@h/d", "postgresql://u:p#a$$w$HOME@h/d"),
            ("A=\"postgresql://localhost/d\" # local", "postgresql://localhost/d"),
            (r#"A="two\nlines and a \"mark\" and a \d""#, "two\nlines and a \"mark\" and a \\d"),
            (r"A='no \n escapes'", r"no \n escapes"),
            ("A=\"-----BEGIN\nKEY-----\"", "-----BEGIN\nKEY-----"),
            ("\u{feff}A=b\r\n", "b"),
        ];
        for (text, value) in cases {
            assert_eq!(parse(text), (vec![("A".to_owned(), value.to_owned())], Vec::new()), "{text}");
        }
    }

    #[test]
    fn says_which_lines_it_cannot_read_and_reads_the_others() {
        let (pairs, bad) = parse("# comment\nhunter2\n1A=b\nB=c\nC='open\nD=e");
        assert_eq!(pairs, [("B".to_owned(), "c".to_owned())]);
        assert_eq!(bad.iter().map(|line| line.number).collect::<Vec<_>>(), [2, 3, 5]);
    }
}
