//! Words as speech recognisers write them.

/// The words of a text: lower case, with an apostrophe inside a word kept ("don't").
pub(super) fn words(text: &str) -> Vec<String> {
    let is_part = |c: char| c.is_alphanumeric() || c == '\'';
    let lower = text.replace(['\u{2019}', '\u{2018}'], "'").to_lowercase();
    let split = lower.split(|c: char| !is_part(c)).map(|word| word.trim_matches('\''));
    split.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Endings, and the fewest letters that must be left of a word without one. "noted" must not become "not".
const ENDINGS: [(&str, usize); 5] = [("ations", 4), ("ation", 4), ("ing", 3), ("ed", 4), ("es", 4)];

/// The beginning that the forms of a word share, roughly: "refunds", "refunded" and "refunding" are "refund". What two
/// different words would share is worth less than a form that is missed, so short words are left as they are.
pub(super) fn stem(word: &str) -> String {
    let word = word.strip_suffix("'s").unwrap_or(word);
    let without = |ending: &str, least: usize| word.strip_suffix(ending).filter(|rest| rest.chars().count() >= least);
    if let Some(rest) = without("ies", 3).or_else(|| without("ied", 3)) {
        return format!("{rest}y");
    }
    let ended = ENDINGS.iter().find_map(|(ending, least)| without(ending, *least));
    let plural = || without("s", 3).filter(|rest| !rest.ends_with('s'));
    let rest = ended.map(undoubled).or_else(plural).unwrap_or(word);
    // "charge", "charges" and "charging" end alike.
    let bare = rest.strip_suffix('e').filter(|bare| bare.chars().count() >= 4).unwrap_or(rest);
    bare.to_owned()
}

/// "cancell" of "cancelled" is "cancel"; "bill" and "process" keep both, as all their forms do.
fn undoubled(stem: &str) -> &str {
    match stem.as_bytes() {
        [_, _, _, .., a, b] if a == b && b.is_ascii_lowercase() && *b != b's' => &stem[..stem.len() - 1],
        _ => stem,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_a_word_are_one() {
        for forms in [
            &["refund", "refunds", "refunded", "refunding"][..],
            &["cancel", "cancels", "canceled", "cancelled", "cancelling", "cancellation"],
            &["charge", "charges", "charged", "charging"],
            &["company", "companies", "company's"],
            &["bill", "bills", "billed", "billing"],
            &["pay", "pays", "paying"],
            &["process", "processes", "processed", "processing"],
            &["complain", "complained", "complaining"],
            &["factura", "facturas"],
            &["fee", "fees"],
        ] {
            let stems: Vec<String> = forms.iter().map(|form| stem(form)).collect();
            assert!(stems.iter().all(|one| *one == stems[0]), "{stems:?}");
        }
        for (one, other) in [("note", "not"), ("noted", "not"), ("billing", "build"), ("custom", "customer")] {
            assert_ne!(stem(one), stem(other));
        }
        assert_eq!(words("I DON\u{2019}T know—really, don't!"), ["i", "don't", "know", "really", "don't"]);
    }
}
