//! The patterns, one file each, and what their tests share.

mod chain;
mod circuit_breaker;
mod rate_limiter;
mod service;
mod support;
mod ttl_cache;
