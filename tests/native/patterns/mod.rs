//! The tests of the patterns, one file per pattern.

mod background;
mod breaker_model;
mod chain;
mod circuit_breaker;
mod context;
mod destructors;
mod gather;
mod health;
mod pool;
mod pool_clock;
mod pool_model;
mod pool_threads;
mod printed;
mod rate_limiter;
mod self_waits;
mod semaphore;
mod semaphore_model;
mod service;
mod slow_destructors;
mod support;
mod timeout;
mod tower;
mod ttl_cache;
mod ttl_cache_cycles;
mod ttl_cache_store;
