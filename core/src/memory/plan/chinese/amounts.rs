//! Money, lengths of time, dates and counts in Chinese, and whether a line is of the kind that a question asks for.
//!
//! ```text
//! 三千二百元 · 十块钱 · 9.5万元            money: a numeral and a counter of money
//! 两年 · 三十天 · 半小时                   a length of time
//! 2024年5月1日 · 每周三上午 · 七点半        a date: its parts side by side
//! 一百二十个 · 18路                        a count
//! ```
//! Every span is a byte range of the line.

use std::ops::Range;

use super::surnames::full_names;
use crate::memory::answer::units::{self, Measure};
use crate::memory::plan::papers::amounts::telephones;
use crate::memory::plan::papers::kind::Kind;
use crate::memory::segment::words::is_ideograph;

const NUMERALS: &str = "零〇一二两三四五六七八九十百千万亿半";
/// Parts of a date that need no numeral.
const DAYS: [&str; 31] = [
    "上午", "下午", "晚上", "早上", "早晨", "凌晨", "中午", "傍晚", "今年", "明年", "去年", "本月",
    "下月", "今天", "明天", "昨天", "春节", "国庆", "元旦", "除夕", "中旬", "上旬", "下旬", "月底",
    "月初", "年底", "年初", "周末", "春季", "每天", "每月",
];
const REASONS: [&str; 9] = ["因为", "由于", "因", "为了", "所以", "以免", "以防", "导致", "鉴于"];
const RULES: [&str; 24] = [
    "不得",
    "禁止",
    "不能",
    "不可",
    "不准",
    "严禁",
    "不许",
    "可以",
    "可",
    "允许",
    "须",
    "必须",
    "应",
    "需",
    "谢绝",
    "免",
    "不予",
    "只能",
    "方可",
    "不必",
    "除外",
    "欢迎",
    "不外借",
    "不接受",
];
const PLACES: [&str; 14] = [
    "在", "位于", "地点", "地址", "设于", "来自", "产自", "楼", "室", "坐落", "路", "街", "中心",
    "广场",
];
/// Nouns for people and bodies.
const PEOPLE: [&str; 42] = [
    "甲方",
    "乙方",
    "业主",
    "物业",
    "居民",
    "读者",
    "员",
    "师",
    "老师",
    "经理",
    "主任",
    "主席",
    "队长",
    "组长",
    "公司",
    "事务所",
    "家长",
    "学生",
    "本人",
    "房东",
    "租客",
    "房客",
    "出租方",
    "承租方",
    "医生",
    "厂",
    "局",
    "委员会",
    "业委会",
    "社区",
    "村委会",
    "学校",
    "银行",
    "单位",
    "者",
    "人员",
    "客户",
    "买方",
    "卖方",
    "校长",
    "院长",
    "处长",
];

/// Whether a line is of a kind.
pub fn fits(kind: Kind, text: &str) -> bool {
    let has = |list: &[&str]| list.iter().any(|word| text.contains(word));
    match kind {
        Kind::Reason => has(&REASONS),
        Kind::Rule => has(&RULES),
        Kind::Person => has(&PEOPLE) || names_somebody(text),
        Kind::Place => has(&PLACES),
        Kind::Truth | Kind::Statement => true,
        _ => !spans(kind, text).is_empty(),
    }
}

/// Whether a name may stand where names do: behind a mark, or a word before a name.
fn names_somebody(text: &str) -> bool {
    const BEFORE: [&str; 20] = [
        "：", "，", "、", "（", "由", "是", "请", "向", "找", "为", "和", "与", "让", "经", "给",
        "跟", "。", "民", "师", "员",
    ];
    let at_name = |at: usize| at == 0 || BEFORE.iter().any(|before| text[..at].ends_with(before));
    let mut places = text.char_indices().filter(|(at, c)| is_ideograph(*c) && at_name(*at));
    places.any(|(at, _)| full_names(&text[at..]).next().is_some())
}

/// The spans of a line that are of a kind.
pub fn spans(kind: Kind, text: &str) -> Vec<Range<usize>> {
    match kind {
        Kind::Date => dates(text),
        Kind::Telephone => telephones(text),
        Kind::Money => counted(text, |measure| measure == Measure::Money),
        Kind::Length => counted(text, |measure| measure == Measure::Time),
        Kind::Count => counted(text, |measure| measure == Measure::Count),
        Kind::Amount => {
            let mut out = counted(text, |measure| {
                !matches!(measure, Measure::Money | Measure::Time | Measure::Count)
            });
            out.extend(shares(text));
            out
        }
        _ => Vec::new(),
    }
}

/// The bytes of a numeral without a unit with which a text opens, as behind 三块 and 四米: 三块五, 四米二.
fn n_parts(text: &str, measure: Measure) -> usize {
    let end = numeral_end(text, 0);
    let is_part = end == text.chars().next().map_or(0, char::len_utf8)
        && matches!(measure, Measure::Money | Measure::Space)
        && units::counter(&text[end..]).is_none();
    if is_part { end } else { 0 }
}

/// 百分之五, 千分之三, 5%.
fn shares(text: &str) -> Vec<Range<usize>> {
    let mut out: Vec<Range<usize>> = Vec::new();
    for whole in ["百分之", "千分之"] {
        for (at, _) in text.match_indices(whole) {
            let end = numeral_end(text, at + whole.len());
            out.push(at..end);
        }
    }
    for (at, _) in text.match_indices('%') {
        let digits = text[..at].trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
        out.push(digits.len()..at + 1);
    }
    out
}

