//! When something was that a text dates by the clock, or by an event that another sentence dates.

use crate::error::Result;
use crate::memory::index::corpus::SentenceId;
use crate::memory::index::patterns::Pattern;
use crate::memory::index::search;
use crate::memory::plan::language::clock::{self, Time};
use crate::memory::plan::language::entry::without_stamp;
use crate::memory::plan::reader::Reader;

/// Sentences about an event that are read, and how long they are at most, in words.
const MENTIONS: usize = 64;
/// Sentences about an event that are read if none has a word of the clock: hours may be written in digits.
const FEW: usize = 8;
/// Words of the clock.
const CLOCK: &str = "o'clock noon midday midnight half quarter past minutes hour hours am pm a.m p.m one two three \
    four five six seven eight nine ten eleven twelve";
const LONGEST: u32 = 60;

/// The time that a text names, in minutes of half a day, with the sentences that were needed to tell.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub fn resolved(reader: &Reader, text: &str) -> Result<(Option<i32>, Vec<SentenceId>)> {
    // The hour of an entry counts only if what it says names none.
    let own = clock::times(without_stamp(text));
    for time in if own.is_empty() { clock::times(text) } else { own } {
        match time {
            Time::At(minutes) => return Ok((Some(minutes), Vec::new())),
            Time::Relative(minutes, event) => {
                if let Some((at, id)) = hour_of(reader, &event)? {
                    return Ok((Some((at + minutes).rem_euclid(720)), vec![id]));
                }
            }
        }
    }
    Ok((None, Vec::new()))
}

/// Any word of the clock.
pub(in crate::memory::plan) fn clock_pattern() -> Pattern {
    Pattern::one_of("clock", CLOCK.split_whitespace().map(str::to_owned))
}

/// Any word or number without one of which no sentence tells the time `minutes`, of half a day: the hour or the next
/// one, or a unit of what is counted from another time.
pub(in crate::memory::plan) fn hour_pattern(minutes: i32) -> Pattern {
    const UNITS: &str = "hour hours minute minutes noon midday midnight";
    const SPOKEN: &str = "twelve one two three four five six seven eight nine ten eleven twelve thirteen fourteen \
        fifteen sixteen seventeen eighteen nineteen twenty";
    let hour = minutes / 60;
    let numbers = [hour, hour + 1, hour + 12, hour + 13];
    let spoken =
        numbers.into_iter().filter_map(|number| SPOKEN.split_whitespace().nth(number as usize));
    let digits = [hour, hour + 12].into_iter().flat_map(|hour| {
        let minutes = minutes % 60;
        [format!("{hour}:{minutes:02}"), format!("{hour:02}:{minutes:02}")]
    });
    // "24 o'clock" is twelve.
    let written = numbers.into_iter().chain([hour + 24]).map(|hour| hour.to_string());
    let words = UNITS.split_whitespace().chain(spoken).map(str::to_owned);
    Pattern::one_of("hour", words.chain(written).chain(digits))
}

/// When an event was, by the shortest sentence that tells: long ones name the hour of something else.
fn hour_of(reader: &Reader, event: &str) -> Result<Option<(i32, SentenceId)>> {
    let clock = clock_pattern();
    let mut words: Vec<&str> = event.split(' ').collect();
    // The event's name may be shorter than what follows "after".
    while !words.is_empty() {
        let Some(pattern) = Pattern::phrase(&words.join(" ")) else { break };
        let named = mentions(reader, std::slice::from_ref(&pattern), &[])?;
        let mut dated = mentions(reader, &[pattern], std::slice::from_ref(&clock))?;
        if dated.is_empty() {
            dated = named.iter().copied().take(FEW).collect();
        }
        for (_, id) in dated {
            for read in reader.read(&[id])? {
                let at = clock::times(&read.text).into_iter().find_map(|time| match time {
                    Time::At(minutes) => Some(minutes),
                    Time::Relative(..) => None,
                });
                if let Some(at) = at {
                    return Ok(Some((at, id)));
                }
            }
        }
        if named.len() > 1 {
            break;
        }
        words.pop();
    }
    Ok(None)
}

/// The sentences that hold `all` and one of `any`, with their words, the shortest first.
fn mentions(reader: &Reader, all: &[Pattern], any: &[Pattern]) -> Result<Vec<(u32, SentenceId)>> {
    let mut found = Vec::new();
    search::sentences_with(reader.corpus, all, any, reader.stems, |id, words| {
        if words <= LONGEST {
            found.push((words, id));
        }
        found.len() < MENTIONS
    })?;
    found.sort_unstable();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::hour_pattern;
    use crate::memory::index::stems::Stems;
    use crate::memory::plan::language::clock::{Time, times};
    use crate::memory::segment::words;

    #[test]
    fn no_sentence_tells_an_hour_without_a_word_of_its_pattern() {
        for text in [
            "She came at half past seven.",
            "She came at 7:30.",
            "She came at 07:30.",
            "She came at 19:30.",
            "She came at thirty minutes past 7.",
            "She came 30 after 7.",
            "She came half an hour before eight o'clock.",
            "She came two hours after half past five.",
        ] {
            assert_eq!(times(text), [Time::At(450)], "{text}");
            let words: Vec<String> = words::folded_words(text).collect();
            assert!(hour_pattern(450).occurs_in(&words, &Stems::default()), "{text}");
        }
        for text in ["She came at noon.", "She came at twelve.", "She came at 12 pm."] {
            assert_eq!(times(text), [Time::At(0)], "{text}");
            let words: Vec<String> = words::folded_words(text).collect();
            assert!(hour_pattern(0).occurs_in(&words, &Stems::default()), "{text}");
        }
        for text in ["She came in the night.", "She had two sisters, one of them older."] {
            let words: Vec<String> = words::folded_words(text).collect();
            assert!(!hour_pattern(450).occurs_in(&words, &Stems::default()), "{text}");
        }
    }
}
