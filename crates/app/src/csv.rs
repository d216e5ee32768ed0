//! CSV for spreadsheets (RFC 4180), written so that they run none of it.
//!
//! A spreadsheet takes a cell that begins with `=`, `+`, `-`, `@`, a tab or a line break for a formula, and what is in it
//! came from whoever called. Such a cell gets an apostrophe in front, which spreadsheets read as "text". One of a country
//! where semicolons part the columns reads our commas and quotes as text and begins its cells elsewhere, so what follows a
//! semicolon, a tab or a line break within a text is treated as the beginning of one too.

/// What begins a formula, also in the wide forms that East Asian keyboards write.
const RUNS: [char; 8] = ['=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];

/// Whether a spreadsheet would run a text, or parts of it.
pub fn is_dangerous(text: &str) -> bool {
    text.starts_with(['\t', '\r', '\n']) || text.starts_with(RUNS)
}

/// One line, with its end. All cells are quoted.
pub fn line<S: AsRef<str>>(cells: &[S]) -> String {
    let mut line = Line::default();
    for cell in cells {
        line.text(cell.as_ref());
    }
    line.end()
}

/// A line in the making, for values of which some are numbers.
#[derive(Debug, Default)]
pub struct Line(String);

impl Line {
    /// A text, quoted, of which nothing is run.
    pub fn text(&mut self, text: &str) {
        self.comma();
        self.0.push('"');
        if text.starts_with(['\t', '\r', '\n']) {
            self.0.push('\'');
        }
        let mut is_start = true;
        for c in text.chars() {
            if is_start && RUNS.contains(&c) {
                self.0.push('\'');
            }
            if c == '"' {
                self.0.push('"');
            }
            self.0.push(c);
            is_start = matches!(c, ';' | '\t' | '\r' | '\n');
        }
        self.0.push('"');
    }

    /// A number or a moment of ours, as it is.
    pub fn plain(&mut self, text: &str) {
        self.comma();
        self.0.push_str(text);
    }

    fn comma(&mut self) {
        if !self.0.is_empty() {
            self.0.push(',');
        }
    }

    /// The line, with its end. An empty first cell must be written as a text.
    pub fn end(mut self) -> String {
        self.0.push_str("\r\n");
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spreadsheets_run_nothing() {
        let line = line(&["plain", "=1+1", "@x \"y\"", "", "-5", "\tx", "a,b\nc", "\r=x", "＝1"]);
        assert_eq!(
            line,
            "\"plain\",\"'=1+1\",\"'@x \"\"y\"\"\",\"\",\"'-5\",\"'\tx\",\"a,b\nc\",\"'\r'=x\",\"'＝1\"\r\n"
        );
    }

    #[test]
    fn not_even_where_semicolons_part_the_columns() {
        assert_eq!(line(&["a;=cmd|' /C calc'!A0", "x\n+1"]), "\"a;'=cmd|' /C calc'!A0\",\"x\n'+1\"\r\n");
        assert_eq!(line(&["hooray; +15551230001"]), "\"hooray; +15551230001\"\r\n");
    }

    #[test]
    fn numbers_are_numbers() {
        let mut line = Line::default();
        line.text("");
        line.plain("-5");
        line.plain("0.5");
        assert_eq!(line.end(), "\"\",-5,0.5\r\n");
    }
}
