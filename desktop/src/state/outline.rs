//! The summary tree of a document as the app shows it.

use super::documents::Span;

/// A sentence that stands for a part of the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeySentence {
    /// Where it stands.
    pub span: Span,
    /// Its words.
    pub text: String,
}

/// A node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// The part that it stands for.
    pub span: Span,
    /// Its sentences; empty for nodes whose sentences were not looked up.
    pub sentences: Vec<KeySentence>,
}

/// The tree: levels from the root down to the blocks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outline {
    /// Nodes of each level, in order.
    pub levels: Vec<Vec<Node>>,
}

impl Outline {
    /// The sentences that stand for the whole document.
    pub fn in_short(&self) -> &[KeySentence] {
        self.levels.first().and_then(|level| level.first()).map_or(&[], |root| &root.sentences)
    }
}
