//! Where a line of a paper says the words that are asked for: in itself, in what stands above it, or in what its paragraph
//! said before and it goes on with.
//!
//! ```text
//! "How heavy is the lathe?"      "It weighs 1.2 t."       heavy by its unit, the lathe one sentence before
//! "Who opens the boathouse?"     "Opens: Ada Brook"       opens in the line, the boathouse in a heading above it
//! ```
//! What that is worth for an answer is told in `fit`.

use super::kind::Kind;
use super::page::Line;
use super::query::{self, Query, Wanted};
use super::{chinese, compound, pronouns};
use crate::memory::index::patterns::Pattern;
use crate::memory::plan::reader::Reader;

/// Worth of another form of a word, and of another word of the same meaning.
const OTHER_FORM: f32 = 0.97;
pub const SIMILAR: f32 = 0.85;

/// Where a line says a word that is asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Said {
    /// In the line, and what that is worth.
    Own(f32),
    Above,
    /// So many sentences before, in the same paragraph, which the line goes on with.
    Before(usize),
    Title,
    /// Further before in the same paragraph.
    Far,
    Not,
}

/// Whether words hold a pattern.
pub fn holds(pattern: &Pattern, words: &[String], reader: &Reader) -> bool {
    pattern.occurs_in(words, reader.stems)
}

/// Where a line says each word of a question.
pub fn said(query: &Query, line: &Line, reader: &Reader) -> Vec<Said> {
    let titled = line.title.iter().any(|word| query::names_a_paper(word));
    let elsewhere = |wanted: &Wanted| {
        let says = |words: &[String]| says(wanted, words, reader);
        // A row of a timetable is of whatever leaves by it.
        let of_row = line.row.is_some() && query::is_vehicle(&wanted.strict.text);
        if says(&line.above) || says(&line.speaker) || of_row && query.kind == Kind::Date {
            return Said::Above;
        }
        // "The lathe was a gift. It weighs a ton": a line speaks of what the one before does, and no other.
        let mut near = line.before.iter().take(pronouns::reach(line) + 1);
        if let Some(distance) = near.position(|words| says(words)) {
            return Said::Before(distance);
        }
        // Every word of a title stands above everything: another word of its meaning would always be said.
        let is_title = match wanted.stretches.is_empty() {
            true if wanted.is_job => holds(&wanted.any, &line.title, reader),
            true => holds(&wanted.strict, &line.title, reader),
            false => says(&line.title),
        };
        if is_title || wanted.is_paper && titled {
            return Said::Title;
        }
        if line.before.iter().any(|words| says(words)) { Said::Far } else { Said::Not }
    };
    let measured = query.wanted.iter().position(|wanted| wanted.measures);
    let mut own: Vec<Option<f32>> = match query.is_chinese() {
        true => {
            query.wanted.iter().map(|wanted| chinese::worth(wanted, &line.words, SIMILAR)).collect()
        }
        false => said_in(query, &line.words, reader),
    };
    // "5.4 kg" says how heavy it is: only lines with such a unit are asked.
    if let Some(own) = measured.and_then(|at| own.get_mut(at)) {
        own.get_or_insert(SIMILAR);
    }
    own.into_iter()
        .zip(&query.wanted)
        .map(|(own, wanted)| own.map_or_else(|| elsewhere(wanted), Said::Own))
        .collect()
}

/// Whether words say what is wanted, in any way.
pub fn says(wanted: &Wanted, words: &[String], reader: &Reader) -> bool {
    match wanted.stretches.as_slice() {
        [] => holds(&wanted.any, words, reader),
        stretches => chinese::says(stretches, words),
    }
}

/// What each word asked for is worth by a word of `words` that says it, each for one of them.
pub fn said_in(query: &Query, words: &[String], reader: &Reader) -> Vec<Option<f32>> {
    let mut free = vec![true; words.len()];
    let mut out = vec![None; query.wanted.len()];
    // What has to be said takes its words before what need not.
    let heavy_first = [false, true].map(|light| {
        let own = move |(at, wanted): (usize, &Wanted)| (wanted.light == light).then_some(at);
        query.wanted.iter().enumerate().filter_map(own)
    });
    let order: Vec<usize> = heavy_first.into_iter().flatten().collect();
    for worth in [1.0, OTHER_FORM, SIMILAR] {
        for at in &order {
            let (wanted, out) = (&query.wanted[*at], &mut out[*at]);
            let is_said = |word: &String| {
                if worth == 1.0 {
                    return *word == wanted.strict.text;
                }
                let pattern = if worth == OTHER_FORM { &wanted.strict } else { &wanted.any };
                holds(pattern, std::slice::from_ref(word), reader)
                    || worth == SIMILAR && compound::is_of(word, &wanted.strict.text)
            };
            let says = |at: &usize| free[*at] && is_said(&words[*at]);
            if out.is_none()
                && let Some(at) = (0..words.len()).find(says)
            {
                free[at] = false;
                *out = Some(worth);
            }
        }
    }
    out
}

/// Whether a line says one of two words that the question has side by side, and the other only stands before it or
/// in the title: "frozen plums" of a pastry that may be frozen.
pub fn parts(query: &Query, said: &[Said]) -> bool {
    let heavy: Vec<(usize, Said)> = query
        .wanted
        .iter()
        .zip(said)
        .filter(|(wanted, _)| !wanted.light && wanted.stretches.is_empty())
        .map(|(wanted, said)| (wanted.at, *said))
        .collect();
    heavy.windows(2).any(|two| {
        two[1].0 == two[0].0 + 1
            && matches!((two[0].1, two[1].1), (Said::Own(_), Said::Title | Said::Before(_)))
    })
}

/// Whether lines say, with what stands above them, all that is asked. Whom a pronoun stands for the other plans know.
pub fn cover(query: &Query, lines: &[&Line], reader: &Reader) -> bool {
    let mut heavy = query.wanted.iter().enumerate().filter(|(_, wanted)| !wanted.light);
    // Who asks says nothing.
    let lines: Vec<&&Line> = lines.iter().filter(|line| !line.text.ends_with('?')).collect();
    let all: Vec<Vec<Said>> = lines.iter().map(|line| said(query, line, reader)).collect();
    let is_own = |said: &[Said]| {
        said.iter()
            .zip(&query.wanted)
            .any(|(said, wanted)| !wanted.light && matches!(said, Said::Own(_)))
    };
    heavy.all(|(at, wanted)| {
        all.iter().zip(&lines).any(|(said, line)| match said[at] {
            Said::Not => false,
            Said::Far => wanted.is_name,
            Said::Before(_) => is_own(said) || pronouns::may_stand_for(line, wanted),
            _ => true,
        })
    })
}
