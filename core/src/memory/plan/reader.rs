//! What every plan reads through: the corpus, the classes of words, and the budget of passages.
//!
//! Looking at the index is free; reading text is counted by passage, once each, and ends when the
//! budget does. A plan that was refused a passage answers with what it has, and the answer says
//! that the budget ended.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

use super::language::lexicon::{Classes, Lexicon};
use super::language::possessive::possessive;
use crate::error::Result;
use crate::memory::answer::one_line;
use crate::memory::index::corpus::{Corpus, SentenceId};
use crate::memory::index::names::{self, Name};
use crate::memory::index::occurrences;
use crate::memory::index::patterns::{Pattern, Wanted};
use crate::memory::index::search::{self, Passage};
use crate::memory::index::stems::Stems;
use crate::memory::index::stopwords;
use crate::memory::segment::words;

/// Sentences with the words of a key that are looked at to tell whether it stands there whole, the newest.
const MOST_LOOKED_AT: usize = 4_096;
/// Sentences with a word that are looked at to tell whether it is a name, the first.
const MOST_JUDGED_BY: usize = 64;
/// Verbs as they are drawn to the word before them, behind the apostrophe.
const DRAWN: &[&str] = &["ve", "ll", "re", "m", "d"];
/// Longest number or letter of a note, in bytes.
const LONGEST_MARK: usize = 4;

/// A word of a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// First byte in the sentence.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// The folded word.
    pub folded: String,
    /// Whether it begins with a capital letter.
    pub capital: bool,
    /// Whether it has a possessive mark, which the folded word has not.
    pub owns: bool,
    /// Its lexical classes.
    pub classes: Classes,
}

/// A sentence that was read.
#[derive(Debug, Clone)]
pub struct Read {
    /// Where it stands.
    pub id: SentenceId,
    /// Its text, without the blank space and the marks around it ([`plain`]).
    pub text: String,
}

/// Reads for one question.
pub struct Reader<'a> {
    /// The documents.
    pub corpus: &'a Corpus<'a>,
    /// Stems of words.
    pub stems: &'a Stems,
    /// Classes of words.
    pub lexicon: &'static Lexicon,
    most_passages: usize,
    passages: RefCell<BTreeSet<Passage>>,
    refused: Cell<bool>,
    /// Sentences that belong to others by what a model wrote of both.
    tied: RefCell<BTreeMap<SentenceId, Vec<SentenceId>>>,
}

impl<'a> Reader<'a> {
    /// A reader that reads at most `most_passages` passages.
    pub fn new(corpus: &'a Corpus<'a>, stems: &'a Stems, most_passages: usize) -> Self {
        Self {
            corpus,
            stems,
            lexicon: Lexicon::shared(),
            most_passages,
            passages: RefCell::default(),
            refused: Cell::new(false),
            tied: RefCell::default(),
        }
    }

    /// Passages read so far.
    pub fn passages_read(&self) -> u32 {
        self.passages.borrow().len() as u32
    }

    /// The passages read so far, in their order.
    pub fn passages(&self) -> Vec<Passage> {
        self.passages.borrow().iter().copied().collect()
    }

    /// Remembers that `id` is understood only together with `others`.
    pub fn tie(&self, id: SentenceId, others: Vec<SentenceId>) {
        self.tied.borrow_mut().insert(id, others);
    }

    /// The sentences without which `id` is not understood.
    pub fn tied_to(&self, id: SentenceId) -> Vec<SentenceId> {
        self.tied.borrow().get(&id).cloned().unwrap_or_default()
    }

