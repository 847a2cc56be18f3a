//! The memory that a model takes in the app, against what the panel of the device promises for it.
//!
//! A process of its own answers a question by code, so that the app has what it needs for that, and
//! then with a model, which is loaded, reads windows of a book and replies by grammars. What the
//! process shares with no other grows meanwhile by no more than was promised, give or take a tenth.
#![cfg(target_os = "linux")]

mod rig;

use std::process::Command;

use carrel_core::memory::Profile;
use carrel_desktop::message::Action;
use rig::{Setup, is_done, let_it_point, long_text, n_files, scratch, shelve_model};

/// Makes this program the process that is measured.
const MEASURED: &str = "CARREL_DESKTOP_MEASURED";
/// Two windows of the document answer it.
const QUESTION: &str = "Why did Old Omar mend the lamps by the river?";

/// Memory of this process in bytes: its part of what is in memory now, and the most that it had.
fn sizes() -> (u64, u64) {
    let read = |path: &str, name: &str| {
        let text = std::fs::read_to_string(path).expect("Linux");
        let line = text.lines().find(|line| line.starts_with(name)).expect("a size");
        line.split_whitespace().nth(1).and_then(|kib| kib.parse::<u64>().ok()).expect("KiB") * 1024
    };
    (read("/proc/self/smaps_rollup", "Pss:"), read("/proc/self/status", "VmHWM:"))
}

/// What the process does that is measured. Prints promise, growth and growth of the most.
fn read_with_a_model() {
    let folder = scratch();
    let place = shelve_model(folder.path());
    let_it_point(folder.path());
    let book = folder.path().join("book.txt");
    std::fs::write(&book, long_text(200_000)).expect("written");
    let mut rig = Setup::new(folder.path()).open().with_handbook();
    rig.wait("the shelf", |state| n_files(state) == Some(1));
    rig.add(&book);
    rig.perform(Action::SetThreads(1));
    rig.perform(Action::SetProfile(Profile::Normal));
    assert!(is_done(&rig.ask(QUESTION)));
    let (before, most_before) = sizes();
    rig.perform(Action::UseModel(Some(place)));
    assert!(is_done(&rig.ask(QUESTION)));
    let (after, most_after) = sizes();
    let loaded = rig.state().device.loaded.clone().expect("it is loaded");
    let turn = rig.state().conversation.turns.last().expect("a turn").clone();
    println!("{:?}; {loaded:?}", turn.progress);
    let (grown, most) = (after.saturating_sub(before), most_after.saturating_sub(most_before));
    println!("measured {} {grown} {most}", loaded.promised_bytes);
}

#[test]
fn a_model_takes_no_more_memory_than_was_promised() {
    if std::env::var_os(MEASURED).is_some() {
        return read_with_a_model();
    }
    let output = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "a_model_takes_no_more_memory_than_was_promised", "--nocapture"])
        .env(MEASURED, "1")
        .output()
        .expect("it runs");
    let text = String::from_utf8_lossy(&output.stdout);
    println!("{text}");
    let line = text.lines().find_map(|line| line.split("measured ").nth(1));
    let line = line.unwrap_or_else(|| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    let numbers: Vec<u64> = line.split(' ').map(|number| number.parse().expect("bytes")).collect();
    let [promised, grown, most] = numbers[..] else { panic!("{line}") };
    let allowed = promised / 10;
    assert!(grown <= promised + allowed, "{grown} of {promised}");
    assert!(most <= promised + allowed, "for a moment {most} of {promised}");
    // A promise that is kept at any price says nothing.
    assert!(grown >= promised / 2, "{grown} of {promised}");
}
