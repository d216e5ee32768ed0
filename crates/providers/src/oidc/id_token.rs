//! Whether an ID token says what it seems to (OpenID Connect Core 1.0, section 3.1.3.7).
//!
//! The algorithm is the key's and never the token's to choose: only public-key ones exist here, so neither `none` nor an
//! HMAC over the published key can pass. Time is passed in, as everywhere.

use std::{str::FromStr, time::Duration};

use jsonwebtoken::{
    Algorithm, DecodingKey, Validation, decode, decode_header,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, PublicKeyUse},
};
use serde::{Deserialize, Deserializer};
use switchboard_domain::Timestamp;

/// How far the provider's clock may be off.
const LEEWAY: Duration = Duration::from_mins(1);
/// More keys than any provider publishes.
const MOST_KEYS: usize = 64;

/// Why an ID token counts for nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdTokenError {
    #[error("it cannot be read, or names an algorithm that is not accepted")]
    Unreadable,
    #[error("it is signed with a key that the provider does not publish")]
    UnknownKey,
    #[error("its algorithm is not the one of its key")]
    WrongAlgorithm,
    #[error("its signature is wrong")]
    Signature,
    #[error("it is of another issuer")]
    Issuer,
    #[error("it is meant for another client")]
    Audience,
    #[error("it has expired, or is not valid yet")]
    Time,
    #[error("it belongs to another sign-in")]
    Nonce,
    #[error("it names nobody")]
    Subject,
}

/// A provider's public keys. Those that cannot be read are left out: a provider may add kinds that we do not know.
#[derive(Debug, Clone, Default)]
pub struct Keys(Vec<Jwk>);

impl<'de> Deserialize<'de> for Keys {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Set {
            keys: Vec<serde_json::Value>,
        }
        let set = Set::deserialize(from)?;
        let read = set.keys.into_iter().take(MOST_KEYS).filter_map(|key| serde_json::from_value(key).ok());
        Ok(Self(read.collect()))
    }
}

impl Keys {
    /// The one key that a token with this header may be signed with.
    fn find(&self, kid: Option<&str>, algorithm: Algorithm) -> Result<&Jwk, IdTokenError> {
        let signs = |key: &&Jwk| !matches!(key.common.public_key_use, Some(PublicKeyUse::Encryption));
        let mut fitting = self.0.iter().filter(signs).filter(|key| match kid {
            Some(kid) => key.common.key_id.as_deref() == Some(kid),
            None => fits(key, algorithm),
        });
        let first = fitting.next().ok_or(IdTokenError::UnknownKey)?;
        // A token that names none of several keys names nothing.
        if kid.is_none() && fitting.next().is_some() {
            return Err(IdTokenError::UnknownKey);
        }
        if fits(first, algorithm) { Ok(first) } else { Err(IdTokenError::WrongAlgorithm) }
    }
}

/// Whether a key is for this algorithm: the one that it names, or else one of its kind.
fn fits(key: &Jwk, algorithm: Algorithm) -> bool {
    let is_of_its_kind = match &key.algorithm {
        AlgorithmParameters::RSA(_) => matches!(
            algorithm,
            Algorithm::RS256
                | Algorithm::RS384
                | Algorithm::RS512
                | Algorithm::PS256
                | Algorithm::PS384
                | Algorithm::PS512
        ),
        AlgorithmParameters::EllipticCurve(curve) => match curve.curve {
            EllipticCurve::P256 => algorithm == Algorithm::ES256,
            EllipticCurve::P384 => algorithm == Algorithm::ES384,
            _ => false,
        },
        AlgorithmParameters::OctetKeyPair(pair) => {
            pair.curve == EllipticCurve::Ed25519 && algorithm == Algorithm::EdDSA
        }
        _ => false,
    };
    let named = key.common.key_algorithm.map(|named| Algorithm::from_str(&named.to_string()));
    is_of_its_kind && named.is_none_or(|named| named.is_ok_and(|named| named == algorithm))
}

/// What a token must be for.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    pub issuer: &'a str,
    pub client_id: &'a str,
    pub nonce: &'a str,
    pub now: Timestamp,
}

