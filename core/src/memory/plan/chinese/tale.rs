//! Chinese statements of who goes where and who has what, read clause by clause.
//!
//! ```text
//! 谁 + 去了 + 哪儿              is there           小明去了厨房
//! 谁 + 拿起了 + 什么            has it             小明拿起了苹果
//! 谁 + 把 + 什么 + 放在 + 哪儿   has it no more     小明把苹果放在书房里
//! 什么 + 被 + 谁 + 拿走          the same, turned   苹果被小明拿走了
//! 谁 + 把 + 什么 + 交给 + 谁     the other has it   小明把苹果交给了小红
//! ```
//! A clause without a subject, or with a pronoun for one, goes on with that of the clause before. Nothing marks where
//! words end, so a noun is what stands between the marks of this grammar.

use crate::memory::plan::events::event::{Act, Event};

/// Longest statement and longest noun, in characters.
const LONGEST: usize = 40;
const LONGEST_NOUN: usize = 8;
/// What opens a clause and says nothing.
const ADVERBS: &[&str] = &[
    "然后",
    "接着",
    "随后",
    "后来",
    "之后",
    "此后",
    "于是",
    "最后",
    "不久",
    "很快",
    "现在",
    "此刻",
    "这时",
    "如今",
    "已经",
    "正在",
    "终于",
    "马上",
    "立刻",
    "独自",
    "悄悄地",
    "悄悄",
    "慢慢地",
    "慢慢",
    "匆匆",
    "快步",
    "急忙",
    "赶紧",
    "一个人",
    "又",
    "便",
    "就",
    "才",
    "刚",
    "也",
    "再",
    "都",
    "先",
    "正",
    "还",
    "却",
    "顺手",
    "随手",
    "一起",
    "一同",
];
const PRONOUNS: &[&str] = &["他们", "她们", "它们", "两人", "二人", "他", "她", "它"];
/// Verbs of coming to the place behind them, the longer first.
const MOVES: &[&str] = &[
    "去到了",
    "去到",
    "来到了",
    "来到",
    "走进了",
    "走进",
    "走到了",
    "走到",
    "走去",
    "走回了",
    "走回",
    "进入了",
    "进入",
    "回到了",
    "回到",
    "返回了",
    "返回",
    "跑进了",
    "跑进",
    "跑到了",
    "跑到",
    "跑去",
    "跑回",
    "赶到了",
    "赶到",
    "赶往",
    "赶去",
    "前往",
    "搬到",
    "搬进",
    "钻进了",
    "钻进",
    "溜进了",
    "溜进",
    "踏进",
    "步入",
    "登上了",
    "登上",
    "爬上了",
    "爬上",
    "到达",
    "抵达",
    "移步",
    "转到",
    "奔到",
    "冲进了",
    "冲进",
    "躲进了",
    "躲进",
    "迈进",
    "闯进",
    "去了",
    "到了",
    "进了",
    "回了",
    "上了",
];
/// Verbs of coming to have what stands behind them, or before them behind 把.
const TAKES: &[&str] = &[
    "拿起了",
    "拿起",
    "拿走了",
    "拿走",
    "拿到了",
    "拿上了",
    "拿上",
    "捡起了",
    "捡起",
    "捡到了",
    "捡走了",
    "捡走",
    "捡了",
    "拾起了",
    "拾起",
    "带走了",
    "带走",
    "带上了",
    "带上",
    "取走了",
    "取走",
    "取了",
    "取下了",
    "取下",
    "抓起了",
    "抓起",
    "抱起了",
    "抱起",
    "抱走",
    "提起了",
    "提起",
    "端起了",
    "端起",
    "收起了",
    "收起",
    "收好",
    "得到了",
    "偷走了",
    "偷走",
    "拿着",
    "带着",
    "抱着",
    "提着",
    "捧着",
    "揣着",
    "拿了",
    "领走了",
    "领走",
    "借走了",
    "借走",
];
const DROPS: &[&str] = &[
    "放下了",
    "放下",
    "丢下了",
    "丢下",
    "扔下了",
    "扔下",
    "扔掉了",
    "扔掉",
    "丢掉了",
    "丢掉",
    "留下了",
    "留下",
    "搁下了",
    "搁下",
    "抛下",
    "丢弃了",
    "丢弃",
    "丢了",
    "扔了",
    "弄丢了",
];
/// Verbs of putting something to the place behind them, behind 把 or 被.
const PUTS: &[&str] = &[
    "放在了",
    "放在",
    "放到了",
    "放到",
    "放进了",
    "放进",
    "放回了",
    "放回",
    "留在了",
    "留在",
    "丢在了",
    "丢在",
    "扔在了",
    "扔在",
    "搁在了",
    "搁在",
    "摆在了",
    "摆在",
    "藏在了",
    "藏在",
    "藏进",
    "忘在了",
    "忘在",
    "落在了",
    "落在",
    "存在了",
    "存放在",
    "挂在",
    "送到了",
    "送到",
    "搬到了",
    "搬到",
    "搬进",
    "送回",
    "挪到",
    "移到了",
    "移到",
];
/// Verbs of going somewhere with what stands before them, behind 把.
const CARRIES: &[&str] = &[
    "带到了",
    "带到",
    "带去了",
    "带去",
    "带进",
    "带回了",
    "带回",
    "拿到了",
    "拿到",
    "拿去",
    "拿进",
    "拿回",
];
const GIVES: &[&str] = &[
    "交给了",
    "交给",
    "递给了",
    "递给",
    "送给了",
    "送给",
    "还给了",
    "还给",
    "借给了",
    "借给",
    "传给了",
    "传给",
    "转交给了",
    "转交给",
    "给了",
];
/// Containers that somebody wears or carries.
const ON_PERSON: &[&str] = &["口袋", "衣袋", "书包", "背包", "包里", "怀里", "手里", "手中", "袖"];
/// What denies a clause, or says that it is only thought of.
const UNREAL: &[&str] = &[
    "没有", "没去", "没拿", "没把", "没被", "从未", "不曾", "并未", "不想", "打算", "想去", "想要",
    "准备", "计划", "希望", "如果", "要是", "会去", "将要", "也许", "可能", "吗", "谁", "哪",
    "什么",
];
/// Words of time that may stand beside the subject.
const TIMES: &[&str] = &[
    "昨天", "今天", "前天", "今早", "早上", "上午", "中午", "下午", "傍晚", "晚上", "夜里", "清晨",
    "一早", "刚才",
];

