//! Puts the text of a marked-up document together: paragraphs with a blank line between them.
//!
//! Blank space of the markup collapses to single blanks, as a browser does; line breaks that are meant,
//! table rows and preformatted text are kept. A heading is told to the sink before its text. What is
//! written here is the document's text, to which all offsets refer.

use super::sink::{Flow, TextSink};
use super::source::{Limits, Source};
use crate::error::{MemoryError, Result};

/// A paragraph longer than this many bytes is handed on in pieces.
const LONGEST_HELD: usize = 64 << 10;
/// A heading longer than this many bytes is text after all.
const LONGEST_HEADING: usize = 1_024;

/// The writer of one document's text.
pub struct Prose<'a> {
    sink: &'a mut dyn TextSink,
    source: &'a Source,
    limit: u64,
    /// Text of the paragraph that was not handed on yet.
    held: String,
    /// Whether some of the paragraph was handed on.
    begun: bool,
    /// Whether blank space came that is written only if more text follows.
    blank: bool,
    heading: Option<u8>,
    written: u64,
    has_words: bool,
    stopped: bool,
}

impl<'a> Prose<'a> {
    /// A writer into `sink`.
    pub fn new(source: &'a Source, limits: &Limits, sink: &'a mut dyn TextSink) -> Self {
        Self {
            sink,
            source,
            limit: limits.text_bytes,
            held: String::new(),
            begun: false,
            blank: false,
            heading: None,
            written: 0,
            has_words: false,
            stopped: false,
        }
    }

    /// The source that is read.
    pub fn source(&self) -> &'a Source {
        self.source
    }

    /// Whether the sink asked to stop.
    pub fn is_stopped(&self) -> bool {
        self.stopped
    }

    /// Running text; its blank space collapses.
    ///
    /// # Errors
    /// If the text is too long or the sink fails.
    pub fn inline(&mut self, text: &str) -> Result<()> {
        let mut rest = text;
        loop {
            let word = rest.trim_start_matches(is_space);
            self.blank |= word.len() < rest.len();
            if word.is_empty() {
                return Ok(());
            }
            let end = word.find(is_space).unwrap_or(word.len());
            self.put_blank();
            self.held.push_str(&word[..end]);
            rest = &word[end..];
            self.hand_on_long()?;
        }
    }

    /// Preformatted text, as it is.
    ///
    /// # Errors
    /// If the text is too long or the sink fails.
    pub fn verbatim(&mut self, text: &str) -> Result<()> {
        self.put_blank();
        self.held.push_str(text);
        self.hand_on_long()
    }

    fn put_blank(&mut self) {
        let opens = self.held.is_empty() && !self.begun || self.held.ends_with('\n');
        if std::mem::take(&mut self.blank) && !opens {
            self.held.push(' ');
        }
    }

    /// A line break that is meant.
    pub fn line_break(&mut self) {
        self.blank = false;
        let opens = self.held.is_empty() && !self.begun;
        if !opens && !self.held.ends_with('\n') {
            self.held.push('\n');
        }
    }

    /// Begins a heading: the paragraph that follows.
    ///
    /// # Errors
    /// If the text is too long or the sink fails.
    pub fn begin_heading(&mut self, level: u8) -> Result<()> {
        self.end_paragraph()?;
        self.heading = Some(level.clamp(1, 6));
        Ok(())
    }

    /// Ends the paragraph, if there is one.
    ///
    /// # Errors
    /// If the text is too long or the sink fails.
    pub fn end_paragraph(&mut self) -> Result<()> {
        self.blank = false;
        let end = self.held.trim_end().len();
        self.held.truncate(end);
        if self.held.is_empty() && !self.begun {
            self.heading = None;
            return Ok(());
        }
        if let Some(level) = self.heading.take() {
            self.sink.heading(level, &self.held);
        }
        self.held.push_str("\n\n");
        self.hand_on()?;
        self.begun = false;
        Ok(())
    }

    /// A page begins here, in the middle of a paragraph or not.
    ///
    /// # Errors
    /// If the text is too long or the sink fails.
    pub fn begin_page(&mut self) -> Result<()> {
        if self.heading.is_none() {
            self.hand_on()?;
        }
        self.sink.page();
        Ok(())
    }

    /// The title of the document.
    pub fn title(&mut self, title: &str) {
        if !title.trim().is_empty() {
            self.sink.title(title);
        }
    }

    fn hand_on_long(&mut self) -> Result<()> {
        if self.heading.is_some() && self.held.len() > LONGEST_HEADING {
            self.heading = None;
        }
        if self.held.len() > LONGEST_HELD { self.hand_on() } else { Ok(()) }
    }

    fn hand_on(&mut self) -> Result<()> {
        if self.held.is_empty() || self.stopped {
            self.held.clear();
            return Ok(());
        }
        self.written += self.held.len() as u64;
        if self.written > self.limit {
            return Err(MemoryError::TooLarge {
                document: self.source.name().to_owned(),
                bytes: self.written,
                limit: self.limit,
            }
            .into());
        }
        self.has_words |= !self.held.trim().is_empty();
        self.stopped = self.sink.text(&self.held)? == Flow::Stop;
        self.held.clear();
        self.begun = true;
        Ok(())
    }

    /// Ends the document; answers whether it holds any text.
    ///
    /// # Errors
    /// If the text is too long or the sink fails.
    pub fn finish(&mut self) -> Result<bool> {
        self.end_paragraph()?;
        Ok(self.has_words || self.stopped)
    }
}

/// Space that a browser collapses; a no-break space is not among it.
fn is_space(c: char) -> bool {
    c.is_ascii_whitespace()
}
