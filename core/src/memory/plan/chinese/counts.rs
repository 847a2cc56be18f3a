//! Chinese questions that list or count what somebody did, and those for yes or no.
//!
//! ```text
//! each      某人去过哪些城市 · 某人买了什么 · 列出某人去过的所有城市
//! how many  某人到过几个城市
//! times     某人去过某地几次
//! most      某人去得最多的是哪个城市
//! yes, no   某人到过某地吗 · 某人有没有到过某地
//! ```
//! Being somewhere is told by many verbs, anything else by the verb of the question. What is denied or only planned
//! counts as not done.

use super::owners::stands_in;
use super::words::{RELATIONS, relation};
use crate::error::Result;
use crate::memory::answer::Finding;
use crate::memory::index::corpus::SentenceId;
use crate::memory::index::patterns::Pattern;
use crate::memory::plan::language::kinds::Kind;
use crate::memory::plan::reader::{Read, Reader};
use crate::memory::segment::words::is_ideograph;

/// Sentences read, the newest, and the longest, in characters.
const MENTIONS: usize = 256;
const LONGEST: usize = 60;
/// Characters of a name.
const NAME: std::ops::RangeInclusive<usize> = 2..=6;
/// Characters between a name and its verb at most.
const REACH: usize = 12;
/// Verbs of a question for places.
const GOES: &[&str] =
    &["去过", "到过", "来过", "去了", "到了", "访问过", "游览过", "走过", "去", "到"];
/// Verbs behind which a sentence names where somebody was.
const VISITS: &[&str] = &[
    "去过", "到过", "来过", "去了", "到了", "来到", "回到", "抵达", "访问", "游览", "路过", "经过",
    "途经", "前往", "造访", "拜访", "到访", "光临", "赶到", "走访", "去", "到",
];
/// Verbs of staying behind 在 and a place.
const STAYS: &[&str] = &["住", "停", "逗留", "待", "歇", "过夜", "小住", "落脚"];
const DENIALS: &[&str] = &["没有", "没", "未", "不曾", "从不", "不想", "不会"];
const PLANS: &[&str] = &["想", "打算", "计划", "准备", "希望", "如果", "要是", "梦见"];
const ADVERBS: &[&str] = &["一共", "总共", "先后", "曾经", "共", "都", "曾", "还", "又", "到底"];
const TIMES: &[&str] = &["几次", "几回", "几趟", "多少次", "多少回", "多少趟"];
const NUMBERS: &[&str] = &[
    "几个",
    "几座",
    "几位",
    "几处",
    "几样",
    "几件",
    "多少个",
    "多少座",
    "多少位",
    "多少处",
    "多少",
];
const EACH: &[&str] = &["哪些", "哪几个", "哪几座", "哪几位", "什么", "谁"];
const REQUESTS: &[&str] = &["请", "列出", "写出", "说出", "列举", "问", "告诉我"];
/// What ends a phrase behind a verb.
const ENDS: &[&str] =
    &["住", "待", "玩", "停", "逗", "看", "办", "和", "与", "后", "时", "的", "一趟", "一次"];
const MEASURES: &str = "把斤盏顶个只本位名条张件双台辆块瓶匹头幅支枝些棵朵";

/// What is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Asked {
    Each,
    HowMany,
    Most,
    /// How often at a place.
    Times(String),
    /// Whether what stands behind the name is so.
    Whether(String),
}

/// A question about what somebody did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountQuestion {
    who: String,
    /// The verb, unless it is one of being somewhere.
    verb: Option<String>,
    asked: Asked,
}

fn length(text: &str) -> usize {
    text.chars().count()
}

fn without_adverbs(text: &str) -> &str {
    let mut rest = text;
    while let Some(shorter) = ADVERBS.iter().find_map(|adverb| rest.strip_suffix(adverb)) {
        rest = shorter;
    }
    rest
}

/// Whether a question is for what somebody lives by, plays or keeps: 养了什么动物, not 买了什么动物.
fn asks_for_kind(body: &str) -> bool {
    let which = ["什么", "哪", "何种"].iter().filter_map(|which| body.find(which)).min();
    which.is_some_and(|at| match relation(&body[at..]).and_then(|at| RELATIONS[at].0) {
        Some(Kind::Animal) => body[..at].contains(['养', '喂']),
        kind => kind.is_some(),
    })
}

