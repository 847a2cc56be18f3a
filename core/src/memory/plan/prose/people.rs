//! Who may be meant where a story never says it in one place: the people of the part of a book in which what
//! is asked about gathers, the likeliest first, each by the sentence that names him in full there.
//!
//! ```text
//! part      sentences around the best place, up to the headings before and behind it
//! people    names in it that are not asked about and seldom stand where places do, joined by their last word
//! score     root of: mentions in the part * their share of all mentions
//!           times: 1 + weight * share of them beside words of what comes out, such as "confessed"
//! ```
//! Somebody who is all over a book belongs to no part of it. Ranks only: nobody is accused here.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::error::Result;
use crate::memory::answer::spans;
use crate::memory::index::corpus::{Corpus, SentenceId};
use crate::memory::index::ledger::block_names;
use crate::memory::index::ledger::extract::Kind;
use crate::memory::index::names;
use crate::memory::index::patterns::Pattern;
use crate::memory::index::search;
use crate::memory::plan::language::grammar::among;
use crate::memory::plan::question::Question;
use crate::memory::plan::reader::Reader;
use crate::memory::segment::words;

/// Sentences of a part on either side of the best place at most.
const AROUND: u32 = 400;
/// Mentions in the part from which somebody is one of its people, and letters of a last word.
const LEAST_MENTIONS: usize = 3;
const LEAST_LETTERS: usize = 3;
/// One mention in so many may stand where places do.
const SELDOM: usize = 3;
/// People who are introduced at most.
const PEOPLE: usize = 5;
/// Weight of the mentions beside what comes out.
const COMING_OUT: f32 = 4.0;

/// Words of what comes out about somebody: guilt, flight and false names.
const REVEALING: &str = "confess confessed confession guilty guilt villain scoundrel rascal blackguard \
    murderer thief culprit crime criminal accomplice disguise disguised false falsely pretended impostor \
    assumed fled escaped arrested arrest revenge hatred blackmail ruined temptation forgive repent hanged \
    gallows identity lied lie treachery";

/// Somebody of a part.
struct Person {
    /// Sentences of the part that name him.
    mentions: Vec<SentenceId>,
    /// How many of them name him where places stand.
    n_placed: usize,
    /// Words of his fullest name, and the first sentence that has it.
    fullest: (usize, SentenceId),
}

/// The sentences that introduce the people of the part around `at` in `n_chars` characters, the likeliest first, each with
/// its characters.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub fn people(
    reader: &Reader,
    question: &Question,
    at: SentenceId,
    n_chars: usize,
) -> Result<Vec<(SentenceId, usize)>> {
    let corpus = reader.corpus;
    let part = part(corpus, at)?;
    let people = named(corpus, question, &part)?;
    let revealing = revealing(corpus, &part)?;
    let mut scored: Vec<(f32, SentenceId)> = Vec::new();
    for (last, person) in people {
        let n = person.mentions.len();
        if n < LEAST_MENTIONS || person.n_placed * SELDOM >= n {
            continue;
        }
        let Some(pattern) = Pattern::phrase(&last) else { continue };
        let everywhere = search::counts(corpus, &[pattern], reader.stems)?[0];
        let share = n as f32 / (everywhere as f32).max(n as f32);
        let comes_out = |id: &&SentenceId| {
            revealing
                .iter()
                .any(|other| other.block == id.block && other.sentence.abs_diff(id.sentence) <= 1)
        };
        let beside = person.mentions.iter().filter(comes_out).count() as f32 / n as f32;
        let score = (n as f32 * share).sqrt() * (1.0 + COMING_OUT * beside);
        scored.push((score, person.fullest.1));
    }
    scored.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
    let mut left = n_chars;
    let mut out = Vec::new();
    for (_, id) in scored.into_iter().take(PEOPLE) {
        let length = corpus.sentence(id)?.chars().count();
        if length <= left && !out.contains(&(id, length)) && reader.admits(id)? {
            left -= length;
            out.push((id, length));
        }
    }
    Ok(out)
}

/// The sentences around `at` up to the next headings, as ranges of blocks in order.
fn part(corpus: &Corpus, at: SentenceId) -> Result<Vec<(u32, Range<u32>)>> {
    let blocks = &corpus.contents.blocks;
    let document = blocks[at.block as usize].document;
    let is_of = |block: &u32| blocks.get(*block as usize).is_some_and(|b| b.document == document);
    let mut out = Vec::new();
    let (mut left, mut end) = (AROUND, at.sentence);
    for block in (0..=at.block).rev().take_while(is_of) {
        let layout = corpus.layout(block)?;
        let end = std::mem::replace(&mut end, u32::MAX).min(layout.sentences.len() as u32);
        let all = end.saturating_sub(left)..end;
        let heading = all.clone().rev().find(|s| layout.sentences[*s as usize].heading);
        let range = heading.unwrap_or(all.start)..end;
        left -= range.len() as u32;
        out.push((block, range));
        if heading.is_some() || left == 0 {
            break;
        }
    }
    out.reverse();
    let (mut left, mut start) = (AROUND, at.sentence);
    for block in (at.block..).take_while(is_of) {
        let layout = corpus.layout(block)?;
        let start = std::mem::take(&mut start);
        let all = start..start.saturating_add(left).min(layout.sentences.len() as u32);
        let is_next = |s: &u32| *s != at.sentence && layout.sentences[*s as usize].heading;
        let heading = all.clone().find(is_next);
        let range = start..heading.unwrap_or(all.end);
        left -= range.len() as u32;
        out.push((block, range));
        if heading.is_some() || left == 0 {
            break;
        }
    }
    Ok(out)
}

