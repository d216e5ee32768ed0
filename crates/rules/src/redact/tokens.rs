//! Lines as tokens: words, runs of digits, marks of what was taken out before, and the signs between them.

use super::{Find, Said, Secret, Span};

/// A part of a line: bytes of it as it was given, or a mark in the place of others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Segment {
    Text { start: usize, end: usize },
    Mark { start: usize, end: usize, secret: Secret, ending: Option<String> },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// ASCII digits, whatever script they were written in.
    Digits(String),
    /// Lower case, without accents.
    Word(String),
    /// Something was taken out here.
    Mark(Secret),
    Sign(char),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    pub line: usize,
    pub start: usize,
    pub end: usize,
    pub kind: Kind,
}

impl Token {
    pub fn word(&self) -> Option<&str> {
        match &self.kind {
            Kind::Word(word) => Some(word),
            _ => None,
        }
    }

    pub fn digits(&self) -> Option<&str> {
        match &self.kind {
            Kind::Digits(digits) => Some(digits),
            _ => None,
        }
    }

    /// A sign that stands between parts of one number, or ends a breath.
    pub const fn is_gap(&self) -> bool {
        matches!(
            self.kind,
            Kind::Sign(
                '-' | '‐'
                    | '‑'
                    | '–'
                    | '—'
                    | '.'
                    | ','
                    | ';'
                    | ':'
                    | '?'
                    | '!'
                    | '¿'
                    | '¡'
                    | '('
                    | ')'
                    | '…'
                    | '"'
                    | '\''
            )
        )
    }

    pub fn may_be_number(&self) -> bool {
        match &self.kind {
            Kind::Digits(_) => true,
            Kind::Word(word) => super::numbers::is_number_word(word),
            Kind::Mark(_) | Kind::Sign(_) => false,
        }
    }
}

/// A line as it is given: text, and marks that an earlier redaction left in it.
pub fn segments(text: &str) -> Vec<Segment> {
    let (mut segments, mut from, mut at) = (Vec::new(), 0, 0);
    while let Some(found) = text[at..].find('[') {
        let start = at + found;
        match mark(&text[start..]) {
            Some((secret, ending, length)) => {
                segments.push(Segment::Text { start: from, end: start });
                segments.push(Segment::Mark { start, end: start + length, secret, ending });
                (from, at) = (start + length, start + length);
            }
            None => at = start + 1,
        }
    }
    segments.push(Segment::Text { start: from, end: text.len() });
    segments.retain(|segment| !matches!(segment, Segment::Text { start, end } if start == end));
    segments
}

/// The mark that a text begins with: exactly as [`shown`] writes it, so that nobody hides a number in one.
fn mark(text: &str) -> Option<(Secret, Option<String>, usize)> {
    Secret::ALL.iter().find_map(|secret| {
        let rest = text.strip_prefix('[')?.strip_prefix(secret.label())?;
        if let Some(rest) = rest.strip_prefix(']') {
            return Some((*secret, None, text.len() - rest.len()));
        }
        let (ending, rest) = rest.strip_prefix(" ending ")?.split_at_checked(4)?;
        let rest = rest.strip_prefix(']').filter(|_| ending.bytes().all(|byte| byte.is_ascii_alphanumeric()))?;
        Some((*secret, Some(ending.to_owned()), text.len() - rest.len()))
    })
}

fn shown(secret: Secret, ending: Option<&str>) -> String {
    match ending {
        Some(ending) => format!("[{} ending {ending}]", secret.label()),
        None => format!("[{}]", secret.label()),
    }
}

/// The line that segments come to.
pub fn write(text: &str, segments: &[Segment]) -> String {
    segments.iter().fold(String::with_capacity(text.len()), |mut line, segment| {
        match segment {
            Segment::Text { start, end } => line.push_str(&text[*start..*end]),
            Segment::Mark { secret, ending, .. } => line.push_str(&shown(*secret, ending.as_deref())),
        }
        line
    })
}

/// The tokens of all lines, in their order.
pub fn read(said: &[Said<'_>], lines: &[Vec<Segment>]) -> Vec<Token> {
    let mut tokens = Vec::new();
    for (line, (said, segments)) in said.iter().zip(lines).enumerate() {
        for segment in segments {
            match segment {
                Segment::Text { start, end } => read_text(line, said.text, *start, *end, &mut tokens),
                Segment::Mark { start, end, secret, .. } => {
                    tokens.push(Token { line, start: *start, end: *end, kind: Kind::Mark(*secret) });
                }
            }
        }
    }
    tokens
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Digit,
    Letter,
    Space,
    Sign,
}

const fn is_accent(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{36f}')
}

fn class(letter: char) -> Class {
    match letter {
        _ if digit(letter).is_some() => Class::Digit,
        _ if letter.is_alphabetic() || is_accent(letter) => Class::Letter,
        // Nothing that is not seen may stand between the digits of a number.
        _ if letter.is_whitespace()
            || letter.is_control()
            || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}') =>
        {
            Class::Space
        }
        _ => Class::Sign,
    }
}