impl CountQuestion {
    /// Reads a question; `None` if it asks for something else.
    pub fn of(text: &str) -> Option<Self> {
        if !text.chars().any(is_ideograph) {
            return None;
        }
        let mut body = text.trim().trim_end_matches(['？', '?', '。', '！']);
        body = body.rsplit(['，', ',', '：']).next()?;
        while let Some(shorter) = REQUESTS.iter().find_map(|request| body.strip_prefix(request)) {
            body = shorter;
        }
        if asks_for_kind(body) {
            return None;
        }
        if let Some(stated) = body.strip_suffix('吗') {
            return Self::whether(stated);
        }
        if body.contains("有没有") {
            return Self::whether(&body.replacen("有没有", "", 1));
        }
        if body.contains("最多") && body.contains('哪') {
            let who = GOES.iter().filter_map(|verb| body.find(verb)).min().map(|at| &body[..at])?;
            return Self::about(who, None, Asked::Most);
        }
        // "某人去过的所有城市".
        if let Some((before, all)) = body.split_once("的所有").or_else(|| body.split_once("的全部"))
            && !all.contains(['号', '码', '的'])
        {
            return Self::behind(before, Asked::Each);
        }
        let first = |list: &[&str]| {
            list.iter().filter_map(|word| Some((body.find(word)?, word.len()))).min_by_key(|f| f.0)
        };
        if let Some((at, long)) = first(TIMES) {
            let (before, behind) = (&body[..at], &body[at + long..]);
            let (verb_at, verb) = GOES
                .iter()
                .filter_map(|verb| Some((before.find(verb)?, *verb)))
                .min_by_key(|(at, verb)| (*at, std::cmp::Reverse(verb.len())))?;
            let place = before[verb_at + verb.len()..].trim_start_matches(['了', '过']);
            let place = if place.is_empty() { behind } else { without_adverbs(place) };
            let asked = Asked::Times(place.to_owned());
            return Self::about(&before[..verb_at], None, asked).filter(|_| length(place) >= 2);
        }
        if let Some((at, _)) = first(NUMBERS) {
            return Self::behind(&body[..at], Asked::HowMany);
        }
        let (at, _) = first(EACH)?;
        Self::behind(&body[..at], Asked::Each)
    }

    /// Reads who did what before an interrogative.
    fn behind(before: &str, asked: Asked) -> Option<Self> {
        let before = without_adverbs(before);
        if let Some(who) = GOES.iter().find_map(|verb| before.strip_suffix(verb)) {
            return Self::about(who, None, asked);
        }
        let done = before.strip_suffix(['了', '过'])?;
        let verb = done.chars().next_back()?;
        Self::about(&done[..done.len() - verb.len_utf8()], Some(verb.to_string()), asked)
    }

    fn whether(stated: &str) -> Option<Self> {
        let (at, _) = GOES
            .iter()
            .filter_map(|verb| Some((stated.find(verb)?, verb)))
            .min_by_key(|found| found.0)?;
        Self::about(&stated[..at], None, Asked::Whether(stated[at..].to_owned()))
    }

    fn about(who: &str, verb: Option<String>, asked: Asked) -> Option<Self> {
        let who = without_adverbs(who);
        let plain = who.chars().all(is_ideograph) && !who.contains(['的', '是', '在', '把', '被']);
        let name = plain && NAME.contains(&length(who));
        name.then(|| Self { who: who.to_owned(), verb, asked })
    }
}

/// What stands behind the verb of `who` in a sentence, up to its end.
fn behind_verb<'t>(text: &'t str, who: &str, verbs: &[&str]) -> Option<&'t str> {
    let end = stands_in(text, who)?;
    let behind = &text[end..];
    let (at, long) = verbs
        .iter()
        .filter_map(|verb| Some((behind.find(verb)?, verb.len())))
        .min_by_key(|(at, long)| (*at, std::cmp::Reverse(*long)))?;
    (length(&behind[..at]) <= REACH)
        .then(|| behind[at + long..].trim_start_matches(['了', '过', '着']))
}

/// The phrase that a text begins with.
fn phrase(text: &str) -> Option<String> {
    let text = text.split(|c: char| !is_ideograph(c)).next()?;
    let end = ENDS
        .iter()
        .filter_map(|end| text.char_indices().skip(2).find(|(at, _)| text[*at..].starts_with(end)))
        .map(|(at, _)| at)
        .min();
    let mut found = &text[..end.unwrap_or(text.len())];
    let mut chars = found.chars();
    // "一把伞": how many, and the measure.
    if chars.next().is_some_and(|c| "一两二三四五六七八九十几".contains(c))
        && let Some(measure) = chars.next().filter(|c| MEASURES.contains(*c))
    {
        found = &found[found.find(measure)? + measure.len_utf8()..];
    }
    let found = found.trim_end_matches(['了', '过']);
    (!found.is_empty() && length(found) <= 12).then(|| found.to_owned())
}

/// Where a sentence tells that `who` was.
fn place(text: &str, who: &str) -> Option<String> {
    let stayed = || {
        let behind = &text[stands_in(text, who)?..];
        let (_, rest) = behind.split_once('在')?;
        let end = STAYS.iter().filter_map(|stay| rest.find(stay)).min()?;
        Some(rest[..end].to_owned()).filter(|place| (2..=6).contains(&length(place)))
    };
    stayed().or_else(|| behind_verb(text, who, VISITS).and_then(phrase))
}

