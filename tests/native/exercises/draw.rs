//! Settings drawn at random, for any exercise.

use async_playground::{
    exercises::{Exercise, Input, Kind, Request, Setting},
    runtime::Random,
};

/// Settings as on a command line, and a seed.
#[derive(Debug)]
pub(super) struct Drawn {
    pub(super) settings: Vec<(&'static str, String)>,
    pub(super) seed: Option<u32>,
}

/// Draws extremes often, and times that several settings share: the order of tasks matters where times are equal.
struct Draw {
    random: Random,
    times: [i64; 2],
}

impl Drawn {
    /// The settings of that number, always the same.
    pub(super) fn new(exercise: &Exercise, number: u32) -> Self {
        let mut random = Random::new(u64::from(number));
        let longest = if random.below(3) == 0 { 4 } else { 200 };
        let times = [0, 1].map(|_| i64::from(random.below(longest)));
        let mut draw = Draw { random, times };
        let settings = exercise.settings.iter().map(|setting| (setting.name, draw.value(setting))).collect();
        let seed = draw.one_in(2).then_some(number);
        Self { settings, seed }
    }

    /// The checked request for a run of `program`.
    pub(super) fn of(&self, exercise: &Exercise, program: &str) -> Request {
        let spelled =
            |(name, value): &(&str, String)| ((*name).to_owned(), Input::spelled(exercise.slug, name, value));
        Request::new(exercise.slug, Some(program), self.settings.iter().map(spelled), self.seed).unwrap()
    }
}

impl Draw {
    fn one_in(&mut self, count: u32) -> bool {
        self.random.below(count) == 0
    }

    fn among<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.random.below(u32::try_from(items.len()).unwrap()) as usize]
    }

    fn value(&mut self, setting: &Setting) -> String {
        match setting.kind {
            Kind::Int { default, min, max } => {
                let wanted = if setting.unit.is_some() { self.time(min, max) } else { self.count(min, max) };
                let number = if self.one_in(6) { default } else { wanted };
                number.to_string()
            }
            Kind::Bool { .. } => self.one_in(2).to_string(),
            Kind::Choice { options, .. } => self.among(options).to_owned(),
            Kind::Ints { min, max, max_items, .. } => {
                let items = 1 + self.random.below(u32::try_from(max_items.min(12)).unwrap());
                let items: Vec<_> = (0..items).map(|_| self.item(min, max).to_string()).collect();
                items.join(",")
            }
            Kind::Order { options, .. } => {
                let mut left = options.to_vec();
                let mut words = Vec::new();
                while !left.is_empty() && !self.one_in(5) {
                    let place = self.random.below(u32::try_from(left.len()).unwrap()) as usize;
                    words.push(left.remove(place));
                }
                words.join(",")
            }
        }
    }

    /// Few different numbers, so that equal ones occur, and the end of the range, which may be special.
    fn item(&mut self, min: i64, max: i64) -> i64 {
        let few = min + i64::from(self.random.below(6));
        self.among(&[few, few, few, max - 1, max]).clamp(min, max)
    }

    fn time(&mut self, min: i64, max: i64) -> i64 {
        let [once, again] = self.times;
        let any = i64::from(self.random.below(700));
        self.among(&[min, min + 1, once, once, again, once + again, once / 2, any, any, max]).clamp(min, max)
    }

    /// Small as a rule, since each is a task and debug builds are slow, but sometimes large.
    fn count(&mut self, min: i64, max: i64) -> i64 {
        let bound = if self.one_in(50) { 150 } else { 9 };
        let any = min + i64::from(self.random.below(bound));
        self.among(&[min, min + 1, any, any, any, any]).min(max)
    }
}
