//! How Chinese questions ask for a property of an owner: the owner before 的 or "which", the property behind.
//!
//! Requests around a question, verbs behind an owner and interrogatives behind a property are left out by
//! the lists of `chinese_words`.

use super::chapters;
use super::surnames::full_names;
use super::words::{self, ALL, BEHIND, KINDS, OPENS, RELATIONS, REQUESTS, TIES, WHICH, relation};
use crate::memory::plan::events::standing::Standing;
use crate::memory::segment::words::is_ideograph;

/// Owners of one question at most.
const OWNERS: usize = 24;
/// Characters of an owner at most and at least.
const OWNER: std::ops::RangeInclusive<usize> = 2..=48;

/// Words that point at somebody whom the rest of the phrase describes.
const POINTING: &[&str] = &["那", "这", "某", "每", "哪", "一", "谁", "我", "你", "他", "她"];

/// A Chinese question for a property.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChineseQuestion {
    /// Owners as the question writes them; for a name without a sure end the longer first.
    pub(in crate::memory::plan) owners: Vec<Vec<String>>,
    /// Words of which a fact holds one.
    pub(in crate::memory::plan) property: Vec<String>,
    /// The relation, if it is a known one.
    pub(in crate::memory::plan) relation: Option<usize>,
    /// Whether values are numbers or identifiers.
    pub(in crate::memory::plan) number: bool,
}

/// A clause that asks only what something is, with the property that the clause before it names.
fn turned(body: &str, clause: &str) -> Option<String> {
    let before = body.strip_suffix(clause)?;
    let listed = before.ends_with(['：', ':']).then_some(clause);
    let owner = ["是多少", "是几", "是什么", "是哪个", "又是多少"]
        .iter()
        .find_map(|asks| clause.strip_suffix(asks))
        .or(listed)
        .filter(|owner| !owner.contains('的') && owner.chars().count() >= *OWNER.start())?;
    let before = before.trim_end_matches(['，', ',', '：', ':']);
    let before = before.rsplit(['，', ',', '：', ':']).next()?.trim();
    let mut property = without_request(before);
    if let Some((_, behind)) = property.rsplit_once('的').filter(|_| listed.is_some()) {
        property = behind;
    }
    for edge in ["关于", "至于", "说到", "说起", "论", "论起", "就", "问到", "看"] {
        property = property.strip_prefix(edge).unwrap_or(property);
    }
    for edge in ["方面", "来说", "而言", "来讲", "而论", "上"] {
        property = property.strip_suffix(edge).unwrap_or(property);
    }
    let counts = |noun: &str| KINDS.iter().any(|kind| noun.ends_with(kind));
    let digits = |noun: &str| noun.bytes().any(|byte| byte.is_ascii_digit());
    let kind = counts(owner) && !digits(owner);
    if kind && (!counts(property) || digits(property)) && OWNER.contains(&property.chars().count())
    {
        return Some(format!("{property}的{owner}是多少"));
    }
    let plain = (1..=8).contains(&property.chars().count()) && property.chars().all(is_ideograph);
    let limits = Standing::bare(property).is_empty() || chapters::named(property).is_some();
    (plain && !limits).then(|| format!("{owner}的{property}是多少"))
}

/// Whether a clause asks for nothing by itself: 请都列出来.
fn is_request(clause: &str) -> bool {
    let mut rest = without_request(clause);
    while let Some(shorter) = ALL
        .iter()
        .chain(BEHIND)
        .chain(&["出来", "来", "一下", "列", "写", "说", "吧", "给我"])
        .find_map(|word| rest.strip_prefix(word))
    {
        rest = without_request(shorter);
    }
    rest.is_empty()
}

fn without_request(mut clause: &str) -> &str {
    while let Some(shorter) = REQUESTS
        .split_whitespace()
        .filter_map(|word| clause.strip_prefix(word))
        .min_by_key(|shorter| shorter.len())
    {
        clause = shorter.trim_start_matches('的');
    }
    clause.trim()
}

/// Characters behind an interrogative among which the noun for what it asks stands.
const KIND_REACH: usize = 4;

/// Characters behind which the name of somebody may stand.
const BEFORE_OWNERS: [char; 28] = [
    '生', '活', '是', '在', '让', '起', '说', '到', '跟', '和', '与', '对', '给', '替', '由', '被',
    '把', '用', '向', '从', '使', '能', '的', '，', '？', '?', ',', '。',
];

