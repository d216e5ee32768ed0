//! Our own API. One folder per version and noun, one file per endpoint.

#![expect(unused_qualifications, reason = "utoipa's `path` macro writes out the path of each parameter type")]

pub mod v1;
