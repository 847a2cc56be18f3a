//! The plan for questions about a whole document: a summary of sentences that are quoted.
//!
//! The sentences come from the summary tree that was made at ingestion (`index::summary`): those of its
//! deepest level that is not wider than the summary may be long. So a summary reaches from beginning to
//! end and costs the same for any length. Several documents share its sentences.

use super::reader::Reader;
use crate::error::Result;
use crate::memory::answer::{Finding, one_line};
use crate::memory::index::corpus::SentenceId;
use crate::memory::index::{stopwords, summary};
use crate::memory::segment::words;

/// Sentences of the summary.
const SENTENCES: usize = 10;
/// Sentences of one document at least, where there are several.
const LEAST: usize = 2;

/// Whether a question asks for what a whole document is about.
pub fn asks_for_whole(text: &str) -> bool {
    let list: Vec<String> = words::folded_words(text).collect();
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
    let each = (SENTENCES / corpus.contents.documents.len().max(1)).max(LEAST);
    let mut ids: Vec<SentenceId> = Vec::new();
    for document in &corpus.contents.documents {
        ids.extend(summary::tree(corpus, &document.name)?.overview(each)?);
    }
    let read = reader.read(&ids)?;
    let answer: Vec<String> = read.iter().map(|read| one_line(&read.text)).collect();
    let evidence = read.iter().map(|read| (read.id, 1)).collect();
    let answer = (!answer.is_empty()).then(|| answer.join(" "));
    Ok(Finding { answer, evidence, incomplete: reader.was_refused() })
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
