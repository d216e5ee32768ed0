//! The live feed over sockets: `/ws`, a plain WebSocket, and `/socket.io`, for clients of Socket.IO v4. What is sent are
//! `app::live`'s changes in the words of the CTI guide.

mod credentials;
mod crm_users;
mod frames;
mod rooms;
mod socket;
mod socket_io;

pub use credentials::Credentials;
pub use socket::handler;
pub use socket_io::routes;
