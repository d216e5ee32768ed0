//! Phone numbers as people dial them, in one written form.

use std::{cell::RefCell, collections::HashMap};

pub use rlibphonenumber::Region;
use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumber, PhoneNumberFormat};

/// A number that providers write for a caller who hides it.
const WITHHELD: [&str; 6] = ["blocked", "anonymous", "private", "restricted", "unknown", "unavailable"];

/// The E.164 form (`+14155550123`) of what a provider wrote, or `None` when it is no real number.
///
/// `region` is only used for numbers written without a country, such as
/// `(510) 666-6687`. Parsing alone is not enough: the library parses `12345` happily, so validity is asked too.
pub fn e164(written: &str, region: Region) -> Option<String> {
    // Longer than any number with its formatting; keeps hostile input out of the parser.
    if written.len() > 64 {
        return None;
    }
    READ.with_borrow_mut(|read| {
        let of_region = read.entry(region).or_default();
        if let Some(known) = of_region.get(written) {
            return known.clone();
        }
        let number = parse(written, region);
        if of_region.len() >= REMEMBERED {
            of_region.clear();
        }
        of_region.insert(written.to_owned(), number.clone());
        number
    })
}

fn parse(written: &str, region: Region) -> Option<String> {
    let number = PhoneNumber::parse(written, Some(region)).ok()?;
    number.is_valid().then(|| number.format_as(PhoneNumberFormat::E164).into_owned())
}

/// How many numbers a thread remembers per region: some 200 kB.
const REMEMBERED: usize = 2_048;

thread_local! {
    /// The countries of numbers, for the same reason.
    static COUNTRIES: RefCell<HashMap<String, Option<String>>> = RefCell::default();
    /// What numbers came to. Each event of a call names the same four or five, and reading one takes the library's regular
    /// expressions several microseconds, more than the rest of the event.
    static READ: RefCell<HashMap<Region, HashMap<String, Option<String>>>> = RefCell::default();
}

/// The provider's word for "the caller hides the number", in place of a number or a name.
pub fn is_withheld(written: &str) -> bool {
    WITHHELD.iter().any(|word| written.trim().eq_ignore_ascii_case(word))
}

/// How a party is shown: E.164 where the number is a possible one, otherwise the provider's own text (short codes,
/// extensions), and `None` for a withheld or empty number.
pub fn party(written: &str, region: Region) -> Option<String> {
    let text = written.trim();
    if text.is_empty() || is_withheld(text) {
        return None;
    }
    if let Some(number) = e164(text, region) {
        return Some(number);
    }
    // A fictional or new range is still a number that was dialled: keep +digits as written.
    let compact: String = text.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
    if text.starts_with('+') && compact.len() > 5 && compact.len() <= 16 {
        return Some(compact);
    }
    Some(text.chars().take(64).collect())
}

/// The country of a number in E.164, ISO 3166-1 alpha-2. None for extensions, short codes and numbers of no one country.
///
/// Where several countries share a calling code, ranges that are not given out count as the first of them.
pub fn country(number: &str) -> Option<String> {
    if !number.starts_with('+') || number.len() > 20 {
        return None;
    }
    COUNTRIES.with_borrow_mut(|known| {
        if let Some(country) = known.get(number) {
            return country.clone();
        }
        let country = country_of(number);
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(number.to_owned(), country.clone());
        country
    })
}

fn country_of(number: &str) -> Option<String> {
    let parsed = PhoneNumber::parse(number, None).ok()?;
    let region =
        parsed.get_region_code().or_else(|| PHONE_NUMBER_UTIL.get_region_for_country_code(parsed.country_code));
    let code = region?.to_string();
    (code.len() == 2 && code.bytes().all(|letter| letter.is_ascii_uppercase())).then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formatted_numbers_become_e164() {
        assert_eq!(party("(510) 666-6687", Region::US).as_deref(), Some("+15106666687"));
        assert_eq!(party("+44 20 7946 0958", Region::US).as_deref(), Some("+442079460958"));
    }

    #[test]
    fn numbers_of_fictional_ranges_keep_their_digits() {
        assert_eq!(party("+14155550123", Region::US).as_deref(), Some("+14155550123"));
    }

    #[test]
    fn a_number_has_a_country_and_an_extension_has_none() {
        assert_eq!(country("+442079460018").as_deref(), Some("GB"));
        assert_eq!(country("+13125550142").as_deref(), Some("US"));
        assert_eq!(country("+18765550100").as_deref(), Some("JM"));
        assert_eq!((country("1001"), country("+80012345678")), (None, None));
    }

    #[test]
    fn withheld_numbers_are_none_and_short_codes_stay() {
        assert_eq!(party("blocked", Region::US), None);
        assert_eq!(party(" ", Region::US), None);
        assert_eq!(party("72345", Region::US).as_deref(), Some("72345"));
    }
}
