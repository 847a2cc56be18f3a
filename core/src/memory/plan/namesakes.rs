//! Those who share a family name: whether a sentence speaks of one of them, and not of who is asked about.

use crate::memory::answer::spans;
use crate::memory::index::names;

/// Whether a sentence speaks of somebody else of the same family: the last word of `name` stands in
/// it, but only behind other first names.
pub fn is_of_another(text: &str, name: &str) -> bool {
    let bare = names::without_titles(name);
    let Some((first, last)) = bare.rsplit_once(' ').filter(|(_, last)| text.contains(last)) else {
        return false;
    };
    let mut found = Vec::new();
    names::names(text, &mut found);
    let mut others = found
        .iter()
        .map(|found| names::without_titles(&text[spans::without_day(text, found.start..found.end)]))
        .filter(|found| found.rsplit(' ').next() == Some(last))
        .peekable();
    others.peek().is_some()
        && others
            .all(|found| found.contains(' ') && !first.split(' ').any(|word| found.contains(word)))
}
