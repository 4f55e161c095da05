//! The commands of `cargo xtask`, one a file.

pub mod bench;
pub mod picture;
pub mod run;
pub mod search;
pub mod serve;
pub mod test;
mod watch;
