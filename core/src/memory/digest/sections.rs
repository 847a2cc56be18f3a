//! Summaries of sections and of whole documents, from the summaries of windows.
//!
//! A line belongs to the section in which the sentence stands that says the most of it. Up to
//! [`CHILDREN`] lines are joined to at most three, and those again, until a section has three or fewer.
//! The same is done with the sections' lines until a document has [`MOST`] or fewer, and once more to
//! three. A joined line may name lines below it, and has to be supported by the sentences of the text that
//! those are tied to: nothing is ever proved by what a model wrote.
//!
//! ```text
//! note at the hash of a group's lines     which of them each joined line names     (taken over as long as
//!                                                                                   the lines are the same)
//! note at the hash of the source          the outline: lines and sentences         (good for this text only)
//! ```
//! Only a document all of whose windows were read has an outline, and only if something was kept of
//! half of them.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use super::DigestEnd;
use super::gate::Backed;
use super::lines::{Kind, Line, Lines};
use super::run::{Pass, Step};
use super::whole::{MOST, OUTLINE, Outline, Said};
use super::windows::{self, Block};
use super::writer::SECTION;
use crate::error::Result;
use crate::memory::answer::one_line;
use crate::memory::store::{DocumentRecord, Note, Place};

/// Lines that are joined at a time.
pub const CHILDREN: usize = 12;
/// Sentences that a line of an outline is tied to at most.
const MOST_SOURCES: usize = 6;
/// Where the note of a group stands.
const GROUP: u32 = 0;

/// Lines, or why they were not written.
type Joined = Result<ControlFlow<DigestEnd, Vec<Said>>>;

/// Summarises the sections of a document and the document.
///
/// # Errors
/// If the model fails, or the store cannot be read or written.
pub fn summarise(pass: &mut Pass, record: &DocumentRecord, n_windows: usize) -> Step {
    let (sections, told) = gather(pass, record)?;
    if told * 2 < n_windows || told == 0 {
        return Ok(ControlFlow::Continue(()));
    }
    let mut outline = Outline::default();
    let mut all = Vec::new();
    for (start, lines) in sections {
        let lines = match reduce(pass, record, lines, SECTION.lines)? {
            ControlFlow::Break(why) => return Ok(ControlFlow::Break(why)),
            ControlFlow::Continue(lines) => lines,
        };
        all.extend(lines.iter().cloned());
        outline.sections.push((start, lines));
    }
    for most in [MOST, SECTION.lines] {
        all = match reduce(pass, record, all, most)? {
            ControlFlow::Break(why) => return Ok(ControlFlow::Break(why)),
            ControlFlow::Continue(lines) => lines,
        };
        outline.levels.push(all.clone());
    }
    let place = Place { of: record.source, first: OUTLINE };
    let lines = outline.encode();
    let note = Note {
        content: pass.author.content("outline", &format!("{lines:?}")),
        author: pass.author.name.clone(),
        lines,
    };
    pass.places.insert(place);
    pass.store.put_note(&record.name, place, &note, &[])?;
    Ok(ControlFlow::Continue(()))
}

/// The windows' summaries by section, each with its first character; and of how many windows there are any.
fn gather(pass: &Pass, record: &DocumentRecord) -> Result<(BTreeMap<u64, Vec<Said>>, usize)> {
    let mut sections: BTreeMap<u64, Vec<Said>> = BTreeMap::new();
    let mut told = 0;
    let mut first_char = 0;
    for (ordinal, place) in record.blocks.iter().enumerate() {
        let block = windows::open(&*pass.store, record, ordinal as u32)?;
        for (first, note) in pass.store.notes_of(&record.name, place.hash)? {
            let lines = Lines::decode(&note.lines).unwrap_or_default();
            let mut any = false;
            for line in lines.lines.iter().filter(|line| line.kind == Kind::Summary) {
                let Some(sources) = lines.placed(line, first, place.sentences) else { continue };
                let Some(sentence) = block.held.layout.sentences.get(sources[0] as usize) else {
                    continue;
                };
                let before = &block.held.text[..sentence.start as usize];
                let at = first_char + before.chars().count() as u64;
                let section = record.sections.partition_point(|section| section.start <= at);
                let start = section.checked_sub(1).map_or(0, |at| record.sections[at].start);
                let sources = sources.iter().map(|sentence| (ordinal as u32, *sentence)).collect();
                let said = Said { text: line.text.clone(), sources };
                sections.entry(start).or_default().push(said);
                any = true;
            }
            told += usize::from(any);
        }
        first_char += u64::from(place.chars);
    }
    Ok((sections, told))
}

