//! What to run, all checked before anything starts.

use std::{error::Error, fmt};

use serde::Serialize;

use super::{Exercise, Input, Interference, Program, Settings, catalogue, find};
use crate::{json::decimal, runtime::Order};

/// A request that cannot be carried out: what was wrong, and what is allowed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Refusal {
    /// For programs: `unknown-exercise`, `unknown-program`, `unknown-setting`, `unknown-option`, `unknown-interference` or
    /// `bad-value`.
    pub code: &'static str,
    /// For people.
    pub message: String,
}

impl Refusal {
    /// There is no `what` of that name.
    pub fn unknown<'a>(
        code: &'static str,
        what: impl fmt::Display,
        name: &str,
        known: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let mut list = String::new();
        for name in known {
            add(&mut list, name);
        }
        Self::unknown_among(code, &what, name, &list)
    }

    fn unknown_among(code: &'static str, what: &dyn fmt::Display, name: &str, known: &str) -> Self {
        let known = if known.is_empty() { "there are none" } else { known };
        Self { code, message: format!("unknown {what} {}; known: {known}", quoted(name)) }
    }

    /// `name` must be something else than it is.
    pub fn bad_value(name: impl fmt::Display, allowed: impl fmt::Display, given: &Input) -> Self {
        Self::not_allowed(&name, &allowed, given)
    }

    fn not_allowed(name: &dyn fmt::Display, allowed: &dyn fmt::Display, given: &Input) -> Self {
        Self { code: "bad-value", message: format!("{name} must be {allowed}, not {given}") }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for Refusal {}

/// Words with commas between them.
pub(super) fn listed(words: &[&str]) -> String {
    let mut list = String::new();
    for word in words {
        add(&mut list, word);
    }
    list
}

fn add(list: &mut String, word: &str) {
    list.push_str(if list.is_empty() { "" } else { ", " });
    list.push_str(word);
}

/// Text from outside in a message: quoted, without control characters, and cut where it is long.
fn quoted(text: &str) -> String {
    const MOST: usize = 40;
    let mut quoted = String::from('"');
    quoted.extend(text.chars().take(MOST).map(|c| if c.is_control() { '\u{fffd}' } else { c }));
    quoted.push_str(if text.chars().nth(MOST).is_some() { "…\"" } else { "\"" });
    quoted
}

impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => match decimal(*number) {
                Some(spelled) => f.write_str(&spelled),
                None if number.is_nan() => f.write_str("NaN"),
                None => {
                    f.write_str(if *number < 0.0 { "a number below -9e15" } else { "a number beyond 9e15" })
                }
            },
            Self::Bool(flag) => write!(f, "{flag}"),
            Self::Text(text) => f.write_str(&quoted(text)),
            Self::List(items) => {
                f.write_str("[")?;
                for (place, item) in items.iter().take(5).enumerate() {
                    write!(f, "{}{item}", if place == 0 { "" } else { ", " })?;
                }
                f.write_str(if items.len() > 5 { ", …]" } else { "]" })
            }
            Self::Other(name) => f.write_str(name),
        }
    }
}

/// How time passes in a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ClockKind {
    /// A simulated clock jumps from one deadline to the next.
    #[default]
    Simulated,
    /// Timers of this computer.
    Real,
}

impl ClockKind {
    /// All of them; the first is the default.
    pub const ALL: [Self; 2] = [Self::Simulated, Self::Real];

    /// The name in requests and addresses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Simulated => "simulated",
            Self::Real => "real",
        }
    }

    /// What the page calls it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Simulated => "Simulated",
            Self::Real => "Real time",
        }
    }

    /// What the page says about it.
    pub const fn description(self) -> &'static str {
        match self {
            Self::Simulated => "a clock that jumps to the next deadline: the same each time",
            Self::Real => "timers of this browser",
        }
    }
}

/// Which of the ready tasks runs next.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum TaskOrder {
    /// The one that has been ready longest.
    #[default]
    FirstComeFirstServed,
    /// One drawn at random from this seed.
    Seed(u32),
    /// The n-th decision between two or more ready tasks takes the one at the n-th of these positions, the last one if
    /// there are fewer. After the last choice it is first come, first served.
    Choices(Vec<u32>),
}

impl TaskOrder {
    /// The seed, if there is one.
    pub fn seed(&self) -> Option<u32> {
        if let Self::Seed(seed) = self { Some(*seed) } else { None }
    }

    /// The choices, if it follows some.
    pub fn choices(&self) -> Option<&[u32]> {
        if let Self::Choices(choices) = self { Some(choices) } else { None }
    }

