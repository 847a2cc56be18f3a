//! Stop strings: text is held back as long as it may be the beginning of one.

/// Lets text through up to the first stop string.
#[derive(Debug)]
pub(super) struct StopFilter {
    stops: Vec<String>,
    held: String,
}

impl StopFilter {
    /// A filter for stop strings, none of them empty.
    pub(super) fn new(stops: Vec<String>) -> Self {
        Self { stops, held: String::new() }
    }

    /// The text that can be shown now, and the stop string that was found. Of several, the one
    /// that begins first counts; of those that begin together, the longest.
    pub(super) fn push(&mut self, text: &str) -> (String, Option<String>) {
        self.held.push_str(text);
        let found = self
            .stops
            .iter()
            .filter_map(|stop| Some((self.held.find(stop.as_str())?, stop)))
            .min_by_key(|(place, stop)| (*place, std::cmp::Reverse(stop.len())));
        if let Some((place, stop)) = found {
            let stop = stop.clone();
            let mut shown = std::mem::take(&mut self.held);
            shown.truncate(place);
            return (shown, Some(stop));
        }
        let n_held = self.stops.iter().map(|stop| self.overlap(stop)).max().unwrap_or(0);
        let rest = self.held.split_off(self.held.len() - n_held);
        (std::mem::replace(&mut self.held, rest), None)
    }

    /// What was held back, when nothing follows.
    pub(super) fn finish(&mut self) -> String {
        std::mem::take(&mut self.held)
    }

    /// Bytes at the end of the held text that begin `stop`.
    fn overlap(&self, stop: &str) -> usize {
        let is_beginning =
            |n: &usize| stop.is_char_boundary(*n) && self.held.ends_with(&stop[..*n]);
        (1..stop.len()).rev().find(is_beginning).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(stops: &[&str], pieces: &[&str]) -> (Vec<String>, Option<String>) {
        let mut filter = StopFilter::new(stops.iter().map(|stop| (*stop).to_owned()).collect());
        let mut shown = Vec::new();
        for piece in pieces {
            let (text, found) = filter.push(piece);
            shown.push(text);
            if found.is_some() {
                return (shown, found);
            }
        }
        shown.push(filter.finish());
        (shown, None)
    }

    #[test]
    fn beginnings_are_held_back_until_they_are_decided() {
        let (shown, found) = run(&["END"], &["a E", "N", "x EN", "D more"]);
        assert_eq!(shown, ["a ", "", "ENx ", ""]);
        assert_eq!(found.as_deref(), Some("END"));
        let (shown, found) = run(&["END"], &["a EN"]);
        assert_eq!(shown, ["a ", "EN"]);
        assert_eq!(found, None);
    }

    #[test]
    fn overlapping_stops_and_characters_of_many_bytes() {
        assert_eq!(run(&["abab", "bx"], &["aab", "abx"]).1.as_deref(), Some("abab"));
        assert_eq!(run(&["abc", "b"], &["xab"]), (vec!["xa".into()], Some("b".into())));
        assert_eq!(run(&["“x”", "é!"], &["é", "“", "x", "”"]).0.concat(), "é");
        assert_eq!(run(&["ab", "abc"], &["abc"]).1.as_deref(), Some("abc"));
        assert_eq!(run(&[], &["anything"]).0.concat(), "anything");
    }

    /// However a text is cut up, the same is shown.
    #[test]
    fn cuts_make_no_difference() {
        let text = "aabaabaaabaabb–aab";
        for stop in ["aaab", "abb", "b–a", "zz", "aabb"] {
            let wanted = text.find(stop).map_or(text, |place| &text[..place]);
            let characters: Vec<String> = text.chars().map(String::from).collect();
            for length in 1..6 {
                let pieces: Vec<String> =
                    characters.chunks(length).map(|piece| piece.concat()).collect();
                let pieces: Vec<&str> = pieces.iter().map(String::as_str).collect();
                let (shown, found) = run(&[stop], &pieces);
                assert_eq!(shown.concat(), wanted, "{stop} in pieces of {length}");
                assert_eq!(found.is_some(), text.contains(stop));
            }
        }
    }
}
