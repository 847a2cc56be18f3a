//! Chinese questions for a property of an owner: 船号A的票号是多少, 某人生于何处, A、B和C各有什么编号.
//!
//! ```text
//! owner       what stands before 的, or the name that opens the clause
//! property    what stands behind 的, or a relation that the rest of the question names
//! fact        a sentence with the owner, not as part of a longer key, and a word for the property
//! value       the number or identifier, the noun of the kind, or the phrase that is left
//! ```
//! Words are found by their characters, since nothing marks their ends.

use super::chapters;
use super::kinds::Kind;
use super::parts::Scope;
use super::question::Question;
use super::reader::{Read, Reader};
use super::standing::Standing;
use crate::error::Result;
use crate::memory::answer::{Finding, one_line};
use crate::memory::index::corpus::SentenceId;
use crate::memory::index::patterns::Pattern;
use crate::memory::index::stopwords;
use crate::memory::segment::words::is_ideograph;

/// Sentences about one owner that are read, the newest.
const MENTIONS: usize = 128;
/// Longest fact, in characters.
const LONGEST: usize = 120;
/// Owners of one question at most.
const OWNERS: usize = 24;
/// Characters of an owner at most and at least.
const OWNER: std::ops::RangeInclusive<usize> = 2..=48;
/// Different values of one owner that an answer joins unless it is a list.
const VALUES: usize = 8;

/// Words with which a request opens.
const REQUESTS: &str = "请问 请你 请 找出 给出 写出 列出 列举 说出 指出 查出 告诉我 回答 文中 \
    文章中 文本中 书中 原文中 文档中 资料中 根据文本 根据文章 根据上文 提到的 \
    给出的 所给的 记载的 写明的 所说的 所记的 说的 写的 所有 全部 问一下 \
    查一下 想知道 我想知道 那么 在文中 出现的";
/// Words behind a property.
const BEHIND: &[&str] = &[
    "分别是",
    "各自是",
    "各是",
    "都是",
    "都有",
    "是不是",
    "是什么",
    "是多少",
    "是哪",
    "是",
    "为",
    "有哪些",
    "有什么",
    "等于",
    "叫什么",
    "都",
    "各",
    "分别",
    "写着",
    "定为",
    "在哪",
    "什么",
    "多少",
    "哪",
    "几",
    "呢",
];

/// Words for all of something, before or behind a property or an owner.
const ALL: &[&str] =
    &["所有", "全部", "各个", "每个", "一切", "一共", "总共", "共", "都", "各自", "各", "分别"];
/// Words for which of something.
const WHICH: &[&str] =
    &["哪些", "哪几个", "哪一个", "哪一种", "哪个", "哪种", "什么样的", "什么", "多少", "哪"];
/// Words between a question's owner and "which".
const TIES: &[&str] = &[
    "有",
    "是",
    "用的",
    "用",
    "登记了",
    "登记",
    "记录了",
    "记载了",
    "记着",
    "拿到",
    "得到",
    "分到",
    "对应",
    "使用",
    "持有",
    "拥有",
    "叫",
    "属于",
    "归",
    "配了",
    "配有",
    "名下",
    "下面",
    "那里",
    "的",
    "了",
    "写着",
    "带着",
];
/// Words before an owner.
const OPENS: &[&str] =
    &["为", "给", "对于", "对", "关于", "由", "替", "属于", "归", "在", "跟", "与", "说到", "至于"];

/// Relations by all words that name or state them; a marker behind which the value stands ends in `>`.
const RELATIONS: &[(Option<Kind>, &str)] = &[
    (
        None,
        "出生地 出生 生于> 降生 诞生 出世 生在> 籍贯 祖籍 故乡 家乡 老家 来自> 何处人 哪里人 出身",
    ),
    (
        Some(Kind::Trade),
        "职业 工作 谋生 为生 营生 行当 行业 哪一行 哪行 从事> 本行 生计 做什么 干什么 以何 职务 手艺 是一名> 是一位> \
         是个> 当过> 担任> 做> 当> 任> 身份 以>",
    ),
    (Some(Kind::Instrument), "乐器 演奏> 弹奏> 吹奏> 拉奏> 弹> 吹> 拉> 奏> 敲> 擅长> 拿手"),
    (Some(Kind::Animal), "宠物 动物 养着> 养了> 饲养> 养> 豢养> 喂养> 陪伴 作伴 带着>"),
    (None, "喜欢> 喜爱> 爱好> 最爱> 热爱> 嗜好 偏爱>"),
    (None, "住在> 居住 住址 住处 住所 家住> 定居> 寓所"),
];

