//! Short sentences that do not say what a question asks, though they hold its words: what they say is not so or
//! only thought of, or is said of the other of a pair.
//!
//! ```text
//! denied      "has never been to Rome"     when was he in Rome
//! thought of  "plans to visit Corfu"       when did she visit Corfu
//! the other   "her mother was a singer"    what did her father do
//! ```
//! A question that denies, wishes or asks for yes or no itself is about just that.

use super::grammar::among;
use crate::memory::segment::words::is_ideograph;

/// Words that deny what stands behind them.
const NOT: &str = "not never didn't don't doesn't wasn't weren't isn't aren't hasn't haven't hadn't won't \
    wouldn't couldn't can't cannot nobody nowhere neither nor";
/// Words after which it was so or is something else.
const YET: &str =
    "but only until before longer instead except without unless rather till again better";
/// Words behind which "to", "of" or a gerund opens what is only thought of.
const THOUGHT_OF: &str = "want wants wanted wish wishes wished hope hopes hoped plan plans planned planning intend \
    intends intended dream dreams dreamt dreamed like love mean means meant thought think thinks expect \
    expects expected refuse refuses refused longed longs hoping wishing tempted going";
/// Words between such a word and the mark of what is thought of.
const MARK_REACH: usize = 1;
/// Verbs that open a question for yes or no.
const AUXILIARIES: &str = "is are was were am do does did has have had can could will would may might must shall \
    should isn't aren't wasn't weren't don't doesn't didn't hasn't haven't hadn't";
/// Pairs of which one is not the other.
const PAIRS: &[(&str, &str)] = &[
    ("father", "mother"),
    ("brother", "sister"),
    ("son", "daughter"),
    ("uncle", "aunt"),
    ("nephew", "niece"),
    ("husband", "wife"),
    ("grandfather", "grandmother"),
    ("grandson", "granddaughter"),
    ("born", "died"),
    ("open", "close"),
    ("opened", "closed"),
    ("built", "destroyed"),
];

/// Whether the folded words of a sentence are beside what the folded words of a question ask; `holds` says which
/// words of the sentence the question looks for.
pub(in crate::memory::plan) fn is_beside(
    question: &[String],
    sentence: &[String],
    holds: impl Fn(&str) -> bool,
) -> bool {
    let asks = |list: &str| question.iter().any(|word| among(list, word));
    let says = |word: &str| sentence.iter().any(|own| own == word);
    let asked = |word: &str| question.iter().any(|own| own == word);
    let other = |one: &str, other: &str| asked(one) && !asked(other) && says(other) && !says(one);
    if PAIRS.iter().any(|(one, two)| other(one, two) || other(two, one)) {
        return true;
    }
    let for_yes_or_no = question.first().is_some_and(|word| among(AUXILIARIES, word));
    if for_yes_or_no || asks(NOT) || asks("why how") {
        return false;
    }
    let held = |word: &String| holds(word);
    let (Some(first), Some(last)) =
        (sentence.iter().position(held), sentence.iter().rposition(held))
    else {
        return false;
    };
    let inside = &sentence[first..=last];
    if sentence.iter().any(|word| among(YET, word)) {
        return false;
    }
    let marked = |at: usize| {
        let mut near = inside[at + 1..].iter().take(1 + MARK_REACH);
        near.any(|word| among("to of", word))
    };
    let thought = inside.iter().enumerate().any(|(at, word)| {
        let going = word != "going" || at > 0 && among("is was are were am", &inside[at - 1]);
        among(THOUGHT_OF, word) && going && marked(at) && !asked(word)
    });
    let wishes = asks(THOUGHT_OF) || asks("would future next");
    inside.iter().any(|word| among(NOT, word)) || thought && !wishes
}

