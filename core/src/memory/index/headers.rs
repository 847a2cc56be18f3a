//! Headers of passages: what a passage takes for granted because the text before it said so.
//!
//! Stored per passage, all numbers LEB128: the date in force (start in the block, length; 0 0 for
//! none), the speaker in force (ordinal of its name in the ledger plus one), the number of names
//! mentioned last before the passage (at most three) and their ordinals, the latest first. A date is in force from
//! where a heading, a line or a paragraph opens with it; a speaker from a line that opens with its name
//! and a colon, or from a quotation that says whose it is, to the end of the next paragraph.
//! Blocks are derived from their text alone, so nothing is in force at the start of a block. Title and
//! sections come from the document when a header is read.

use std::ops::Range;

use super::corpus::{Corpus, SentenceId};
use super::ledger::block_names;
use super::ledger::record::{BlockNames, key_of};
use crate::error::Result;
use crate::memory::segment::layout::Layout;
use crate::memory::segment::words;
use crate::memory::store::Part;
use crate::memory::store::varint::{Reader, put};

/// Names that a header repeats.
const LAST_NAMES: usize = 3;
/// Bytes at the start of a line in which a date opens it.
const OPENING: usize = 64;
/// Longest name before the colon that gives someone the word, in words.
const SPEAKER_WORDS: usize = 4;

const MONTHS: [&str; 23] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "jan",
    "feb",
    "mar",
    "apr",
    "jun",
    "jul",
    "aug",
    "sep",
    "sept",
    "oct",
    "nov",
];
const SPEECH: [&str; 24] = [
    "said",
    "says",
    "asked",
    "replied",
    "answered",
    "cried",
    "remarked",
    "added",
    "whispered",
    "shouted",
    "explained",
    "continued",
    "observed",
    "exclaimed",
    "told",
    "wrote",
    "murmured",
    "muttered",
    "returned",
    "called",
    "repeated",
    "declared",
    "insisted",
    "responded",
];

/// What stands over a passage.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Header {
    /// Title of the document, or its name where it has none.
    pub title: String,
    /// Titles of the sections around it, outermost first.
    pub sections: Vec<String>,
    /// The date in force, as the text has it.
    pub date: Option<String>,
    /// Who has the word.
    pub speaker: Option<String>,
    /// Names mentioned last before it, the latest first.
    pub names: Vec<String>,
}

/// The header of the passage that holds sentence `id`.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub fn header(corpus: &Corpus, id: SentenceId) -> Result<Header> {
    let damaged = || corpus.damaged(id.block, "the headers are damaged");
    let block = corpus.block(id.block)?;
    let passage = block.layout.passage_of(id.sentence as usize);
    let bytes = corpus.part(id.block, Part::Headers)?;
    let stored = decode(&bytes, passage).ok_or_else(damaged)?;
    let names = block_names(corpus, id.block)?;
    let spelling = |at: &u32| names.entries.get(*at as usize).map(|entry| entry.spelling.clone());
    let date = match stored.date {
        Some(range) => Some(block.text.get(range).ok_or_else(damaged)?.to_owned()),
        None => None,
    };
    let first = block.layout.sentences[block.layout.passage(passage).start].start as usize;
    let place = corpus.blocks[id.block as usize];
    let document = &corpus.documents[place.document];
    let at = corpus.char_offset(id.block, first)?;
    Ok(Header {
        title: document.shown_title().to_owned(),
        sections: document.section_path(at).into_iter().map(str::to_owned).collect(),
        date,
        speaker: stored.speaker.as_ref().and_then(spelling),
        names: stored.names.iter().filter_map(spelling).collect(),
    })
}

/// What is in force at one place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct InForce {
    date: Option<Range<usize>>,
    speaker: Option<u32>,
    names: Vec<u32>,
}