fn is_numeral(c: char) -> bool {
    c.is_ascii_digit() || NUMERALS.contains(c)
}

/// Where the numeral at `at` ends.
fn numeral_end(text: &str, at: usize) -> usize {
    let ties = |c: char| is_numeral(c) || c == ',' || c == '.';
    let rest = &text[at..];
    let end = rest.find(|c| !ties(c)).unwrap_or(rest.len());
    at + rest[..end].trim_end_matches([',', '.']).len()
}

/// The numerals with a counter that measures what is wanted.
fn counted(text: &str, wanted: impl Fn(Measure) -> bool) -> Vec<Range<usize>> {
    let dates = dates(text);
    let mut out: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    while let Some(from) = text[at..].find(is_numeral) {
        let start = at + from;
        let end = numeral_end(text, start);
        let behind = text[end..].trim_start_matches(['多', '余', ' ']);
        let skipped = text.len() - behind.len();
        at = end.max(start + 1);
        while !text.is_char_boundary(at) {
            at += 1;
        }
        let Some((measure, length)) = units::counter(behind) else { continue };
        let range = start..skipped + length;
        if dates.iter().any(|date| date.start <= range.start && range.end <= date.end) {
            continue;
        }
        if wanted(measure) {
            // "两角钱", "一年六个月".
            let rest = &text[range.end..];
            let tail = if rest.starts_with('钱') { "钱".len() } else { n_parts(rest, measure) };
            match out.last_mut() {
                Some(last) if last.end == range.start => last.end = range.end + tail,
                _ => out.push(range.start..range.end + tail),
            }
        }
    }
    out
}

/// The length of the part of a date with which a text opens, and whether it is one by itself.
fn part(text: &str, behind_part: bool) -> Option<(usize, bool)> {
    if let Some(day) = DAYS.iter().find(|day| text.starts_with(**day)) {
        return Some((day.len(), true));
    }
    for name in ["星期", "礼拜", "周"] {
        if let Some(rest) = text.strip_prefix(name)
            && let Some(day) = rest.chars().next().filter(|c| "一二三四五六日天末".contains(*c))
        {
            return Some((name.len() + day.len_utf8(), true));
        }
    }
    if !text.starts_with(is_numeral) {
        return None;
    }
    let end = numeral_end(text, 0);
    let number = &text[..end];
    let unit = text[end..].chars().next()?;
    let rest = &text[end + unit.len_utf8()..];
    let length = end + unit.len_utf8();
    let is_year = number.chars().count() == 4 && !number.contains(['十', '百', '千', '万']);
    match unit {
        '年' if is_year => Some((length, true)),
        '月' => Some((length, true)),
        '号' | '日' if behind_part || unit == '日' && !rest.starts_with(['内', '以']) => {
            Some((length, behind_part))
        }
        '点' | '时' if unit == '点' || behind_part => {
            let minutes = numeral_end(rest, 0);
            let half = rest.starts_with(['半', '整']).then_some("半".len());
            let minutes =
                (minutes > 0 && rest[minutes..].starts_with('分')).then_some(minutes + "分".len());
            Some((length + minutes.or(half).unwrap_or(0), true))
        }
        _ => None,
    }
}

/// Parts of dates side by side.
fn dates(text: &str) -> Vec<Range<usize>> {
    let mut out: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let Some(c) = text[at..].chars().next() else { break };
        let before = text[..at].chars().next_back();
        // Inside a numeral no date begins.
        let inside = is_numeral(c) && before.is_some_and(is_numeral);
        let (mut end, mut sure) = (at, false);
        while let Some((length, own)) = part(&text[end..], end > at).filter(|_| !inside) {
            end += length;
            sure |= own;
        }
        if sure {
            let start = if text[..at].ends_with('每') { at - "每".len() } else { at };
            out.push(start..end);
            at = end;
        } else {
            at += c.len_utf8();
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_of_the_kind_asked_for() {
        let cases: &[(Kind, &str, &[&str])] = &[
            (Kind::Money, "租金每月三千二百元，押金六千四百元。", &["三千二百元", "六千四百元"]),
            (Kind::Money, "逾期每天收取两角钱。", &["两角钱"]),
            (Kind::Length, "租期两年，自2024年5月1日起。", &["两年"]),
            (Kind::Length, "七天内退还。", &["七天"]),
            (Kind::Date, "租期两年，自2024年5月1日起。", &["2024年5月1日"]),
            (Kind::Date, "缆车每周三上午检修。", &["每周三上午"]),
            (Kind::Date, "每天上午七点半开门。", &["每天上午七点半"]),
            (Kind::Count, "停车位共有一百二十个。", &["一百二十个"]),
            (Kind::Amount, "面积八十六平方米。", &["八十六平方米"]),
            (Kind::Amount, "层高四米二。", &["四米二"]),
            (Kind::Money, "栈道维修到11月中旬。", &[]),
            (Kind::Amount, "租金每年递增百分之五。", &["百分之五"]),
        ];
        for (kind, text, wanted) in cases {
            let found: Vec<&str> =
                spans(*kind, text).into_iter().map(|range| &text[range]).collect();
            assert_eq!(found, *wanted, "{kind:?} {text}");
        }
    }
}
