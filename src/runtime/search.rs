//! The search for an unlucky order: runs a program in every order of its tasks, up to a bound, or in many orders drawn
//! at random.
//!
//! A bug that needs an unlucky order is hidden from a test that runs in one order. [`search_orders`] walks through the
//! orders depth first, as a tree whose branches are the decisions between ready tasks ([`Choice`]); [`search_seeds`]
//! samples them. Both return the first order in which the program fails; that order reproduces the failure exactly.
//!
//! # What it proves
//!
//! If [`Searched::exhausted`] is true: this program, with these tasks and durations, passes in every order of polls
//! that an executor can choose, provided that a task depends on nothing but those polls and the simulated clock.
//! Otherwise: it passes in the orders counted, which are a sample.
//!
//! # What it does not prove
//!
//! - Nothing about two threads: a poll is one step, and no task is interrupted within it. Races between single
//!   instructions need a model checker of memory, such as loom.
//! - Nothing about lateness: every sleep ends at its deadline, and time stands still while any task is ready. To see
//!   what a late task does, let the program sleep a little longer.
//! - Sleeps with the same deadline wake in the order in which they were first polled. The order in which the woken
//!   tasks then run is searched; an effect of the wake-ups themselves, within one task, is not.
//! - Children of one task (those of a `join`, of [`gather`](crate::patterns::gather())) are polled in the order that
//!   the combinator chooses. Spawn them as tasks to search their orders.
//! - Nothing about other inputs, more tasks, or a dropped task: vary those in the program.
//!
//! # How many orders there are
//!
//! The number grows exponentially. Three tasks with two waits each have some hundreds of orders, five have millions.
//! Where there are too many, [`Bounds::delays`] keeps to the orders close to first come, first served: most bugs need
//! one or two delays (Emmi, Qadeer and Rakamarić, *Delay-bounded scheduling*, POPL 2011).

use std::{error::Error, fmt};

use super::{Choice, Order, Simulation};

/// Limits of a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The largest number of orders to run.
    pub orders: u64,
    /// The largest number of delays in one order: running the task in position n delays the n tasks that have been
    /// ready longer. 0 is first come, first served; `u32::MAX` leaves no order out.
    pub delays: u32,
}

impl Bounds {
    /// Every order, up to this many.
    pub const fn orders(orders: u64) -> Self {
        Self { orders, delays: u32::MAX }
    }
}

/// The extent of a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Searched {
    /// How many orders were run. Each differs from the others, except that two seeds may draw the same one.
    pub orders: u64,
    /// Whether these were all orders within the bound on delays; always false for seeds.
    pub exhausted: bool,
}

/// An order in which the program fails.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counterexample<E> {
    /// The order.
    pub order: Order,
    /// How many orders had been run, including this one.
    pub orders: u64,
    /// What went wrong.
    pub fault: Fault<E>,
}

/// What went wrong in an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault<E> {
    /// The program returned this error.
    Verdict(E),
    /// The order continued one that had been run, and the program took other decisions at its beginning. The program
    /// depends on something besides the order of its tasks, such as real time, an address, or the order of a hash
    /// map; then nothing can be concluded from its runs.
    Diverged(Diverged),
}

/// A program took another decision than before, in the same place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Diverged {
    /// The index of the decision, counted from 0.
    pub decision: usize,
}

impl fmt::Display for Diverged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "decision {} differed when the program ran again", self.decision)
    }
}

impl Error for Diverged {}

impl<E: fmt::Display> fmt::Display for Counterexample<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "order {} ({}) fails: ", self.orders, self.order)?;
        match &self.fault {
            Fault::Verdict(verdict) => verdict.fmt(f),
            Fault::Diverged(diverged) => diverged.fmt(f),
        }
    }
}

impl<E: fmt::Debug + fmt::Display> Error for Counterexample<E> {}

/// Runs `program` in every order within `bounds`, depth first, beginning with first come, first served.
///
/// Each time the program gets an empty simulation, spawns its tasks, runs them, and returns its verdict. It must be
/// deterministic: everything it does follows from the order of its tasks. It should end in every order that is first
/// come, first served from some point on; a program that never ends is run for ever.
///
/// # Errors
///
/// The first order in which the verdict is an error, or in which the program turns out not to be deterministic.
///
/// ```
/// use std::{cell::Cell, rc::Rc};
///
/// use async_playground::runtime::{Bounds, Clock, Simulation, search_orders};
///
/// // Two tasks add one to a counter, and each sleeps between reading and writing.
/// let program = |simulation: &mut Simulation| {
///     let counter = Rc::new(Cell::new(0));
///     for _ in 0..2 {
///         let (counter, clock) = (counter.clone(), simulation.clock());
///         simulation.tasks().spawn("adder", async move {
///             clock.sleep(std::time::Duration::from_millis(1)).await;
///             let seen = counter.get();
///             clock.sleep(std::time::Duration::ZERO).await;
///             counter.set(seen + 1);
///         });
///     }
///     simulation.run().map_err(|deadlock| deadlock.to_string())?;
///     if counter.get() == 2 { Ok(()) } else { Err(format!("counted {}", counter.get())) }
/// };
/// let searched = search_orders(Bounds::orders(1000), program).unwrap();
/// assert!(searched.exhausted, "a sleep of zero does not yield, so no order breaks it");
/// assert_eq!(searched.orders, 4);
/// ```
pub fn search_orders<E>(
    bounds: Bounds,
    mut program: impl FnMut(&mut Simulation) -> Result<(), E>,
) -> Result<Searched, Counterexample<E>> {
    let mut orders = Orders::new(bounds);
    while let Some(order) = orders.next() {
        let mut simulation = Simulation::new(order);
        let verdict = program(&mut simulation);
        let choices = simulation.choices();
        let fault = match (orders.took(&choices), verdict) {
            (Err(diverged), _) => Fault::Diverged(diverged),
            (Ok(()), Err(verdict)) => Fault::Verdict(verdict),
            (Ok(()), Ok(())) => continue,
        };
        return Err(Counterexample { order: taken(&choices), orders: orders.searched().orders, fault });
    }
    Ok(orders.searched())
}

