//! What happens around every handler, outermost first: a request id, a line of log and a measure, panics caught, security
//! headers, the way to https, CORS, maintenance, an end to waiting. The API adds rate limits; `/api/v1` also ETags and
//! idempotency.

mod cors;
mod etag;
pub(crate) mod frame;
mod https;
mod idempotency;
mod limit;

pub use cors::cors;
pub use etag::etag;
pub use frame::{catch_panic, maintenance, observe, request_id, security_headers, total_time};
pub use https::https;
pub use idempotency::idempotency;
pub use limit::{limit_address, limit_caller};
