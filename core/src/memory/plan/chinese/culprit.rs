//! Chinese questions for a culprit, and Chinese sentences that say who it was.
//!
//! ```text
//! asked      谁杀了甲   甲是谁害死的   凶手是谁   甲死于谁手   谁偷了珠宝
//! not asked  谁被杀了   谁发现了尸体
//! said       乙杀了甲   甲被乙杀害   凶手是乙   乙承认下了毒
//! not said   甲被人杀害   有人杀了甲   乙想杀甲   乙被怀疑杀了甲
//! ```

use super::clues::{is_of_kin, takes_back};
use super::surnames::full_names;
use crate::memory::index::stopwords;
use crate::memory::segment::words::is_ideograph;

const WHO: [&str; 7] = ["谁", "何人", "什么人", "哪个人", "哪一个", "哪位", "哪一位"];
/// Nouns for those who do harm.
const DOERS: [&str; 13] = [
    "凶手",
    "真凶",
    "元凶",
    "杀手",
    "杀人犯",
    "罪犯",
    "犯人",
    "罪魁祸首",
    "小偷",
    "窃贼",
    "盗贼",
    "纵火犯",
    "绑匪",
];
/// Verbs for harm to somebody or something, the longer first.
const DEEDS: [&str; 33] = [
    "谋杀",
    "杀害",
    "杀死",
    "暗杀",
    "刺杀",
    "毒杀",
    "毒死",
    "害死",
    "勒死",
    "掐死",
    "刺死",
    "砍死",
    "打死",
    "淹死",
    "捅死",
    "闷死",
    "推下",
    "下毒",
    "投毒",
    "下的毒",
    "下毒手",
    "毒手",
    "行凶",
    "行刺",
    "作案",
    "偷走",
    "偷",
    "盗",
    "窃",
    "抢",
    "纵火",
    "绑架",
    "杀",
];
/// Words that make a death or a case one that somebody is to blame for.
const BLAME: [&str; 11] =
    ["罪", "负责", "责任", "干的", "下的手", "谁手", "谁之手", "谁的手", "元凶", "归咎", "所为"];
const CASES: [&str; 7] = ["死", "案", "害", "毒", "命", "干的", "下的手"];
/// Verbs of those who have to do with a crime that another did.
const FINDS: [&str; 16] = [
    "发现", "看见", "看到", "目击", "报案", "报警", "告诉", "听说", "怀疑", "调查", "侦破", "破了",
    "抓", "通知", "埋葬", "继承",
];
/// Whoever is nobody in particular.
const ANYBODY: [&str; 8] = ["人", "有人", "某人", "他人", "别人", "坏人", "歹徒", "陌生人"];
/// Words before a deed that leave open whether it was done.
const UNREAL: [&str; 18] = [
    "想", "要", "没", "不", "未", "怀疑", "涉嫌", "企图", "威胁", "扬言", "打算", "可能", "也许",
    "如果", "否认", "谁", "差点", "指控",
];
/// Nouns for people who may be meant by them alone.
const ROLES: [&str; 22] = [
    "管家", "侄子", "侄女", "外甥", "儿子", "女儿", "妻子", "丈夫", "兄弟", "哥哥", "弟弟", "姐姐",
    "妹妹", "医生", "园丁", "厨师", "司机", "秘书", "律师", "仆人", "护士", "邻居",
];
/// Words of those who own up.
const OWNS_UP: [&str; 7] = ["承认", "供认", "招认", "坦白", "自首", "认罪", "被判"];

/// Whether a question asks for a culprit.
pub(in crate::memory::plan) fn asks(text: &str) -> bool {
    let has = |list: &[&str]| list.iter().any(|word| text.contains(word));
    let names_doer = has(&DOERS);
    let asks = has(&WHO) || names_doer && has(&["找出", "指出", "说出", "叫什么", "是哪"]);
    let is_crime = names_doer || has(&DEEDS) || has(&BLAME) && has(&CASES);
    let of_another = WHO.iter().any(|who| {
        text.split_once(who).is_some_and(|(_, behind)| {
            let behind = behind.trim_start_matches(['最', '首', '先', '第', '一', '个']);
            ["被", "死", "遇害", "遭"].iter().chain(&FINDS).any(|word| behind.starts_with(word))
        })
    });
    asks && is_crime && !of_another
}

/// What a question names besides what was done: the stretches that no word of a deed or of asking is part of.
pub(in crate::memory::plan) fn victims(text: &str) -> Vec<String> {
    let mut rest = text.to_owned();
    for word in WHO.iter().chain(&DOERS).chain(&DEEDS).chain(&BLAME).chain(&FINDS) {
        rest = rest.replace(word, "，");
    }
    for word in [
        "被", "把", "究竟", "到底", "死于", "要为", "该为", "应为", "对", "死亡", "死者", "的死",
        "死", "害", "命案", "案", "请问", "之手",
    ] {
        rest = rest.replace(word, "，");
    }
    let runs = rest.split(|c: char| !is_ideograph(c));
    let stretches = runs.flat_map(stopwords::chinese_content);
    stretches.filter(|stretch| stretch.chars().count() > 1).map(str::to_owned).collect()
}

