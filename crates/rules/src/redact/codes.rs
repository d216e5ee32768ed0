//! What is only told by the words around it: security codes, expiry dates, social security numbers.

use super::{
    Find, Secret, card,
    numbers::{Oh, Run, View, runs},
    tokens::{Kind, Token},
};

/// Tokens behind a word within which its number is looked for: a question, an "um, let me see", an answer.
const AHEAD: usize = 40;
/// Lines behind it.
const LINES_AHEAD: usize = 4;
/// Tokens before a word, in its line: "one two three is the code".
const BACK: usize = 10;

/// Words without accents, in lower case.
const SECURITY: &[&[&str]] = &[
    &["cvv"],
    &["cvc"],
    &["csc"],
    &["c", "v", "v"],
    &["c", "v", "c"],
    &["security", "code"],
    &["verification", "code"],
    &["verification", "number"],
    &["verification", "value"],
    &["card", "code"],
    &["digit", "code"],
    &["three", "digits"],
    &["three", "digit"],
    &["3", "digits"],
    &["3", "digit"],
    &["on", "the", "back"],
    &["back", "of", "the", "card"],
    &["back", "of", "your", "card"],
    &["back", "of", "my", "card"],
    &["codigo", "de", "seguridad"],
    &["codigo", "de", "verificacion"],
    &["clave", "de", "seguridad"],
    &["numero", "de", "seguridad"],
    &["digitos", "de", "seguridad"],
    &["tres", "digitos"],
    &["3", "digitos"],
    &["reverso"],
    &["detras", "de", "la", "tarjeta"],
    &["parte", "de", "atras"],
    &["parte", "trasera"],
];
const EXPIRY: &[&[&str]] = &[
    &["expiry"],
    &["expiration"],
    &["expires"],
    &["expire"],
    &["exp", "date"],
    &["valid", "until"],
    &["valid", "thru"],
    &["good", "thru"],
    &["vence"],
    &["vencimiento"],
    &["caduca"],
    &["caducidad"],
    &["expiracion"],
    &["valida", "hasta"],
];
const SOCIAL: &[&[&str]] = &[
    &["social", "security"],
    &["ssn"],
    &["social", "number"],
    &["my", "social"],
    &["your", "social"],
    &["seguro", "social"],
    &["numero", "de", "social"],
];
const MONTHS: [&str; 24] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
];
/// What a number counts, so that it is no code.
const UNITS: [&str; 18] = [
    "dollars", "dollar", "cents", "euros", "euro", "pesos", "percent", "minutes", "minutos", "days", "dias", "hours",
    "horas", "bucks", "miles", "people", "am", "pm",
];

/// All of a view.
pub fn find(tokens: &[Token], view: &View) -> Vec<Find> {
    let runs = runs(tokens, view, Oh::Zero);
    let socials = Near::of(tokens, SOCIAL);
    let found: Vec<Find> = runs.iter().filter_map(|run| social(tokens, run, &socials)).collect();
    if !found.is_empty() {
        return found;
    }
    let codes = Near::of(tokens, SECURITY);
    let is_code = |run: &&Run| matches!(run.digits().len(), 3 | 4) && !is_counted(tokens, run);
    let near = runs.iter().filter(is_code).filter(|run| codes.holds(tokens, run));
    let found: Vec<Find> =
        near.map(|run| Find { secret: Secret::SecurityCode, tokens: run.tokens(), ending: None }).collect();
    if !found.is_empty() || !card::is_spoken_of(tokens) {
        return found;
    }
    let dates = Near::of(tokens, EXPIRY);
    if dates.0.is_empty() {
        return Vec::new();
    }
    expiries(tokens, &runs).into_iter().filter(|find| dates.holds_token(tokens, find.tokens[0])).collect()
}

/// Where phrases stand: the first and the last token of each.
struct Near(Vec<(usize, usize)>);

impl Near {
    fn of(tokens: &[Token], phrases: &[&[&str]]) -> Self {
        let says = |index: usize, wanted: &str| match tokens.get(index).map(|token| &token.kind) {
            Some(Kind::Word(said) | Kind::Digits(said)) => said == wanted,
            _ => false,
        };
        let at = |index: usize| {
            let fits = |phrase: &&&[&str]| phrase.iter().enumerate().all(|(place, word)| says(index + place, word));
            phrases.iter().find(fits).map(|phrase| (index, index + phrase.len() - 1))
        };
        Self((0..tokens.len()).filter_map(at).collect())
    }

