//! The thread that fetches text for the page, and the summary trees.

use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};

use carrel_core::memory::Format;
use carrel_core::memory::answer::cite::cite;
use carrel_core::memory::index::corpus::{Corpus, SentenceId};
use carrel_core::memory::index::summary::{self, Node as Stored};

use super::{Mailbox, Shelfmark, guarded, start};
use crate::message::Event;
use crate::page::paragraphs::{Paragraph, Source, paragraphs, plain};
use crate::state::documents::Span;
use crate::state::outline::{KeySentence, Node, Outline};
use crate::trouble::Trouble;

/// Levels with more nodes are shown without their sentences.
const MOST_WITH_SENTENCES: usize = 64;

enum Job {
    Block(String, usize),
    Outline(String),
}

/// The thread, as the window holds it.
pub struct Pages {
    jobs: Sender<Job>,
}

impl Pages {
    /// Starts it on the library at `path`.
    pub fn start(path: &Path, mail: Mailbox) -> Self {
        let (jobs, received) = channel();
        let shelfmark = Shelfmark::new(path);
        start("pages", move || run(shelfmark, &received, &mail));
        Self { jobs }
    }

    /// Fetches the paragraphs of a block.
    pub fn block(&self, document: &str, block: usize) {
        // The thread ends only with the app.
        let _ = self.jobs.send(Job::Block(document.to_owned(), block));
    }

    /// Fetches the summary tree of a document.
    pub fn outline(&self, document: &str) {
        let _ = self.jobs.send(Job::Outline(document.to_owned()));
    }
}

fn run(mut shelfmark: Shelfmark, jobs: &Receiver<Job>, mail: &Mailbox) {
    while let Ok(job) = jobs.recv() {
        let told = guarded(|| {
            let failed = |error| Trouble::from(&error);
            let library = shelfmark.library()?;
            match job {
                Job::Block(document, block) => {
                    let corpus = library.corpus(std::slice::from_ref(&document)).map_err(failed)?;
                    let paragraphs = block_paragraphs(&corpus, block).map_err(failed)?;
                    Ok(Event::Block(document, block, paragraphs))
                }
                Job::Outline(document) => {
                    let corpus = library.corpus(std::slice::from_ref(&document)).map_err(failed)?;
                    let outline = outline(&corpus, &document).map_err(failed)?;
                    Ok(Event::Outline(document, outline))
                }
            }
        });
        mail.tell(told.unwrap_or_else(Event::Trouble));
    }
}

fn block_paragraphs(corpus: &Corpus, block: usize) -> carrel_core::Result<Vec<Paragraph>> {
    let Some(place) = corpus.contents.blocks.get(block) else { return Ok(Vec::new()) };
    let (first, last) = (place.first_char, place.first_char + u64::from(place.block.chars));
    let record = &corpus.contents.documents[place.document];
    let headings: Vec<(u64, u8)> = record
        .sections
        .iter()
        .filter(|section| (first..last).contains(&section.start))
        .map(|section| (section.start, section.level))
        .collect();
    let is_markdown = record.format == Format::Markdown.name();
    let source = Source { first, headings: &headings, is_markdown };
    Ok(paragraphs(&corpus.block(block as u32)?.text, &source))
}

fn outline(corpus: &Corpus, document: &str) -> carrel_core::Result<Outline> {
    let tree = summary::tree(corpus, document)?;
    let mut outline = Outline::default();
    let mut level: Vec<Stored> = tree.root().into_iter().cloned().collect();
    while !level.is_empty() {
        let has_sentences = level.len() <= MOST_WITH_SENTENCES;
        let mut nodes = Vec::with_capacity(level.len());
        for node in &level {
            nodes.push(shown(corpus, node, has_sentences)?);
        }
        outline.levels.push(nodes);
        // Blocks are the lowest level that is shown, unless one block is all there is.
        let is_lowest = level.iter().all(|node| node.blocks.len() == 1);
        if is_lowest && (outline.levels.len() > 1 || level.iter().all(|node| node.level == 0)) {
            break;
        }
        let mut below = Vec::new();
        for node in &level {
            let children = tree.children(node)?;
            if children.is_empty() {
                below.push(node.clone());
            } else {
                below.extend(children);
            }
        }
        if is_lowest || below.len() == level.len() {
            if below.len() > level.len() {
                let nodes = below.iter().map(|node| shown(corpus, node, true));
                let mut nodes = nodes.collect::<carrel_core::Result<Vec<_>>>()?;
                tile(&mut nodes);
                outline.levels.push(nodes);
            }
            break;
        }
        level = below;
    }
    Ok(outline)
}

fn shown(corpus: &Corpus, node: &Stored, has_sentences: bool) -> carrel_core::Result<Node> {
    let block = |at: u32| &corpus.contents.blocks[at as usize];
    let first = block(node.blocks.start);
    let last = block(node.blocks.end.saturating_sub(1));
    let whole =
        Span { start: first.first_char, end: last.first_char + u64::from(last.block.chars) };
    let mut sentences = Vec::new();
    if has_sentences {
        for (id, _) in &node.chosen {
            sentences.extend(key_sentence(corpus, *id)?);
        }
    }
    Ok(Node { span: whole, sentences })
}

/// Nodes inside one block are as wide as the text from their first sentence to that of the next.
fn tile(nodes: &mut [Node]) {
    let starts: Vec<Option<u64>> =
        nodes.iter().map(|node| node.sentences.first().map(|first| first.span.start)).collect();
    for (at, start) in starts.into_iter().enumerate().skip(1) {
        if let Some(start) = start {
            nodes[at].span.start = start;
            nodes[at - 1].span.end = start;
        }
    }
}

fn key_sentence(corpus: &Corpus, id: SentenceId) -> carrel_core::Result<Option<KeySentence>> {
    let citation = cite(corpus, id, 1)?;
    let document = corpus.contents.blocks[id.block as usize].document;
    let is_markdown = corpus.contents.documents[document].format == Format::Markdown.name();
    Ok(citation.map(|citation| KeySentence {
        span: Span { start: citation.start, end: citation.end },
        text: plain(&citation.quote, is_markdown).join(" "),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use carrel_core::memory::{Library, Source as Text};

    #[test]
    fn the_page_and_the_tree_come_from_the_library() {
        let mut library = Library::in_memory();
        let text = format!(
            "# One\n\n{}\n\n# Two\n\n{}",
            "The keeper of the lighthouse wrote every evening about the weather. ".repeat(3_000),
            "Her sister sold lamps in the harbour town and never wrote at all. ".repeat(3_000),
        );
        library.open_document(&Text::text("a.md", text.clone())).unwrap();
        let corpus = library.corpus(&["a.md".to_owned()]).unwrap();
        let mut n_chars = 0;
        for block in 0..corpus.contents.blocks.len() {
            let found = block_paragraphs(&corpus, block).unwrap();
            assert_eq!(found.first().map(|p| p.start), Some(n_chars));
            n_chars = found.last().map_or(0, |p| p.end);
        }
        assert_eq!(n_chars, text.chars().count() as u64);
        let outline = outline(&corpus, "a.md").unwrap();
        assert_eq!(outline.levels[0].len(), 1);
        assert!(outline.levels.len() >= 2);
        assert_eq!(outline.levels[0][0].span, Span { start: 0, end: n_chars });
        let short = outline.in_short();
        assert!(!short.is_empty());
        for sentence in short {
            let chars = text.chars().skip(sentence.span.start as usize);
            let quote: String =
                chars.take((sentence.span.end - sentence.span.start) as usize).collect();
            assert_eq!(quote, sentence.text);
        }
    }
}