/// Whether a sentence says that something is not so, and not what is so instead: "never without" is always.
pub(in crate::memory::plan) fn is_said_not_to_be(list: &[String]) -> bool {
    let has = |wanted: &[&str]| list.iter().any(|word| wanted.contains(&word.as_str()));
    let no = ["never", "not", "neither", "didn't", "wasn't", "hadn't", "nor", "nowhere", "nobody"];
    let so = [
        "changed", "stopped", "else", "but", "longer", "instead", "rather", "before", "now",
        "like", "better",
    ];
    // "Nobody handles a spade as well as he", "never apart from it": what is denied is that it is not so.
    let nobody = has(&["nobody", "none", "no"]) && has(&["as", "than"]);
    let absent = [
        "apart",
        "parted",
        "separated",
        "far",
        "tired",
        "missing",
        "missed",
        "forgot",
        "forgotten",
        "left",
        "neglected",
        "rested",
        "idle",
    ];
    let without = has(&["without", "except", "unless", "save"]);
    let denied = if has(&no) { !(without || has(&absent)) } else { without };
    denied && !has(&so) && !nobody
}

/// Words of Chinese that deny, or say that something is only thought of.
const CHINESE: &[&str] = &[
    "没有",
    "没去",
    "从未",
    "从不",
    "从来没",
    "不曾",
    "并未",
    "不喜欢",
    "不会",
    "打算",
    "计划",
    "希望",
    "想要",
    "准备",
    "想去",
    "想当",
    "想学",
];
/// Characters of a Chinese name, and of a family name with half of a given one.
const NAME: usize = 3;

/// The same of a Chinese sentence: it denies or plans what is asked, or it speaks of another one of the family, as
/// 林小川 for 林小梅.
pub(in crate::memory::plan) fn is_beside_chinese(question: &str, sentence: &str) -> bool {
    if sentence.contains(['，', '；', '：', '“']) {
        return false;
    }
    let yes_or_no = ["吗", "有没有", "是不是", "是否", "为什么"];
    let asks = yes_or_no.iter().any(|word| question.contains(word));
    if !asks && CHINESE.iter().any(|word| sentence.contains(word) && !question.contains(word)) {
        return true;
    }
    let opens: String = question.trim_start_matches("请问").chars().take(NAME).collect();
    let family: String = opens.chars().take(NAME - 1).collect();
    // 信是谁: no name.
    let small =
        ['是', '在', '的', '谁', '哪', '什', '有', '了', '被', '把', '为', '和', '去', '到'];
    opens.chars().all(|c| is_ideograph(c) && !small.contains(&c))
        && opens.chars().count() == NAME
        && sentence.starts_with(&family)
        && !sentence.starts_with(&opens)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn beside(question: &str, sentence: &str) -> bool {
        let words = |text: &str| -> Vec<String> {
            text.to_lowercase().split(' ').map(str::to_owned).collect()
        };
        let asked = words(question);
        is_beside(&asked, &words(sentence), |word| asked.iter().any(|own| own == word))
    }

    #[test]
    fn chinese_plans_and_relatives_are_beside() {
        assert!(is_beside_chinese("林小川什么时候去了白石镇？", "林小川打算去白石镇。"));
        assert!(is_beside_chinese("林小川在哪里长大？", "林小梅在海边长大。"));
        assert!(!is_beside_chinese("信是谁写的？", "信是林小川写的。"));
        assert!(!is_beside_chinese("林小川打算去哪里？", "林小川打算去白石镇。"));
        assert!(!is_beside_chinese("林小川在哪里长大？", "林小川在海边长大。"));
    }

    #[test]
    fn what_is_denied_planned_or_said_of_the_other_is_beside() {
        for (question, sentence) in [
            ("when was omar in rome", "omar has never been to rome"),
            ("when did ines visit rome", "ines plans to visit rome"),
            ("what did her father do", "her mother taught ines"),
        ] {
            assert!(beside(question, sentence), "{sentence}");
        }
        for (question, sentence) in [
            ("was omar ever in rome", "omar has never been to rome"),
            ("where does ines plan to go", "ines plans to go to rome"),
            ("when was omar in rome", "omar was in rome but not in may"),
            ("when was omar in rome", "omar was in rome in may"),
        ] {
            assert!(!beside(question, sentence), "{sentence}");
        }
    }
}
