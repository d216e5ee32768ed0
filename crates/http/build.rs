//! Compiles this crate again when the dashboard was built anew, in builds that embed it.
//!
//! A path that is not there counts as changed for Cargo, and everything would be compiled again on each call. So without
//! a dashboard nothing is watched; `make dashboard` touches this file when it makes the first one.

use std::path::Path;

const DIST: &str = "../../dashboard/dist";

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if Path::new(DIST).is_dir() {
        println!("cargo:rerun-if-changed={DIST}");
    }
}
