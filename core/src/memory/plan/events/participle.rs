//! Sentences that open with a participle: "Having taken the lamp, Ines went to the barn" says what "Ines having taken
//! the lamp, and Ines went to the barn" does, and is read as that.

use crate::memory::plan::language::grammar::{DETERMINERS, among, is_participle};
use crate::memory::plan::language::lexicon::{DROP, GIVE, HOLD, MOVE, PUT, TAKE};
use crate::memory::plan::reader::Token;

/// Words from the beginning of the subject to the verb at most.
const LONGEST_SUBJECT: usize = 4;

/// `text` with its subject before the participle that opens it; `None` if it opens with none.
pub(in crate::memory::plan) fn with_subject(text: &str, tokens: &[Token]) -> Option<String> {
    let acts = MOVE | TAKE | DROP | GIVE | HOLD | PUT;
    let [first, second, ..] = tokens else { return None };
    let having = first.folded == "having";
    let opens = having && (second.classes & acts != 0 || is_participle(&second.folded))
        || first.folded.ends_with("ing") && first.classes & acts != 0 && !having;
    let comma = (1..tokens.len())
        .find(|at| text[tokens[at - 1].end..tokens[*at].start].trim_end() == ",")
        .filter(|_| opens)?;
    let subject = &tokens[comma];
    let named = subject.capital;
    let starts = named || among(DETERMINERS, &subject.folded);
    let reach = tokens.len().min(comma + LONGEST_SUBJECT);
    let end = match named {
        true => (comma + 1..reach).find(|at| !tokens[*at].capital),
        false => (comma + 2..reach)
            .find(|at| tokens[*at].classes & acts != 0 || tokens[*at].folded.ends_with("ly")),
    }?;
    let who = &text[subject.start..tokens[end - 1].end];
    let clause = &text[first.start..tokens[comma - 1].end];
    let mut rest = clause.chars();
    let small = rest.next()?.to_lowercase().to_string() + rest.as_str();
    starts.then(|| format!("{who} {small}, and {}", &text[subject.start..]))
}

#[cfg(test)]
mod tests {
    use crate::memory::plan::events::event::Act;
    use crate::memory::plan::events::statement::events;
    use crate::memory::plan::language::lexicon::Lexicon;

    #[test]
    fn a_participle_has_the_subject_behind_it() {
        for text in [
            "Having taken the lamp, Ines went to the barn.",
            "Taking the lamp, Ines walked to the barn.",
            "Carrying the lamp, Ines came to the barn.",
            // The sign for kelvin, of three bytes, whose small letter is a k.
            "\u{212a}eeping the lamp, Ines came to the barn.",
        ] {
            let told: Vec<(Act, Vec<String>)> = events(text, Lexicon::shared())
                .into_iter()
                .map(|event| (event.act, event.subjects))
                .collect();
            let ines = || vec!["ines".to_owned()];
            assert_eq!(told, [(Act::Take, ines()), (Act::At, ines())], "{text}");
        }
    }
}
