//! How well a sentence can be read alone, away from its neighbours: what a summary of quoted sentences
//! is made of must tell something by itself.
//!
//! Speech, questions and exclamations answer to what stands before them; a pronoun at the beginning
//! points there; "I" and "you" speak to somebody. None is ruled out, as some texts have nothing else:
//! each only makes a sentence worth less.

use crate::memory::segment::words;

/// Worth of a sentence with speech in it.
const SPEECH: f32 = 0.35;
/// Worth of a question or an exclamation.
const CRY: f32 = 0.4;
/// Worth of a sentence that speaks to somebody, and of one that says "I".
const TO_SOMEBODY: f32 = 0.7;
/// Worth of a sentence whose first word points to what was said before.
const POINTS_BACK: f32 = 0.75;
/// Worth of what begins or ends like a piece of a sentence, and of what is no prose.
const PIECE: f32 = 0.5;
const NO_PROSE: f32 = 0.2;

/// First words that point to what stands before them.
const POINTING: &[&str] = &[
    "he",
    "she",
    "it",
    "they",
    "him",
    "her",
    "them",
    "his",
    "hers",
    "its",
    "their",
    "this",
    "that",
    "these",
    "those",
    "there",
    "here",
    "such",
    "so",
    "but",
    "and",
    "or",
    "nor",
    "yet",
    "then",
    "thus",
    "therefore",
    "however",
    "otherwise",
    "also",
    "too",
    "no",
    "yes",
    "well",
    "oh",
    "ah",
];
/// Words that speak to somebody or of the speaker.
const OF_SPEAKERS: &[&str] =
    &["i", "me", "my", "mine", "myself", "you", "your", "yours", "we", "us", "our"];
const POINTING_CHINESE: &[char] =
    &['他', '她', '它', '这', '那', '此', '其', '但', '而', '于', '却'];
const OF_SPEAKERS_CHINESE: &[char] = &['我', '你', '您', '咱'];

/// Worth of `sentence` to a reader who sees nothing else, above 0 and at most 1.
pub fn worth(sentence: &str) -> f32 {
    let sentence = sentence.trim();
    let mut worth = 1.0;
    if has_speech(sentence) {
        worth *= SPEECH;
    }
    let closing = |c: char| matches!(c, '"' | '\'' | '”' | '’' | '」' | '』' | ')' | '）' | '_');
    let end = sentence.trim_end_matches(closing).chars().next_back();
    match end {
        Some('?' | '!' | '？' | '！') => worth *= CRY,
        Some('.' | '。' | '…' | ';' | '；' | ':' | '：') => {}
        _ => worth *= PIECE,
    }
    let mut letters = sentence.chars().filter(|c| c.is_alphabetic());
    if letters.next().is_some_and(char::is_lowercase) {
        worth *= PIECE;
    }
    if !is_prose(sentence) {
        worth *= NO_PROSE;
    }
    let mut first = true;
    let mut of_speakers = false;
    for word in words::words(sentence) {
        let word = &sentence[word.start..word.end];
        let is_one_of = |list: &[&str]| list.iter().any(|other| word.eq_ignore_ascii_case(other));
        let character = word.chars().next().unwrap_or(' ');
        if first && (is_one_of(POINTING) || POINTING_CHINESE.contains(&character)) {
            worth *= POINTS_BACK;
        }
        of_speakers |= is_one_of(OF_SPEAKERS) || OF_SPEAKERS_CHINESE.contains(&character);
        first = false;
    }
    if of_speakers {
        worth *= TO_SOMEBODY;
    }
    worth
}

/// Whether somebody speaks: a quotation mark, or a single one that is no apostrophe.
fn has_speech(sentence: &str) -> bool {
    let mut before = ' ';
    let mut chars = sentence.chars().peekable();
    while let Some(c) = chars.next() {
        let speaks = match c {
            '"' | '“' | '”' | '「' | '『' | '«' => true,
            // Where a word begins it opens, behind a stop it closes.
            '\'' | '‘' | '’' => {
                let opens = !before.is_alphanumeric();
                (opens && chars.peek().is_some_and(|next| next.is_alphabetic()))
                    || matches!(before, ',' | '.' | '!' | '?')
            }
            _ => false,
        };
        if speaks {
            return true;
        }
        before = c;
    }
    false
}

/// Whether most of it is words in ordinary letters: no code, no table, no line of capitals.
fn is_prose(sentence: &str) -> bool {
    let (mut letters, mut capitals, mut marks) = (0_usize, 0_usize, 0_usize);
    for c in sentence.chars() {
        if c.is_alphabetic() {
            letters += 1;
            capitals += usize::from(c.is_uppercase());
        } else if !c.is_whitespace() && !c.is_numeric() && !matches!(c, ',' | '.' | '，' | '。') {
            marks += 1;
        }
    }
    capitals * 2 <= letters && marks * 4 <= letters
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_worth_more_than_what_needs_its_neighbours() {
        let statement = worth("The council voted to repair the lighthouse before the winter.");
        assert_eq!(statement, 1.0);
        assert_eq!(worth("市议会决定在冬天之前修好灯塔。"), 1.0);
        for text in [
            "\"Good morning, Mr. Marl,\" said the keeper.",
            "'Only a thimble,' said Alice sadly.",
            "The Queen!' and three gardeners threw themselves flat upon their faces.",
            "Who would repair the lighthouse before the winter?",
            "Never again would the lighthouse be dark!",
            "He voted to repair the lighthouse before the winter.",
            "You should repair the lighthouse before the winter.",
            "and the lighthouse was repaired before the winter.",
            "THE REPAIR OF THE LIGHTHOUSE BEFORE THE WINTER.",
            "carrel ask --library `a.carrel` a.txt -q \"Who?\" | less",
            "Repairs of the lighthouse before the winter",
            "他决定在冬天之前修好灯塔。",
            "“谁来修灯塔？”老人问。",
            "你在冬天之前要修好灯塔。",
        ] {
            let worth = worth(text);
            assert!(worth > 0.0 && worth < 0.8, "{worth}: {text}");
        }
        // An apostrophe is no speech.
        assert_eq!(worth("The keepers' council repaired Marl's lighthouse in March."), 1.0);
    }
}
