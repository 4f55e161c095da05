//! Patterns of asynchronous services, one module each.
//!
//! They need `std`, `futures` and a [`Clock`](crate::runtime::Clock) passed in, and so run on any executor. A module has
//! everything of its pattern, such as [`pool::Config`]; the names that are unique are also here.

pub mod background;
pub mod chain;
pub mod circuit_breaker;
mod config;
pub mod context;
mod fast_path;
pub mod gather;
pub mod health;
mod inside;
mod list;
mod lock;
pub mod pool;
pub mod rate_limiter;
pub mod semaphore;
pub mod service;
pub mod timeout;
pub mod ttl_cache;
mod wait_queue;

pub use background::{BackgroundTasks, Drained, TaskEnd, TaskOutcome, TasksClosed, Tracked};
pub use chain::{
    BoxHandler, BoxLayer, Chain, Chained, Handler, Layer, LocalBoxHandler, LocalBoxLayer, LocalHandler,
    LocalLayer, NoLayers, Wrap, boxed, boxed_local, chain, stack, stack_local,
};
#[cfg(feature = "tower")]
pub use chain::{TowerHandler, tower_layer, tower_layer_local};
pub use circuit_breaker::{CircuitBreaker, Rejected, Transition, Trip};
pub use config::ConfigError;
pub use context::{ContextSlot, ContextVar, Scope};
pub use gather::{Gather, TryGather, gather, gather_limited, settle, try_gather};
pub use health::{CheckReport, Health, HealthCheck, HealthOutcome, HealthReport, check_health};
pub use pool::{Connection, LocalManager, Manager, Pool};
pub use rate_limiter::{Gcra, OverBurst, RateLimited, RateLimiter};
pub use semaphore::{Acquire, AcquireError, AcquireFrom, AcquireOwned, Semaphore};
pub use service::{Backend, Guards, Service, ServiceError};
pub use timeout::{Elapsed, Timeout, timeout, timeout_at};
pub use ttl_cache::{LocalTtlCache, TtlCache};
