//! Chinese questions for a property of an owner: 船号A的票号是多少, 某人生于何处, A、B和C各有什么编号.
//!
//! ```text
//! owner       what stands before 的, or the name that opens the clause
//! property    what stands behind 的, or a relation that the rest of the question names
//! fact        a sentence with the owner, not as part of a longer key, and a word for the property
//! value       the number or identifier, the noun of the kind, or the phrase that is left
//! ```
//! Words are found by their characters, since nothing marks their ends.

use super::grounded;
use super::living::lives_by;
use super::nouns;
use super::origin::{born_in, native, pointed_at, points};
use super::question::ChineseQuestion;
use super::trades::{Frame, is_trade};
use super::words::{AGE, BIRTH, LOOSE, RELATIONS};
use crate::error::Result;
use crate::memory::answer::{Finding, one_line};
use crate::memory::index::corpus::SentenceId;
use crate::memory::index::patterns::Pattern;
use crate::memory::index::stopwords;
use crate::memory::plan::language::kinds::Kind;
use crate::memory::plan::parts::Scope;
use crate::memory::plan::question::Question;
use crate::memory::plan::reader::{Read, Reader};
use crate::memory::segment::words::is_ideograph;

/// Sentences about one owner that are read, the newest.
const MENTIONS: usize = 128;
/// Characters from which a name is no beginning of another one.
const SURE_NAME: usize = 3;
/// Mentions of an owner up to which silence means that the document does not say.
const FEW: usize = 12;
/// Longest fact, in characters.
const LONGEST: usize = 120;
/// Different values of one owner that an answer joins unless it is a list.
const VALUES: usize = 8;

/// Whether `owner` stands in `text` and is not part of a longer key; where it ends.
pub(in crate::memory::plan) fn stands_in(text: &str, owner: &str) -> Option<usize> {
    let (text, owner) = (text.to_ascii_lowercase(), owner.to_ascii_lowercase());
    text.match_indices(&owner).map(|(at, _)| (at, at + owner.len())).find_map(|(start, end)| {
        let key = |c: char| c.is_ascii_alphanumeric() || c == '-';
        let before = owner.starts_with(key) && text[..start].ends_with(key);
        (!before && !text[end..].starts_with(key)).then_some(end)
    })
}

/// Nouns for those whom somebody is known by.
pub(super) const RELATIVES: &[&str] = &[
    "妻子", "太太", "丈夫", "父亲", "母亲", "爸爸", "妈妈", "哥哥", "弟弟", "姐姐", "妹妹", "叔叔",
    "舅舅", "姑姑", "姨妈", "伯父", "儿子", "女儿", "祖父", "祖母", "爷爷", "奶奶", "外公", "外婆",
    "表哥", "表弟", "表姐", "表妹", "堂兄", "侄子", "外甥", "朋友", "同事", "邻居", "徒弟", "师父",
    "孙子", "孙女",
];

/// A fact and its value.
struct Fact {
    id: SentenceId,
    value: String,
}

/// Answers; `None` if the text has to be looked at in another way.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub fn chinese(reader: &Reader, question: &Question, scope: &Scope) -> Result<Option<Finding>> {
    if !question.text.chars().any(is_ideograph) {
        return Ok(None);
    }
    let asked = ChineseQuestion::of(&question.text);
    let by_grammar = match &asked {
        Some(asked) => Some(told(reader, asked, question, scope)?),
        None => None,
    };
    if let Some((finding, silent)) = &by_grammar
        && *silent == 0
    {
        return Ok(Some(finding.clone()));
    }
    if let Some(asked) = grounded::grounded(reader, question, asked.as_ref(), scope)? {
        let (finding, silent) = told(reader, &asked, question, scope)?;
        let before = by_grammar.as_ref().map_or(0, |(found, _)| found.evidence.len());
        if silent == 0 && finding.evidence.len() > before {
            return Ok(Some(finding));
        }
    }
    if by_grammar.as_ref().is_none_or(|(found, _)| found.answer.is_none())
        && let Some(asked) = ChineseQuestion::of_kind(&question.text)
    {
        let (finding, silent) = told(reader, &asked, question, scope)?;
        if silent == 0 {
            return Ok(Some(finding));
        }
        // "哪一行是某人干的": nothing else says it.
        if by_grammar.is_none() {
            return Ok(Some(Finding::default()));
        }
    }
    // All that is said of what the question names is something else.
    if let Some(asked) = asked.as_ref().filter(|asked| asked.number && asked.owners.len() == 1)
        && by_grammar.as_ref().is_none_or(|(found, _)| found.answer.is_none())
        && is_said_otherwise(reader, asked, scope)?
    {
        return Ok(Some(Finding::default()));
    }
    if by_grammar.as_ref().is_none_or(|(found, _)| found.answer.is_none())
        && grounded::is_of_another(reader, question, scope)?
    {
        return Ok(Some(Finding::default()));
    }
    // A list may be one of words that only look like owners.
    let sure = asked.is_some_and(|asked| asked.owners.len() == 1 && asked.relation.is_some());
    Ok(by_grammar.map(|(found, _)| found).filter(|found| found.answer.is_some() || sure))
}

