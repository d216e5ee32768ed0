//! Who sent it. With a secret, Dialpad's whole body is a compact JWT signed with HS256 whose claims are the event;
//! without one, it is plain JSON. There is no signature header, and the content type is documented nowhere, so the body
//! is looked at and the header is not: the product that trusted `content-type: application/jwt` refused real events.
//!
//! No JWT library does the checking: they exist to judge expiry, issuer and audience, none of which is here, and their
//! defaults refuse tokens without `exp`. What is left is one HMAC over the bytes as they came.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;

use crate::{
    contract::{Expectation, Rejection, Verified},
    lenient::Fields,
    signature::hmac_sha256_signer,
};

const ALGORITHM: &str = "HS256";

/// Proves the sender of `body` and takes the event out of it.
pub fn verify(body: &Bytes, expect: &Expectation<'_>) -> Result<Verified, Rejection> {
    let text = unwrapped(body);
    let is_json = matches!(text.first(), Some(b'{' | b'['));
    match expect {
        Expectation::Unsigned if is_json => Ok(Verified { secret: None, payload: body.slice_ref(text) }),
        Expectation::Unsigned if Token::read(text).is_some() => Err(Rejection::NoSecret),
        Expectation::Secrets(_) if is_json => Err(Rejection::Unsigned),
        Expectation::Secrets(secrets) => {
            let token = Token::read(text).ok_or_else(|| unreadable("it is not three parts joined by dots"))?;
            token.require_algorithm()?;
            if secrets.is_empty() {
                return Err(Rejection::NoSecret);
            }
            let tag = URL_SAFE_NO_PAD.decode(token.signature).map_err(|_| Rejection::WrongSignature)?;
            let signer = hmac_sha256_signer(secrets, token.signed, &tag).ok_or(Rejection::WrongSignature)?;
            let payload =
                URL_SAFE_NO_PAD.decode(token.claims).map_err(|_| unreadable("its claims are not base64url"))?;
            Ok(Verified { secret: Some(signer), payload: payload.into() })
        }
        // Dialpad signs; a password would prove nothing of its bodies.
        Expectation::Proved => Err(Rejection::Unsigned),
        Expectation::Unsigned => Err(unreadable("it is neither JSON nor a token")),
    }
}

/// The body without what proxies and careless senders wrap around it: white space, and the quotes of a token that was
/// sent as a JSON string.
fn unwrapped(body: &[u8]) -> &[u8] {
    let text = body.trim_ascii();
    text.strip_prefix(b"\"").and_then(|text| text.strip_suffix(b"\"")).map_or(text, <[u8]>::trim_ascii)
}

fn unreadable(why: &str) -> Rejection {
    Rejection::Unreadable(why.to_owned())
}

/// The parts of a compact JWT, still encoded.
struct Token<'a> {
    header: &'a [u8],
    claims: &'a [u8],
    /// What the signature is over: header, dot and claims exactly as they came.
    signed: &'a [u8],
    signature: &'a [u8],
}

impl<'a> Token<'a> {
    fn read(text: &'a [u8]) -> Option<Self> {
        // From both ends, because the middle is long.
        let first = text.iter().position(|byte| *byte == b'.')?;
        let last = text.iter().rposition(|byte| *byte == b'.')?;
        let (header, claims, signature) = (text.get(..first)?, text.get(first + 1..last)?, text.get(last + 1..)?);
        if header.is_empty() || claims.contains(&b'.') {
            return None;
        }
        let signed = text.get(..last)?;
        Some(Self { header, claims, signed, signature })
    }

    /// The header may only name the one algorithm, and may not ask for extensions: what a sender writes there must
    /// never choose how it is checked.
    fn require_algorithm(&self) -> Result<(), Rejection> {
        let header = URL_SAFE_NO_PAD.decode(self.header).map_err(|_| unreadable("its header is not base64url"))?;
        let fields = Fields::read(&header).ok_or_else(|| unreadable("the token's header is not a JSON object"))?;
        let algorithm = fields.text_as_written("alg").unwrap_or_else(|| "(none named)".to_owned());
        if algorithm != ALGORITHM {
            return Err(Rejection::WrongAlgorithm(
                algorithm.chars().filter(char::is_ascii_graphic).take(20).collect(),
                ALGORITHM,
            ));
        }
        if fields.has("crit") {
            return Err(unreadable("the token's header demands an extension"));
        }
        Ok(())
    }
}
