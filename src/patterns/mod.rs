//! Patterns of asynchronous services, one a file.
//!
//! They need `std`, `futures` and a [`Clock`](crate::runtime::Clock) passed in, and so run on any executor.

pub mod circuit_breaker;
mod config;
mod list;
mod lock;
pub mod rate_limiter;
pub mod ttl_cache;

pub use config::ConfigError;
