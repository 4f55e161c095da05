//! A pool of connections that are expensive to open and are used by one user at a time.
//!
//! ```
//! use std::convert::Infallible;
//!
//! use async_playground::{
//!     patterns::pool::{Config, Manager, Pool},
//!     runtime::{Order, Simulation},
//! };
//!
//! struct Counters;
//!
//! impl Manager for Counters {
//!     type Connection = u32;
//!     type Error = Infallible;
//!
//!     async fn connect(&self) -> Result<u32, Infallible> {
//!         Ok(0)
//!     }
//!
//!     async fn check(&self, _: &mut u32) -> bool {
//!         true
//!     }
//! }
//!
//! let mut sim = Simulation::new(Order::fifo());
//! let pool = Pool::new(Counters, sim.clock(), Config { max_size: 3, ..Config::default() })?;
//! let uses = sim.block_on(async move {
//!     for _ in 0..5 {
//!         *pool.get().await.unwrap() += 1;
//!     }
//!     *pool.get().await.unwrap()
//! });
//! assert_eq!(uses, Ok(5), "one connection was enough");
//! # Ok::<(), async_playground::patterns::ConfigError>(())
//! ```
//!
//! - **Promise**: there are never more than `max_size` connections, those that are being opened or closed included: the
//!   capacity of a connection is free only when its destructor has ended. The connection used last is checked out first,
//!   since it is the most likely to be alive.
//! - **Cancel**: dropping a [`get`](Pool::get) at any time loses nothing. A connection that was granted but not collected
//!   goes to the next waiter (cds-dbs#1721); one that was being opened or checked is closed, and its capacity is free.
//! - **Broken connections**: an idle connection is checked before it is checked out. If the check fails, or takes longer
//!   than `connect_timeout`, it is closed and another one is opened in its place. An attempt that fails frees its
//!   capacity, so that dead connections never count for ever (deadpool#191, bb8#122).
//! - **Timeouts**: one for waiting and another for connecting, counted separately (sqlx#3132).
//! - **Fairness**: strictly FIFO: a connection that becomes free belongs to the first waiter immediately. A `get` that is
//!   kept but not polled keeps what it was granted, and so holds up the others. A `get` that need not wait yields only if
//!   the manager does: a loop of them may give no other task a turn.
//! - **Cost**: constant time beside what the manager does. Only a `get` that waits needs a timer and reads the clock.
//! - **Not for** a resource that many can use at once, such as an HTTP/2 client: share that. Nor for bounding work that
//!   needs no connection: that is a [`Semaphore`](super::Semaphore). Nor for a `get` inside [`Manager::connect`] of the
//!   same pool: it may wait for the very connection that is being opened, and then ends by a timeout.
//!
//! Shape and vocabulary are those of bb8 and deadpool.

mod manager;
mod state;

use std::{
    error, fmt,
    ops::{Deref, DerefMut},
    sync::{Arc, Mutex},
    time::Duration,
};

pub use self::manager::{LocalManager, Manager};
use self::state::{Closed, Open, Slot, State};
use super::{
    ConfigError,
    lock::lock,
    timeout::lazy_timeout,
    wait_queue::{Granter as _, Wait},
};
use crate::runtime::Clock;

/// The limits of a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Config {
    /// The most connections at any time: checked out, idle, and being opened. At least 1.
    pub max_size: usize,
    /// How long a `get` may wait for a connection, or for the capacity to open one. Zero means not at all.
    pub wait_timeout: Duration,
    /// How long opening a connection may take, and how long checking one may: longer than zero.
    pub connect_timeout: Duration,
}

impl Default for Config {
    /// 10 connections, 30 s to wait, 5 s to connect.
    fn default() -> Self {
        Self { max_size: 10, wait_timeout: Duration::from_secs(30), connect_timeout: Duration::from_secs(5) }
    }
}

/// The error of a [`get`](Pool::get).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error<E> {
    /// No connection became free within `wait_timeout`.
    WaitTimedOut,
    /// No connection is free, and the call does not wait.
    Exhausted,
    /// Opening a connection took longer than `connect_timeout`.
    ConnectTimedOut,
    /// Opening a connection failed.
    Connect(E),
    /// The pool is closed.
    Closed,
}