/// The events that `text` states.
pub(in crate::memory::plan) fn events(text: &str) -> Vec<Event> {
    if text.chars().count() > LONGEST || text.trim_end().ends_with(['？', '?']) {
        return Vec::new();
    }
    let mut out: Vec<Event> = Vec::new();
    let mut last: Vec<String> = Vec::new();
    for clause in text.split(['，', '。', '；', '！', '：', ',', '“', '”']) {
        let clause = without_adverbs(clause.trim());
        if clause.is_empty() || UNREAL.iter().any(|word| clause.contains(word)) {
            continue;
        }
        clause_events(clause, &mut last, &mut out);
    }
    out
}

/// A clause or subject without the adverbs and times around it.
fn without_adverbs(clause: &str) -> &str {
    let mut rest = clause.trim();
    while let Some(shorter) = ADVERBS.iter().chain(TIMES).find_map(|word| rest.strip_prefix(word)) {
        rest = shorter;
    }
    while let Some(shorter) = ADVERBS
        .iter()
        .chain(TIMES)
        .find_map(|word| rest.strip_suffix(word))
        .filter(|shorter| !shorter.is_empty())
    {
        rest = shorter;
    }
    rest
}

/// The first of `lists` that stands in `clause`: where, how long, and in which list; the longest of those that begin there.
fn first_of(clause: &str, lists: &[&[&str]]) -> Option<(usize, usize, usize)> {
    let found = lists.iter().enumerate().flat_map(|(list, words)| {
        words.iter().filter_map(move |word| clause.find(word).map(|at| (at, word.len(), list)))
    });
    found.min_by_key(|(at, length, _)| (*at, std::cmp::Reverse(*length)))
}

