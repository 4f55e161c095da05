//! Connections that are dear to open and are lent to one user at a time.
//!
//! Not for what many can use at once, as an HTTP/2 client: share that. Nor for bounding work that needs no
//! connection: that is a [`Semaphore`](super::Semaphore).
//!
//! Shape and vocabulary are those of bb8 and deadpool.

mod ledger;

use std::{
    error, fmt,
    ops::{Deref, DerefMut},
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll},
    time::Duration,
};

use self::ledger::{Held, Ledger, Offer};
use super::{
    ConfigError,
    lock::lock,
    timeout::lazy_timeout,
    waiters::{Look, Ticket},
};
use crate::runtime::Clock;

/// Opens connections and knows whether they still work.
///
/// The pool's futures are `Send` if these are.
pub trait Manager {
    /// What is lent.
    type Connection;
    /// Why one could not be opened.
    type Error;

    /// Opens a connection.
    fn connect(&self) -> impl Future<Output = Result<Self::Connection, Self::Error>>;

    /// Whether an idle connection still works; asked before it is lent again.
    fn check(&self, connection: &mut Self::Connection) -> impl Future<Output = bool>;

    /// Whether a connection that comes back is known not to work. Asked in its destructor, so it does not wait.
    fn is_broken(&self, _connection: &mut Self::Connection) -> bool {
        false
    }
}

/// The limits of a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolConfig {
    /// The most connections there may be at any time, lent, idle, and being opened: at least 1.
    pub max: usize,
    /// How long to wait for a connection, or the room for one, to come free. Zero means not at all.
    pub wait: Duration,
    /// How long opening a connection may take, and how long checking one may: longer than zero.
    pub connect: Duration,
}

impl Default for PoolConfig {
    /// 10 connections, 30 s to wait, 5 s to connect.
    fn default() -> Self {
        Self { max: 10, wait: Duration::from_secs(30), connect: Duration::from_secs(5) }
    }
}

/// Why there is no connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PoolError<E> {
    /// None came free in time.
    WaitTimedOut,
    /// There was room, but opening one took too long.
    ConnectTimedOut,
    /// There was room, but opening one failed.
    Connect(E),
}

impl<E: fmt::Display> fmt::Display for PoolError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WaitTimedOut => f.write_str("no connection came free within the wait limit"),
            Self::ConnectTimedOut => f.write_str("connecting took longer than the connect limit"),
            Self::Connect(error) => write!(f, "connecting failed: {error}"),
        }
    }
}

impl<E: error::Error + 'static> error::Error for PoolError<E> {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::WaitTimedOut | Self::ConnectTimedOut => None,
            Self::Connect(error) => Some(error),
        }
    }
}

/// What a pool looks like at one moment. `idle + in_use` is never over `max`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolStatus {
    /// Connections that wait to be lent.
    pub idle: usize,
    /// Connections that are lent, being opened, or being checked.
    pub in_use: usize,
    /// Futures that wait for one.
    pub waiting: usize,
    /// The most there may be.
    pub max: usize,
}

/// A bounded set of connections, opened when needed. Clones are handles to the same pool.
///
/// - **Fairness**: strictly FIFO, and nobody overtakes: what comes free belongs to the first in line at once.
/// - **Cancel**: dropping a [`get`](Self::get) at any time loses nothing. What it was offered goes to the next in
///   line (cds-dbs#1721); a connection that it was opening or checking is closed and its place is free.
/// - **Broken connections**: an idle one is checked before it is lent. If the check fails, or takes longer than the
///   connect limit, it is dropped and a new one is opened in its place, by the one who asked. A failed opening frees
///   the place, so that it never counts for ever (deadpool#191, bb8#122).
/// - **Limits**: one for waiting and another for connecting, counted apart (sqlx#3132).
/// - **Cost**: constant time beside what the manager does; a timer and a look at the clock only for those who wait.
/// - **Not for** what many can use at once, as an HTTP/2 client: share that. Work that needs no connection is bounded
///   by a [`Semaphore`](super::Semaphore).
///
/// The connection used last is lent first: it is the most likely to be alive.
///
/// ```
/// use async_playground::patterns::{Manager, Pool, PoolConfig};
/// use async_playground::runtime::{Order, Simulation};
/// use std::convert::Infallible;
///
/// struct Numbers;
///
/// impl Manager for Numbers {
///     type Connection = u32;
///     type Error = Infallible;
///
///     async fn connect(&self) -> Result<u32, Infallible> {
///         Ok(0)
///     }
///
///     async fn check(&self, _: &mut u32) -> bool {
///         true
///     }
/// }
///
/// let mut sim = Simulation::new(Order::fifo());
/// let pool = Pool::new(Numbers, sim.clock(), PoolConfig { max: 3, ..PoolConfig::default() })?;
/// let uses = sim.block_on(async move {
///     for _ in 0..5 {
///         *pool.get().await.unwrap() += 1;
///     }
///     *pool.get().await.unwrap()
/// });
/// assert_eq!(uses, Ok(5), "one connection was enough");
/// # Ok::<(), async_playground::patterns::ConfigError>(())
/// ```
pub struct Pool<M: Manager, C> {
    shared: Arc<Shared<M, C>>,
}