    fn holds(&self, tokens: &[Token], run: &Run) -> bool {
        run.0.first().and_then(|piece| piece.tokens.first()).is_some_and(|token| self.holds_token(tokens, *token))
    }

    fn holds_token(&self, tokens: &[Token], index: usize) -> bool {
        self.0.iter().any(|(first, last)| {
            let is_ahead =
                index > *last && index - last <= AHEAD && tokens[index].line - tokens[*last].line <= LINES_AHEAD;
            let is_back = index < *first && first - index <= BACK && tokens[index].line == tokens[*first].line;
            is_ahead || is_back
        })
    }
}

/// `$120`, `120 dollars`.
fn is_counted(tokens: &[Token], run: &Run) -> bool {
    let used = run.tokens();
    let (Some(first), Some(last)) = (used.first(), used.last()) else { return false };
    let before = first.checked_sub(1).map(|index| &tokens[index].kind);
    let behind = tokens.get(last + 1).map(|token| &token.kind);
    matches!(before, Some(Kind::Sign('$' | '€' | '£')))
        || matches!(behind, Some(Kind::Sign('%' | '€')))
        || matches!(behind, Some(Kind::Word(word)) if UNITS.contains(&word.as_str()))
}

/// Ranges that were never given out are none.
fn is_social(digits: &str) -> bool {
    digits.len() == 9
        && !matches!(&digits[..3], "000" | "666")
        && !digits.starts_with('9')
        && &digits[3..5] != "00"
        && &digits[5..] != "0000"
}

/// Nine digits where somebody speaks of it, or three, two and four of them with hyphens.
fn social(tokens: &[Token], run: &Run, near: &Near) -> Option<Find> {
    let find = |pieces: &[super::numbers::Piece]| Find {
        secret: Secret::SocialSecurityNumber,
        tokens: pieces.iter().flat_map(|piece| piece.tokens.iter().copied()).collect(),
        ending: None,
    };
    if is_social(&run.digits()) && near.holds(tokens, run) {
        return Some(find(&run.0));
    }
    let is_written = |pieces: &&[super::numbers::Piece]| {
        let lengths = pieces.iter().map(|piece| piece.digits.len());
        let literal =
            |piece: &super::numbers::Piece| piece.tokens.len() == 1 && tokens[piece.tokens[0]].digits().is_some();
        let digits: String = pieces.iter().map(|piece| piece.digits.as_str()).collect();
        let hyphens = pieces.windows(2).all(|pair| {
            let (end, next) = (pair[0].tokens[0], pair[1].tokens[0]);
            next == end + 2 && matches!(tokens[end + 1].kind, Kind::Sign('-' | '‐' | '‑' | '–'))
        });
        lengths.eq([3, 2, 4]) && pieces.iter().all(literal) && hyphens && is_social(&digits)
    };
    run.0.windows(3).find(is_written).map(find)
}

/// What could be a month and a year.
fn expiries(tokens: &[Token], runs: &[Run]) -> Vec<Find> {
    let is_month = |digits: &str| matches!(digits.parse::<u32>(), Ok(1..=12)) && digits.len() <= 2;
    let is_year = |digits: &str| match digits.len() {
        2 => true,
        4 => digits.starts_with("20"),
        _ => false,
    };
    let mut found = Vec::new();
    for (index, run) in runs.iter().enumerate() {
        let digits = run.digits();
        let is_whole = match digits.len() {
            4 => is_month(&digits[..2]) && digits[..2] != *"00",
            6 => is_month(&digits[..2]) && is_year(&digits[2..]),
            3 => run.0.len() > 1 && is_month(&digits[..1]),
            _ => false,
        };
        let used = run.tokens();
        let Some(first) = used.first().copied() else { continue };
        let says_month = (1..=2).any(|back| {
            let word = first.checked_sub(back).and_then(|before| tokens[before].word());
            word.is_some_and(|word| MONTHS.contains(&word))
        });
        // `12/27` is two runs: a slash ends a number.
        let with_year = runs.get(index + 1).filter(|year| {
            let next = year.tokens();
            let last = used.last().copied().unwrap_or(first);
            next.first() == Some(&(last + 2)) && tokens[last + 1].kind == Kind::Sign('/') && is_year(&year.digits())
        });
        if let Some(year) = with_year.filter(|_| is_month(&digits)) {
            let tokens = [used, year.tokens()].concat();
            found.push(Find { secret: Secret::CardExpiry, tokens, ending: None });
        } else if is_whole || (says_month && is_year(&digits)) {
            found.push(Find { secret: Secret::CardExpiry, tokens: used, ending: None });
        }
    }
    found
}