/// A Chinese question for a property.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChineseQuestion {
    /// Owners as the question writes them; for a name without a sure end the longer first.
    owners: Vec<Vec<String>>,
    /// Words of which a fact holds one.
    property: Vec<String>,
    /// The relation, if it is a known one.
    relation: Option<usize>,
    /// Whether values are numbers or identifiers.
    number: bool,
}

/// The relation that `text` names or states.
fn relation(text: &str) -> Option<usize> {
    let named = |marker: bool| {
        RELATIONS.iter().position(|(_, list)| {
            list.split_whitespace().any(|word| match word.strip_suffix('>') {
                Some(bare) => marker && bare.chars().count() > 1 && text.contains(bare),
                None => !marker && text.contains(word),
            })
        })
    };
    named(false).or_else(|| named(true)).or_else(|| {
        // Verbs of one character only where the question has nothing else.
        RELATIONS.iter().position(|(kind, list)| {
            kind.is_some_and(|kind| matches!(kind, Kind::Instrument | Kind::Animal))
                && list
                    .split_whitespace()
                    .filter_map(|w| w.strip_suffix('>'))
                    .any(|verb| verb.chars().count() == 1 && text.contains(verb))
        })
    })
}

fn without_request(mut clause: &str) -> &str {
    while let Some(shorter) = REQUESTS.split_whitespace().find_map(|word| clause.strip_prefix(word))
    {
        clause = shorter.trim_start_matches('的');
    }
    clause.trim()
}