impl<E: fmt::Display> fmt::Display for Error<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WaitTimedOut => f.write_str("no connection became free within wait_timeout"),
            Self::Exhausted => f.write_str("no connection is free"),
            Self::ConnectTimedOut => f.write_str("connecting took longer than connect_timeout"),
            Self::Connect(error) => write!(f, "connecting failed: {error}"),
            Self::Closed => f.write_str("the pool is closed"),
        }
    }
}

impl<E: error::Error + 'static> error::Error for Error<E> {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::Connect(error) => Some(error),
            _ => None,
        }
    }
}

impl<E> From<Closed> for Error<E> {
    fn from(Closed: Closed) -> Self {
        Self::Closed
    }
}

/// A snapshot of a pool. `idle + in_use` is never over `max_size`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status {
    /// Open connections that nobody uses.
    pub idle: usize,
    /// Connections that are checked out, being opened, or being checked.
    pub in_use: usize,
    /// The futures in the queue.
    pub waiting: usize,
    /// The most connections at any time.
    pub max_size: usize,
    /// Whether [`Pool::close`] has been called.
    pub closed: bool,
}

/// A bounded set of connections, opened when needed. Clones are handles to the same pool.
pub struct Pool<M: LocalManager, C> {
    shared: Arc<Shared<M>>,
    clock: C,
}

struct Shared<M: LocalManager> {
    manager: M,
    config: Config,
    state: Mutex<State<M::Connection>>,
}

impl<M: LocalManager, C: Clock> Pool<M, C> {
    /// An empty pool.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if `max_size` or `connect_timeout` is zero.
    pub fn new(manager: M, clock: C, config: Config) -> Result<Self, ConfigError> {
        ConfigError::check(config.max_size > 0, "max_size", "at least 1 connection")?;
        ConfigError::check(!config.connect_timeout.is_zero(), "connect_timeout", "longer than 0 s")?;
        let state = Mutex::new(State::new(config.max_size));
        Ok(Self { shared: Arc::new(Shared { manager, config, state }), clock })
    }

    /// Checks out a connection, waiting in the queue if all are in use. `wait_timeout` counts from the first poll.
    ///
    /// # Errors
    ///
    /// [`Error`], after at most `wait_timeout` and twice `connect_timeout` (for a check and an attempt to connect).
    pub async fn get(&self) -> Result<Connection<M>, Error<M::Error>> {
        let wait = Wait::new(&self.shared.state, ());
        let granted = lazy_timeout(&self.clock, self.shared.config.wait_timeout, wait).await;
        self.connect(Lease::new(&self.shared, granted.map_err(|_| Error::WaitTimedOut)??)).await
    }

    /// As [`Pool::get`], but does not wait for other users. It still checks or opens a connection.
    ///
    /// # Errors
    ///
    /// [`Error::Exhausted`] if all connections are in use, or another [`Error`] as from [`Pool::get`].
    pub async fn try_get(&self) -> Result<Connection<M>, Error<M::Error>> {
        let granted = lock(&self.shared.state).try_grant(());
        self.connect(Lease::new(&self.shared, granted.ok_or(Error::Exhausted)??)).await
    }

    /// Checks the connection of the lease, or opens one.
    async fn connect(&self, mut lease: Lease<M>) -> Result<Connection<M>, Error<M::Error>> {
        let Shared { manager, config, state } = &*self.shared;
        if let Some(Open { connection, .. }) = &mut lease.open {
            if lazy_timeout(&self.clock, config.connect_timeout, manager.check(connection)).await == Ok(true)
            {
                return Ok(Connection { lease, discarded: false });
            }
            // Closed before another one is opened.
            lease.open = None;
        }
        let connection = lazy_timeout(&self.clock, config.connect_timeout, manager.connect()).await;
        let connection = connection.map_err(|_| Error::ConnectTimedOut)?.map_err(Error::Connect)?;
        let id = lock(state).next_id()?;
        lease.open = Some(Open { id, connection });
        Ok(Connection { lease, discarded: false })
    }
}

