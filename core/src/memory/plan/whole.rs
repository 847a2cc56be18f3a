//! The plan for questions about a whole document: a summary of sentences that are quoted.
//!
//! Passages are taken at even distances from beginning to end, a constant number whatever the
//! length. Of each the sentence is kept whose words are the most frequent ones of its block, by the
//! block's dictionary, which is centrality without a model; the result is in document order.

use rustc_hash::FxHashMap;

use super::reader::Reader;
use crate::error::Result;
use crate::memory::answer::Finding;
use crate::memory::index::corpus::SentenceId;
use crate::memory::index::{postings, stopwords};
use crate::memory::segment::words;
use crate::memory::store::Part;

/// Passages sampled.
const SAMPLES: u64 = 64;
/// Sentences of the summary.
const SENTENCES: usize = 10;
/// Sentences shorter than this say too little, in words.
const SHORTEST: usize = 6;

/// Whether a question asks for what a whole document is about.
pub fn asks_for_whole(text: &str) -> bool {
    let list: Vec<String> =
        words::words(text).map(|w| words::folded(&text[w.start..w.end])).collect();
    let content: Vec<&str> = list
        .iter()
        .map(String::as_str)
        .filter(|w| !stopwords::is_stopword(w) && !stopwords::is_about_the_document(w))
        .collect();
    let has = |wanted: &[&str]| list.iter().any(|word| wanted.contains(&word.as_str()));
    let summary = has(&["summarise", "summarize", "summary", "gist", "overview", "synopsis"]);
    let about = has(&["what"]) && list.last().is_some_and(|word| word == "about");
    let chinese = text.contains("总结") || text.contains("概括") || text.contains("讲了什么");
    (summary && content.len() <= 2) || (about && content.is_empty()) || chinese
}

/// A summary by selection.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub fn summary(reader: &Reader) -> Result<Finding> {
    let corpus = reader.corpus;
    let n_passages = corpus.passages();
    let step = n_passages.div_ceil(SAMPLES).max(1);
    let mut best: Vec<(f32, SentenceId)> = Vec::new();
    let mut before = 0_u64;
    for block in 0..corpus.blocks.len() as u32 {
        let n = u64::from(corpus.blocks[block as usize].block.passages);
        let first = before.next_multiple_of(step);
        let sampled: Vec<usize> =
            (first..before + n).step_by(step as usize).map(|p| (p - before) as usize).collect();
        before += n;
        if sampled.is_empty() {
            continue;
        }
        let counts = content_counts(reader, block)?;
        let held = corpus.block(block)?;
        for passage in sampled {
            let range = held.layout.passage(passage);
            let mut top: Option<(f32, SentenceId)> = None;
            for sentence in range {
                let id = SentenceId { block, sentence: sentence as u32 };
                if held.layout.sentences[sentence].heading || !reader.admits(id)? {
                    continue;
                }
                let text = held.sentences(sentence..sentence + 1);
                let words: Vec<String> =
                    words::words(text).map(|w| words::folded(&text[w.start..w.end])).collect();
                if words.len() < SHORTEST {
                    continue;
                }
                let sum: f32 = words
                    .iter()
                    .map(|word| counts.get(word.as_str()).map_or(0.0, |n| (*n as f32).ln_1p()))
                    .sum();
                let score = sum / (words.len() as f32 + 8.0);
                if top.is_none_or(|(best, _)| score > best) {
                    top = Some((score, id));
                }
            }
            best.extend(top);
        }
    }
    // One sentence a stretch, so that the summary reaches from beginning to end.
    let stretch = best.len().div_ceil(SENTENCES).max(1);
    let mut evidence: Vec<(SentenceId, u32)> = Vec::new();
    let mut answer = Vec::new();
    for chunk in best.chunks(stretch) {
        if let Some((_, id)) = chunk.iter().max_by(|one, other| one.0.total_cmp(&other.0)) {
            evidence.push((*id, 1));
            answer.push(corpus.sentence(*id)?);
        }
    }
    let answer = (!answer.is_empty()).then(|| answer.join(" "));
    Ok(Finding { answer, evidence, incomplete: false })
}

/// How often each word of content stands in a block.
fn content_counts(reader: &Reader, block: u32) -> Result<FxHashMap<String, u32>> {
    let terms = reader.corpus.part(block, Part::Terms)?;
    let mut counts = FxHashMap::default();
    postings::for_each_term(&terms, |term, entry| {
        if let Ok(word) = std::str::from_utf8(term)
            && entry.count > 1
            && !stopwords::is_stopword(word)
        {
            counts.insert(word.to_owned(), entry.count);
        }
    })
    .ok_or_else(|| reader.corpus.damaged(block, "the dictionary is cut short"))?;
    Ok(counts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_documents_are_asked_for_in_few_ways() {
        for text in ["What is this book about?", "Summarise the document.", "这本书讲了什么？"]
        {
            assert!(asks_for_whole(text), "{text}");
        }
        for text in
            ["What did Omar talk about?", "Who wrote the summary of the trial of Omar Bell?"]
        {
            assert!(!asks_for_whole(text), "{text}");
        }
    }
}
