use switchboard_domain::transcript::{LineKind, TranscriptLine};

use super::*;
use crate::speech::turns;

/// `A:` is said by an agent, `C:` by a customer, anything else by nobody knows whom.
fn dialogue(text: &str) -> Vec<TranscriptLine> {
    let line = |text: &str| {
        let (is_agent, content) = match text.split_once(": ") {
            Some(("A", content)) => (Some(true), content),
            Some(("C", content)) => (Some(false), content),
            _ => (None, text),
        };
        TranscriptLine {
            kind: LineKind::Speech,
            speaker: None,
            is_agent,
            content: content.into(),
            at: None,
            until: None,
        }
    };
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(line).collect()
}

fn judged(text: &str) -> MoodOfCall {
    judge(&turns(&dialogue(text)), None)
}

fn of_customer(text: &str) -> i64 {
    judged(&format!("C: {text} and that is what I wanted to tell you")).turns[0].score.unwrap()
}

fn of_agent(text: &str) -> i64 {
    judged(&format!("A: {text} and that is what I wanted to tell you")).turns[0].score.unwrap()
}

#[test]
fn courtesy_is_no_mood() {
    for formula in ["No problem, thank you", "Yes, okay, sure", "Good morning", "I'd like to change my address, please"]
    {
        assert_eq!(of_customer(formula), 0, "{formula}");
    }
    for formula in ["I'm so sorry about that, I apologize", "Unfortunately there is a problem", "I'd be happy to help"]
    {
        assert_eq!(of_agent(formula), 0, "{formula}");
    }
}

#[test]
fn what_angry_and_relieved_people_say_is_understood() {
    for angry in
        ["it still doesn't work", "I want to speak to a manager", "nobody called me back", "you charged me twice"]
    {
        assert!(of_customer(angry) <= -30, "{angry}: {}", of_customer(angry));
    }
    for relieved in
        ["it works again", "thank you so much", "you have been very helpful", "perfect, that's what I needed"]
    {
        assert!(of_customer(relieved) >= 30, "{relieved}: {}", of_customer(relieved));
    }
    assert!(of_customer("I am not happy with this") < 0);
}

#[test]
fn a_call_is_what_it_ended_as() {
    let rescued = judged(
        "A: Thank you for calling Harbour Dental, this is Dana, how can I help you?
         C: Hi, I'm really annoyed. This is the third time I call about this invoice and it's still wrong.
         A: I'm so sorry about that. Let me see what the problem is.
         C: You charged me twice for the same cleaning. That's ridiculous.
         A: I see it here, you were billed twice in May. I'm removing the second one right now.
         C: Okay. And what about the reminder?
         A: That is gone as well, you will get a confirmation by email today.
         C: Oh great, that's a relief. You have been very helpful, thank you so much.
         A: You're welcome, have a great day.",
    );
    assert_eq!((rescued.sentiment, rescued.language.as_deref()), (Sentiment::Positive, Some("en")), "{rescued:?}");
    assert!(rescued.turns[1].score < Some(-30) && rescued.turns[3].score < Some(-30), "{rescued:?}");

    let lost = judged(
        "A: Good afternoon, Nordwind Energy, you're speaking with Tom.
         C: Hello, I'd like to know when the technician is coming, please.
         A: Let me check. I have you down for next Thursday.
         C: Next Thursday? I have been waiting for two weeks without heating. This is unacceptable.
         A: I understand, unfortunately there is nothing sooner.
         C: That is terrible service. I want to speak to a supervisor.
         A: She will call you back.
         C: Nobody ever calls back. I'm fed up, close my account.",
    );
    assert_eq!(lost.sentiment, Sentiment::Negative, "{lost:?}");
    assert!(lost.customer < Some(-30), "{lost:?}");

    let plain = judged(
        "A: Good morning, City Library, how can I help?
         C: Hi, yes, what time do you close on Saturday?
         A: We close at six on Saturday.
         C: Okay, and can I return books in the evening?
         A: Yes, there is a box next to the door.
         C: All right, thank you, bye.",
    );
    assert_eq!(plain.sentiment, Sentiment::Neutral, "{plain:?}");
}

#[test]
fn another_language_is_unknown_and_not_neutral() {
    let spanish = judged(
        "A: Buenos días, le atiende Carmen, ¿en qué puedo ayudarle?
         C: Hola, estoy muy molesto, es la tercera vez que llamo por la misma factura y no la arreglan.
         A: Lo siento mucho, déjeme ver qué pasó con su cuenta.
         C: Es un desastre, quiero hablar con el supervisor, por favor.",
    );
    assert_eq!((spanish.sentiment, spanish.customer, spanish.agent), (Sentiment::Unknown, None, None));
    assert!(spanish.turns.iter().all(|turn| turn.score.is_none()), "{spanish:?}");
    assert_eq!(spanish.language.as_deref(), Some("es"));

    // An English customer and an agent who turns to Spanish for somebody else in the room.
    let mixed = judged(
        "C: Hi, the internet is down again and I am really angry about it.
         A: Un momento, que le paso con mi compañera para que lo vea.
         C: I have been waiting for hours, this is terrible.",
    );
    assert_eq!((mixed.sentiment, mixed.turns[1].score), (Sentiment::Negative, None), "{mixed:?}");
}

#[test]
fn too_little_says_nothing_and_unknown_sides_are_judged_together() {
    assert_eq!(judged("C: Hello?").sentiment, Sentiment::Unknown);
    assert_eq!(judged("").sentiment, Sentiment::Unknown);
    // The recogniser heard Italian; "ok, good" alone would not tell.
    let lines = dialogue("C: Ok, good, perfetto, terribile, good.");
    assert_eq!(judge(&turns(&lines), Some("it")).sentiment, Sentiment::Unknown);
    let mono = judged(
        "Hi I have been waiting for weeks and the machine is still not working
         I see that you called about it on Monday
         This is terrible, I am very angry about this",
    );
    assert_eq!((mono.sentiment, mono.agent), (Sentiment::Negative, None), "{mono:?}");
}
