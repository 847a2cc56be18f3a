//! Lines that stand by themselves in a paper: headings, fields, rows of tables, items of lists.
//!
//! ```text
//! heading   "## 3. Rent", "3. Rent", "三、租金", a short line of its own without a full stop
//! field     "Power: 615 W", "主持人：贺春明"
//! row       "| Adult | £4.20 |", cells with tabs or wide gaps between them
//! item      "- two eggs", "3) salt"
//! ```

use std::ops::Range;

use crate::memory::answer::spans::names_a_date;
use crate::memory::index::corpus::Block;
use crate::memory::segment::words::{self, is_ideograph};

/// Words of a line of its own up to which it may be a heading, and of one above the text of its paragraph.
const LONGEST_HEADING: usize = 14;
const LONGEST_ABOVE_TEXT: usize = 8;
/// Characters of a Chinese heading.
const LONGEST_CHINESE_HEADING: usize = 24;
/// Words before the colon of a field at most, and characters in Chinese.
const LONGEST_FIELD: usize = 6;
const LONGEST_CHINESE_FIELD: usize = 16;
/// Blanks that part two cells.
const GAP: &str = "   ";
/// Cells from which a line with gaps is a row.
const CELLS: usize = 3;

/// A line or several of a sentence that belong together.
#[derive(Debug, Clone, Copy)]
pub struct Piece<'t> {
    pub text: &'t str,
    /// Whether it begins where a line does.
    pub opens_line: bool,
    /// Whether it ends where a line does.
    pub ends_line: bool,
    /// Whether it is an item of a list.
    pub is_item: bool,
    /// The line behind it in its paragraph.
    pub next: &'t str,
}

/// The pieces of sentence `at` of a block: each line that stands by itself, and what is left in between.
pub fn pieces<'b>(block: &'b Block, at: usize) -> Vec<Piece<'b>> {
    let sentence = &block.layout.sentences[at];
    let whole = block.sentences(at..at + 1);
    let start = sentence.start as usize + (whole.len() - whole.trim_start().len());
    let end = sentence.start as usize + whole.trim_end().len();
    let before = block.text[..start].trim_end_matches([' ', '\t']);
    let behind = &block.text[end.max(start)..];
    let mut opens_line = before.is_empty() || before.ends_with('\n');
    let mark = before.strip_suffix(['-', '*', '+', '•', '·']);
    let mut is_marked = mark.is_some_and(|rest| rest.is_empty() || rest.ends_with('\n'));
    let mut piece = |text: &'b str, opens_line: bool, ends_line: bool, next: &'b str| Piece {
        text,
        opens_line,
        ends_line,
        is_item: std::mem::take(&mut is_marked) || is_item(text) || number(text).is_some(),
        next,
    };
    let mut out = Vec::new();
    let mut from = start;
    for (newline, _) in block.text[start..end.max(start)].match_indices('\n') {
        let newline = start + newline;
        let line = block.text[from..newline].trim();
        let next = first_line(&block.text[newline + 1..end]);
        let last = line.rsplit('\n').next().unwrap_or(line);
        let begins = next.starts_with(|c: char| !c.is_lowercase());
        if stands_alone(next) || stands_alone(last) && begins && !next.is_empty() {
            out.push(piece(line, opens_line, true, next));
            (from, opens_line) = (newline + 1, true);
        }
    }
    let ends_line = behind.trim_start_matches([' ', '\t']).chars().next().is_none_or(|c| c == '\n');
    let next = behind.trim_start_matches([' ', '\t']).strip_prefix('\n').map_or("", first_line);
    out.push(piece(block.text[from..end.max(from)].trim(), opens_line, ends_line, next));
    out
}

fn first_line(text: &str) -> &str {
    text.split('\n').next().unwrap_or_default().trim()
}

/// Whether a line says its own, whatever stands before and behind it.
fn stands_alone(line: &str) -> bool {
    field(line).is_some() || number(line).is_some() || cells(line).is_some() || is_item(line)
}

fn is_item(line: &str) -> bool {
    ["- ", "* ", "• ", "· "].iter().any(|mark| line.starts_with(mark))
}

/// The name and the value of a field, the name without marks of emphasis: "**Hours:** 30".
pub fn field(line: &str) -> Option<(&str, &str)> {
    const COLONS: [&str; 4] = [":** ", ":__ ", ": ", "："];
    let colons = COLONS.iter().filter_map(|colon| Some((line.find(colon)?, colon.len())));
    let (at, n_colon) = colons.min()?;
    let (name, value) = (line[..at].trim_matches(['*', '_']), &line[at + n_colon..]);
    let is_chinese = name.chars().any(is_ideograph);
    let is_short = if is_chinese {
        name.chars().count() <= LONGEST_CHINESE_FIELD && !name.contains(['。', '，', '；'])
    } else {
        name.split_whitespace().count() <= LONGEST_FIELD && !name.contains(". ")
    };
    (is_short && !value.trim().is_empty()).then_some((name.trim(), value.trim()))
}

/// What stands behind the number of a section or an item: "3. ", "2.1 ", "4) ", "§ 5 ", 三、, （二）, 第四条.
pub fn number(line: &str) -> Option<&str> {
    const NUMERALS: &str = "一二三四五六七八九十";
    let is_numeral = |c: char| NUMERALS.contains(c);
    if let Some(rest) = line.strip_prefix('第') {
        let rest = rest.trim_start_matches(|c: char| is_numeral(c) || c.is_ascii_digit());
        return rest.strip_prefix(['条', '章', '节', '部']).map(str::trim_start);
    }
    let opened = line.strip_prefix(['（', '(']).unwrap_or(line);
    if opened.starts_with(is_numeral) {
        let rest = opened.trim_start_matches(is_numeral);
        return rest.strip_prefix(['、', '）', ')', '．']).map(str::trim_start);
    }
    let line = line.strip_prefix("§ ").unwrap_or(line);
    let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
    if rest.len() == line.len() {
        return None;
    }
    let parts = rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let marked = parts.len() < rest.len() || parts.starts_with([')', '、', '．']);
    let behind = parts.strip_prefix([')', '、', '．']).unwrap_or(parts);
    (marked && (behind.starts_with(' ') || behind.starts_with(is_ideograph)))
        .then(|| behind.trim_start())
}