impl ChineseQuestion {
    /// Reads a question; `None` if it asks for something else.
    pub fn of(text: &str) -> Option<Self> {
        if !text.chars().any(is_ideograph) {
            return None;
        }
        let body = text.trim().trim_end_matches(['？', '?', '。', '！', '.']);
        // A clause before the last comma limits the question; commas of a list stand between owners.
        let mut body = body;
        // "…，请都列出来": a clause that only requests.
        while let Some((before, last)) = body.rsplit_once(['，', ','])
            && is_request(last.trim())
        {
            body = before;
        }
        let clause =
            body.rsplit(['，', ',', '：', ':']).find(|clause| !clause.trim().is_empty())?;
        let clause = without_request(chapters::without_limit(clause.trim()));
        // "说到票号，X是多少": the property stands in the clause before.
        let turned = turned(body, clause);
        let clause = turned.as_deref().unwrap_or(clause);
        // "是哪个地方的人": from there, not a person.
        let native =
            ["地方的人", "里的人", "儿的人", "处的人"].iter().any(|end| clause.ends_with(end));
        let native = clause.split_once('是').filter(|_| native).map(|(who, _)| who);
        let native = native.map(|who| format!("{who}的籍贯是哪里"));
        let clause = native.as_deref().unwrap_or(clause);
        let number = ["号", "码", "数", "薪", "价", "费", "额", "多少", "编号", "年龄", "量"]
            .iter()
            .any(|word| clause.contains(word));
        // The last 的 that a property stands behind: "X的票号写的是多少".
        let split = clause
            .rmatch_indices('的')
            .filter(|(at, _)| !asks_for_kind(&clause[..*at]))
            .find_map(|(at, of)| Some((&clause[..at], property(&clause[at + of.len()..])?)));
        if let Some((before, property)) = split {
            // "A的票号和B的票号": the property may stand behind every owner.
            let of_property = format!("的{property}");
            let mut owners: Vec<Vec<String>> = owners(before)
                .iter()
                .map(|owner| with_shorter(owner.strip_suffix(&of_property).unwrap_or(owner)))
                .collect();
            let fits = owners.iter().all(|owner| OWNER.contains(&owner[0].chars().count()));
            if !owners.is_empty() && owners.len() <= OWNERS && fits {
                let plain = ["地方", "东西", "人", "动物", "事"].contains(&property.as_str());
                let relation = relation(&property)
                    .or_else(|| relation(&of_property))
                    .or_else(|| relation(clause).filter(|_| plain));
                // "X精通的乐器": a verb may stand between the name and 的.
                if let [owner] = owners.as_mut_slice()
                    && relation.is_some()
                    && !POINTING.iter().any(|word| owner[0].starts_with(word))
                {
                    let names = opening(&owner[0]);
                    let shorter: Vec<String> =
                        names.into_iter().filter(|name| !owner.contains(name)).collect();
                    owner.extend(shorter);
                }
                return Some(Self { owners, property: vec![property], relation, number });
            }
        }
        // "A、B和C各有什么票号": the property stands behind "which", the owners before or behind it.
        let related = relation(clause).filter(|_| !number);
        if related.is_none()
            && let Some(asked) = Self::around_which(clause, number)
        {
            return Some(asked);
        }
        // Otherwise a relation, and whoever opens the clause.
        let relation = relation(clause)?;
        // "某人是什么人，干什么的": the name opens the first of the clauses.
        let mut owner = opening(clause);
        if owner.is_empty() {
            owner = opening(without_request(body.split(['，', ',', '：', ':']).next()?.trim()));
        }
        (!owner.is_empty()).then(|| Self {
            owners: vec![owner],
            property: Vec::new(),
            relation: Some(relation),
            number: false,
        })
    }
}

