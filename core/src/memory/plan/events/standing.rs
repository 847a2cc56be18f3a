//! Which of the states of something that changes a question asks for: the newest, or the first.
//!
//! ```text
//! newest   now, latest, current, in the end, after all corrections, as things stand, 现在, 最新
//! first    first, original, at the outset, before any change, to begin with, 最初, 起初
//! ```
//! Chapters that limit a question are the business of `parts`.

use crate::memory::plan::language::grammar::among;

/// Words with which a question asks for the newest state.
const LATEST: &str = "current currently latest now newest final finally eventually last recent recently \
    updated today ultimately actual corrected revised nowadays presently present still anymore valid";
/// Words with which a question asks for the first state.
const EARLIEST: &str = "first original originally initial initially earliest";
/// What makes a later state out of an earlier one.
const CHANGES: &str = "correct correction corrections corrected change changes changed revise revision \
    revisions revised update updates updated amend amendment amendments amended alteration alterations \
    altered modification modifications modified adjustment adjustments adjusted replacement \
    replacements";
/// Nouns for the beginning and the end of everything.
const BEGINNINGS: &str = "beginning outset start first onset";
const ENDS: &str = "end last close";
/// Words between "before" or "after" and the change.
const BETWEEN: usize = 4;

const CHINESE_LATEST: &[&str] = &[
    "最新",
    "现在",
    "目前",
    "最后",
    "当前",
    "如今",
    "眼下",
    "最终",
    "现今",
    "此刻",
    "最近",
    "时至今日",
    "至今",
    "现时",
    "现行",
    "现用",
    "目下",
    "当下",
    "末了",
    "到头来",
    "新近",
    "今天",
    "现下",
    "当今",
    "时下",
    "眼前",
    "这会儿",
    "最末",
    "末次",
    "迄今",
];
const CHINESE_EARLIEST: &[&str] = &[
    "最初",
    "原来",
    "起初",
    "当初",
    "原先",
    "最早",
    "一开始",
    "开头",
    "最开始",
    "起先",
    "原本",
    "最先",
    "首先",
    "首次",
    "第一次",
    "头一次",
    "第一个",
    "头一个",
    "首个",
    "头一回",
    "初次",
    "初始",
    "原始",
    "原定",
    "刚开始",
    "开初",
    "早先",
    "本来",
    "起头",
    "之初",
    "一上来",
    "原是",
    "起始",
    "伊始",
    "第一回",
    "首度",
    "头一遭",
    "头次",
    "第一版",
    "初版",
    "开始是",
    "开始为",
    "开始的",
];
/// What stands before a change that has not come yet: "还没有改动时".
const NOT_YET: &[&str] = &[
    "未",
    "未经",
    "尚未",
    "还没",
    "还没有",
    "没有任何",
    "未作任何",
    "未做任何",
    "未经任何",
    "未曾",
    "不曾",
];
const CHINESE_CHANGES: &[&str] = &[
    "更正", "修改", "修订", "变更", "更新", "改动", "更改", "订正", "调整", "变动", "变化", "更换",
    "调换", "改正", "纠正", "修正", "勘误", "改", "换", "变",
];

/// What a question says about the state that it asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// Whether it asks for the newest state.
    pub latest: bool,
    /// Whether it asks for the first state.
    pub earliest: bool,
    /// The words of the question that say so, by number.
    pub words: Vec<usize>,
}

/// The Chinese word for the newest or the first state with which `text` opens.
pub fn chinese_word(text: &str) -> Option<&'static str> {
    let all = CHINESE_LATEST.iter().chain(CHINESE_EARLIEST).copied();
    all.filter(|word| text.starts_with(word)).max_by_key(|word| word.len())
}

