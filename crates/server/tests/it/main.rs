//! The product as people meet it: the real binary, over HTTP and on the command line.

mod commands;
mod crash;
mod from_your_guide;
mod sandbox;
mod settings;
mod support;
