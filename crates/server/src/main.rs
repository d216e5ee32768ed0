//! The binary: arguments in, exit code out. See [`switchboard_server::commands`].

use std::process::ExitCode;

/// Deliveries are allocated by the threads that read them and freed by the one that stores them. The C library's allocator
/// takes locks for that; a fifth of the processor time of intake went into it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    switchboard_server::commands::main().into()
}
