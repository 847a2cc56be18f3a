//! Questions in the forms in which people ask, about a few lines of text each: what has to be answered and
//! what has to be declined, in English and in Chinese.
//!
//! `published` are the forms of well-known sets of questions (bAbI, RULER, LongMemEval), in our own words.
//! The files in `data` were written for this test, out of how people put things; no rule of `core` may hold
//! one of their sentences as a whole. `T` is a text, whose sentences, parted by ` / `, stand between others
//! about nothing; `Q` a question with what its answer has to hold and the numbers of the sentences that have
//! to be cited; and `N` a question about something near that the text does not tell. Without a model. What
//! has to hold is the share of each file; `apart` are those by which no rule was made. Run with
//! `--nocapture` to see the others.

use carrel_core::memory::{AskOptions, Library, Source};

/// The lists, and the percentage of each that is answered or declined as it has to be, at least.
const LISTS: &[(&str, &str, usize)] = &[
    ("asking", include_str!("data/asking.txt"), 90),
    ("absent", include_str!("data/absent.txt"), 95),
    ("counting", include_str!("data/counting.txt"), 85),
    ("moving", include_str!("data/moving.txt"), 95),
    ("moving, apart", include_str!("data/moving-apart.txt"), 70),
    ("handling", include_str!("data/handling.txt"), 85),
    ("handling, apart", include_str!("data/handling-apart.txt"), 68),
    ("declining", include_str!("data/declining.txt"), 80),
    ("declining, apart", include_str!("data/declining-apart.txt"), 78),
    ("listing", include_str!("data/listing.txt"), 65),
    ("listing, apart", include_str!("data/listing-apart.txt"), 60),
    ("unsaid", include_str!("data/unsaid.txt"), 80),
    ("unsaid, apart", include_str!("data/unsaid-apart.txt"), 75),
    ("tallying", include_str!("data/tallying.txt"), 80),
    ("tallying, apart", include_str!("data/tallying-apart.txt"), 90),
    ("stating", include_str!("data/stating.txt"), 80),
    ("stating, apart", include_str!("data/stating-apart.txt"), 70),
    ("stating, in Chinese", include_str!("data/stating-chinese.txt"), 95),
    ("published", include_str!("data/published.txt"), 90),
];

const ENGLISH: &str = "The river glittered under the sky. The hedge darkened in the haze. ";
const CHINESE: &str = "山上的云慢慢散开。河水向东流去。";

/// Whether a pronoun of a sentence stands for what the sentence before names.
fn points_back(sentence: &str) -> bool {
    const PRONOUNS: &[&str] =
        &["he", "she", "it", "they", "him", "her", "them", "his", "their", "both"];
    let mut words = sentence.split(|c: char| !c.is_alphanumeric());
    words.any(|word| PRONOUNS.contains(&word.to_lowercase().as_str()))
}

/// A library that holds these sentences, each in a paragraph of its own unless it points back at the one before.
fn shelf(told: &[&str]) -> Library {
    let is_chinese = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    let chinese = told.iter().any(|sentence| sentence.contains(is_chinese));
    let filler = if chinese { CHINESE } else { ENGLISH };
    let around = filler.repeat(6);
    let mut joined = String::new();
    for (at, sentence) in told.iter().enumerate() {
        match at {
            0 => {}
            _ if points_back(sentence) => joined.push(' '),
            _ => joined.push_str(&format!("\n\n{filler}\n\n")),
        }
        joined.push_str(sentence);
    }
    let told = joined;
    let mut library = Library::in_memory();
    library.open_document(&Source::text("doc", format!("{around}\n\n{told}\n\n{around}"))).unwrap();
    library
}

/// Whether a question, with its mark, is answered or declined as it has to be; tells if not.
fn is_right(library: &Library, told: &[&str], mark: &str, line: &str) -> bool {
    let mut fields = line.split('|').map(str::trim);
    let question = fields.next().expect("a question");
    let wanted: Vec<&str> =
        fields.next().into_iter().flat_map(|w| w.split(" & ")).filter(|w| !w.is_empty()).collect();
    let cited = fields.next().unwrap_or_default().split(' ').filter(|number| !number.is_empty());
    let cited: Vec<usize> = cited.map(|number| number.parse().expect("a number")).collect();
    let answer = library.ask(question, &AskOptions::default()).unwrap();
    let quotes: Vec<&str> = answer.citations.iter().map(|c| c.quote.as_str()).collect();
    let right = match mark {
        "N" => quotes.is_empty(),
        _ => {
            let said = answer.answer.to_lowercase();
            let quoted = |number: &usize| {
                let fact = told[number - 1].trim_end_matches(['.', '。']);
                quotes.iter().any(|quote| quote.contains(fact))
            };
            !quotes.is_empty()
                && wanted.iter().all(|wanted| said.contains(&wanted.to_lowercase()))
                && cited.iter().all(quoted)
        }
    };
    if !right {
        println!("  {mark} {line}\n    -> {} {quotes:?}", answer.answer);
    }
    right
}

#[test]
fn questions_are_answered_or_declined() {
    let mut table = String::new();
    let mut behind = Vec::new();
    for (title, list, least) in LISTS {
        println!("== {title}");
        let mut library = Library::in_memory();
        let mut told: Vec<&str> = Vec::new();
        let (mut good, mut tries) = (0, 0);
        for line in list.lines().filter(|line| !line.is_empty() && !line.starts_with("==")) {
            let (mark, rest) = line.split_once(' ').expect("a mark");
            if mark == "T" {
                told = rest.split(" / ").collect();
                library = shelf(&told);
                continue;
            }
            tries += 1;
            good += usize::from(is_right(&library, &told, mark, rest));
        }
        table.push_str(&format!("{title}: {good} of {tries}\n"));
        if good * 100 < tries * least {
            behind.push(title);
        }
    }
    println!("{table}");
    assert!(behind.is_empty(), "behind: {behind:?}\n{table}");
}
