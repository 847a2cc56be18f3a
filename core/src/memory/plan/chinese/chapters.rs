//! Chapters as Chinese texts and questions name them: 第3章, 第十二回, and what a question says around
//! them: 到第3章为止, 在第3章末尾, 第3章之前. Any character may divide a text that has headings
//! with it: 第3天.

use crate::memory::plan::side::Side;
use crate::memory::segment::words;

/// Characters for the divisions of a text.
const DIVISIONS: &str = "章节回卷部篇集幕";
/// Characters of numerals below a thousand.
const NUMERALS: &str = "零一二三四五六七八九十百";
/// What stands behind a chapter that a question reads to the end, or only up to.
const UNTIL: &[&str] = &[
    "末尾",
    "末",
    "结束",
    "为止",
    "完",
    "终",
    "结尾",
    "最后",
    "之末",
    "读完",
    "收尾",
    "的末尾",
    "的结尾",
];
const BEFORE: &[&str] = &["之前", "以前", "前", "开头", "开始", "的开头"];
const AFTER: &[&str] = &["之后", "以后", "后"];
/// What stands before a chapter that a question reads to the end.
const UP_TO: &[&str] =
    &["截至", "截止到", "截止", "直到", "读到", "到了", "到", "至", "读完", "看完", "看到"];
/// Words that tie such a clause to the question.
const TIES: &[&str] =
    &["时", "的时候", "时候", "里", "中", "内", "，", ",", "、", "在", "为止", "处", "的"];

/// A chapter named in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chapter {
    /// Its number.
    pub number: u64,
    /// The character for the division.
    pub division: char,
    /// Where the mention begins and ends, in bytes.
    pub start: usize,
    /// One past its last byte.
    pub end: usize,
}

/// The value of a Chinese numeral below a thousand, or of digits.
pub(super) fn numeral(text: &str) -> Option<u64> {
    if let Ok(value) = text.parse() {
        return Some(value);
    }
    let (mut sum, mut digit) = (0, 0);
    for c in text.chars() {
        match c {
            '十' => sum += digit.max(1) * 10,
            '百' => sum += digit.max(1) * 100,
            _ => {
                digit = "零一二三四五六七八九".chars().position(|d| d == c)? as u64;
                continue;
            }
        }
        digit = 0;
    }
    (!text.is_empty()).then_some(sum + digit)
}

impl Chapter {
    /// Whether its division is one of books.
    pub fn is_listed(&self) -> bool {
        DIVISIONS.contains(self.division)
    }
}

/// The first chapter that `text` names.
pub fn named(text: &str) -> Option<Chapter> {
    text.match_indices('第').find_map(|(start, mark)| {
        let behind = &text[start + mark.len()..];
        let of_number = |c: char| c.is_ascii_digit() || c == ' ' || NUMERALS.contains(c);
        let (at, division) = behind.char_indices().find(|(_, c)| !of_number(*c))?;
        let number = numeral(behind[..at].trim()).filter(|_| words::is_ideograph(division))?;
        let length = if behind[at..].starts_with("封信") { 6 } else { division.len_utf8() };
        Some(Chapter { number, division, start, end: start + mark.len() + at + length })
    })
}

/// The part of a document that a question limits itself to.
pub fn limit(question: &str) -> Option<(Chapter, Side)> {
    let chapter = named(question)?;
    let (before, behind) = (&question[..chapter.start], &question[chapter.end..]);
    let opens = |list: &[&str]| list.iter().any(|word| behind.starts_with(word));
    let up_to = UP_TO.iter().any(|word| before.ends_with(word));
    let side = if opens(BEFORE) {
        Side::Before
    } else if opens(AFTER) && !up_to {
        Side::After
    } else if opens(UNTIL) || up_to {
        Side::Until
    } else {
        Side::Inside
    };
    Some((chapter, side))
}

/// A clause without the chapter that it opens with.
pub fn without_limit(clause: &str) -> &str {
    let Some(chapter) = named(clause) else { return clause };
    let opening = clause[..chapter.start].trim_start_matches("在");
    let sure = chapter.is_listed() || chapter.start > 0;
    if !sure || !(opening.is_empty() || UP_TO.contains(&opening)) {
        return clause;
    }
    let mut rest = &clause[chapter.end..];
    let words = || UNTIL.iter().chain(BEFORE).chain(AFTER).chain(TIES);
    while let Some(shorter) = words().find_map(|word| rest.strip_prefix(word)) {
        rest = shorter;
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chapters_have_numbers_and_sides() {
        let of = |text: &str| limit(text).map(|(chapter, side)| (chapter.number, side));
        assert_eq!(of("截至第3章，租金是多少？"), Some((3, Side::Until)));
        assert_eq!(of("第十二回结束时，租金是多少？"), Some((12, Side::Until)));
        assert_eq!(of("第二章之前租金是多少？"), Some((2, Side::Before)));
        assert_eq!(of("第二十章里租金是多少？"), Some((20, Side::Inside)));
        assert_eq!(of("到第六夜为止，租金是多少？"), Some((6, Side::Until)));
        assert_eq!(of("租金是多少？"), None);
        assert_eq!(without_limit("第三名是谁"), "第三名是谁");
        assert_eq!(without_limit("读到第4章结尾时租金是多少"), "租金是多少");
        assert_eq!(without_limit("租金在第4章是多少"), "租金在第4章是多少");
    }
}
