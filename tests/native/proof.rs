//! Proves the promises of the patterns: by cancelling at every poll, in every order of a small program, and with many
//! seeds of a larger one.
//!
//! A program spawns its tasks through a [`Crew`], runs them, and asserts what must be true. A [`Proof`] runs it many
//! times: with each of its tasks dropped after each poll and instead of it, in every order of its tasks, and both
//! together. A failure is printed with the cut and the order that reproduce it.

use std::{
    any::Any,
    cell::Cell,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    rc::Rc,
    sync::Once,
    task::{Context, Poll, Waker},
};

use async_playground::runtime::{
    Bounds, Name, Order, Searched, Simulation, Spawn, Task, Tasks, search_orders, search_seeds,
};

use crate::programs::promises::counted;

/// For one program with one cut.
const MOST_ORDERS: u32 = often(50_000, 3);

/// The number of repetitions: `often`, or `seldom` under Miri, which takes a thousand times as long.
pub(crate) const fn often(often: u32, seldom: u32) -> u32 {
    if cfg!(miri) { seldom } else { often }
}

/// Where a future is dropped.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Cut {
    /// After its k-th poll, counted from 0.
    After(usize),
    /// Instead of its k-th poll, so that it has consumed a wake-up.
    Instead(usize),
}

/// A future of the output, or of `None` if it was cut off.
pub(crate) struct CutOff<F> {
    inner: Option<Pin<Box<F>>>,
    cut: Option<Cut>,
    polls: usize,
}

pub(crate) fn cut_off<F: Future>(inner: F, cut: Option<Cut>) -> CutOff<F> {
    CutOff { inner: Some(Box::pin(inner)), cut, polls: 0 }
}

impl<F: Future> Future for CutOff<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        if matches!(this.cut, Some(Cut::Instead(k)) if k == this.polls) {
            this.inner = None;
            return Poll::Ready(None);
        }
        let poll = this.inner.as_mut().expect("not polled again after it was cut off").as_mut().poll(cx);
        if poll.is_pending() && matches!(this.cut, Some(Cut::After(k)) if k == this.polls) {
            this.inner = None;
            return Poll::Ready(None);
        }
        this.polls += 1;
        poll.map(Some)
    }
}

/// Runs `scenario` with each victim cut off at each of its polls, in both ways, until the scenario returns false because
/// the victim ended before the cut. Returns the number of cuts.
pub(crate) fn sweep(victims: usize, scenario: impl Fn(usize, Cut) -> bool) -> usize {
    let mut cuts = 0;
    for victim in 0..victims {
        for way in [Cut::After, Cut::Instead] {
            cuts += (0..1000).take_while(|&poll| scenario(victim, way(poll))).count();
        }
    }
    cuts
}

/// Polls once, with a waker that does nothing.
pub(crate) fn poll_once<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
    Pin::new(future).poll(&mut Context::from_waker(Waker::noop()))
}

