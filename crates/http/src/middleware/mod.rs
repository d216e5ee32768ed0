//! What happens around every handler, outermost first: a request id, a line of log, a measure and security headers, panics
//! caught; around all but providers' deliveries the way to https, CORS, maintenance and an end to waiting. The API adds rate
//! limits; `/api/v1` also ETags and idempotency.

mod cors;
mod etag;
pub(crate) mod frame;
mod https;
mod idempotency;
mod limit;

pub use cors::cors;
pub use etag::etag;
pub use frame::{catch_panic, maintenance, observe, request_id, total_time};
pub use https::https;
pub use idempotency::idempotency;
pub use limit::{limit_address, limit_caller};
