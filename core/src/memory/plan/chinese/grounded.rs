//! Chinese questions read by what the text holds: nothing marks where a word ends, but what a question and
//! a sentence share does.
//!
//! ```text
//! hit       the sentences that hold most of the question's weight
//! pieces    the longest stretches that both have, parted at 的 and without function words at their edges
//! owner     the piece that stands in the fewest sentences, if it ends where a word ends in either
//! property  the piece that names a number, or the last of the others
//! list      what stands beside the owner behind 、 or 和, as far as the text has it
//! ```
//! Used where the grammar of `chinese_question` finds no owner, or not all of them.

use super::chapters;
use super::owners;
use super::question::{self, ChineseQuestion};
use super::words;
use crate::error::Result;
use crate::memory::index::patterns::Pattern;
use crate::memory::index::search;
use crate::memory::plan::events::standing::Standing;
use crate::memory::plan::parts::Scope;
use crate::memory::plan::question::Question;
use crate::memory::plan::reader::Reader;
use crate::memory::segment::words::is_ideograph;

/// Sentences that are ranked, and of these read.
const HITS: usize = 32;
const READ: usize = 6;
/// Longest sentence that is looked at, in characters.
const LONGEST: usize = 120;
/// Sentences with a piece that are counted, at most.
const COUNTED: usize = 64;
/// Characters of a piece at least.
const PIECE: usize = 2;
/// Owners of one list at most.
const OWNERS: usize = 24;
/// What stands between the owners of a list.
const BETWEEN: &[&str] = &["、", "以及", "还有", "和", "与", "及", "跟", "同", "或"];

/// The question as the text lets it be read; `None` if no sentence shares an owner with it. `asked` is how
/// the grammar reads it, if it does.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub fn grounded(
    reader: &Reader,
    question: &Question,
    asked: Option<&ChineseQuestion>,
    scope: &Scope,
) -> Result<Option<ChineseQuestion>> {
    let body = body(&question.text);
    let relation = asked
        .map_or_else(|| words::relation(&body), |asked| asked.relation)
        .filter(|_| !asked.is_some_and(|asked| asked.number));
    for text in hits(reader, question, scope)? {
        let pieces = pieces(&body, &text);
        let Some(owner) = owner(reader, &body, &text, &pieces, relation.is_some())? else {
            continue;
        };
        if relation.is_some() {
            // Somebody whom the sentence does not name is asked about.
            let asks_of_other = pieces
                .iter()
                .fold(body.clone(), |left, piece| left.replace(piece, " "))
                .split(' ')
                .flat_map(words::unknown)
                .any(|stretch| stretch.chars().count() >= PIECE);
            if asks_of_other || is_part_of_name(&body, &owner, relation) {
                continue;
            }
            let owners = vec![vec![owner]];
            let number = false;
            return Ok(Some(ChineseQuestion { owners, property: Vec::new(), relation, number }));
        }
        let rest = text.replace(owner.as_str(), " ");
        if owners::identifier(&rest).is_none() {
            continue;
        }
        let others = || pieces.iter().filter(|piece| **piece != owner && rest.contains(*piece));
        let Some(property) =
            others().rev().find(|piece| names_number(piece)).or_else(|| others().next_back())
        else {
            continue;
        };
        // "票号是": what follows the noun is no part of it.
        let mut property = *property;
        while let Some(shorter) =
            words::without_edge(property).filter(|shorter| shorter.chars().count() >= PIECE)
        {
            property = shorter;
        }
        let owners = list(reader, &body, &owner, property)?;
        let owners = owners.into_iter().map(|owner| vec![owner]).collect();
        let property = vec![property.to_owned()];
        return Ok(Some(ChineseQuestion { owners, property, relation: None, number: true }));
    }
    Ok(None)
}

/// Whether the text has what the question is about only in part: the sentence that shares most with it has
/// another word in its place, as 琥珀灯笼 for 琥珀水壶.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub fn is_of_another(reader: &Reader, question: &Question, scope: &Scope) -> Result<bool> {
    let body = body(&question.text);
    let Some(text) = hits(reader, question, scope)?.into_iter().next() else { return Ok(false) };
    let pieces = pieces(&body, &text);
    if !pieces.iter().any(|piece| names_number(piece)) {
        return Ok(false);
    }
    let mut names = pieces.iter().filter(|piece| is_name(piece) && !names_number(piece));
    let cut = |piece: &&str| !is_whole(&body, &text, piece);
    Ok(names.clone().next().is_some() && names.all(cut))
}

