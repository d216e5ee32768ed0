//! What people say, and what may be left of it.

use proptest::prelude::*;

use super::*;

fn alone(text: &str) -> String {
    redact_text(text).0
}

fn talk<'a>(lines: &[(&'a str, &'a str)]) -> Redacted {
    let said: Vec<Said<'_>> = lines.iter().map(|(speaker, text)| Said { speaker: Some(speaker), text }).collect();
    redact(&said)
}

#[test]
fn cards_go_however_they_are_written_and_their_ending_stays() {
    for written in [
        "my card is 4111111111111111 thanks",
        "my card is 4111 1111 1111 1111 thanks",
        "my card is 4111-1111-1111-1111 thanks",
        "my card is 4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 thanks",
        "my card is ４１１１ １１１１ １１１１ １１１１ thanks",
        "my card is four one one one, one one one one. One one one one one one one one thanks",
        "my card is four triple one double one double one double one double one double one double one thanks",
        "my card is forty-one eleven, eleven eleven, eleven eleven, eleven eleven thanks",
        "my card is four one 1 1 one one one one 1111 double 1 eleven thanks",
    ] {
        assert_eq!(alone(written), "my card is [card number ending 1111] thanks", "{written}");
    }
    let spanish = "la tarjeta es cuatro uno uno uno, uno uno uno uno, doble uno doble uno, once once gracias";
    assert_eq!(alone(spanish), "la tarjeta es [card number ending 1111] gracias");
}

#[test]
fn noises_do_not_hide_a_number_and_an_interjection_is_no_zero() {
    let noisy = alone("it's four one one one uh one one one one, um, okay one one one one oh sorry one one one one");
    assert!(!noisy.contains("one"), "{noisy}");
    assert!(noisy.ends_with("[card number ending 1111]"), "{noisy}");
    let with_zero = alone("three oh five six nine three oh nine oh two five nine oh four");
    assert_eq!(with_zero, "[card number ending 5904]");
}

#[test]
fn a_number_in_several_breaths_that_is_read_back_goes_from_both_sides() {
    let redacted = talk(&[
        ("caller", "sure, it's 4111"),
        ("agent", "4111, okay"),
        ("caller", "1111 1111"),
        ("agent", "1111 1111, go ahead"),
        ("caller", "1111."),
        ("agent", "1111. Got it."),
        ("agent", "so that was 4111 1111 1111?"),
    ]);
    let text = redacted.lines.join("\n");
    assert!(!text.replace("ending 1111", "").contains("1111"), "{text}");
    assert_eq!(redacted.counts[&Secret::CardNumber], 3);
    let first = &redacted.spans[0];
    assert_eq!((first.line, first.start, first.end), (0, 11, 15), "the span is that of the text as it was given");
}

#[test]
fn numbers_that_are_no_secrets_stay() {
    for text in [
        "order 4111111111111112 was shipped",
        "your reference is 1234 5678 9012 3456",
        "call me at (415) 555-0123 or +1 415 555 0199",
        "tracking 00340434161094042557",
        "it was 123 dollars, invoice 20261120",
        "one two three four five six seven eight nine",
        "the contract expires 03/27",
        "000-12-3456 and 666-12-3456 and 912-34-5678",
        "GB82 WEST 1234 5698 7654 33",
        "",
    ] {
        assert_eq!(alone(text), text);
    }
}

#[test]
fn security_codes_go_with_the_words_around_them() {
    for (text, left) in [
        ("the CVV is 123", "the CVV is [security code]"),
        ("cvv2: 1234", "cvv2: [security code]"),
        ("and the security code? It's one two three.", "and the security code? It's [security code]."),
        ("one hundred twenty three is the code on the back", "[security code] is the code on the back"),
        ("el código de seguridad es ciento veintitrés", "el código de seguridad es [security code]"),
        ("los tres dígitos del reverso: cuatro cinco seis", "los tres dígitos del reverso: [security code]"),
        ("security code please, the total is $120", "security code please, the total is $120"),
    ] {
        assert_eq!(alone(text), left);
    }
    let asked = talk(&[
        ("agent", "And the three digits on the back?"),
        ("caller", "uh let me look, seven eight nine"),
        ("agent", "seven eight nine, thank you"),
    ]);
    assert_eq!(asked.lines[1], "uh let me look, [security code]");
    assert_eq!(asked.lines[2], "[security code], thank you");
    let behind = alone("4111 1111 1111 1111, twelve twenty-seven, one two three");
    assert_eq!(behind, "[card number ending 1111], [security code]");
}

#[test]
fn expiry_dates_go_where_a_card_is_spoken_of() {
    assert_eq!(alone("my card expires 03/27"), "my card expires [card expiry]");
    assert_eq!(alone("la tarjeta vence en marzo del 27"), "la tarjeta vence en marzo del [card expiry]");
    assert_eq!(alone("the visa, expiration zero three twenty seven"), "the visa, expiration [card expiry]");
}

