//! The lines of a note and their stored form.
//!
//! Sentences are counted from the first one that the model was shown, so that a note fits its text
//! wherever that stands. Stored: how many sentences the place of the note is behind that one; number
//! of lines; per line its kind, its text, and its sentences, the one that says the most of it first.

use crate::memory::store::varint::{Reader, put, put_text};

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Something that the text tells.
    Fact,
    /// What a stretch of it is about.
    Summary,
}

/// A line that came through the gate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Fact or summary.
    pub kind: Kind,
    /// The line.
    pub text: String,
    /// Its sentences.
    pub sources: Vec<u32>,
}

/// The lines of a note.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lines {
    /// Sentences from the first that the model was shown to the one where the note stands.
    pub back: u32,
    /// The lines.
    pub lines: Vec<Line>,
}

impl Lines {
    /// The stored form.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        put(&mut out, u64::from(self.back));
        put(&mut out, self.lines.len() as u64);
        for line in &self.lines {
            put(&mut out, u64::from(line.kind == Kind::Summary));
            put_text(&mut out, &line.text);
            put(&mut out, line.sources.len() as u64);
            line.sources.iter().for_each(|source| put(&mut out, u64::from(*source)));
        }
        out
    }

    /// Reads the stored form; `None` if it is damaged.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        let mut lines = Self { back: u32::try_from(reader.number()?).ok()?, lines: Vec::new() };
        for _ in 0..reader.count(bytes.len())? {
            let kind = if reader.number()? == 0 { Kind::Fact } else { Kind::Summary };
            let text = reader.text()?.to_owned();
            let mut sources = Vec::new();
            for _ in 0..reader.count(bytes.len())? {
                sources.push(u32::try_from(reader.number()?).ok()?);
            }
            lines.lines.push(Line { kind, text, sources });
        }
        reader.is_at_end().then_some(lines)
    }

    /// The sentences of `line`, as ordinals of the block of a note that stands at sentence `first`;
    /// `None` if they lie outside of its `sentences` sentences.
    pub fn placed(&self, line: &Line, first: u32, sentences: u32) -> Option<Vec<u32>> {
        let base = first.checked_sub(self.back)?;
        let place = |source: &u32| base.checked_add(*source).filter(|at| *at < sentences);
        let placed: Vec<u32> = line.sources.iter().map(place).collect::<Option<_>>()?;
        (!placed.is_empty()).then_some(placed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stored_form_round_trips_and_rejects_damage() {
        let line = |kind, text: &str, sources: &[u32]| Line {
            kind,
            text: text.to_owned(),
            sources: sources.to_vec(),
        };
        let lines = Lines {
            back: 2,
            lines: vec![
                line(Kind::Fact, "Ada lit the lamp.", &[3, 0]),
                line(Kind::Summary, "灯塔。", &[7]),
            ],
        };
        let bytes = lines.encode();
        assert_eq!(Lines::decode(&bytes), Some(lines.clone()));
        for cut in 0..bytes.len() {
            assert_eq!(Lines::decode(&bytes[..cut]), None, "cut at {cut}");
        }
        assert_eq!(lines.placed(&lines.lines[0], 12, 14), Some(vec![13, 10]));
        assert_eq!(lines.placed(&lines.lines[0], 12, 13), None, "beyond the block");
        assert_eq!(lines.placed(&lines.lines[0], 1, 13), None, "before the block");
    }
}
