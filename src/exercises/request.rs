//! What to run: an exercise, its program, its settings and a seed, all checked before anything starts.

use std::{error::Error, fmt};

use serde::Serialize;

use crate::json::decimal;

use super::{Exercise, Input, Program, Settings, catalogue, find};

/// A request that cannot be carried out: what was wrong, and what is allowed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// For programs: `unknown-exercise`, `unknown-program`, `unknown-setting`, `unknown-option` or `bad-value`.
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
        let known: Vec<_> = known.into_iter().collect();
        let known = if known.is_empty() { "there are none".into() } else { known.join(", ") };
        Self { code, message: format!("unknown {what} {}; known: {known}", quoted(name)) }
    }

    /// `name` must be something else than it is.
    pub fn bad_value(name: impl fmt::Display, allowed: impl fmt::Display, given: &Input) -> Self {
        Self { code: "bad-value", message: format!("{name} must be {allowed}, not {given}") }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for Refusal {}

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
            Self::Text(text) | Self::Spelled(text) => f.write_str(&quoted(text)),
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

/// A checked request for a run.
#[derive(Clone, Debug)]
pub struct Request {
    /// Which exercise.
    pub exercise: &'static Exercise,
    /// Which of its programs.
    pub program: &'static Program,
    /// A value for each of its settings.
    pub settings: Settings,
    /// The seed of the task order and of random values; without one the order is FIFO.
    pub seed: Option<u32>,
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

    /// Checks a request. `program` is the correct one where it is None; `settings` that are not named keep their default.
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
                    return Err(Refusal::bad_value(
                        format_args!("setting {name}"),
                        setting.allowed(),
                        &input,
                    ));
                }
                None => {
                    let known = exercise.settings.iter().map(|setting| setting.name);
                    return Err(Refusal::unknown(
                        "unknown-setting",
                        format_args!("setting of {slug}"),
                        &name,
                        known,
                    ));
                }
            }
        }
        Ok(Self { exercise, program, settings: checked, seed })
    }

    /// Whether the output is fixed: only with default settings, and only in FIFO order, since another order may
    /// rightly interleave the lines of several tasks in another way.
    pub fn fixes_output(&self) -> bool {
        self.settings.are_default() && self.seed.is_none()
    }
}
