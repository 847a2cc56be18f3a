//! What a sentence mentions: names, identifiers and quoted terms, by rule and without a model.
//!
//! * Names: sequences of capitalised words (`index::names`); in Chinese a surname with one or two
//!   characters between words that stand around names, or a surname with a title.
//! * Identifiers: words that mix letters with digits or underscores, hyphenated parts joined.
//! * Quoted terms: up to four words in quotation marks without a final stop; titles in 《》.
//!
//! Two mentions are one thing if the words between them say so ("called", "alias", 又名, and so on).

use crate::memory::index::{names, stopwords};
use crate::memory::segment::words;

/// How something was told to be a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Capitalised words, or a Chinese surname with what follows.
    Name,
    /// Letters mixed with digits.
    Identifier,
    /// Words in quotation marks.
    Quoted,
}

impl Kind {
    /// The kind stored as `number`.
    pub fn of(number: u64) -> Option<Self> {
        [Self::Name, Self::Identifier, Self::Quoted].into_iter().find(|kind| *kind as u64 == number)
    }
}

/// One mention: a byte range of the sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mention {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// How it was found.
    pub kind: Kind,
    /// Whether it may be a common word.
    pub uncertain: bool,
}

/// Appends the mentions of `sentence` to `out`, in order; ranges that overlap a longer one are left
/// out.
pub fn mentions(sentence: &str, out: &mut Vec<Mention>) {
    let bytes = sentence.as_bytes();
    let mut found = Vec::new();
    if bytes.iter().any(|byte| byte.is_ascii_uppercase() || *byte >= 0xc3) {
        names::names(sentence, &mut found);
        out.extend(found.iter().map(|name| Mention {
            start: name.start,
            end: name.end,
            kind: Kind::Name,
            uncertain: name.uncertain,
        }));
    }
    if bytes.iter().any(|byte| byte.is_ascii_digit() || *byte == b'_') {
        identifiers(sentence, out);
    }
    if bytes.iter().any(|byte| *byte == b'"' || *byte >= 0xe2) {
        quoted(sentence, out);
        chinese_names(sentence, out);
    }
    out.retain(|mention| mention.end > mention.start);
    out.sort_unstable_by_key(|mention| (mention.start, usize::MAX - mention.end));
    let mut end = 0;
    out.retain(|mention| {
        let apart = mention.start >= end;
        end = end.max(mention.end);
        apart
    });
}

/// Words that mix letters and digits, with the parts that hyphens, slashes or dots tie to them.
fn identifiers(sentence: &str, out: &mut Vec<Mention>) {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '/' | '.' | '#');
    for piece in sentence.split(|c: char| !is_part(c)) {
        let piece = piece.trim_matches(['-', '/', '.', '#']);
        let digits = piece.bytes().filter(u8::is_ascii_digit).count();
        let letters = piece.bytes().filter(u8::is_ascii_alphabetic).count();
        let lasting = piece.len() >= 3 && piece.len() <= 48 && !piece.contains("--");
        // "1st", "20th" and "1870s" are numbers; "mid-1870" is a word with one.
        let ordinal = letters <= 2
            && piece.as_bytes()[0..piece.len().min(1)].iter().any(u8::is_ascii_digit)
            && piece.trim_start_matches(|c: char| c.is_ascii_digit()).len() == letters;
        let capital = piece.bytes().any(|byte| byte.is_ascii_uppercase() || byte == b'_');
        if lasting && digits > 0 && letters > 0 && !ordinal && (capital || !piece.contains('-')) {
            // `piece` lies inside `sentence`, so the difference of their addresses is its offset.
            let start = piece.as_ptr() as usize - sentence.as_ptr() as usize;
            let end = start + piece.len();
            out.push(Mention { start, end, kind: Kind::Identifier, uncertain: false });
        }
    }
}

fn quoted(sentence: &str, out: &mut Vec<Mention>) {
    const MARKS: [(&str, &str); 4] = [("\"", "\""), ("“", "”"), ("《", "》"), ("「", "」")];
    for (open, close) in MARKS {
        let mut from = 0;
        while let Some(at) = sentence[from..].find(open) {
            let start = from + at + open.len();
            let Some(length) = sentence[start..].find(close) else {
                break;
            };
            let term = &sentence[start..start + length];
            let (mut n_words, mut n_ideographs) = (0, 0);
            for word in words::words(term) {
                n_words += usize::from(!word.ideograph);
                n_ideographs += usize::from(word.ideograph);
            }
            let short = n_words <= 4 && n_ideographs <= 12 && n_words + n_ideographs > 0;
            let stopped =
                term.ends_with(['.', ',', '!', '?', ';', '。', '，', '！', '？', '…', '-']);
            if short && !stopped && (n_words != 1 || term.len() > 2) {
                let end = start + length;
                out.push(Mention { start, end, kind: Kind::Quoted, uncertain: false });
            }
            from = start + length + close.len();
        }
    }
}

/// The most frequent surnames, by the household register; four are also common words and need a title
/// or a second mention like all others.
const SURNAMES: &str = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾萧蔡潘田董袁\
    于余叶蒋杜苏魏程吕丁沈任姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷黎史龙陶贺顾毛\
    郝龚邵万钱严覃武莫孔汤尤柳";
const COMPOUND_SURNAMES: [&str; 8] =
    ["欧阳", "司马", "上官", "诸葛", "司徒", "东方", "夏侯", "皇甫"];