impl<M: LocalManager, C> Pool<M, C> {
    /// Closes the pool: idle connections are dropped now, those in use when they come back. Every `get` that waits or is
    /// called later fails.
    pub fn close(&self) {
        let (idle, wakers) = lock(&self.shared.state).close();
        wakers.wake();
        drop(idle);
    }

    /// A snapshot of the pool.
    pub fn status(&self) -> Status {
        lock(&self.shared.state).status()
    }
}

impl<M: LocalManager, C: Clone> Clone for Pool<M, C> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared), clock: self.clock.clone() }
    }
}

impl<M: LocalManager, C> fmt::Debug for Pool<M, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Formatted without the lock: the writer is the user's.
        let status = self.status();
        status.fmt(f)
    }
}

/// A slot of the pool, with its connection once that is open.
struct Lease<M: LocalManager> {
    /// The first field, so that it is dropped before its capacity is free.
    open: Option<Open<M::Connection>>,
    capacity: Capacity<M>,
}

/// Capacity for one connection, free again when this is dropped.
struct Capacity<M: LocalManager>(Option<Arc<Shared<M>>>);

impl<M: LocalManager> Lease<M> {
    fn new(shared: &Arc<Shared<M>>, slot: Slot<M::Connection>) -> Self {
        let open = match slot {
            Slot::Idle(open) => Some(open),
            Slot::Empty => None,
        };
        Self { open, capacity: Capacity(Some(Arc::clone(shared))) }
    }
}

impl<M: LocalManager> Drop for Capacity<M> {
    fn drop(&mut self) {
        if let Some(shared) = self.0.take() {
            let wakers = lock(&shared.state).free(Slot::Empty);
            wakers.wake();
        }
    }
}

/// A connection that is checked out. Dropping it returns it, or closes it if it is broken or the pool is closed.
pub struct Connection<M: LocalManager> {
    /// It has an open connection until this is dropped. Without unsafe code an option is the one way for a destructor to
    /// move out of a field, and its price is an arm in `Deref` that is never reached.
    lease: Lease<M>,
    discarded: bool,
}

impl<M: LocalManager> Connection<M> {
    /// Identifies a connection of the pool: counted from 1 in the order of opening, never reused.
    pub fn id(&self) -> u64 {
        self.open().id
    }

    /// Closes the connection instead of returning it, because it has failed.
    pub fn discard(mut self) {
        self.discarded = true;
    }

    fn open(&self) -> &Open<M::Connection> {
        match &self.lease.open {
            Some(open) => open,
            None => unreachable!("a connection is open until it is dropped"),
        }
    }
}

impl<M: LocalManager> Deref for Connection<M> {
    type Target = M::Connection;

    fn deref(&self) -> &M::Connection {
        &self.open().connection
    }
}

impl<M: LocalManager> DerefMut for Connection<M> {
    fn deref_mut(&mut self) -> &mut M::Connection {
        match &mut self.lease.open {
            Some(open) => &mut open.connection,
            None => unreachable!("a connection is open until it is dropped"),
        }
    }
}

impl<M: LocalManager> Drop for Connection<M> {
    /// What this leaves in the lease is closed when that is dropped, also if the manager panics.
    fn drop(&mut self) {
        let Lease { open, capacity } = &mut self.lease;
        let Some(shared) = &capacity.0 else { return };
        if let Some(returned) =
            open.take_if(|open| !self.discarded && !shared.manager.is_broken(&mut open.connection))
        {
            let checked_in = lock(&shared.state).check_in(returned);
            match checked_in {
                Ok(wakers) => {
                    capacity.0 = None;
                    wakers.wake();
                }
                Err(returned) => *open = Some(returned),
            }
        }
    }
}

impl<M: LocalManager<Connection: fmt::Debug>> fmt::Debug for Connection<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("id", &self.id())
            .field("connection", &**self)
            .finish_non_exhaustive()
    }
}
