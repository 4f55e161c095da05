//! Compares the pool with a naive model: which user has which connection, who waits, and which connections are idle;
//! with attempts to connect that fail, connections that die while idle or checked out, and users that give up.

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeSet, VecDeque},
    pin::Pin,
    rc::Rc,
    task::Poll,
    time::Duration,
};

use async_playground::patterns::pool::{Config, Connection, Error, LocalManager, Pool};
use proptest::prelude::*;

use super::support::{Manual, often, poll_once};

/// Connects immediately, or fails immediately where its script says so.
struct Server {
    fails: RefCell<VecDeque<bool>>,
    opened: Cell<u64>,
    dead: Rc<RefCell<BTreeSet<u64>>>,
}

impl LocalManager for Server {
    type Connection = u64;
    type Error = ();

    async fn connect(&self) -> Result<u64, ()> {
        if self.fails.borrow_mut().pop_front() == Some(true) {
            return Err(());
        }
        self.opened.set(self.opened.get() + 1);
        Ok(self.opened.get())
    }

    async fn check(&self, id: &mut u64) -> bool {
        !self.dead.borrow().contains(id)
    }

    fn is_broken(&self, id: &mut u64) -> bool {
        self.dead.borrow().contains(id)
    }
}

/// A connection, or the capacity for one.
type Slot = Option<u64>;

/// The model.
struct Model {
    max: usize,
    idle: Vec<u64>,
    in_use: usize,
    /// The waiting users, with the slot that was granted but not collected.
    queue: VecDeque<(usize, Option<Slot>)>,
    opened: u64,
    fails: VecDeque<bool>,
    dead: BTreeSet<u64>,
}

impl Model {
    fn free(&mut self, slot: Slot) {
        if let Some((_, granted)) = self.queue.iter_mut().find(|(_, granted)| granted.is_none()) {
            *granted = Some(slot);
            return;
        }
        self.in_use -= 1;
        self.idle.extend(slot);
    }

    /// The result of a poll; `None` means to wait.
    fn poll(&mut self, user: usize) -> Option<Result<u64, ()>> {
        let slot = match self.queue.iter().position(|(waiting, _)| *waiting == user) {
            Some(at) => {
                let granted = self.queue[at].1?;
                self.queue.remove(at);
                granted
            }
            None if !self.idle.is_empty() || self.in_use < self.max => {
                self.in_use += 1;
                self.idle.pop()
            }
            None => {
                self.queue.push_back((user, None));
                return None;
            }
        };
        if let Some(id) = slot.filter(|id| !self.dead.contains(id)) {
            return Some(Ok(id));
        }
        if self.fails.pop_front() == Some(true) {
            self.free(None);
            return Some(Err(()));
        }
        self.opened += 1;
        Some(Ok(self.opened))
    }

    fn give_up(&mut self, user: usize) {
        if let Some(at) = self.queue.iter().position(|(waiting, _)| *waiting == user)
            && let Some((_, Some(slot))) = self.queue.remove(at)
        {
            self.free(slot);
        }
    }

    fn check_in(&mut self, id: u64, discarded: bool) {
        self.free((!discarded && !self.dead.contains(&id)).then_some(id));
    }
}

type CheckedOut = Connection<Server>;
type Get = Pin<Box<dyn Future<Output = Result<CheckedOut, Error<()>>>>>;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(often(1000, 10)))]
    #[test]
    fn it_agrees_with_a_naive_model(
        max in 1..4_usize,
        fails in proptest::collection::vec(proptest::bool::weighted(0.3), 20),
        steps in proptest::collection::vec((0..7_u8, any::<usize>()), 1..80),
    ) {
        let dead = Rc::new(RefCell::new(BTreeSet::new()));
        let server = Server { fails: RefCell::new(fails.clone().into()), opened: Cell::new(0), dead: dead.clone() };
        let config = Config { max_size: max, wait_timeout: Duration::MAX, connect_timeout: Duration::MAX };
        let pool = Pool::new(server, Manual::default(), config).unwrap();
        let mut model = Model {
            max, idle: vec![], in_use: 0, queue: VecDeque::new(), opened: 0, fails: fails.into(), dead: BTreeSet::new(),
        };
        let (mut waiting, mut checked_out) = (Vec::<(usize, Get)>::new(), Vec::<CheckedOut>::new());
        for (user, (step, pick)) in steps.into_iter().enumerate() {
            match step {
                0 | 1 => {
                    let pool = pool.clone();
                    waiting.push((user, Box::pin(async move { pool.get().await })));
                }
                2 if !checked_out.is_empty() => {
                    let connection = checked_out.swap_remove(pick % checked_out.len());
                    model.check_in(*connection, false);
                    drop(connection);
                }
                3 if !checked_out.is_empty() => {
                    let connection = checked_out.swap_remove(pick % checked_out.len());
                    model.check_in(*connection, true);
                    connection.discard();
                }
                4 if model.opened > 0 => {
                    // A connection dies, whether idle or checked out.
                    let id = 1 + pick as u64 % model.opened;
                    dead.borrow_mut().insert(id);
                    model.dead.insert(id);
                }
                5 if !waiting.is_empty() => {
                    let (user, get) = waiting.swap_remove(pick % waiting.len());
                    model.give_up(user);
                    drop(get);
                }
                _ => {}
            }
            // Polls the newcomer, or any waiting user.
            if !waiting.is_empty() && step != 2 {
                let at = if step < 2 { waiting.len() - 1 } else { pick % waiting.len() };
                let (user, get) = &mut waiting[at];
                match (poll_once(get), model.poll(*user)) {
                    (Poll::Pending, None) => {}
                    (Poll::Ready(Ok(connection)), Some(Ok(id))) => {
                        prop_assert_eq!((*connection, connection.id()), (id, id));
                        checked_out.push(connection);
                        drop(waiting.remove(at));
                    }
                    (Poll::Ready(Err(Error::Connect(()))), Some(Err(()))) => drop(waiting.remove(at)),
                    (got, expected) => prop_assert!(false, "{got:?} instead of {expected:?}"),
                }
            }
            let status = pool.status();
            let queued = model.queue.iter().filter(|(_, granted)| granted.is_none()).count();
            prop_assert_eq!((status.idle, status.in_use, status.waiting), (model.idle.len(), model.in_use, queued));
            prop_assert!(status.idle + status.in_use <= max);
        }
    }
}