/// A noun without its measure word, and without what says that it is the inside of something.
fn noun(text: &str) -> Option<String> {
    let text = without_adverbs(text.trim());
    let mut rest = text.trim_start_matches(['了', '着']);
    if let Some(behind) = rest.strip_prefix(['一', '那', '这', '两', '几']) {
        rest = behind
            .strip_prefix([
                '个', '只', '把', '本', '支', '张', '块', '盏', '枚', '件', '串', '条', '顶', '双',
                '封', '瓶', '幅',
            ])
            .unwrap_or(behind);
    }
    let rest = rest.trim_end_matches(['了', '着', '去', '来', '吧']);
    let rest = ["里面", "里边", "里头", "当中", "之中", "那里", "那儿"]
        .iter()
        .find_map(|end| rest.strip_suffix(end))
        .unwrap_or_else(|| rest.trim_end_matches(['里', '中', '内']));
    let length = rest.chars().count();
    ((1..=LONGEST_NOUN).contains(&length) && rest.chars().all(|c| c.is_alphanumeric()))
        .then(|| rest.to_owned())
}

/// Those who do something: the names before the verb, or those of the clause before.
fn subjects(text: &str, last: &mut Vec<String>) -> Vec<String> {
    let text = without_adverbs(text);
    if !text.is_empty() && !PRONOUNS.contains(&text) {
        let parts = text.split(['和', '与', '跟', '、']);
        let names: Option<Vec<String>> = parts.map(noun).collect();
        *last = names.unwrap_or_default();
    }
    last.clone()
}

/// The event of `act`, which says nothing else.
fn event(act: Act, subjects: Vec<String>, object: Option<String>, place: Option<String>) -> Event {
    Event { act, subjects, object, place, recipient: None, beside: false, fills: true }
}

/// Where something is put: on a person it is taken along.
fn put(who: Vec<String>, object: String, place: &str) -> Option<Event> {
    if ON_PERSON.iter().any(|worn| place.contains(worn)) {
        return Some(event(Act::Take, who, Some(object), None));
    }
    Some(event(Act::Drop, who, Some(object), Some(noun(place)?)))
}

fn clause_events(clause: &str, last: &mut Vec<String>, out: &mut Vec<Event>) {
    // 小明把苹果放在书房, 苹果被小明拿走: the object stands before the verb.
    if let Some((before, behind)) = clause.split_once(['把', '将']).filter(|(_, b)| !b.is_empty())
    {
        let lists = [PUTS, CARRIES, GIVES, DROPS, TAKES];
        if let Some((at, length, list)) = first_of(behind, &lists)
            && let Some(object) = noun(&behind[..at])
        {
            let who = subjects(before, last);
            out.extend(handled(who, object, list, &behind[at + length..]));
            return;
        }
    }
    if let Some((before, behind)) = clause.split_once('被') {
        let lists = [PUTS, CARRIES, GIVES, DROPS, TAKES];
        if let Some((at, length, list)) = first_of(behind, &lists)
            && let Some(object) = noun(before)
        {
            let who = noun(&behind[..at]).into_iter().collect::<Vec<_>>();
            let unknown = who.is_empty();
            let who = if unknown { vec![String::new()] } else { who };
            out.extend(handled(who, object, list, &behind[at + length..]));
            return;
        }
    }
    // 钥匙在小明手里.
    for (holder, hand) in [("在", "手里"), ("在", "手上"), ("在", "手中"), ("在", "身上")]
    {
        if let Some((object, who)) =
            clause.strip_suffix(hand).and_then(|clause| clause.split_once(holder))
            && let (Some(object), Some(who)) = (noun(object), noun(who))
        {
            out.push(event(Act::Take, vec![who], Some(object), None));
            return;
        }
    }
    if let Some((at, length, list)) = first_of(clause, &[MOVES, TAKES, DROPS, GIVES]) {
        let who = subjects(&clause[..at], last);
        let behind = &clause[at + length..];
        if who.is_empty() {
            return;
        }
        // 去厨房拿走了苹果: another verb begins where the noun ends.
        let next = first_of(behind, &[MOVES, TAKES, DROPS]).map_or(behind.len(), |(at, _, _)| at);
        let found = noun(&behind[..next]);
        match (list, found) {
            (0, Some(place)) => out.push(event(Act::At, who, None, Some(place))),
            (1, Some(object)) => out.push(event(Act::Take, who, Some(object), None)),
            (2, Some(object)) => out.push(event(Act::Drop, who, Some(object), None)),
            (3, _) => out.extend(given(who, behind)),
            _ => {}
        }
        if next < behind.len() {
            clause_events(&behind[next..], last, out);
        }
        return;
    }
    // 小明在厨房里, 苹果不在桌上.
    if let Some((before, behind)) = clause.split_once('在') {
        let denied = before.strip_suffix('不').or_else(|| before.strip_suffix("不再"));
        let act = if denied.is_some() { Act::NotAt } else { Act::At };
        let inside = ["里", "中", "内"].iter().filter_map(|end| behind.find(end)).min();
        let place = inside.map_or(behind, |end| &behind[..end]);
        let who = subjects(denied.unwrap_or(before), last);
        if let Some(place) = noun(place).filter(|_| !who.is_empty()) {
            out.push(event(act, who, None, Some(place)));
        }
    }
}