/// A person, as the provider knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Never used for anybody else at this issuer.
    pub subject: String,
    /// Lower-case.
    pub email: Option<String>,
    /// The provider has seen that the person reads mail there.
    pub email_verified: bool,
    pub name: Option<String>,
}

impl Identity {
    /// Takes what the ID token left out from the provider's other answer.
    pub fn complete(&mut self, profile: Profile) {
        if self.email.is_none() {
            self.email = profile.email();
            self.email_verified = profile.email_verified;
        }
        self.name = self.name.take().or(profile.name);
    }
}

/// What is told of a person.
#[derive(Debug, Default, Deserialize)]
pub struct Profile {
    #[serde(default)]
    pub(super) sub: Option<String>,
    #[serde(default)]
    email: Option<String>,
    #[serde(default, deserialize_with = "truth")]
    email_verified: bool,
    #[serde(default)]
    name: Option<String>,
}

impl Profile {
    fn email(&self) -> Option<String> {
        self.email.as_deref().map(|email| email.trim().to_lowercase()).filter(|email| !email.is_empty())
    }
}

/// `true`, and the text `"true"` that some providers send. Everything else is no.
fn truth<'de, D: Deserializer<'de>>(from: D) -> Result<bool, D::Error> {
    let value = serde_json::Value::deserialize(from)?;
    Ok(value == serde_json::Value::Bool(true) || value == "true")
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    aud: Audience,
    #[serde(default)]
    azp: Option<String>,
    /// Seconds; some providers write fractions.
    exp: f64,
    #[serde(default)]
    iat: Option<f64>,
    #[serde(default)]
    nbf: Option<f64>,
    #[serde(default)]
    nonce: Option<String>,
    #[serde(flatten)]
    profile: Profile,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

impl Audience {
    fn all(&self) -> &[String] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        }
    }
}

/// Verifies an ID token. [`IdTokenError::UnknownKey`] may be cured by fetching the keys again.
pub fn verify(token: &str, keys: &Keys, expected: &Expected<'_>) -> Result<Identity, IdTokenError> {
    let header = decode_header(token).map_err(|_| IdTokenError::Unreadable)?;
    let key = keys.find(header.kid.as_deref(), header.alg)?;
    let decoding = DecodingKey::from_jwk(key).map_err(|_| IdTokenError::UnknownKey)?;
    let mut validation = Validation::new(header.alg);
    // Checked below, with the time that is passed in.
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    let claims = decode::<Claims>(token, &decoding, &validation)
        .map_err(|error| match error.kind() {
            jsonwebtoken::errors::ErrorKind::InvalidSignature => IdTokenError::Signature,
            _ => IdTokenError::Unreadable,
        })?
        .claims;
    check(&claims, expected)?;
    let subject =
        claims.profile.sub.clone().filter(|sub| (1..=255).contains(&sub.len())).ok_or(IdTokenError::Subject)?;
    Ok(Identity {
        subject,
        email: claims.profile.email(),
        email_verified: claims.profile.email_verified,
        name: claims.profile.name.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()),
    })
}

fn check(claims: &Claims, expected: &Expected<'_>) -> Result<(), IdTokenError> {
    if claims.iss != expected.issuer {
        return Err(IdTokenError::Issuer);
    }
    let audience = claims.aud.all();
    let is_for_us = audience.iter().any(|one| one == expected.client_id);
    let azp_is_us = claims.azp.as_deref().map_or(audience.len() == 1, |azp| azp == expected.client_id);
    if !is_for_us || !azp_is_us {
        return Err(IdTokenError::Audience);
    }
    #[expect(clippy::cast_precision_loss, reason = "seconds of this age are exact in 52 bits")]
    let (now, leeway) = (expected.now.as_seconds() as f64, LEEWAY.as_secs_f64());
    // A number that is none is over as well.
    let is_over = claims.exp.is_nan() || claims.exp + leeway <= now;
    let is_early = [claims.nbf, claims.iat].into_iter().flatten().any(|at| at > now + leeway);
    if is_over || is_early {
        return Err(IdTokenError::Time);
    }
    if claims.nonce.as_deref() != Some(expected.nonce) {
        return Err(IdTokenError::Nonce);
    }
    Ok(())
}
