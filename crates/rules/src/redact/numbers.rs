//! Numbers as they are said: words, digits, "double one", "forty-two", "treinta y dos", and the noises between them.

use super::{Said, tokens::Token};

/// Noises that do not end a number, by speakers of both languages.
const FILLERS: [&str; 62] = [
    "a", "ah", "aha", "aja", "ajam", "all", "alright", "and", "bien", "bueno", "claro", "correct", "correcto", "dash",
    "de", "eh", "em", "er", "espacio", "este", "go", "ahead", "good", "got", "great", "guion", "hm", "hmm", "it",
    "listo", "luego", "m", "mhm", "mm", "mmm", "next", "ok", "okay", "perfect", "perfecto", "please", "right", "si",
    "so", "sorry", "space", "sure", "thanks", "then", "uh", "huh", "um", "vale", "y", "yeah", "yep", "yes", "you",
    "gracias", "ya", "mhmm", "sip",
];
/// Of which so many may stand between two parts.
const FILLERS_BETWEEN: usize = 8;

fn is_filler(word: &str) -> bool {
    FILLERS.contains(&word)
}

fn unit(word: &str) -> Option<u32> {
    Some(match word {
        "zero" | "oh" | "o" | "cero" | "nought" => 0,
        "one" | "uno" | "una" => 1,
        "two" | "dos" => 2,
        "three" | "tres" => 3,
        "four" | "cuatro" => 4,
        "five" | "cinco" => 5,
        "six" | "seis" => 6,
        "seven" | "siete" => 7,
        "eight" | "ocho" => 8,
        "nine" | "niner" | "nueve" => 9,
        _ => return None,
    })
}

/// Ten to twenty-nine where they are one word.
fn teen(word: &str) -> Option<u32> {
    Some(match word {
        "ten" | "diez" => 10,
        "eleven" | "once" => 11,
        "twelve" | "doce" => 12,
        "thirteen" | "trece" => 13,
        "fourteen" | "catorce" => 14,
        "fifteen" | "quince" => 15,
        "sixteen" | "dieciseis" => 16,
        "seventeen" | "diecisiete" => 17,
        "eighteen" | "dieciocho" => 18,
        "nineteen" | "diecinueve" => 19,
        "veintiuno" | "veintiun" => 21,
        "veintidos" => 22,
        "veintitres" => 23,
        "veinticuatro" => 24,
        "veinticinco" => 25,
        "veintiseis" => 26,
        "veintisiete" => 27,
        "veintiocho" => 28,
        "veintinueve" => 29,
        _ => return None,
    })
}

fn tens(word: &str) -> Option<u32> {
    Some(match word {
        "twenty" | "veinte" => 20,
        "thirty" | "treinta" => 30,
        "forty" | "fourty" | "cuarenta" => 40,
        "fifty" | "cincuenta" => 50,
        "sixty" | "sesenta" => 60,
        "seventy" | "setenta" => 70,
        "eighty" | "ochenta" => 80,
        "ninety" | "noventa" => 90,
        _ => return None,
    })
}

fn hundreds(word: &str) -> Option<u32> {
    Some(match word {
        "cien" | "ciento" => 100,
        "doscientos" | "doscientas" => 200,
        "trescientos" | "trescientas" => 300,
        "cuatrocientos" | "cuatrocientas" => 400,
        "quinientos" | "quinientas" => 500,
        "seiscientos" | "seiscientas" => 600,
        "setecientos" | "setecientas" => 700,
        "ochocientos" | "ochocientas" => 800,
        "novecientos" | "novecientas" => 900,
        _ => return None,
    })
}

fn repeats(word: &str) -> Option<usize> {
    match word {
        "double" | "doble" => Some(2),
        "triple" | "treble" => Some(3),
        _ => None,
    }
}

pub fn is_number_word(word: &str) -> bool {
    unit(word).or_else(|| teen(word)).or_else(|| tens(word)).or_else(|| hundreds(word)).is_some()
}

/// Lines that are read as one: tokens by their index.
#[derive(Debug, Clone)]
pub struct View(pub Vec<usize>);

impl View {
    /// Each line alone, then each speaker, then all lines.
    pub fn all(said: &[Said<'_>], tokens: &[Token]) -> Vec<Self> {
        let mut by_line = vec![Vec::new(); said.len()];
        for (index, token) in tokens.iter().enumerate() {
            by_line[token.line].push(index);
        }
        let mut speakers: Vec<&str> = said.iter().filter_map(|line| line.speaker).collect();
        speakers.sort_unstable();
        speakers.dedup();
        let of = |speaker: &str| {
            let lines = said.iter().zip(&by_line).filter(|(line, _)| line.speaker == Some(speaker));
            Self(lines.flat_map(|(_, tokens)| tokens.iter().copied()).collect())
        };
        let spoken: Vec<Self> = if speakers.len() > 1 { speakers.into_iter().map(of).collect() } else { Vec::new() };
        let lines = by_line.into_iter().filter(|tokens| !tokens.is_empty()).map(Self);
        lines.chain(spoken).chain([Self((0..tokens.len()).collect())]).collect()
    }
}

/// A part of a number that is said in one go: its digits, and the tokens that say them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    pub digits: String,
    pub tokens: Vec<usize>,
}

