//! What happens around every handler, outermost first: a request id, a line of log, a measure and security headers, panics
//! caught; around all but providers' deliveries CORS and maintenance. `/api/v1` adds ETags and idempotency.

mod etag;
pub(crate) mod frame;
mod idempotency;

pub use etag::etag;
pub use frame::{catch_panic, cors, maintenance, observe, request_id};
pub use idempotency::idempotency;