/// Answers; `None` if the text tells nothing of the kind.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub fn count(reader: &Reader, question: &CountQuestion) -> Result<Option<Finding>> {
    let Some(pattern) = Pattern::phrase(&question.who) else { return Ok(None) };
    let whole = |text: &str| stands_in(text, &question.who).is_some();
    let ids = reader.last_mentions_whole(&pattern, u32::MAX, MENTIONS, whole)?;
    let reads: Vec<Read> = reader
        .read(&ids)?
        .into_iter()
        .filter(|read| {
            length(&read.text) <= LONGEST && whole(&read.text) && !read.text.ends_with(['？', '?'])
        })
        .collect();
    if let Asked::Whether(stated) = &question.asked {
        return Ok(whether(&reads, stated));
    }
    let is_real = |read: &&Read| !DENIALS.iter().chain(PLANS).any(|word| read.text.contains(word));
    let mut kinds: Vec<(String, Vec<SentenceId>)> = Vec::new();
    for read in reads.iter().filter(is_real) {
        let found = match &question.verb {
            None => place(&read.text, &question.who),
            Some(verb) => behind_verb(&read.text, &question.who, &[verb.as_str()]).and_then(phrase),
        };
        let Some(found) = found else { continue };
        match kinds.iter_mut().find(|(known, _)| *known == found) {
            Some((_, ids)) => ids.push(read.id),
            None => kinds.push((found, vec![read.id])),
        }
    }
    match &question.asked {
        Asked::Times(place) => kinds.retain(|(known, _)| known == place),
        Asked::Most => {
            let most = kinds.iter().map(|(_, ids)| ids.len()).max().unwrap_or(0);
            kinds.retain(|(_, ids)| ids.len() == most);
        }
        _ => {}
    }
    if kinds.is_empty() {
        return Ok(None);
    }
    let names: Vec<&str> = kinds.iter().map(|(name, _)| name.as_str()).collect();
    let answer = match &question.asked {
        Asked::Times(_) => kinds[0].1.len().to_string(),
        Asked::HowMany => format!("{}：{}", names.len(), names.join("、")),
        _ => names.join("、"),
    };
    let mut evidence: Vec<(SentenceId, u32)> =
        kinds.iter().flat_map(|(_, ids)| ids.iter().map(|id| (*id, 1))).collect();
    evidence.sort_unstable();
    Ok(Some(Finding { answer: Some(answer), evidence, incomplete: false }))
}

/// Whether the newest sentence that tells of it says that something is so.
fn whether(reads: &[Read], stated: &str) -> Option<Finding> {
    // "到过大理": the verb without its ending, and what it is about.
    let verb = GOES.iter().find(|verb| stated.starts_with(**verb))?;
    let object = stated[verb.len()..].trim_start_matches(['了', '过']);
    let told = reads.iter().rev().find(|read| {
        length(object) >= 2
            && read.text.contains(object)
            && VISITS.iter().any(|visit| read.text.contains(visit))
            && !PLANS.iter().any(|plan| read.text.contains(plan))
    })?;
    let denied = DENIALS.iter().any(|denial| told.text.contains(denial));
    let answer = if denied { "否" } else { "是" };
    Some(Finding {
        answer: Some(answer.to_owned()),
        evidence: vec![(told.id, 1)],
        incomplete: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(text: &str) -> Option<(String, Option<String>, Asked)> {
        CountQuestion::of(text).map(|question| (question.who, question.verb, question.asked))
    }

    #[test]
    fn what_is_counted_is_told_by_the_interrogative() {
        let who = || "林小川".to_owned();
        for text in
            ["林小川去过哪些城市？", "林小川都到过什么地方？", "请列出林小川去过的所有城市。"]
        {
            assert_eq!(asked(text), Some((who(), None, Asked::Each)), "{text}");
        }
        for text in ["林小川去过白石镇几次？", "林小川一共去过几次白石镇？"]
        {
            let times = Asked::Times("白石镇".to_owned());
            assert_eq!(asked(text), Some((who(), None, times)), "{text}");
        }
        assert_eq!(asked("林小川一共到过几个城市？"), Some((who(), None, Asked::HowMany)));
        assert_eq!(asked("林小川买了什么？"), Some((who(), Some("买".to_owned()), Asked::Each)));
        assert_eq!(asked("林小川的票号是多少？"), None);
        assert_eq!(asked("林小川养什么动物？"), None);
    }

    #[test]
    fn places_stand_behind_many_verbs() {
        for text in [
            "三月里，林小川去了白石镇。",
            "林小川又在白石镇住了两天。",
            "林小川再次来到白石镇。",
            "林小川到白石镇看望朋友。",
        ] {
            assert_eq!(place(text, "林小川").as_deref(), Some("白石镇"), "{text}");
        }
    }
}
