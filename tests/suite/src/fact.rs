//! What fragments say, without their wording, and what questions ask: the language of the solver.

use crate::world::evidence::Clue;

/// The parent that a fragment names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The mother.
    Mother,
    /// The father.
    Father,
}

impl Role {
    /// The word of the relation.
    pub fn word(self) -> &'static str {
        match self {
            Self::Mother => "mother",
            Self::Father => "father",
        }
    }
}

/// What one fragment says. Fragments are true in the order of the document.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Fact {
    /// The thing of this kind that belongs to `key` is `value`; a key may have several.
    Value { kind: String, key: String, value: String },
    /// From here on the thing of this kind that belongs to `key` is `value` and no other.
    Revised { kind: String, key: String, value: String },
    /// A variable gets a value.
    Assigned { variable: String, value: String },
    /// A variable gets the value that another has.
    Copied { variable: String, from: String },
    /// Somebody goes to a place.
    Moved { who: String, place: String },
    /// Somebody picks an object up where they are.
    Took { who: String, object: String },
    /// Somebody leaves an object where they are.
    Left { who: String, object: String },
    /// An object changes hands.
    Gave { from: String, to: String, object: String },
    /// A parent of a child.
    Parent { child: String, parent: String, role: Role },
    /// Somebody pays a visit, one of possibly many.
    Visited { who: String, place: String },
    /// Part of the evidence of a case.
    Clue { case: usize, clue: Clue },
    /// Says nothing that any question asks for.
    Aside,
}

/// What a question asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Query {
    /// All values of this kind of all the keys.
    Values { kind: String, keys: Vec<String> },
    /// The value that holds after everything.
    Latest { kind: String, key: String },
    /// The value that was given first.
    First { kind: String, key: String },
    /// The value that held after the first `n_facts` fragments.
    AsOf { kind: String, key: String, n_facts: usize },
    /// All variables that have a value at the end.
    Holding { value: String },
    /// Where somebody is at the end.
    WhereIs { who: String },
    /// Where an object is at the end.
    WhereObject { object: String },
    /// Where an object was just before it last came to a place.
    WhereBefore { object: String, place: String },
    /// Who has an object at the end.
    Holder { object: String },
    /// The ancestor that has no stated parent.
    Earliest { child: String },
    /// The parent in the first role of the parent in the second role of …, read from the child up.
    Up { child: String, roles: Vec<Role> },
    /// How often somebody visited a place.
    CountVisits { who: String, place: String },
    /// All places that somebody visited.
    PlacesVisited { who: String },
    /// The one place that somebody visited most.
    MostVisited { who: String },
    /// The one person, of those of the case, who is proved guilty.
    Culprit { case: usize, people: Vec<String> },
}
