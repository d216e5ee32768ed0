//! What people say, and when: a script cut to the length of a sound.

use super::sound::Sound;

/// The shortest that a turn is, so that a short sound has few.
const SHORTEST_MS: usize = 1_200;

/// Turns by turns; the caller begins after the greeting.
const SCRIPTS: [(&str, &[&str]); 5] = [
    (
        "en",
        &[
            "Thank you for calling, this is Maria, how can I help you?",
            "Hi, my invoice for October is wrong, I was charged twice.",
            "I am sorry about that. Let me look at your account.",
            "It is the third time this happens and I am really frustrated.",
            "I understand. I see the second charge and I am taking it back now.",
            "Okay, how long will that take?",
            "Three to five days, and you will get an e-mail about it today.",
            "Great, thank you for your help.",
        ],
    ),
    (
        "en",
        &[
            "Good morning, you have reached the clinic, what can I do for you?",
            "I would like to move my appointment from Tuesday to Thursday.",
            "Thursday at ten or at half past two?",
            "Half past two is perfect.",
            "Done, you are booked for Thursday at two thirty.",
            "Wonderful, thanks a lot, bye.",
        ],
    ),
    (
        "en",
        &[
            "Thanks for calling the shop, are you calling about an order?",
            "Yes, order 4471, I would like to pay by card.",
            "Of course. What is the card number?",
            "It is four one one one, one one one one.",
            "Okay, and then?",
            "One one one one, double one double one.",
            "And the three digits on the back?",
            "Uh, four five six.",
            "Thank you, the payment went through.",
            "Perfect, have a nice day.",
        ],
    ),
    (
        "es",
        &[
            "Gracias por llamar, le atiende Lucía, ¿en qué puedo ayudarle?",
            "Buenos días, quería saber cuándo llega mi pedido.",
            "Un momento, por favor. Su pedido llega mañana por la mañana.",
            "Qué bien, muchas gracias.",
            "A usted. ¿Necesita algo más?",
            "No, eso es todo. Hasta luego.",
        ],
    ),
    (
        "en",
        &[
            "Support, this is David speaking.",
            "Hello, the internet has been down since this morning.",
            "Did you already restart the router?",
            "Twice. Nothing helps. I want to cancel if this goes on.",
            "I do not want that to happen. I am sending a technician this afternoon.",
            "Between two and four would work for me.",
            "Two to four it is. Is there anything else?",
            "No, thank you.",
        ],
    ),
];

/// One turn on one channel.
#[derive(Debug, Clone)]
pub(super) struct Turn {
    pub channel: usize,
    /// The turns take turns: who speaks, whatever the channel.
    pub speaker: usize,
    pub text: &'static str,
    pub from_ms: usize,
    pub until_ms: usize,
}

impl Turn {
    /// Its words, evenly spread.
    pub fn words(&self) -> Vec<(&'static str, usize, usize)> {
        let words: Vec<&'static str> = self.text.split(' ').collect();
        let each = (self.until_ms - self.from_ms) / words.len().max(1);
        let at = |index: usize| self.from_ms + index * each;
        words.iter().enumerate().map(|(index, word)| (*word, at(index), at(index) + each * 9 / 10)).collect()
    }
}

/// What is said in a sound, and in which language. `wanted` asks for one.
///
/// The length chooses the script, because the two sides of a call come as two files of the same length and must have the same
/// one. Where somebody speaks throughout it is both sides in one file, and the sound itself chooses.
pub(super) fn of(sound: &Sound, wanted: Option<&str>) -> (&'static str, Vec<Turn>) {
    let fitting: Vec<_> =
        SCRIPTS.iter().filter(|(language, _)| wanted.is_none_or(|wanted| wanted == *language)).collect();
    let fitting = if fitting.is_empty() { SCRIPTS.iter().collect() } else { fitting };
    let (language, lines) = fitting[sound.duration_ms / 100 % fitting.len()];
    let turns = cut(sound, lines);
    if sound.channels.len() == 1 && turns.len() == count(sound, lines) {
        let (language, lines) = fitting[sound.fingerprint() % fitting.len()];
        return (language, cut(sound, lines));
    }
    (language, turns)
}

fn count(sound: &Sound, lines: &[&str]) -> usize {
    lines.len().min((sound.duration_ms / SHORTEST_MS).max(1))
}

/// As many turns as there is room for, where somebody speaks.
fn cut(sound: &Sound, lines: &[&'static str]) -> Vec<Turn> {
    let count = count(sound, lines);
    let each = sound.duration_ms / count;
    let turn = |(index, text): (usize, &&'static str)| {
        let (from_ms, until_ms) = (index * each, (index + 1) * each);
        let channels = 0..sound.channels.len().max(1);
        let loudest = channels
            .max_by_key(|channel| (sound.loudness(*channel, from_ms, until_ms), std::cmp::Reverse(*channel)))?;
        let is_spoken = sound.loudness(loudest, from_ms, until_ms) > 0;
        let until_ms = until_ms - each / 10;
        is_spoken.then_some(Turn { channel: loudest, speaker: index % 2, text, from_ms, until_ms })
    };
    lines.iter().take(count).enumerate().filter_map(turn).collect()
}
