//! Phrases that say what somebody lives by: the noun behind a role, work, and what only looks like either.

use super::words::*;
use crate::memory::plan::chinese::nouns;
use crate::memory::plan::chinese::owners::RELATIVES;
use crate::memory::plan::chinese::trades::{self, Frame, is_trade, is_work};
use crate::memory::plan::language::kinds::Kind;
use crate::memory::segment::words::is_ideograph;

use super::NAME;

/// "在集上卖草药", "供职于海关".
pub(super) fn somewhere(text: &str) -> Option<&str> {
    if let Some(found) = ["供职于", "任职于", "受雇于", "就职于", "任教于", "执教于"]
        .iter()
        .find_map(|at| text.split_once(at))
        .map(|(_, found)| found)
    {
        return is_plain(found).then_some(found);
    }
    let (lead, place) = text.split_once(['在', '给', '推', '挑'])?;
    if is_blocked(lead) {
        return None;
    }
    if let Some(at) =
        each(SOMEWHERE).filter_map(|work| place.find(work).map(|at| at + work.len())).min()
    {
        return (is_plain(&place[..at]) && !is_blocked(&place[..at])).then_some(&place[..at]);
    }
    let (where_, _) = place.split_once(['卖', '教', '唱', '放', '送'])?;
    let found = &place[where_.len()..];
    (where_.chars().count() <= 8 && !is_blocked(where_) && is_habit(found)).then_some(found)
}

/// "跟钟表打了一辈子交道".
pub(super) fn dealings(text: &str) -> Option<&str> {
    let (lead, behind) = text.split_once(['跟', '与', '和', '同'])?;
    let (found, dealt) = behind.split_once('打')?;
    let person = found.ends_with(['人', '友', '们', '客'])
        || RELATIVES.contains(&found)
        || is_trade(found, Frame::Bare);
    let lasts = dealt.contains("交道") && !dealt.contains('次');
    (lasts && !person && !is_blocked(lead) && is_plain(found)).then_some(found)
}

/// What stands behind the copula that `text` holds near its beginning: 一栏填的是….
pub(super) fn copula(text: &str) -> Option<&str> {
    const COPULAS: &str = "就是 便是 无非是 是 乃 叫做 叫 全靠 全凭 靠 在于 写着 印着 填着";
    let (at, end) = each(COPULAS)
        .filter_map(|copula| text.find(copula).map(|at| (at, at + copula.len())))
        .min_by_key(|(at, end)| (*at, std::cmp::Reverse(*end)))?;
    let between = &text[..at];
    let plain = between.chars().count() <= 8 && !between.contains(['不', '没', '很', '谁', '哪']);
    plain.then_some(&text[end..])
}

/// What a phrase says that somebody lives by, which stands where it has to: a noun, work, or both with what it is
/// called by.
pub(super) fn value(phrase: &str) -> Option<&str> {
    let phrase = phrase.trim_matches(NAME);
    let phrase = without_starts(without_starts(phrase, ADVERBS), FOR_WHOM);
    let end = each(THIS_TRADE).filter_map(|this| phrase.find(this)).min().unwrap_or(phrase.len());
    let phrase = &phrase[..end];
    let mut phrase = without_starts(phrase, "一个 一位 一名 个 位 名");
    if let Some((own, head)) = phrase.rsplit_once('的')
        && (each(HEADS).any(|noun| noun == head) || head.is_empty())
    {
        phrase = own;
    } else if let Some(own) = phrase.strip_suffix("手艺").or_else(|| phrase.strip_suffix("工作"))
    {
        phrase = own;
    }
    // "靠做木匠糊口".
    if let Some(noun) =
        phrase.strip_prefix(['当', '做', '作']).and_then(|noun| noun_phrase(noun, Frame::Likely))
    {
        return Some(noun);
    }
    if let Some(noun) = noun_phrase(phrase, Frame::Sure) {
        return Some(noun);
    }
    let vague =
        ["很", "最", "极", "非常", "十分", "什么", "哪", "谁", "何", "这", "那", "他", "她", "一"];
    let n = phrase.chars().count();
    let doubts = phrase.contains(['不', '没', '谁', '哪']);
    let says = (2..=12).contains(&n) && phrase.chars().all(is_ideograph) && !doubts;
    let whose = phrase.contains('的') && !is_work(phrase);
    let says = says && !whose && !trades::is_person(phrase);
    (says && !phrase.ends_with('的') && !vague.iter().any(|word| phrase.starts_with(word)))
        .then_some(phrase)
}

