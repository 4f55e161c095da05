//! The schedule explorer: runs a program under every order in which its tasks can take their turns, up to a bound, or
//! under many orders drawn at random.
//!
//! A bug that needs an unlucky order hides from a test that runs in one. [`explore`] walks through the orders depth
//! first, as a tree whose branches are the decisions between ready tasks ([`Choice`]); [`explore_seeds`] samples them.
//! The first order under which the program fails is returned, and replays that failure to the byte.
//!
//! # What it proves
//!
//! When [`Explored::exhausted`] says so: that this program, with these tasks and durations, passes under every order
//! of polls that an executor can choose, if what a task does depends on nothing but those polls and the simulated
//! clock. Without it: that it passes under the schedules counted, which are then a sample.
//!
//! # What it does not prove
//!
//! - Nothing about two threads: a poll is one step, and no task is interrupted within it. What a lock or an atomic
//!   does between two instructions is for a model checker of memory, as loom.
//! - Nothing about lateness: every sleep ends at its deadline, and time stands still while any task is ready. A task
//!   that comes late because the machine is busy is not seen, unless the program sleeps a little longer itself.
//! - Sleeps with the same deadline are woken in the order in which they were first polled. The order in which the
//!   woken tasks then run is explored; an effect of the waking itself, within one task, is not.
//! - Children of one task (those of a `join`, of [`gather`](crate::patterns::gather())) are polled in the order in
//!   which that combinator polls them: spawn them as tasks to have their orders explored.
//! - Nothing about other inputs, more tasks, or a task that is dropped: vary those in the program.
//!
//! # How large a space is
//!
//! It grows exponentially. Three tasks with two waits each have some hundreds of schedules, five have millions. Where it
//! is too large, [`Bounds::delays`] keeps to the schedules close to first come, first served: most bugs need one
//! or two delays (Emmi, Qadeer and Rakamarić, *Delay-bounded scheduling*, POPL 2011).

use std::{error::Error, fmt};

use super::{Choice, Order, Simulation};

/// A way through the decisions of a program, from which the same run follows again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Schedule {
    /// The places taken, as for [`Order::following`], without those at the end that are 0.
    Choices(Vec<u32>),
    /// The seed, as for [`Order::seeded`].
    Seed(u64),
}

impl Schedule {
    /// The order that follows it.
    pub fn order(&self) -> Order {
        match self {
            Self::Choices(places) => Order::following(places.clone()),
            Self::Seed(seed) => Order::seeded(*seed),
        }
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Choices(places) => write!(f, "choices {places:?}"),
            Self::Seed(seed) => write!(f, "seed {seed}"),
        }
    }
}

/// How far to explore.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The most schedules to run.
    pub schedules: u64,
    /// The most delays in one schedule: to take the task in place n is to delay the n that have been ready longer.
    /// 0 is first come, first served; `u32::MAX` leaves no schedule out.
    pub delays: u32,
}

impl Bounds {
    /// Every schedule, if there are at most so many.
    pub const fn schedules(schedules: u64) -> Self {
        Self { schedules, delays: u32::MAX }
    }
}

/// How far an exploration came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Explored {
    /// How many schedules were run, no two of them alike (seeds may repeat one).
    pub schedules: u64,
    /// Whether these were all there are within the bound on delays; never for seeds.
    pub exhausted: bool,
}

/// A schedule under which the program fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counterexample<E> {
    /// The schedule.
    pub schedule: Schedule,
    /// How many schedules had been run, this one included.
    pub schedules: u64,
    /// What went wrong.
    pub fault: Fault<E>,
}

/// What went wrong under a schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault<E> {
    /// The program said so.
    Verdict(E),
    /// The schedule was the continuation of one that had been run, and its beginning went another way. The program
    /// depends on something besides the order of its tasks, as the real time, an address, or a hash map's order;
    /// then nothing can be concluded from its runs.
    Diverged(Diverged),
}

/// A program took other decisions than before, in the same place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Diverged {
    /// Which decision, counted from 0.
    pub decision: usize,
}

impl fmt::Display for Diverged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "decision {} was another one when the program ran again", self.decision)
    }
}

impl Error for Diverged {}

impl<E: fmt::Display> fmt::Display for Counterexample<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "fails under {} (schedule number {}): ", self.schedule, self.schedules)?;
        match &self.fault {
            Fault::Verdict(verdict) => verdict.fmt(f),
            Fault::Diverged(diverged) => diverged.fmt(f),
        }
    }
}

impl<E: fmt::Debug + fmt::Display> Error for Counterexample<E> {}

