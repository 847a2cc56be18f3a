//! Plain BM25 over chunks of fixed length, as a rival would have it: written here, so that the
//! product's own index does not search for its rivals. Robertson and Zaragoza 2009, k1 1.2, b 0.75.

use std::collections::HashMap;

use crate::item::{CHARS_PER_TOKEN, Span};

/// Chunk and overlap in tokens: those of InfMem's retriever.
const CHUNK_TOKENS: usize = 500;
const OVERLAP_TOKENS: usize = 100;

/// Chunks of a document and their words.
pub struct Chunks {
    spans: Vec<Span>,
    counts: Vec<HashMap<String, u32>>,
    documents_with: HashMap<String, u32>,
    mean: f64,
}

/// Words as a search engine sees them; ideographs one by one.
fn words(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    for piece in text.split(|c: char| !c.is_alphanumeric()).filter(|piece| !piece.is_empty()) {
        if piece.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)) {
            out.extend(piece.chars().map(String::from));
        } else {
            out.push(piece.to_lowercase());
        }
    }
    out
}

impl Chunks {
    /// Cuts and indexes a document.
    pub fn of(document: &str) -> Self {
        let chars: Vec<char> = document.chars().collect();
        let (size, step) =
            (CHUNK_TOKENS * CHARS_PER_TOKEN, (CHUNK_TOKENS - OVERLAP_TOKENS) * CHARS_PER_TOKEN);
        let mut chunks = Self {
            spans: Vec::new(),
            counts: Vec::new(),
            documents_with: HashMap::new(),
            mean: 0.0,
        };
        let mut n_words = 0;
        for start in (0..chars.len().max(1)).step_by(step) {
            let end = (start + size).min(chars.len());
            let text: String = chars[start..end].iter().collect();
            let mut counts: HashMap<String, u32> = HashMap::new();
            for word in words(&text) {
                n_words += 1;
                *counts.entry(word).or_default() += 1;
            }
            for word in counts.keys() {
                *chunks.documents_with.entry(word.clone()).or_default() += 1;
            }
            chunks.spans.push(Span { start: start as u64, end: end as u64 });
            chunks.counts.push(counts);
            if end == chars.len() {
                break;
            }
        }
        chunks.mean = f64::from(n_words) / chunks.spans.len().max(1) as f64;
        chunks
    }

    /// The best `k` chunks for a question, in document order.
    pub fn best(&self, question: &str, k: usize) -> Vec<Span> {
        let wanted = words(question);
        let n = self.spans.len() as f64;
        let mut scored: Vec<(f64, usize)> = (0..self.spans.len())
            .map(|chunk| {
                let counts = &self.counts[chunk];
                let length = f64::from(counts.values().sum::<u32>()) / self.mean.max(1.0);
                let score = wanted.iter().filter_map(|word| counts.get_key_value(word)).map(
                    |(word, count)| {
                        let with = f64::from(self.documents_with[word]);
                        let idf = (1.0 + (n - with + 0.5) / (with + 0.5)).ln();
                        let tf = f64::from(*count);
                        idf * tf * 2.2 / (tf + 1.2 * (0.25 + 0.75 * length))
                    },
                );
                (score.sum(), chunk)
            })
            .collect();
        scored.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
        let mut best: Vec<usize> = scored.iter().take(k).map(|(_, chunk)| *chunk).collect();
        best.sort_unstable();
        best.into_iter().map(|chunk| self.spans[chunk]).collect()
    }

    /// Chunks that fit into so many tokens.
    pub fn fitting(tokens: usize) -> usize {
        (tokens / CHUNK_TOKENS).max(1)
    }
}
