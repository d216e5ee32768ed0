//! What telephone talk needs changed before a lexicon of posts may judge it.
//!
//! A phrase is replaced by nothing where it is a formula, and by a word that the lexicon knows where it means something that
//! no single word of it says. Longer phrases are listed before shorter ones that they contain.

use std::sync::LazyLock;

use switchboard_domain::insight::Speaker;

const NOTHING: &str = "";

/// Of both sides.
const ANYBODYS: &[(&str, &[&str])] = &[
    // Formulas of help and courtesy.
    (
        NOTHING,
        &[
            "not a problem",
            "no problem at all",
            "no problem",
            "no problems",
            "no worries",
            "no trouble",
            "no thank you",
            "no thanks",
            "thank you for calling",
            "thanks for calling",
            "thank you for holding",
            "thanks for holding",
            "thank you for your patience",
            "thanks for your patience",
            "appreciate your patience",
            "thank you for waiting",
            "good morning",
            "good afternoon",
            "good evening",
            "good night",
            "good day",
            "have a great day",
            "have a good day",
            "have a nice day",
            "have a wonderful day",
            "have a lovely day",
            "have a great weekend",
            "have a good weekend",
            "have a nice weekend",
            "have a great one",
            "have a good one",
            "take care",
            "you're welcome",
            "you are welcome",
            "pleased to meet you",
            "nice to meet you",
            "best regards",
            "dear",
        ],
    ),
    // Apologies say who is polite, not who is sad.
    (
        NOTHING,
        &[
            "sorry to hear that",
            "sorry about that",
            "i'm so sorry",
            "i'm sorry",
            "i am sorry",
            "we're sorry",
            "so sorry",
            "sorry",
            "i apologize",
            "we apologize",
            "my apologies",
            "apologies",
            "apologize",
            "apology",
            "i'm afraid",
        ],
    ),
    // Words that have a mood in posts and none on the telephone.
    (
        NOTHING,
        &[
            "best number",
            "best time",
            "best way",
            "best email",
            "best address",
            "what kind of",
            "any kind of",
            "kind of",
            "sort of",
            "customer care",
            "credit card",
            "credit cards",
            "credit",
            "feel free",
            "toll free",
            "interest rate",
            "interest",
            "security code",
            "security question",
            "social security",
            "security",
            "emergency contact",
            "hold on",
            "would like",
            "'d like",
            "i'd like",
            "we'd like",
            "you'd like",
            "like to",
            "looks like",
            "sounds like",
            "feels like",
            "feel like",
            "something like",
            "stuff like",
            "things like",
            "like a",
            "like the",
            "like that",
            "like this",
            "share",
            "number one",
            "value",
            "matter",
            "pretty sure",
            "not sure",
            "sure",
            "yes",
            "yeah",
            "yep",
            "okay",
            "ok",
            "well",
            "please",
            "alright",
            "can you help",
            "could you help",
            "help you",
            "help me",
            "help with",
            "no one",
            "number",
            "no idea",
            "pay",
            "charge",
            "accident",
            "true",
            "certain",
            "top",
            "free",
        ],
    ),
    // Nothing works, and nobody calls back.
    (
        "bad",
        &[
            "doesn't work",
            "does not work",
            "don't work",
            "didn't work",
            "won't work",
            "not working",
            "isn't working",
            "stopped working",
            "never works",
            "never worked",
            "no good",
            "not good enough",
            "makes no sense",
            "doesn't make sense",
            "way too long",
            "too long",
            "down again",
            "broken again",
            "out of service",
        ],
    ),
    (
        "disappointed",
        &[
            "nobody called",
            "no one called",
            "nobody calls",
            "nobody ever",
            "no one ever",
            "never called",
            "never heard back",
            "haven't heard",
            "never got",
            "never received",
            "never arrived",
            "never showed",
            "didn't show up",
            "let me down",
            "still waiting",
            "been waiting",
            "keep waiting",
            "still not",
            "still haven't",
            "still hasn't",
            "still no",
            "not again",
            "third time",
            "fourth time",
            "fifth time",
            "second time i",
            "over and over",
            "again and again",
            "last time i",
        ],
    ),
    (
        "angry",
        &[
            "speak to a manager",
            "speak to your manager",
            "speak with a manager",
            "speak to a supervisor",
            "talk to a manager",
            "talk to your manager",
            "talk to a supervisor",
            "speak with a supervisor",
            "talk to somebody else",
            "fed up",
            "had enough",
            "sick of",
            "sick and tired",
            "cancel everything",
            "close my account",
            "file a complaint",
            "make a complaint",
            "hung up on me",
            "get a lawyer",
            "my lawyer",
            "waste of time",
            "wasting my time",
        ],
    ),
    (
        "wrong",
        &[
            "overcharged",
            "charged me twice",
            "charged twice",
            "double charged",
            "billed twice",
            "charged me again",
            "never ordered",
            "didn't order",
            "never agreed",
            "didn't agree",
        ],
    ),
    ("useless", &["no help", "no use", "not helping", "not helpful"]),
    // It is good again.
    (
        "good",
        &[
            "works now",
            "working now",
            "works again",
            "working again",
            "that works",
            "it works",
            "works for me",
            "all set",
            "all sorted",
            "sorted out",
            "is sorted",
            "is fixed",
            "fixed it",
            "it's fixed",
            "is solved",
            "solved it",
            "that helps",
            "that helped",
            "what i needed",
            "all i needed",
            "that's a relief",
        ],
    ),
    (
        "glad",
        &[
            "thank you so much",
            "thank you very much",
            "thanks so much",
            "thanks a lot",
            "thanks a million",
            "thank you a lot",
            "really appreciate",
            "much appreciated",
            "i appreciate",
        ],
    ),
    ("great", &["life saver", "lifesaver", "above and beyond", "made my day"]),
    (NOTHING, &["thank you", "thanks", "thank", "cheers", "no"]),
];

