//! The clauses of a line of a paper, and which of several spans in it is meant: the one in the clause that says most of
//! what is asked.
//!
//! ```text
//! "The hall costs £40, the kitchen £12 and the yard nothing."     three clauses; of the kitchen £12
//! ```

use std::ops::Range;

/// The only one of `found` inside the clause that says more than every other one.
pub fn the_meant(
    told: Vec<(Vec<bool>, Range<usize>)>,
    found: &[Range<usize>],
) -> Option<Range<usize>> {
    let holds_all =
        |one: &[bool], other: &[bool]| one.iter().zip(other).all(|(one, other)| *one || !other);
    let is_meant = |at: &usize| {
        told.iter().enumerate().all(|(other, (said, _))| {
            other == *at || holds_all(&told[*at].0, said) && !holds_all(said, &told[*at].0)
        })
    };
    let meant = (0..told.len()).find(is_meant)?;
    let mut inside = found.iter().filter(|range| told[meant].1.contains(&range.start));
    inside.next().filter(|_| inside.next().is_none()).cloned()
}

/// The clauses of a line, told by its marks and by "and".
pub fn clauses(text: &str) -> Vec<Range<usize>> {
    let marks = text.match_indices([',', ';', ':']).map(|(at, _)| at);
    let marks = marks.filter(|at| text[at + 1..].starts_with(' '));
    let mut ends: Vec<usize> = marks.chain(text.match_indices(" and ").map(|(at, _)| at)).collect();
    ends.push(text.len());
    ends.sort_unstable();
    let mut start = 0;
    ends.into_iter().map(|end| std::mem::replace(&mut start, end)..end).collect()
}
