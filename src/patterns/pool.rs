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
//!   same pool: it may wait for the very connection that is being opened, and then ends by a timeout. On simulated time
//!   a deadlock says "waits for itself" if all connections are being opened that way.
//!
//! Shape and vocabulary are those of bb8 and deadpool.

mod manager;
mod state;

use std::{
    error, fmt,
    ops::{Deref, DerefMut},
    ptr,
    sync::{Arc, Mutex},
    task::Waker,
    time::Duration,
};

pub use self::manager::{LocalManager, Manager};
use self::state::{Grant, Open, State};
use super::{
    ConfigError,
    inside::{self, Inside, SelfAware},
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

impl<M: LocalManager> Shared<M> {
    /// Identifies the pool.
    fn address(&self) -> usize {
        ptr::from_ref(self).addr()
    }

    fn wait(&self) -> impl Future<Output = Grant<M::Connection>> {
        // Nothing else frees a connection if this thread is inside `connect` once for each connection in use.
        let waits_for_itself = || {
            let depth = inside::depth(self.address());
            depth > 0 && depth == lock(&self.state).status().in_use
        };
        SelfAware::new(Wait::new(&self.state, ()), waits_for_itself)
    }
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
    pub fn get(&self) -> impl Future<Output = Result<Connection<M>, Error<M::Error>>> {
        self.check_out(true)
    }

    /// As [`Pool::get`], but does not wait for other users. It still checks or opens a connection.
    ///
    /// # Errors
    ///
    /// [`Error::Exhausted`] if all connections are in use, or another [`Error`] as from [`Pool::get`].
    pub fn try_get(&self) -> impl Future<Output = Result<Connection<M>, Error<M::Error>>> {
        self.check_out(false)
    }

    async fn check_out(&self, may_wait: bool) -> Result<Connection<M>, Error<M::Error>> {
        let Shared { manager, config, state } = &*self.shared;
        let grant = if may_wait {
            match lazy_timeout(&self.clock, config.wait_timeout, self.shared.wait()).await {
                Ok(grant) => grant,
                Err(_) => return Err(Error::WaitTimedOut),
            }
        } else {
            lock(state).try_grant(()).ok_or(Error::Exhausted)?
        };
        if matches!(grant, Grant::Closed) {
            return Err(Error::Closed);
        }
        // Declared before the connection, so that it is dropped after it.
        let capacity = Capacity(Some(Arc::clone(&self.shared)));
        if let Grant::Idle(Open { id, mut connection }) = grant {
            if lazy_timeout(&self.clock, config.connect_timeout, manager.check(&mut connection)).await
                == Ok(true)
            {
                return Ok(Connection::new(capacity, id, connection));
            }
            // A broken connection is closed before another one is opened.
            drop(connection);
        }
        let connect = Inside::new(self.shared.address(), manager.connect());
        let connection = lazy_timeout(&self.clock, config.connect_timeout, connect).await;
        let connection = connection.map_err(|_| Error::ConnectTimedOut)?.map_err(Error::Connect)?;
        let id = lock(state).next_id().ok_or(Error::Closed)?;
        Ok(Connection::new(capacity, id, connection))
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

/// Capacity for one connection, free again when this is dropped.
struct Capacity<M: LocalManager>(Option<Arc<Shared<M>>>);

fn wake(waker: Option<Waker>) {
    if let Some(waker) = waker {
        waker.wake();
    }
}

impl<M: LocalManager> Drop for Capacity<M> {
    fn drop(&mut self) {
        if let Some(shared) = self.0.take() {
            let waker = lock(&shared.state).free(Grant::Capacity);
            wake(waker);
        }
    }
}

/// A connection that is checked out. Dropping it returns it, or closes it if it is broken or the pool is closed.
pub struct Connection<M: LocalManager> {
    /// `Some` until this is dropped, and before the capacity, which is so free only when the connection's destructor has
    /// ended. Without unsafe code an option is the one way for a destructor to move out of a field, and its price is an arm
    /// in `Deref` that is never reached.
    open: Option<Open<M::Connection>>,
    capacity: Capacity<M>,
    discarded: bool,
}

impl<M: LocalManager> Connection<M> {
    const fn new(capacity: Capacity<M>, id: u64, connection: M::Connection) -> Self {
        Self { open: Some(Open { id, connection }), capacity, discarded: false }
    }

    /// Identifies a connection of the pool: counted from 1 in the order of opening, never reused.
    pub fn id(&self) -> u64 {
        self.open().id
    }

    /// Closes the connection instead of returning it, because it has failed.
    pub fn discard(mut self) {
        self.discarded = true;
    }

    fn open(&self) -> &Open<M::Connection> {
        match &self.open {
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
        match &mut self.open {
            Some(open) => &mut open.connection,
            None => unreachable!("a connection is open until it is dropped"),
        }
    }
}

impl<M: LocalManager> Drop for Connection<M> {
    /// A connection that stays in its field is closed, and then its capacity is free, also if the manager panics.
    fn drop(&mut self) {
        let Self { open, capacity, discarded } = self;
        let Some(shared) = &capacity.0 else { return };
        let is_good = |open: &mut Open<_>| !*discarded && !shared.manager.is_broken(&mut open.connection);
        let Some(returned) = open.take_if(is_good) else { return };
        let mut state = lock(&shared.state);
        if state.is_closed() {
            drop(state);
            *open = Some(returned);
            return;
        }
        let waker = state.free(Grant::Idle(returned));
        drop(state);
        capacity.0 = None;
        wake(waker);
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
