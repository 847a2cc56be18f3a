//! Keys and values of needles: compound words, numbers and hexadecimal codes.

use std::collections::BTreeSet;

use crate::dice::Dice;
use crate::item::Language;
use crate::lexicon::chinese;
use crate::split::{Sides, Split};

#[rustfmt::skip]
const FIRST: Sides<&str> = Sides {
    seen: &[
        "amber", "brisk", "cobalt", "dapper", "ember", "fallow", "gilded", "hollow", "ivory",
        "jaunty", "knotted", "lucid", "mellow", "nimble", "opal", "placid", "quaint", "russet",
        "saffron", "tawny", "umber", "velvet", "woven", "zesty", "azure", "bramble", "crimson",
        "dusky", "earthen", "frosted", "chalky", "drowsy", "feral", "gusty", "humid", "inky",
        "jolly", "kindly", "lofty", "murky", "noble", "pearly", "rustic", "silken", "thorny",
    ],
    held_out: &[
        "agile", "balmy", "craggy", "dented", "flimsy", "grubby", "hardy", "jovial", "knobbly",
        "lanky", "lush", "muted", "ornate", "pallid", "rugged", "sleek", "tepid", "uneven",
        "wiry", "woolly",
    ],
};
#[rustfmt::skip]
const SECOND: Sides<&str> = Sides {
    seen: &[
        "falcon", "harbor", "lantern", "meadow", "otter", "pillar", "quarry", "ribbon",
        "saddle", "thicket", "anchor", "bellows", "cistern", "dynamo", "easel", "furnace",
        "gondola", "hatchet", "inkwell", "javelin", "kernel", "lagoon", "mortar", "nozzle",
        "orchard", "parasol", "quiver", "rudder", "sickle", "trellis", "badger", "chalice",
        "drawbridge", "estuary", "fiddle", "gazebo", "hammock", "icicle", "jetty", "kiln",
        "lighthouse", "marquee", "nutmeg", "obelisk", "pelican",
    ],
    held_out: &[
        "acorn", "beacon", "canopy", "dormer", "ferry", "glacier", "hamlet", "island",
        "jacket", "kettle", "ladder", "mirror", "needle", "oyster", "pebble", "raft",
        "scabbard", "turret", "urchin", "windmill",
    ],
};
#[rustfmt::skip]
const SYLLABLES: Sides<&str> = Sides {
    seen: &[
        "ba", "ce", "di", "fo", "gu", "ha", "je", "ki", "lo", "mu", "na", "pe", "ri", "so",
        "tu", "va", "we", "xi", "yo", "zu", "bre", "cla", "dro", "fli", "gna", "kre", "plo",
        "ska", "sti", "tru", "bo", "cha", "dre", "fu", "ge", "hi", "jo", "ku", "la", "me",
        "nu", "pra", "ro", "su", "ty",
    ],
    held_out: &[
        "bi", "co", "da", "fe", "go", "ho", "ja", "ke", "li", "mo", "ne", "po", "ra", "si",
        "ta", "vo", "wi", "ya", "ze", "bla",
    ],
};

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
pub struct Keys {
    split: Split,
    language: Language,
    used: BTreeSet<String>,
}

impl Keys {
    /// Keys from one side of the split.
    pub fn new(split: Split, language: Language) -> Self {
        Self { split, language, used: BTreeSet::new() }
    }

    /// A new key or value of this form.
    pub fn fresh(&mut self, dice: &mut Dice, form: Form) -> String {
        loop {
            let made = match form {
                Form::Number => dice.between(1_000_000, 9_999_999).to_string(),
                Form::Code => code(dice),
                Form::Compound => self.compound(dice),
            };
            if self.used.insert(made.clone()) {
                return made;
            }
        }
    }

    /// A compound, of three parts once the pairs run out, so that a haystack of needles never ends.
    fn compound(&self, dice: &mut Dice) -> String {
        let is_long = self.used.len() >= 20;
        match self.language {
            Language::English if is_long => {
                format!("{}-{}", compound(dice, self.split), word(dice, self.split, 3))
            }
            Language::English => compound(dice, self.split),
            Language::Chinese if is_long => {
                format!("{}{}号", chinese::compound(dice, self.split), dice.between(100, 99_999))
            }
            Language::Chinese => chinese::compound(dice, self.split),
        }
    }
}

fn compound(dice: &mut Dice, split: Split) -> String {
    format!("{}-{}", split.pick(dice, &FIRST), split.pick(dice, &SECOND))
}

/// A word of `n` syllables that no language has.
pub fn word(dice: &mut Dice, split: Split, n: usize) -> String {
    let syllables = split.of(&SYLLABLES);
    (0..n).map(|_| *dice.pick(syllables)).collect()
}

fn code(dice: &mut Dice) -> String {
    let digits = |dice: &mut Dice, n: usize| -> String {
        (0..n).map(|_| *dice.pick(b"0123456789abcdef") as char).collect()
    };
    let groups: Vec<String> = [8, 4, 4, 4, 12].iter().map(|n| digits(dice, *n)).collect();
    groups.join("-")
}
