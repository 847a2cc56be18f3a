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
pub mod sink;
pub mod source;
pub mod text;

#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;

pub use sink::{Flow, ReadSummary, TextSink};
pub use source::{Format, Limits, Source};

use crate::error::Result;

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