/// The noun that a phrase behind a role has: 木匠 in 了半辈子木匠, in 镇上的一个木匠 and in 木匠的活.
pub(super) fn noun_phrase(phrase: &str, frame: Frame) -> Option<&str> {
    let (mut rest, mut frame) = (phrase.trim_matches(NAME), frame);
    loop {
        let plain = each(BETWEEN).map(|word| (word, false));
        let word = each(LASTING)
            .map(|word| (word, true))
            .chain(plain)
            .filter(|(word, _)| rest.starts_with(word))
            .max_by_key(|(word, _)| word.len())
            .map(|(word, sure)| (&rest[word.len()..], sure));
        let (shorter, sure) = match years(rest) {
            Some(shorter) => (shorter, true),
            None => match word {
                Some(word) => word,
                None => break,
            },
        };
        rest = shorter;
        if sure {
            frame = Frame::Sure;
        }
    }
    let end = each(ENDS)
        .filter_map(|end| rest.find(end))
        .filter(|at| *at > 0)
        .min()
        .unwrap_or(rest.len());
    let run = rest[..end].find(|c| !is_ideograph(c)).unwrap_or(end);
    let rest = &rest[..run];
    if is_trade(rest, frame) {
        return Some(rest);
    }
    let (own, last) = rest.rsplit_once('的')?;
    let noun = if each(HEADS).any(|noun| noun == last) { own.rsplit('的').next()? } else { last };
    let noun = ["一名", "一位", "一个", "名", "位", "个"]
        .iter()
        .find_map(|measure| noun.strip_prefix(measure))
        .unwrap_or(noun);
    is_trade(noun, frame.min(Frame::Likely)).then_some(noun)
}

/// `text` behind a number of years that it opens with: 三十多年, 十几个年头.
pub(super) fn years(text: &str) -> Option<&str> {
    let number = |c: char| c.is_ascii_digit() || "一二三四五六七八九十百两几廿卅".contains(c);
    let behind = text.trim_start_matches(number);
    if behind.len() == text.len() {
        return None;
    }
    let behind = behind.trim_start_matches(['多', '来', '几', '余']).trim_start_matches('个');
    ["年头", "年", "载", "代"].iter().find_map(|years| behind.strip_prefix(years))
}

/// What stands behind each verb of taking up work in `lead`, and what stands before that verb, the last first.
pub(super) fn taken(lead: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut verbs: Vec<(usize, usize)> = each(TAKES)
        .flat_map(|verb| lead.match_indices(verb).map(|(at, verb)| (at, at + verb.len())))
        .collect();
    verbs.sort_unstable_by_key(|(at, end)| std::cmp::Reverse((*at, *end)));
    verbs.into_iter().map(move |(at, end)| {
        let found = lead[end..].trim_start_matches(['了', '过', '着', '起', '到', '的']);
        let found = found.strip_prefix('是').unwrap_or(found);
        let counts = "一份 一身 一手 一个 一碗 份 个 几年";
        (&lead[..at], without_starts(found, counts))
    })
}

/// Work, as far as it is said to be done always, and nothing else: 磨剪刀, not 吹笛子 nor 卖了房子.
pub(super) fn is_habit(found: &str) -> bool {
    let n = found.chars().count();
    let one = found.contains(['一', '两', '个', '只']);
    (2..=6).contains(&n)
        && is_work(found)
        && is_plain(found)
        && !one
        && nouns::noun(Kind::Instrument, found).is_none()
}

/// Whether a phrase has characters of nouns and verbs only.
pub(super) fn is_plain(phrase: &str) -> bool {
    (2..=10).contains(&phrase.chars().count())
        && phrase.chars().all(|c| is_ideograph(c) && !trades::NEVER.contains(c))
}

/// Whether what stands before a role says that it is unreal, denied, or another's.
pub(super) fn is_blocked(lead: &str) -> bool {
    let lead = each(AFFIRMS).fold(lead.to_owned(), |lead, word| lead.replace(word, ""));
    let theirs = |word: &&str| {
        lead.starts_with(*word)
            || lead.match_indices(*word).any(|(at, _)| lead[..at].ends_with(['的', '他', '她']))
    };
    let another = lead.ends_with('人') && !lead.ends_with("家人");
    each(BLOCKS).any(|word| lead.contains(word)) || RELATIVES.iter().any(theirs) || another
}
