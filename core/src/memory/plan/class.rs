//! Classes of questions, by the plan that answers them.

/// The class of a question: which plan answered it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// What a whole document is about.
    Whole,
    /// Frequencies of words.
    Frequency,
    /// Names and their values.
    Assignment,
    /// What an abbreviation stands for.
    Abbreviation,
    /// Where something is and who has it.
    State,
    /// Who did it.
    WhoAndWhy,
    /// A relation of a relation.
    Chain,
    /// Facts to be counted.
    Count,
    /// Two things compared.
    Comparison,
    /// Everything else.
    Facts,
}