/// A question without its end, its chapter, and the words that say which state it asks for.
pub(in crate::memory::plan) fn body(text: &str) -> String {
    let mut text = text.trim().trim_end_matches(['？', '?', '。', '！', '.']).to_owned();
    if let Some(chapter) = chapters::named(&text) {
        text.replace_range(chapter.start..chapter.end, " ");
    }
    Standing::cleared(&text).to_ascii_lowercase()
}

/// The sentences that hold most of the question's weight, in lower case, best first.
fn hits(reader: &Reader, question: &Question, scope: &Scope) -> Result<Vec<String>> {
    let patterns: Vec<Pattern> = question
        .terms
        .iter()
        .map(|term| term.pattern.clone())
        .filter(|pattern| !scope.words.contains(&pattern.text))
        .take(search::MOST_PATTERNS)
        .collect();
    if patterns.is_empty() {
        return Ok(Vec::new());
    }
    let found = search::best_sentences(reader.corpus, &patterns, reader.stems, HITS)?;
    let mut ranked: Vec<(f32, _)> =
        found.sentences.iter().map(|hit| (found.weight(hit.found), hit.first)).collect();
    ranked.sort_by(|one, other| other.0.total_cmp(&one.0));
    let mut out = Vec::new();
    for (_, id) in ranked {
        if out.len() == READ {
            break;
        }
        if !scope.holds_sentence(reader.corpus, id)? || !reader.admits(id)? {
            continue;
        }
        let text = reader.corpus.sentence(id)?;
        let text = text.trim();
        if text.chars().count() <= LONGEST && !text.ends_with(['？', '?']) {
            out.push(text.to_ascii_lowercase());
        }
    }
    Ok(out)
}

/// Whether a character belongs to a word or a key.
fn is_inner(c: char) -> bool {
    is_ideograph(c) || c.is_ascii_alphanumeric() || "-·".contains(c)
}

/// The longest stretches of `body` that stand in `text` too, from left to right, as words.
fn pieces<'q>(body: &'q str, text: &str) -> Vec<&'q str> {
    let mut out: Vec<&str> = Vec::new();
    for run in body.split(|c| !is_inner(c) || c == '的') {
        let bounds: Vec<usize> =
            run.char_indices().map(|(at, _)| at).chain(std::iter::once(run.len())).collect();
        let mut at = 0;
        while at + PIECE < bounds.len() {
            let stands = |end: &usize| text.contains(&run[bounds[at]..bounds[*end]]);
            let end = (at + 1..bounds.len()).take_while(stands).last().unwrap_or(at);
            if end >= at + PIECE {
                out.push(&run[bounds[at]..bounds[end]]);
                at = end;
            } else {
                at += 1;
            }
        }
    }
    out
}

/// How many sentences hold `phrase`, counted up to [`COUNTED`].
fn count(reader: &Reader, phrase: &str) -> Result<usize> {
    let Some(pattern) = Pattern::phrase(phrase) else { return Ok(0) };
    let mut n = 0;
    search::sentences_with(reader.corpus, &[pattern], &[], reader.stems, |_, _| {
        n += 1;
        n < COUNTED
    })?;
    Ok(n)
}

/// `piece` without function words at its edges that other sentences with the rest of it do not have.
fn trimmed<'q>(
    reader: &Reader,
    body: &str,
    text: &str,
    piece: &'q str,
) -> Result<(usize, &'q str)> {
    let mut best = (count(reader, piece)?, piece);
    let mut rest = piece;
    while let Some(shorter) =
        words::without_edge(rest).filter(|shorter| shorter.chars().count() >= PIECE)
    {
        rest = shorter;
        let n = count(reader, rest)?;
        if n > best.0 || !is_whole(body, text, best.1) {
            best = (n, rest);
        }
    }
    Ok(best)
}

/// The piece that what is asked for belongs to.
fn owner(
    reader: &Reader,
    body: &str,
    text: &str,
    pieces: &[&str],
    related: bool,
) -> Result<Option<String>> {
    let mut best: Option<(usize, &str)> = None;
    for piece in pieces {
        if !is_name(piece) || names_number(piece) {
            continue;
        }
        let (n, bare) = trimmed(reader, body, text, piece)?;
        if related && !(ends_in(body, bare) || ends_in(text, bare)) {
            continue;
        }
        let longer = |best: &(usize, &str)| {
            (n, std::cmp::Reverse(bare.len())) < (best.0, std::cmp::Reverse(best.1.len()))
        };
        if n > 0 && best.as_ref().is_none_or(longer) {
            best = Some((n, bare));
        }
    }
    Ok(best.map(|(_, owner)| owner).filter(|owner| is_whole(body, text, owner)).map(str::to_owned))
}