/// Of those who are called about what is wrong all day: naming it is their work.
const AGENTS: &[(&str, &[&str])] = &[(
    NOTHING,
    &[
        "the problem",
        "a problem",
        "this problem",
        "your problem",
        "problem",
        "problems",
        "issue",
        "issues",
        "trouble",
        "error",
        "errors",
        "complaint",
        "complaints",
        "cancel",
        "cancelled",
        "canceled",
        "cancellation",
        "unfortunately",
        "emergency",
        "damage",
        "damaged",
        "lost",
        "stolen",
        "fraud",
        "debt",
        "dispute",
        "missed",
        "help",
        "happy to",
        "glad to",
        "pleasure",
        "great question",
        "good question",
        "inconvenience",
        "understand your frustration",
        "frustrating",
        "frustration",
        "perfect",
        "great",
        "wonderful",
        "excellent",
    ],
)];

struct Rule {
    said: Vec<&'static str>,
    instead: &'static str,
}

fn rules(lists: &[&'static [(&'static str, &'static [&'static str])]]) -> Vec<Rule> {
    let all = lists.iter().flat_map(|list| list.iter());
    let mut rules: Vec<Rule> = all
        .flat_map(|(instead, phrases)| {
            phrases.iter().map(move |phrase| Rule { said: phrase.split(' ').collect(), instead })
        })
        .collect();
    // The longest that fits wins, so that "no problem" is found before "no".
    rules.sort_by_key(|rule| std::cmp::Reverse(rule.said.len()));
    rules
}

static OF_ANYBODY: LazyLock<Vec<Rule>> = LazyLock::new(|| rules(&[ANYBODYS]));
static OF_AGENTS: LazyLock<Vec<Rule>> = LazyLock::new(|| rules(&[ANYBODYS, AGENTS]));

/// What the lexicon is to judge of these words.
pub(super) fn corrected(words: &[String], speaker: Speaker) -> String {
    let rules = if speaker == Speaker::Agent { &*OF_AGENTS } else { &*OF_ANYBODY };
    let mut kept: Vec<&str> = Vec::with_capacity(words.len());
    let mut rest = words;
    while let Some(word) = rest.first() {
        let fits = |rule: &&Rule| {
            rest.len() >= rule.said.len() && rule.said.iter().zip(rest).all(|(said, word)| *said == word.as_str())
        };
        if let Some(rule) = rules.iter().find(fits) {
            kept.extend(Some(rule.instead).filter(|instead| !instead.is_empty()));
            rest = &rest[rule.said.len()..];
        } else {
            kept.push(word);
            rest = &rest[1..];
        }
    }
    kept.join(" ")
}
