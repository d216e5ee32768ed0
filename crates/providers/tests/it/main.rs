//! One binary for all tests of the crate, because each one more is linked anew.

#[cfg(test)]
mod call_records;
#[cfg(test)]
mod checks;
#[cfg(test)]
mod client;
#[cfg(test)]
mod events;
#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod openapi;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod provisioning;
#[cfg(test)]
mod registry;
#[cfg(test)]
mod stand_in;
#[cfg(test)]
mod verification;
