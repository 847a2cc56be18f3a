//! Questions for a summary, answered with what a model wrote, if it did.
//!
//! The outline of a document holds its summary in twelve lines or fewer, in three or fewer, and in three
//! or fewer a section. The answer is the lines, labelled by their author; its citations are the sentences of
//! the text that the lines are tied to.

use crate::error::Result;
use crate::memory::answer::Finding;
use crate::memory::index::corpus::SentenceId;
use crate::memory::plan::parts::Scope;
use crate::memory::plan::reader::Reader;
use crate::memory::plan::whole::asks_for_whole;
use crate::memory::store::varint;

/// Lines of a document's outline at most.
pub const MOST: usize = 12;
/// Where an outline stands, behind every sentence.
pub const OUTLINE: u32 = u32::MAX;
/// Lines of one document at least, where several are asked for.
const LEAST: usize = 2;
/// Sentences quoted for one line.
const QUOTED: usize = 3;

/// A line and the sentences of the text that it is tied to: ordinals of a block and of its sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The line.
    pub text: String,
    /// Its sentences, the one that says the most of it first.
    pub sources: Vec<(u32, u32)>,
}

/// The written summaries of a document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outline {
    /// Of the whole document, the longer one first.
    pub levels: Vec<Vec<Said>>,
    /// Of its sections, each with its first character.
    pub sections: Vec<(u64, Vec<Said>)>,
}

fn put_lines(out: &mut Vec<u8>, lines: &[Said]) {
    varint::put(out, lines.len() as u64);
    for line in lines {
        varint::put_text(out, &line.text);
        varint::put(out, line.sources.len() as u64);
        for (block, sentence) in &line.sources {
            varint::put(out, u64::from(*block));
            varint::put(out, u64::from(*sentence));
        }
    }
}

fn lines_of(reader: &mut varint::Reader, limit: usize) -> Option<Vec<Said>> {
    let mut lines = Vec::new();
    for _ in 0..reader.count(limit)? {
        let text = reader.text()?.to_owned();
        let mut sources = Vec::new();
        for _ in 0..reader.count(limit)? {
            let mut number = || u32::try_from(reader.number()?).ok();
            sources.push((number()?, number()?));
        }
        lines.push(Said { text, sources });
    }
    Some(lines)
}

impl Outline {
    /// The stored form.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        varint::put(&mut out, self.levels.len() as u64);
        self.levels.iter().for_each(|lines| put_lines(&mut out, lines));
        varint::put(&mut out, self.sections.len() as u64);
        for (start, lines) in &self.sections {
            varint::put(&mut out, *start);
            put_lines(&mut out, lines);
        }
        out
    }

    /// Reads the stored form; `None` if it is damaged.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let mut reader = varint::Reader::new(bytes);
        let limit = bytes.len();
        let mut outline = Self::default();
        for _ in 0..reader.count(limit)? {
            outline.levels.push(lines_of(&mut reader, limit)?);
        }
        for _ in 0..reader.count(limit)? {
            outline.sections.push((reader.number()?, lines_of(&mut reader, limit)?));
        }
        reader.is_at_end().then_some(outline)
    }

    /// The longest summary of the whole document that has at most `most` lines.
    fn summary(&self, most: usize) -> Option<&Vec<Said>> {
        let fitting = self.levels.iter().find(|lines| lines.len() <= most);
        fitting.or(self.levels.last()).filter(|lines| !lines.is_empty())
    }
}

/// The written summary that `question` asks for, and the names of who wrote it; `None` if it asks for
/// none, or one of the documents has none.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub fn whole(reader: &Reader, question: &str) -> Result<Option<(Finding, String)>> {
    let corpus = reader.corpus;
    if !asks_for_whole(question) || corpus.notes().n_notes()? == 0 {
        return Ok(None);
    }
    let scope = Scope::of(question, corpus);
    let each = (MOST / corpus.contents.documents.len().max(1)).max(LEAST);
    let mut said: Vec<(u32, Said)> = Vec::new();
    let mut authors: Vec<String> = Vec::new();
    let mut first_block = 0;
    for (ordinal, document) in corpus.contents.documents.iter().enumerate() {
        let notes = corpus.notes().notes_of(&document.name, document.source)?;
        let note = notes.into_iter().find(|(first, _)| *first == OUTLINE).map(|(_, note)| note);
        let Some(note) = note else { return Ok(None) };
        let Some(outline) = Outline::decode(&note.lines) else { return Ok(None) };
        let lines: Vec<Said> = if scope.is_everything() {
            let Some(lines) = outline.summary(each) else { return Ok(None) };
            lines.clone()
        } else {
            let inside = outline.sections.into_iter().filter(|(at, _)| scope.holds(ordinal, *at));
            inside.flat_map(|(_, lines)| lines).take(MOST).collect()
        };
        if !lines.is_empty() && !authors.contains(&note.author) {
            authors.push(note.author);
        }
        said.extend(lines.into_iter().map(|line| (first_block, line)));
        first_block += document.blocks.len() as u32;
    }
    let mut finding = Finding::default();
    let mut texts: Vec<String> = Vec::new();
    for (first_block, line) in said {
        let mut ids: Vec<SentenceId> = Vec::new();
        for (block, sentence) in line.sources.into_iter().take(QUOTED) {
            let block = first_block + block;
            let known = corpus.contents.blocks.get(block as usize);
            let is_there = known.is_some_and(|place| sentence < place.block.sentences);
            ids.extend(is_there.then_some(SentenceId { block, sentence }));
        }
        let read = reader.read(&ids)?;
        if read.is_empty() {
            continue;
        }
        for id in read.iter().map(|read| (read.id, 1)) {
            if !finding.evidence.contains(&id) {
                finding.evidence.push(id);
            }
        }
        texts.push(line.text);
    }
    if texts.is_empty() {
        return Ok(None);
    }
    finding.answer = Some(texts.join(" "));
    finding.incomplete = reader.was_refused();
    Ok(Some((finding, authors.join(", "))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stored_form_round_trips_and_rejects_damage() {
        let said = |text: &str| vec![Said { text: text.to_owned(), sources: vec![(0, 4), (2, 1)] }];
        let outline = Outline {
            levels: vec![said("Ada kept the lamp."), Vec::new()],
            sections: vec![(0, said("The lamp.")), (900, said("The storm."))],
        };
        let bytes = outline.encode();
        assert_eq!(Outline::decode(&bytes), Some(outline.clone()));
        for cut in 0..bytes.len() {
            assert_eq!(Outline::decode(&bytes[..cut]), None, "cut at {cut}");
        }
        assert_eq!(outline.summary(4).map(Vec::len), Some(1));
        assert_eq!(Outline::default().summary(4), None);
    }
}
