//! Summaries by selection: a tree whose nodes are sentences of the text.
//!
//! The windows of a block are its leaves; a node above has up to [`FAN_OUT`] children. Every node keeps
//! the [`KEPT`] sentences that stand for its range, in the order of the text. A leaf scores a sentence
//! by centrality, the mean weight of its different content words (frequent in the window, rare in the
//! block), by the names in it and those that it mentions first, by opening a paragraph, by its length,
//! and by how well it can be read alone (`standalone`); a node above keeps the best of its
//! children's sentences and prefers to take them from different children. Nothing is rewritten, so
//! nothing can be invented, and every sentence can be cited.
//!
//! Stored per block: levels from the root down; per level the number of its nodes; per node the
//! number of its leaves, of its sentences, and per sentence the difference of its ordinal and a score
//! of one byte. The nodes over the blocks of a document are made when asked for.

use std::ops::Range;

use super::corpus::{Corpus, SentenceId};
use super::ledger::record::BlockNames;
use super::postings::PostingsBuilder;
use super::standalone;
use crate::error::{MemoryError, Result};
use crate::memory::segment::layout::Layout;
use crate::memory::store::Part;
use crate::memory::store::varint::{Reader, put};

/// Children of a node.
pub const FAN_OUT: usize = 8;
/// Sentences of a node.
pub const KEPT: usize = 4;
/// A further sentence from the same child counts this much.
const SAME_CHILD: f32 = 0.7;
/// Words that a sentence should have to stand for others, least and most, and its worth if it has more
/// or less, but within the second range.
const GOOD_LENGTH: Range<u32> = 10..41;
const FAIR_LENGTH: Range<u32> = 6..61;
const FAIR: f32 = 0.7;
/// Its worth if it is shorter or longer still.
const POOR: f32 = 0.25;
/// What each of up to three names in a sentence adds, and each that is new.
const BY_NAME: f32 = 0.1;
const BY_NEW_NAME: f32 = 0.1;
const MOST_NAMES: u8 = 3;

/// A sentence that stands for a part of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chosen {
    /// Ordinal of the sentence in its block.
    pub sentence: u32,
    /// How well it stands for its window, 0 to 255.
    pub score: u8,
}

/// A node of a block's tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockNode {
    /// Number of windows below it.
    pub windows: u32,
    /// What stands for it, in the order of the text.
    pub chosen: Vec<Chosen>,
}

/// A node of a document's tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Level: 0 for a window.
    pub level: u32,
    /// The blocks it covers.
    pub blocks: Range<u32>,
    /// Ordinal among the nodes of its level in its block; 0 for the nodes over blocks.
    pub ordinal: u32,
    /// The sentences that stand for it, in the order of the text, with their scores.
    pub chosen: Vec<(SentenceId, u8)>,
}

/// The stored tree of a block. `postings` has just indexed the block's text.
pub fn build(
    text: &str,
    layout: &Layout,
    windows: &[Range<usize>],
    names: &BlockNames,
    postings: &PostingsBuilder,
) -> Vec<u8> {
    let mut level = leaves(text, layout, windows, names, postings);
    let mut levels = Vec::new();
    while level.len() > 1 {
        let above = level.chunks(FAN_OUT).map(join).collect();
        levels.push(std::mem::replace(&mut level, above));
    }
    levels.push(level);
    let mut out = Vec::new();
    put(&mut out, levels.len() as u64);
    for level in levels.iter().rev() {
        put(&mut out, level.len() as u64);
        for node in level {
            put(&mut out, u64::from(node.windows));
            put(&mut out, node.chosen.len() as u64);
            let mut last = 0;
            for chosen in &node.chosen {
                put(&mut out, u64::from(chosen.sentence - last));
                out.push(chosen.score);
                last = chosen.sentence;
            }
        }
    }
    out
}