/// Who a sentence says did a deed, outright: somebody else than one of `victims`.
pub(in crate::memory::plan) fn doer(text: &str, victims: &[String]) -> Option<String> {
    let mut clauses = text.split(['，', '。', '；', '！', '？', '：', '、']);
    clauses.find_map(|clause| {
        if let Some((before, behind)) = DOERS
            .iter()
            .find_map(|doer| clause.split_once(doer))
            .filter(|_| clause.contains('是') && !is_open(clause))
        {
            return somebody(behind, victims).or_else(|| somebody(before, victims));
        }
        // "乙的哥哥被判了死刑" tells of no deed of 乙.
        let owns_up = OWNS_UP.iter().any(|word| clause.contains(word)) && !is_open(clause);
        if owns_up && !is_of_kin(text) && !takes_back(text) {
            return somebody(text, victims);
        }
        let at = DEEDS.iter().filter_map(|deed| clause.find(deed)).min()?;
        let before = &clause[..at];
        if is_open(before) {
            return None;
        }
        match before.rsplit_once('被') {
            // "甲被杀", "甲被人用刀杀"; "乙的哥哥被甲杀害" is no deed to 甲.
            Some((_, by)) => {
                let by = by.split(['用', '以', '拿', '在', '从']).next().unwrap_or_default();
                let is_victim = victims.iter().any(|victim| by.contains(victim.as_str()));
                (!by.is_empty() && !ANYBODY.contains(&by) && !is_victim)
                    .then(|| somebody(by, victims).unwrap_or_else(|| by.to_owned()))
            }
            None => somebody(before, victims),
        }
    })
}

/// Whether what stands before a deed leaves open whether it was done.
fn is_open(before: &str) -> bool {
    UNREAL.iter().any(|word| before.contains(word))
}

/// Who is named in a part of a sentence, or meant by what that one is: "管家".
fn somebody(part: &str, victims: &[String]) -> Option<String> {
    let is_victim = |name: &str| {
        victims.iter().any(|victim| victim.contains(name) || name.contains(victim.as_str()))
    };
    let is_name = |name: &String| !is_victim(name) && !DEEDS.iter().any(|deed| name.contains(deed));
    let named = part.char_indices().find_map(|(at, _)| full_names(&part[at..]).find(is_name));
    let role = || ROLES.iter().find(|role| part.contains(**role)).map(|role| (*role).to_owned());
    named.or_else(role)
}

#[cfg(test)]
mod tests {
    use super::{asks, doer, victims};

    #[test]
    fn culprits_are_asked_for_in_many_ways() {
        for text in [
            "谁杀了王建国？",
            "王建国是谁杀的？",
            "王建国是被谁害死的？",
            "杀害王建国的凶手是谁？",
            "凶手是谁？",
            "王建国死于谁手？",
            "是谁下的毒？",
            "谁偷走了珠宝？",
            "谁该为王建国的死负责？",
            "究竟是谁干的？",
        ] {
            assert!(asks(text), "{text}");
        }
        for text in [
            "谁被杀了？",
            "谁死了？",
            "谁发现了王建国的尸体？",
            "谁打开了门？",
            "王建国在哪里被杀？",
        ] {
            assert!(!asks(text), "{text}");
        }
        assert_eq!(victims("谁杀了王建国？"), ["王建国"]);
        assert_eq!(victims("王建国是被谁害死的？"), ["王建国"]);
    }

    #[test]
    fn a_sentence_says_outright_who_did_it_or_does_not() {
        let of = |text: &str| doer(text, &["王建国".to_owned()]).is_some();
        for text in [
            "李子轩杀了王建国。",
            "王建国被李子轩杀害。",
            "凶手是李子轩。",
            "李子轩承认在酒里下毒。",
            "王建国被管家毒死了。",
        ] {
            assert!(of(text), "{text}");
        }
        for text in [
            "王建国被人杀害。",
            "王建国被杀。",
            "有人杀了王建国。",
            "李子轩想杀王建国。",
            "李子轩恨王建国。",
            "没人知道谁杀了王建国。",
            "王建国死在书房里。",
            "王建国被人用裁纸刀刺死。",
            "李子轩的哥哥被王建国害死了。",
            "王建国作证以后，李子轩的哥哥被判了死刑。",
            "李子轩承认在书房的事上说了谎。",
        ] {
            assert!(!of(text), "{text}");
        }
    }
}
