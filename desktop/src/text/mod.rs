//! What the app says, in English and Chinese, and how it writes numbers.

mod amounts;
mod strings;

pub use amounts::{count, duration, percent};
pub use carrel_core::readable::human_bytes as bytes;
pub use strings::{CHINESE, ENGLISH, Strings};

use std::fmt::Display;

use serde::{Deserialize, Serialize};

/// A text without its line breaks.
pub fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A language of the interface.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Chinese in simplified characters.
    Chinese,
}

impl Language {
    /// Both.
    pub const ALL: [Self; 2] = [Self::English, Self::Chinese];

    /// Its texts.
    pub fn strings(self) -> &'static Strings {
        match self {
            Self::English => &ENGLISH,
            Self::Chinese => &CHINESE,
        }
    }

    /// Its name in itself.
    pub fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Chinese => "中文",
        }
    }

    /// The language of the system, where it is one of these.
    pub fn of_system() -> Self {
        let is_chinese =
            |name: &str| std::env::var(name).is_ok_and(|value| value.starts_with("zh"));
        if ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().any(is_chinese) {
            Self::Chinese
        } else {
            Self::English
        }
    }
}

/// `template` with each `{}` replaced by the next of `values`.
pub fn fill(template: &str, values: &[&dyn Display]) -> String {
    let mut values = values.iter();
    let mut pieces = template.split("{}");
    let mut filled = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        if let Some(value) = values.next() {
            filled.push_str(&value.to_string());
        }
        filled.push_str(piece);
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_filled_in_order() {
        assert_eq!(fill("{} of {} bytes", &[&3, &"five"]), "3 of five bytes");
        assert_eq!(fill("nothing", &[]), "nothing");
        assert_eq!(fill("{}{}", &[&1]), "1");
    }

    #[test]
    fn both_languages_say_everything_with_the_same_places() {
        assert!(strings::TABLE.len() > 100);
        for (name, english, chinese) in strings::TABLE {
            assert!(!english.trim().is_empty() && !chinese.trim().is_empty(), "{name}");
            assert_eq!(english.matches("{}").count(), chinese.matches("{}").count(), "{name}");
        }
    }
}
