//! What is seen and what is held out: every third entry of every list of templates, names, words
//! and document styles. Rules may be developed against the seen side; the held-out side tells
//! whether they learnt the wording.

use crate::dice::Dice;
use serde::{Deserialize, Serialize};

/// The side of the split that an item is made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Split {
    /// Two thirds of all lists.
    Seen,
    /// The other third.
    HeldOut,
}

impl Split {
    /// Both sides.
    pub const ALL: [Self; 2] = [Self::Seen, Self::HeldOut];

    /// The name in ids and tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Seen => "seen",
            Self::HeldOut => "held_out",
        }
    }

    /// Whether the entry at `index` of a list is on this side.
    pub fn holds(self, index: usize) -> bool {
        (index % 3 == 2) == (self == Self::HeldOut)
    }

    /// This side of `list`.
    pub fn of<T: Copy>(self, list: &[T]) -> Vec<T> {
        let side = list.iter().enumerate().filter(|(index, _)| self.holds(*index));
        side.map(|(_, entry)| *entry).collect()
    }

    /// One entry of this side of `list`.
    pub fn pick<T: Copy>(self, dice: &mut Dice, list: &[T]) -> T {
        *dice.pick(&self.of(list))
    }
}
