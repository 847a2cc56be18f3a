//! Verbs that tell what was planned, wished or left undone, and nothing that happened: "meant to go to the barn",
//! "did not take the lamp", "instead of going home".

use crate::memory::plan::language::grammar::{AUXILIARIES, among};
use crate::memory::plan::language::lexicon::{GIVE, JOIN, MOVE, PUT, RECEIVE, TAKE};
use crate::memory::plan::reader::Token;

/// Words behind which "to" opens what is only thought of.
const THOUGHT_OF: &str = "want wants wanted wanting intend intends intended plan plans planned planning hope hopes \
    hoped hoping wish wishes wished mean means meant expect expects expected going about refuse refuses refused \
    decline declines declined fail fails failed forget forgets forgot forgotten threaten threatened threatens \
    promise promises promised try tries tried attempt attempts attempted desire desired longed like liked asked \
    told ordered begged advised urged invited unable unwilling reluctant afraid eager due scheduled proposed \
    offered hesitated neglected omitted dared have";
/// Words before a gerund that say it did not happen.
const WITHOUT: &str = "without instead avoided avoid considered considering rather";
const NOT: &str =
    "not never didn't don't doesn't wouldn't couldn't hasn't hadn't won't isn't wasn't";
/// Verbs of what may be or is still to come.
const MODALS: &str = "would might may should shall will must could";
/// Whoever does nothing.
const NOBODY: &str = "nobody none";

/// Whether the verb at `verb` tells of nothing that happened.
pub(in crate::memory::plan) fn is_unreal(tokens: &[Token], verb: usize) -> bool {
    let word = |at: usize| tokens[at].folded.as_str();
    let adverb = |at: usize| {
        word(at).ends_with("ly") || among("also ever even just still soon then later yet", word(at))
    };
    let Some(mut before) = verb.checked_sub(1) else { return false };
    // "Was going to walk".
    let next = |at: usize| tokens.get(verb + at);
    if word(verb) == "going"
        && next(1).is_some_and(|to| to.folded == "to")
        && next(2).is_some_and(|plain| plain.classes != 0 && !plain.capital)
    {
        return true;
    }
    while before > 0 && adverb(before) {
        before -= 1;
    }
    // "Let us return to Lima."
    let proposed =
        word(before) == "let's" || word(before) == "us" && before > 0 && word(before - 1) == "let";
    if proposed {
        return true;
    }
    let acts = tokens[verb].classes & (MOVE | TAKE | GIVE | PUT | RECEIVE | JOIN) != 0;
    let perfect = |at: usize| among("have has had been be", word(at));
    if word(before) == "to" && before > 0 {
        let mut governor = before - 1;
        while governor > 0 && (adverb(governor) || among("not him her them me us", word(governor)))
        {
            governor -= 1;
        }
        // "Was going to", "was about to", but "started going to".
        let bare = among("going about", word(governor))
            && !(governor > 0 && among("is are was were am", word(governor - 1)));
        let asked = among("asked told ordered begged advised urged invited", word(governor))
            && tokens.get(governor + 1).is_some_and(|next| next.folded == "to")
            && !(governor > 0 && among("was were is are been", word(governor - 1)));
        return among(THOUGHT_OF, word(governor)) && !bare && !asked;
    }
    if tokens[verb].folded.ends_with("ing") {
        let of = among("of from about", word(before)) && before > 0;
        let thought = of
            && (among(
                "thought dreamt dreamed spoke talked instead kept prevented capable",
                word(before - 1),
            ) || word(before) == "from"
                && before > 1
                && among("kept prevented", word(before - 2)));
        return thought || among(WITHOUT, word(before)) && word(before) != "rather";
    }
    // "Did not go", "has never taken".
    let mut at = verb;
    while at > 0 && (among(AUXILIARIES, word(at - 1)) || adverb(at - 1) || among(NOT, word(at - 1)))
    {
        at -= 1;
        if acts && among(NOT, word(at)) {
            return true;
        }
    }
    if acts && among(MODALS, word(before)) && !perfect(verb) {
        let passed = word(verb).ends_with("ed") || word(verb).ends_with("ing");
        return !passed;
    }
    let nobody = |token: &Token| among(NOBODY, &token.folded);
    let clause = tokens[..verb].iter().rev().take_while(|token| !token.capital || nobody(token));
    acts && clause.into_iter().any(nobody)
}

#[cfg(test)]
mod tests {
    use crate::memory::plan::events::statement::events;
    use crate::memory::plan::language::lexicon::Lexicon;

    #[test]
    fn what_did_not_happen_is_no_event() {
        for text in [
            "Ines meant to go to the barn.",
            "Ines did not take the lamp.",
            "Ines was going to go to the barn.",
            "Omar thought of walking to the barn.",
            "Omar will go to the barn.",
            "Nobody took the lamp.",
            "While Omar rests, let us return to the barn.",
        ] {
            assert_eq!(events(text, Lexicon::shared()), [], "{text}");
        }
        for text in ["Ines decided to go to the barn.", "Nobody minded when Ines took the lamp."] {
            assert_eq!(events(text, Lexicon::shared()).len(), 1, "{text}");
        }
    }
}
