//! Which of the ready tasks runs next.

use std::collections::VecDeque;

use super::Random;
use crate::BEGINS_ONLY;

/// One decision: which of how many ready tasks was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The place taken, counted from the task that has been ready longest.
    pub taken: u32,
    /// How many tasks were ready.
    pub of: u32,
}

/// The rule by which the next ready task is taken.
///
/// Every rule is deterministic: the same program under the same rule takes the same steps.
#[derive(Clone, Debug)]
pub struct Order {
    rule: Rule,
    choices: Vec<Choice>,
}

#[derive(Clone, Debug)]
enum Rule {
    Fifo,
    Seeded(Random),
    Following(Vec<u32>),
}

impl Order {
    /// First come, first served, as the run queues of most executors are.
    pub const fn fifo() -> Self {
        Self { rule: Rule::Fifo, choices: Vec::new() }
    }

    /// Drawn at random from `seed`: one of the orders that a busy machine could have come up with.
    pub const fn seeded(seed: u64) -> Self {
        Self { rule: Rule::Seeded(Random::new(seed)), choices: Vec::new() }
    }

    /// The given places, one for each decision between two or more ready tasks; when they run out, the task that
    /// has been ready longest. A place past the end takes the last.
    pub const fn following(places: Vec<u32>) -> Self {
        Self { rule: Rule::Following(places), choices: Vec::new() }
    }

    /// The decisions taken so far; kept only when following given places.
    pub fn choices(&self) -> &[Choice] {
        &self.choices
    }

    /// Takes the next entry out of `ready`.
    pub(super) fn take<T>(&mut self, ready: &mut VecDeque<T>) -> Option<T> {
        let of = u32::try_from(ready.len()).unwrap_or(u32::MAX);
        if of < 2 {
            return ready.pop_front();
        }
        match &mut self.rule {
            _ if BEGINS_ONLY => ready.pop_front(),
            Rule::Fifo => ready.pop_front(),
            // The order of what stays does not matter to a random draw, and swapping is O(1).
            Rule::Seeded(random) => ready.swap_remove_front(random.below(of) as usize),
            Rule::Following(places) => {
                let taken = places.get(self.choices.len()).copied().unwrap_or(0).min(of - 1);
                self.choices.push(Choice { taken, of });
                ready.remove(taken as usize)
            }
        }
    }
}
