//! Sentences of a paragraph.
//!
//! A sentence ends after `.`, `!`, `?`, `…` with their closing quotes when blank space follows and
//! the next word does not begin in lower case, after the closing quote of speech that a dash breaks off
//! (`"If I--" He turned.`) when a word with a capital follows, and after `。`, `！`, `？`, `；` always. Full
//! stops with blanks between (`. . .`) are one. A full stop
//! does not end it after a title ("Mr."), an initial ("J. S."), a number that opens the sentence
//! ("2. "), or an abbreviation before a number ("No. 7"); decimals hold no blank space. A line break
//! ends it where the line was not broken for its length: list items, records, verse.
//! A sentence owns the blank space after it, so that sentences tile the paragraph. No sentence is
//! longer than [`LONGEST`] bytes: unpunctuated runs are cut at blank space.

/// Longest sentence in bytes; a passage of 300 tokens holds about 1 200.
pub const LONGEST: usize = 1_200;

/// Words before a full stop that never end a sentence.
const TITLES: &[&str] = &[
    "mr", "mrs", "ms", "dr", "prof", "rev", "hon", "st", "capt", "col", "gen", "lt", "sgt", "maj",
    "messrs", "mme", "mlle", "gov", "sen", "pres", "supt", "insp", "mt", "cf", "vs", "viz", "e.g",
    "i.e", "fr", "dept", "adm", "cmdr", "cpl", "pvt", "hr", "frau", "sra", "dra",
];

/// Words before a full stop that do not end a sentence when a number follows.
const BEFORE_NUMBERS: &[&str] = &[
    "no", "nos", "vol", "fig", "figs", "p", "pp", "ch", "sec", "art", "eq", "tab", "chap",
    "approx", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sept", "sep", "oct", "nov", "dec",
    "ca",
];

/// Lines at least this long were probably broken by a column, shorter ones by intent.
const NARROW: usize = 40;

/// How much shorter than the column a line must be, next word included, to count as ended by intent.
const SLACK: usize = 12;

/// Appends the end of every sentence of `paragraph` to `ends`, as byte offsets.
pub fn sentence_ends(paragraph: &str, ends: &mut Vec<usize>) {
    let bytes = paragraph.as_bytes();
    let first = ends.len();
    let column = longest_line(paragraph);
    let (mut start, mut at) = (0, 0);
    while at < bytes.len() {
        let end = match bytes[at] {
            b'.' | b'!' | b'?' => after_stop(paragraph, start, at, at + 1, bytes[at] == b'.'),
            b'-' if bytes[at..].starts_with(b"--") => after_dash(paragraph, at + 2),
            b'\n' => hard_break(paragraph, at, column).then_some(at + 1),
            0xe2 if bytes[at..].starts_with("…".as_bytes()) => {
                after_stop(paragraph, start, at, at + 3, false)
            }
            0xe2 if starts_with_any(&bytes[at..], &["—", "–", "―"]) => {
                after_dash(paragraph, at + 3)
            }
            0xe3 if bytes[at..].starts_with("。".as_bytes()) => {
                Some(after_wide(paragraph, at + 3))
            }
            0xef if starts_with_any(&bytes[at..], &["！", "？", "；", "｡"]) => {
                Some(after_wide(paragraph, at + 3))
            }
            _ => None,
        };
        match end {
            Some(end) => {
                let end = skip_blank(paragraph, end);
                push_cut(paragraph, start, end, ends);
                (start, at) = (end, end);
            }
            None => at += 1,
        }
    }
    if start < bytes.len() {
        // Blank space at the very start of a paragraph belongs to its first sentence, and a tail
        // without a word to its last.
        if ends.len() > first && paragraph[start..].trim().is_empty() {
            if let Some(last) = ends.last_mut() {
                *last = bytes.len();
            }
        } else {
            push_cut(paragraph, start, bytes.len(), ends);
        }
    }
}

fn starts_with_any(bytes: &[u8], marks: &[&str]) -> bool {
    marks.iter().any(|mark| bytes.starts_with(mark.as_bytes()))
}

/// Pushes the sentence `start..end`, cut at blank space wherever it is longer than [`LONGEST`], or where there is
/// none inside a word.
fn push_cut(text: &str, mut start: usize, end: usize, ends: &mut Vec<usize>) {
    while end - start > LONGEST {
        let mut limit = start + LONGEST;
        while !text.is_char_boundary(limit) {
            limit -= 1;
        }
        let piece = &text[start..limit];
        let digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
        let in_number = |comma: usize| {
            let (before, after) = text.as_bytes().split_at(start + comma);
            digit(before.last()) && digit(after.get(1))
        };
        let parts = |(at, c): &(usize, char)| match c {
            '，' | '、' => true,
            ',' => !in_number(*at),
            _ => c.is_whitespace(),
        };
        let cut = piece
            .char_indices()
            .rev()
            .find(parts)
            .map_or(limit, |(offset, c)| start + offset + c.len_utf8());
        ends.push(cut);
        start = cut;
    }
    ends.push(end);
}

