//! Access tokens: JWTs, HS256 and nothing else, good for an hour.
//!
//! They name a session; whether it still counts is asked at each request ([`super::authenticate`]). Role and tenant are in
//! there because clients read them; nothing here believes them.

use std::time::Duration;

use aws_lc_rs::digest;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use switchboard_domain::{
    Timestamp,
    ids::{SessionId, TenantId, UserId},
    role::Role,
};
use uuid::Uuid;

/// How long an access token is good for.
pub const ACCESS_LIFE: Duration = Duration::from_hours(1);
/// Characters of the longest token that is looked at; ours have some 400.
const MOST_CHARACTERS: usize = 2_048;

/// What an access token says. Ids are bare UUIDs, as the guides' clients know them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// The person.
    sub: Uuid,
    tenant_id: Option<Uuid>,
    pub role: Option<Role>,
    /// The session.
    sid: Uuid,
    /// Seconds since 1970.
    pub iat: i64,
    pub exp: i64,
    /// The platform admin who works under the person's name.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    impersonated_by: Option<Uuid>,
}

impl Claims {
    pub fn user(&self) -> UserId {
        UserId::from_uuid(self.sub)
    }

    pub fn session(&self) -> SessionId {
        SessionId::from_uuid(self.sid)
    }

    pub fn tenant(&self) -> Option<TenantId> {
        self.tenant_id.map(TenantId::from_uuid)
    }
}

/// Whom a new token is for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bearer {
    pub user: UserId,
    pub session: SessionId,
    pub tenant: Option<TenantId>,
    pub role: Option<Role>,
    pub impersonated_by: Option<UserId>,
}

/// A token opens nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    #[error("this is no access token of this server")]
    Forged,
    #[error("the access token has expired; refresh it or sign in again")]
    Expired,
}

/// Signs and checks.
pub(crate) struct TokenKeys {
    signing: EncodingKey,
    checking: DecodingKey,
    kid: String,
}

impl TokenKeys {
    pub(super) fn new(secret: &SecretString) -> Self {
        let secret = secret.expose_secret().as_bytes();
        let hash = digest::digest(&digest::SHA256, &[b"switchboard token key id", secret].concat());
        Self {
            signing: EncodingKey::from_secret(secret),
            checking: DecodingKey::from_secret(secret),
            kid: hex::encode(&hash.as_ref()[..4]),
        }
    }

    #[expect(clippy::expect_used, reason = "claims of plain values and an HMAC key in memory have no failing case")]
    pub(super) fn sign(&self, bearer: Bearer, now: Timestamp) -> SecretString {
        let claims = Claims {
            sub: bearer.user.uuid(),
            tenant_id: bearer.tenant.map(TenantId::uuid),
            role: bearer.role,
            sid: bearer.session.uuid(),
            iat: now.as_seconds(),
            exp: (now + ACCESS_LIFE).as_seconds(),
            impersonated_by: bearer.impersonated_by.map(UserId::uuid),
        };
        let header = Header { kid: Some(self.kid.clone()), ..Header::new(Algorithm::HS256) };
        SecretString::from(jsonwebtoken::encode(&header, &claims, &self.signing).expect("claims can be signed"))
    }

    /// What a token of ours says. The library pins the algorithm; time is compared here, with the clock that is passed in.
    pub(super) fn read(&self, token: &str, now: Timestamp) -> Result<Claims, TokenError> {
        let claims = self.read_expired(token)?;
        if claims.exp <= now.as_seconds() { Err(TokenError::Expired) } else { Ok(claims) }
    }

    /// What a token of ours said while it was good: enough to end its session, and nothing else.
    pub(super) fn read_expired(&self, token: &str) -> Result<Claims, TokenError> {
        if token.len() > MOST_CHARACTERS {
            return Err(TokenError::Forged);
        }
        let mut validation = Validation::new(Algorithm::HS256);
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        validation.validate_aud = false;
        let read = jsonwebtoken::decode::<Claims>(token, &self.checking, &validation);
        let data = read.map_err(|_| TokenError::Forged)?;
        if data.header.kid.as_deref() != Some(&self.kid) {
            return Err(TokenError::Forged);
        }
        Ok(data.claims)
    }
}

#[cfg(test)]
mod tests {
    use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};

    use super::*;

    fn now() -> Timestamp {
        Timestamp::from_millis(1_800_000_000_000)
    }

    fn keys(secret: &str) -> TokenKeys {
        TokenKeys::new(&SecretString::from(secret))
    }

    fn token() -> String {
        let bearer = Bearer {
            user: UserId::from_uuid(Uuid::from_u128(1)),
            session: SessionId::from_uuid(Uuid::from_u128(2)),
            tenant: Some(TenantId::from_uuid(Uuid::from_u128(3))),
            role: Some(Role::Owner),
            impersonated_by: None,
        };
        keys("one").sign(bearer, now()).expose_secret().to_owned()
    }

    #[test]
    fn our_own_token_reads_back_for_an_hour() {
        let claims = keys("one").read(&token(), now()).unwrap();
        assert_eq!((claims.user().uuid(), claims.role), (Uuid::from_u128(1), Some(Role::Owner)));
        let last = now() + ACCESS_LIFE - Duration::from_secs(1);
        assert!(keys("one").read(&token(), last).is_ok());
        assert_eq!(keys("one").read(&token(), now() + ACCESS_LIFE), Err(TokenError::Expired));
    }

    #[test]
    fn forged_tokens_do_not() {
        let token = token();
        assert_eq!(keys("two").read(&token, now()), Err(TokenError::Forged), "another key");
        let parts: Vec<&str> = token.split('.').collect();
        let claims = String::from_utf8(BASE64.decode(parts[1]).unwrap()).unwrap();
        let with_header = |header: &str, signature: &str| format!("{}.{}.{signature}", BASE64.encode(header), parts[1]);
        let other_claims = BASE64.encode(claims.replace("owner", "admin"));
        let hs512 = Header { kid: Some(keys("one").kid), ..Header::new(Algorithm::HS512) };
        let claims: serde_json::Value = serde_json::from_str(&claims).unwrap();
        let without_kid = Header::new(Algorithm::HS256);
        let key = EncodingKey::from_secret(b"one");
        for forged in [
            with_header(r#"{"alg":"none","typ":"JWT"}"#, ""),
            with_header(r#"{"alg":"None","typ":"JWT"}"#, parts[2]),
            with_header(r#"{"alg":"RS256","typ":"JWT"}"#, parts[2]),
            format!("{}.{other_claims}.{}", parts[0], parts[2]),
            format!("{}.{}.", parts[0], parts[1]),
            jsonwebtoken::encode(&hs512, &claims, &key).unwrap(),
            jsonwebtoken::encode(&without_kid, &claims, &key).unwrap(),
            String::new(),
            "..".to_owned(),
            "a".repeat(10_000),
        ] {
            assert_eq!(keys("one").read(&forged, now()), Err(TokenError::Forged), "{forged}");
        }
    }
}