/// Whether the text speaks of an owner, but never of the number that is asked for.
///
/// # Errors
/// If the store cannot be read or is damaged.
fn is_said_otherwise(reader: &Reader, asked: &ChineseQuestion, scope: &Scope) -> Result<bool> {
    let Some(owner) = asked.owners[0].first().filter(|owner| owner.chars().count() >= SURE_NAME)
    else {
        return Ok(false);
    };
    let reads = mentions(reader, owner, scope)?;
    let says = |read: &Read| {
        asked.property.iter().any(|property| {
            // 门牌 for 门牌号: the noun without what all numbers are called.
            let bare: String = property.chars().take(property.chars().count() - 1).collect();
            read.text.contains(bare.as_str())
        })
    };
    Ok((1..=FEW).contains(&reads.len()) && !asked.property.is_empty() && !reads.iter().any(says))
}

/// What the text tells of the owners, and of how many it tells nothing.
fn told(
    reader: &Reader,
    asked: &ChineseQuestion,
    question: &Question,
    scope: &Scope,
) -> Result<(Finding, usize)> {
    let mut finding = Finding::default();
    let mut values: Vec<String> = Vec::new();
    let mut silent = 0;
    let body = grounded::body(&question.text);
    for candidates in &asked.owners {
        let mut facts: Vec<Fact> = Vec::new();
        for owner in candidates {
            let lower = owner.to_ascii_lowercase();
            for read in mentions(reader, owner, scope)? {
                // The beginning of another name; names of three characters are seldom one.
                let doubtful = asked.number || owner.chars().count() < SURE_NAME;
                let text = read.text.to_ascii_lowercase();
                // 王羲 in 王羲之.
                let goes_on = owner.chars().count() < SURE_NAME
                    && text.split(lower.as_str()).skip(1).all(|behind| behind.starts_with('之'));
                if doubtful && (goes_on || !grounded::is_whole(&body, &text, &lower)) {
                    continue;
                }
                if is_other_liking(&body, &text) {
                    continue;
                }
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
        silent += usize::from(facts.is_empty());
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
    finding.answer = (!values.is_empty()).then(|| values.join("，"));
    Ok((finding, silent))
}

/// Whether a sentence says what somebody likes to do otherwise than asked: 喝 for 吃.
fn is_other_liking(body: &str, text: &str) -> bool {
    let likes = |text: &str| ["喜欢", "喜爱", "最爱", "爱"].iter().any(|word| text.contains(word));
    let asked = ["吃", "喝", "穿", "读", "听", "唱"].into_iter().find(|verb| body.contains(verb));
    likes(body) && likes(text) && asked.is_some_and(|verb| !text.contains(verb))
}

/// The sentences that hold an owner as a whole.
fn mentions(reader: &Reader, owner: &str, scope: &Scope) -> Result<Vec<Read>> {
    let Some(pattern) = Pattern::phrase(owner) else { return Ok(Vec::new()) };
    let mut inside = Vec::new();
    let whole = |text: &str| stands_in(text, owner).is_some();
    for id in reader.last_mentions_whole(&pattern, u32::MAX, MENTIONS, whole)? {
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
    // 谁不知道他是个钟表匠？ asks nothing.
    let rhetorical =
        ["谁不知", "谁不晓得", "谁人不知", "谁没听"].iter().any(|no| text.contains(no));
    let asks = text.trim_end().ends_with(['？', '?']) && !rhetorical;
    if text.chars().count() > LONGEST || asks {
        return None;
    }
    let end = stands_in(text, owner)?;
    let rest = format!("{}\u{3000}{}", &text[..end - owner.len()], &text[end..]);
    // 某人的妻子是医生: said of somebody else.
    let of_relative = |relative: &&str| {
        let behind = text[end..].strip_prefix('的').unwrap_or(&text[end..]);
        // "某人的母亲在白石镇生下了他".
        let bears = asked.relation == Some(BIRTH)
            && ["生下", "生了", "诞下"].iter().any(|verb| behind.contains(verb));
        behind.starts_with(relative)
            && !bears
            && !asked.property.iter().any(|noun| noun.contains(*relative))
    };
    if RELATIVES.iter().any(of_relative) {
        return None;
    }
    let list = asked.relation.map_or("", |at| RELATIONS[at].1);
    let kind = asked.relation.and_then(|at| RELATIONS[at].0);
    if asked.relation == Some(AGE) {
        return age(&rest);
    }
    if kind == Some(Kind::Trade) {
        return lives_by(&rest);
    }
    let noun = kind.and_then(|kind| nouns::noun(kind, &rest));
    // "生某人的地方叫白石镇".
    let bears = asked.relation == Some(BIRTH) && rest.contains("生\u{3000}的");
    let named = bears
        || asked.property.iter().any(|property| rest.contains(property.as_str()))
        || list.split_whitespace().any(|word| {
            let bare = word.trim_end_matches('>');
            let sure = (bare.chars().count() > 1 || kind.is_none()) && !LOOSE.contains(&bare);
            sure && rest.contains(bare)
        });
    let native = (asked.relation == Some(BIRTH)).then(|| native(&rest)).flatten();
    if !(named || noun.is_some() || native.is_some()) {
        return None;
    }
    if is_denied(&rest, noun) {
        return None;
    }
    if let Some(noun) = noun {
        return Some(noun.to_owned());
    }
    if let Some(place) = native.filter(|_| !named) {
        return Some(place);
    }
    if asked.relation == Some(BIRTH)
        && let Some(place) = pointed_at(&rest).or_else(|| born_in(&rest))
    {
        return Some(place);
    }
    if asked.relation.is_none() || asked.number {
        if let Some(value) = identifier(&rest) {
            return Some(value);
        }
        if asked.number {
            return None;
        }
    }
    if kind.is_some() && !named {
        return None;
    }
    let found = phrase(text, &rest, end, list, asked).map(|found| bare_value(&found, kind))?;
    // "原是桑户出身": no place.
    let work = asked.relation == Some(BIRTH) && is_trade(&found, Frame::Bare);
    (!work).then_some(found)
}

/// How old somebody is: the number before 岁, with it.
fn age(rest: &str) -> Option<String> {
    let digit = |c: char| c.is_ascii_digit() || "零〇一二三四五六七八九十百两廿".contains(c);
    rest.match_indices('岁').find_map(|(at, of)| {
        let before = &rest[..at];
        let number = before.trim_end_matches(digit);
        (number.len() < at).then(|| rest[number.len()..at + of.len()].to_owned())
    })
}

/// A value without what stands around its noun: "在白石镇", "白石镇的一户人家", "拉口琴", "只白鹅".
fn bare_value(found: &str, kind: Option<Kind>) -> String {
    let (before, opens): (&str, &[char]) = match kind {
        Some(Kind::Instrument) => ("", &['拉', '弹', '吹', '奏', '敲']),
        Some(Kind::Animal) => ("一", &['只', '头', '匹', '条', '辆', '的']),
        Some(Kind::Trade) | None => ("", &['在']),
    };
    let cut = found.find("的一").filter(|at| *at > 0).unwrap_or(found.len());
    let whole = &found[..cut];
    let bare = whole.strip_prefix(before).unwrap_or(whole);
    let bare = bare.strip_prefix(opens).unwrap_or(whole);
    let bare = bare.strip_suffix("多年").unwrap_or(bare);
    if bare.chars().count() >= 2 { bare.to_owned() } else { found.to_owned() }
}

/// Whether a text says that something is not so, in the clause of `noun` if there is one: 没有一天不练琴 and
/// 没有谁比他弹得好 say that it is.
fn is_denied(text: &str, noun: Option<&str>) -> bool {
    const NO: &[&str] = &["没", "从不", "从未", "并非", "不曾", "不会"];
    /// Words by which a denial turns into its opposite: another one, being away, being compared.
    const TURNS: &[&str] =
        &["不", "离", "少", "缺", "断", "停", "放下", "忘", "比", "如", "像", "及"];
    let clauses = text.split(['，', '；', '。', '、']);
    let about = |clause: &&str| noun.is_none_or(|noun| clause.contains(noun));
    // 谁也没有他弹得好.
    let compares = |clause: &&str| {
        ["谁也没", "没有谁", "没有人", "无人"].iter().any(|nobody| clause.contains(nobody))
            && clause.contains('得')
    };
    clauses.filter(about).filter(|clause| !compares(clause)).any(|clause| {
        let no = NO.iter().filter_map(|no| clause.find(no).map(|at| at + no.len())).min();
        no.is_some_and(|behind| !TURNS.iter().any(|turn| clause[behind..].contains(turn)))
    })
}

/// The identifier or number of a text: the longest stretch of letters, digits and what ties them.
pub(in crate::memory::plan) fn identifier(text: &str) -> Option<String> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || "-_./:".contains(c)))
        .map(|piece| piece.trim_matches(['.', ':', '-']))
        .filter(|piece| piece.bytes().any(|byte| byte.is_ascii_digit()))
        .max_by_key(|piece| piece.len())
        .map(str::to_owned)
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
            if found.chars().count() >= 2 && !points(found) {
                return Some(found.to_owned());
            }
        }
    }
    let owner_at = rest.find('\u{3000}')?;
    let before = rest[..owner_at].rsplit(['，', '。', '；', '：']).next().unwrap_or("").trim();
    if let Some(found) = before.strip_suffix("就是").or_else(|| before.strip_suffix('是'))
        && found.chars().count() >= 2
        && !points(found)
    {
        return Some(found.to_owned());
    }
    let words = || list.split_whitespace().map(|word| word.trim_end_matches('>'));
    // What stands behind the copula, up to a word for the property itself: "在白石镇生下了他".
    let told = |found: &str| {
        let found = found.split(stop).next().unwrap_or("").trim_start_matches('在');
        let words = words().filter(|word| word.chars().count() > 1);
        let cut = words
            .chain(asked.property.iter().map(String::as_str))
            .filter_map(|word| found.find(word))
            .min();
        let found = found[..cut.unwrap_or(found.len())].trim_end_matches(['时', '的', '了']);
        let said = found.chars().count() >= 2 && !points(found);
        said.then(|| found.to_owned())
    };
    for copula in ["是", "为", "在", "叫", "："] {
        let behind = &text[end..];
        let mut found = behind.rmatch_indices(copula).map(|(at, of)| &behind[at + of.len()..]);
        if let Some(found) = found.find_map(told) {
            return Some(found);
        }
    }
    // "在白石镇，…": before the owner.
    if let Some(found) = rest[..owner_at].rsplit_once('在').and_then(|(_, found)| told(found)) {
        return Some(found);
    }
    let mut cleared = rest.to_owned();
    for word in words().chain(asked.property.iter().map(String::as_str)) {
        cleared = cleared.replace(word, " ");
    }
    let longest = cleared
        .split(stop)
        .flat_map(stopwords::chinese_content)
        .filter(|stretch| !points(stretch))
        .max_by_key(|stretch| stretch.chars().count())?;
    (longest.chars().count() >= 2).then(|| one_line(longest))
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(said(trade, "林小川", "林小川当了半辈子渡船师。").as_deref(), Some("渡船师"));
        assert_eq!(said(trade, "林小川", "林小川以做木匠为生。").as_deref(), Some("木匠"));
        assert_eq!(said(trade, "林小川", "林小川靠打渔养活一家老小。").as_deref(), Some("打渔"));
        assert_eq!(said(trade, "林小川", "林小川开了一间豆腐坊。").as_deref(), Some("豆腐坊"));
        let rhetorical = "说起林小川，谁不知道他是个钟表匠？";
        assert_eq!(said(trade, "林小川", rhetorical).as_deref(), Some("钟表匠"));
        let plays = "林小川会什么乐器？";
        assert_eq!(said(plays, "林小川", "林小川弹得一手好凤首琴。").as_deref(), Some("凤首琴"));
        assert_eq!(said(plays, "林小川", "林小川从小喜欢钢琴曲。"), Some("钢琴".to_owned()));
        assert_eq!(said(plays, "林小川", "林小川拉了一车煤。"), None);
        let anywhere = ChineseQuestion::of_kind("能让林小川静下来的乐器是什么？").unwrap();
        assert!(anywhere.owners[0].contains(&"林小川".to_owned()), "{anywhere:?}");
        assert!(ChineseQuestion::of_kind("林小川为什么走了？").is_none());
    }
}
