//! The stages of training: bare pairs first, then short documents and plain look-ups, then
//! everything, and at last documents as long as the windows that the product shows.
//!
//! With many unanswerable questions from the start, a model first learns to decline always, so
//! their share grows; and short documents give more answers for every token that is computed.

/// What lessons of a stage look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stage {
    /// Its name.
    pub name: &'static str,
    /// Sentences of a document, fewest and most.
    pub sentences: (usize, usize),
    /// Sentences of a hundred that no question asks for.
    pub fillers: usize,
    /// Questions of a document, fewest and most.
    pub questions: (usize, usize),
    /// Shares of the tasks, in the order of [`crate::questions::Task::ALL`].
    pub shares: [usize; 7],
    /// Facts of a hundred that are denied, doubted, replaced later or one of several.
    pub twists: usize,
    /// Mentions of a hundred that are a shorter name or a pronoun.
    pub short_mentions: usize,
    /// Sentences of a hundred that the style of the document changes.
    pub styled: usize,
    /// Relations of a hundred that are made from nouns and verbs.
    pub made: usize,
    /// Values of a hundred that are other words than those of their list.
    pub odd: usize,
    /// Sentences and questions of a hundred that get words of no meaning before, behind or around.
    pub framed: usize,
    /// Pairs of sentences of a hundred that become one.
    pub joined: usize,
    /// Lessons of a hundred that are made from prose, where there is any.
    pub prose: usize,
    /// Whether sentences are no more than a subject and a value, and questions one of them.
    pub bare: bool,
    /// Whether a lesson is only the one to three sentences that code would cite, with the questions that
    /// they answer.
    pub cited: bool,
}

/// Bare pairs, two to six sentences long.
const PAIRS: Stage = Stage {
    name: "pairs",
    sentences: (2, 6),
    fillers: 0,
    questions: (6, 10),
    shares: [100, 0, 0, 0, 0, 0, 0],
    twists: 0,
    short_mentions: 0,
    styled: 0,
    made: 0,
    odd: 0,
    framed: 0,
    joined: 0,
    prose: 0,
    bare: true,
    cited: false,
};

/// Everything.
const FULL: Stage = Stage {
    name: "full",
    sentences: (6, 30),
    fillers: 35,
    questions: (6, 10),
    shares: [10, 40, 18, 7, 8, 10, 7],
    twists: 25,
    short_mentions: 15,
    styled: 100,
    made: 40,
    odd: 25,
    framed: 12,
    joined: 12,
    prose: 20,
    bare: false,
    cited: false,
};

/// Sentences that code found, to be shortened to the words that answer. It follows no other stage: a model
/// that has been trained is trained further for it.
const CITED: Stage = Stage {
    name: "cited",
    sentences: (3, 9),
    fillers: 20,
    questions: (12, 18),
    shares: [12, 74, 8, 6, 0, 0, 0],
    twists: 10,
    short_mentions: 20,
    styled: 60,
    made: 25,
    odd: 25,
    framed: 12,
    joined: 30,
    prose: 45,
    bare: false,
    cited: true,
};

/// All stages, in the order of training, and the one that stands for itself.
pub const STAGES: [Stage; 6] = [
    PAIRS,
    Stage {
        name: "first",
        shares: [50, 48, 2, 0, 0, 0, 0],
        made: 40,
        odd: 10,
        bare: false,
        ..PAIRS
    },
    Stage {
        name: "second",
        sentences: (4, 12),
        fillers: 20,
        shares: [22, 50, 10, 4, 5, 5, 4],
        twists: 12,
        short_mentions: 8,
        styled: 60,
        odd: 20,
        framed: 8,
        joined: 8,
        prose: 10,
        ..FULL
    },
    FULL,
    Stage { name: "long", sentences: (6, 60), questions: (8, 14), prose: 25, ..FULL },
    CITED,
];

impl Stage {
    /// The stage of this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        STAGES.iter().find(|stage| stage.name == name)
    }

    /// The stage with everything, by which a finished model is judged.
    pub fn full() -> &'static Self {
        &FULL
    }
}