impl Standing {
    /// Reads `text`, whose folded words are `list`.
    pub fn of(text: &str, list: &[String]) -> Self {
        let mut out = Self::default();
        for (at, word) in list.iter().enumerate() {
            let word = word.as_str();
            let next = |distance: usize| list.get(at + distance).map_or("", String::as_str);
            let behind = &list[at + 1..list.len().min(at + 2 + BETWEEN)];
            // "Before any correction", "after all changes", "once everything was revised".
            if among("before after until prior following since once despite", word)
                && let Some(change) = behind.iter().position(|word| among(CHANGES, word))
            {
                let earliest = among("before until prior", word);
                out.earliest |= earliest;
                out.latest |= !earliest;
                out.words.extend(at..=at + 1 + change);
                continue;
            }
            // "At the outset", "in the end", "to begin with"; not "at the end of chapter 2".
            if among("at in from by", word) {
                let noun = 1 + usize::from(next(1) == "the" || next(1) == "very");
                let noun = noun + usize::from(next(noun) == "very");
                let of = next(noun + 1) == "of";
                let of_all = of && among("all everything it", next(noun + 2));
                if !of || of_all {
                    let (first, last) = (among(BEGINNINGS, next(noun)), among(ENDS, next(noun)));
                    out.earliest |= first;
                    out.latest |= last;
                    if first || last {
                        out.words.extend(at..=at + noun);
                        continue;
                    }
                }
            }
            if word == "to" && among("begin start", next(1)) && next(2) == "with" {
                out.earliest = true;
                out.words.extend(at..at + 3);
            }
            // "Which desk did she start out with".
            let off = usize::from(among("out off", next(1)));
            if among("start starts started begin begins began open opens opened", word)
                && next(1 + off) == "with"
            {
                out.earliest = true;
                out.words.extend(at..at + 2 + off);
            }
            // "First of all", "at last of all": not all of something.
            if among("first last", word) && next(1) == "of" && next(2) == "all" {
                out.words.extend(at + 1..at + 3);
            }
            if among("as", word) && among("things matters", next(1)) && next(2).starts_with("stand")
            {
                out.latest = true;
                out.words.extend(at..at + 3);
            }
            if among(LATEST, word) {
                out.latest = true;
                out.words.push(at);
            } else if among(EARLIEST, word) {
                out.earliest = true;
                out.words.push(at);
            }
        }
        let has = |wanted: &[&str]| wanted.iter().any(|word| text.contains(word));
        let change = |sides: &[&str]| {
            CHINESE_CHANGES.iter().any(|change| {
                text.match_indices(change).any(|(at, _)| {
                    let behind = &text[at + change.len()..];
                    sides.iter().any(|side| behind.starts_with(side))
                })
            })
        };
        let not_yet = CHINESE_CHANGES.iter().any(|change| {
            text.match_indices(change)
                .any(|(at, _)| NOT_YET.iter().any(|before| text[..at].ends_with(before)))
        });
        out.earliest |= not_yet || has(CHINESE_EARLIEST) || change(&["之前", "以前", "前"]);
        let through = text.contains("经过") || text.contains("历经");
        let changed = CHINESE_CHANGES.iter().any(|change| text.contains(change));
        out.latest |=
            has(CHINESE_LATEST) || change(&["之后", "以后", "后", "过后"]) || (through && changed);
        if out.earliest && !out.words.is_empty() && out.latest {
            // "Originally … before it was last changed": the first is the more special.
            out.latest = false;
        }
        out
    }

    /// Whether a Chinese question asks for all of something, and not for what all changes led to.
    pub fn asks_for_all(text: &str) -> bool {
        ["所有", "全部", "每个", "列出", "哪些", "一切"].iter().any(|word| {
            text.match_indices(word).any(|(at, _)| {
                let behind = text[at + word.len()..].trim_start_matches('的');
                !CHINESE_CHANGES.iter().any(|change| behind.starts_with(change))
            })
        })
    }

    /// `text` with blanks for the Chinese words that say which state is asked for.
    pub fn cleared(text: &str) -> String {
        let all = CHINESE_LATEST.iter().chain(CHINESE_EARLIEST);
        let mut out = text.to_owned();
        for word in all.chain(&["所有", "全部", "每个", "列出"]) {
            out = out.replace(word, " ");
        }
        out
    }

    /// A Chinese phrase without the words at its end that say which state is asked for.
    pub fn bare(mut phrase: &str) -> &str {
        while let Some(shorter) =
            CHINESE_LATEST.iter().chain(CHINESE_EARLIEST).find_map(|word| phrase.strip_suffix(word))
        {
            phrase = shorter;
        }
        phrase
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::segment::words;

    fn read(text: &str) -> (bool, bool) {
        let list: Vec<String> = words::folded_words(text).collect();
        let standing = Standing::of(text, &list);
        (standing.latest, standing.earliest)
    }

    #[test]
    fn questions_ask_for_the_newest_or_the_first_state() {
        for text in [
            "What is the present rent?",
            "Once everything had been corrected, what was the rent?",
            "In the end, what was the rent?",
            "As matters stand, what is the rent?",
            "修订以后，租金是多少？",
            "租金眼下是多少？",
        ] {
            assert_eq!(read(text), (true, false), "{text}");
        }
        for text in [
            "What was the rent at the outset?",
            "What was the rent to begin with?",
            "Prior to the first revision, what was the rent?",
            "在任何改动之前，租金是多少？",
            "租金原先是多少？",
        ] {
            assert_eq!(read(text), (false, true), "{text}");
        }
        assert_eq!(read("What was the rent at the end of chapter 4?"), (false, false));
    }
}
