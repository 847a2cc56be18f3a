//! The field for the path of a file: where the system shows no dialog, and for who would rather type.

use std::path::PathBuf;

use crate::message::Purpose;

/// The name that an exported conversation has unless someone says otherwise.
pub const EXPORT_NAME: &str = "conversation.md";

/// The field.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PathField {
    /// What was typed.
    pub text: String,
    /// Whether it is there because the system shows no dialog.
    pub is_instead: bool,
    /// Whether it is to take the keys.
    pub wants_focus: bool,
}

impl PathField {
    /// Opens the field with a place to begin at.
    pub fn open(&mut self, purpose: Purpose, is_instead: bool) {
        let home = dirs::home_dir().unwrap_or_default();
        let begin = match purpose {
            Purpose::Document => home.join(""),
            Purpose::Export => dirs::document_dir().unwrap_or(home).join(EXPORT_NAME),
        };
        *self = Self { text: begin.display().to_string(), is_instead, wants_focus: true };
    }

    /// The path that was typed, if one was: `~` is the home folder, quotation marks around it do not
    /// belong to it.
    pub fn path(&self) -> Option<PathBuf> {
        let text = self.text.trim();
        let quoted = |sign: char| text.strip_prefix(sign)?.strip_suffix(sign);
        let text = quoted('"').or_else(|| quoted('\'')).unwrap_or(text);
        if text.is_empty() {
            return None;
        }
        let in_home = text.strip_prefix("~/").zip(dirs::home_dir());
        Some(in_home.map_or_else(|| PathBuf::from(text), |(rest, home)| home.join(rest)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_taken_as_people_type_them() {
        let of = |text: &str| PathField { text: text.to_owned(), ..PathField::default() }.path();
        assert_eq!(of("  "), None);
        assert_eq!(of(" /a/b c.txt "), Some("/a/b c.txt".into()));
        assert_eq!(of("'/a/b.txt'"), Some("/a/b.txt".into()));
        assert_eq!(of("\"/a/b.txt\""), Some("/a/b.txt".into()));
        assert_eq!(of("~/b.txt"), dirs::home_dir().map(|home| home.join("b.txt")));
        let mut field = PathField::default();
        field.open(Purpose::Export, true);
        assert!(field.text.ends_with(EXPORT_NAME) && field.wants_focus && field.is_instead);
    }
}