struct Shared<M: Manager, C> {
    manager: M,
    clock: C,
    config: PoolConfig,
    ledger: Mutex<Ledger<M::Connection>>,
}

impl<M: Manager, C: Clock> Pool<M, C> {
    /// An empty pool.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if `max` or `connect` is zero.
    pub fn new(manager: M, clock: C, config: PoolConfig) -> Result<Self, ConfigError> {
        ConfigError::check(config.max > 0, "max", "at least 1 connection")?;
        ConfigError::check(!config.connect.is_zero(), "connect", "longer than zero seconds")?;
        let ledger = Mutex::new(Ledger::new(config.max));
        Ok(Self { shared: Arc::new(Shared { manager, clock, config, ledger }) })
    }

    /// Borrows a connection, waiting in line if all are in use. The wait limit counts from the first poll.
    ///
    /// # Errors
    ///
    /// [`PoolError`], after at most the wait limit and twice the connect limit (for a check and an opening).
    pub async fn get(&self) -> Result<Connection<M, C>, PoolError<M::Error>> {
        let Shared { manager, clock, config, ledger } = &*self.shared;
        let waiting =
            lazy_timeout(clock, config.wait, Waiting { shared: &self.shared, state: State::Unpolled });
        let (place, held) = waiting.await.map_err(|_| PoolError::WaitTimedOut)?;
        if let Some(Held { id, mut connection }) = held {
            // One whose check is cut short is in an unknown state: it is dropped here, and before its place.
            if lazy_timeout(clock, config.connect, manager.check(&mut connection)).await == Ok(true) {
                return Ok(place.lend(Held { id, connection }));
            }
        }
        let connection = lazy_timeout(clock, config.connect, manager.connect()).await;
        let connection = connection.map_err(|_| PoolError::ConnectTimedOut)?.map_err(PoolError::Connect)?;
        let id = lock(ledger).name();
        Ok(place.lend(Held { id, connection }))
    }

    /// How things stand.
    pub fn status(&self) -> PoolStatus {
        lock(&self.shared.ledger).status()
    }
}

impl<M: Manager, C> Clone for Pool<M, C> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared) }
    }
}

impl<M: Manager, C> fmt::Debug for Pool<M, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not while it is locked: what is written to is the user's.
        let status = lock(&self.shared.ledger).status();
        status.fmt(f)
    }
}

/// A wait in the line. Its output is room for a connection, and one that fills it if there was one.
struct Waiting<'a, M: Manager, C> {
    shared: &'a Arc<Shared<M, C>>,
    state: State,
}

enum State {
    Unpolled,
    Waiting(Ticket),
    Done,
}

impl<M: Manager, C> Future for Waiting<'_, M, C> {
    type Output = (Place<M, C>, Option<Held<M::Connection>>);

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut ledger = lock(&self.shared.ledger);
        let (ticket, replaced) = match std::mem::replace(&mut self.state, State::Done) {
            State::Done => return Poll::Pending,
            State::Unpolled => match ledger.take() {
                Some(offer) => return Poll::Ready(self.accept(offer)),
                None => (ledger.line.join((), cx.waker().clone()), None),
            },
            State::Waiting(ticket) => match ledger.line.look(ticket, cx.waker()) {
                Look::Served(offer) => return Poll::Ready(self.accept(offer)),
                Look::Waiting(ticket, replaced) => (ticket, replaced),
            },
        };
        drop(ledger);
        drop(replaced);
        self.state = State::Waiting(ticket);
        Poll::Pending
    }
}

