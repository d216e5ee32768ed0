//! Guessing, asking who exists, planting sessions.

use std::time::Duration;

use serde_json::json;
use switchboard_testkit::both_engines;

use super::{Held, PASSWORD, Visitor, site};

both_engines! {
    async fn who_exists_does_not_show_in_the_work(t: &TestDb) {
        let site = site(t).await;
        let ann = Visitor::new(&site);
        ann.sign_up("Acme", "ann@example.com").await;
        let passwords = &site.app.accounts.passwords;
        let work = async |email: &str, password: &str| {
            let before = passwords.computed();
            let answer = Visitor::at(&site, [198, 51, 100, 7]).log_in(email, password).await;
            (passwords.computed() - before, answer.status.as_u16(), answer.json())
        };
        let known = work("ann@example.com", "wrong password").await;
        let unknown = work("nobody@example.com", "wrong password").await;
        let no_address = work("not an address", "wrong password").await;
        assert_eq!((known.0, known.1), (1, 401));
        assert_eq!(known, unknown);
        assert_eq!(known, no_address);
        assert_eq!(work("ann@example.com", PASSWORD).await.0, 1);
    }

    async fn guessing_takes_longer_and_longer_but_locks_nobody_out(t: &TestDb) {
        let site = site(t).await;
        let ann = Visitor::new(&site);
        ann.sign_up("Acme", "ann@example.com").await;
        let guesser = Visitor::at(&site, [198, 51, 100, 7]);
        for _ in 0..5 {
            assert_eq!(guesser.log_in("ann@example.com", "a wrong one").await.status, 401);
        }
        let held_up = guesser.log_in("ann@example.com", PASSWORD).await;
        assert_eq!(held_up.status, 429, "even the right one waits: {held_up:?}");
        assert_eq!(held_up.header("retry-after"), "1");
        // Somebody who does not exist is guessed at the same pace.
        let other = Visitor::at(&site, [198, 51, 100, 8]);
        for _ in 0..5 {
            assert_eq!(other.log_in("nobody@example.com", "a wrong one").await.status, 401);
        }
        assert_eq!(other.log_in("nobody@example.com", "a wrong one").await.status, 429);
        // From elsewhere the account waits as well; at home, where Ann is known, it does not.
        assert_eq!(Visitor::at(&site, [203, 0, 113, 5]).log_in("ann@example.com", PASSWORD).await.status, 429);
        assert_eq!(ann.log_in("ann@example.com", PASSWORD).await.status, 200);
        // The wait doubles, ends at a quarter of an hour, and the right password ends it.
        let mut longest = 0;
        for _ in 0..14 {
            t.clock.advance(Duration::from_mins(15));
            assert_eq!(guesser.log_in("ann@example.com", "a wrong one").await.status, 401);
            longest = guesser.log_in("ann@example.com", "a wrong one").await.header("retry-after").parse().unwrap();
        }
        assert_eq!(longest, 900);
        t.clock.advance(Duration::from_mins(15));
        assert_eq!(guesser.log_in("ann@example.com", PASSWORD).await.status, 200);
    }

    async fn one_address_that_guesses_at_many_accounts_is_held_up(t: &TestDb) {
        let site = site(t).await;
        let ann = Visitor::new(&site);
        ann.sign_up("Acme", "ann@example.com").await;
        let guesser = Visitor::at(&site, [198, 51, 100, 7]);
        for n in 0..20 {
            assert_eq!(guesser.log_in(&format!("n{n}@example.com"), "Summer2026").await.status, 401);
            // At a pace that the limit of requests lets through.
            t.clock.advance(Duration::from_secs(6));
        }
        let last = guesser.log_in("n20@example.com", "Summer2026").await;
        let held_up = guesser.log_in("n21@example.com", "Summer2026").await;
        assert_eq!((last.status.as_u16(), held_up.status.as_u16()), (401, 429), "{held_up:?}");
        assert_eq!(ann.log_in("ann@example.com", PASSWORD).await.status, 200);
    }

    async fn signing_in_gives_a_session_of_its_own(t: &TestDb) {
        let site = site(t).await;
        let mallory = Visitor::at(&site, [198, 51, 100, 7]);
        let planted = mallory.sign_up("Mallory", "mallory@example.com").await;
        let ann = Visitor::new(&site);
        ann.sign_up("Acme", "ann@example.com").await;
        // Whatever the client brings along, what it gets is new, and what it brought stays what it was.
        let body = json!({ "email": "ann@example.com", "password": PASSWORD });
        let held = Held::of(&ann.post_as("/api/v1/auth/login", Some(&planted.access), &body).await);
        assert_ne!(held.access, planted.access);
        let sessions = ann.get("/api/v1/me/sessions", &held.access).await.json();
        assert_eq!(sessions["data"].as_array().unwrap().len(), 2);
        assert_eq!(ann.get("/api/v1/me", &planted.access).await.json()["user"]["email"], "mallory@example.com");
        assert_eq!(mallory.get("/api/v1/me", &planted.access).await.json()["user"]["email"], "mallory@example.com");
    }
}