const TITLES: [&str; 14] = [
    "先生", "女士", "小姐", "太太", "夫人", "老师", "医生", "教授", "博士", "经理", "警官", "师傅",
    "总管", "将军",
];
/// Characters that stand right before a name.
const BEFORE: &str =
    "的说道和与跟同对向给让叫请问见是为被把将由从当找带派使了在和及、，。！？；：“”「『（\"";
/// Characters that stand right after a name.
const AFTER: &str = "的和与跟同对向给让叫请问说道是在把被将从也都又就才却还不没已曾正便则于来去到走站坐看听想拿放住有，。！？；：、“”」』）（\"";

fn chinese_names(sentence: &str, out: &mut Vec<Mention>) {
    let chars: Vec<(usize, char)> = sentence.char_indices().collect();
    let offset = |at: usize| chars.get(at).map_or(sentence.len(), |(offset, _)| *offset);
    let mut at = 0;
    while at < chars.len() {
        let (start, c) = chars[at];
        if !words::is_ideograph(c) {
            at += 1;
            continue;
        }
        let rest = &sentence[start..];
        let surname = if COMPOUND_SURNAMES.iter().any(|name| rest.starts_with(name)) {
            2
        } else if SURNAMES.contains(c) {
            1
        } else {
            at += 1;
            continue;
        };
        let behind = &sentence[offset(at + surname)..];
        if let Some(title) = TITLES.iter().find(|title| behind.starts_with(**title)) {
            let length = surname + title.chars().count();
            let end = offset(at + length);
            out.push(Mention { start, end, kind: Kind::Name, uncertain: false });
            at += length;
            continue;
        }
        let opens =
            at == 0 || !words::is_ideograph(chars[at - 1].1) || BEFORE.contains(chars[at - 1].1);
        let given = [2, 1].into_iter().find(|given| {
            let end = at + surname + given;
            let name = chars.get(at + surname..end);
            let closes =
                chars.get(end).is_none_or(|(_, c)| AFTER.contains(*c) || c.is_whitespace());
            closes
                && name.is_some_and(|name| {
                    name.iter().all(|(_, c)| words::is_ideograph(*c) && !AFTER.contains(*c))
                })
        });
        match given {
            Some(given) if opens => {
                let end = offset(at + surname + given);
                let plain = stopwords::chinese_content(&sentence[start..end]).len() == 1;
                out.push(Mention { start, end, kind: Kind::Name, uncertain: !plain });
                at += surname + given;
            }
            _ => at += surname,
        }
    }
}

/// Words that say that what stands before and behind them are one.
const ALIAS_WORDS: [&str; 12] = [
    "called",
    "alias",
    "nicknamed",
    "aka",
    "a.k.a",
    "née",
    "dubbed",
    "styled",
    "surnamed",
    "named",
    "known as",
    "short for",
];
const ALIAS_CHINESE: [&str; 8] = ["又名", "又称", "绰号", "外号", "人称", "别名", "化名", "原名"];
/// Words that may stand beside them.
const ALIAS_FILLERS: [&str; 16] = [
    "also",
    "better",
    "or",
    "who",
    "is",
    "was",
    "the",
    "he",
    "she",
    "himself",
    "herself",
    "sometimes",
    "formerly",
    "simply",
    "commonly",
    "usually",
];

/// Whether the text between two mentions says that they are one.
pub fn says_alias(between: &str) -> bool {
    if between.len() > 48 || between.contains(['.', '!', '?', ';', '。', '！', '？', '；']) {
        // "a.k.a." is the one abbreviation that may stand here.
        return between.trim().trim_matches([',', '(', ' ']).starts_with("a.k.a.");
    }
    let plain = between.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    if ALIAS_CHINESE.iter().any(|cue| plain.trim_end_matches(['为', '叫']) == *cue) {
        return true;
    }
    let Some(cue) = ALIAS_WORDS.iter().find(|cue| plain.contains(**cue)) else {
        return false;
    };
    plain
        .replacen(cue, " ", 1)
        .split(|c: char| !c.is_alphabetic())
        .all(|word| word.is_empty() || ALIAS_FILLERS.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(sentence: &str) -> Vec<&str> {
        let mut out = Vec::new();
        mentions(sentence, &mut out);
        out.iter().map(|mention| &sentence[mention.start..mention.end]).collect()
    }

    #[test]
    fn identifiers_and_quoted_terms_are_mentions() {
        assert_eq!(found("the file INV-2041 and var_7 on the 21st"), ["INV-2041", "var_7"]);
        assert_eq!(found("they spoke of the \"speckled band\" again"), ["speckled band"]);
        assert_eq!(found("he cried \"stop at once!\" and ran"), Vec::<&str>::new());
        assert_eq!(found("in mid-1870 he paid 30 or 1,000"), Vec::<&str>::new());
    }

    #[test]
    fn chinese_names_are_found_between_their_neighbours() {
        assert_eq!(found("昨天，李明说王小红在上海。"), ["李明", "王小红"]);
        assert_eq!(found("张先生和欧阳锋走了。"), ["张先生", "欧阳锋"]);
        assert_eq!(found("他读了《红楼梦》。"), ["红楼梦"]);
    }

    #[test]
    fn aliases_need_a_cue_and_nothing_else() {
        assert!(says_alias(", also known as "));
        assert!(says_alias(", called the \""));
        assert!(says_alias("，又名"));
        assert!(says_alias(" (a.k.a. "));
        assert!(!says_alias(" called for "));
        assert!(!says_alias(" and "));
        assert!(!says_alias(". He was called "));
    }
}
