//! The binary: arguments in, exit code out. See [`switchboard_server::commands`].

use std::process::ExitCode;

fn main() -> ExitCode {
    switchboard_server::commands::main().into()
}