fn leaves(
    text: &str,
    layout: &Layout,
    windows: &[Range<usize>],
    names: &BlockNames,
    postings: &PostingsBuilder,
) -> Vec<BlockNode> {
    let mut in_sentence = vec![0_u8; layout.sentences.len()];
    let mut new_names = vec![0_u8; layout.sentences.len()];
    for entry in names.entries.iter().filter(|entry| entry.certain > 0) {
        for sentence in &entry.sentences {
            count_name(&mut in_sentence, *sentence);
        }
        if let Some(first) = entry.sentences.first() {
            count_name(&mut new_names, *first);
        }
    }
    let (sequence, weights) = (postings.sequence(), postings.content_weights());
    let mut in_window = vec![0_u16; weights.len()];
    // The sentence that held a term last, so that what it repeats counts once.
    let mut last_held = vec![u32::MAX; weights.len()];
    let mut scored: Vec<(f32, u32)> = Vec::new();
    let mut out = Vec::with_capacity(windows.len());
    let mut from = 0;
    for window in windows {
        // A window's overlap with the one before is not scored twice.
        let range = window.start.max(from)..window.end;
        from = window.end;
        let word =
            |at: usize| layout.sentences.get(at).map_or(layout.words, |s| s.first_word) as usize;
        let terms = &sequence[word(range.start)..word(range.end)];
        for term in terms {
            in_window[*term as usize] = in_window[*term as usize].saturating_add(1);
        }
        scored.clear();
        for at in range {
            let sentence = layout.sentences[at];
            let words = &sequence[word(at)..word(at + 1)];
            let n_words = words.len() as u32;
            if sentence.heading || n_words == 0 {
                continue;
            }
            let sum: f32 = words
                .iter()
                .map(|term| *term as usize)
                .filter(|term| std::mem::replace(&mut last_held[*term], at as u32) != at as u32)
                .map(|term| weights[term] * f32::from(in_window[term]))
                .sum();
            let mut score = sum / (n_words as f32 + 12.0);
            score *= 1.0 + BY_NAME * f32::from(in_sentence[at]);
            score *= 1.0 + BY_NEW_NAME * f32::from(new_names[at]);
            if sentence.opens_paragraph {
                score *= 1.1;
            }
            score *= match n_words {
                n if GOOD_LENGTH.contains(&n) => 1.0,
                n if FAIR_LENGTH.contains(&n) => FAIR,
                _ => POOR,
            };
            score *= standalone::worth(&text[sentence.start as usize..sentence.end as usize]);
            scored.push((score, at as u32));
        }
        for term in terms {
            in_window[*term as usize] = 0;
        }
        scored.sort_by(|one, other| other.0.total_cmp(&one.0).then_with(|| one.1.cmp(&other.1)));
        let mut chosen: Vec<Chosen> = scored
            .iter()
            .take(KEPT)
            .map(|(score, sentence)| Chosen { sentence: *sentence, score: quantised(*score) })
            .collect();
        chosen.sort_unstable_by_key(|chosen| chosen.sentence);
        out.push(BlockNode { windows: 1, chosen });
    }
    out
}

/// Counts a name of a sentence, up to [`MOST_NAMES`].
fn count_name(counts: &mut [u8], sentence: u32) {
    if let Some(count) = counts.get_mut(sentence as usize) {
        *count = MOST_NAMES.min(*count + 1);
    }
}

/// Scores on a logarithmic scale, 16 steps for a factor of two.
fn quantised(score: f32) -> u8 {
    ((score.max(1e-3) * 64.0).log2() * 16.0).clamp(0.0, 255.0) as u8
}

fn join(children: &[BlockNode]) -> BlockNode {
    let lists: Vec<Vec<(u32, u8)>> = children
        .iter()
        .map(|child| child.chosen.iter().map(|c| (c.sentence, c.score)).collect())
        .collect();
    let chosen = select(&lists).into_iter().map(|(sentence, score)| Chosen { sentence, score });
    BlockNode {
        windows: children.iter().map(|child| child.windows).sum(),
        chosen: chosen.collect(),
    }
}

/// The best sentences of several children, in order.
fn select<T: Copy + Ord>(children: &[Vec<(T, u8)>]) -> Vec<(T, u8)> {
    let mut out: Vec<(T, u8)> = Vec::new();
    let mut taken = vec![0_i32; children.len()];
    while out.len() < KEPT {
        let candidates = children
            .iter()
            .enumerate()
            .flat_map(|(child, list)| list.iter().map(move |(id, score)| (child, *id, *score)));
        let best = candidates
            .filter(|(_, id, _)| !out.iter().any(|(known, _)| known == id))
            .map(|(child, id, score)| {
                ((f32::from(score) + 1.0) * SAME_CHILD.powi(taken[child]), child, id, score)
            })
            .max_by(|one, other| one.0.total_cmp(&other.0).then_with(|| other.2.cmp(&one.2)));
        let Some((_, child, id, score)) = best else {
            break;
        };
        taken[child] += 1;
        out.push((id, score));
    }
    out.sort_unstable();
    out
}

