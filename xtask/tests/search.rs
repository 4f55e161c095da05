//! `cargo xtask search`, as a person at a terminal has it.

use std::process::{Command, Output};

fn xtask(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_xtask")).args(arguments).output().expect("xtask starts")
}

#[test]
fn the_correct_program_holds_and_the_exit_status_says_so() {
    let output = xtask(&["search", "ttl-cache", "--seeds", "50"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(String::from_utf8_lossy(&output.stdout).contains("every rule held under 50 of 50 orders tried"));
}

#[test]
fn a_failing_order_comes_with_the_command_that_replays_it() {
    let output = xtask(&["search", "concurrent-requests", "--program", "shared-list", "--set", "n=5"]);
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.contains("Both ways give the same results"), "{text}");
    let command = text.lines().find_map(|line| line.trim().strip_prefix("cargo xtask ")).expect("a command");
    let replayed = xtask(&command.split(' ').collect::<Vec<_>>());
    assert_eq!(replayed.status.code(), Some(1), "{command}");
}

#[test]
fn what_makes_no_sense_is_refused() {
    for arguments in [&["--set", "callers=0"][..], &["--program", "perfect"], &["--seeds", "0"]] {
        let output = xtask(&[&["search", "ttl-cache"], arguments].concat());
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    }
}
