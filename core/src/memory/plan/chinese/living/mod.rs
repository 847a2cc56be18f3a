//! What a Chinese sentence says that somebody lives by. The name itself stands there as a wide space, N below.
//!
//! ```text
//! role        N [在城里] 当|做|是|… [了半辈子|一名] [镇上的] NOUN
//! named       N的职业 … 是 X        X是N的饭碗        养活N一家的是X
//! means       N靠|以|凭 X 为生|糊口|…    N X 为业
//! head        N 干 X 这一行    吃 X 这碗饭    做 X 的营生
//! beside      NOUN N    N这位 NOUN    N，NOUN，    那个 NOUN 就是N    身为 NOUN，N
//! keeps       N 开|经营|守 … 一家 SHOP      掌管 X
//! works       N 是(个) WORK 的    N 一辈子都在 WORK    N 在集上卖 X    N 跟 X 打交道
//! ```
//! A noun for a trade that stands anywhere else is somebody else's. What N only wants, says or is not, and what
//! is said of N's family, tells nothing.

mod phrases;
mod words;

use self::phrases::*;
use self::words::*;
use super::nouns;
use super::trades::{self, Frame, is_trade, is_work};
use crate::memory::plan::language::kinds::Kind;

/// Where the name stands.
const NAME: char = '\u{3000}';
/// What parts clauses.
const STOPS: [char; 9] = ['，', '。', '；', '：', '！', '？', '（', '）', '—'];
/// Quotation marks and the like, which part nothing.
const QUOTES: [char; 8] = ['“', '”', '「', '」', '‘', '’', '《', '》'];

/// What a sentence says that somebody lives by.
pub(super) fn lives_by(rest: &str) -> Option<String> {
    let text: String = rest.chars().filter(|c| !QUOTES.contains(c)).collect();
    let sentence = Sentence::of(&text)?;
    let found = sentence
        .named()
        .or_else(|| sentence.means())
        .or_else(|| sentence.head())
        .or_else(|| sentence.role())
        .or_else(|| sentence.beside())
        .or_else(|| sentence.keeps())
        .or_else(|| sentence.works());
    // "学了三年笛子": not a trade.
    let found = found.filter(|found| nouns::noun(Kind::Instrument, found) != Some(found));
    found.map(str::to_owned)
}

/// A sentence by its clauses.
struct Sentence<'t> {
    clauses: Vec<&'t str>,
    /// The clause with the name, and what stands before and behind the name.
    at: usize,
    before: &'t str,
    behind: &'t str,
}

impl<'t> Sentence<'t> {
    fn of(text: &'t str) -> Option<Self> {
        let clauses: Vec<&str> = text
            .split(STOPS)
            .map(|clause| clause.trim_matches(' '))
            .filter(|clause| !clause.is_empty())
            .collect();
        let at = clauses.iter().position(|clause| clause.contains(NAME))?;
        let (before, behind) = clauses[at].split_once(NAME)?;
        Some(Self { clauses, at, before, behind })
    }

    /// What is said of the name, with the clause: behind it, before it where 的 ties that to the name, and in later
    /// clauses that go on about it.
    fn said(&self) -> impl Iterator<Item = (usize, &'t str)> {
        let topic =
            each(TOPICS).any(|topic| self.before.ends_with(topic)) || self.before.is_empty();
        let speaks = each(SPEAKS).any(|verb| self.behind.contains(verb));
        let later =
            self.clauses[self.at + 1..].iter().enumerate().filter_map(move |(n, clause)| {
                let he = clause.strip_prefix(['他', '她']);
                let goes_on = topic && !speaks || he.is_some();
                goes_on.then_some((self.at + 1 + n, he.unwrap_or(clause)))
            });
        let tied = self.before.strip_suffix('的').map(|tied| (self.at, tied));
        let own = (!self.speaks_of_other()).then_some((self.at, self.behind));
        tied.into_iter().chain(own).chain(later)
    }

    /// Whether the clause is about what somebody has or what stands beside him: N的房东…, N对面….
    fn speaks_of_other(&self) -> bool {
        let behind = self.behind.trim_start_matches('家');
        // "的老本行", "的正经差事".
        let own = |of: &str| {
            let noun: String = of.chars().take(5).collect();
            each(NAMED).any(|named| noun.contains(named))
                || each(OWN).any(|own| of.starts_with(own))
        };
        each(BESIDE).any(|place| behind.starts_with(place))
            || behind.strip_prefix('的').is_some_and(|of| !own(of))
    }