/// Joins lines until there are at most `most`.
fn reduce(pass: &mut Pass, record: &DocumentRecord, lines: Vec<Said>, most: usize) -> Joined {
    let mut lines = lines;
    while lines.len() > most {
        let mut above = Vec::new();
        for group in lines.chunks(CHILDREN) {
            match join(pass, record, group)? {
                ControlFlow::Break(why) => return Ok(ControlFlow::Break(why)),
                ControlFlow::Continue(joined) => above.extend(joined),
            }
        }
        lines = above;
    }
    Ok(ControlFlow::Continue(lines))
}

/// At most three lines for a group of lines; a group of three or fewer stays.
fn join(pass: &mut Pass, record: &DocumentRecord, group: &[Said]) -> Joined {
    if group.len() <= SECTION.lines {
        return Ok(ControlFlow::Continue(group.to_vec()));
    }
    let shown: Vec<String> = group.iter().map(|said| said.text.clone()).collect();
    let of = pass.author.content("group", &shown.join("\n"));
    let place = Place { of, first: GROUP };
    pass.places.insert(place);
    let kept = pass.store.notes_of(&record.name, of)?;
    let known = kept.first().and_then(|(_, note)| Lines::decode(&note.lines));
    if let Some(lines) = known {
        let mut joined = Vec::new();
        for line in &lines.lines {
            let named: Vec<usize> = line.sources.iter().map(|at| *at as usize).collect();
            if named.iter().all(|at| *at < group.len()) {
                joined.extend(supported(pass, record, group, &named, &line.text)?.map(first_of));
            }
        }
        return Ok(ControlFlow::Continue(or_first(joined, group)));
    }
    // What does not fit the context is not joined, but shortened.
    if pass.writer.holds(&shown, SECTION) < shown.len() {
        return Ok(ControlFlow::Continue(or_first(Vec::new(), group)));
    }
    if !pass.writer.affords(&shown, &[SECTION]) {
        return Ok(ControlFlow::Break(DigestEnd::BudgetEnded));
    }
    let written = pass.writer.write(&shown, SECTION)?;
    if let ControlFlow::Break(why) = pass.tell() {
        return Ok(ControlFlow::Break(why));
    }
    let (mut joined, mut lines) = (Vec::new(), Vec::new());
    let mut known: Vec<BTreeSet<String>> = Vec::new();
    for (named, text) in written {
        let backed = supported(pass, record, group, &named, &text)?
            .filter(|(_, backed)| !known.iter().any(|other| backed.said.is_subset(other)));
        let Some((said, backed)) = backed else {
            pass.done.lines_dropped += 1;
            continue;
        };
        let sources = named.iter().map(|at| *at as u32).collect();
        lines.push(Line { kind: Kind::Summary, text, sources });
        joined.push(said);
        known.push(backed.said);
    }
    pass.done.lines_kept += lines.len();
    pass.done.summaries_written += 1;
    let lines = Lines { back: 0, lines }.encode();
    let note = Note { content: of, author: pass.author.name.clone(), lines };
    pass.store.put_note(&record.name, place, &note, &[])?;
    Ok(ControlFlow::Continue(or_first(joined, group)))
}

fn first_of((said, _): (Said, Backed)) -> Said {
    said
}

/// `joined`, or where nothing came through the gate the lines at the beginning, in the middle and at the end
/// of the group.
fn or_first(joined: Vec<Said>, group: &[Said]) -> Vec<Said> {
    if !joined.is_empty() {
        return joined;
    }
    [0, group.len() / 2, group.len() - 1].into_iter().map(|at| group[at].clone()).collect()
}

/// The line `text` with the sentences of the text that support it, among those that the lines `named` of
/// `group` are tied to; `None` if they do not.
fn supported(
    pass: &Pass,
    record: &DocumentRecord,
    group: &[Said],
    named: &[usize],
    text: &str,
) -> Result<Option<(Said, Backed)>> {
    let mut places: Vec<(u32, u32)> =
        named.iter().flat_map(|at| group[*at].sources.iter().copied()).collect();
    places.sort_unstable();
    places.dedup();
    let mut texts = Vec::with_capacity(places.len());
    let mut open: Option<(u32, Block)> = None;
    for (block, at) in &places {
        if open.as_ref().is_none_or(|(held, _)| held != block) {
            open = Some((*block, windows::open(&*pass.store, record, *block)?));
        }
        let range = *at as usize..*at as usize + 1;
        texts.push(
            open.as_ref()
                .map_or_else(String::new, |(_, block)| one_line(block.held.sentences(range))),
        );
    }
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let backed = pass.gate.backed(text, &texts).filter(|b| b.sources.len() <= MOST_SOURCES);
    Ok(backed.map(|backed| {
        let sources = backed.sources.iter().map(|at| places[*at]).collect();
        (Said { text: text.to_owned(), sources }, backed)
    }))
}