/// Reads the stored tree of a block, the root's level first; `None` if it is damaged.
fn decode(bytes: &[u8], sentences: u32) -> Option<Vec<Vec<BlockNode>>> {
    let mut reader = Reader::new(bytes);
    let mut levels = Vec::new();
    for _ in 0..reader.count(bytes.len())? {
        let mut level = Vec::new();
        for _ in 0..reader.count(bytes.len())? {
            let windows = u32::try_from(reader.number()?).ok()?;
            let mut chosen = Vec::new();
            let mut last = 0_u32;
            for _ in 0..reader.count(KEPT)? {
                last = last.checked_add(u32::try_from(reader.number()?).ok()?)?;
                let score = *reader.bytes(1)?.first()?;
                chosen.push(Chosen { sentence: last, score });
            }
            if last >= sentences.max(1) {
                return None;
            }
            level.push(BlockNode { windows, chosen });
        }
        levels.push(level);
    }
    (reader.is_at_end() && !levels.is_empty()).then_some(levels)
}

/// The summary tree of one document: the nodes over its blocks, and those inside a block on demand.
pub struct Tree<'c, 's> {
    corpus: &'c Corpus<'s>,
    /// From the roots of blocks up to the root.
    upper: Vec<Vec<Node>>,
}

/// The summary tree of the document named `document`.
///
/// # Errors
/// If there is no such document or the store cannot be read or is damaged.
pub fn tree<'c, 's>(corpus: &'c Corpus<'s>, document: &str) -> Result<Tree<'c, 's>> {
    let unknown = || MemoryError::UnknownDocument { document: document.to_owned() };
    let at =
        corpus.contents.documents.iter().position(|d| d.name == document).ok_or_else(unknown)?;
    let mut level = Vec::new();
    for block in 0..corpus.contents.blocks.len() as u32 {
        if corpus.contents.blocks[block as usize].document == at {
            level.extend(block_level(corpus, block, 0)?);
        }
    }
    let mut upper = Vec::new();
    while level.len() > 1 {
        let above = level.chunks(FAN_OUT).map(over).collect();
        upper.push(std::mem::replace(&mut level, above));
    }
    upper.push(level);
    Ok(Tree { corpus, upper })
}

/// The node over several blocks or nodes over blocks.
fn over(children: &[Node]) -> Node {
    let lists: Vec<Vec<(SentenceId, u8)>> =
        children.iter().map(|child| child.chosen.clone()).collect();
    let blocks = |edge: Option<&Node>| edge.map_or(0..0, |node| node.blocks.clone());
    Node {
        level: children.iter().map(|child| child.level).max().unwrap_or(0) + 1,
        blocks: blocks(children.first()).start..blocks(children.last()).end,
        ordinal: 0,
        chosen: select(&lists),
    }
}

/// What the best sentence of every window of a block is worth, in the order of the windows, from the
/// block's part [`Part::Summary`]; `None` if it is damaged.
pub fn worth_of_windows(part: &[u8], sentences: u32) -> Option<Vec<u8>> {
    let leaves = decode(part, sentences)?.pop()?;
    let best = |leaf: &BlockNode| leaf.chosen.iter().map(|chosen| chosen.score).max().unwrap_or(0);
    Some(leaves.iter().map(best).collect())
}

/// The nodes of a block, `depth` levels below its root; empty below its leaves.
fn block_level(corpus: &Corpus, block: u32, depth: usize) -> Result<Vec<Node>> {
    let sentences = corpus.contents.blocks[block as usize].block.sentences;
    let mut levels = decode(&corpus.part(block, Part::Summary)?, sentences)
        .ok_or_else(|| corpus.damaged(block, "the summary is damaged"))?;
    let Some(height) = levels.len().checked_sub(depth + 1) else {
        return Ok(Vec::new());
    };
    let nodes = levels.swap_remove(depth).into_iter().enumerate().map(|(ordinal, node)| Node {
        level: height as u32,
        blocks: block..block + 1,
        ordinal: ordinal as u32,
        chosen: node
            .chosen
            .iter()
            .map(|c| (SentenceId { block, sentence: c.sentence }, c.score))
            .collect(),
    });
    Ok(nodes.collect())
}

impl Tree<'_, '_> {
    /// The node over the whole document; `None` if it has no sentence.
    pub fn root(&self) -> Option<&Node> {
        self.upper.last().and_then(|level| level.first())
    }

