//! Words of a text and the folded form under which they are indexed.
//!
//! A word is a maximal run of letters, digits and underscores; an apostrophe between letters and a
//! point, comma or colon between digits stay inside. An ideograph or kana is a word by itself, as
//! no spaces separate Chinese or Japanese words; phrases of them are found by adjacent positions,
//! which does the work of bigrams without storing them.
//!
//! Folding: lower case, Latin letters without their accents (Unicode blocks Latin-1 and Latin
//! Extended-A, by table), a possessive `'s` and the commas inside numbers dropped.
//! Does not stem; see `index::stems`.

/// One word: a byte range of the text it was found in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// Whether it is a single ideograph or kana.
    pub ideograph: bool,
}

/// Iterator over the words of a text, in order.
#[derive(Debug, Clone)]
pub struct Words<'a> {
    text: &'a str,
    at: usize,
}

/// The words of `text`.
pub fn words(text: &str) -> Words<'_> {
    Words { text, at: 0 }
}

/// Whether a character is written without spaces around words: ideographs, kana, and their marks.
pub fn is_ideograph(c: char) -> bool {
    matches!(c as u32,
        0x3005..=0x3007 | 0x3040..=0x30ff | 0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xf900..=0xfaff
        | 0x20000..=0x323af)
}

fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

impl Iterator for Words<'_> {
    type Item = Word;

    fn next(&mut self) -> Option<Word> {
        let bytes = self.text.as_bytes();
        let mut at = self.at;
        // Find the first byte of a word.
        loop {
            let byte = *bytes.get(at)?;
            if byte < 0x80 {
                if is_word_byte(byte) {
                    break;
                }
                at += 1;
                continue;
            }
            let c = char_at(self.text, at)?;
            if is_ideograph(c) {
                self.at = at + c.len_utf8();
                return Some(Word { start: at, end: self.at, ideograph: true });
            }
            if c.is_alphanumeric() {
                break;
            }
            at += c.len_utf8();
        }
        let start = at;
        while let Some(&byte) = bytes.get(at) {
            if is_word_byte(byte) {
                at += 1;
            } else if byte < 0x80 {
                if !joins(bytes, start, at) {
                    break;
                }
                at += 1;
            } else {
                let Some(c) = char_at(self.text, at) else {
                    break;
                };
                let apostrophe = c == '\u{2019}' && at > start && letter_follows(self.text, at + 3);
                if !(apostrophe || (c.is_alphanumeric() || is_mark(c)) && !is_ideograph(c)) {
                    break;
                }
                at += c.len_utf8();
            }
        }
        self.at = at;
        Some(Word { start, end: at, ideograph: false })
    }
}

fn char_at(text: &str, at: usize) -> Option<char> {
    text.get(at..)?.chars().next()
}

/// Combining marks belong to the letter before them.
fn is_mark(c: char) -> bool {
    matches!(c as u32, 0x0300..=0x036f | 0x0900..=0x0903 | 0x093a..=0x094f | 0x0e31..=0x0e4e | 0x200d)
}

fn letter_follows(text: &str, at: usize) -> bool {
    char_at(text, at).is_some_and(|c| c.is_alphabetic() && !is_ideograph(c))
}

/// Whether the punctuation byte at `at` stays inside the word that began at `start`.
fn joins(bytes: &[u8], start: usize, at: usize) -> bool {
    if at == start {
        return false;
    }
    let (before, after) = (bytes[at - 1], bytes.get(at + 1).copied().unwrap_or(b' '));
    match bytes[at] {
        b'\'' => before.is_ascii_alphabetic() && after.is_ascii_alphabetic(),
        b'.' | b',' | b':' => before.is_ascii_digit() && after.is_ascii_digit(),
        _ => false,
    }
}

/// Writes the folded form of `word` to `out`, which is cleared first.
pub fn fold(word: &str, out: &mut String) {
    out.clear();
    let mut body = word;
    for ending in ["'s", "\u{2019}s", "'S", "\u{2019}S"] {
        if let Some(stripped) = body.strip_suffix(ending) {
            body = stripped;
            break;
        }
    }
    if body.is_ascii() {
        out.push_str(body);
        out.make_ascii_lowercase();
        if body.contains(',') {
            out.retain(|c| c != ',');
        }
        return;
    }
    for c in body.chars() {
        if c == '\u{2019}' {
            out.push('\'');
        } else if !matches!(c as u32, 0x0300..=0x036f) {
            for lower in c.to_lowercase() {
                match without_accent(lower) {
                    Some(plain) => out.push_str(plain),
                    None => out.push(lower),
                }
            }
        }
    }
}

