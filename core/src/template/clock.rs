//! `strftime_now`: the date that some templates put into their system message.

use jiff::Zoned;
use jiff::civil::DateTime;
use jiff::fmt::strtime;
use minijinja::{Error, ErrorKind};

/// Longest format, in bytes; each directive writes at most some tens of bytes.
const MOST_FORMAT_BYTES: usize = 64;

/// A date and a time of day, as a clock on the wall shows them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment(DateTime);

impl Moment {
    /// What the clock of this machine shows.
    pub fn now() -> Self {
        Self(Zoned::now().datetime())
    }

    /// A given date and time; `None` if there is none such.
    pub fn new(year: i16, month: i8, day: i8, hour: i8, minute: i8, second: i8) -> Option<Self> {
        DateTime::new(year, month, day, hour, minute, second, 0).ok().map(Self)
    }

    /// A date and time written as `2026-01-02T03:04:05`; `None` if the text is none.
    pub fn parse(text: &str) -> Option<Self> {
        text.parse().ok().map(Self)
    }

    /// Written as C's and Python's `strftime` write it.
    pub(super) fn format(self, format: &str) -> Result<String, Error> {
        let invalid = |message: String| Error::new(ErrorKind::InvalidOperation, message);
        if format.len() > MOST_FORMAT_BYTES {
            return Err(invalid(format!("a date format has over {MOST_FORMAT_BYTES} bytes")));
        }
        strtime::format(format, self.0).map_err(|error| invalid(error.to_string()))
    }
}
