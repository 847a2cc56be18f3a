//! What a question about the state of the world asks for.

use super::event::Act;

/// What is asked about the thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// Where it is.
    Place,
    /// Where it was before this place.
    PlaceBefore(String),
    /// Where it went from this place.
    PlaceAfter(String),
    /// Where it was before it came where it is.
    Earlier,
    /// Where somebody took it, put it down, or brought it.
    PlaceOf {
        /// Who did that.
        who: String,
        /// What: [`Act::Take`], [`Act::Drop`], or [`Act::Handle`] for anything with it.
        act: Act,
    },
    /// Whether it is at this place.
    IsAt(String),
    /// Who has it.
    Holder,
    /// Who had it before this one, first, and last.
    HolderBefore(String),
    /// Who had it first.
    FirstHolder,
    /// Who had it last.
    LastHolder,
    /// Whether it is this one who has it.
    Has(String),
    /// Who took it ([`Act::Take`]) or put it down ([`Act::Drop`]) last.
    Doer(Act),
    /// What it has, or how much.
    Held {
        /// Whether only the number is asked for.
        count: bool,
    },
    /// Who gave what to whom: the parts that the question names; the one that it asks for is missing.
    Gift {
        /// The part that is asked for.
        asked: Part,
        /// Who gave.
        giver: Option<String>,
        /// What was given.
        object: Option<String>,
        /// Who was given it.
        recipient: Option<String>,
    },
}

/// A part of a gift.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Who gives.
    Giver,
    /// What is given.
    Object,
    /// Who gets it.
    Recipient,
}

/// A question about the state of the world: the thing and what is asked of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateQuestion {
    /// The folded name of the thing.
    pub thing: String,
    /// What is asked of it.
    pub asked: Asked,
}
