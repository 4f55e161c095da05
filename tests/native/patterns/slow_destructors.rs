//! Nothing is handed on before the destructor of what held it has ended: with slow destructors, many times, on more
//! threads than there are cores.

use std::{
    convert::Infallible,
    future::pending,
    hint,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    thread,
    time::Duration,
};

use async_playground::{
    patterns::{
        BackgroundTasks, HealthCheck, Semaphore, check_health, gather_limited,
        pool::{Config, Manager, Pool},
    },
    runtime::{TokioClock, TokioSpawner},
};
use futures::{FutureExt, executor::block_on, future::join_all};

use super::support::{Manual, often, turn};

const ROUNDS: u32 = often(1000, 2);

/// Counts the tokens that exist, those in their destructor included.
#[derive(Clone, Default)]
struct Tokens(Arc<AtomicUsize>);

struct Token(Arc<AtomicUsize>);

impl Tokens {
    /// Asserts that there are fewer than `limit` tokens, and makes another one.
    #[track_caller]
    fn below(&self, limit: usize) -> Token {
        let before = self.0.fetch_add(1, Ordering::SeqCst);
        let token = Token(self.0.clone());
        assert!(before < limit, "{before} exist already, of at most {limit}");
        token
    }

    fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

impl Drop for Token {
    fn drop(&mut self) {
        // Long enough for another thread to be woken.
        for _ in 0..2_000 {
            hint::spin_loop();
        }
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Runs `rounds` on four threads, beside as many that are busy.
fn on_loaded_threads(rounds: impl Fn() + Sync) {
    let done = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while done.load(Ordering::Relaxed) < 4 {
                    thread::yield_now();
                }
            });
            scope.spawn(|| {
                let _done = CountOnDrop(&done);
                rounds();
            });
        }
    });
}

/// Ends the busy threads, also when an assertion fails.
struct CountOnDrop<'a>(&'a AtomicUsize);

impl Drop for CountOnDrop<'_> {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

const CONNECTIONS: usize = 2;

/// Counts its connections from the beginning of `connect`. Every fifth is refused, and every seventh check fails.
struct Server {
    connections: Tokens,
    calls: AtomicUsize,
}

impl Server {
    fn every(&self, n: usize) -> bool {
        self.calls.fetch_add(1, Ordering::Relaxed).is_multiple_of(n)
    }
}

impl Manager for Server {
    type Connection = Token;
    type Error = ();

    async fn connect(&self) -> Result<Token, ()> {
        let connection = self.connections.below(CONNECTIONS);
        turn().await;
        if self.every(5) {
            return Err(());
        }
        Ok(connection)
    }

    async fn check(&self, _: &mut Token) -> bool {
        turn().await;
        !self.every(7)
    }

    fn is_broken(&self, _: &mut Token) -> bool {
        self.every(3)
    }
}

#[test]
fn a_pool_opens_no_connection_before_the_destructor_of_another_has_ended() {
    let config =
        Config { max_size: CONNECTIONS, wait_timeout: Duration::MAX, connect_timeout: Duration::MAX };
    let server = Server { connections: Tokens::default(), calls: AtomicUsize::new(0) };
    let connections = server.connections.clone();
    let pool = Pool::new(server, Manual::default(), config).unwrap();
    on_loaded_threads(|| {
        for round in 0..ROUNDS {
            let mut get = Box::pin(pool.get());
            // Some are dropped while they wait, connect or check.
            for _ in 0..round % 4 {
                if let Some(connection) = get.as_mut().now_or_never() {
                    drop(connection);
                    get = Box::pin(pool.get());
                }
            }
            drop(get);
            if let Ok(connection) = block_on(pool.get())
                && round % 3 == 0
            {
                connection.discard();
            }
        }
    });
    let status = pool.status();
    assert_eq!((status.in_use, status.waiting, status.idle), (0, 0, connections.count()));
    pool.close();
    assert_eq!(connections.count(), 0);
}

#[test]
fn a_semaphore_grants_no_permit_before_the_destructor_of_what_it_guards_has_ended() {
    let (semaphore, tokens) = (Arc::new(Semaphore::new(2)), Tokens::default());
    let work = || async {
        let _permit = semaphore.acquire().await.unwrap();
        let _token = tokens.below(2);
        turn().await;
    };
    on_loaded_threads(|| {
        for round in 0..ROUNDS {
            let mut working = Box::pin(work());
            // Some are dropped while they wait or work.
            for _ in 0..round % 3 {
                if working.as_mut().now_or_never().is_some() {
                    working = Box::pin(work());
                }
            }
            drop(working);
            block_on(work());
        }
    });
    assert_eq!((semaphore.status().available, tokens.count()), (2, 0));
}

#[test]
fn a_drain_is_not_done_before_the_destructor_of_the_last_task_has_ended() {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_time().build().unwrap();
    runtime.block_on(async {
        let clock = TokioClock::new();
        for _ in 0..ROUNDS {
            let tokens = Tokens::default();
            let tasks = BackgroundTasks::new(TokioSpawner, clock);
            for task in 0..4 {
                let token = tokens.below(4);
                let work = async move {
                    let _token = token;
                    for _ in 0..task {
                        turn().await;
                    }
                    if task == 0 {
                        pending::<()>().await;
                    }
                    if task == 3 { Err("failed") } else { Ok(()) }
                };
                tasks.spawn("task", work).unwrap();
            }
            // Cancels what has not ended, the first task in any case.
            tasks.drain(Duration::ZERO).await;
            assert_eq!(tokens.count(), 0);
        }
    });
}

/// Takes a turn. It keeps its token after its end, until it is dropped.
struct Holding {
    _token: Token,
    turn: Pin<Box<dyn Future<Output = ()> + Send>>,
}

impl Holding {
    fn new(token: Token) -> Self {
        Self { _token: token, turn: Box::pin(turn()) }
    }
}

impl Future for Holding {
    type Output = Result<(), Infallible>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.turn.as_mut().poll(cx).map(Ok)
    }
}

#[test]
fn gathered_children_and_checks_are_gone_before_their_results_are_seen() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).build().unwrap();
    let round = || async {
        let tokens = Tokens::default();
        gather_limited(2.try_into().unwrap(), (0..6).map(|_| Holding::new(tokens.below(2)))).await;
        assert_eq!(tokens.count(), 0);
        let checks = (0..3).map(|_| HealthCheck::new("check", Duration::MAX, Holding::new(tokens.below(3))));
        let checks: Vec<_> = checks.collect();
        check_health(&Manual::default(), checks).await;
        assert_eq!(tokens.count(), 0);
    };
    for _ in 0..ROUNDS / 4 {
        let tasks: Vec<_> = (0..4).map(|_| runtime.spawn(round())).collect();
        runtime.block_on(join_all(tasks)).into_iter().for_each(|end| end.unwrap());
    }
}