/// Runs `program` under every schedule within `bounds`, depth first, beginning with first come, first served.
///
/// The program is given an empty simulation each time, spawns its tasks, runs them, and gives its verdict. It must
/// be deterministic: whatever it does follows from the order of its tasks. It should end under every schedule that is
/// first come, first served from some point on; one that never ends is run for ever.
///
/// # Errors
///
/// The first schedule under which the verdict is an error, or under which the program is found not to be
/// deterministic.
///
/// ```
/// use std::{cell::Cell, rc::Rc};
///
/// use async_playground::runtime::{Bounds, Clock, Fault, Simulation, explore};
///
/// // Two tasks add one to a counter, and each rests between reading and writing.
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
/// let passed = explore(Bounds::schedules(1000), program).unwrap();
/// assert!(passed.exhausted, "a sleep of zero does not give way, so no order breaks it");
/// assert_eq!(passed.schedules, 4);
/// ```
pub fn explore<E>(
    bounds: Bounds,
    mut program: impl FnMut(&mut Simulation) -> Result<(), E>,
) -> Result<Explored, Counterexample<E>> {
    let mut schedules = Schedules::new(bounds);
    while let Some(schedule) = schedules.next() {
        let mut simulation = Simulation::new(schedule.order());
        let verdict = program(&mut simulation);
        let told = schedules.took(&simulation.choices());
        let fault = match (told, verdict) {
            (Err(diverged), _) => Fault::Diverged(diverged),
            (Ok(()), Err(verdict)) => Fault::Verdict(verdict),
            (Ok(()), Ok(())) => continue,
        };
        let schedule = Schedule::of(&simulation.choices());
        return Err(Counterexample { schedule, schedules: schedules.explored().schedules, fault });
    }
    Ok(schedules.explored())
}

/// Runs `program` under the order drawn from each of `seeds`; otherwise as [`explore`].
///
/// # Errors
///
/// The first seed under which the verdict is an error.
///
/// ```
/// use async_playground::runtime::{Counterexample, Fault, Schedule, Simulation, explore_seeds};
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
/// let Counterexample { schedule, fault, .. } = explore_seeds(0..100, program).unwrap_err();
/// assert_eq!(fault, Fault::Verdict("overtaken"));
/// // The seed replays it.
/// assert!(program(&mut Simulation::new(schedule.order())).is_err());
/// ```
pub fn explore_seeds<E>(
    seeds: impl IntoIterator<Item = u64>,
    mut program: impl FnMut(&mut Simulation) -> Result<(), E>,
) -> Result<Explored, Counterexample<E>> {
    let mut schedules = 0;
    for seed in seeds {
        schedules += 1;
        program(&mut Simulation::new(Order::seeded(seed))).map_err(|verdict| Counterexample {
            schedule: Schedule::Seed(seed),
            schedules,
            fault: Fault::Verdict(verdict),
        })?;
    }
    Ok(Explored { schedules, exhausted: false })
}

impl Schedule {
    fn of(choices: &[Choice]) -> Self {
        let end = choices.iter().rposition(|choice| choice.taken > 0).map_or(0, |last| last + 1);
        Self::Choices(choices.iter().take(end).map(|choice| choice.taken).collect())
    }
}

/// The walk that [`explore`] takes, one schedule at a time: for a program that is not run by a [`Simulation`], or for
/// a host that must do other things in between, as a page.
///
/// ```
/// use async_playground::runtime::{Bounds, Schedules, Simulation};
///
/// let mut schedules = Schedules::new(Bounds::schedules(1000));
/// while let Some(schedule) = schedules.next() {
///     let mut simulation = Simulation::new(schedule.order());
///     (0..4).for_each(|_| drop(simulation.tasks().spawn("task", async {})));
///     simulation.run().unwrap();
///     schedules.took(&simulation.choices()).unwrap();
/// }
/// assert_eq!(schedules.explored().schedules, 4 * 3 * 2);
/// ```
#[derive(Clone, Debug)]
pub struct Schedules {
    bounds: Bounds,
    /// The beginning of the next schedule: the decisions of the last one up to some place, and another one there.
    prefix: Vec<Choice>,
    run: u64,
    exhausted: bool,
}

impl Schedules {
    /// At the root: the first schedule is first come, first served.
    pub const fn new(bounds: Bounds) -> Self {
        Self { bounds, prefix: Vec::new(), run: 0, exhausted: false }
    }

    /// The schedule to run next, which stays the same until [`took`](Self::took) is called; `None` when all have been
    /// run, or as many as the bounds allow.
    #[allow(clippy::should_implement_trait, reason = "each call must be answered by `took`")]
    pub fn next(&mut self) -> Option<Schedule> {
        (!self.exhausted && self.run < self.bounds.schedules).then(|| Schedule::of(&self.prefix))
    }

    /// The run under the schedule that [`next`](Self::next) gave took these decisions.
    ///
    /// # Errors
    ///
    /// [`Diverged`] if it cannot have been that schedule: the walk is then at its end.
    pub fn took(&mut self, choices: &[Choice]) -> Result<(), Diverged> {
        self.run += 1;
        let same = self.prefix.iter().zip(choices).take_while(|(before, now)| before == now).count();
        if same < self.prefix.len() {
            self.bounds.schedules = self.run;
            return Err(Diverged { decision: same });
        }
        self.prefix = choices.to_vec();
        let mut delays: u64 = choices.iter().map(|choice| u64::from(choice.taken)).sum();
        // The last decision that can still be another one becomes it, and those after it begin anew.
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
    pub const fn explored(&self) -> Explored {
        Explored { schedules: self.run, exhausted: self.exhausted }
    }
}
