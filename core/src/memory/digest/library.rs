//! What a library offers of this folder.

use std::ops::ControlFlow;

use super::lines::Lines;
use super::{
    Author, Desk, Digest, DigestEstimate, DigestOptions, DigestProgress, WrittenLine, run,
};
use crate::error::Result;
use crate::memory::TextModel;
use crate::memory::answer::cite;
use crate::memory::index::corpus::{Corpus, SentenceId};
use crate::memory::library::Library;
use crate::memory::plan::budget::Speed;

impl Library {
    /// Lets `model` read the documents and write facts and summaries, each tied to its sentences, which
    /// later questions are answered with. Goes on where the last pass of the same model ended. `progress`
    /// is told after every reply and may stop it.
    ///
    /// # Errors
    /// If the model may not write, its context is too short for that, or it fails; if a document is unknown
    /// or changes meanwhile, or the library cannot be read or written.
    pub fn digest(
        &mut self,
        author: &Author,
        model: &mut dyn TextModel,
        options: &DigestOptions,
        progress: &mut dyn FnMut(DigestProgress) -> ControlFlow<()>,
    ) -> Result<Digest> {
        let desk = Desk { store: &mut *self.store, author, model, speed: None };
        run::run(desk, options, progress)
    }

    /// What [`Self::digest`] would cost at most, with a model of this speed. Reads the documents, but asks
    /// no model. Its budget is not looked at.
    ///
    /// # Errors
    /// If a document is unknown or the library cannot be read.
    pub fn estimate_digest(
        &mut self,
        author: &Author,
        model: &mut dyn TextModel,
        options: &DigestOptions,
        speed: Option<Speed>,
    ) -> Result<DigestEstimate> {
        run::estimate(Desk { store: &mut *self.store, author, model, speed }, options)
    }

    /// Calls `visit` with every line that a model wrote about the windows of `document`, in the order of the
    /// document.
    ///
    /// # Errors
    /// If there is no document of this name, or the library cannot be read or is damaged.
    pub fn written(&self, document: &str, visit: &mut dyn FnMut(WrittenLine)) -> Result<()> {
        let corpus = Corpus::of(&*self.store, &self.recents, &[document.to_owned()])?;
        for (block, place) in corpus.contents.blocks.iter().enumerate() {
            let block = block as u32;
            for (first, note) in corpus.notes().notes_of(document, place.block.hash)? {
                let lines = Lines::decode(&note.lines)
                    .ok_or_else(|| corpus.damaged(block, "a note about it is damaged"))?;
                for line in &lines.lines {
                    let mut citations = Vec::new();
                    let sources = lines.placed(line, first, place.block.sentences);
                    for sentence in sources.unwrap_or_default() {
                        citations.extend(cite::cite(&corpus, SentenceId { block, sentence }, 1)?);
                    }
                    visit(WrittenLine {
                        kind: line.kind,
                        text: line.text.clone(),
                        author: note.author.clone(),
                        citations,
                    });
                }
            }
        }
        Ok(())
    }

    /// Drops everything that models wrote about `document`.
    ///
    /// # Errors
    /// If there is no document of this name, or the library cannot be written.
    pub fn forget_written(&mut self, document: &str) -> Result<()> {
        self.document(document)?;
        super::forget(&mut *self.store, document)
    }
}