#[test]
fn social_security_numbers_and_ibans_go() {
    assert_eq!(alone("it's 123-45-6789"), "it's [social security number]");
    assert_eq!(
        alone("my social security number is one two three, four five, six seven eight nine"),
        "my social security number is [social security number]"
    );
    assert_eq!(alone("last four of my social are 6789"), "last four of my social are 6789");
    assert_eq!(alone("IBAN ES91 2100 0418 4502 0005 1332."), "IBAN [IBAN ending 1332].");
    assert_eq!(alone("gb82 west 12345698765432"), "[IBAN ending 5432]");
    let spoken = "e s nueve uno dos uno cero cero cero cuatro uno ocho cuatro cinco cero dos cero cero cero cinco uno tres tres dos";
    assert_eq!(alone(spoken), "[IBAN ending 1332]");
}

#[test]
fn a_mark_hides_nothing() {
    assert_eq!(alone("[card number ending 1111] cvv ok"), "[card number ending 1111] cvv ok");
    assert_eq!(alone("[card number ending 4111111111111111]"), "[card number ending [card number ending 1111]]");
}

#[test]
fn only_the_named_members_of_a_body_are_rewritten() {
    let body = br#"{"id":12345678901234567890123,"text":"4111111111111111","recap":{"summary":"card \"4111 1111","more":"x"},"lines":[{"content":"1111"},{"content":"1111"}]}"#;
    let (rewritten, counts) = redact_json(body, &["summary", "content"]).expect("a card in three members");
    let rewritten = String::from_utf8(rewritten).expect("JSON is text");
    assert!(rewritten.contains(r#""id":12345678901234567890123,"text":"4111111111111111""#), "{rewritten}");
    assert!(rewritten.contains(r#""content":"[card number ending 1111]"}]}"#), "{rewritten}");
    assert!(serde_json::from_str::<serde_json::Value>(&rewritten).is_ok());
    assert_eq!(counts[&Secret::CardNumber], 1);
    assert_eq!(redact_json(br#"{"summary":"nothing"}"#, &["summary"]), None);
    for broken in [&b"{\"summary\":\"4111"[..], b"\xff", b"", b"\"\\"] {
        redact_json(broken, &["summary"]);
    }
}

/// Words, digits and signs that mean something here, in any order.
fn speech() -> impl Strategy<Value = String> {
    let words = prop_oneof![
        Just("4111"),
        Just("1111"),
        Just("four"),
        Just("double"),
        Just("one"),
        Just("oh"),
        Just("uno"),
        Just("treinta"),
        Just("y"),
        Just("hundred"),
        Just("cvv"),
        Just("security"),
        Just("code"),
        Just("card"),
        Just("expires"),
        Just("12"),
        Just("/"),
        Just("27"),
        Just("-"),
        Just("ES"),
        Just("91"),
        Just("123-45-6789"),
        Just("social"),
        Just("[card number]"),
        Just("["),
        Just("]"),
        Just("ending"),
        Just("uh"),
        Just("dollars"),
        Just("$"),
        Just("4111111111111111"),
        Just("3"),
        Just("digits"),
        Just("codigo de seguridad"),
        Just("456"),
        Just("é"),
        Just("\u{301}"),
        Just("５"),
        Just("2")
    ];
    prop::collection::vec(words, 0..40).prop_map(|words| words.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read(lines in prop::collection::vec("\\PC{0,60}", 0..6)) {
        let said: Vec<Said<'_>> = lines.iter().map(|text| Said { speaker: None, text }).collect();
        let redacted = redact(&said);
        prop_assert_eq!(redacted.lines.len(), lines.len());
        for span in &redacted.spans {
            prop_assert!(lines[span.line].get(span.start..span.end).is_some());
        }
    }

    #[test]
    fn twice_is_the_same_as_once(lines in prop::collection::vec(speech(), 1..5), alternate in any::<bool>()) {
        let speaker = |index: usize| alternate.then_some(if index.is_multiple_of(2) { "a" } else { "b" });
        let said = |lines: &[String]| -> Redacted {
            let said: Vec<Said<'_>> =
                lines.iter().enumerate().map(|(i, text)| Said { speaker: speaker(i), text }).collect();
            redact(&said)
        };
        let once = said(&lines);
        let twice = said(&once.lines);
        prop_assert_eq!(&twice.lines, &once.lines);
        prop_assert!(twice.spans.is_empty());
    }

    #[test]
    fn text_without_numbers_is_left_alone(words in prop::collection::vec("[b-mp-z]{5,9}x", 0..30)) {
        let text = words.join(" ");
        prop_assert_eq!(alone(&text), text);
    }
}
