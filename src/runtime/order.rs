//! The order of tasks: which of the ready tasks runs next.

use std::{collections::VecDeque, fmt};

use super::Random;

/// One decision between ready tasks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The position of the task that ran, counted from the one that has been ready longest.
    pub taken: u32,
    /// How many tasks were ready.
    pub of: u32,
}

/// An order of tasks. The same program in the same order takes the same steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order(Rule);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Rule {
    Fifo,
    Seeded(u64),
    Following(Vec<u32>),
}

impl Order {
    /// First come, first served, as in the run queue of most executors.
    pub const fn fifo() -> Self {
        Self(Rule::Fifo)
    }

    /// Drawn at random from `seed`: one of the orders that could happen on a busy machine.
    pub const fn seeded(seed: u64) -> Self {
        Self(Rule::Seeded(seed))
    }

    /// Follows the given positions, one for each decision between two or more ready tasks. After the last one it is
    /// first come, first served. A position past the end means the last ready task.
    ///
    /// Only a run in such an order keeps the decisions that it took.
    pub const fn following(positions: Vec<u32>) -> Self {
        Self(Rule::Following(positions))
    }

    /// The positions that it follows, if it was made of some.
    pub fn positions(&self) -> Option<&[u32]> {
        if let Rule::Following(positions) = &self.0 { Some(positions) } else { None }
    }
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Rule::Fifo => f.write_str("first come, first served"),
            Rule::Seeded(seed) => write!(f, "seed {seed}"),
            Rule::Following(positions) => write!(f, "choices {positions:?}"),
        }
    }
}

/// An order as it is applied in one run.
pub(super) struct Turns {
    order: Order,
    /// Used by a seeded order.
    random: Random,
    /// Kept by an order that follows given positions.
    choices: Vec<Choice>,
}

impl Turns {
    pub(super) const fn new(order: Order) -> Self {
        let seed = if let Rule::Seeded(seed) = order.0 { seed } else { 0 };
        Self { order, random: Random::new(seed), choices: Vec::new() }
    }

    pub(super) fn follows_positions(&self) -> bool {
        self.order.positions().is_some()
    }

    pub(super) fn choices(&self) -> &[Choice] {
        &self.choices
    }

    /// Takes the next entry out of `ready`.
    pub(super) fn take<T>(&mut self, ready: &mut VecDeque<T>) -> Option<T> {
        let of = u32::try_from(ready.len()).unwrap_or(u32::MAX);
        if of < 2 {
            return ready.pop_front();
        }
        match &self.order.0 {
            Rule::Fifo => {}
            // A random draw does not depend on the order of the rest, and swapping is O(1).
            Rule::Seeded(_) => ready.swap(0, self.random.below(of) as usize),
            Rule::Following(positions) => {
                let taken = positions.get(self.choices.len()).copied().unwrap_or(0).min(of - 1);
                self.choices.push(Choice { taken, of });
                // The others keep their order.
                (1..=taken as usize).rev().for_each(|place| ready.swap(place, place - 1));
            }
        }
        ready.pop_front()
    }
}
