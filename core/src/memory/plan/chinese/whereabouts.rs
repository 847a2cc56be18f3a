//! Chinese questions about where somebody or something is or was, and who has it.
//!
//! ```text
//! X(现在)在哪里 · X去了哪里 · 在哪里能找到X · X在什么地方      where it is
//! X到P之前在哪里 · 在P之前X在哪里                            where it was before
//! X在谁手里 · 谁拿着X                                        who has it
//! X手里拿着什么                                              what somebody has
//! ```

use crate::memory::plan::events::asked::{Asked, StateQuestion};
use crate::memory::segment::words::is_ideograph;

/// Words that ask for a place.
const WHERE: &[&str] = &[
    "哪里",
    "哪儿",
    "什么地方",
    "何处",
    "哪个房间",
    "哪间屋子",
    "哪个屋子",
    "哪个地方",
    "哪间房",
    "哪一间",
    "哪间",
];
/// Requests and times that say nothing.
const DULL: &[&str] = &[
    "请问",
    "请告诉我",
    "告诉我",
    "请说出",
    "那么",
    "故事结束时",
    "到最后",
    "最后",
    "最终",
    "现在",
    "如今",
    "目前",
    "此刻",
    "眼下",
    "这时",
    "当前",
    "究竟",
    "到底",
    "人",
    "，",
    ",",
    "：",
    "是",
];
/// What joins a thing and the place that it came to.
const COMING: &[&str] = &[
    "被带到",
    "被拿到",
    "被送到",
    "被放到",
    "被放在",
    "来到",
    "去到",
    "进入",
    "走进",
    "回到",
    "到达",
    "到",
    "去",
    "进",
    "在",
];
/// Verbs between a thing and what asks for its place.
const BEING: &[&str] = &[
    "被放在",
    "被带到",
    "被拿到",
    "被留在",
    "放在",
    "放到",
    "留在",
    "去了",
    "到了",
    "走到",
    "跑到",
    "来到",
    "待在",
    "藏在",
    "去",
    "到",
    "在",
];
/// Longest name of a thing, in characters.
const LONGEST: usize = 8;

/// Reads a question; `None` if it asks for something else.
pub(in crate::memory::plan) fn whereabouts(text: &str) -> Option<StateQuestion> {
    let body = text.trim().trim_end_matches(['？', '?', '。', '呢', '了', '！']);
    if !body.chars().any(is_ideograph) {
        return None;
    }
    if let Some((left, right)) = body.split_once("之前").or_else(|| body.split_once("以前")) {
        let right = bare(right);
        let asker = asks_place(right)?;
        let left = bare(left);
        let (thing, place) = match asker.is_empty() {
            true => COMING.iter().find_map(|verb| left.split_once(verb))?,
            false => (asker, COMING.iter().find_map(|verb| left.strip_prefix(verb))?),
        };
        let place = name(place.trim_end_matches(['里', '中', '内']))?;
        return Some(StateQuestion { thing: name(thing)?, asked: Asked::PlaceBefore(place) });
    }
    let body = bare(body);
    let held = ["在谁手里", "在谁手上", "在谁手中", "在谁那里", "在谁那儿", "在谁身上"];
    let holder = held.iter().find_map(|end| body.strip_suffix(end)).or_else(|| {
        ["谁拿着", "谁带着", "谁手里拿着", "谁手里有"]
            .iter()
            .find_map(|open| body.strip_prefix(open))
    });
    if let Some(thing) = holder {
        return Some(StateQuestion { thing: name(thing)?, asked: Asked::Holder });
    }
    let has =
        ["手里拿着什么", "手上拿着什么", "手里有什么", "拿着什么", "带着什么", "身上带着什么"];
    if let Some(who) = has.iter().find_map(|end| body.strip_suffix(end)) {
        return Some(StateQuestion { thing: name(who)?, asked: Asked::Held { count: false } });
    }
    let thing = asks_place(body).filter(|thing| !thing.is_empty())?;
    Some(StateQuestion { thing: name(thing)?, asked: Asked::Place })
}

/// A text without what says nothing at its ends.
fn bare(text: &str) -> &str {
    let mut rest = text.trim();
    while let Some(shorter) = DULL.iter().find_map(|word| rest.strip_prefix(word)) {
        rest = shorter;
    }
    while let Some(shorter) = DULL.iter().find_map(|word| rest.strip_suffix(word)) {
        rest = shorter;
    }
    rest
}

/// What a text asks the place of; empty if it names nothing, `None` if it asks for no place.
fn asks_place(text: &str) -> Option<&str> {
    let (at, word) = WHERE.iter().find_map(|word| text.find(word).map(|at| (at, *word)))?;
    let (before, behind) = (&text[..at], &text[at + word.len()..]);
    // 在哪里能找到苹果.
    if matches!(before, "" | "在" | "从") {
        let finds = ["能找到", "可以找到", "才能找到", "找得到", "能见到", "可以见到", "找到"];
        return finds
            .iter()
            .find_map(|verb| behind.strip_prefix(verb))
            .map(bare)
            .or_else(|| behind.is_empty().then_some(""));
    }
    let plain = behind.is_empty() || ["去", "里", "呢", "了", "去了"].contains(&behind);
    let thing = BEING.iter().find_map(|verb| before.strip_suffix(verb))?;
    plain.then(|| bare(thing))
}

/// A name, if it is short and nothing else.
fn name(text: &str) -> Option<String> {
    let text = bare(text);
    let plain = text.chars().all(|c| c.is_alphanumeric()) && !text.contains(['谁', '哪']);
    ((1..=LONGEST).contains(&text.chars().count()) && plain).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_for_places_and_holders_are_read() {
        let place = |text: &str, thing: &str, asked: Asked| {
            let wanted = StateQuestion { thing: thing.to_owned(), asked };
            assert_eq!(whereabouts(text), Some(wanted), "{text}");
        };
        for text in [
            "苹果在哪里？",
            "苹果现在在哪儿？",
            "请问苹果最后在什么地方？",
            "苹果被放在哪个房间？",
            "在哪里能找到苹果？",
        ] {
            place(text, "苹果", Asked::Place);
        }
        place("苹果到书房之前在哪里？", "苹果", Asked::PlaceBefore("书房".to_owned()));
        place("在书房之前，苹果在哪里？", "苹果", Asked::PlaceBefore("书房".to_owned()));
        place("苹果在谁手里？", "苹果", Asked::Holder);
        place("阿良手里拿着什么？", "阿良", Asked::Held { count: false });
        for text in ["阿良在哪里买的苹果？", "阿良为什么去书房？", "谁去了书房？"]
        {
            assert_eq!(whereabouts(text), None, "{text}");
        }
    }
}
