//! WordPiece: BERT's normalisation and splitting, then the longest token from the left.
//!
//! Source: Devlin et al. 2018 and the `BasicTokenizer`/`WordpieceTokenizer` published with BERT. GGUF
//! writes the start of a word as `▁` and leaves out BERT's `##`.
//!
//! A word longer than 100 characters becomes the unknown token, as BERT has it. Accents are removed
//! after full canonical decomposition, as BERT has it: llama.cpp keeps only the first code point of
//! a decomposition (which loses the vowels of Korean syllables) and removes spacing marks too; it
//! also takes words of any length. Ids differ from llama.cpp in those three cases.
//!
//! Why not the crate `tokenizers`: it keeps the text of every token twice in a map of strings, and
//! brings tables and an engine of patterns with it that make a phone's library 0.3 MB larger.

use unicode_normalization::UnicodeNormalization as _;
use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory as _};

use super::kind::TokenKind;
use super::table::TokenTable;
use crate::error::TokenizerError;

/// The mark for the start of a word.
const WORD_START: char = '▁';
/// BERT's longest word, in characters.
const LONGEST_WORD: usize = 100;

/// What a vocabulary says about the three steps.
pub(super) struct WordPiece {
    unknown: u32,
    lowercase: bool,
    strip_accents: bool,
}

impl WordPiece {
    /// Builds the model.
    ///
    /// # Errors
    /// If `unknown` is no token.
    pub(super) fn new(
        table: &TokenTable,
        unknown: Option<u32>,
        lowercase: bool,
        strip_accents: bool,
    ) -> Result<Self, TokenizerError> {
        let unknown = unknown
            .filter(|&id| table.get(id).is_some())
            .ok_or(TokenizerError::NoUnknownToken { model: "bert" })?;
        Ok(Self { unknown, lowercase, strip_accents })
    }

    /// Appends the ids of `text`, which holds no special token.
    pub(super) fn encode(
        &self,
        table: &TokenTable,
        kinds: &[TokenKind],
        text: &str,
        ids: &mut Vec<u32>,
    ) {
        let mut words =
            Words { table, kinds, unknown: self.unknown, word: WORD_START.to_string(), ids };
        let kept = text.chars().filter(|&c| !is_dropped(c));
        if self.strip_accents {
            let is_accent = |c: &char| c.general_category() == GeneralCategory::NonspacingMark;
            self.cut(kept.nfd().filter(|c| !is_accent(c)), &mut words);
        } else {
            self.cut(kept, &mut words);
        }
        words.end();
    }

    /// Cuts characters into words.
    fn cut(&self, characters: impl Iterator<Item = char>, words: &mut Words<'_>) {
        for c in characters {
            if c.is_whitespace() {
                words.end();
            } else if is_word(c) {
                words.end();
                words.word.push(c);
                words.end();
            } else if self.lowercase {
                words.word.extend(c.to_lowercase());
            } else {
                words.word.push(c);
            }
        }
    }
}

/// The word that is being gathered, after its mark, and the ids of those before it.
struct Words<'a> {
    table: &'a TokenTable,
    kinds: &'a [TokenKind],
    unknown: u32,
    word: String,
    ids: &'a mut Vec<u32>,
}

impl Words<'_> {
    /// Appends the ids of the word, if there is one, and begins the next.
    fn end(&mut self) {
        let n_characters = self.word.chars().count() - 1;
        if n_characters > 0 {
            let n_before = self.ids.len();
            if n_characters > LONGEST_WORD || !self.take_pieces() {
                self.ids.truncate(n_before);
                self.ids.push(self.unknown);
            }
        }
        self.word.truncate(WORD_START.len_utf8());
    }

    /// Appends the longest token that the word begins with, then that of the rest, and so on. False if
    /// no token fits somewhere.
    fn take_pieces(&mut self) -> bool {
        let mut rest = self.word.as_str();
        while !rest.is_empty() {
            let ends = rest.char_indices().map(|(start, c)| start + c.len_utf8());
            let mut ends = ends.rev().skip_while(|&end| end > self.table.longest_bytes());
            let found = ends.find_map(|end| {
                let id = self.table.id_of(&rest.as_bytes()[..end])?;
                let is_usable = self.kinds[id as usize].is_text() || id == self.unknown;
                is_usable.then_some((id, end))
            });
            let Some((id, end)) = found else { return false };
            self.ids.push(id);
            rest = &rest[end..];
        }
        true
    }
}

/// Characters that BERT leaves out: those without a look, and those that stand for damage. Words end at
/// all white space, also where BERT would leave it out, as a vertical tab.
fn is_dropped(c: char) -> bool {
    let is_control = matches!(
        c.general_category(),
        GeneralCategory::Control | GeneralCategory::Format | GeneralCategory::PrivateUse
    );
    c == '\u{FFFD}' || is_control && !c.is_whitespace()
}