/// The folded form of `word` as a new string.
pub fn folded(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    fold(word, &mut out);
    out
}

/// The words of `text` in their folded form, in order.
pub fn folded_words(text: &str) -> impl Iterator<Item = String> {
    words(text).map(|word| folded(&text[word.start..word.end]))
}

/// Whether one of the words of `text` is one that `is_wanted` in its folded form, which is kept for none of them.
pub fn any_folded(text: &str, mut is_wanted: impl FnMut(&str) -> bool) -> bool {
    let mut folded = String::new();
    words(text).any(|word| {
        fold(&text[word.start..word.end], &mut folded);
        is_wanted(&folded)
    })
}

/// The words of `text` as they are written and in their folded form, in order.
pub fn written_and_folded(text: &str) -> impl Iterator<Item = (&str, String)> {
    words(text).map(|word| &text[word.start..word.end]).map(|word| (word, folded(word)))
}

/// The plain Latin letters of a lower-case accented one.
fn without_accent(c: char) -> Option<&'static str> {
    Some(match c {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ā' | 'ă' | 'ą' => "a",
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => "c",
        'ď' | 'đ' => "d",
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => "e",
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => "g",
        'ĥ' | 'ħ' => "h",
        'ì' | 'í' | 'î' | 'ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' => "i",
        'ĵ' => "j",
        'ķ' => "k",
        'ĺ' | 'ļ' | 'ľ' | 'ŀ' | 'ł' => "l",
        'ñ' | 'ń' | 'ņ' | 'ň' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ō' | 'ŏ' | 'ő' => "o",
        'ŕ' | 'ŗ' | 'ř' => "r",
        'ś' | 'ŝ' | 'ş' | 'š' => "s",
        'ţ' | 'ť' | 'ŧ' => "t",
        'ù' | 'ú' | 'û' | 'ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' => "u",
        'ŵ' => "w",
        'ý' | 'ÿ' | 'ŷ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        'æ' => "ae",
        'œ' => "oe",
        'ß' => "ss",
        _ => return None,
    })
}

/// Approximate number of model tokens of a text, for when no tokenizer is at hand.
///
/// The rule is one token per four ASCII bytes (rounded up) and one per character beyond ASCII:
/// English prose takes 4.0 to 4.5 bytes a token and Chinese 0.6 to 1 tokens a character in the
/// byte-level vocabularies of current models, so the figure errs on the high side.
pub fn approximate_tokens(text: &str) -> usize {
    let ascii = text.bytes().filter(u8::is_ascii).count();
    let beyond = text.bytes().filter(|byte| *byte >= 0xc0).count();
    ascii.div_ceil(4) + beyond
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(text: &str) -> Vec<&str> {
        words(text).map(|word| &text[word.start..word.end]).collect()
    }

    #[test]
    fn words_keep_apostrophes_numbers_and_underscores() {
        assert_eq!(
            list("Don't pay 4,000.50 at 10:30, home-centred var_1's."),
            ["Don't", "pay", "4,000.50", "at", "10:30", "home", "centred", "var_1", "s"]
        );
        assert_eq!(list("l\u{2019}ami na\u{ef}ve"), ["l\u{2019}ami", "na\u{ef}ve"]);
    }

    #[test]
    fn ideographs_are_single_words() {
        assert_eq!(list("他去了Paris。"), ["他", "去", "了", "Paris"]);
        assert!(words("他").next().is_some_and(|word| word.ideograph));
    }

    #[test]
    fn folding_drops_case_accents_possessives_and_thousands() {
        assert_eq!(folded("Holmes's"), "holmes");
        assert_eq!(folded("Encyclop\u{e6}dia"), "encyclopaedia");
        assert_eq!(folded("\u{c9}cole"), "ecole");
        assert_eq!(folded("12,345"), "12345");
    }

    #[test]
    fn punctuation_alone_has_no_words() {
        assert_eq!(list("... -- ' ' !?"), Vec::<&str>::new());
        assert_eq!(list(""), Vec::<&str>::new());
    }

    #[test]
    fn tokens_are_four_bytes_or_one_character() {
        assert_eq!(approximate_tokens("abcdefgh"), 2);
        assert_eq!(approximate_tokens("他去了"), 3);
        assert_eq!(approximate_tokens(""), 0);
    }
}
