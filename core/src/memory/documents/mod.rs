//! Room `memory`, folder `documents`: turns a source into one UTF-8 text with headings and pages.
//!
//! A reader pushes text, headings and page starts into a [`TextSink`] as it meets them, so that a
//! text of any length passes through in pieces. What a reader pushes, joined, is the document's
//! text; every offset of a citation counts characters of it. For plain text and Markdown it is the
//! source itself without a byte order mark; for the other formats it is the text they hold. Crates
//! parse the formats; what they may do wrong on broken files (panic, unpack without end) is held off
//! here, and every failure is a typed error.

pub mod archive;
pub mod docx;
pub mod encoding;
pub mod epub;
pub mod html;
pub mod pdf;
pub mod prose;
pub mod source;
pub mod text;

#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;

pub use source::{Format, Limits, Source};

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

/// Reads `source` into `sink`.
///
/// # Errors
/// If the source cannot be opened, is empty, binary, broken, encrypted or larger than `limits`.
pub fn read(source: &Source, limits: &Limits, sink: &mut dyn TextSink) -> Result<ReadSummary> {
    match source.format(limits)? {
        Format::Text | Format::Markdown => text::read(source, limits, sink),
        Format::Html => html::read(source, limits, sink),
        Format::Pdf => pdf::read(source, limits, sink),
        Format::Epub => epub::read(source, limits, sink),
        Format::Docx => docx::read(source, limits, sink),
    }
}
