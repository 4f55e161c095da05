//! Measures contenders in turns, and gives medians with quartiles.
//!
//! The contenders of a row take turns in one process, and each round begins with another one, so a slow moment of the machine
//! slows all. A round is long enough to make the timer's cost negligible.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// Does the given number of operations and returns the cost of one, in the row's unit.
pub(crate) type Round = Box<dyn FnMut(u32) -> f64>;

/// One line of the table.
pub(crate) struct Row {
    bench: String,
    /// The work of every contender.
    work: &'static str,
    unit: &'static str,
    results: Vec<(&'static str, Spread)>,
}

/// A median, and the quartiles around it.
struct Spread {
    median: f64,
    low: f64,
    high: f64,
}

/// The number of rounds, and the least length of each.
#[derive(Clone, Copy)]
pub(crate) struct Rounds {
    pub(crate) count: usize,
    pub(crate) length: Duration,
}

/// For short operations.
pub(crate) const MANY: Rounds = Rounds { count: 41, length: Duration::from_millis(4) };

impl Row {
    /// Measures the contenders in turns. The first is ours.
    pub(crate) fn measure(
        bench: impl Into<String>,
        work: &'static str,
        unit: &'static str,
        rounds: Rounds,
        mut contenders: Vec<(&'static str, Round)>,
    ) -> Self {
        let sizes: Vec<u32> =
            contenders.iter_mut().map(|(_, round)| calibrate(rounds.length, round)).collect();
        let mut costs = vec![Vec::with_capacity(rounds.count); contenders.len()];
        for turn in 0..rounds.count {
            for place in 0..contenders.len() {
                let at = (turn + place) % contenders.len();
                costs[at].push((contenders[at].1)(sizes[at]));
            }
        }
        let names = contenders.iter().map(|(name, _)| *name);
        Self {
            bench: bench.into(),
            work,
            unit,
            results: names.zip(costs.into_iter().map(Spread::of)).collect(),
        }
    }

    /// Adds a result that needs no rounds: it is always the same, or takes too long for them.
    pub(crate) fn counted(
        bench: impl Into<String>,
        work: &'static str,
        unit: &'static str,
        results: Vec<(&'static str, f64)>,
    ) -> Self {
        let results = results.into_iter().map(|(who, count)| (who, Spread::of(vec![count]))).collect();
        Self { bench: bench.into(), work, unit, results }
    }

    pub(crate) fn to_json(&self) -> Value {
        let results = self.results.iter().map(|(who, Spread { median, low, high })| {
            json!({ "who": who, "median": median, "low": low, "high": high })
        });
        json!({
            "bench": self.bench,
            "work": self.work,
            "unit": self.unit,
            "results": results.collect::<Vec<_>>(),
        })
    }
}

impl Spread {
    fn of(mut costs: Vec<f64>) -> Self {
        costs.sort_by(f64::total_cmp);
        let at = |share: usize| costs[(costs.len() - 1) * share / 4];
        Self { median: at(2), low: at(1), high: at(3) }
    }
}

/// Returns how many operations make a round of that length. They also warm up.
fn calibrate(length: Duration, round: &mut Round) -> u32 {
    let mut size = 1;
    loop {
        let began = Instant::now();
        round(size);
        if began.elapsed() >= length || size >= 1 << 28 {
            return size;
        }
        size *= 2;
    }
}

/// A timed contender, in nanoseconds for each of the `per` things that one operation does.
pub(crate) fn timed(
    name: &'static str,
    per: u32,
    mut operation: impl FnMut() + 'static,
) -> (&'static str, Round) {
    let round = move |count: u32| {
        let began = Instant::now();
        for _ in 0..count {
            operation();
        }
        began.elapsed().as_secs_f64() * 1e9 / f64::from(count) / f64::from(per)
    };
    (name, Box::new(round))
}
