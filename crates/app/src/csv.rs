//! CSV for spreadsheets (RFC 4180), written so that they run none of it.
//!
//! A spreadsheet takes a cell that begins with `=`, `+`, `-`, `@`, a tab or a carriage return for a formula, and what is in
//! it came from whoever called. Such a cell gets an apostrophe in front, which spreadsheets read as "text".

/// One line, with its end. All cells are quoted.
pub fn line<S: AsRef<str>>(cells: &[S]) -> String {
    let mut line = String::with_capacity(cells.len() * 16);
    for (i, cell) in cells.iter().enumerate() {
        if i > 0 {
            line.push(',');
        }
        push_cell(&mut line, cell.as_ref());
    }
    line.push_str("\r\n");
    line
}

fn push_cell(line: &mut String, text: &str) {
    line.push('"');
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        line.push('\'');
    }
    for (i, part) in text.split('"').enumerate() {
        line.push_str(if i > 0 { "\"\"" } else { "" });
        line.push_str(part);
    }
    line.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spreadsheets_run_nothing() {
        let line = line(&["plain", "=1+1", "@x \"y\"", "", "-5", "\tx", "a,b\nc"]);
        assert_eq!(line, "\"plain\",\"'=1+1\",\"'@x \"\"y\"\"\",\"\",\"'-5\",\"'\tx\",\"a,b\nc\"\r\n");
    }
}
