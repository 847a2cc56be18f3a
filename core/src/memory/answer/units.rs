//! Units: what a number beside them measures.
//!
//! ```text
//! word      "pounds", "kilogram", "minutes"      folded
//! sign      "kg", "dB", "kWh"                    as it is written
//! ```
//! "Second" is not among them: it mostly says which of several.

use Measure::{Area, Count, Level, Money, Power, Share, Space, Time, Volume, Weight};

/// What a unit measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Sums in a currency.
    Money,
    /// Lengths of time.
    Time,
    /// Length, height, width and distance.
    Space,
    /// Areas.
    Area,
    /// Capacities.
    Volume,
    /// Weights.
    Weight,
    /// Electrical values and sizes of memory.
    Power,
    /// Temperature, loudness, speed.
    Level,
    /// Parts of a hundred.
    Share,
    /// People and things.
    Count,
}

const WORDS: &[(Measure, &str)] = &[
    (
        Money,
        "pound pounds guinea guineas shilling shillings franc francs dollar dollars euro euros pence penny crown \
         crowns sovereign sovereigns cent cents rupee rupees yen yuan",
    ),
    (
        Time,
        "seconds minute minutes hour hours day days week weeks fortnight month months year years",
    ),
    (
        Space,
        "metre metres meter meters kilometre kilometres kilometer kilometers centimetre centimetres centimeter \
         centimeters millimetre millimetres millimeter millimeters mile miles foot feet inch inches yard yards \
         league leagues fathom fathoms",
    ),
    (Area, "acre acres hectare hectares"),
    (
        Volume,
        "litre litres liter liters millilitre millilitres pint pints gallon gallons cup cups teaspoon teaspoons \
         tablespoon tablespoons",
    ),
    (
        Weight,
        "gram grams gramme grammes kilogram kilograms kilo kilos ton tons tonne tonnes ounce ounces",
    ),
    (Power, "watt watts kilowatt kilowatts volt volts ampere amperes amps"),
    (Level, "degree degrees decibel decibels knots"),
    (Share, "percent"),
    (Count, "men women people children person persons head"),
];
const SIGNS: &[(Measure, &str)] = &[
    (Time, "min h"),
    (Space, "m km cm mm ft"),
    (Volume, "l ml"),
    (Weight, "kg g mg lb lbs oz"),
    (Power, "W kW kWh V A Hz GB MB"),
    (Level, "dB bar mph rpm C"),
];

fn find(list: &'static [(Measure, &'static str)], word: &str) -> Option<Measure> {
    let holds = |own: &str| own.split_whitespace().any(|own| own == word);
    list.iter().find(|(_, own)| holds(own)).map(|(measure, _)| *measure)
}

/// What a folded word measures.
pub fn of_word(folded: &str) -> Option<Measure> {
    find(WORDS, folded)
}

/// What a word measures by its sign, as it is written, or else by its word.
pub fn of_written(written: &str, folded: &str) -> Option<Measure> {
    find(SIGNS, written).or_else(|| of_word(folded))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_signs_measure() {
        assert_eq!(of_word("pounds"), Some(Money));
        assert_eq!(of_word("second"), None);
        assert_eq!(of_written("dB", "db"), Some(Level));
        assert_eq!(of_written("a", "a"), None);
        assert_eq!(of_written("Weeks", "weeks"), Some(Time));
    }
}
