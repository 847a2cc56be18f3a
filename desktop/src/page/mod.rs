//! The reading view's place in a document: which blocks are at hand and what stands at the top.
//!
//! A document of any length is never laid out as a whole, nor is its height known. The place is a
//! paragraph and a distance, from which the view lays out what is visible; the strip moves by
//! characters. Blocks of text are asked for when they come near and forgotten when they are far.

pub mod paragraphs;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::state::documents::{Shape, Span};
use paragraphs::Paragraph;

/// Blocks held on both sides of the one that is read.
const NEAR: usize = 2;

/// What stands at the upper edge.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Top {
    /// Ordinal of the block.
    pub block: usize,
    /// Ordinal of the paragraph in the block.
    pub paragraph: usize,
    /// How far its upper edge is above the view's, in points; negative if it is below.
    pub offset: f32,
}

/// The reading view.
#[derive(Debug, Default)]
pub struct Page {
    /// Name of the document that is open.
    pub document: Option<String>,
    /// What stands at the upper edge.
    pub top: Top,
    /// Characters that were visible when it was drawn last.
    pub visible: Option<Span>,
    /// A character that is to be brought into view.
    pub target: Option<u64>,
    /// The document's blocks.
    pub blocks: Vec<Span>,
    loaded: BTreeMap<usize, Arc<Vec<Paragraph>>>,
    asked: Vec<usize>,
}

impl Page {
    /// Opens a document at its beginning.
    pub fn open(&mut self, name: &str, shape: Option<&Shape>) {
        let blocks = shape.map(|shape| shape.blocks.clone()).unwrap_or_default();
        *self = Self { document: Some(name.to_owned()), blocks, ..Self::default() };
    }

    /// Closes it.
    pub fn close(&mut self) {
        *self = Self::default();
    }

    /// Characters of the document.
    pub fn n_chars(&self) -> u64 {
        self.blocks.last().map_or(0, |block| block.end)
    }

    /// The block that holds a character.
    pub fn block_at(&self, at: u64) -> usize {
        let after = self.blocks.partition_point(|block| block.start <= at);
        after.saturating_sub(1)
    }

    /// The paragraphs of a block, if they are at hand.
    pub fn paragraphs(&self, block: usize) -> Option<Arc<Vec<Paragraph>>> {
        self.loaded.get(&block).cloned()
    }

    /// Takes the paragraphs of a block.
    pub fn take(&mut self, block: usize, paragraphs: Vec<Paragraph>) {
        self.asked.retain(|asked| *asked != block);
        self.loaded.insert(block, Arc::new(paragraphs));
    }

    /// Goes to a character.
    pub fn go_to(&mut self, at: u64) {
        self.target = Some(at.min(self.n_chars().saturating_sub(1)));
    }

    /// The blocks to ask for now: those around the place that are neither here nor asked for. Those
    /// far away are forgotten.
    pub fn wanted(&mut self) -> Vec<usize> {
        if self.blocks.is_empty() {
            return Vec::new();
        }
        let centre = self.target.map_or(self.top.block, |target| self.block_at(target));
        let last = self.blocks.len() - 1;
        let near = centre.saturating_sub(NEAR)..=(centre + NEAR).min(last);
        let top = self.top.block;
        self.loaded.retain(|block, _| near.contains(block) || block.abs_diff(top) <= NEAR);
        self.asked.retain(|block| near.contains(block));
        let mut wanted: Vec<usize> = near
            .filter(|block| !self.loaded.contains_key(block) && !self.asked.contains(block))
            .collect();
        wanted.sort_by_key(|block| block.abs_diff(centre));
        self.asked.extend(&wanted);
        wanted
    }

    /// The place before `top`, if it is at hand.
    pub fn before(&self, top: Top) -> Option<Top> {
        if top.paragraph > 0 {
            return Some(Top { paragraph: top.paragraph - 1, ..top });
        }
        let block = top.block.checked_sub(1)?;
        let last = self.loaded.get(&block)?.len().checked_sub(1)?;
        Some(Top { block, paragraph: last, ..top })
    }

    /// The place after `top`, if it is at hand.
    pub fn after(&self, top: Top) -> Option<Top> {
        let here = self.loaded.get(&top.block)?;
        if top.paragraph + 1 < here.len() {
            return Some(Top { paragraph: top.paragraph + 1, ..top });
        }
        let block = top.block + 1;
        self.loaded.get(&block).filter(|next| !next.is_empty())?;
        Some(Top { block, paragraph: 0, ..top })
    }

    /// The place of the paragraph that holds a character, if it is at hand.
    pub fn place_of(&self, at: u64) -> Option<Top> {
        let block = self.block_at(at);
        let here = self.loaded.get(&block)?;
        let paragraph = here.partition_point(|paragraph| paragraph.start <= at).saturating_sub(1);
        Some(Top { block, paragraph, offset: 0.0 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(n_blocks: usize) -> Page {
        let span = |n: usize| Span { start: n as u64 * 100, end: n as u64 * 100 + 100 };
        let shape = Shape { blocks: (0..n_blocks).map(span).collect(), ..Shape::default() };
        let mut page = Page::default();
        page.open("a", Some(&shape));
        page
    }

    fn text() -> Vec<Paragraph> {
        let source = paragraphs::Source { first: 0, headings: &[], is_markdown: false };
        paragraphs::paragraphs("One.\n\nTwo.\n", &source)
    }

    #[test]
    fn only_what_is_near_is_asked_for_and_held() {
        let mut page = page(1_000);
        assert_eq!(page.wanted(), [0, 1, 2]);
        assert!(page.wanted().is_empty(), "it is asked for once");
        for block in 0..3 {
            page.take(block, text());
        }
        page.go_to(50_050);
        assert_eq!(page.block_at(50_050), 500);
        let wanted = page.wanted();
        assert_eq!(wanted[0], 500, "the target comes first");
        assert_eq!(wanted.len(), 5);
        page.top.block = 500;
        page.wanted();
        assert!(page.paragraphs(0).is_none(), "what is far is forgotten");
    }

    #[test]
    fn places_follow_each_other_across_blocks() {
        let mut page = page(2);
        page.take(0, text());
        let last = Top { block: 0, paragraph: 1, offset: 0.0 };
        assert_eq!(page.after(last), None);
        page.take(1, text());
        let next = Top { block: 1, paragraph: 0, offset: 0.0 };
        assert_eq!((page.after(last), page.before(next)), (Some(next), Some(last)));
        assert_eq!(page.before(Top::default()), None);
    }

    #[test]
    fn a_target_lies_in_the_document() {
        let mut page = page(3);
        page.go_to(u64::MAX);
        assert_eq!(page.target, Some(299));
        assert!(Page::default().wanted().is_empty());
    }
}