fn longest_line(paragraph: &str) -> usize {
    paragraph.lines().map(|line| line.trim_end().len()).max().unwrap_or(0)
}

fn skip_blank(text: &str, from: usize) -> usize {
    let rest = &text[from..];
    from + (rest.len() - rest.trim_start().len())
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '\'' | '”' | '’' | '»' | '」' | '』')
}

fn is_closer(c: char) -> bool {
    is_quote(c) || matches!(c, ')' | ']' | '}' | '）' | '】' | '*' | '_')
}

/// End of the closing quotes and further stops that follow `from`.
fn skip_closers(text: &str, from: usize) -> usize {
    let length: usize = text[from..]
        .chars()
        .take_while(|c| is_closer(*c) || matches!(c, '.' | '!' | '?' | '…'))
        .map(char::len_utf8)
        .sum();
    from + length
}

/// End of the full stops with blanks between them that follow the one before `from`.
fn skip_spaced_stops(text: &str, mut from: usize) -> usize {
    while let Some(rest) = text[from..].trim_start().strip_prefix('.')
        && !rest.starts_with(char::is_alphanumeric)
    {
        from = text.len() - rest.len();
    }
    from
}

/// End of a sentence after a stop of Chinese or Japanese text, its closing quotes included.
fn after_wide(text: &str, from: usize) -> usize {
    let length: usize = text[from..]
        .chars()
        .take_while(|c| is_closer(*c) || matches!(c, '！' | '？' | '。'))
        .map(char::len_utf8)
        .sum();
    from + length
}

/// End of the sentence that a dash before `from` breaks off inside a quotation, or `None` if it does not.
fn after_dash(text: &str, from: usize) -> Option<usize> {
    let closed = skip_closers(text, from);
    let rest = &text[closed..];
    let upcoming = rest.trim_start();
    let begins = |c: char| c.is_uppercase() || c.is_numeric();
    let opens = |c: char| is_quote(c) || matches!(c, '“' | '‘' | '«' | '[' | '*' | '_');
    (text[from..closed].contains(is_quote)
        && upcoming.len() < rest.len()
        && upcoming.trim_start_matches(opens).starts_with(begins))
    .then_some(closed)
}

/// End of the sentence that the stop at `at` closes, or `None` if the sentence goes on.
fn after_stop(text: &str, start: usize, at: usize, next: usize, full_stop: bool) -> Option<usize> {
    let next = if full_stop { skip_spaced_stops(text, next) } else { next };
    let closed = skip_closers(text, next);
    let rest = &text[closed..];
    let following = rest.chars().next();
    if following
        .is_some_and(|c| !c.is_whitespace() && !crate::memory::segment::words::is_ideograph(c))
    {
        return None;
    }
    let upcoming = rest.trim_start();
    if upcoming.chars().next().is_some_and(char::is_lowercase) {
        return None;
    }
    if full_stop && closed == next && joins_next(&text[start..at], upcoming) {
        return None;
    }
    Some(closed)
}

/// Whether the full stop after `before` belongs to an abbreviation that goes on with `upcoming`.
fn joins_next(before: &str, upcoming: &str) -> bool {
    let opening = before.trim();
    if opening.len() <= 6
        && !opening.is_empty()
        && opening.bytes().all(|b| b.is_ascii_digit() || b"IVXLC".contains(&b))
    {
        return true;
    }
    let word_start = before
        .char_indices()
        .rev()
        .find(|(_, c)| !(c.is_alphanumeric() || *c == '.'))
        .map_or(0, |(offset, c)| offset + c.len_utf8());
    let word = &before[word_start..];
    let mut letters = word.chars();
    if let (Some(letter), None) = (letters.next(), letters.next())
        && letter.is_uppercase()
    {
        // "I." closes more sentences than it abbreviates names.
        return letter != 'I' || is_initial(upcoming);
    }
    if word.len() > 6 {
        return false;
    }
    let lower = word.to_lowercase();
    let digit_follows = upcoming.bytes().next().is_some_and(|b| b.is_ascii_digit());
    // "a.m." and "U.S." may end a sentence; initials written close ("J.S.") before a name may not.
    TITLES.contains(&lower.as_str())
        || (digit_follows && BEFORE_NUMBERS.contains(&lower.as_str()))
        || (word.contains('.') && is_initial(word.rsplit('.').next().unwrap_or("")))
}

fn is_initial(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(char::is_uppercase) && chars.next() == Some('.')
}

/// Whether the line break at `at` was meant, and not made by a column of `column` bytes.
fn hard_break(text: &str, at: usize, column: usize) -> bool {
    let line_start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let line = text[line_start..at].trim();
    let next = text[at + 1..].trim_start_matches([' ', '\t']);
    let next_line = next.lines().next().unwrap_or("").trim();
    if line.is_empty() || next_line.is_empty() {
        return false;
    }
    if opens_item(next_line) || line.ends_with('|') {
        return true;
    }
    if next_line.chars().next().is_some_and(char::is_lowercase) || line.ends_with([',', ';', '-']) {
        return false;
    }
    let next_word = next_line.split_whitespace().next().map_or(0, str::len);
    column < NARROW || line.len() + 1 + next_word + SLACK <= column
}