/// The stored headers of a block.
pub fn build(text: &str, layout: &Layout, names: &BlockNames) -> Vec<u8> {
    let mut out = Vec::new();
    let mentions = names.by_sentence();
    let (mut state, mut mention, mut next_passage) = (InForce::default(), 0, 0);
    let mut paragraphs_since = 0;
    for (ordinal, sentence) in layout.sentences.iter().enumerate() {
        if layout.passages.get(next_passage).is_some_and(|first| *first as usize == ordinal) {
            encode(&state, &mut out);
            next_passage += 1;
        }
        let range = sentence.start as usize..sentence.end as usize;
        let body = &text[range.clone()];
        if sentence.opens_paragraph {
            paragraphs_since += 1;
            if paragraphs_since > 1 {
                state.speaker = None;
            }
        }
        let opens_line =
            sentence.opens_paragraph || text[..range.start].ends_with('\n') || sentence.heading;
        if opens_line {
            if let Some(date) = opening_date(body) {
                state.date = Some(range.start + date.start..range.start + date.end);
            }
            if let Some(speaker) = opening_speaker(body, names) {
                state.speaker = Some(speaker);
                paragraphs_since = 0;
            }
        }
        while let Some((_, entry)) = mentions.get(mention).filter(|(s, _)| *s as usize == ordinal) {
            mention += 1;
            if names.entries[*entry as usize].certain > 0 {
                state.names.retain(|known| known != entry);
                state.names.insert(0, *entry);
                state.names.truncate(LAST_NAMES);
                if says(body, &names.entries[*entry as usize].spelling) {
                    state.speaker = Some(*entry);
                    paragraphs_since = 0;
                }
            }
        }
    }
    out
}

fn encode(state: &InForce, out: &mut Vec<u8>) {
    let date = state.date.clone().unwrap_or(0..0);
    put(out, date.start as u64);
    put(out, (date.end - date.start) as u64);
    put(out, state.speaker.map_or(0, |entry| u64::from(entry) + 1));
    put(out, state.names.len() as u64);
    state.names.iter().for_each(|name| put(out, u64::from(*name)));
}

fn decode(bytes: &[u8], passage: usize) -> Option<InForce> {
    let mut reader = Reader::new(bytes);
    let mut state = InForce::default();
    for _ in 0..=passage {
        let start = usize::try_from(reader.number()?).ok()?;
        let length = reader.count(OPENING + 1)?;
        state.date = (length > 0).then_some(start..start.checked_add(length)?);
        state.speaker = reader.number()?.checked_sub(1).and_then(|entry| u32::try_from(entry).ok());
        let count = reader.count(LAST_NAMES)?;
        state.names.clear();
        for _ in 0..count {
            state.names.push(u32::try_from(reader.number()?).ok()?);
        }
    }
    Some(state)
}

/// The date with which a line opens, as a range of it: "3 May 1889", "May 3rd, 1889", "1889-05-03",
/// "Monday, 3 May", "1889年5月3日".
pub fn opening_date(line: &str) -> Option<Range<usize>> {
    let mut limit = line.len().min(OPENING);
    while !line.is_char_boundary(limit) {
        limit -= 1;
    }
    let opening = &line[..limit];
    if !opening.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    if let Some(range) = iso_date(opening).or_else(|| chinese_date(opening)) {
        return Some(range);
    }
    let list: Vec<(Range<usize>, String)> = words::words(opening)
        .take(10)
        .map(|word| (word.start..word.end, words::folded(&opening[word.start..word.end])))
        .collect();
    let month = list.iter().position(|(_, word)| MONTHS.contains(&word.as_str()))?;
    let number = |at: usize| list.get(at).is_some_and(|(_, word)| is_day_or_year(word));
    let first = if month > 0 && number(month - 1) { month - 1 } else { month };
    let mut last = month;
    while number(last + 1) && last < month + 2 {
        last += 1;
    }
    (first < last).then(|| list[first].0.start..list[last].0.end)
}

fn is_day_or_year(word: &str) -> bool {
    let digits = word.trim_end_matches(|c: char| c.is_ascii_lowercase());
    let suffix = &word[digits.len()..];
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    plain && digits.len() <= 4 && ["", "st", "nd", "rd", "th"].contains(&suffix)
}

fn iso_date(opening: &str) -> Option<Range<usize>> {
    let bytes = opening.as_bytes();
    let is_date = |window: &[u8]| {
        window.iter().enumerate().all(|(at, byte)| match at {
            4 | 7 => matches!(byte, b'-' | b'/' | b'.'),
            _ => byte.is_ascii_digit(),
        })
    };
    let start = bytes.windows(10).position(is_date)?;
    Some(start..start + 10)
}