/// Characters that are words by themselves: punctuation, and the characters of Chinese.
fn is_word(c: char) -> bool {
    c.is_ascii_punctuation()
        || matches!(u32::from(c),
            0x3400..=0x4DBF
            | 0x4E00..=0x9FFF
            | 0xF900..=0xFAFF
            | 0x20000..=0x2A6DF
            | 0x2A700..=0x2B81F
            | 0x2B820..=0x2CEAF
            | 0x2F800..=0x2FA1F)
        || c.general_category_group() == GeneralCategoryGroup::Punctuation
}

#[cfg(test)]
mod tests {
    use ahash::AHashMap;
    use tokenizers::models::wordpiece::WordPiece as Matcher;
    use tokenizers::normalizers::BertNormalizer;
    use tokenizers::pre_tokenizers::bert::BertPreTokenizer;
    use tokenizers::{
        Model as _, NormalizedString, Normalizer as _, OffsetReferential, OffsetType,
        PreTokenizedString, PreTokenizer as _,
    };

    use super::*;

    /// Scripts that are composed, marked, joined and cut in different ways; Unicode 8 has them all,
    /// which is what the crate's tables know. It lacks U+2B820 to U+2B91F among Chinese characters.
    const ALPHABET: &str = "aBzÉñÅßŉİǅΣσςΏйЇԞאָּשׁعَّآكत्कऩড়ไทำ한글\u{1112}\u{1161}\u{11AB}がパｶﾞ漢字丽豈\
        \u{2F800}\u{20000}\u{2A700}\u{2B920}《》、。，！？.,-_'\"$+<=>^`|~@#«»—…·¿†‰€™½²☃🦙👩\u{200D}\u{FE0F}\
        \u{0}\u{7}\u{B}\u{85}\u{AD}\u{FFFD}\u{E000}\u{301}\u{323}\u{345}\u{200B}\u{3000}\u{2028} \t\r\n  ▁";

    /// What the crate `tokenizers` makes of a text.
    fn expected(normalizer: &BertNormalizer, matcher: &Matcher, text: &str) -> Vec<u32> {
        let mut ids = Vec::new();
        for piece in text.split(char::is_whitespace) {
            let mut normalized = NormalizedString::from(piece);
            normalizer.normalize(&mut normalized).expect("normalised");
            let mut words = PreTokenizedString::from(normalized);
            BertPreTokenizer.pre_tokenize(&mut words).expect("cut");
            for (word, _, _) in words.get_splits(OffsetReferential::Normalized, OffsetType::None) {
                let tokens = matcher.tokenize(&format!("{WORD_START}{word}")).expect("matched");
                ids.extend(tokens.iter().map(|token| token.id));
            }
        }
        ids
    }

    #[test]
    fn ids_are_those_of_the_crate() {
        // Two of three characters, and pairs of neighbours, at the start of a word and within.
        let plain: Vec<char> = ALPHABET.chars().flat_map(char::to_lowercase).nfd().collect();
        let all: Vec<char> = ALPHABET.chars().chain(plain).collect();
        let singles = all.iter().enumerate().filter(|(index, _)| index % 3 > 0);
        let mut texts: Vec<String> = singles.map(|(_, c)| c.to_string()).collect();
        texts.extend(all.windows(2).step_by(5).map(|pair| pair.iter().collect()));
        let starts: Vec<String> = texts.iter().map(|text| format!("{WORD_START}{text}")).collect();
        texts.extend(starts);
        texts.push("[UNK]".to_owned());
        texts.sort();
        texts.dedup();
        let bytes: Vec<&[u8]> = texts.iter().map(|text| text.as_bytes()).collect();
        let table = TokenTable::new(&bytes).expect("a vocabulary");
        let kinds = vec![TokenKind::Normal; table.len()];
        let unknown = table.id_of(b"[UNK]");
        let vocabulary: AHashMap<String, u32> = texts.into_iter().zip(0..).collect();
        let matcher = Matcher::builder()
            .vocab(vocabulary)
            .unk_token("[UNK]".to_owned())
            .continuing_subword_prefix(String::new())
            .max_input_chars_per_word(LONGEST_WORD + 1)
            .build()
            .expect("a model");
        let alphabet: Vec<char> = ALPHABET.chars().collect();
        let mut state = 7u64;
        let mut n_known = 0;
        for round in 0..2000 {
            let (lowercase, strip_accents) = (round % 2 == 0, round % 4 < 2);
            let normalizer = BertNormalizer::new(true, true, Some(strip_accents), lowercase);
            let model = WordPiece::new(&table, unknown, lowercase, strip_accents).expect("usable");
            let text: String = (0..1 + round % 130)
                .map(|_| {
                    state =
                        state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                    // Some texts are one long word.
                    let n = if round % 50 == 0 { 9 } else { alphabet.len() };
                    alphabet[(state >> 33) as usize % n]
                })
                .collect();
            let mut ids = Vec::new();
            model.encode(&table, &kinds, &text, &mut ids);
            assert_eq!(ids, expected(&normalizer, &matcher, &text), "{round}: {text:?}");
            n_known += ids.iter().filter(|id| Some(**id) != unknown).count();
        }
        assert!(n_known > 10_000, "{n_known} known tokens");
    }
}
