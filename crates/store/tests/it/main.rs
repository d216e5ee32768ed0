//! The conformance suite: what storage promises, shown on both engines.

mod isolation;
