//! Chinese questions about papers, taken apart without knowing where words end.
//!
//! ```text
//! 押金多久退还？            a length    押金 · 退还
//! 能带狗进景区吗？          a rule      带 · 狗 or 宠物 · 进 or 入 · 景区
//! 最初的租金是多少？        money       租金 or 房租, as it was first
//! ```
//! What stands between words that only ask is a stretch. A line says it if it consists of pieces of two characters and
//! more that stand in the line. A single character need not be said, for it is mostly a verb that papers vary.

use std::ops::Range;

use super::chinese_words::{
    ASKING, EDGES, ENDS, GROUPS, HOW_MUCH, MEASURED, OF_MONEY, OF_SUMS, RISING, SMALL, SUFFIXES,
};
use super::clauses;
use super::kind::Kind;
use super::query::{Query, Wanted};
use crate::memory::answer::units::{self, Measure};
use crate::memory::index::patterns::Pattern;
use crate::memory::plan::chinese::words::REQUESTS;
use crate::memory::plan::events::standing;
use crate::memory::segment::words::{self, is_ideograph};

/// Takes a Chinese question apart; `None` if it asks for nothing that a line could say.
pub fn query(text: &str) -> Option<Query> {
    let asked: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let list: Vec<String> = words::folded_words(&asked).collect();
    let standing = standing::Standing::of(&asked, &list);
    let kind = kind(&asked)?;
    let mut wanted: Vec<Wanted> = Vec::new();
    let mut counter = String::new();
    let (mut run, mut at) = (String::new(), 0);
    while at < asked.len() {
        let rest = &asked[at..];
        let ends = |list: &'static str| {
            list.split_whitespace()
                .filter(|word| rest.starts_with(word))
                .max_by_key(|word| word.len())
        };
        let group = GROUPS
            .iter()
            .filter_map(|group| {
                let own = group.split(' ').filter(|word| rest.starts_with(word));
                own.max_by_key(|word| word.len()).map(|word| (word, *group))
            })
            .max_by_key(|(word, _)| word.len());
        let asking = ends(ASKING)
            .into_iter()
            .chain(ends(SMALL))
            .chain(ends(REQUESTS).filter(|word| word.chars().count() > 1))
            .chain(standing::chinese_word(rest))
            .max_by_key(|word| word.len());
        let first = rest.chars().next()?;
        // "一晚", "两个人": so many of something, not of what.
        let numeral = rest.find(|c| !"一两三四五六七八九十".contains(c)).unwrap_or(0);
        let counted = units::counter(&rest[numeral..]).filter(|_| numeral > 0);
        if let Some((_, length)) = counted {
            flush(&mut run, &mut wanted);
            // "一度电": of what there is so much stays.
            let n_noun = if rest[..numeral + length].ends_with('电') { "电".len() } else { 0 };
            at += numeral + length - n_noun;
            continue;
        }
        if let Some((word, group)) =
            group.filter(|(word, _)| asking.is_none_or(|asking| asking.len() < word.len()))
        {
            flush(&mut run, &mut wanted);
            push(&mut wanted, word, group.split(' ').map(str::to_owned).collect());
            at += word.len();
        } else if let Some(word) = asking {
            flush(&mut run, &mut wanted);
            at += word.len();
            // "多少个", "几路": what is counted, or the counter.
            if word.ends_with("多少") || word == "几" {
                let behind = &asked[at..];
                if let Some((_, length)) = units::counter(behind) {
                    counter = behind[..length].to_owned();
                    at += length;
                }
            }
        } else {
            if is_ideograph(first) || first.is_alphanumeric() {
                run.push(first);
            } else {
                flush(&mut run, &mut wanted);
            }
            at += first.len_utf8();
        }
    }
    flush(&mut run, &mut wanted);
    let is_said = wanted.iter().any(|wanted| !wanted.light);
    if !is_said {
        wanted.iter_mut().for_each(|wanted| wanted.light = false);
    }
    if kind == Kind::Date {
        let grains = [("几点", "点"), ("哪年", "年"), ("哪一年", "年"), ("周几", "周")];
        let grain = grains.iter().find(|(asking, _)| asked.contains(asking));
        counter = grain.map_or("", |(_, grain)| *grain).to_owned();
    }
    let measure = match kind {
        Kind::Amount
            if ["多高", "多长", "多宽", "多深", "多远", "多厚"]
                .iter()
                .any(|how| asked.contains(how)) =>
        {
            Some(Measure::Space)
        }
        Kind::Amount if asked.contains("多重") => Some(Measure::Weight),
        Kind::Amount if asked.contains("多大") => Some(Measure::Area),
        _ => None,
    };
    (!wanted.is_empty()).then(|| Query {
        kind,
        words: list,
        wanted,
        counted: None,
        counter,
        measure,
        many: asked.contains("哪些"),
        earliest: standing.earliest,
        latest: standing.latest && !standing.earliest,
        of_total: false,
        of_condition: false,
        of_change: false,
        of_name: false,
        of_holder: false,
        of_money: true,
        verb: None,
        lasts: false,
        of_size: false,
        of_distance: false,
    })
}