    /// "N的职业是…", "…是N的饭碗", "养活N一家的是…".
    fn named(&self) -> Option<&'t str> {
        if let Some(fed) = strip_ends(self.before, "养活了 养活着 养活") {
            if fed.is_empty() {
                return self.behind.split_once("的是").and_then(|(_, found)| value(found));
            }
            return value(fed);
        }
        let of = self.behind.trim_start_matches(['一', '家', '全']).strip_prefix('的');
        let of = of.map(|of| of.trim_start_matches('老'));
        if of.is_some_and(|of| each(NAMED).any(|noun| of.starts_with(noun)))
            && let Some(found) = strip_ends(self.before, "就是 便是 正是 是")
        {
            return value(found);
        }
        for (at, text) in self.said() {
            // "…，这是他的营生".
            if strip_starts(text, "这是他的 这是她的 这就是他的 这就是她的")
                .is_some_and(|noun| each(NAMED).any(|named| noun.starts_with(named)))
            {
                return self.last_work(at);
            }
            let does = ["的是", "的也是", "的就是", "的正是", "的都是"].iter().find_map(|is| {
                let (lead, found) = text.split_once(is)?;
                let does = each(DOES).any(|verb| lead.ends_with(verb)) && !is_blocked(lead);
                does.then(|| value(found)).flatten()
            });
            if does.is_some() {
                return does;
            }
            for noun in each(NAMED) {
                let Some((lead, tail)) = text.split_once(noun) else { continue };
                if is_blocked(lead) {
                    continue;
                }
                // "问起N的生计，人家说是…".
                let next = self.clauses.get(at + 1).copied().unwrap_or_default();
                for bare in [tail, next] {
                    if is_trade(bare, Frame::Bare) {
                        return Some(bare);
                    }
                }
                let short = tail.chars().count() <= 3;
                let Some(found) = copula(tail).or_else(|| copula(next).filter(|_| short)) else {
                    continue;
                };
                if let Some(found) = value(found) {
                    return Some(found);
                }
            }
            for kept in each("饭碗 营生 生计 职业 本行 正业") {
                let Some((lead, _)) = text.split_once(kept) else { continue };
                let lead = strip_ends(lead, "一辈子的 一生的 终身 终生的 自己的").unwrap_or(lead);
                let Some(lead) = strip_ends(lead, "当作 当成 当做 视为 作为 看作 当")
                else {
                    continue;
                };
                let Some((_, found)) = lead.rsplit_once(['把', '拿', '将']) else { continue };
                if let Some(found) = value(found) {
                    return Some(found);
                }
            }
        }
        None
    }

    /// "N靠…为生", "N…为业".
    fn means(&self) -> Option<&'t str> {
        self.said().find_map(|(at, text)| {
            let end = each(LIVES).filter_map(|lives| text.find(lives)).min()?;
            let means = each(MEANS)
                .flat_map(|by| text[..end].rmatch_indices(by).map(|(at, by)| (at, at + by.len())))
                .max_by_key(|(start, end)| (*end, std::cmp::Reverse(*start)));
            let Some((start, behind)) = means else {
                let bare = ["为生", "为业", "谋生", "过活", "糊口", "度日"];
                let bare = bare.iter().any(|lives| text[end..].starts_with(lives));
                let found = without_starts(without_starts(&text[..end], ADVERBS), FOR_WHOM);
                return (bare && is_work(found) && is_plain(found)).then_some(found);
            };
            if is_blocked(&text[..start]) {
                return None;
            }
            let known = each(KNOWN).any(|known| text[end..].starts_with(known));
            if known && !is_trade(&text[behind..end], Frame::Bare) {
                return None;
            }
            let found = text[behind..end].trim_end_matches('来');
            if each(POINTS).any(|points| points == found) {
                return self.last_work(at);
            }
            value(found)
        })
    }

    /// "N干…这一行", "N做…的差事".
    fn head(&self) -> Option<&'t str> {
        self.said().find_map(|(at, text)| {
            for this in each(THIS_TRADE) {
                let Some((lead, _)) = text.split_once(this) else { continue };
                if each(TAKES).any(|verb| lead.ends_with(verb)) {
                    return (!is_blocked(lead)).then(|| self.last_work(at)).flatten();
                }
                let found = taken(lead)
                    .filter(|(start, found)| !is_blocked(start) && is_trade(found, Frame::Sure))
                    .last();
                if let Some((_, found)) = found {
                    return Some(found);
                }
            }
            text.match_indices('的').find_map(|(of, mark)| {
                let head = &text[of + mark.len()..];
                if !each(HEADS).any(|noun| head.starts_with(noun)) {
                    return None;
                }
                let clear = |start: &str| {
                    let handed =
                        ["接过", "继承"].iter().any(|verb| text[start.len()..].starts_with(verb));
                    handed || !is_blocked(start)
                };
                let is_one = |found: &str| {
                    is_trade(found, Frame::Likely) || is_work(found) && is_plain(found)
                };
                let found =
                    taken(&text[..of]).filter(|(start, found)| clear(start) && is_one(found));
                found.last().map(|(_, found)| found)
            })
        })
    }

    /// "N当…", "N是…".
    fn role(&self) -> Option<&'t str> {
        // What somebody became tells more than what he was before.
        let mut roles =
            ROLES.iter().flat_map(|(frame, list)| each(list).map(|role| (role, *frame)));
        roles.find_map(|(role, frame)| {
            self.said().find_map(|(_, text)| {
                text.match_indices(role).find_map(|(at, role)| {
                    let lead = &text[..at];
                    // "昨天来的是个郎中": somebody else.
                    let other = lead
                        .strip_suffix('的')
                        .is_some_and(|verb| strip_ends(verb, DOES).is_none());
                    let own = !other && !is_blocked(lead);
                    own.then(|| noun_phrase(&text[at + role.len()..], frame)).flatten()
                })
            })
        })
    }

    /// A noun beside the name.
    fn beside(&self) -> Option<&'t str> {
        let calls = "名字叫 名叫 叫做 叫作 名为 唤作 就是 便是 正是 当数 要数 得数 首推 当属 叫 是";
        // "掌柜叫N进去" names nobody.
        let called = strip_ends(self.before, calls).filter(|_| self.behind.is_empty());
        let by_name = trades::last(called.unwrap_or(self.before)).or_else(|| {
            let front = called?.is_empty().then(|| self.at.checked_sub(1)).flatten()?;
            trades::last(self.clauses[front])
        });
        by_name
            .or_else(|| {
                let points = ["这个", "这位", "那个", "那位", "一个", "一位"];
                let behind = points.iter().find_map(|points| self.behind.strip_prefix(points));
                // "提起N，谁不知道这位…".
                let known = || {
                    let topic = each(TOPICS).any(|topic| self.before.ends_with(topic));
                    let next = topic.then(|| self.clauses.get(self.at + 1)).flatten()?;
                    next.split_once("这位").map(|(_, behind)| behind)
                };
                trades::first(behind.or_else(known)?)
            })
            .or_else(|| {
                let next =
                    self.behind.is_empty().then(|| self.clauses.get(self.at + 1)).flatten()?;
                let own = next.trim_end_matches('也').rsplit('的').next()?;
                let own = ["本城", "本地", "本镇", "本村", "本县", "当地", "一个", "一位", "一名"]
                    .iter()
                    .find_map(|place| own.strip_prefix(place))
                    .unwrap_or(own);
                is_trade(own, Frame::Bare).then_some(own)
            })
            .or_else(|| {
                let front = self.clauses[..self.at].last().filter(|_| self.before.is_empty())?;
                let behind = ["身为", "作为", "做为", "本是", "原是"];
                let behind = behind.iter().find_map(|role| front.strip_prefix(role))?;
                noun_phrase(behind, Frame::Likely)
            })
    }

    /// A shop or the like that somebody has.
    fn keeps(&self) -> Option<&'t str> {
        const KEEPS: &str = "经营 掌管 盘下 接手 主管 照看 打理 主持 顶下 买下 创办 传下来 开 摆 守 掌 管 看 租 办 有";
        const IN_CHARGE: &str = "掌管 负责看管 负责管理 负责 看管 经管 主管 管理 执掌";
        self.said().find_map(|(_, text)| {
            let keeps = each(KEEPS).find_map(|verb| {
                let (lead, behind) = text.split_once(verb)?;
                let behind = behind.trim_start_matches(['了', '着', '过', '起', '的', '是']);
                let behind = behind.trim_start_matches(['一', '两', '三', '几']);
                let measure = ['家', '间', '爿', '个', '所', '座', '片', '处'];
                let counted = behind.strip_prefix(measure);
                let found = counted.unwrap_or(behind);
                let end = each(ENDS).filter_map(|end| found.find(end)).min().unwrap_or(found.len());
                let found = found[..end].rsplit('的').next()?;
                let house = verb != "有" || behind.starts_with(['家', '间', '爿']);
                let own = counted.is_some() || verb == "开";
                let shop = each(SHOPS).any(|shop| found.ends_with(shop)) && is_plain(found);
                (own && house && shop && !is_blocked(lead)).then_some(found)
            });
            keeps.or_else(|| {
                each(IN_CHARGE).find_map(|verb| {
                    let (lead, behind) = text.split_once(verb)?;
                    let found =
                        behind.trim_start_matches(['了', '着', '过']).rsplit('的').next()?;
                    let plain = (2..=6).contains(&found.chars().count())
                        && is_plain(found)
                        && nouns::noun(Kind::Instrument, found).is_none();
                    (plain && !is_blocked(lead)).then_some(found)
                })
            })
        })
    }

    /// Work that has no noun for who does it.
    fn works(&self) -> Option<&'t str> {
        self.said().find_map(|(_, text)| {
            let is = ["是个", "是"].iter().find_map(|is| {
                let (lead, found) = text.split_once(is)?;
                let found = without_starts(found.strip_suffix('的')?, FOR_WHOM);
                (!is_blocked(lead) && is_habit(found)).then_some(found)
            });
            let always = || {
                each(ALWAYS).find_map(|always| {
                    let (lead, found) = text.split_once(always)?;
                    let found = without_starts(without_starts(found, ADVERBS), FOR_WHOM);
                    let found = found.strip_suffix("去了").unwrap_or(found);
                    (!is_blocked(lead) && is_habit(found)).then_some(found)
                })
            };
            let for_whom = || {
                let found = ["给人", "替人", "帮人", "给各家各户", "给人家"];
                let (lead, found) = found.iter().find_map(|whom| text.split_once(whom))?;
                (!is_blocked(lead) && is_habit(found)).then_some(found)
            };
            // "跑船跑了二十年".
            let again = || {
                let (found, behind) = text.split_once('了')?;
                let first = found.chars().next()?;
                let found = found.strip_suffix(first)?;
                (behind.contains('年') && is_habit(found)).then_some(found)
            };
            let long = || {
                let end =
                    ["已经", "已有", "已", "了"].iter().filter_map(|end| text.find(end)).min()?;
                let found = &text[..end];
                (text[end..].contains('年') && is_habit(found)).then_some(found)
            };
            is.or_else(always)
                .or_else(for_whom)
                .or_else(again)
                .or_else(long)
                .or_else(|| somewhere(text))
                .or_else(|| dealings(text))
        })
    }

    /// The work that the clauses before `at` end with.
    fn last_work(&self, at: usize) -> Option<&'t str> {
        self.clauses[..at].iter().enumerate().rev().find_map(|(n, clause)| {
            let clause = if n == self.at { self.behind } else { clause };
            let mut starts = clause.char_indices().map(|(start, _)| &clause[start..]);
            starts.find(|found| is_work(found) && is_plain(found) && found.chars().count() <= 6)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Option<String> {
        lives_by(&text.replace("林小川", "\u{3000}"))
    }

    #[test]
    fn trades_are_read_from_what_is_said_of_somebody() {
        for text in [
            "林小川在城里当更夫。",
            "林小川做了半辈子更夫。",
            "林小川是镇上唯一的更夫。",
            "林小川原先种地，后来改行做了更夫。",
            "林小川的职业是更夫。",
            "林小川吃的是更夫这碗饭。",
            "林小川谋了个更夫的差事。",
            "林小川靠当更夫养家。",
            "老更夫林小川起得早。",
            "身为更夫，林小川起得早。",
            "说到林小川，人人都知道他是更夫。",
            "有个更夫，名叫林小川。",
            "林小川（更夫）也在座。",
            "林小川跟父亲一样，也是个更夫。",
        ] {
            let found = said(text);
            assert!(
                found.as_deref().is_some_and(|found| found.ends_with("更夫")),
                "{text} {found:?}"
            );
        }
        for text in [
            "林小川以磨剪刀为业。",
            "林小川磨剪刀为生。",
            "林小川是个磨剪刀的。",
            "林小川把磨剪刀当作饭碗。",
            "养活林小川一家的是磨剪刀。",
            "磨剪刀是林小川的老本行。",
            "林小川天天给人磨剪刀，以此为生。",
            "林小川干磨剪刀这一行。",
        ] {
            assert_eq!(said(text).as_deref(), Some("磨剪刀"), "{text}");
        }
        assert_eq!(said("林小川跟钟表打了一辈子交道。").as_deref(), Some("钟表"));
        assert_eq!(said("林小川守着一间茶馆。").as_deref(), Some("茶馆"));
    }

    #[test]
    fn trades_of_others_and_what_is_none_are_not() {
        for text in [
            "林小川请了一个木匠来修门。",
            "林小川嫁给了一个木匠。",
            "林小川是木匠的儿子。",
            "林小川不是木匠。",
            "林小川从来没有当过木匠。",
            "林小川小时候想当木匠。",
            "林小川的舅舅干的是打铁这一行。",
            "林小川旁边的是一名木匠。",
            "林小川告诉大家，昨天来的是个木匠。",
            "木匠给林小川做了一张桌子。",
            "掌柜叫林小川进去。",
            "林小川是个老实人。",
            "林小川的工作很忙。",
            "林小川整天打牌。",
            "林小川在院子里种花。",
            "林小川家隔壁开着一家米铺。",
            "林小川跟师父学了三年笛子。",
        ] {
            assert_eq!(said(text), None, "{text}");
        }
    }
}