fn chinese_date(opening: &str) -> Option<Range<usize>> {
    let month = opening.find('月')?;
    let digits =
        |text: &str| text.len() - text.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let length = digits(&opening[..month]);
    let mut start = month - length;
    if let Some(before) = opening[..start].strip_suffix('年') {
        start = before.len() - digits(before);
    }
    let behind = &opening[month + '月'.len_utf8()..];
    let day = behind.len() - behind.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let mark = behind[day..].chars().next().filter(|c| matches!(c, '日' | '号'));
    let end = month + '月'.len_utf8() + mark.map_or(0, |mark| day + mark.len_utf8());
    (length > 0).then_some(start..end)
}

/// The entry of the name that a line gives the word to: "Ann Lee: ..." or "李明：……".
fn opening_speaker(line: &str, names: &BlockNames) -> Option<u32> {
    let colon = line.find([':', '：']).filter(|colon| *colon <= OPENING)?;
    let name = line[..colon].trim();
    let n_words = words::words(name).filter(|word| !word.ideograph).count();
    if name.is_empty() || n_words > SPEAKER_WORDS {
        return None;
    }
    let key = key_of(name);
    names.entries.binary_search_by(|entry| entry.key.cmp(&key)).ok().map(|at| at as u32)
}

/// Whether a sentence with a quotation says that the words are `name`'s.
fn says(sentence: &str, name: &str) -> bool {
    if !sentence.contains(['"', '“', '”', '「']) {
        return false;
    }
    let Some(at) = sentence.find(name) else {
        return false;
    };
    let before = sentence[..at].split_whitespace().next_back().unwrap_or("");
    let behind = sentence[at + name.len()..].split_whitespace().next().unwrap_or("");
    let is_speech = |word: &str| SPEECH.contains(&word.trim_matches([',', '.', ':']));
    let chinese =
        ["说", "道", "问"].iter().any(|verb| sentence[at + name.len()..].starts_with(verb));
    is_speech(before) || is_speech(behind) || chinese
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::{Library, Source};

    #[test]
    fn dates_open_lines() {
        let date = |line: &'static str| opening_date(line).map(|range| &line[range]);
        assert_eq!(date("3 May. Bistritz. Left Munich"), Some("3 May"));
        assert_eq!(date("Longbourn, October 15th, 1811"), Some("October 15th, 1811"));
        assert_eq!(date("[2024-03-05 10:00] started"), Some("2024-03-05"));
        assert_eq!(date("1889年5月3日，晴"), Some("1889年5月3日"));
        assert_eq!(date("They may meet 3 others"), None);
        assert_eq!(date("In March 1889 he left"), Some("March 1889"));
        assert_eq!(date("no date"), None);
    }

    #[test]
    fn a_passage_knows_its_date_speaker_and_last_names() {
        let filler =
            "The rain fell on the roof and nobody spoke of it for a long while. ".repeat(14);
        let text = format!(
            "# Diary\n\n4 May 1889. Then we met Ann Lee and Bo Marsh in Rome.\n\n{filler}\n\n\
             Ann Lee: I will not go.\n\n{filler}\n\nThe end of it."
        );
        let mut library = Library::in_memory();
        library.open_document(&Source::text("diary.md", text)).unwrap();
        let corpus = library.corpus(&[]).unwrap();
        let last = corpus.blocks[0].block.sentences - 1;
        let header = header(&corpus, SentenceId { block: 0, sentence: last }).unwrap();
        assert_eq!(header.sections, ["Diary"]);
        assert_eq!(header.title, "diary.md");
        assert_eq!(header.date.as_deref(), Some("4 May 1889"));
        assert_eq!(header.names, ["Ann Lee", "Rome", "Bo Marsh"]);
        let spoken = corpus.layout(0).unwrap().passages[2];
        let spoken = super::header(&corpus, SentenceId { block: 0, sentence: spoken }).unwrap();
        assert_eq!(spoken.speaker.as_deref(), Some("Ann Lee"), "{spoken:?}");
    }
}
