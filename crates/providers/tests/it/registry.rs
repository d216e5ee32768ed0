//! What every provider owes the rest of the house. A new line in the registry is tested from here without a word.

use std::collections::BTreeSet;

use bytes::Bytes;
use switchboard_providers::{Connectable, Expectation, registry};

use crate::fixtures;

/// What a provider's fixtures must show: the beginnings of the kinds, a signed delivery and what it was signed with.
struct Owed {
    slug: &'static str,
    kinds: &'static [&'static str],
    signed: Option<(&'static str, &'static str)>,
}

const OWED: [Owed; 4] = [
    Owed {
        slug: "dialpad",
        kinds: &[
            "call.",
            "sms.inbound.",
            "sms.outbound.",
            "agent_status",
            "contact",
            "change_log",
            "pull.call",
            "pull.transcript",
            "pull.sms",
            "unknown",
        ],
        signed: Some(("call-01-ringing.jwt", "example-webhook-secret")),
    },
    // Signs nothing: its senders sign in, which `verify` tests.
    Owed {
        slug: "clouducm",
        kinds: &["cdr.answered", "cdr.no_answer", "cdr.busy", "cdr.failed", "cdr.congestion", "cdr.unsaid", "unknown"],
        signed: None,
    },
    // Comes in files only; `generic::files` shows each of their layouts.
    Owed { slug: "generic", kinds: &[], signed: None },
    // Speaks through its own constructor only; its own tests show that nothing else gets in.
    Owed { slug: "switchboard", kinds: &[], signed: None },
];

#[test]
fn every_provider_says_what_it_needs_and_shows_what_it_reads() {
    let mut slugs = BTreeSet::new();
    for provider in registry::all() {
        let slug = provider.slug();
        assert!(slugs.insert(slug), "{slug} is listed twice");
        assert_eq!(registry::by_slug(slug).map(Connectable::display_name), Some(provider.display_name()));
        assert!(provider.normalize_version() >= 1 && !provider.display_name().is_empty(), "{slug}");
        let owed = OWED.iter().find(|owed| owed.slug == slug).expect("a provider needs a line in OWED");
        let spec = provider.connect();
        assert_eq!(
            owed.signed.is_some() || ["generic", "clouducm"].contains(&slug),
            !spec.fields.is_empty() && !spec.steps.is_empty(),
            "{slug}: fields and steps"
        );
        let names: BTreeSet<_> = spec.fields.iter().map(|field| field.name).collect();
        assert_eq!(names.len(), spec.fields.len(), "{slug}: a field is declared twice");
        for field in spec.fields {
            assert!(field.help.len() > 20 && !field.label.is_empty(), "{slug}.{} needs help", field.name);
        }
        let kinds: BTreeSet<String> = fixtures::all(slug, "json")
            .iter()
            .flat_map(|(name, body)| fixtures::items(*provider, name, body))
            .map(|item| item.kind)
            .collect();
        for kind in owed.kinds {
            assert!(kinds.iter().any(|found| found.starts_with(kind)), "{slug}: no fixture of kind {kind}");
        }
    }
    assert_eq!(slugs.len(), OWED.len(), "OWED names a provider that is not registered");
    assert!(registry::by_slug("nobody").is_none());
}

#[test]
fn a_tampered_delivery_is_refused_by_everybody() {
    for owed in OWED {
        let Some((file, secret)) = owed.signed else { continue };
        let provider = registry::by_slug(owed.slug).unwrap();
        let secrets = [secret.into()];
        let expect = Expectation::Secrets(&secrets);
        let body = fixtures::read(owed.slug, file);
        provider.verify(&fixtures::request(body.clone()), &expect).unwrap();
        let mut tampered = body.to_vec();
        let middle = tampered.len() / 2;
        tampered[middle] ^= 1;
        assert!(provider.verify(&fixtures::request(tampered), &expect).is_err(), "{}", owed.slug);
        assert!(provider.verify(&fixtures::request(Bytes::new()), &expect).is_err(), "{}", owed.slug);
    }
}

/// One list says what can be connected, and each such kind says what it is good for and can be tried.
#[test]
fn what_can_be_connected_says_what_it_is_good_for() {
    for kind in registry::connectable() {
        let (slug, spec) = (kind.slug(), kind.connect());
        assert!(!spec.fields.is_empty() && !spec.steps.is_empty() && spec.purpose.len() > 20, "{slug}");
        let names: BTreeSet<_> = spec.fields.iter().map(|field| field.name).collect();
        assert_eq!(names.len(), spec.fields.len(), "{slug}: a field is declared twice");
        let (delivers, checked) = (registry::by_slug(slug).is_some(), registry::checked_by_slug(slug).is_some());
        assert!(delivers || checked, "{slug} neither delivers nor can be tried");
        // What is not taken in is not promised. Slack is only ever written to, and speech services are asked, so nothing is
        // to come there.
        let is_to_come = !delivers && !["slack", "openai", "deepgram", "assemblyai"].contains(&slug);
        assert_eq!(spec.purpose.contains("not taken in yet"), is_to_come, "{slug}");
        assert_eq!(spec.purpose.contains("not taken in"), !delivers, "{slug}");
    }
    assert!(registry::connectable_by_slug("switchboard").is_none(), "nobody connects us to ourselves");
}