fn read_text(line: usize, text: &str, start: usize, end: usize, tokens: &mut Vec<Token>) {
    let mut open: Option<(Class, usize, String)> = None;
    let mut close = |open: &mut Option<(Class, usize, String)>, end: usize| {
        if let Some((class, start, text)) = open.take() {
            let kind = if class == Class::Digit { Kind::Digits(text) } else { Kind::Word(text) };
            tokens.push(Token { line, start, end, kind });
        }
    };
    let mut signs = Vec::new();
    for (offset, letter) in text[start..end].char_indices() {
        let (at, class) = (start + offset, class(letter));
        if open.as_ref().is_none_or(|(held, ..)| *held != class) {
            close(&mut open, at);
            if matches!(class, Class::Digit | Class::Letter) {
                open = Some((class, at, String::new()));
            }
        }
        match (&mut open, class) {
            (Some((_, _, digits)), Class::Digit) => digits.extend(digit(letter)),
            (Some((_, _, word)), Class::Letter) => fold(letter, word),
            _ => {}
        }
        if class == Class::Sign {
            signs.push(Token { line, start: at, end: at + letter.len_utf8(), kind: Kind::Sign(letter) });
        }
    }
    close(&mut open, end);
    tokens.extend(signs);
    let first = tokens.iter().rposition(|token| token.line != line).map_or(0, |last| last + 1);
    tokens[first..].sort_by_key(|token| token.start);
}

/// The ASCII digit for a decimal digit of the scripts that speech and keyboards bring.
fn digit(letter: char) -> Option<char> {
    const ZEROS: [u32; 6] = [0x30, 0x660, 0x6f0, 0x966, 0x9e6, 0xff10];
    let code = u32::from(letter);
    let zero = ZEROS.into_iter().find(|zero| (*zero..*zero + 10).contains(&code))?;
    char::from_digit(code - zero, 10)
}

/// A letter in lower case and without the accents of Spanish.
fn fold(letter: char, word: &mut String) {
    for lower in letter.to_lowercase().filter(|lower| !is_accent(*lower)) {
        word.push(match lower {
            'á' | 'à' | 'â' | 'ä' => 'a',
            'é' | 'è' | 'ê' | 'ë' => 'e',
            'í' | 'ì' | 'î' | 'ï' => 'i',
            'ó' | 'ò' | 'ô' | 'ö' => 'o',
            'ú' | 'ù' | 'û' | 'ü' => 'u',
            other => other,
        });
    }
}

/// Puts marks in the place of what was found. Tokens of a line with nothing but gaps between them are one mark; the last
/// of all shows the ending.
pub fn take_out(said: &[Said<'_>], tokens: &[Token], find: &Find, lines: &mut [Vec<Segment>]) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    let mut last = None;
    for index in &find.tokens {
        let token = &tokens[*index];
        let joins = last.is_some_and(|last: usize| {
            tokens[last].line == token.line
                && tokens[last + 1..*index].iter().all(|between| joins_parts(between, find.secret))
        });
        last = Some(*index);
        match spans.last_mut() {
            Some(span) if joins => span.end = token.end,
            _ => spans.push(Span { line: token.line, start: token.start, end: token.end, secret: find.secret }),
        }
    }
    let count = spans.len();
    for (index, span) in spans.iter().enumerate() {
        let ending = find.ending.clone().filter(|_| index + 1 == count);
        debug_assert!(said[span.line].text.is_char_boundary(span.start));
        cut(&mut lines[span.line], span, ending);
    }
    spans
}

/// A sign that goes with the parts on both its sides. A date has a slash between them.
fn joins_parts(between: &Token, secret: Secret) -> bool {
    between.is_gap() || (secret == Secret::CardExpiry && between.kind == Kind::Sign('/'))
}

fn cut(segments: &mut Vec<Segment>, span: &Span, ending: Option<String>) {
    let holds =
        |segment: &Segment| matches!(segment, Segment::Text { start, end } if *start <= span.start && span.end <= *end);
    let Some(index) = segments.iter().position(holds) else { return };
    let Segment::Text { start, end } = segments[index].clone() else { return };
    let mark = Segment::Mark { start: span.start, end: span.end, secret: span.secret, ending };
    let before = Segment::Text { start, end: span.start };
    let after = Segment::Text { start: span.end, end };
    let filled = |segment: &Segment| !matches!(segment, Segment::Text { start, end } if start == end);
    segments.splice(index..=index, [before, mark, after].into_iter().filter(filled));
}
