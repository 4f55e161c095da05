//! Patterns of asynchronous services, one a file.
//!
//! They need `std`, `futures` and a [`Clock`](crate::runtime::Clock) passed in, and so run on any executor.

mod background;
mod chain;
mod circuit_breaker;
mod config;
mod context;
mod gather;
mod health;
mod list;
mod lock;
mod pool;
mod rate_limiter;
mod semaphore;
mod service;
mod shortcut;
mod timeout;
mod ttl_cache;
mod waiters;

pub use background::{BackgroundTasks, Drained, TaskEnd, TaskOutcome, TasksClosed, TasksStatus, Tracked};
pub use chain::{
    BoxHandler, BoxLayer, Chain, Chained, Handler, Layer, LocalBoxHandler, LocalBoxLayer, NoLayers, Wrap,
    boxed, boxed_local, chain, stack, stack_local,
};
#[cfg(feature = "tower")]
pub use chain::{TowerHandler, tower_layer, tower_layer_local};
pub use circuit_breaker::{
    BreakerConfig, BreakerMachine, BreakerPermit, BreakerState, BreakerTicket, Cause, CircuitBreaker,
    Outcome, Rejected, Transition, Trip,
};
pub use config::ConfigError;
pub use context::{ContextSlot, ContextVar, Scope};
pub use gather::{gather, gather_limited, settle, try_gather};
pub use health::{CheckReport, Health, HealthCheck, HealthOutcome, HealthReport, check_health};
pub use pool::{Connection, Manager, Pool, PoolConfig, PoolError, PoolStatus};
pub use rate_limiter::{Gcra, RateLimited, RateLimiter, RateLimiterConfig, RateLimiterStatus};
pub use semaphore::{
    Acquire, AcquireError, AcquireFrom, AcquireOwned, OwnedPermit, Permit, PermitOf, Semaphore,
    SemaphoreStatus, TryAcquireError,
};
pub use service::{Backend, Counts, Guards, Limit, Load, Metrics, Service, ServiceError, Watch};
pub use timeout::{Elapsed, timeout, timeout_at};
pub use ttl_cache::{CacheConfig, CacheStatus, Served, TtlCache};