impl ChineseQuestion {
    /// "OWNERS … which PROPERTY" and "which PROPERTY … OWNER".
    fn around_which(clause: &str, number: bool) -> Option<Self> {
        let (before, behind) = WHICH.iter().find_map(|which| clause.split_once(which))?;
        let mut before = before.trim();
        while let Some(shorter) = TIES
            .iter()
            .chain(ALL)
            .filter_map(|tie| before.strip_suffix(tie))
            .min_by_key(|shorter| shorter.len())
        {
            before = shorter;
        }
        while let Some(shorter) = OPENS.iter().find_map(|open| before.strip_prefix(open)) {
            before = shorter;
        }
        if before.is_empty() {
            // The owner stands at the end.
            let tie = TIES.iter().filter_map(|tie| Some((behind.find(tie)?, tie.len()))).min()?;
            let property = behind[..tie.0].trim().to_owned();
            let mut rest = &behind[tie.0 + tie.1..];
            while let Some(shorter) = OPENS.iter().chain(TIES).find_map(|t| rest.strip_prefix(t)) {
                rest = shorter;
            }
            while let Some(shorter) = TIES.iter().find_map(|tie| rest.strip_suffix(tie)) {
                rest = shorter;
            }
            let fits = OWNER.contains(&rest.chars().count()) && !property.is_empty();
            let relation = relation(&property);
            let owners = vec![vec![Standing::bare(rest).to_owned()]];
            return fits.then_some(Self { owners, property: vec![property], relation, number });
        }
        let property = property(behind)?;
        let relation = relation(&property);
        let owners: Vec<Vec<String>> = owners(before).iter().map(|owner| prefixes(owner)).collect();
        let fits = !owners.is_empty() && owners.iter().all(|owner| !owner.is_empty());
        fits.then_some(Self { owners, property: vec![property], relation, number })
    }
}

impl ChineseQuestion {
    /// Reads a question that names the kind of thing it asks for, and its owner anywhere: 什么乐器在某人手里最好听.
    pub fn of_kind(text: &str) -> Option<Self> {
        let (before, behind) =
            WHICH.iter().chain(&["何种"]).find_map(|which| text.split_once(which))?;
        let noun = behind.chars().take(KIND_REACH).collect::<String>();
        // What is asked for stands behind the interrogative, or before it: "有一种乐器，是哪种".
        let of_kind = |text: &str| relation(text).filter(|at| RELATIONS[*at].0.is_some());
        // 哪一行 is a word of its own.
        let whole = format!("{}{noun}", &text[before.len()..text.len() - behind.len()]);
        let relation = of_kind(&whole).or_else(|| of_kind(&noun)).or_else(|| of_kind(before))?;
        let names: Vec<String> = [before, behind].into_iter().flat_map(names_in).collect();
        (!names.is_empty()).then(|| Self {
            owners: vec![names],
            property: Vec::new(),
            relation: Some(relation),
            number: false,
        })
    }
}

/// An owner, and what it is without the verbs and the like around it.
fn with_shorter(owner: &str) -> Vec<String> {
    let mut out = vec![owner.to_owned()];
    let mut rest = owner;
    let stated = RELATIONS.iter().flat_map(|(_, list)| list.split_whitespace());
    let stated: Vec<&str> = stated.filter(|word| word.chars().count() > 1).collect();
    while let Some(shorter) = TIES
        .iter()
        .chain(&stated)
        .filter_map(|tie| rest.strip_suffix(tie))
        .min_by_key(|shorter| shorter.len())
        .or_else(|| OPENS.iter().find_map(|open| rest.strip_prefix(open)))
        .filter(|shorter| OWNER.contains(&shorter.chars().count()))
    {
        rest = shorter;
        out.push(rest.to_owned());
    }
    out
}

/// Whether what stands before 的 asks for something of a kind: 是哪种乐器 in 是哪种乐器的好手.
fn asks_for_kind(before: &str) -> bool {
    WHICH.iter().chain(&["何种"]).any(|which| {
        before.find(which).is_some_and(|at| {
            // 哪一行 is a word of its own, 什么乐器 has one.
            let asks = [&before[at..], &before[at + which.len()..]];
            let kind = asks.into_iter().find_map(relation).and_then(|at| RELATIONS[at].0);
            at > 0 && kind.is_some()
        })
    })
}

/// What a clause may open with as the name of somebody, the longest first; verbs may follow.
fn opening(clause: &str) -> Vec<String> {
    let mut rest = clause;
    while let Some(shorter) = OPENS.iter().find_map(|open| rest.strip_prefix(open)) {
        rest = shorter;
    }
    let chars: Vec<char> = rest.chars().take_while(|c| is_ideograph(*c) || *c == '·').collect();
    let lengths = [4, 3, 2].into_iter().filter(|length| chars.len() > *length);
    let names = lengths.map(|length| &chars[..length]);
    // No name has these, or ends with those.
    let named = names.filter(|name| {
        let asks = name.iter().any(|c| ['什', '哪', '谁'].contains(c));
        !asks && !"在是的靠以从做干凭吃养".contains(name[name.len() - 1])
    });
    named.map(|name| name.iter().collect()).collect()
}

