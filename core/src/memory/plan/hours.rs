//! When something was that a text dates by the clock, or by an event that another sentence dates.

use super::clock::{self, Time};
use super::entry::without_stamp;
use super::reader::Reader;
use crate::error::Result;
use crate::memory::index::corpus::SentenceId;
use crate::memory::index::patterns::Pattern;

/// Sentences about an event that are read, and how long they are at most, in words.
const MENTIONS: usize = 64;
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
                let mut words: Vec<&str> = event.split(' ').collect();
                // The event's name may be shorter than what follows "after".
                while !words.is_empty() {
                    let Some(pattern) = Pattern::phrase(&words.join(" ")) else { break };
                    let ids = reader.last_mentions(&[pattern], &[], LONGEST, MENTIONS)?;
                    for read in reader.read(&ids)? {
                        let at = clock::times(&read.text).into_iter().find_map(|time| match time {
                            Time::At(minutes) => Some(minutes),
                            Time::Relative(..) => None,
                        });
                        if let Some(at) = at {
                            return Ok((Some((at + minutes).rem_euclid(720)), vec![read.id]));
                        }
                    }
                    words.pop();
                }
            }
        }
    }
    Ok((None, Vec::new()))
}
