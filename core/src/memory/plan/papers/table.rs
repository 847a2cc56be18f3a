//! Rows of tables: which cell of one answers.
//!
//! ```text
//! | Passenger | Single | Return |
//! | Adult     | £4.20  | £7.60  |       "How much is an adult return?"  the cell under the header that is asked for
//! ```
//! A header stands above its column alone; a number is money where its header says so.

use super::amounts;
use super::kind::Kind;
use super::telling::tells;
use crate::memory::answer::units::{self, Measure};
use crate::memory::plan::language::grammar::among;
use crate::memory::segment::words;

/// Headers of columns of money, and of counts.
const OF_MONEY: &str =
    "price cost costs fee fees fare amount rate total sum charge rent wage salary";
const OF_COUNT: &str = "quantity qty number no pieces count members people visitors";

/// A cell and the header of its column.
#[derive(Debug, Clone)]
pub struct Cell {
    pub header: String,
    pub text: String,
}

/// Reads the rows of a page one after the other and knows the header above them.
#[derive(Debug, Default)]
pub struct Table {
    headers: Vec<String>,
    is_open: bool,
}

impl Table {
    /// The row of these cells; `None` if it is the header or the line below it.
    pub fn takes(&mut self, cells: &[&str]) -> Option<Vec<Cell>> {
        let is_rule = cells.iter().all(|cell| cell.chars().all(|c| "-:= ".contains(c)));
        if is_rule {
            return None;
        }
        let opens = !std::mem::replace(&mut self.is_open, true);
        let is_header =
            opens && cells[1..].iter().all(|cell| !cell.bytes().any(|b| b.is_ascii_digit()));
        if is_header {
            self.headers = cells.iter().map(|cell| (*cell).to_owned()).collect();
            return None;
        }
        if opens {
            self.headers.clear();
        }
        let header = |at: usize| self.headers.get(at).cloned().unwrap_or_default();
        let row = cells.iter().enumerate();
        Some(row.map(|(at, cell)| Cell { header: header(at), text: (*cell).to_owned() }).collect())
    }

    /// Ends the table: what comes is no row.
    pub fn ends(&mut self) {
        self.is_open = false;
        self.headers.clear();
    }
}

impl Cell {
    /// Whether it is a number and at most its unit.
    fn is_numeric(&self) -> bool {
        let bare = self.text.trim_start_matches(['$', '£', '€', '¥', '+', '-']);
        bare.starts_with(|c: char| c.is_ascii_digit())
            && !bare.contains(':')
            && words::words(bare).count() <= 2
    }

    fn header_has(&self, list: &str, measure: Measure) -> bool {
        let written = words::words(&self.header).map(|word| &self.header[word.start..word.end]);
        self.header.contains(['$', '£', '€', '¥']) && measure == Measure::Money
            || written.clone().any(|word| among(list, &words::folded(word)))
            || written
                .clone()
                .any(|word| units::of_written(word, &words::folded(word)) == Some(measure))
    }

    /// Whether it is a number below a header that says what is counted.
    pub fn counts(&self, counted: impl Fn(&str) -> bool) -> bool {
        self.is_of_kind(Kind::Count) || self.is_numeric() && counted(&self.header)
    }

    /// Whether it is of a kind of answer.
    pub fn is_of_kind(&self, kind: Kind) -> bool {
        let is_money = self.header_has(OF_MONEY, Measure::Money);
        match kind {
            Kind::Money => {
                !amounts::spans(kind, &self.text).is_empty() || is_money && self.is_numeric()
            }
            Kind::Count => {
                let counts = self.header_has(OF_COUNT, Measure::Count);
                self.is_numeric() && !is_money && (counts || self.header.is_empty())
            }
            Kind::Length => {
                !amounts::spans(kind, &self.text).is_empty()
                    || self.is_numeric()
                        && (self.header_has("", Measure::Time)
                            || self.header_has("", Measure::Space))
            }
            Kind::Amount => self.is_numeric(),
            _ => tells(kind, &self.text),
        }
    }
}

/// The cell of a row that is of a kind and under the header that is asked for; `None` if that is not one alone.
/// `asks` tells whether a word is asked for.
pub fn answering(row: &[Cell], kind: Kind, asks: impl Fn(&str) -> bool) -> Option<&str> {
    let asked = |cell: &Cell| words::folded_words(&cell.header).filter(|word| asks(word)).count();
    let counted = |header: &str| words::folded_words(header).any(|word| asks(&word));
    let is_of_kind = |cell: &&Cell| match kind {
        Kind::Count => cell.counts(counted),
        kind => cell.is_of_kind(kind),
    };
    let fitting: Vec<&Cell> = row.iter().skip(1).filter(is_of_kind).collect();
    let most = fitting.iter().map(|cell| asked(cell)).max()?;
    let mut best = fitting.into_iter().filter(|cell| asked(cell) == most);
    let first = best.next()?;
    best.all(|other| other.text == first.text).then_some(first.text.as_str())
}
