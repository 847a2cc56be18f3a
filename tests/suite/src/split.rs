//! What is seen and what is held out: every list of templates, names, words and document styles has
//! both parts, and a third of it is held out. Rules may be developed against the seen side; the
//! held-out side tells whether they learnt the wording.

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

/// A list in two parts.
#[derive(Debug, Clone, Copy)]
pub struct Sides<T: 'static> {
    /// The seen part.
    pub seen: &'static [T],
    /// The held-out part.
    pub held_out: &'static [T],
}

impl<T> Sides<T> {
    /// Both parts.
    pub fn all(&self) -> impl Iterator<Item = &'static T> {
        self.seen.iter().chain(self.held_out)
    }
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

    /// This side of `list`.
    pub fn of<T>(self, list: &Sides<T>) -> &'static [T] {
        match self {
            Self::Seen => list.seen,
            Self::HeldOut => list.held_out,
        }
    }

    /// One entry of this side of `list`.
    pub fn pick<T: Copy>(self, dice: &mut Dice, list: &Sides<T>) -> T {
        *dice.pick(self.of(list))
    }
}
