//! The same requests in other languages, in real time: they show the scale and are not compared.

use std::process::Command;

use crate::{harness::Row, simulated::COUNTS};

const PYTHON: &str = "
import asyncio, sys, time
async def request(i):
    await asyncio.sleep((100 + 50 * (i % 2)) / 1000)
async def main(n):
    began = time.perf_counter()
    await asyncio.gather(*[request(i) for i in range(n)])
    print((time.perf_counter() - began) * 1000)
asyncio.run(main(int(sys.argv[1])))
";

const NODE: &str = "
const began = performance.now();
const request = (i) => new Promise((resolve) => setTimeout(resolve, 100 + 50 * (i % 2)));
Promise.all(Array.from({ length: Number(process.argv[1]) }, (_, i) => request(i)))
  .then(() => console.log(performance.now() - began));
";

pub(crate) fn rows() -> Vec<Row> {
    let row = |count: &u32| {
        let python = milliseconds("python3", &["-c", PYTHON], *count);
        let node = milliseconds("node", &["-e", NODE], *count);
        let results = [("CPython, asyncio", python), ("Node.js", node)];
        Row::counted(
            format!("in real time, {count} gathered"),
            "all of so many requests of 100 or 150 ms",
            "ms",
            results.into_iter().filter_map(|(who, took)| Some((who, took?))).collect(),
        )
    };
    COUNTS.iter().map(row).collect()
}

/// Returns None where the program is not installed.
fn milliseconds(program: &str, script: &[&str], count: u32) -> Option<f64> {
    let output = Command::new(program).args(script).arg(count.to_string()).output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}