/// What may be the full name of somebody, anywhere in a question.
pub(super) fn names_in(text: &str) -> Vec<String> {
    // 乐 is a surname, but 乐器 is what is asked for.
    text.split(BEFORE_OWNERS)
        .flat_map(full_names)
        .filter(|name| words::relation(name).is_none())
        .collect()
}

/// The beginnings of a stretch that may be an owner, the longest first: what follows may be a verb.
fn prefixes(stretch: &str) -> Vec<String> {
    let chars: Vec<char> = stretch.chars().collect();
    let most = chars.len().min(*OWNER.end());
    let lengths = (*OWNER.start()..=most).rev().take(8);
    lengths.map(|length| chars[..length].iter().collect()).collect()
}

/// The property that stands before an interrogative: 票号 in 票号是多少.
fn property(behind: &str) -> Option<String> {
    let mut behind = behind.trim();
    while let Some(shorter) = ALL
        .iter()
        .chain(WHICH)
        .chain(&["每一个", "每个", "每一", "任何", "一切"])
        .find_map(|word| behind.strip_prefix(word))
    {
        behind = shorter;
    }
    let end = BEHIND.iter().filter_map(|word| behind.find(word)).min().unwrap_or(behind.len());
    let mut found = behind[..end].trim();
    for all in ALL {
        found = found.trim_start_matches(all).trim_end_matches(all);
    }
    (!found.is_empty() && found.chars().count() <= 8).then(|| found.to_owned())
}

/// The owners of a list.
fn owners(before: &str) -> Vec<String> {
    let mut rest = before.trim();
    // "哪个地方是OWNER的…": what is asked for stands first.
    let asks = ["哪", "什么", "谁", "何"].iter().any(|which| rest.starts_with(which));
    if asks && let Some((_, behind)) = rest.split_once('是') {
        rest = behind;
    }
    for end in
        ["各自", "这几样", "这两项", "这几项", "这两样", "两者", "二者", "这些", "几个", "分别"]
    {
        rest = rest.trim_end_matches(end);
    }
    let mut out: Vec<String> = Vec::new();
    for piece in rest.split('、') {
        let mut parts: Vec<&str> = vec![piece];
        // "和" may also be part of a name: it parts only the last two of a list.
        if let Some((one, other)) = ["以及", "和", "与", "及", "跟"].iter().find_map(|and| {
            piece.split_once(and).filter(|(one, other)| !one.is_empty() && !other.is_empty())
        }) {
            parts = vec![one, other];
        }
        out.extend(parts.into_iter().map(|part| Standing::bare(part.trim()).to_owned()));
    }
    out.retain(|owner| !owner.is_empty());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owners_of(text: &str) -> Option<Vec<String>> {
        ChineseQuestion::of(text).map(|q| q.owners.into_iter().map(|o| o[0].clone()).collect())
    }

    #[test]
    fn owners_stand_before_their_property() {
        for text in [
            "蓝色木马的编号是多少？",
            "请写出蓝色木马的编号。",
            "修订以后，蓝色木马目前的编号是哪个？",
            "蓝色木马有什么编号？",
            "什么是蓝色木马的编号？",
            "把蓝色木马的编号都写出来。",
            "说到编号，蓝色木马是多少？",
            "凡是蓝色木马的编号，请都列出来。",
            "逐个说出蓝色木马的编号。",
        ] {
            assert_eq!(owners_of(text), Some(vec!["蓝色木马".to_owned()]), "{text}");
        }
        assert_eq!(
            owners_of("蓝色木马、红色木马和灰色纸鸢的编号分别是什么？"),
            Some(vec!["蓝色木马".to_owned(), "红色木马".to_owned(), "灰色纸鸢".to_owned()])
        );
        for text in
            ["蓝色木马的编号和灰色纸鸢的编号各是多少？", "请列出下面的编号：蓝色木马、灰色纸鸢。"]
        {
            let wanted = Some(vec!["蓝色木马".to_owned(), "灰色纸鸢".to_owned()]);
            assert_eq!(owners_of(text), wanted, "{text}");
        }
        assert_eq!(ChineseQuestion::of("What is the berth of blue-lamp?"), None);
    }
}
