//! Times of day as texts say them, on a clock of twelve hours.
//!
//! ```text
//! seven o'clock   half past nine   a quarter to six   7:30   9 pm   noon   midnight
//! half an hour after the bell      ten minutes before noon            (relative to an event or a time)
//! ```
//! A story seldom says whether seven is in the morning, so times are minutes of half a day.

use crate::memory::answer::spans::number_value;
use crate::memory::segment::words;

/// Minutes of half a day.
const HALF_DAY: i32 = 720;

/// Words before which the name of an event ends.
const EVENT_ENDS: &[&str] = &[
    "a", "an", "the", "and", "in", "at", "on", "when", "he", "she", "they", "was", "had", "there",
];

/// A time that a sentence names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Time {
    /// A time by the clock, in minutes.
    At(i32),
    /// So many minutes after (or, if negative, before) an event, in the folded words of the text.
    Relative(i32, String),
}

/// The times of `text`, in order.
pub fn times(text: &str) -> Vec<Time> {
    let list: Vec<String> = words::folded_words(text).collect();
    let word = |at: usize| list.get(at).map_or("", String::as_str);
    let mut out = Vec::new();
    let mut at = 0;
    while at < list.len() {
        if let Some((minutes, length)) = clock(&list[at..]) {
            out.push(Time::At(minutes));
            at += length;
            continue;
        }
        if let Some((minutes, length)) = duration(&list[at..])
            && let Some((sign, tie)) = match (word(at + length), word(at + length + 1)) {
                ("after" | "past" | "following" | "from", _) => Some((1, 1)),
                ("later", "than") | ("on", "from") => Some((1, 2)),
                ("before" | "preceding", _) => Some((-1, 1)),
                ("earlier", "than") | ("ahead" | "short", "of") | ("prior", "to") => Some((-1, 2)),
                _ => None,
            }
        {
            let rest = list.get(at + length + tie..).unwrap_or(&[]);
            if let Some((base, more)) = clock(rest) {
                out.push(Time::At((base + sign * minutes).rem_euclid(HALF_DAY)));
                at += length + tie + more;
                continue;
            }
            let event: Vec<&str> = rest
                .iter()
                .map(String::as_str)
                .skip_while(|word| ["the", "a", "an", "this", "that"].contains(word))
                .take_while(|word| !EVENT_ENDS.contains(word))
                .take(3)
                .collect();
            if !event.is_empty() {
                out.push(Time::Relative(sign * minutes, event.join(" ")));
            }
            at += length + tie;
            continue;
        }
        at += 1;
    }
    out
}

/// A length of time at the start of a list of words, in minutes, and how many words it is.
fn duration(list: &[String]) -> Option<(i32, usize)> {
    let word = |at: usize| list.get(at).map_or("", String::as_str);
    let hour = |at: usize| ["hour", "hours"].contains(&word(at));
    match (word(0), word(1)) {
        // "An hour and a half", "two and a half hours".
        ("an" | "one", "hour") if (word(2), word(3), word(4)) == ("and", "a", "half") => {
            return Some((90, 5));
        }
        (_, "and") if (word(2), word(3)) == ("a", "half") && hour(4) => {
            return Some((number_value(word(0))? as i32 * 60 + 30, 5));
        }
        ("half", "an") if hour(2) => return Some((30, 3)),
        ("quarter", "of") if word(2) == "an" && hour(3) => return Some((15, 4)),
        ("an" | "one", _) if hour(1) => return Some((60, 2)),
        _ => {}
    }
    let value = number_value(word(0))? as i32;
    if hour(1) {
        return Some((value * 60, 2));
    }
    ["minute", "minutes"].contains(&word(1)).then_some((value, 2))
}

