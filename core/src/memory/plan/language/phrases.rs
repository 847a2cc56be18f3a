//! Noun phrases behind determiners, with what a preposition adds to them.

use crate::memory::index::stopwords;
use crate::memory::plan::reader::Token;

/// Prepositions of what somebody has on or about him.
const ABOUT: &[&str] = &["in", "with", "of", "from", "at"];
/// Words of what stands behind them at most.
const LONGEST_ABOUT: usize = 2;

/// Noun phrases that say more behind a preposition: "the man in black", "a woman with the scar". Where one
/// ends is told only by other sentences, so shorter ones are among them.
pub fn described(tokens: &[Token], text: &str) -> Vec<String> {
    let plain = |at: usize| {
        let token = &tokens[at];
        !stopwords::is_stopword(&token.folded)
            && !token.capital
            && matches!(&text[tokens[at - 1].end..token.start], " " | "-" | "\n")
    };
    let mut out = Vec::new();
    for (at, noun) in noun_phrases(tokens, text) {
        let behind = at + 1 + noun.split(' ').count();
        if !tokens.get(behind).is_some_and(|token| ABOUT.contains(&token.folded.as_str())) {
            continue;
        }
        let determiner = tokens
            .get(behind + 1)
            .is_some_and(|token| ["the", "a", "an"].contains(&token.folded.as_str()));
        let from = behind + 1 + usize::from(determiner);
        let run = (from..tokens.len()).take(LONGEST_ABOUT).take_while(|at| plain(*at));
        for end in run {
            let words: Vec<&str> =
                tokens[at + 1..=end].iter().map(|token| token.folded.as_str()).collect();
            out.push(words.join(" "));
        }
    }
    out
}

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
