//! The pool against a ledger: who has which connection, who waits, what is idle; with openings that fail, connections
//! that die while idle or lent, and users who leave.

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

/// Opens at once, or fails at once where its script says so.
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

/// What one is given: a connection, or the room for one.
type Offer = Option<u64>;

/// The ledger.
struct Ledger {
    max: usize,
    idle: Vec<u64>,
    in_use: usize,
    /// Those who wait, by their number, and what they have been given and not taken.
    line: VecDeque<(usize, Option<Offer>)>,
    opened: u64,
    fails: VecDeque<bool>,
    dead: BTreeSet<u64>,
}

impl Ledger {
    fn give(&mut self, offer: Offer) {
        if let Some((_, given)) = self.line.iter_mut().find(|(_, given)| given.is_none()) {
            *given = Some(offer);
            return;
        }
        self.in_use -= 1;
        self.idle.extend(offer);
    }

    /// What a first poll finds, and a later one; nothing means to wait.
    fn poll(&mut self, user: usize) -> Option<Result<u64, ()>> {
        let offer = match self.line.iter().position(|(waiting, _)| *waiting == user) {
            Some(place) => {
                let given = self.line[place].1?;
                self.line.remove(place);
                given
            }
            None if !self.idle.is_empty() || self.in_use < self.max => {
                self.in_use += 1;
                self.idle.pop()
            }
            None => {
                self.line.push_back((user, None));
                return None;
            }
        };
        if let Some(id) = offer.filter(|id| !self.dead.contains(id)) {
            return Some(Ok(id));
        }
        if self.fails.pop_front() == Some(true) {
            self.give(None);
            return Some(Err(()));
        }
        self.opened += 1;
        Some(Ok(self.opened))
    }

    fn leave(&mut self, user: usize) {
        if let Some(place) = self.line.iter().position(|(waiting, _)| *waiting == user)
            && let Some((_, Some(offer))) = self.line.remove(place)
        {
            self.give(offer);
        }
    }

    fn come_back(&mut self, id: u64, discarded: bool) {
        self.give((!discarded && !self.dead.contains(&id)).then_some(id));
    }
}

type Lent = Connection<Server>;
type Get = Pin<Box<dyn Future<Output = Result<Lent, Error<()>>>>>;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(often(1000, 10)))]
    #[test]
    fn it_agrees_with_a_ledger(
        max in 1..4_usize,
        fails in proptest::collection::vec(proptest::bool::weighted(0.3), 20),
        steps in proptest::collection::vec((0..7_u8, any::<usize>()), 1..80),
    ) {
        let dead = Rc::new(RefCell::new(BTreeSet::new()));
        let server = Server { fails: RefCell::new(fails.clone().into()), opened: Cell::new(0), dead: dead.clone() };
        let config = Config { max_size: max, wait_timeout: Duration::MAX, connect_timeout: Duration::MAX };
        let pool = Pool::new(server, Manual::default(), config).unwrap();
        let mut ledger = Ledger {
            max, idle: vec![], in_use: 0, line: VecDeque::new(), opened: 0, fails: fails.into(), dead: BTreeSet::new(),
        };
        let (mut waiting, mut lent) = (Vec::<(usize, Get)>::new(), Vec::<Lent>::new());
        for (user, (step, pick)) in steps.into_iter().enumerate() {
            match step {
                0 | 1 => {
                    let pool = pool.clone();
                    waiting.push((user, Box::pin(async move { pool.get().await })));
                }
                2 if !lent.is_empty() => {
                    let connection = lent.swap_remove(pick % lent.len());
                    ledger.come_back(*connection, false);
                    drop(connection);
                }
                3 if !lent.is_empty() => {
                    let connection = lent.swap_remove(pick % lent.len());
                    ledger.come_back(*connection, true);
                    connection.discard();
                }
                4 if ledger.opened > 0 => {
                    // One dies, wherever it is.
                    let id = 1 + pick as u64 % ledger.opened;
                    dead.borrow_mut().insert(id);
                    ledger.dead.insert(id);
                }
                5 if !waiting.is_empty() => {
                    let (user, get) = waiting.swap_remove(pick % waiting.len());
                    ledger.leave(user);
                    drop(get);
                }
                _ => {}
            }
            // The newcomer, or anybody.
            if !waiting.is_empty() && step != 2 {
                let at = if step < 2 { waiting.len() - 1 } else { pick % waiting.len() };
                let (user, get) = &mut waiting[at];
                match (poll_once(get), ledger.poll(*user)) {
                    (Poll::Pending, None) => {}
                    (Poll::Ready(Ok(connection)), Some(Ok(id))) => {
                        prop_assert_eq!((*connection, connection.id()), (id, id));
                        lent.push(connection);
                        drop(waiting.remove(at));
                    }
                    (Poll::Ready(Err(Error::Connect(()))), Some(Err(()))) => drop(waiting.remove(at)),
                    (got, expected) => prop_assert!(false, "{got:?} instead of {expected:?}"),
                }
            }
            let status = pool.status();
            let queued = ledger.line.iter().filter(|(_, given)| given.is_none()).count();
            prop_assert_eq!((status.idle, status.in_use, status.waiting), (ledger.idle.len(), ledger.in_use, queued));
            prop_assert!(status.idle + status.in_use <= max);
        }
    }
}