/// Yields to the other tasks once.
pub(crate) async fn turn() {
    let mut yielded = false;
    std::future::poll_fn(|cx| {
        if std::mem::replace(&mut yielded, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// Spawns the tasks of a program, numbered in order of spawning. One of them may be cut off.
#[derive(Clone)]
pub(crate) struct Crew {
    tasks: Tasks,
    victim: Option<(usize, Cut)>,
    spawned: Rc<Cell<usize>>,
    was_cut: Rc<Cell<bool>>,
}

impl Crew {
    fn new(simulation: &Simulation, victim: Option<(usize, Cut)>) -> Self {
        Self { tasks: simulation.tasks(), victim, spawned: Rc::default(), was_cut: Rc::default() }
    }

    /// Spawns a task; its output is `None` if it was cut off.
    pub(crate) fn spawn<T: 'static>(
        &self,
        name: impl Into<Name>,
        future: impl Future<Output = T> + 'static,
    ) -> Task<Option<T>> {
        let number = self.spawned.replace(self.spawned.get() + 1);
        let cut = self.victim.and_then(|(victim, cut)| (victim == number).then_some(cut));
        let (future, was_cut) = (cut_off(future, cut), self.was_cut.clone());
        self.tasks.spawn(name, async move {
            let output = future.await;
            if output.is_none() {
                was_cut.set(true);
            }
            output
        })
    }

    /// Whether a task was cut off.
    pub(crate) fn was_cut(&self) -> bool {
        self.was_cut.get()
    }
}

impl<F: Future<Output = ()> + 'static> Spawn<F> for Crew {
    fn spawn(&self, task: F) {
        drop(Self::spawn(self, "spawned", task));
    }
}

/// The runs for one pattern, printed as a row of a table.
pub(crate) struct Proof {
    pattern: &'static str,
    futures: usize,
    cuts: usize,
    orders: u64,
    exhausted: bool,
    seeds: u64,
}

impl Proof {
    pub(crate) fn of(pattern: &'static str) -> Self {
        Self { pattern, futures: 0, cuts: 0, orders: 0, exhausted: true, seeds: 0 }
    }

    /// Runs the program with each of its tasks cut off at each of its polls, in both ways.
    #[track_caller]
    pub(crate) fn swept(mut self, program: impl Fn(&mut Simulation, &Crew)) -> Self {
        let run = |victim| {
            let mut simulation = Simulation::new(Order::fifo());
            let crew = Crew::new(&simulation, victim);
            if let Err(panic) = run(&program, &mut simulation, &crew) {
                panic!("{}, victim {victim:?}: {panic}", self.pattern);
            }
            crew
        };
        let victims = run(None).spawned.get();
        self.cuts += sweep(victims, |victim, cut| run(Some((victim, cut))).was_cut());
        self.futures += victims;
        self
    }

    /// Runs the program in every order, without a cut and with each cut that any order reaches.
    #[track_caller]
    pub(crate) fn in_every_order(mut self, program: impl Fn(&mut Simulation, &Crew)) -> Self {
        let spawned = Rc::new(Cell::new(0));
        let mut search = |victim| {
            let ever_cut = Cell::new(false);
            let searched = search_orders(Bounds::orders(MOST_ORDERS.into()), |simulation| {
                let crew = Crew::new(simulation, victim);
                let end = run(&program, simulation, &crew);
                ever_cut.set(ever_cut.get() || crew.was_cut());
                spawned.set(crew.spawned.get());
                end
            });
            match searched {
                Ok(searched) => self.count(searched),
                Err(failure) => panic!("{}, victim {victim:?}: {failure}", self.pattern),
            }
            ever_cut.get()
        };
        search(None);
        let victims = spawned.get();
        for victim in 0..victims {
            for way in [Cut::After, Cut::Instead] {
                let reached = (0..1000).take_while(|&poll| search(Some((victim, way(poll))))).count();
                assert!(reached < 1000, "{}: task {victim} never ends", self.pattern);
            }
        }
        assert!(self.exhausted || cfg!(miri), "{}: more than {MOST_ORDERS} orders", self.pattern);
        self
    }

    fn count(&mut self, searched: Searched) {
        self.orders += searched.orders;
        self.exhausted &= searched.exhausted;
    }

    /// Runs the program in orders drawn from `seeds` seeds, most of them with one of its `tasks` cut off.
    #[track_caller]
    pub(crate) fn in_seeded_orders(
        mut self,
        seeds: u64,
        tasks: usize,
        program: impl Fn(&mut Simulation, &Crew),
    ) -> Self {
        let number = Cell::new(0);
        let searched = search_seeds(0..seeds.min(often(u32::MAX, 10).into()), |simulation| {
            let n = number.replace(number.get() + 1);
            let way = [Cut::After, Cut::Instead][n / tasks % 2];
            let victim = (!n.is_multiple_of(7)).then_some((n % tasks, way(n / 2 / tasks % 5)));
            run(&program, simulation, &Crew::new(simulation, victim))
                .map_err(|panic| format!("victim {victim:?}: {panic}"))
        });
        match searched {
            Ok(searched) => self.seeds += searched.orders,
            Err(failure) => panic!("{}: {failure}", self.pattern),
        }
        self
    }

    /// Prints the row; `--nocapture` shows it.
    pub(crate) fn print(self) {
        static HEAD: Once = Once::new();
        let Self { pattern, futures, cuts, orders, exhausted, seeds } = self;
        let (promises, tests) = counted(pattern);
        let exhausted = if exhausted { "exhausted" } else { "NOT exhausted" };
        HEAD.call_once(|| {
            println!("| pattern | promises | tests | futures swept | polls swept | orders | seeds |");
            println!("|---|---|---|---|---|---|---|");
        });
        println!(
            "| {pattern} | {promises} | {tests} | {futures} | {cuts} | {orders}, {exhausted} | {seeds} |"
        );
    }
}

fn run(
    program: impl Fn(&mut Simulation, &Crew),
    simulation: &mut Simulation,
    crew: &Crew,
) -> Result<(), String> {
    catch_unwind(AssertUnwindSafe(|| program(simulation, crew))).map_err(|panic| message(&*panic))
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default()
}
