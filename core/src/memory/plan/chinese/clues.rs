//! What a Chinese sentence tells of a crime: vocabulary by lists, since nothing marks where words end.
//!
//! ```text
//! harm       甲死在书房里   甲被人用匕首刺死
//! hour       九点半   九点一刻   正午
//! place      what stands behind 在 and before 里, a verb or a mark
//! means      what stands behind 用, 死于, 凶器是
//! hand-over  乙把匕首交给丙   丙从乙那里借走匕首
//! motive     乙恨甲   乙欠甲的债   甲害死了乙的哥哥
//! taken back 丙承认说了谎
//! ```

use super::chapters::numeral;
use crate::memory::segment::words::is_ideograph;

/// Words for what was done to a victim, and for what became of one.
const HARM: &str = "杀 害死 谋害 遇害 毒死 中毒 下毒 刺死 勒死 掐死 打死 砸死 闷死 砍死 捅死 淹死 身亡 丧命 毙命 断气 遇刺 倒毙 送命 没命 丧生 尸体 \
    死在 死于 死了 死去 死的 咽气";
/// Reasons to wish somebody harm.
const MOTIVE: &str = "恨 仇 欠 债 遗产 遗嘱 继承 解雇 辞退 开除 赶出 赶走 威胁 揭发 告发 揭穿 勒索 敲诈 要挟 嫉妒 妒忌 争吵 吵架 吵过 大吵 报复 骗 夺走 霸占 \
    羞辱 侮辱 把柄 逼 不和 结怨 过节 退婚 破产 保险金 拒绝 不肯 陷害 背叛 冤枉 诬告 作证 举报 出卖 怨 纠纷 官司 翻脸";
/// Nouns for those whose death or ruin is a reason to hate somebody.
const KIN: &str = "哥哥 弟弟 姐姐 妹妹 父亲 母亲 爹 娘 爸爸 妈妈 儿子 女儿 妻子 丈夫 未婚妻 未婚夫 叔叔 舅舅 兄弟 爷爷 奶奶 恩师 师父";
/// Words that deny what a sentence says.
const DENIES: &str = "没有 没能 从未 从没 并未 并非 不是 不曾 没人 无人 不在 没在 未曾 没去 没进";
/// What lets a hand-over be none: "没有" before it.
const HAVING: &str = "拿 有 带 买 借 持 握 藏 偷 取 保管 佩 收着 收在 手里 手中 身上 怀里 接过 得到 属于 归 的东西 祖传 是";
const GIVERS: &str = "从 由 向 跟 找 自";
const RECEIVERS: &str =
    "交给 借给 还给 卖给 送给 递给 转给 转交给 托付给 托给 塞给 赠给 传给 让给 给了 给 到 归";
/// Words that take back what a witness said.
const RETRACTS: &str = "撒谎 撒了谎 说谎 说了谎 谎话 谎言 假话 假的 不实 收回 推翻 改口 翻供 伪证 假证 编造 编出来 捏造 串通";
/// Words of being somewhere the whole time.
const THROUGHOUT: &str = "一直 整晚 整夜 通宵 彻夜 寸步不离 没离开 没有离开 从未离开 始终";
/// Words before what somebody is called.
const CALLED: &str = "外号叫作 外号叫 外号是 外号 绰号叫 绰号是 绰号 诨名 人称 都叫他 都叫她 被称为 称作 管他叫 管她叫 都称他为 都称她为";
/// What ends a noun of a place.
const PLACE_ENDS: &str = "被 遇害 遇刺 遭 死 身亡 中毒 丧命 毙命 断气 送命 倒 用 让 和 与 出现 出来 看 见 等 喝 吃 坐 站 睡 打 下棋 发现 没 找 里 中 内 上 旁 边 \
    附近 门口 门前 外 后面 前面 过 了 呆 待 做 修 洗 帮 陪 同 跟 念 读 写 一直 值 干 听 躲 徘徊 走 咽气 丧生";
/// What ends a noun of a thing.
const THING_ENDS: &str = "杀 刺 砍 砸 打 勒 毒 捅 射 击 敲 闷 害 掐 割 扎 插 而 了 的 是 被 在 ， 送 之 从 交 借 还 给 藏 放 递";
const MEANS: &str = "凶器是 凶器就是 凶器为 凶器乃 死于 身旁放着 身边放着 身旁有 身边有 旁边放着 旁边有 验出 查出 化验出 掺了 掺有 下了 中了 用 拿";
/// Deaths that are no instrument.
const NO_THINGS: &str = "非命 谁手 意外 谋杀 他杀 疾病 心脏 自己 什么 同样 这种 力气 双手 手段 办法 晚饭 毒手 此地 医院";
const MEASURES: &str = "把 支 根 条 只 个 块 瓶 包 柄 杆 张 尊 座 件 种 枚 杯 碗 具 方 口 些";
/// Nouns that are no place.
const NO_PLACES: &str = "场 星期 礼拜 晚 早 当晚 那晚 昨 今 一起 这 那 当天 家族 世 此 心里 夜 凌晨 上午 下午 傍晚 于 乎 一 外";

