//! What stands around the fragments: paragraphs without end.

pub mod chinese;
pub mod generated;
pub mod prose;

use std::collections::HashSet;

use crate::dice::Dice;
use crate::item::Language;

/// Makes paragraphs, in order, for ever.
pub trait Filler {
    /// The next paragraph: one line, without blank space around it.
    fn paragraph(&mut self, dice: &mut Dice) -> String;
}

/// Leaves out paragraphs that hold a reserved word, so that filler never speaks of a person or
/// place of the task.
pub struct Without<'a> {
    inner: Box<dyn Filler + 'a>,
    reserved: HashSet<String>,
}

impl<'a> Without<'a> {
    /// `inner` without paragraphs that hold one of the `reserved` words.
    pub fn new(inner: Box<dyn Filler + 'a>, reserved: HashSet<String>) -> Self {
        Self { inner, reserved }
    }
}

impl Filler for Without<'_> {
    fn paragraph(&mut self, dice: &mut Dice) -> String {
        loop {
            let paragraph = self.inner.paragraph(dice);
            let mut words = paragraph.split(|c: char| !c.is_alphanumeric());
            if !words.any(|word| self.reserved.contains(word)) {
                return paragraph;
            }
        }
    }
}

/// A few dull sentences over and over: the haystack in which even a weak reader finds a needle.
pub struct Noise(pub Language);

impl Filler for Noise {
    fn paragraph(&mut self, dice: &mut Dice) -> String {
        const CHINESE: &[&str] = &[
            "潮水来了又去。",
            "青草在雨里发绿。",
            "又一辆大车从路上经过。",
            "白云飘过山头。",
            "晌午之后便是黄昏。",
        ];
        const ENGLISH: &[&str] = &[
            "The tide comes in and the tide goes out.",
            "Grass is green in the rain.",
            "Another wagon passes on the road.",
            "Clouds drift over the hills.",
            "Evening follows noon.",
        ];
        let n = dice.between(4, 8);
        let (dull, space) = match self.0 {
            Language::English => (ENGLISH, " "),
            Language::Chinese => (CHINESE, ""),
        };
        (0..n).map(|index| dull[index % dull.len()]).collect::<Vec<_>>().join(space)
    }
}