/// Puts the stretch that was read among what is wanted.
fn flush(run: &mut String, wanted: &mut Vec<Wanted>) {
    let own = std::mem::take(run);
    let own = own.trim_end_matches(|c| c == ENDS || EDGES.contains(c));
    let own = own.trim_start_matches(|c| EDGES.contains(c));
    if !own.is_empty() {
        push(wanted, own, vec![own.to_owned()]);
    }
}

fn push(wanted: &mut Vec<Wanted>, word: &str, stretches: Vec<String>) {
    let Some(pattern) = Pattern::phrase(word) else { return };
    wanted.push(Wanted {
        strict: pattern.clone(),
        any: pattern,
        light: word.chars().count() == 1 && stretches.len() == 1,
        is_name: false,
        at: 0,
        is_paper: false,
        is_job: false,
        measures: false,
        stretches,
    });
}

/// The kind of answer that a question asks for.
fn kind(text: &str) -> Option<Kind> {
    let has = |list: &[&str]| list.iter().any(|word| text.contains(word));
    let number = has(&["多少", "几"]);
    let lengths = [
        "多久",
        "多长时间",
        "几天",
        "几年",
        "几个月",
        "几小时",
        "几个小时",
        "几周",
        "几个星期",
        "几分钟",
        "多少天",
        "多少年",
        "多少小时",
        "多少个月",
        "期多长",
        "多少分钟",
        "几日内",
    ];
    let dates = [
        "什么时候",
        "何时",
        "哪天",
        "哪一天",
        "几点",
        "哪年",
        "哪一年",
        "几月",
        "几号",
        "星期几",
        "周几",
        "什么时间",
        "什么日子",
        "日期",
    ];
    Some(if has(&["为什么", "为何", "什么原因", "因为什么", "何故", "怎么会"]) {
        Kind::Reason
    } else if has(&["多久", "多长时间"]) && has(&["一次", "一回"]) {
        Kind::Statement
    } else if has(&lengths) {
        Kind::Length
    } else if has(&dates) {
        Kind::Date
    } else if has(&["电话", "手机", "热线"]) && has(&["多少", "几", "什么"]) {
        Kind::Telephone
    } else if has(&["多少钱", "多少元", "几元", "几块", "怎么收费", "收费多少"])
        || number && !text.contains("几路") && ends_with_sum(text)
    {
        Kind::Money
    } else if number && asks_measure(text) || has(&HOW_MUCH) {
        Kind::Amount
    } else if number {
        Kind::Count
    } else if has(&["谁", "哪位", "什么人", "何人", "哪个人", "哪家", "哪个公司"])
    {
        Kind::Person
    } else if has(&["哪里", "哪儿", "在哪", "何处", "什么地方", "何地"]) {
        Kind::Place
    } else if has(&[
        "吗",
        "能不能",
        "可不可以",
        "是否",
        "可否",
        "能否",
        "要不要",
        "是不是",
        "有没有",
    ]) {
        let ruled = ["能", "可", "允许", "必须", "需要", "要不要", "须", "许"];
        if has(&ruled) { Kind::Rule } else { Kind::Truth }
    } else if has(&["什么", "哪", "怎么", "如何", "怎样", "谁"]) {
        Kind::Statement
    } else {
        return None;
    })
}

/// Whether 多少 asks for a share or for a number with a unit.
fn asks_measure(text: &str) -> bool {
    let before = before_number(text);
    RISING.iter().any(|verb| before.ends_with(verb))
        || MEASURED.iter().any(|noun| before.trim_end_matches('是').ends_with(noun))
}

/// What stands before 多少 or 几.
fn before_number(text: &str) -> &str {
    &text[..text.find("多少").or_else(|| text.find('几')).unwrap_or(text.len())]
}

/// Whether what stands before 多少, or right behind it, is a sum.
fn ends_with_sum(text: &str) -> bool {
    let mut before = before_number(text);
    let at = before.len();
    while let Some(rest) = OF_SUMS.iter().find_map(|word| before.strip_suffix(word)) {
        before = rest;
    }
    let behind = text[at..].trim_start_matches("多少").trim_start_matches('几');
    OF_MONEY.iter().any(|sum| before.ends_with(sum) || behind.starts_with(sum))
}

/// What it is worth that words say what is wanted: as it is asked for, or `similar` in other words.
pub fn worth(wanted: &Wanted, words: &[String], similar: f32) -> Option<f32> {
    let text = words.concat();
    let own = wanted.strict.text.replace(' ', "");
    if covers(&text, &own) {
        return Some(1.0);
    }
    wanted.stretches.iter().any(|other| covers(&text, other)).then_some(similar)
}