fn listed(list: &'static str) -> impl Iterator<Item = &'static str> {
    list.split_whitespace()
}

/// Whether `text` has a word of `list`.
fn has(text: &str, list: &'static str) -> bool {
    listed(list).any(|word| text.contains(word))
}

/// The first place in `text` where a word of `list` stands, and that word.
fn first_of(text: &str, list: &'static str) -> Option<(usize, &'static str)> {
    let found = listed(list).filter_map(|word| text.find(word).map(|at| (at, word)));
    found.min_by_key(|(at, word)| (*at, std::cmp::Reverse(word.len())))
}

pub(super) fn is_harm(text: &str) -> bool {
    has(text, HARM)
}

/// Whether a sentence of two people gives one a reason to harm the other.
pub(super) fn is_motive(text: &str) -> bool {
    has(text, MOTIVE) || is_harm(text) && is_of_kin(text)
}

/// Whether a harm that is told may be one to somebody's kin: 甲害死了乙的哥哥.
pub(super) fn is_of_kin(text: &str) -> bool {
    listed(KIN).any(|kin| text.contains(&format!("的{kin}")))
}

pub(super) fn denies(text: &str) -> bool {
    has(text, DENIES)
}

pub(super) fn takes_back(text: &str) -> bool {
    has(text, RETRACTS)
}

pub(super) fn is_throughout(text: &str) -> bool {
    has(text, THROUGHOUT)
}

/// The hour that a sentence tells, in minutes of half a day.
pub(super) fn hour(text: &str) -> Option<i32> {
    if has(text, "正午 午夜 子夜") {
        return Some(0);
    }
    let is_numeral = |c: &char| "零〇一二两三四五六七八九十".contains(*c) || c.is_ascii_digit();
    for (at, mark) in text.match_indices(['点', '时']) {
        let before: Vec<char> = text[..at].chars().rev().take_while(is_numeral).collect();
        let number: String =
            before.into_iter().rev().map(|c| if c == '两' { '二' } else { c }).collect();
        let Some(hours) = numeral(&number).filter(|hours| *hours <= 24) else { continue };
        let behind = &text[at + mark.len()..];
        // "A little" is written the same.
        if hours == 1 && !behind.starts_with(['钟', '整', '半', '一', '三', '多', '左']) {
            continue;
        }
        let behind = behind.trim_start_matches(['钟', '整']);
        let spoken: String = behind.chars().take_while(is_numeral).collect();
        let minutes = match behind {
            behind if behind.starts_with('半') => 30,
            behind if behind.starts_with("一刻") => 15,
            behind if behind.starts_with("三刻") => 45,
            behind if behind[spoken.len()..].starts_with('分') => numeral(&spoken).unwrap_or(0),
            _ => 0,
        };
        return Some((hours * 60 + minutes) as i32 % 720);
    }
    None
}

/// The places behind 在 and the like that a sentence names, each with where its word of place stands.
pub(super) fn places(text: &str) -> Vec<(usize, String)> {
    let mut out = Vec::new();
    for (at, mark) in text.match_indices(['在', '进', '到']) {
        let run: String =
            text[at + mark.len()..].chars().take_while(|c| is_ideograph(*c)).take(10).collect();
        let end = first_of(&run, PLACE_ENDS).map_or(run.len(), |(end, _)| end);
        let noun = run[..end].rsplit('的').next().unwrap_or_default();
        let is_place = (2..=6).contains(&noun.chars().count())
            && !listed(NO_PLACES).any(|word| noun.starts_with(word))
            && hour(&run).is_none();
        if is_place {
            out.push((at, noun.to_owned()));
        }
    }
    out
}

/// The things that a sentence of the harm names as what it may have been done with.
pub(super) fn things(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    for marker in listed(MEANS) {
        for (at, _) in text.match_indices(marker) {
            let run: String = text[at + marker.len()..]
                .chars()
                .take_while(|c| is_ideograph(*c))
                .take(12)
                .collect();
            let noun = thing(&run);
            if !noun.is_empty() && !out.contains(&noun) {
                out.push(noun);
            }
        }
    }
    out
}

/// The noun that a stretch opens with, without its measure word and what describes it: 一把银柄的匕首 gives 匕首.
fn thing(run: &str) -> String {
    let mut rest = run.trim_start_matches(['着', '了', '是']);
    let counted = rest.trim_start_matches(['一', '这', '那', '两', '某', '半']);
    if let Some(measure) = counted.chars().next().filter(|c| MEASURES.contains(*c))
        && counted.len() < rest.len()
    {
        rest = &counted[measure.len_utf8()..];
    }
    // "银柄的匕首": the noun stands behind; 的 ends it only where nothing does.
    let of = rest.find('的').map(|at| &rest[at + '的'.len_utf8()..]);
    let cut = |part: &str| {
        let end = first_of(part, THING_ENDS).map_or(part.len(), |(end, _)| end);
        part[..end].to_owned()
    };
    let own = cut(rest);
    let noun = match of.map(cut) {
        Some(behind) if own.len() == rest.find('的').unwrap_or(0) && behind.chars().count() > 1 => {
            behind
        }
        _ => own,
    };
    let is_thing = (2..=6).contains(&noun.chars().count())
        && !listed(NO_THINGS).any(|word| noun.starts_with(word));
    if is_thing { noun } else { String::new() }
}

/// Who has a thing after what a sentence tells of it, and who gave it; `people` are those whom it names, in order.
pub(super) fn holder<'p>(
    text: &str,
    people: &[(usize, &'p str)],
) -> Option<(Option<&'p str>, &'p str)> {
    if denies(text) {
        return None;
    }
    match people {
        [(_, one)] => has(text, HAVING).then_some((None, *one)),
        [(first, one), (second, other)] => {
            let ends =
                |at: usize, list: &'static str| listed(list).any(|word| text[..at].ends_with(word));
            if ends(*second, GIVERS) || text[*second..].contains("那里") && !has(text, "交给 递给")
            {
                return Some((Some(*other), *one));
            }
            if ends(*first, GIVERS) || ends(*second, RECEIVERS) {
                return Some((Some(*one), *other));
            }
            // "匕首被乙交给丙", "乙给了丙一把匕首", "丙得到乙的匕首".
            has(&text[*first..*second], "给 递 交 卖 送 让").then_some((Some(*one), *other))
        }
        _ => None,
    }
}

/// What a sentence says that somebody is called, who is named in it.
pub(super) fn called(text: &str, name: &str) -> Option<String> {
    let managed = format!("管{name}叫");
    let behind = text
        .split_once(&managed)
        .map(|(_, behind)| behind)
        .or_else(|| first_of(text, CALLED).map(|(at, word)| &text[at + word.len()..]))?;
    let quoted = behind.trim_start_matches(['“', '「', '"', '‘', '『', '作', '做', '：']);
    let alias: String = quoted.chars().take_while(|c| is_ideograph(*c)).take(8).collect();
    (alias.chars().count() > 1).then_some(alias)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_told_in_many_ways() {
        for (text, wanted) in [
            ("晚上九点钟", Some(540)),
            ("九点半", Some(570)),
            ("21点15分", Some(555)),
            ("十二点", Some(0)),
            ("两点三刻", Some(165)),
            ("午夜", Some(0)),
            ("凌晨一点整", Some(60)),
            ("有一点小事", None),
            ("那时候", None),
        ] {
            assert_eq!(hour(text), wanted, "{text}");
        }
    }

    #[test]
    fn a_harm_tells_its_place_and_instrument() {
        for (text, place, instrument) in [
            ("韩伯远九点钟在琴房里被人用烛台砸死。", "琴房", "烛台"),
            ("韩伯远死在后花园的凉亭里，身旁放着一把银柄的匕首。", "凉亭", "匕首"),
            ("韩伯远在账房遇害，凶器是一根铁尺。", "账房", "铁尺"),
        ] {
            let named: Vec<String> = places(text).into_iter().map(|(_, noun)| noun).collect();
            assert!(named.contains(&place.to_owned()), "{text}: {named:?}");
            let named = things(text);
            assert!(named.contains(&instrument.to_owned()), "{text}: {named:?}");
        }
        assert_eq!(things("韩伯远死于砒霜。"), ["砒霜"]);
    }

    #[test]
    fn a_hand_over_tells_who_has_a_thing_now() {
        let of = |text: &'static str| {
            let mut people: Vec<(usize, &str)> = ["沈青", "罗平"]
                .into_iter()
                .filter_map(|name| text.find(name).map(|at| (at, name)))
                .collect();
            people.sort_unstable();
            holder(text, &people)
        };
        for text in [
            "沈青把烛台交给了罗平。",
            "罗平从沈青那里借走了烛台。",
            "沈青给了罗平一个烛台。",
            "烛台由沈青转到罗平手里。",
        ] {
            assert_eq!(of(text), Some((Some("沈青"), "罗平")), "{text}");
        }
        assert_eq!(of("烛台原本是沈青的。"), Some((None, "沈青")));
        assert_eq!(of("沈青从没有见过烛台。"), None);
        assert_eq!(of("沈青和罗平都见过烛台。"), None);
    }

    #[test]
    fn what_somebody_is_called_stands_behind_words_for_it() {
        assert_eq!(called("村里人都管罗平叫“独眼铁匠”。", "罗平").as_deref(), Some("独眼铁匠"));
        assert_eq!(called("罗平外号叫老狐狸，爱喝酒。", "罗平").as_deref(), Some("老狐狸"));
        assert_eq!(called("罗平爱喝酒。", "罗平"), None);
    }
}