/// The cells of a row of a table.
pub fn cells(line: &str) -> Option<Vec<&str>> {
    let line = line.trim();
    if line.contains('\n') {
        return None;
    }
    let cells: Vec<&str> =
        if line.starts_with('|') && line.len() > 1 || line.matches(" | ").count() > 1 {
            line.trim_matches('|').split('|').map(str::trim).collect()
        } else if line.contains('\t') {
            line.split('\t').map(str::trim).filter(|cell| !cell.is_empty()).collect()
        } else {
            let cells = line.split(GAP).map(str::trim).filter(|cell| !cell.is_empty());
            Some(cells.collect::<Vec<&str>>()).filter(|cells| cells.len() >= CELLS)?
        };
    (cells.len() > 1).then_some(cells)
}

/// The level of a heading, if a piece is one; `alone` if it is a paragraph by itself, `opens` if it opens one.
pub fn heading_level(piece: &Piece, marked: bool, alone: bool, opens: bool) -> Option<u8> {
    let text = piece.text;
    if marked {
        let level = text.bytes().take_while(|byte| *byte == b'#').count();
        return Some(if level == 0 { 2 } else { level as u8 });
    }
    if !piece.opens_line || !piece.ends_line || text.contains('\n') || cells(text).is_some() {
        return None;
    }
    let is_open = !text.ends_with([
        '.', '!', '?', ':', ';', ',', '"', '”', '。', '！', '？', '；', '：', '，', '、',
    ]);
    let own = number(text).unwrap_or(text);
    let capital =
        own.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit() || is_ideograph(c));
    if !is_open || !capital || field(text).is_some() || is_item(text) {
        return None;
    }
    let n_words = words::words(text).count();
    let is_chinese = text.chars().any(is_ideograph);
    let longest = if is_chinese { LONGEST_CHINESE_HEADING } else { LONGEST_HEADING };
    let is_closed = |line: &str| line.contains(". ") || line.ends_with(['.', '。', '；']);
    // "3. Rent" above its text; "3. salt" in a list has another number behind it.
    let numbered = number(text).is_some() && number(piece.next).is_none();
    let dated = words::folded_words(text).any(|word| names_a_date(&word));
    let above_text = opens
        && n_words <= LONGEST_ABOVE_TEXT
        && (is_closed(piece.next) || dated && !piece.next.is_empty());
    (n_words <= longest && (alone || above_text || numbered && !piece.next.is_empty())).then_some(2)
}

/// How many lines of a block stand by themselves.
pub fn n_own(block: &Block) -> usize {
    let sentences = &block.layout.sentences;
    let mut n_own = 0;
    let mut last: Option<Vec<Range<usize>>> = None;
    for (at, sentence) in sentences.iter().enumerate() {
        let alone = sentence.opens_paragraph
            && sentences.get(at + 1).is_none_or(|next| next.opens_paragraph);
        for piece in pieces(block, at) {
            // Lines of prose set to one width, and ornaments, have gaps too, but no columns.
            let columns = columns(piece.text);
            let is_row = match (&columns, &last) {
                (Some(own), Some(last)) => are_aligned(own, last),
                _ => piece.text.contains(['|', '\t']) && cells(piece.text).is_some(),
            };
            last = columns;
            let is_field = piece.opens_line
                && piece.ends_line
                && field(piece.text).is_some_and(|(_, value)| !value.contains(['"', '“']));
            let opens = sentence.opens_paragraph;
            n_own += usize::from(
                is_row
                    || is_field
                    || heading_level(&piece, sentence.heading, alone, opens).is_some(),
            );
        }
    }
    n_own
}

/// Where the cells of a row that only gaps part stand, in characters of the line, broad ones as two.
fn columns(line: &str) -> Option<Vec<Range<usize>>> {
    if line.contains(['|', '\t']) || !line.contains(char::is_alphanumeric) {
        return None;
    }
    let width = |text: &str| text.chars().map(|c| 1 + usize::from(is_ideograph(c))).sum::<usize>();
    let place = |cell: &str| {
        let start = width(&line[..cell.as_ptr() as usize - line.as_ptr() as usize]);
        start..start + width(cell)
    };
    cells(line).map(|cells| cells.into_iter().map(place).collect())
}

/// Whether all cells of two rows begin or end below each other.
fn are_aligned(one: &[Range<usize>], other: &[Range<usize>]) -> bool {
    let are_below = |(one, other): (&Range<usize>, &Range<usize>)| {
        one.start == other.start || one.end == other.end
    };
    one.len() == other.len() && one.iter().zip(other).all(are_below)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stand_in_columns_and_lines_of_prose_do_not() {
        let aligned = |one: &str, other: &str| {
            columns(one).zip(columns(other)).is_some_and(|(one, other)| are_aligned(&one, &other))
        };
        assert!(aligned("Adult    single   4.20", "Child    return   12.00"));
        assert!(aligned("成人    单程     4.20", "Adult   return   12.00"));
        assert!(!aligned("It   was   the best of times,", "it was   the worst   of times,"));
        assert!(!aligned("*    *    *    *", "*    *    *    *"));
    }
}
