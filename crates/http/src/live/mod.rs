//! `/ws`: the live feed over a plain WebSocket. What is sent are `app::live`'s changes in the words of the CTI guide.

mod frames;
mod socket;

pub use socket::handler;
