//! How Chinese questions ask for a property of an owner: the owner before 的 or "which", the property behind.
//!
//! Requests around a question, verbs behind an owner and interrogatives behind a property are left out by
//! lists of such words, since nothing marks where words end.

use super::chapters;
use super::kinds::Kind;
use super::standing::Standing;
use crate::memory::index::stopwords;
use crate::memory::segment::words::is_ideograph;

/// Owners of one question at most.
const OWNERS: usize = 24;
/// Characters of an owner at most and at least.
const OWNER: std::ops::RangeInclusive<usize> = 2..=48;

/// Words with which a request opens.
const REQUESTS: &str = "把 将 说明 说说 讲讲 逐个 依次 提到 凡是 凡 都 分别 逐一 一一 请把 请将 请查 查一查 查查 查 看看 试问 帮我 麻烦 请问 请你 请 找出 给出 写出 列出 列举 说出 指出 查出 告诉我 回答 文中 \
    文章中 文本中 书中 原文中 文档中 资料中 根据文本 根据文章 根据上文 提到的 \
    文中说 文里说 文中写 书里说 谁能说出 谁知道 谁记得 谁能告诉我 能否说出 能不能说出 你能说出 可否说出 想查 要查 查询 \
    查找 想找 要找 \
    给出的 所给的 记载的 写明的 所说的 所记的 说的 写的 所有 全部 问一下 \
    查一下 想知道 我想知道 那么 在文中 出现的";
/// Words behind a property.
const BEHIND: &[&str] = &[
    "领取",
    "取货",
    "叫",
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
    "有哪",
    "有几",
    "有什么",
    "等于",
    "都",
    "各",
    "分别",
    "逐一",
    "一一",
    "写出来",
    "列出来",
    "说出来",
    "后来",
    "改成",
    "改为",
    "变成",
    "变为",
    "换成",
    "换为",
    "最后",
    "最终",
    "如今",
    "现在",
    "目前",
    "显示",
    "读作",
    "记作",
    "记为",
    "写成",
    "写的",
    "记的",
    "标的",
    "给的",
    "该",
    "应",
    "究竟",
    "到底",
    "又",
    "写着",
    "定为",
    "在哪",
    "什么",
    "多少",
    "哪",
    "几",
    "呢",
];

/// Endings of nouns for numbers.
const KINDS: &[&str] = &["号", "码", "数", "价", "费", "额", "量"];
/// Words for all of something, before or behind a property or an owner.
const ALL: &[&str] =
    &["所有", "全部", "各个", "每个", "一切", "一共", "总共", "共", "都", "各自", "各", "分别"];
/// Words for which of something.
const WHICH: &[&str] =
    &["哪些", "哪几个", "哪一个", "哪一种", "哪个", "哪种", "什么样的", "什么", "多少", "哪"];
