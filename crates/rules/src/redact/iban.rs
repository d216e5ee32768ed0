//! IBANs: a country, two check digits, and as many letters and digits as that country has, which come to 1 modulo 97.

use super::{
    Find, Secret,
    numbers::{Oh, View, runs},
    tokens::{Kind, Token},
};

/// Countries and the length of their numbers.
const LENGTHS: &str = "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 ES24 \
    FI18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 \
    LV21 LY25 MC27 MD24 ME22 MK19 MR27 MT31 MU30 NI28 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 \
    SI19 SK24 SM27 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20";

fn length(country: &str) -> Option<usize> {
    let entry = LENGTHS.split(' ').find(|entry| entry.len() == 4 && entry[..2].eq_ignore_ascii_case(country))?;
    entry[2..].parse().ok()
}

/// Letters count as 10 to 35, and the first four characters stand at the end.
fn is_valid(iban: &str) -> bool {
    let turned = iban[4..].bytes().chain(iban[..4].bytes());
    let rest = turned.fold(0_u32, |rest, byte| match byte {
        b'0'..=b'9' => (rest * 10 + u32::from(byte - b'0')) % 97,
        letter => (rest * 100 + u32::from(letter.to_ascii_uppercase() - b'A') + 10) % 97,
    });
    rest == 1
}

/// What a token adds to a number: digits, or up to four letters.
enum Part {
    Text { text: String, tokens: Vec<usize> },
    Noise,
    End,
}

/// All IBANs.
pub fn find(tokens: &[Token]) -> Vec<Find> {
    // Cheap, and true of nearly every conversation.
    let begins = |token: &Token| matches!(token.word(), Some(word) if word.is_ascii() && matches!(word.len(), 1 | 2));
    if !tokens.iter().any(begins) {
        return Vec::new();
    }
    let view = View((0..tokens.len()).collect());
    let mut spoken: Vec<Option<(String, Vec<usize>)>> = vec![None; tokens.len()];
    for piece in runs(tokens, &view, Oh::Zero).into_iter().flat_map(|run| run.0) {
        if let Some(first) = piece.tokens.first().copied() {
            spoken[first] = Some((piece.digits, piece.tokens));
        }
    }
    let (mut found, mut at) = (Vec::new(), 0);
    while at < tokens.len() {
        match begins(&tokens[at]).then(|| read(tokens, &spoken, at)).flatten() {
            Some(find) => {
                at = find.tokens.last().map_or(at, |last| *last) + 1;
                found.push(find);
            }
            None => at += 1,
        }
    }
    found
}

fn read(tokens: &[Token], spoken: &[Option<(String, Vec<usize>)>], start: usize) -> Option<Find> {
    const NOISES: usize = 8;
    let (mut text, mut used, mut at, mut noises) = (String::new(), Vec::new(), start, 0);
    let mut wanted = 34;
    while text.len() < wanted {
        match part(tokens, spoken, at) {
            Part::Text { text: more, tokens } => {
                at = tokens.last().map_or(at, |last| *last) + 1;
                text.push_str(&more);
                used.extend(tokens);
                noises = 0;
            }
            Part::Noise if !used.is_empty() && noises < NOISES => (at, noises) = (at + 1, noises + 1),
            Part::Noise | Part::End => return None,
        }
        if text.len() >= 2 {
            wanted = length(&text[..2])?;
        }
        let is_head = text
            .bytes()
            .take(4)
            .enumerate()
            .all(|(place, byte)| if place < 2 { byte.is_ascii_alphabetic() } else { byte.is_ascii_digit() });
        if !is_head {
            return None;
        }
    }
    if text.len() != wanted || !is_valid(&text) {
        return None;
    }
    let ending = Some(text[text.len() - 4..].to_ascii_uppercase());
    Some(Find { secret: Secret::Iban, tokens: used, ending })
}

fn part(tokens: &[Token], spoken: &[Option<(String, Vec<usize>)>], at: usize) -> Part {
    let Some(token) = tokens.get(at) else { return Part::End };
    if let Some((digits, tokens)) = &spoken[at] {
        return Part::Text { text: digits.clone(), tokens: tokens.clone() };
    }
    match &token.kind {
        Kind::Word(word)
            if word.is_ascii()
                && word.len() <= 4
                && !matches!(word.as_str(), "uh" | "um" | "okay" | "ok" | "yes" | "y" | "and" | "si") =>
        {
            Part::Text { text: word.clone(), tokens: vec![at] }
        }
        Kind::Word(word) if matches!(word.as_str(), "uh" | "um" | "okay" | "ok" | "yes" | "y" | "and" | "si") => {
            Part::Noise
        }
        Kind::Sign(_) if token.is_gap() => Part::Noise,
        Kind::Word(_) | Kind::Digits(_) | Kind::Sign(_) | Kind::Mark(_) => Part::End,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_digits_decide() {
        for iban in [
            "ES9121000418450200051332",
            "GB82WEST12345698765432",
            "DE89370400440532013000",
            "FR1420041010050500013M02606",
        ] {
            assert_eq!(length(&iban[..2]), Some(iban.len()));
            assert!(is_valid(iban), "{iban}");
        }
        assert!(!is_valid("ES9121000418450200051333"));
        assert_eq!(length("ZZ"), None);
    }
}
