//! What receives a document from a reader, piece by piece.

use crate::error::Result;

/// Whether to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// Go on.
    Continue,
    /// Stop: the caller asked for it.
    Stop,
}

/// Receives a document from a reader, in order.
pub trait TextSink {
    /// Text that follows what came before.
    ///
    /// # Errors
    /// If what is done with the text fails.
    fn text(&mut self, text: &str) -> Result<Flow>;

    /// The source gives itself this title.
    fn title(&mut self, _title: &str) {}

    /// The next text is a heading of this level, 1 to 6, with this title.
    fn heading(&mut self, level: u8, title: &str);

    /// The next text begins a page; text before the first call is page 1.
    fn page(&mut self);
}

/// What a reader found out about the source besides its text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ReadSummary {
    /// Whether the encoding of the text had to be guessed.
    pub guessed_encoding: bool,
    /// Whether the sink asked to stop.
    pub stopped: bool,
}
