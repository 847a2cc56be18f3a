//! Measures the app as it is drawn by software at 1280 x 800, and prints a table in Markdown.
//!
//! ```sh
//! cargo run --release -p carrel-desktop --example measure
//! ```
//! A frame is everything: taking events, laying out, tessellating, drawing and reading the picture
//! back. The model is tiny and random, and computes with one thread. The long document has
//! 4 million tokens, four bytes each.

#[path = "../tests/rig/mod.rs"]
mod rig;

use std::time::{Duration, Instant};

use carrel_core::memory::Profile;
use carrel_desktop::device;
use carrel_desktop::message::Action;
use carrel_desktop::text::bytes;
use rig::{Rig, Setup, long_text, scratch, tiny_model};

/// Frames of one measurement.
const FRAMES: usize = 240;
/// Bytes of the long document.
const LONG: usize = 16_000_000;

/// Milliseconds of frames, smallest first.
struct Frames {
    update: Vec<f64>,
    whole: Vec<f64>,
}

fn at(sorted: &[f64], share: f64) -> f64 {
    let last = sorted.len().saturating_sub(1);
    sorted.get((last as f64 * share).round() as usize).copied().unwrap_or(0.0)
}

fn frames(rig: &mut Rig, n_frames: usize, mut before: impl FnMut(&mut Rig, usize)) -> Frames {
    let mut found = Frames { update: Vec::new(), whole: Vec::new() };
    for frame in 0..n_frames {
        before(rig, frame);
        let start = Instant::now();
        rig.harness.step();
        found.update.push(start.elapsed().as_secs_f64() * 1e3);
        rig.harness.render().expect("it is drawn");
        found.whole.push(start.elapsed().as_secs_f64() * 1e3);
    }
    found.update.sort_by(f64::total_cmp);
    found.whole.sort_by(f64::total_cmp);
    found
}

fn print(what: &str, frames: &Frames) {
    println!(
        "| {what} | {:.1} | {:.1} | {:.1} | {:.1} |",
        at(&frames.update, 0.5),
        at(&frames.update, 0.95),
        at(&frames.whole, 0.5),
        at(&frames.whole, 0.95)
    );
}

fn main() {
    let folder = scratch();
    let place = folder.path().join("models/someone/tiny/tiny.gguf");
    std::fs::create_dir_all(place.parent().expect("a folder")).expect("made");
    std::fs::write(&place, tiny_model()).expect("written");
    let mut rig = Setup::new(folder.path()).open().with_handbook();
    rig.ask("Which exit code means that the memory budget is too small?");
    println!("| frames | update p50 ms | update p95 ms | whole p50 ms | whole p95 ms |");
    println!("|---|---|---|---|---|");
    let still = frames(&mut rig, FRAMES, |_, _| {});
    print("an answer from the handbook", &still);

    rig.perform(Action::SetThreads(1));
    rig.perform(Action::UseModel(Some(place)));
    let path = folder.path().join("long.txt");
    std::fs::write(&path, long_text(LONG)).expect("written");
    let started = Instant::now();
    rig.perform(Action::Add(vec![path.clone()]));
    let reading = frames(&mut rig, FRAMES, |_, _| {});
    print("while a document is read", &reading);
    rig.add(&path);
    let read = started.elapsed();
    let scrolled = frames(&mut rig, FRAMES, |rig, frame| {
        // A wheel in the middle of the page, and a jump now and then.
        let middle = egui::pos2(560.0, 450.0);
        rig.harness.input_mut().events.push(egui::Event::PointerMoved(middle));
        rig.harness.input_mut().events.push(egui::Event::MouseWheel {
            unit: egui::MouseWheelUnit::Point,
            delta: egui::vec2(0.0, -180.0),
            source: egui::MouseWheelSource::Wheel,
            phase: egui::TouchPhase::Move,
            modifiers: egui::Modifiers::NONE,
        });
        if frame % 40 == 39 {
            let to = (frame as u64 + 1) * (LONG as u64 / FRAMES as u64);
            rig.harness.state_mut().state.page.go_to(to);
        }
    });
    print("scrolling and jumping in 4 million tokens", &scrolled);

    rig.perform(Action::SetProfile(Profile::Exhaustive));
    rig.perform(Action::AskThis("Why did old Omar mend the lamps by the river?".to_owned()));
    rig.wait("a window", |state| state.device.speeds.is_some());
    let generating = frames(&mut rig, FRAMES, |_, _| std::thread::sleep(Duration::from_millis(2)));
    let is_working = rig.state().conversation.working().is_some();
    print("while a model reads for an answer", &generating);
    rig.perform(Action::CancelAnswer);
    println!();
    println!("* The model was at work to the end of its measurement: {is_working}.");
    println!("* Reading the long document took {:.1} s, frames included.", read.as_secs_f64());
    println!("* Resident memory at the end: {}.", bytes(device::taken().memory_bytes));
}