/// A time by the clock at the start of a list of words, and how many words it is.
fn clock(list: &[String]) -> Option<(i32, usize)> {
    let word = |at: usize| list.get(at).map_or("", String::as_str);
    let hour = |at: usize| {
        let value = number_value(word(at))?;
        ((1.0..=24.0).contains(&value) && value.fract() == 0.0).then_some(value as i32 * 60)
    };
    let wrapped = |minutes: i32, length: usize| Some((minutes.rem_euclid(HALF_DAY), length));
    match (word(0), word(1)) {
        ("noon" | "midday" | "midnight", _) => return Some((0, 1)),
        ("half", "past") => return wrapped(hour(2)? + 30, 3),
        ("quarter", "past") => return wrapped(hour(2)? + 15, 3),
        ("quarter", "to") => return wrapped(hour(2)? - 15, 3),
        (_, "o'clock" | "am" | "pm") => return wrapped(hour(0)?, 2),
        _ => {}
    }
    // "Twenty past seven", "ten minutes to eight", "at eight".
    let spoken = number_value(word(0)).filter(|n| (1.0..60.0).contains(n) && n.fract() == 0.0);
    let unit = usize::from(["minutes", "minute"].contains(&word(1)));
    if let Some(minutes) = spoken {
        let behind = hour(2 + unit).filter(|_| !is_counted(word(3 + unit)));
        match (word(1 + unit), behind) {
            ("past" | "after", Some(base)) => return wrapped(base + minutes as i32, 3 + unit),
            ("to" | "before", Some(base)) => return wrapped(base - minutes as i32, 3 + unit),
            _ => {}
        }
    }
    let struck = ["at", "by", "about", "around", "towards", "struck", "until", "till", "near"];
    if struck.contains(&word(0)) && !is_counted(word(2)) {
        let bare = hour(1).filter(|_| word(1).bytes().all(|byte| byte.is_ascii_alphabetic()));
        if let Some(base) = bare.filter(|base| *base <= HALF_DAY) {
            let special = ["o'clock", "am", "pm", "past", "minutes", "hours", "hour", "to", "and"];
            if !special.contains(&word(2)) {
                return wrapped(base, 2);
            }
        }
    }
    let (hours, minutes) = word(0).split_once(':')?;
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.get(..2)?.parse().ok()?);
    (hours < 24 && minutes < 60).then_some(((hours * 60 + minutes).rem_euclid(HALF_DAY), 1))
}

/// Whether a word behind a number is something that is counted, or goes on with a number.
fn is_counted(word: &str) -> bool {
    let short =
        ["", "was", "his", "this", "as", "is", "has", "in", "on", "the", "and", "he", "she"];
    !short.contains(&word)
        && (word.ends_with('s')
            || ["men", "women", "people", "hundred", "thousand"].contains(&word))
}

/// How long before `end` a time is, on a clock of twelve hours.
pub fn before(time: i32, end: i32) -> i32 {
    (end - time).rem_euclid(HALF_DAY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_minutes_of_half_a_day() {
        let cases = [
            ("She came at seven o'clock.", vec![Time::At(420)]),
            ("It was half past nine.", vec![Time::At(570)]),
            ("at a quarter to six", vec![Time::At(345)]),
            ("At 19:30 it rang.", vec![Time::At(450)]),
            ("ten minutes before noon", vec![Time::At(710)]),
            ("half an hour after the tea bell", vec![Time::Relative(30, "tea bell".to_owned())]),
            ("two hours after one o'clock", vec![Time::At(180)]),
            ("an hour and a half after the gong", vec![Time::Relative(90, "gong".to_owned())]),
            ("one hour later than the gong", vec![Time::Relative(60, "gong".to_owned())]),
            ("twenty past seven", vec![Time::At(440)]),
            ("ten minutes to eight", vec![Time::At(470)]),
            ("She dined at eight in town.", vec![Time::At(480)]),
            ("She looked at two men.", vec![]),
            ("Half the men left.", vec![]),
            ("She paid seven pounds.", vec![]),
        ];
        for (text, wanted) in cases {
            assert_eq!(times(text), wanted, "{text}");
        }
        assert_eq!(before(700, 20), 40);
    }
}