/// Words between a question's owner and "which".
const TIES: &[&str] = &[
    "如今",
    "现在",
    "目前",
    "当前",
    "眼下",
    "有关",
    "相关",
    "养",
    "会",
    "弹",
    "学",
    "做",
    "干",
    "当",
    "所对应",
    "所有",
    "领到",
    "领取",
    "领用",
    "上面",
    "上头",
    "这一项",
    "那一项",
    "这项",
    "一项",
    "项下",
    "条目",
    "标着",
    "标明",
    "注明",
    "印着",
    "刻着",
    "贴着",
    "挂着",
    "挂",
    "印",
    "刻",
    "凭",
    "占用",
    "占",
    "编入",
    "编",
    "被",
    "注册",
    "设定",
    "配",
    "持",
    "手中",
    "里面",
    "所",
    "对应",
    "相应",
    "所用",
    "所属",
    "名下",
    "手里",
    "手上",
    "身上",
    "那边",
    "后面",
    "旁边",
    "一栏",
    "方面",
    "本身",
    "拿",
    "领",
    "标",
    "贴",
    "写",
    "记",
    "报",
    "上",
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
/// Adverbs and other small words that follow a name.
const EDGES: &[&str] = &[
    "每", "常", "总", "曾", "已", "又", "还", "不", "没", "自", "从", "靠", "凭", "以", "因", "将",
    "要", "能", "可", "很", "更", "极", "身", "家", "手", "原", "本", "乃", "即", "则", "却", "才",
    "只", "仅", "便", "就", "此", "其", "之", "一", "两", "向", "往", "如", "像", "让", "叫", "请",
    "另", "再", "先", "后", "来", "去",
];
/// Words before an owner.
const OPENS: &[&str] = &[
    "为",
    "给",
    "对于",
    "对",
    "和",
    "同",
    "关于",
    "由",
    "替",
    "属于",
    "归",
    "在",
    "跟",
    "与",
    "说到",
    "至于",
    "陪伴着",
    "陪伴",
    "陪着",
    "跟着",
    "跟随",
];

/// Relations by all words that name or state them; a marker behind which the value stands ends in `>`.
pub(super) const RELATIONS: &[(Option<Kind>, &str)] = &[
    (
        None,
        "出生地 出生 生于> 降生 诞生 出世 生在> 籍贯 祖籍 故乡 家乡 老家 来自> 何处人 哪里人 出身 来到人世 \
         什么地方人 哪儿人 哪里来 哪儿来 打哪 何方人 来到世上 来到这个世界 呱呱坠地 坠地 长于>",
    ),
    (
        Some(Kind::Trade),
        "职业 工作 谋生 为生 营生 行当 行业 哪一行 哪行 从事> 本行 生计 做什么 干什么 做的是 干的是 当的是 差事 行业 以何 职务 手艺 是一名> 是一位> \
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
    pub(super) owners: Vec<Vec<String>>,
    /// Words of which a fact holds one.
    pub(super) property: Vec<String>,
    /// The relation, if it is a known one.
    pub(super) relation: Option<usize>,
    /// Whether values are numbers or identifiers.
    pub(super) number: bool,
}

/// The relation that `text` names or states.
pub(super) fn relation(text: &str) -> Option<usize> {
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

/// All words that questions have around owners and properties, or for a relation.
fn known_words() -> impl Iterator<Item = &'static str> {
    let lists = [OPENS, TIES, BEHIND, ALL, WHICH, EDGES].into_iter().flatten().copied();
    let relations = RELATIONS.iter().flat_map(|(_, list)| list.split_whitespace());
    let relations = relations.map(|word| word.trim_end_matches('>'));
    lists.chain(REQUESTS.split_whitespace()).chain(relations)
}

/// Whether a text opens with a word that questions and statements have around names.
pub(super) fn opens_with_function_word(text: &str) -> bool {
    stopwords::chinese_function_word(text).is_some()
        || known_words().any(|word| text.starts_with(word))
}

/// The same of its end.
pub(super) fn ends_with_function_word(text: &str) -> bool {
    let last = |chars: usize| {
        let at = text.char_indices().rev().nth(chars - 1).map(|(at, _)| &text[at..]);
        at.is_some_and(|end| stopwords::chinese_function_word(end) == Some(end))
    };
    (1..=4).any(last) || known_words().any(|word| text.ends_with(word))
}

/// What is left of a phrase without the words that questions have around names, in stretches.
pub(super) fn unknown(phrase: &str) -> Vec<&str> {
    let (mut out, mut start, mut at) = (Vec::new(), 0, 0);
    while at < phrase.len() {
        let rest = &phrase[at..];
        let word = known_words()
            .filter(|word| rest.starts_with(word))
            .chain(stopwords::chinese_function_word(rest))
            .map(str::len)
            .max();
        let mark = rest.chars().next().filter(|c| !c.is_alphanumeric()).map(char::len_utf8);
        match word.or(mark) {
            Some(length) => {
                out.extend((at > start).then(|| &phrase[start..at]));
                at += length;
                start = at;
            }
            None => at += rest.chars().next().map_or(1, char::len_utf8),
        }
    }
    out.extend((at > start).then(|| &phrase[start..at]));
    out
}

/// A phrase without the first or last of such words; `None` if it has none.
pub(super) fn without_edge(phrase: &str) -> Option<&str> {
    let before = OPENS.iter().copied().chain(REQUESTS.split_whitespace());
    let behind = [TIES, BEHIND, ALL, WHICH, EDGES].into_iter().flatten();
    let shorter = behind.filter_map(|word| phrase.strip_suffix(word)).min_by_key(|s| s.len());
    let or = || before.filter_map(|word| phrase.strip_prefix(word)).min_by_key(|s| s.len());
    shorter.or_else(or)
}

/// Whether a noun names a number: 票号, 价.
pub(super) fn is_number_noun(noun: &str) -> bool {
    let digits = noun.bytes().any(|byte| byte.is_ascii_digit());
    !digits && KINDS.iter().any(|kind| noun.ends_with(kind))
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
        let number = ["号", "码", "数", "薪", "价", "费", "额", "多少", "编号", "年龄", "量"]
            .iter()
            .any(|word| clause.contains(word));
        // The last 的 that a property stands behind: "X的票号写的是多少".
        let split = clause
            .rmatch_indices('的')
            .find_map(|(at, of)| Some((&clause[..at], property(&clause[at + of.len()..])?)));
        if let Some((before, property)) = split {
            // "A的票号和B的票号": the property may stand behind every owner.
            let of_property = format!("的{property}");
            let owners: Vec<Vec<String>> = owners(before)
                .iter()
                .map(|owner| with_shorter(owner.strip_suffix(&of_property).unwrap_or(owner)))
                .collect();
            let fits = owners.iter().all(|owner| OWNER.contains(&owner[0].chars().count()));
            if !owners.is_empty() && owners.len() <= OWNERS && fits {
                let plain = ["地方", "东西", "人", "动物", "事"].contains(&property.as_str());
                let relation = relation(&property).or_else(|| relation(clause).filter(|_| plain));
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
        let mut opening = clause;
        while let Some(shorter) = OPENS.iter().find_map(|open| opening.strip_prefix(open)) {
            opening = shorter;
        }
        let chars: Vec<char> =
            opening.chars().take_while(|c| is_ideograph(*c) || *c == '·').collect();
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