/// Whether a line opens with a bullet, a number of a list, a quote mark or a table cell.
fn opens_item(line: &str) -> bool {
    let mut chars = line.chars();
    match chars.next() {
        Some('-' | '*' | '+' | '•' | '·') => chars.next().is_some_and(|c| c == ' '),
        Some('|' | '>') => true,
        Some(c) if c.is_ascii_digit() => {
            let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
            rest.starts_with(". ") || rest.starts_with(") ")
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(paragraph: &str) -> Vec<&str> {
        let mut ends = Vec::new();
        sentence_ends(paragraph, &mut ends);
        let mut start = 0;
        ends.iter()
            .map(|end| {
                let piece = &paragraph[start..*end];
                start = *end;
                piece
            })
            .collect()
    }

    #[test]
    fn titles_initials_decimals_and_dots_do_not_end_sentences() {
        assert_eq!(
            cut("Mr. Darcy paid 3.5 pounds to J. S. Mill. He left... then came back. No. 7 fell."),
            [
                "Mr. Darcy paid 3.5 pounds to J. S. Mill. ",
                "He left... then came back. ",
                "No. 7 fell."
            ]
        );
        assert_eq!(cut("It was I. He knew."), ["It was I. ", "He knew."]);
        assert_eq!(cut("2. Second point. Third"), ["2. Second point. ", "Third"]);
    }

    #[test]
    fn quotes_close_with_their_sentence() {
        assert_eq!(
            cut("\"Go!\" he said. \"Why?\" She ran."),
            ["\"Go!\" he said. ", "\"Why?\" ", "She ran."]
        );
    }

    #[test]
    fn speech_that_a_dash_breaks_off_ends_a_sentence() {
        for dash in ["--", "---", "—", " –", "!--", "?—"] {
            for (open, close) in [("\"", "\""), ("“", "”"), ("'", "'"), ("“‘", "’”")] {
                let said = format!("{open}If you, Sir{dash}{close} ");
                let told = format!("{said}Clara took the lamp. \"Well?\"");
                assert_eq!(cut(&told), [said.as_str(), "Clara took the lamp. ", "\"Well?\""]);
            }
        }
        assert_eq!(cut("\"But--\" \"No!\" He ran."), ["\"But--\" ", "\"No!\" ", "He ran."]);
        for whole in [
            "\"If you, Sir--\" she began.",
            "He cried--\"Stop!\"",
            "It was--or so 'Tom' said--'Tis true.",
            "'A mile down, I think--' (for she had learnt it) 'yes.'",
            "A dash -- Nobody spoke -- stood there.",
        ] {
            assert_eq!(cut(whole), [whole]);
        }
    }

    #[test]
    fn full_stops_with_blanks_between_are_one() {
        assert_eq!(
            cut("He was . . . gone. \"I thought . . .\" She wept. It fell . . . . Then no"),
            [
                "He was . . . gone. ",
                "\"I thought . . .\" ",
                "She wept. ",
                "It fell . . . . ",
                "Then no"
            ]
        );
        assert_eq!(cut("It weighed much. .5 was left."), ["It weighed much. ", ".5 was left."]);
    }

    #[test]
    fn chinese_needs_no_spaces() {
        assert_eq!(
            cut("他走了。“真的吗？”她问道！好。"),
            ["他走了。", "“真的吗？”", "她问道！", "好。"]
        );
    }

    #[test]
    fn wrapped_lines_join_and_items_part() {
        let wrapped =
            "The long line of prose goes on until the column\nEnds here and goes on. Next.";
        assert_eq!(cut(wrapped).len(), 2);
        assert_eq!(cut("- one\n- two\n- three").len(), 3);
        assert_eq!(cut("A = 5\nB = A\nC = B").len(), 3);
        assert_eq!(cut("| a | b |\n| 1 | 2 |").len(), 2);
    }

    #[test]
    fn long_runs_are_cut_and_everything_tiles() {
        let run = "word ".repeat(1_000);
        let pieces = cut(&run);
        assert!(pieces.iter().all(|piece| piece.len() <= LONGEST));
        assert_eq!(pieces.concat(), run);
        let numbers = "he counted 12,345 sheep and 1,2 goats, ".repeat(100);
        for piece in cut(&numbers) {
            assert!(piece.ends_with([' ', ',']) && !piece.starts_with(['3', '2']), "{piece}");
        }
        let wide = "字".repeat(2_000);
        assert_eq!(cut(&wide).concat(), wide);
    }

    #[test]
    fn random_text_tiles() {
        // A multiplicative congruential generator: reproducible noise is all that is needed.
        let alphabet: Vec<char> = ".!?…。！？\"' \n\n  aBcMr1,é字I-|#".chars().collect();
        let mut state = 12_345_u64;
        for _ in 0..2_000 {
            let mut text = String::new();
            for _ in 0..60 {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                text.push(alphabet[(state >> 33) as usize % alphabet.len()]);
            }
            assert_eq!(cut(&text).concat(), text);
        }
    }
}
