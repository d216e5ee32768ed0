//! People: signing up, signing in, staying signed in, and leaving.
//!
//! A sign-in is a row (`sessions`). What a client holds are two tokens: an access token, signed and good for an hour, which
//! names the session; and a refresh token, random and used once, which gets the next pair. An access token is no proof by
//! itself: each request asks what the session, its person, their membership and the tenant are *now* ([`authenticate`]),
//! through a cache of seconds, so that signing out, being thrown out and a suspended tenant take effect at once.
//!
//! Passwords are in [`password`], what holds guessers up in [`slow_down`]. What happens around an account (mail, invitations,
//! second factors, other identity providers) ends here as well: in [`open_session`].

mod authenticate;
mod cache;
pub(crate) mod fault;
mod invitations;
pub(crate) mod link;
mod me;
mod members;
pub(crate) mod oidc;
mod open;
mod own_workspace;
pub mod password;
mod people;
mod profile;
mod refresh;
mod reset;
pub mod second_factor;
mod sessions;
mod sign_in;
mod sign_up;
pub mod slow_down;
mod switch;
pub mod token;
mod totp;
mod trail;
mod verify;

use std::net::IpAddr;

use secrecy::SecretString;
use switchboard_domain::mail::Language;

pub use authenticate::{AuthError, UserAccess, authenticate};
pub use fault::FieldFault;
pub use invitations::{
    InvitationError, NewAccount, Offer, accept_as, accept_with_new_account, invite, list_invitations,
    look_at_invitation, revoke_invitation,
};
pub use me::{Me, me};
pub use members::{MemberError, change_role, find_member, list_members, remove_member};
pub use oidc::{Begun, CALLBACK_PATH, Finished, OidcSignInError, SIGN_IN_LIFE, begin_oidc, decline_oidc, finish_oidc};
pub use open::{Opening, Tokens, open_session, open_session_in};
pub use own_workspace::{OwnWorkspaceError, create_workspace};
pub use people::{Created, PeopleError, create_user, find_user, reset_password, set_active, set_platform_admin};
pub use profile::rename;
pub use refresh::{RefreshError, refresh};
pub use reset::{ResetError, ask_reset, finish_reset};
pub use second_factor::{Enrolment, SecondFactor, SecondFactorError, finish_second_factor};
pub use sessions::{SessionError, change_password, list_sessions, revoke_others, revoke_session, sign_out};
pub use sign_in::{Challenge, SignIn, SignInError, SignedIn, finish_sign_in, sign_in};
pub use sign_up::{SignUp, SignUpError, sign_up};
pub use switch::{SwitchError, switch_tenant};
pub use verify::{VerifyError, send_verification, verify_email};

use crate::turns::Keyed;

/// What the functions of this module keep in memory.
pub struct Accounts {
    pub passwords: password::Passwords,
    pub(crate) tokens: token::TokenKeys,
    /// What sessions were good for, in the last seconds.
    pub(crate) sessions: cache::SessionCache,
    /// Sign-ins to one account follow each other, so that guesses cannot be made side by side before any is counted.
    pub(crate) attempts: Keyed<Vec<u8>>,
    /// What the OpenID Connect provider says of itself, of late.
    pub(crate) published: oidc::Published,
}

impl Accounts {
    /// `token_secret` signs access tokens.
    pub fn new(token_secret: &SecretString) -> Self {
        Self {
            passwords: password::Passwords::default(),
            tokens: token::TokenKeys::new(token_secret),
            sessions: cache::SessionCache::default(),
            attempts: Keyed::default(),
            published: oidc::Published::default(),
        }
    }

    /// Forgets what sessions are good for: a person, a membership or a tenant's standing changed.
    pub fn forget(&self) {
        self.sessions.forget();
    }
}

/// Where a request of a person comes from.
#[derive(Debug, Clone, Default)]
pub struct Client {
    pub address: Option<IpAddr>,
    /// What the browser or program calls itself.
    pub user_agent: Option<String>,
    /// What mails that the request leads to are written in.
    pub language: Language,
}

impl Client {
    fn address(&self) -> Option<String> {
        self.address.map(|address| address.to_string())
    }

    /// Cut, because anybody can send anything.
    fn user_agent(&self) -> Option<String> {
        self.user_agent.as_ref().map(|name| name.chars().take(300).collect())
    }
}
