//! Noun phrases behind determiners.

use super::reader::Token;
use crate::memory::index::stopwords;

/// Words of a noun phrase behind its determiner at most.
const LONGEST: usize = 3;

/// Noun phrases of a sentence: the token of the determiner, and the folded noun. Where a phrase ends is
/// told only by other sentences, so the shorter ones that open it are among them.
pub fn noun_phrases(tokens: &[Token], text: &str) -> Vec<(usize, String)> {
    let mut out = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        if !["the", "a", "an", "his", "her", "their"].contains(&token.folded.as_str()) {
            continue;
        }
        let mut end = at + 1;
        while end < tokens.len()
            && end <= at + LONGEST
            && !stopwords::is_stopword(&tokens[end].folded)
            && !tokens[end].capital
            && matches!(&text[tokens[end - 1].end..tokens[end].start], " " | "-" | "\n")
        {
            end += 1;
        }
        for end in at + 2..=end {
            let words: Vec<&str> = tokens[at + 1..end].iter().map(|t| t.folded.as_str()).collect();
            out.push((at, words.join(" ")));
        }
    }
    out
}
