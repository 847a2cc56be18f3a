//! What the units of one block, its sentences or its passages, score in a search.
//!
//! Sums up pattern by pattern in a table of all units of the block, so the occurrences need not be sorted by
//! unit. Where an occurrence is, by its word or by its sentence, and the weights of patterns and units are the search's.

/// The scores of the units of one kind and the patterns found in them, by unit.
#[derive(Default)]
pub struct Tally {
    units: Vec<(f32, u64)>,
    /// The units in which something was found.
    found: Vec<usize>,
}

impl Tally {
    /// Forgets the block before.
    pub fn clear(&mut self) {
        for unit in self.found.drain(..) {
            self.units[unit] = (0.0, 0);
        }
    }

    /// Adds the occurrences `list` of `pattern`, in order. `unit_of` answers the unit that holds a place, which is none
    /// before the unit given, and one past the unit's last place; `score` what some occurrences in the unit are worth.
    pub fn add(
        &mut self,
        n_units: usize,
        pattern: usize,
        list: &[u32],
        unit_of: impl Fn(u32, usize) -> (usize, u32),
        score: impl Fn(usize, usize) -> f32,
    ) {
        if self.units.len() < n_units {
            self.units.resize(n_units, (0.0, 0));
        }
        let (mut rest, mut from) = (list, 0);
        while let Some(place) = rest.first() {
            let (unit, end) = unit_of(*place, from);
            let tf = rest.iter().take_while(|place| **place < end).count().max(1);
            let (sum, found) = &mut self.units[unit];
            if *found == 0 {
                self.found.push(unit);
            }
            *sum += score(tf, unit);
            *found |= 1 << pattern;
            (rest, from) = (&rest[tf..], unit);
        }
    }

    /// The units in which something was found, each with its score and what was found.
    pub fn scored(&self) -> impl Iterator<Item = (usize, f32, u64)> {
        let scored = |unit: &usize| (*unit, self.units[*unit].0, self.units[*unit].1);
        self.found.iter().map(scored)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn occurrences_are_counted_by_unit() {
        // Units of ten words each.
        let unit_of = |word: u32, _| ((word / 10) as usize, word / 10 * 10 + 10);
        let mut tally = Tally::default();
        tally.add(5, 0, &[3, 4, 31], unit_of, |tf, unit| (tf + unit) as f32);
        tally.add(5, 2, &[9, 48], unit_of, |tf, _| tf as f32);
        let scored: Vec<_> = tally.scored().collect();
        assert_eq!(scored, [(0, 3.0, 0b101), (3, 4.0, 0b001), (4, 1.0, 0b100)]);
        tally.clear();
        assert_eq!(tally.scored().count(), 0);
        tally.add(4, 1, &[35], unit_of, |tf, _| tf as f32);
        assert_eq!(tally.scored().collect::<Vec<_>>(), [(3, 1.0, 0b010)]);
    }
}
