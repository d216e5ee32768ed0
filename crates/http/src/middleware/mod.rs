//! What happens around every handler, outermost first: a request id, a line of log and a measure, panics caught, security
//! headers, CORS, maintenance. `/api/v1` adds ETags and idempotency.

mod etag;
pub(crate) mod frame;
mod idempotency;

pub use etag::etag;
pub use frame::{catch_panic, cors, maintenance, observe, request_id, security_headers};
pub use idempotency::idempotency;
