//! Pure decisions on top of the words: what a report counts, what must not be kept of what was said.
//!
//! No I/O and no SQL, so that a formula is tested with a table of numbers and not with a database. What is stored and when
//! is `app`'s business; what the words mean is `domain`'s.

pub mod redact;
pub mod report;
pub mod speech;