    /// Whether a model wrote notes, which may lead to a sentence that does not name whom it is about.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn has_notes(&self) -> Result<bool> {
        Ok(self.corpus.notes().n_notes()? > 0)
    }

    /// Whether a passage was refused because the budget had ended.
    pub fn was_refused(&self) -> bool {
        self.refused.get()
    }

    /// Whether the passage of `id` may be read; counts it if so.
    ///
    /// # Errors
    /// If the store cannot be read or is damaged.
    pub fn admits(&self, id: SentenceId) -> Result<bool> {
        Ok(self.admits_passage(&self.corpus.passage_of(id)?))
    }

    /// Whether `passage` may be read; counts it if so.
    pub fn admits_passage(&self, passage: &Passage) -> bool {
        let mut passages = self.passages.borrow_mut();
        if passages.contains(passage) {
            return true;
        }
        if passages.len() >= self.most_passages {
            self.refused.set(true);
            return false;
        }
        passages.insert(*passage)
    }

    /// The sentences `ids`, in document order, as far as the budget lasts.
    ///
    /// # Errors
    /// If the store cannot be read or is damaged.
    pub fn read(&self, ids: &[SentenceId]) -> Result<Vec<Read>> {
        let mut sorted = ids.to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        let mut out = Vec::with_capacity(sorted.len());
        for id in sorted {
            if self.admits(id)? {
                let text = plain(&self.corpus.sentence(id)?).to_owned();
                out.push(Read { id, text });
            }
        }
        Ok(out)
    }

    /// The last `limit` sentences of at most `longest` words that hold all of `all` and, unless it
    /// is empty, one of `any`, in document order. They are not read yet.
    ///
    /// # Errors
    /// If the store cannot be read or is damaged.
    pub fn last_mentions(
        &self,
        all: &[Pattern],
        any: &[Pattern],
        longest: u32,
        limit: usize,
    ) -> Result<Vec<SentenceId>> {
        let mut kept = Vec::new();
        search::last_sentences_with(self.corpus, all, any, self.stems, |id, words| {
            if words <= longest && kept.len() < limit {
                kept.push(id);
            }
            kept.len() < limit
        })?;
        kept.reverse();
        Ok(kept)
    }

    /// The same of one owner, where `whole` tells by a sentence's text whether it is the owner that stands
    /// there, and not a longer key. Where the owner may stand more than `limit` times, only that is answered.
    ///
    /// # Errors
    /// If the store cannot be read or is damaged.
    pub fn last_mentions_whole(
        &self,
        owner: &Pattern,
        longest: u32,
        limit: usize,
        whole: impl Fn(&str) -> bool,
    ) -> Result<Vec<SentenceId>> {
        let any = std::slice::from_ref(owner);
        let most = search::counts(self.corpus, any, self.stems)?[0];
        if most > limit as u64 {
            let mut kept = Vec::new();
            let untied = [owner.clone().untied()];
            for id in self.last_mentions(&untied, &[], longest, MOST_LOOKED_AT)?.into_iter().rev() {
                if kept.len() == limit {
                    break;
                }
                let at = id.sentence as usize;
                let excerpt = self.corpus.excerpt(id.block, at..at + 1)?;
                if whole(excerpt.sentences(at..at + 1)) {
                    kept.push(id);
                }
            }
            if !kept.is_empty() {
                kept.reverse();
                return Ok(kept);
            }
        }
        // Longer keys tell something of one that is not there, unless there are too many of them.
        let all = self.last_mentions(any, &[], longest, limit + 1)?;
        Ok(if all.len() > limit { Vec::new() } else { all })
    }

    /// Those of the sentences `ids`, which are in order, that hold one of `patterns`. They are not read yet.
    ///
    /// # Errors
    /// If the store cannot be read or is damaged.
    pub fn holding(&self, ids: &[SentenceId], patterns: &[Pattern]) -> Result<Vec<SentenceId>> {
        let marked = self.marked(ids, patterns)?;
        Ok(marked.into_iter().filter(|(_, mask)| *mask != 0).map(|(id, _)| id).collect())
    }

    /// The sentences `ids`, which are in order, each with a bit for every one of `patterns` that it holds. They are not
    /// read yet.
    ///
    /// # Errors
    /// If the store cannot be read or is damaged.
    pub fn marked(
        &self,
        ids: &[SentenceId],
        patterns: &[Pattern],
    ) -> Result<Vec<(SentenceId, u64)>> {
        let (mut wanted, mut masks) = (Wanted::of(patterns, self.stems), Vec::new());
        let mut marked = Vec::with_capacity(ids.len());
        for of_block in ids.chunk_by(|one, other| one.block == other.block) {
            occurrences::masks_in(self.corpus, of_block[0].block, &mut wanted, &mut masks)?;
            let mask = |id: &SentenceId| masks.get(id.sentence as usize).copied().unwrap_or(0);
            marked.extend(of_block.iter().map(|id| (*id, mask(id))));
        }
        Ok(marked)
    }

    /// Whether `word` is a name in `text`, of which it is a part. Where a sentence begins every word has a
    /// capital: there it is one unless the documents write it small more often than they name something by
    /// it inside a sentence.
    ///
    /// # Errors
    /// If the store cannot be read or is damaged.
    pub fn is_name(&self, text: &str, word: &str) -> Result<bool> {
        let mut found: Vec<Name> = Vec::new();
        names::names(text, &mut found);
        let mut doubtful = found.iter().filter(|name| &text[name.start..name.end] == word);
        if !doubtful.clone().any(|name| name.uncertain) || doubtful.any(|name| !name.uncertain) {
            return Ok(true);
        }
        let Some(pattern) = Pattern::phrase(word) else { return Ok(true) };
        let mut ids = Vec::new();
        search::sentences_with(self.corpus, &[pattern], &[], self.stems, |id, _| {
            ids.push(id);
            ids.len() < MOST_JUDGED_BY
        })?;
        let folded = words::folded(word);
        // "You've" and "I'd" are a word with a verb.
        let drawn = folded.split_once(['\'', '\u{2019}']).filter(|(_, verb)| DRAWN.contains(verb));
        if drawn.is_some_and(|(own, _)| stopwords::is_stopword(own)) {
            return Ok(false);
        }
        let (mut n_small, mut n_named) = (0, 0);
        for id in ids {
            let at = id.sentence as usize;
            let excerpt = self.corpus.excerpt(id.block, at..at + 1)?;
            let text = excerpt.sentences(at..at + 1);
            found.clear();
            names::names(text, &mut found);
            for written in words::words(text) {
                let same = words::folded(&text[written.start..written.end]) == folded;
                let named = |name: &Name| {
                    !name.uncertain && (name.start..name.end).contains(&written.start)
                };
                n_small +=
                    usize::from(same && text[written.start..].starts_with(char::is_lowercase));
                n_named += usize::from(same && found.iter().any(named));
            }
        }
        Ok(n_small <= n_named)
    }

    /// The folded words `folded` as one of the sentences `ids` writes them, the last that does; as they are
    /// if none does.
    ///
    /// # Errors
    /// If the store cannot be read or is damaged.
    pub fn as_written(&self, ids: &[SentenceId], folded: &str) -> Result<String> {
        let n_words = folded.split(' ').count();
        for id in ids.iter().rev() {
            let text = self.corpus.sentence(*id)?;
            let list: Vec<words::Word> = words::words(&text).collect();
            for window in list.windows(n_words) {
                let written = &text[window[0].start..window[n_words - 1].end];
                let same: Vec<String> = words::folded_words(written).collect();
                if same.join(" ") == folded {
                    let written = written.strip_suffix("'s").unwrap_or(written);
                    return Ok(one_line(written.strip_suffix("\u{2019}s").unwrap_or(written)));
                }
            }
        }
        Ok(folded.to_owned())
    }

    /// A pattern of every form of the classes `classes`.
    pub fn class_pattern(&self, name: &str, classes: Classes) -> Pattern {
        Pattern::one_of(name, self.lexicon.forms(classes))
    }

    /// The words of a sentence with their classes.
    pub fn tokens(&self, text: &str) -> Vec<Token> {
        tokens(text, self.lexicon)
    }
}