    /// Reads an order from `seed` and `choices`, of which one at least is null.
    ///
    /// # Errors
    ///
    /// [`Refusal`] with the one that is wrong, and what it may be.
    pub fn read(seed: &Input, choices: &Input) -> Result<Self, Refusal> {
        const MOST: usize = 100_000;
        let is_null = |input: &Input| matches!(input, Input::Other("null"));
        if is_null(choices) {
            if is_null(seed) {
                return Ok(Self::FirstComeFirstServed);
            }
            let allowed = "null or a whole number from 0 to 4294967295";
            return seed.whole_u32().map(Self::Seed).ok_or_else(|| Refusal::bad_value("seed", allowed, seed));
        }
        if !is_null(seed) {
            return Err(Refusal::bad_value("order", "null where there is a seed", choices));
        }
        let positions = choices.items().filter(|items| items.len() <= MOST);
        let positions = positions.and_then(|items| items.iter().map(Input::whole_u32).collect());
        positions.map(Self::Choices).ok_or_else(|| {
            let allowed = format_args!("null or a list of at most {MOST} whole numbers from 0 to 4294967295");
            Refusal::bad_value("order", allowed, choices)
        })
    }

    pub(super) fn of_runtime(&self) -> Order {
        match self {
            Self::FirstComeFirstServed => Order::fifo(),
            Self::Seed(seed) => Order::seeded(u64::from(*seed)),
            Self::Choices(positions) => Order::following(positions.clone()),
        }
    }
}

/// A checked request for a run. On simulated time, runs of the same request are the same to the byte.
#[derive(Clone, Debug)]
pub struct Request {
    /// Which exercise.
    pub exercise: &'static Exercise,
    /// Which of its programs.
    pub program: &'static Program,
    /// A value for each of its settings.
    pub settings: Settings,
    /// Which of the ready tasks runs next. The random values of a program follow from its seed; from 0 without one.
    pub order: TaskOrder,
    /// What is done to the run, and when; the earliest first.
    pub interfere: Vec<Interference>,
    /// How time passes.
    pub clock: ClockKind,
}

impl Request {
    /// The default run of the exercise with that slug.
    ///
    /// # Errors
    ///
    /// [`Refusal`] if there is none.
    pub fn of(slug: &str) -> Result<Self, Refusal> {
        Self::new(slug, None, [], None)
    }

    /// Checks a request on simulated time. `program` is the correct one where it is None; `settings` that are not named
    /// keep their default; without `seed` the order of tasks is first come, first served.
    ///
    /// # Errors
    ///
    /// [`Refusal`] with the first thing that is wrong.
    pub fn new(
        slug: &str,
        program: Option<&str>,
        settings: impl IntoIterator<Item = (String, Input)>,
        seed: Option<u32>,
    ) -> Result<Self, Refusal> {
        let exercise = find(slug).ok_or_else(|| {
            let known = catalogue().iter().map(|exercise| exercise.slug);
            Refusal::unknown("unknown-exercise", "exercise", slug, known)
        })?;
        let wanted = program.unwrap_or("correct");
        let program = exercise.programs().find(|program| program.slug == wanted).ok_or_else(|| {
            let known = exercise.programs().map(|program| program.slug);
            Refusal::unknown("unknown-program", format_args!("program of {slug}"), wanted, known)
        })?;
        let mut checked = Settings::defaults(exercise.settings);
        for (name, input) in settings {
            match checked.set(&name, &input) {
                Some(Ok(())) => {}
                Some(Err(setting)) => {
                    let name = format_args!("setting {name}");
                    return Err(Refusal::bad_value(name, setting.allowed(), &input));
                }
                None => {
                    let known = exercise.settings.iter().map(|setting| setting.name);
                    let what = format_args!("setting of {slug}");
                    return Err(Refusal::unknown("unknown-setting", what, &name, known));
                }
            }
        }
        let order = seed.map_or(TaskOrder::FirstComeFirstServed, TaskOrder::Seed);
        let (interfere, clock) = (Vec::new(), ClockKind::Simulated);
        Ok(Self { exercise, program, settings: checked, order, interfere, clock })
    }

    /// The same request with this interference instead of its own.
    ///
    /// # Errors
    ///
    /// [`Refusal`] with the first one that the exercise does not allow.
    pub fn interfered(mut self, interfere: impl IntoIterator<Item = Interference>) -> Result<Self, Refusal> {
        self.interfere.clear();
        for new in interfere {
            new.check(self.exercise)?;
            let place = self.interfere.partition_point(|other| other.at <= new.at);
            self.interfere.insert(place, new);
        }
        Ok(self)
    }

    /// Whether the output is fixed: only with default settings, and only first come, first served, since another order
    /// may rightly interleave the lines of several tasks in another way.
    pub fn fixes_output(&self) -> bool {
        self.settings.are_default() && self.order == TaskOrder::FirstComeFirstServed
    }
}