/// Whether words say one of several stretches.
pub fn says(stretches: &[String], words: &[String]) -> bool {
    let text = words.concat();
    stretches.iter().any(|own| covers(&text, own))
}

/// Whether at least half of a stretch consists of pieces of two characters and more of `text`, and the rest of single
/// ones; of four and more, one may be left out.
fn covers(text: &str, stretch: &str) -> bool {
    let mut chars: Vec<char> = stretch.chars().collect();
    // 火锅店 is said by 火锅, 门牌号 by 门牌.
    if chars.len() > 2 && chars.last().is_some_and(|last| SUFFIXES.contains(*last)) {
        chars.pop();
    }
    if chars.len() == 1 {
        return text.contains(stretch);
    }
    let (mut at, mut n_left, mut n_alone) = (0, 0, 0);
    while at < chars.len() {
        let piece = |n: usize| chars[at..at + n].iter().collect::<String>();
        let most = (2..=chars.len() - at).rev().find(|n| text.contains(&piece(*n)));
        match most {
            Some(n) => at += n,
            None => {
                n_alone += usize::from(text.contains(chars[at]));
                n_left += 1;
                at += 1;
            }
        }
    }
    let n_missing = n_left - n_alone;
    2 * n_left <= chars.len() && (n_missing == 0 || chars.len() >= 4 && n_missing == 1)
}

/// Whether a span counts what a question asks for; `behind` is the text behind it.
pub fn counts(query: &Query, span: &str, behind: &str) -> bool {
    match query.kind {
        Kind::Count if !query.counter.is_empty() => {
            // 个 counts anything.
            if query.counter == "个" {
                return true;
            }
            let people = ["人", "名", "位", "个"];
            let own = people.iter().find(|own| span.ends_with(**own));
            span.ends_with(&query.counter)
                || behind.starts_with(&query.counter)
                || own.is_some() && people.contains(&query.counter.as_str())
        }
        // "几点", "哪年": the part of the date that is asked for.
        Kind::Date => query.counter.is_empty() || span.contains(&query.counter),
        Kind::Amount => query.measure.is_none_or(|measure| {
            let unit = span.trim_start_matches(|c: char| c.is_ascii_digit() || !is_unit_start(c));
            let own = units::counter(unit).map(|(own, _)| own);
            own == Some(measure) || measure == Measure::Area && own == Some(Measure::Space)
        }),
        _ => true,
    }
}

fn is_unit_start(c: char) -> bool {
    let mut buffer = [0; 4];
    let own: &str = c.encode_utf8(&mut buffer);
    "平公千厘毫米里亩升克斤吨瓦伏度分摄".contains(own)
}

/// The one span of a line, or the one of the clause that says most of what is asked.
pub fn answering(query: &Query, text: &str, found: &[Range<usize>]) -> Option<String> {
    if let [one] = found {
        return Some(text[one.clone()].to_owned());
    }
    let mut clauses: Vec<Range<usize>> = Vec::new();
    let mut start = 0;
    for (at, mark) in text.match_indices(['，', '；', '。', '：']) {
        clauses.push(start..at);
        start = at + mark.len();
    }
    clauses.push(start..text.len());
    let said = |clause: &Range<usize>| -> Vec<bool> {
        let own = &text[clause.clone()];
        let says = |wanted: &Wanted| wanted.stretches.iter().any(|stretch| covers(own, stretch));
        query.wanted.iter().map(says).collect()
    };
    let told = clauses
        .into_iter()
        .map(|clause| (said(&clause), clause))
        .filter(|(_, clause)| found.iter().any(|range| clause.contains(&range.start)));
    clauses::the_meant(told.collect(), found).map(|range| text[range].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_are_taken_apart() {
        for (text, wanted_kind, stretches) in [
            ("押金多久退还？", Kind::Length, "押金 退还"),
            ("能带狗进景区吗？", Kind::Rule, "狗 进 景区"),
            ("最初的租金是多少？", Kind::Money, "租金"),
            ("地面停车位有多少个？", Kind::Count, "地面停车位"),
            ("谁反对在花园旁划车位？", Kind::Person, "反对 花园旁划车位"),
            ("春游为什么推迟？", Kind::Reason, "春游 推迟"),
        ] {
            let query = query(text).expect(text);
            let heavy = query.wanted.iter().filter(|wanted| !wanted.light);
            let heavy: Vec<String> =
                heavy.map(|wanted| wanted.strict.text.replace(' ', "")).collect();
            assert_eq!((query.kind, heavy.join(" ").as_str()), (wanted_kind, stretches), "{text}");
        }
    }

    #[test]
    fn a_stretch_is_said_in_pieces_of_two_characters() {
        for (stretch, text, said) in [
            ("安捷公司报价", "更正：安捷公司的报价应为四十三万元。", true),
            ("吸烟", "屋内禁止存放易燃物品。", false),
            ("中介费", "物业费由甲方承担。", false),
        ] {
            assert_eq!(covers(text, stretch), said, "{stretch} {text}");
        }
    }
}
