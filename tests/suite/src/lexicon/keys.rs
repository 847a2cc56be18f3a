//! Keys and values of needles: compound words, numbers and hexadecimal codes.

use std::collections::BTreeSet;

use crate::dice::Dice;
use crate::split::Split;

#[rustfmt::skip]
const FIRST: &[&str] = &[
    "amber", "brisk", "cobalt", "dapper", "ember", "fallow", "gilded", "hollow", "ivory", "jaunty",
    "knotted", "lucid", "mellow", "nimble", "opal", "placid", "quaint", "russet", "saffron", "tawny",
    "umber", "velvet", "woven", "zesty", "azure", "bramble", "crimson", "dusky", "earthen", "frosted",
];
#[rustfmt::skip]
const SECOND: &[&str] = &[
    "falcon", "harbor", "lantern", "meadow", "otter", "pillar", "quarry", "ribbon", "saddle",
    "thicket", "anchor", "bellows", "cistern", "dynamo", "easel", "furnace", "gondola", "hatchet",
    "inkwell", "javelin", "kernel", "lagoon", "mortar", "nozzle", "orchard", "parasol", "quiver",
    "rudder", "sickle", "trellis",
];
#[rustfmt::skip]
const SYLLABLES: &[&str] = &[
    "ba", "ce", "di", "fo", "gu", "ha", "je", "ki", "lo", "mu", "na", "pe", "ri", "so", "tu", "va",
    "we", "xi", "yo", "zu", "bre", "cla", "dro", "fli", "gna", "kre", "plo", "ska", "sti", "tru",
];

/// What values of a task look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Seven digits.
    Number,
    /// Thirty-two hexadecimal digits in groups.
    Code,
    /// A compound of two words.
    Compound,
}

/// Makes keys and values that were not made before.
#[derive(Default)]
pub struct Keys {
    used: BTreeSet<String>,
}

impl Keys {
    /// A new key or value of this form.
    pub fn fresh(&mut self, dice: &mut Dice, split: Split, form: Form) -> String {
        loop {
            let made = match form {
                Form::Number => dice.between(1_000_000, 9_999_999).to_string(),
                Form::Code => code(dice),
                // Three parts once the pairs run out, so that a haystack of needles never ends.
                Form::Compound if self.used.len() < 60 => compound(dice, split),
                Form::Compound => format!("{}-{}", compound(dice, split), word(dice, split, 3)),
            };
            if self.used.insert(made.clone()) {
                return made;
            }
        }
    }
}

fn compound(dice: &mut Dice, split: Split) -> String {
    format!("{}-{}", split.pick(dice, FIRST), split.pick(dice, SECOND))
}

/// A word of `n` syllables that no language has.
pub fn word(dice: &mut Dice, split: Split, n: usize) -> String {
    let syllables = split.of(SYLLABLES);
    (0..n).map(|_| *dice.pick(&syllables)).collect()
}

fn code(dice: &mut Dice) -> String {
    let digits = |dice: &mut Dice, n: usize| -> String {
        (0..n).map(|_| *dice.pick(b"0123456789abcdef") as char).collect()
    };
    let groups: Vec<String> = [8, 4, 4, 4, 12].iter().map(|n| digits(dice, *n)).collect();
    groups.join("-")
}