/// Whether a piece is a noun that names a number, with what follows it: 票号, 票号是.
fn names_number(piece: &str) -> bool {
    let bare = words::without_edge(piece).unwrap_or(piece);
    words::is_number_noun(piece) || words::is_number_noun(bare)
}

/// Whether a stretch has characters enough besides words of questions to be what facts are about.
fn is_name(stretch: &str) -> bool {
    let own = words::unknown(stretch).into_iter().map(|part| part.chars().count());
    own.sum::<usize>() >= PIECE
}

/// Whether a word ends with `piece` in `text`.
fn ends_in(text: &str, piece: &str) -> bool {
    text.match_indices(piece).any(|(at, _)| {
        let behind = &text[at + piece.len()..];
        !behind.starts_with(is_inner) || words::opens_with_function_word(behind)
    })
}

/// Whether a question for what somebody is, plays, keeps or comes from has full names, and `owner` is none.
fn is_part_of_name(body: &str, owner: &str, relation: Option<usize>) -> bool {
    let personal =
        relation.is_some_and(|at| at == words::BIRTH || words::RELATIONS[at].0.is_some());
    let names = if personal { question::names_in(body) } else { Vec::new() };
    !names.is_empty() && !names.iter().any(|name| name == owner)
}

/// Whether `piece` begins and ends where words do, in the question or in the sentence.
pub(in crate::memory::plan) fn is_whole(body: &str, text: &str, piece: &str) -> bool {
    let begins = |text: &str| {
        text.match_indices(piece).any(|(at, _)| {
            let before = &text[..at];
            !before.ends_with(is_inner) || words::ends_with_function_word(before)
        })
    };
    (begins(body) || begins(text)) && (ends_in(body, piece) || ends_in(text, piece))
}

/// The owners of the list that `owner` stands in, in their order; itself if it stands alone.
fn list(reader: &Reader, body: &str, owner: &str, property: &str) -> Result<Vec<String>> {
    // "A的票号和B的票号": the property may stand behind every owner.
    let body = body.replace(&format!("的{property}"), "").replace(property, " ");
    let Some(at) = body.find(owner) else { return Ok(vec![owner.to_owned()]) };
    let mut out = vec![owner.to_owned()];
    let mut before = &body[..at];
    while let Some(rest) = BETWEEN.iter().find_map(|between| before.strip_suffix(between)) {
        let cut = BETWEEN.iter().filter_map(|b| rest.rfind(b).map(|at| at + b.len())).max();
        let item = &rest[cut.unwrap_or(0)..];
        let starts = item.char_indices().map(|(at, _)| &item[at..]);
        let Some(found) = known(reader, starts)? else { break };
        before = &rest[..rest.len() - found.len()];
        out.insert(0, found);
        if out.len() == OWNERS {
            break;
        }
    }
    let mut behind = &body[at + owner.len()..];
    while let Some(rest) = BETWEEN.iter().find_map(|between| behind.strip_prefix(between)) {
        let cut = BETWEEN.iter().filter_map(|between| rest.find(between)).min();
        let item = &rest[..cut.unwrap_or(rest.len())];
        let ends = item.char_indices().rev().map(|(at, c)| &item[..at + c.len_utf8()]);
        let Some(found) = known(reader, ends)? else { break };
        behind = &rest[found.len()..];
        out.push(found);
        if out.len() == OWNERS {
            break;
        }
    }
    Ok(out)
}

/// The first of `stretches`, which get shorter, that the text has.
fn known<'q>(reader: &Reader, stretches: impl Iterator<Item = &'q str>) -> Result<Option<String>> {
    for stretch in stretches {
        let plain = stretch.chars().all(is_inner) && is_name(stretch);
        if stretch.chars().count() >= PIECE && plain && count(reader, stretch)? > 0 {
            return Ok(Some(stretch.to_owned()));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_question_and_sentence_share_are_pieces() {
        let text = "门房那边，琥珀水壶127号领走了门牌号48213。";
        assert_eq!(pieces("琥珀水壶127号的门牌号登的是几", text), ["琥珀水壶127号", "门牌号"]);
        assert!(pieces("青铜灯笼在哪里", text).is_empty());
    }

    #[test]
    fn pieces_of_other_words_are_not_whole() {
        let text = "琥珀灯笼的门牌号是3。";
        assert!(is_whole("琥珀灯笼的门牌号是多少", text, "琥珀灯笼"));
        assert!(!is_whole("琥珀水壶的门牌号是多少", text, "琥珀"));
    }
}