/// What happens to an object that stands before its verb, which is of the list at `list`.
fn handled(who: Vec<String>, object: String, list: usize, behind: &str) -> Option<Event> {
    match list {
        0 => put(who, object, behind),
        1 => Some(event(Act::Take, who, Some(object), Some(noun(behind)?))),
        2 => {
            let recipient = Some(noun(behind)?);
            Some(Event { recipient, ..event(Act::Give, who, Some(object), None) })
        }
        3 => Some(event(Act::Drop, who, Some(object), None)),
        _ => Some(event(Act::Take, who, Some(object), None)),
    }
}

/// 给了小红一个苹果: whoever is given something stands before the measure word.
fn given(who: Vec<String>, behind: &str) -> Option<Event> {
    let at = behind.find(['一', '那', '这', '两', '几']).filter(|at| *at > 0)?;
    let (recipient, object) = (Some(noun(&behind[..at])?), noun(&behind[at..])?);
    Some(Event { recipient, ..event(Act::Give, who, Some(object), None) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Vec<(Act, String, String, String)> {
        let part = |part: Option<String>| part.unwrap_or_default();
        let told = events(text).into_iter().map(|e| {
            let other = e.recipient.or(e.place);
            (e.act, e.subjects.join("+"), part(e.object), part(other))
        });
        told.collect()
    }

    #[test]
    fn clauses_tell_who_goes_where_and_who_has_what() {
        use Act::{At, Drop, Give, NotAt, Take};
        let cases = [
            ("阿良去了厨房。", (At, "阿良", "", "厨房")),
            ("然后阿良又走进了花园。", (At, "阿良", "", "花园")),
            ("阿良和阿梅来到书房。", (At, "阿良+阿梅", "", "书房")),
            ("阿良拿起了一个苹果。", (Take, "阿良", "苹果", "")),
            ("阿良把苹果放下了。", (Drop, "阿良", "苹果", "")),
            ("阿良把苹果放在了书房里。", (Drop, "阿良", "苹果", "书房")),
            ("苹果被阿良拿走了。", (Take, "阿良", "苹果", "")),
            ("阿良把苹果交给了阿梅。", (Give, "阿良", "苹果", "阿梅")),
            ("阿良把苹果放进了口袋。", (Take, "阿良", "苹果", "")),
            ("阿良不在厨房。", (NotAt, "阿良", "", "厨房")),
            ("苹果在阿良手里。", (Take, "阿良", "苹果", "")),
        ];
        for (text, (act, who, object, other)) in cases {
            let wanted = (act, who.to_owned(), object.to_owned(), other.to_owned());
            assert_eq!(said(text), [wanted], "{text}");
        }
        assert_eq!(said("阿良打算去厨房。"), []);
        assert_eq!(said("阿良拿着苹果去了厨房。").len(), 2);
    }
}