    /// The nodes right below `node`, in order; none below a window.
    ///
    /// # Errors
    /// If the store cannot be read or is damaged.
    pub fn children(&self, node: &Node) -> Result<Vec<Node>> {
        if node.blocks.len() > 1 {
            let at = self.upper.iter().position(|level| level.contains(node));
            let below = at.and_then(|at| at.checked_sub(1)).map(|at| &self.upper[at]);
            let inside = |child: &&Node| {
                child.blocks.start >= node.blocks.start && child.blocks.end <= node.blocks.end
            };
            return Ok(below.into_iter().flatten().filter(inside).cloned().collect());
        }
        // A node over one block alone is that block's root.
        let block = node.blocks.start;
        let root = block_level(self.corpus, block, 0)?;
        let height = root.first().map_or(0, |root| root.level);
        let depth = height.saturating_sub(node.level) as usize + 1;
        let first = node.ordinal as usize * FAN_OUT;
        Ok(block_level(self.corpus, block, depth)?.into_iter().skip(first).take(FAN_OUT).collect())
    }

    /// About `limit` sentences that stand for the whole document, in order: those of the deepest level
    /// whose nodes are not more than that many.
    ///
    /// # Errors
    /// If the store cannot be read or is damaged.
    pub fn overview(&self, limit: usize) -> Result<Vec<SentenceId>> {
        let mut level: Vec<Node> = self.root().into_iter().cloned().collect();
        loop {
            let mut below = Vec::new();
            for node in &level {
                below.extend(self.children(node)?);
                if below.len() > limit {
                    break;
                }
            }
            if below.is_empty() || below.len() > limit {
                break;
            }
            level = below;
        }
        // The best sentence of every node comes before the second of any.
        let mut all: Vec<(usize, u8, SentenceId)> = Vec::new();
        for mut node in level {
            node.chosen.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
            all.extend(
                node.chosen.iter().enumerate().map(|(rank, (id, score))| (rank, *score, *id)),
            );
        }
        all.sort_by(|one, other| {
            one.0.cmp(&other.0).then_with(|| other.1.cmp(&one.1)).then_with(|| one.2.cmp(&other.2))
        });
        all.truncate(limit);
        let mut ids: Vec<SentenceId> = all.into_iter().map(|(_, _, id)| id).collect();
        ids.sort_unstable();
        ids.dedup();
        Ok(ids)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::{Library, Source};

    fn book() -> String {
        (0..4_000)
            .map(|n| {
                format!(
                    "Keeper {n} walked along the harbour wall to the lighthouse in the evening. \
                     The lighthouse keeper wrote figure {} into the harbour book.\n\n",
                    n * 31
                )
            })
            .collect()
    }

    #[test]
    fn every_node_stands_for_its_children() {
        let mut library = Library::in_memory();
        library.open_document(&Source::text("book", book())).unwrap();
        let corpus = library.corpus(&[]).unwrap();
        let tree = tree(&corpus, "book").unwrap();
        let mut level = vec![tree.root().unwrap().clone()];
        let mut depth = 0;
        while !level.is_empty() {
            let mut below = Vec::new();
            for node in &level {
                assert!(node.chosen.len() <= KEPT && node.chosen.is_sorted());
                let children = tree.children(node).unwrap();
                assert!(children.len() <= FAN_OUT);
                if !children.is_empty() {
                    let inside = |id: &SentenceId| {
                        children.iter().any(|child| child.chosen.iter().any(|(c, _)| c == id))
                    };
                    assert!(node.chosen.iter().all(|(id, _)| inside(id)));
                }
                below.extend(children);
            }
            if below.is_empty() {
                let windows: usize = (0..corpus.contents.blocks.len() as u32)
                    .map(|b| {
                        let block = corpus.block(b).unwrap();
                        block.layout.windows(&block.text).len()
                    })
                    .sum();
                assert_eq!(level.len(), windows);
            }
            level = below;
            depth += 1;
        }
        assert!(depth >= 3, "{depth}");
        let overview = tree.overview(10).unwrap();
        assert!(!overview.is_empty() && overview.len() <= 10);
    }

    #[test]
    fn central_sentences_are_chosen() {
        let text = "It was late. The harbour council voted to repair the harbour lighthouse. \
                    Someone sneezed twice in a row over there. The council will repair the \
                    lighthouse before the harbour freezes. Birds sang on other roofs of a far town. \
                    A dog barked at nothing much at all today.";
        let mut library = Library::in_memory();
        library.open_document(&Source::text("news", text)).unwrap();
        let corpus = library.corpus(&[]).unwrap();
        let tree = tree(&corpus, "news").unwrap();
        let best = tree.root().unwrap().chosen.iter().max_by_key(|(_, score)| *score).unwrap();
        assert!([1, 3].contains(&best.0.sentence), "{best:?}");
    }
}
