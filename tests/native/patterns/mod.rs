//! The patterns, one file each, and what their tests share.

mod circuit_breaker;
mod rate_limiter;
mod support;
mod ttl_cache;