/// A sentence without what marks it as an item, a note, a quotation or an aside: `[3] It rained.` and
/// "(It rained.)" give "It rained." Quotation marks stay where they set a part of it off.
pub fn plain(text: &str) -> &str {
    const PAIRS: &[(char, char)] = &[
        ('"', '"'),
        ('“', '”'),
        ('‘', '’'),
        ('「', '」'),
        ('『', '』'),
        ('(', ')'),
        ('（', '）'),
        ('[', ']'),
    ];
    let mut rest = text.trim();
    loop {
        let before = rest;
        rest = rest.trim_start_matches(['>', '*', '•', '-', '–', '—']).trim_start();
        if let Some((mark, behind)) = rest
            .strip_prefix(['[', '('])
            .and_then(|r| r.split_once([']', ')']).filter(|(mark, _)| mark.len() <= LONGEST_MARK))
            && mark.bytes().all(|byte| byte.is_ascii_alphanumeric())
            && behind.starts_with(' ')
        {
            rest = behind.trim_start();
        }
        for (open, close) in PAIRS {
            let inside = rest.strip_prefix(*open).unwrap_or(rest);
            let inside = inside.strip_suffix(*close).unwrap_or(inside);
            // "’" ends no quotation where none was opened: it may be an apostrophe.
            let apostrophe = *close == '’' && !rest.starts_with(*open);
            if !apostrophe && !inside.contains([*open, *close]) {
                rest = inside.trim();
            }
        }
        if rest == before {
            return rest;
        }
    }
}