/// Parts with nothing but noises between them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Run(pub Vec<Piece>);

impl Run {
    pub fn digits(&self) -> String {
        self.0.iter().map(|piece| piece.digits.as_str()).collect()
    }

    pub fn tokens(&self) -> Vec<usize> {
        self.0.iter().flat_map(|piece| piece.tokens.iter().copied()).collect()
    }
}

/// Whether "oh" is a zero or a noise. Nobody can tell before the number is complete, so both are tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Oh {
    Zero,
    Noise,
}

/// The numbers of a view.
pub fn runs(tokens: &[Token], view: &View, oh: Oh) -> Vec<Run> {
    let reader = Reader { tokens, view: &view.0, oh };
    let (mut runs, mut run, mut fillers, mut at) = (Vec::new(), Run::default(), 0, 0);
    while at < view.0.len() {
        if let Some((piece, next)) = reader.piece(at) {
            run.0.push(piece);
            (fillers, at) = (0, next);
            continue;
        }
        let token = &tokens[view.0[at]];
        let is_noise = token.word().is_some_and(|word| is_filler(word) || matches!(word, "oh" | "o"));
        fillers += usize::from(is_noise);
        if !(token.is_gap() || is_noise) || fillers > FILLERS_BETWEEN {
            runs.push(std::mem::take(&mut run));
            fillers = 0;
        }
        at += 1;
    }
    runs.push(run);
    runs.retain(|run| !run.0.is_empty());
    runs
}

struct Reader<'a> {
    tokens: &'a [Token],
    view: &'a [usize],
    oh: Oh,
}

impl Reader<'_> {
    fn word(&self, at: usize) -> Option<&str> {
        self.tokens[*self.view.get(at)?].word().filter(|word| self.oh == Oh::Zero || !matches!(*word, "oh" | "o"))
    }

    /// The next place that is no gap, in the same line.
    fn after(&self, at: usize) -> usize {
        let mut next = at + 1;
        while let Some(index) = self.view.get(next) {
            let is_hyphen = self.tokens[*index].is_gap() && self.tokens[*index].line == self.tokens[self.view[at]].line;
            if !is_hyphen {
                break;
            }
            next += 1;
        }
        next
    }

    /// The part that begins here, and where the next one may.
    fn piece(&self, at: usize) -> Option<(Piece, usize)> {
        let index = *self.view.get(at)?;
        if let Some(digits) = self.tokens[index].digits() {
            return (!self.is_name(at)).then(|| (Piece { digits: digits.to_owned(), tokens: vec![index] }, at + 1));
        }
        let word = self.word(at)?;
        if let Some(times) = repeats(word) {
            let next = self.after(at);
            let index = *self.view.get(next)?;
            let digit = match self.tokens[index].digits() {
                Some(digits) => Some(digits.to_owned()).filter(|digits| digits.len() == 1),
                None => self.word(next).and_then(unit).map(|digit| digit.to_string()),
            }?;
            return Some((Piece { digits: digit.repeat(times), tokens: vec![self.view[at], index] }, next + 1));
        }
        let (number, mut used) = self.number(at)?;
        let next = used.last().map_or(at + 1, |last| last + 1);
        for place in &mut used {
            *place = self.view[*place];
        }
        Some((Piece { digits: number.to_string(), tokens: used }, next))
    }

    /// `cvv2`: the digit is a part of the name.
    fn is_name(&self, at: usize) -> bool {
        let Some(before) = at.checked_sub(1) else { return false };
        let (name, digit) = (&self.tokens[self.view[before]], &self.tokens[self.view[at]]);
        let touches = name.line == digit.line && name.end == digit.start;
        touches && digit.digits() == Some("2") && matches!(name.word(), Some("cvv" | "cvc"))
    }

    /// A number of up to three digits in words, and the places that it took.
    fn number(&self, at: usize) -> Option<(u32, Vec<usize>)> {
        let word = self.word(at)?;
        if let Some(hundred) = hundreds(word) {
            let (rest, used) = self.under_hundred(self.after(at)).unwrap_or_default();
            return Some((hundred + rest, [vec![at], used].concat()));
        }
        if let Some(digit) = unit(word) {
            let next = self.after(at);
            if digit > 0 && self.word(next) == Some("hundred") {
                let mut rest = self.after(next);
                if self.word(rest) == Some("and") {
                    rest = self.after(rest);
                }
                let (low, used) = self.under_hundred(rest).unwrap_or_default();
                return Some((digit * 100 + low, [vec![at, next], used].concat()));
            }
        }
        self.under_hundred(at)
    }

    fn under_hundred(&self, at: usize) -> Option<(u32, Vec<usize>)> {
        let word = self.word(at)?;
        if let Some(number) = unit(word).or_else(|| teen(word)) {
            return Some((number, vec![at]));
        }
        let ten = tens(word)?;
        let mut next = self.after(at);
        let mut used = vec![at];
        if self.word(next) == Some("y") {
            used.push(next);
            next = self.after(next);
        }
        match self.word(next).and_then(unit).filter(|digit| *digit > 0 && !matches!(self.word(next), Some("o"))) {
            Some(digit) => Some((ten + digit, [used, vec![next]].concat())),
            None => Some((ten, vec![at])),
        }
    }
}