/// Whoever is named in the sentences `part` and not asked about, by the last word of the name.
fn named(
    corpus: &Corpus,
    question: &Question,
    part: &[(u32, Range<u32>)],
) -> Result<BTreeMap<String, Person>> {
    let is_asked =
        |word: String| question.words.iter().any(|asked| asked.trim_end_matches("'s") == word);
    let mut people: BTreeMap<String, Person> = BTreeMap::new();
    for (block, range) in part {
        let held = corpus.excerpt(*block, range.start as usize..range.end as usize)?;
        for entry in block_names(corpus, *block)?.entries {
            let name = entry.spelling.as_str();
            let bare = names::without_titles(name);
            let last = words::folded_words(bare).last().unwrap_or_default();
            if entry.kind != Kind::Name
                || entry.certain == 0
                || last.chars().count() < LEAST_LETTERS
                || words::folded_words(bare).all(is_asked)
            {
                continue;
            }
            let n_words = words::words(name).count();
            for sentence in entry.sentences.iter().filter(|sentence| range.contains(sentence)) {
                let id = SentenceId { block: *block, sentence: *sentence };
                let text = held.sentences(*sentence as usize..*sentence as usize + 1);
                let is_placed = text
                    .find(name)
                    .is_some_and(|at| spans::is_placed(text, &(at..at + name.len())));
                let person = people.entry(last.clone()).or_insert_with(|| Person {
                    mentions: Vec::new(),
                    n_placed: 0,
                    fullest: (n_words, id),
                });
                person.n_placed += usize::from(is_placed);
                if !person.mentions.contains(&id) {
                    person.mentions.push(id);
                }
                let (most, first) = person.fullest;
                if n_words > most || n_words == most && id < first {
                    person.fullest = (n_words, id);
                }
            }
        }
    }
    Ok(people)
}

/// The sentences of `part` that hold a word of what comes out.
fn revealing(corpus: &Corpus, part: &[(u32, Range<u32>)]) -> Result<Vec<SentenceId>> {
    let mut out = Vec::new();
    for (block, range) in part {
        let held = corpus.excerpt(*block, range.start as usize..range.end as usize)?;
        for sentence in range.clone() {
            let text = held.sentences(sentence as usize..sentence as usize + 1);
            if words::any_folded(text, |word| among(REVEALING, word)) {
                out.push(SentenceId { block: *block, sentence });
            }
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::index::stems::Stems;
    use crate::memory::{Library, Source};

    #[test]
    fn people_of_a_story_come_before_those_who_are_everywhere_and_of_other_stories() {
        let chapter = |title: &str, told: &str| format!("# {title}\n\n{told}\n\n");
        let text = chapter(
            "The Mill",
            "The inspector came to the mill. Ada Crane knew Bell. Ada Crane was afraid. Then Ada Crane \
             went home. Mr. Hugh Pell owed them money. They saw the inspector and Pell. Pell confessed \
             it all to Inspector Dunn. Then Dunn nodded. At once Dunn wrote to Harwick. They went to \
             Harwick. He lived in Harwick.",
        ) + &chapter(
            "The Ford",
            "Otto Lane swam. Otto Lane sank. Otto Lane was guilty. There Dunn saw it. There Dunn wept. \
             Then Dunn left. Then Dunn came back. At last Dunn slept.",
        );
        let mut library = Library::in_memory();
        library.open_document(&Source::text("stories.md", text)).unwrap();
        let (corpus, stems) = (library.corpus(&[]).unwrap(), Stems::default());
        let reader = Reader::new(&corpus, &stems, 9);
        let question = Question::of("Who robbed Bell?", &stems);
        let about_bell = SentenceId { block: 0, sentence: 2 };
        let introduced: Vec<String> = people(&reader, &question, about_bell, 900)
            .unwrap()
            .into_iter()
            .map(|(id, _)| corpus.sentence(id).unwrap())
            .collect();
        assert_eq!(
            introduced,
            [
                "Mr. Hugh Pell owed them money.",
                "Pell confessed it all to Inspector Dunn.",
                "Ada Crane knew Bell.",
            ]
        );
    }
}
