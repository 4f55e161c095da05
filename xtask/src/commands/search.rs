//! `cargo xtask search`: looks for an order of tasks under which an exercise breaks a rule.

use std::{
    io::{self, IsTerminal as _, Write as _},
    process::ExitCode,
    time::Instant,
};

use anyhow::Result;
use async_playground::exercises::{Failure, Findings, Input, Request, Search};
use clap::Args;

use super::run::setting;

/// What to search, and how far.
#[derive(Args)]
pub struct Options {
    /// The exercise: request-handler, ttl-cache, ...
    slug: String,
    /// The program: correct, or one of the exercise's mistakes
    #[arg(long)]
    program: Option<String>,
    /// How many orders to try
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..))]
    seeds: u32,
    /// A setting of the exercise; can be given several times
    #[arg(long = "set", value_name = "SETTING=VALUE", value_parser = setting)]
    settings: Vec<(String, String)>,
}

/// Searches. The exit status is 0 if every rule held under every order tried, 1 if one broke, 2 for a request that
/// makes no sense.
pub fn search(options: &Options) -> Result<ExitCode> {
    let spelled =
        |(name, value): &(String, String)| (name.clone(), Input::spelled(&options.slug, name, value));
    let settings = options.settings.iter().map(spelled);
    let request = match Request::new(&options.slug, options.program.as_deref(), settings, None) {
        Ok(request) => request,
        Err(refusal) => {
            eprintln!("error: {refusal}");
            return Ok(ExitCode::from(2));
        }
    };
    let began = Instant::now();
    let mut search = Search::new(request, options.seeds);
    while search.step() {
        if search.tried().is_multiple_of(500) && io::stderr().is_terminal() {
            eprint!("\r{} of {} orders", search.tried(), options.seeds);
        }
    }
    if io::stderr().is_terminal() {
        eprint!("\r\x1b[K");
    }
    let findings = search.findings();
    tell(options, &findings)?;
    let took = began.elapsed().as_secs_f64();
    println!("{:.0} orders a second", f64::from(findings.tried) / took.max(1e-6));
    Ok(if findings.failure.is_none() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn tell(options: &Options, findings: &Findings) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let Findings { slug, program, tried, held, .. } = findings;
    let Some(failure) = &findings.failure else {
        return writeln!(out, "{slug}, {program}: every rule held under {held} of {tried} orders tried");
    };
    writeln!(out, "{slug}, {program}: seed {} fails; {tried} orders tried, {held} held", failure.seed)?;
    match &failure.order {
        Some(order) => {
            let choices = order.iter().filter(|&&position| position > 0).count();
            writeln!(out, "choices that break it: {choices}\n")?;
        }
        None => writeln!(out, "no failing order of few choices was found\n")?,
    }
    for rule in &failure.rules {
        writeln!(out, "  ✗ {}\n      {}", rule.statement, rule.evidence)?;
    }
    if let Some(error) = &failure.error {
        writeln!(out, "  ended by: {error}")?;
    }
    writeln!(out, "\nto see it:\n  {}", again(options, failure))
}

/// The command that runs the failing order.
fn again(options: &Options, failure: &Failure) -> String {
    let program = options.program.iter().map(|program| format!(" --program {program}"));
    let settings = options.settings.iter().map(|(setting, value)| format!(" --set {setting}={value}"));
    let rest: String = program.chain(settings).collect();
    let order = failure.order.as_ref().map_or_else(
        || format!(" --seed {}", failure.seed),
        |order| {
            let positions: Vec<_> = order.iter().map(u32::to_string).collect();
            if order.is_empty() { String::new() } else { format!(" --order {}", positions.join(",")) }
        },
    );
    format!("cargo xtask run {}{rest}{order}", options.slug)
}