/// Runs `program` in the order drawn from each of `seeds`; otherwise like [`search_orders`].
///
/// # Errors
///
/// The first seed for which the verdict is an error.
///
/// ```
/// use async_playground::runtime::{Counterexample, Fault, Simulation, search_seeds};
/// use std::{cell::RefCell, rc::Rc};
///
/// let program = |simulation: &mut Simulation| {
///     let ended = Rc::new(RefCell::new(vec![]));
///     for n in 0..2 {
///         let ended = ended.clone();
///         simulation.tasks().spawn("task", async move { ended.borrow_mut().push(n) });
///     }
///     simulation.run().unwrap();
///     if ended.take() == [0, 1] { Ok(()) } else { Err("overtaken") }
/// };
/// let Counterexample { order, fault, .. } = search_seeds(0..100, program).unwrap_err();
/// assert_eq!(fault, Fault::Verdict("overtaken"));
/// // The order reproduces it.
/// assert!(program(&mut Simulation::new(order)).is_err());
/// ```
pub fn search_seeds<E>(
    seeds: impl IntoIterator<Item = u64>,
    mut program: impl FnMut(&mut Simulation) -> Result<(), E>,
) -> Result<Searched, Counterexample<E>> {
    let mut orders = 0;
    for seed in seeds {
        orders += 1;
        let order = Order::seeded(seed);
        program(&mut Simulation::new(order.clone())).map_err(|verdict| Counterexample {
            order,
            orders,
            fault: Fault::Verdict(verdict),
        })?;
    }
    Ok(Searched { orders, exhausted: false })
}

/// The order that takes these decisions. Zeros at the end are left out: they are first come, first served anyway.
fn taken(choices: &[Choice]) -> Order {
    let end = choices.iter().rposition(|choice| choice.taken > 0).map_or(0, |last| last + 1);
    Order::following(choices.iter().take(end).map(|choice| choice.taken).collect())
}

/// The walk of [`search_orders`], one order at a time: for a program that no [`Simulation`] runs, or for a host that
/// has other things to do in between, such as a page.
///
/// ```
/// use async_playground::runtime::{Bounds, Orders, Simulation};
///
/// let mut orders = Orders::new(Bounds::orders(1000));
/// while let Some(order) = orders.next() {
///     let mut simulation = Simulation::new(order);
///     (0..4).for_each(|_| drop(simulation.tasks().spawn("task", async {})));
///     simulation.run().unwrap();
///     orders.took(&simulation.choices()).unwrap();
/// }
/// assert_eq!(orders.searched().orders, 4 * 3 * 2);
/// ```
#[derive(Clone, Debug)]
pub struct Orders {
    bounds: Bounds,
    /// The beginning of the next order: the decisions of the last one up to some place, and another decision there.
    prefix: Vec<Choice>,
    run: u64,
    exhausted: bool,
}

impl Orders {
    /// Starts at the root: the first order is first come, first served.
    pub const fn new(bounds: Bounds) -> Self {
        Self { bounds, prefix: Vec::new(), run: 0, exhausted: false }
    }

    /// Returns the order to run next, the same one until [`took`](Self::took) is called, and `None` after the last
    /// order or after as many as the bounds allow.
    #[allow(clippy::should_implement_trait, reason = "each call needs a call of `took`")]
    pub fn next(&mut self) -> Option<Order> {
        (!self.exhausted && self.run < self.bounds.orders).then(|| taken(&self.prefix))
    }

    /// Reports the decisions taken by the run in the order that [`next`](Self::next) returned.
    ///
    /// # Errors
    ///
    /// [`Diverged`] if the run cannot have followed that order. The walk ends there.
    pub fn took(&mut self, choices: &[Choice]) -> Result<(), Diverged> {
        self.run += 1;
        let same = self.prefix.iter().zip(choices).take_while(|(before, now)| before == now).count();
        if same < self.prefix.len() {
            self.bounds.orders = self.run;
            return Err(Diverged { decision: same });
        }
        self.prefix = choices.to_vec();
        let mut delays: u64 = choices.iter().map(|choice| u64::from(choice.taken)).sum();
        // Change the last decision that still has an alternative; those after it start from 0 again.
        while let Some(last) = self.prefix.pop() {
            if last.taken + 1 < last.of && delays < u64::from(self.bounds.delays) {
                self.prefix.push(Choice { taken: last.taken + 1, ..last });
                return Ok(());
            }
            delays -= u64::from(last.taken);
        }
        self.exhausted = true;
        Ok(())
    }

    /// How far the walk has come.
    pub const fn searched(&self) -> Searched {
        Searched { orders: self.run, exhausted: self.exhausted }
    }
}