impl<M: Manager, C> Waiting<'_, M, C> {
    fn accept(&self, offer: Offer<M::Connection>) -> (Place<M, C>, Option<Held<M::Connection>>) {
        let place = Place(Some(Arc::clone(self.shared)));
        match offer {
            Offer::Idle(held) => (place, Some(held)),
            Offer::Room => (place, None),
        }
    }
}

impl<M: Manager, C> Drop for Waiting<'_, M, C> {
    fn drop(&mut self) {
        if let State::Waiting(ticket) = std::mem::replace(&mut self.state, State::Done) {
            let mut ledger = lock(&self.shared.ledger);
            let (offer, waker) = ledger.line.leave(ticket);
            let next = offer.and_then(|offer| ledger.give(offer));
            drop(ledger);
            drop(waker);
            if let Some(next) = next {
                next.wake();
            }
        }
    }
}

/// Room for one connection, counted as in use; dropped, it is free again.
struct Place<M: Manager, C>(Option<Arc<Shared<M, C>>>);

impl<M: Manager, C> Place<M, C> {
    fn lend(mut self, held: Held<M::Connection>) -> Connection<M, C> {
        Connection { shared: self.0.take(), held: Some(held), discarded: false }
    }
}

impl<M: Manager, C> Drop for Place<M, C> {
    fn drop(&mut self) {
        if let Some(shared) = self.0.take() {
            shared.give(Offer::Room);
        }
    }
}

impl<M: Manager, C> Shared<M, C> {
    fn give(&self, offer: Offer<M::Connection>) {
        let next = lock(&self.ledger).give(offer);
        if let Some(next) = next {
            next.wake();
        }
    }
}

/// A borrowed connection. Dropping it gives it back, or closes it if it is broken.
pub struct Connection<M: Manager, C> {
    /// Both are there until it is dropped: without unsafe code an option is the one way for a destructor to move
    /// out of a field, and its price is an arm in `Deref` that is never reached.
    shared: Option<Arc<Shared<M, C>>>,
    held: Option<Held<M::Connection>>,
    discarded: bool,
}

impl<M: Manager, C> Connection<M, C> {
    /// Tells connections of one pool apart: counted from 1 in order of opening, never used twice.
    pub fn id(&self) -> u64 {
        self.held().id
    }

    /// Closes the connection instead of giving it back: for one that was seen to fail. Its place is free at once.
    pub fn discard(mut self) {
        self.discarded = true;
    }

    fn held(&self) -> &Held<M::Connection> {
        match &self.held {
            Some(held) => held,
            None => unreachable!("a connection is held until it is dropped"),
        }
    }
}

impl<M: Manager, C> Deref for Connection<M, C> {
    type Target = M::Connection;

    fn deref(&self) -> &M::Connection {
        &self.held().connection
    }
}

impl<M: Manager, C> DerefMut for Connection<M, C> {
    fn deref_mut(&mut self) -> &mut M::Connection {
        match &mut self.held {
            Some(held) => &mut held.connection,
            None => unreachable!("a connection is held until it is dropped"),
        }
    }
}

impl<M: Manager, C> Drop for Connection<M, C> {
    fn drop(&mut self) {
        // Frees the place if the manager panics, or once a broken connection is gone.
        let mut place = Place(self.shared.take());
        if let (Some(shared), Some(mut held)) = (&place.0, self.held.take())
            && !self.discarded
            && !shared.manager.is_broken(&mut held.connection)
            && let Some(shared) = place.0.take()
        {
            shared.give(Offer::Idle(held));
        }
    }
}

impl<M: Manager<Connection: fmt::Debug>, C> fmt::Debug for Connection<M, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("id", &self.id())
            .field("connection", &**self)
            .finish_non_exhaustive()
    }
}