impl ChineseQuestion {
    /// Reads a question; `None` if it asks for something else.
    pub fn of(text: &str) -> Option<Self> {
        if !text.chars().any(is_ideograph) {
            return None;
        }
        let body = text.trim().trim_end_matches(['？', '?', '。', '！', '.']);
        // A clause before the last comma limits the question; commas of a list stand between owners.
        let clause =
            body.rsplit(['，', ',', '：', ':']).find(|clause| !clause.trim().is_empty())?;
        let clause = without_request(chapters::without_limit(clause.trim()));
        let number = ["号", "码", "数", "薪", "价", "费", "额", "多少", "编号", "年龄", "量"]
            .iter()
            .any(|word| clause.contains(word));
        if let Some((before, behind)) = clause.rsplit_once('的')
            && let Some(property) = property(behind)
        {
            let owners: Vec<Vec<String>> = owners(before).into_iter().map(|o| vec![o]).collect();
            let fits = owners.iter().all(|owner| OWNER.contains(&owner[0].chars().count()));
            if !owners.is_empty() && owners.len() <= OWNERS && fits {
                let relation = relation(&property);
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
        let chars: Vec<char> =
            clause.chars().take_while(|c| is_ideograph(*c) || *c == '·').collect();
        let lengths = [4, 3, 2].into_iter().filter(|length| chars.len() > *length);
        let owner: Vec<String> = lengths.map(|length| chars[..length].iter().collect()).collect();
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
        while let Some(shorter) = TIES.iter().chain(ALL).find_map(|tie| before.strip_suffix(tie)) {
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

/// The beginnings of a stretch that may be an owner, the longest first: what follows may be a verb.
fn prefixes(stretch: &str) -> Vec<String> {
    let chars: Vec<char> = stretch.chars().collect();
    let most = chars.len().min(*OWNER.end());
    let lengths = (*OWNER.start()..=most).rev().take(8);
    lengths.map(|length| chars[..length].iter().collect()).collect()
}

/// The property that stands before an interrogative: 票号 in 票号是多少.
fn property(behind: &str) -> Option<String> {
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
    for end in ["各自", "这几样", "这些", "几个", "分别"] {
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

/// Whether `owner` stands in `text` and is not part of a longer key; where it ends.
fn stands_in(text: &str, owner: &str) -> Option<usize> {
    let (text, owner) = (text.to_ascii_lowercase(), owner.to_ascii_lowercase());
    text.match_indices(&owner).map(|(at, _)| (at, at + owner.len())).find_map(|(start, end)| {
        let key = |c: char| c.is_ascii_alphanumeric() || c == '-';
        let before = owner.starts_with(key) && text[..start].ends_with(key);
        (!before && !text[end..].starts_with(key)).then_some(end)
    })
}

/// A fact and its value.
struct Fact {
    id: SentenceId,
    value: String,
}

/// Answers; `None` if the text has to be looked at in another way.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub fn chinese(
    reader: &Reader,
    asked: &ChineseQuestion,
    question: &Question,
    scope: &Scope,
) -> Result<Option<Finding>> {
    let mut finding = Finding::default();
    let mut values: Vec<String> = Vec::new();
    for candidates in &asked.owners {
        let mut facts: Vec<Fact> = Vec::new();
        for owner in candidates {
            for read in mentions(reader, owner, scope)? {
                let value = stated(&read.text, owner, asked);
                facts.extend(value.map(|value| Fact { id: read.id, value }));
            }
            if !facts.is_empty() {
                break;
            }
        }
        if !(question.many || question.earliest) {
            facts.reverse();
        }
        let joins =
            asked.number && !(question.latest || question.earliest) && scope.is_everything();
        let most = if question.many {
            usize::MAX
        } else if joins {
            VALUES
        } else {
            1
        };
        let mut own: Vec<String> = Vec::new();
        for fact in facts {
            let known = own.contains(&fact.value);
            if !known && own.len() < most {
                own.push(fact.value);
            } else if !known {
                continue;
            }
            if !finding.evidence.contains(&(fact.id, 1)) {
                finding.evidence.push((fact.id, 1));
            }
        }
        values.extend(own);
    }
    if values.is_empty() {
        // A list may be one of words that only look like owners.
        let sure = asked.owners.len() == 1 && asked.relation.is_some();
        return Ok(sure.then(Finding::default));
    }
    finding.answer = Some(values.join("，"));
    Ok(Some(finding))
}

/// The sentences that hold an owner as a whole.
fn mentions(reader: &Reader, owner: &str, scope: &Scope) -> Result<Vec<Read>> {
    let Some(pattern) = Pattern::phrase(owner) else { return Ok(Vec::new()) };
    let mut inside = Vec::new();
    for id in reader.last_mentions(&[pattern], &[], u32::MAX, MENTIONS)? {
        if scope.holds_sentence(reader.corpus, id)? {
            inside.push(id);
        }
    }
    let mut reads = reader.read(&inside)?;
    reads.retain(|read| stands_in(&read.text, owner).is_some());
    Ok(reads)
}

/// The value that a sentence gives the property of `owner`.
fn stated(text: &str, owner: &str, asked: &ChineseQuestion) -> Option<String> {
    if text.chars().count() > LONGEST || text.trim_end().ends_with(['？', '?']) {
        return None;
    }
    let end = stands_in(text, owner)?;
    let rest = format!("{}\u{3000}{}", &text[..end - owner.len()], &text[end..]);
    let list = asked.relation.map_or("", |at| RELATIONS[at].1);
    let kind = asked.relation.and_then(|at| RELATIONS[at].0);
    let noun = kind.and_then(|kind| kind.chinese_noun(&rest));
    let named = asked.property.iter().any(|property| rest.contains(property.as_str()))
        || list.split_whitespace().any(|word| {
            let bare = word.trim_end_matches('>');
            let sure = bare.chars().count() > 1 || kind.is_none();
            sure && rest.contains(bare)
        });
    let works = kind == Some(Kind::Trade) && trade(&rest).is_some();
    if !(named || noun.is_some() || works) {
        return None;
    }
    if ["没有", "从不", "从未", "并非", "不曾", "不会"].iter().any(|no| rest.contains(no))
    {
        return None;
    }
    if let Some(noun) = noun {
        return Some(noun.to_owned());
    }
    if asked.relation.is_none() || asked.number {
        if let Some(value) = identifier(&rest) {
            return Some(value);
        }
        if asked.number {
            return None;
        }
    }
    if kind == Some(Kind::Trade)
        && let Some(trade) = trade(&rest)
    {
        return Some(trade);
    }
    if kind.is_some_and(|kind| kind != Kind::Trade) && !named {
        return None;
    }
    phrase(text, &rest, end, list, asked)
}

/// The identifier or number of a text: the longest stretch of letters, digits and what ties them.
fn identifier(text: &str) -> Option<String> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || "-_./:".contains(c)))
        .map(|piece| piece.trim_matches(['.', ':', '-']))
        .filter(|piece| piece.bytes().any(|byte| byte.is_ascii_digit()))
        .max_by_key(|piece| piece.len())
        .map(str::to_owned)
}

/// What somebody is by trade: behind "是一名" and the like, and ending as trades do.
fn trade(rest: &str) -> Option<String> {
    let opens = [
        "是一名",
        "是一位",
        "是位",
        "是名",
        "是个",
        "是一个",
        "职业是",
        "工作是",
        "当过",
        "担任",
        "作为",
        "从事",
        "以做",
        "当",
        "做",
        "以",
        "是",
    ];
    opens.iter().find_map(|open| {
        rest.match_indices(open).find_map(|(at, _)| {
            let behind = &rest[at + open.len()..];
            let end = ["为生", "为业", "的", "谋生", "，", "。", "；", "、", "糊口", "来"]
                .iter()
                .filter_map(|stop| behind.find(stop))
                .min()
                .unwrap_or(behind.len());
            let found = behind[..end].trim_matches('\u{3000}');
            let length = found.chars().count();
            ((2..=6).contains(&length) && Kind::is_chinese_trade(found)).then(|| found.to_owned())
        })
    })
}

/// The phrase that is left of a sentence without the owner and the words for the property.
fn phrase(
    text: &str,
    rest: &str,
    end: usize,
    list: &str,
    asked: &ChineseQuestion,
) -> Option<String> {
    let stop = |c: char| "，。；：！？、（）“”\u{3000} ".contains(c);
    // "… 生于X": behind the marker; "X是OWNER的…": before 是.
    for word in list.split_whitespace().filter_map(|word| word.strip_suffix('>')) {
        if let Some((_, behind)) = rest.split_once(word) {
            let found = behind.split(stop).next().unwrap_or("").trim_start_matches(['了', '过']);
            if found.chars().count() >= 2 {
                return Some(found.to_owned());
            }
        }
    }
    let owner_at = rest.find('\u{3000}')?;
    let before = rest[..owner_at].rsplit(['，', '。', '；', '：']).next().unwrap_or("").trim();
    if let Some(found) = before.strip_suffix("就是").or_else(|| before.strip_suffix('是'))
        && found.chars().count() >= 2
    {
        return Some(found.to_owned());
    }
    for copula in ["是", "为", "在", "叫", "："] {
        if let Some((_, found)) = text[end..].rsplit_once(copula) {
            let found = found.split(stop).next().unwrap_or("");
            let asks = asked.property.iter().any(|property| found.contains(property.as_str()));
            if found.chars().count() >= 2 && !asks {
                return Some(found.to_owned());
            }
        }
    }
    let mut cleared = rest.to_owned();
    let words = list.split_whitespace().map(|word| word.trim_end_matches('>'));
    for word in words.chain(asked.property.iter().map(String::as_str)) {
        cleared = cleared.replace(word, " ");
    }
    let longest = cleared
        .split(stop)
        .flat_map(stopwords::chinese_content)
        .max_by_key(|stretch| stretch.chars().count())?;
    (longest.chars().count() >= 2).then(|| one_line(longest))
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
        ] {
            assert_eq!(owners_of(text), Some(vec!["蓝色木马".to_owned()]), "{text}");
        }
        assert_eq!(
            owners_of("蓝色木马、红色木马和灰色纸鸢的编号分别是什么？"),
            Some(vec!["蓝色木马".to_owned(), "红色木马".to_owned(), "灰色纸鸢".to_owned()])
        );
        assert_eq!(ChineseQuestion::of("What is the berth of blue-lamp?"), None);
    }

    #[test]
    fn values_are_what_is_said_of_the_owner() {
        let said = |question: &str, owner: &str, text: &str| {
            stated(text, owner, &ChineseQuestion::of(question).unwrap())
        };
        let number = "蓝色木马的编号是多少？";
        assert_eq!(said(number, "蓝色木马", "蓝色木马的编号记作K-71。").as_deref(), Some("K-71"));
        assert_eq!(said(number, "蓝色木马", "蓝色木马204号的编号是3。"), None);
        assert_eq!(said(number, "蓝色木马", "蓝色木马的价钱是3。"), None);
        let born = "林小川的出生地是哪里？";
        for text in ["林小川生于白石镇。", "林小川的籍贯是白石镇。", "白石镇是林小川的故乡。"]
        {
            assert_eq!(said(born, "林小川", text).as_deref(), Some("白石镇"), "{text}");
        }
        assert_eq!(said(born, "林小川", "林小川养了一只鹦鹉。"), None);
        assert_eq!(said(born, "林小川", "白石镇就是林小川的故乡。").as_deref(), Some("白石镇"));
        let pet = "林小川养什么动物？";
        assert_eq!(said(pet, "林小川", "林小川身旁总有一只鹦鹉。").as_deref(), Some("鹦鹉"));
        let trade = "林小川的职业是什么？";
        assert_eq!(said(trade, "林小川", "林小川以做木匠为生。").as_deref(), Some("木匠"));
    }
}
