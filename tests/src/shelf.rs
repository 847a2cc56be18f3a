//! A library of one document: facts of a test between filler, asked and checked.

use carrel_core::memory::{Answer, AskOptions, Library, Source, Status};

/// Filler without any word of the facts, the same in every run.
pub fn filler(seed: u64, sentences: usize) -> Vec<String> {
    const NOUNS: &[&str] =
        &["river", "hedge", "cloud", "meadow", "fence", "orchard", "brook", "slope"];
    const VERBS: &[&str] = &["glittered", "faded", "stretched", "curved", "brightened", "darkened"];
    const ENDS: &[&str] = &["under the sky", "beyond the ridge", "in the haze", "with the season"];
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut pick = |list: &[&'static str]| -> &'static str {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        list[(state >> 33) as usize % list.len()]
    };
    (0..sentences).map(|_| format!("The {} {} {}.", pick(NOUNS), pick(VERBS), pick(ENDS))).collect()
}

/// A document with `facts` spread through filler, in order.
pub fn document(facts: &[&str]) -> String {
    let mut out = String::new();
    for (index, fact) in facts.iter().enumerate() {
        out.push_str(&filler(index as u64 + 1, 40).join(" "));
        out.push_str("\n\n");
        out.push_str(fact);
        out.push_str("\n\n");
    }
    out + &filler(99, 40).join(" ")
}

/// A library of one document.
pub struct Shelf {
    /// The library.
    pub library: Library,
    /// The text of its one document.
    pub text: String,
}

impl Shelf {
    /// A library of this text.
    ///
    /// # Panics
    /// If it cannot be read.
    pub fn new(text: String) -> Self {
        let mut library = Library::in_memory();
        library.open_document(&Source::text("doc", text.as_str())).expect("works");
        Self { library, text }
    }

    /// A library of these facts between filler.
    pub fn of(facts: &[&str]) -> Self {
        Self::new(document(facts))
    }

    /// Asks, and checks the quotes.
    ///
    /// # Panics
    /// If the library cannot be asked, or a quote is not so.
    pub fn ask(&self, question: &str) -> Answer {
        let answer = self.library.ask(question, &AskOptions::default()).expect("works");
        self.check(&answer);
        answer
    }

    /// Every quote stands where it says, character for character.
    ///
    /// # Panics
    /// If one does not.
    pub fn check(&self, answer: &Answer) {
        for citation in &answer.citations {
            let length = (citation.end - citation.start) as usize;
            let stands = self.text.chars().skip(citation.start as usize).take(length);
            assert!(stands.eq(citation.quote.chars()), "{citation:?}");
        }
        assert_eq!(answer.status == Status::NotInDocument, answer.citations.is_empty());
    }

    /// Asks, and compares the answer and which facts are cited.
    ///
    /// # Panics
    /// If something is missing.
    pub fn expect(&self, question: &str, said: &[&str], cited: &[&str]) {
        let answer = self.ask(question);
        assert_eq!(answer.status, Status::Answered, "{question}: {answer:?}");
        for part in said {
            assert!(
                answer.answer.to_lowercase().contains(&part.to_lowercase()),
                "{question}: {part} is not in {:?}",
                answer.answer
            );
        }
        for fact in cited {
            let found = answer.citations.iter().any(|citation| citation.quote.contains(fact));
            assert!(found, "{question}: {fact} is not cited, but {:#?}", answer.citations);
        }
    }

    /// Asks what the document does not say.
    ///
    /// # Panics
    /// If it is answered.
    pub fn expect_none(&self, question: &str) {
        let answer = self.ask(question);
        assert_eq!(answer.status, Status::NotInDocument, "{question}: {answer:?}");
    }
}
