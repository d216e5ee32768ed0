//! Which language was spoken, as far as the rules here need to know it.
//!
//! By the small words, which every sentence has and no two languages share many of. It answers one question: may the English
//! lexicon judge this? A wrong "unknown" costs an estimate; a wrong "English" would call every Spanish complaint neutral.

use super::words::words;

/// A language that can be told from others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    English,
    Spanish,
    French,
    German,
    Portuguese,
}

impl Language {
    /// ISO 639-1.
    pub const fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Spanish => "es",
            Self::French => "fr",
            Self::German => "de",
            Self::Portuguese => "pt",
        }
    }
}

/// Small words, without those that two of the languages share in speech.
const SMALL: [(Language, &[&str]); 5] = [
    (
        Language::English,
        &[
            "the", "and", "you", "i", "to", "is", "it", "that", "of", "my", "your", "we", "have", "for", "this",
            "with", "are", "was", "i'm", "it's", "don't", "can", "what", "but", "not", "be", "they", "do", "yes",
            "okay", "thank", "thanks", "please", "hello", "hi", "would", "will", "just", "so", "on", "at", "how",
            "i'll", "i've", "that's", "yeah", "there", "been", "about", "from", "right", "sorry", "want", "need",
            "get", "got", "were", "him", "her", "their", "when",
        ],
    ),
    (
        Language::Spanish,
        &[
            "que", "de", "el", "la", "los", "las", "en", "y", "no", "un", "una", "es", "por", "con", "para", "mi",
            "su", "se", "lo", "le", "me", "pero", "muy", "está", "esta", "usted", "gracias", "hola", "sí", "bueno",
            "favor", "tengo", "quiero", "cómo", "qué", "puedo", "buenos", "buenas", "días", "tardes", "estoy", "señor",
            "señora", "ya", "hay", "porque",
        ],
    ),
    (
        Language::French,
        &[
            "le", "les", "des", "et", "est", "je", "vous", "nous", "ne", "pas", "pour", "que", "une", "dans", "avec",
            "mais", "c'est", "bonjour", "merci", "oui", "très", "sur", "mon", "votre", "du", "au", "j'ai", "ça",
            "être", "avez",
        ],
    ),
    (
        Language::German,
        &[
            "der", "die", "das", "und", "ich", "sie", "ist", "nicht", "ein", "eine", "wir", "mit", "auf", "für",
            "haben", "es", "den", "dem", "ja", "nein", "danke", "bitte", "habe", "mein", "guten", "aber", "auch",
            "wie", "kann", "noch", "zu",
        ],
    ),
    (
        Language::Portuguese,
        &[
            "que", "de", "o", "os", "um", "uma", "não", "é", "para", "com", "por", "você", "eu", "meu", "minha",
            "obrigado", "obrigada", "bom", "dia", "está", "sim", "mas", "muito", "tenho", "quero", "então", "isso",
            "ele", "em", "da", "do",
        ],
    ),
];

/// Words below which nothing is said about a text by itself.
const LEAST_WORDS: usize = 3;
/// Small words make at least so many percent of what is said in a language.
const LEAST_PERCENT: usize = 20;

/// The language of a text; `None` for one that is too short, or in none of these.
pub fn detect(text: &str) -> Option<Language> {
    let words = words(text);
    if words.len() < LEAST_WORDS {
        return None;
    }
    let count = |small: &[&str]| words.iter().filter(|word| small.contains(&word.as_str())).count();
    let mut counted: Vec<(usize, Language)> = SMALL.iter().map(|(language, small)| (count(small), *language)).collect();
    counted.sort_by_key(|(hits, _)| std::cmp::Reverse(*hits));
    let (best, language) = *counted.first()?;
    let second = counted.get(1).map_or(0, |(hits, _)| *hits);
    (best > second && best * 100 >= words.len() * LEAST_PERCENT).then_some(language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_told_by_their_small_words() {
        let of = |text| detect(text).map(Language::code);
        assert_eq!(of("Hi, I'm calling about the invoice that you sent me last week"), Some("en"));
        assert_eq!(of("Hola, buenos días, estoy muy molesto con la factura que me mandaron"), Some("es"));
        assert_eq!(of("Bonjour, je vous appelle pour ma facture, ce n'est pas normal"), Some("fr"));
        assert_eq!(of("Guten Tag, ich habe eine Frage zu der Rechnung"), Some("de"));
        assert_eq!(of("Bom dia, eu tenho uma dúvida com a minha conta, não está certo"), Some("pt"));
        assert_eq!(of("Ok. Ok."), None);
        assert_eq!(of("今日はいい天気ですね 元気ですか はい"), None);
        assert_eq!(of(""), None);
    }
}
