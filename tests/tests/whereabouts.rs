//! How many ways of asking where somebody is, or where a thing was before it came where it is, are read as such.
//!
//! `data/whereabouts.txt` was written for this test: `W` asks where Omar Bell is, `B` where the brass lamp was before
//! the attic. No text is needed to read a question. Run with `--nocapture` to see the others.

use carrel_core::memory::plan::events::asked::{Asked, StateQuestion};

const LIST: &str = include_str!("data/whereabouts.txt");
/// Percent that is read at least.
const LEAST: usize = 88;

#[test]
fn questions_for_a_place_are_read() {
    let (mut n_read, mut n_questions) = (0, 0);
    for line in LIST.lines() {
        let (mark, question) = line.split_once(' ').expect("a mark");
        let read = StateQuestion::of(question);
        let right = match &read {
            Some(StateQuestion { thing, asked: Asked::Place }) => {
                mark == "W" && thing == "omar bell"
            }
            Some(StateQuestion { thing, asked: Asked::PlaceBefore(place) }) => {
                mark == "B" && thing == "brass lamp" && place == "attic"
            }
            _ => false,
        };
        if !right {
            println!("{line}\n    {read:?}");
        }
        n_questions += 1;
        n_read += usize::from(right);
    }
    println!("{n_read} of {n_questions}");
    assert!(n_read * 100 >= n_questions * LEAST, "{n_read} of {n_questions}");
}