/// The words of `text` with their classes.
pub fn tokens(text: &str, lexicon: &Lexicon) -> Vec<Token> {
    words::words(text)
        .map(|word| {
            let piece = &text[word.start..word.end];
            let folded = words::folded(piece);
            Token {
                start: word.start,
                end: word.end,
                capital: piece.starts_with(char::is_uppercase),
                owns: possessive(piece, "").is_some(),
                classes: lexicon.classes(&folded),
                folded,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::{Library, Source};

    #[test]
    fn marks_around_a_statement_are_left_out() {
        for text in [
            "[3] It rained.",
            "- It rained.",
            "> It rained.",
            "(It rained.)",
            "“It rained.”",
            "“It rained.",
            "* \"It rained.\"",
        ] {
            assert_eq!(plain(text), "It rained.", "{text}");
        }
        for text in ["“Yes,” said Omar.", "Omar said: “Yes.”", "The men’s", "-"] {
            assert_eq!(plain(text).len(), text.len() - usize::from(text == "-"), "{text}");
        }
    }

    #[test]
    fn a_key_is_told_from_many_longer_ones_and_from_none_by_a_few() {
        let longer = |n: usize| format!("The code of blue-lamp-{n} is {}.\n\n", n * 7);
        let text: String = (0..300).map(longer).collect();
        let text = format!("{text}The code of blue-lamp is 4711.\n\nA red-lamp-1 is red-lamp-2.");
        let mut library = Library::in_memory();
        library.open_document(&Source::text("codes", text)).unwrap();
        let (corpus, stems) = (library.corpus(&[]).unwrap(), Stems::default());
        let reader = Reader::new(&corpus, &stems, 1);
        let found = |key: &str, limit: usize| {
            let pattern = Pattern::phrase(key).unwrap();
            let whole = |text: &str| text.contains(&format!("{key} "));
            let ids = reader.last_mentions_whole(&pattern, u32::MAX, limit, whole).unwrap();
            ids.iter().map(|id| id.sentence).collect::<Vec<_>>()
        };
        assert_eq!(found("blue-lamp", 20), [300]);
        assert_eq!(found("blue-lamp", 400).len(), 301);
        assert!(found("code of blue-lamp-", 20).is_empty());
        assert_eq!(found("red-lamp", 20), [301]);
    }

    #[test]
    fn a_word_that_opens_a_sentence_is_a_name_where_the_text_uses_it_as_one() {
        let text = "Crowding sail, they left. Lima lay behind them. Oslo was cold. \
                    There was a crowding of boats. He knew Lima, and no other lima.";
        let mut library = Library::in_memory();
        library.open_document(&Source::text("boats", text)).unwrap();
        let (corpus, stems) = (library.corpus(&[]).unwrap(), Stems::default());
        let reader = Reader::new(&corpus, &stems, 1);
        for (text, word, is_name) in [
            ("Crowding sail, they left.", "Crowding", false),
            ("Lima lay behind them.", "Lima", true),
            ("Oslo was cold.", "Oslo", true),
            ("They met Crowding.", "Crowding", true),
            ("You've met Crowding.", "You've", false),
        ] {
            assert_eq!(reader.is_name(text, word).unwrap(), is_name, "{text}");
        }
    }
}
