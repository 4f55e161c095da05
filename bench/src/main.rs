//! `cargo xtask bench native`: the patterns and the simulation beside their peers, in one process.
//!
//! It asserts nothing about speed and prints nothing. It writes its rows as JSON into the file that its only argument names;
//! xtask makes the tables.

mod breaker;
mod cache;
mod chain;
mod clock;
mod drive;
mod gather;
mod harness;
mod limiter;
mod memory;
mod pool;
mod scale;
mod semaphore;
mod simulated;
mod timeout;

use anyhow::{Context as _, Result};

use crate::harness::Row;

/// Measures the rows of one pattern.
type Family = fn() -> Vec<Row>;

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let file = arguments.next().context("the file for the results is not named")?;
    let only = arguments.next().unwrap_or_default();
    let families: [(&str, Family); 10] = [
        ("gather", gather::rows),
        ("semaphore", semaphore::rows),
        ("cache", cache::rows),
        ("breaker", breaker::rows),
        ("limiter", limiter::rows),
        ("pool", pool::rows),
        ("timeout", timeout::rows),
        ("chain", chain::rows),
        ("simulated", simulated::rows),
        ("scale", scale::rows),
    ];
    let mut rows = Vec::new();
    for (name, family) in families {
        if name.contains(&only) {
            eprintln!("    {name}");
            rows.extend(family().iter().map(Row::to_json));
        }
    }
    std::fs::write(&file, serde_json::to_string_pretty(&rows)?)
        .with_context(|| format!("cannot write {file}"))
}
