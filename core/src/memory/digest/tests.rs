//! The pass with a scripted model, and answers from what it wrote.

use std::ops::ControlFlow;

use super::*;
use crate::error::{Error, MemoryError, ModelError};
use crate::memory::model::{FRAME_TOKENS, Foresight, Reply, Request};
use crate::memory::{Answer, AskOptions, Library, Source, Status};

/// A model that writes down who was born where, if somebody is named and "she" is said to be born, and that
/// sums up by a sentence it was shown.
struct Scribe {
    writes: bool,
    context: usize,
    /// Reads after which it fails, as if the program were killed there.
    fails_at: Option<usize>,
    /// What it adds to every fact.
    adds: &'static str,
    windows: Vec<String>,
}

impl Default for Scribe {
    fn default() -> Self {
        Self { writes: true, context: 4_096, fails_at: None, adds: "", windows: Vec::new() }
    }
}

impl Scribe {
    fn facts(&self, window: &str) -> String {
        let mut keeper = ("", "");
        let mut lines = Vec::new();
        for line in window.lines() {
            let (number, text) = line[1..].split_once("] ").expect("a number");
            if let Some((name, _)) = text.split_once(" kept the lamp") {
                keeper = (number, name);
            }
            if let Some(rest) = text.strip_prefix("She was born")
                && !keeper.1.is_empty()
            {
                let (at, name) = keeper;
                lines.push(format!("{at},{number}: {name}{} was born{rest}", self.adds));
                if !self.adds.is_empty() {
                    continue;
                }
                // Nothing new, and an excerpt: neither is kept.
                lines.push(format!("{at},{number}: {name} was born."));
                lines.push(format!("{number}: {text}"));
            }
        }
        if lines.is_empty() { "NONE".to_owned() } else { lines.join("\n") }
    }
}

impl Foresight for Scribe {
    fn writes(&self) -> bool {
        self.writes
    }

    fn context_tokens(&self) -> usize {
        self.context
    }

    fn tokens_in(&self, text: &str) -> usize {
        text.len().div_ceil(4)
    }
}

impl TextModel for Scribe {
    fn read(&mut self, request: &Request) -> Result<Reply> {
        if self.fails_at == Some(self.windows.len()) {
            return Err(MemoryError::Stopped.into());
        }
        let told = self.tokens_in(request.window) + request.contract.most_tokens();
        assert!(told + FRAME_TOKENS <= self.context, "{told} tokens");
        self.windows.push(request.window.to_owned());
        let text = match request.question {
            question if question == FACTS.instruction => self.facts(request.window),
            _ => {
                let of = |line: &str| {
                    let (number, text) = line[1..].split_once("] ").expect("a number");
                    format!("{number}: {text}")
                };
                request.window.lines().take(2).map(of).collect::<Vec<_>>().join("\n")
            }
        };
        let prompt_tokens = self.tokens_in(request.window) as u64;
        let output_tokens = self.tokens_in(&text) as u64;
        Ok(Reply { text, prompt_tokens, output_tokens, ..Reply::default() })
    }
}

const KEEPERS: [(&str, &str); 9] = [
    ("Ada Brandt", "Vardby"),
    ("Berta Holm", "Nyhamn"),
    ("Clara Lind", "Ostvik"),
    ("Dora Falk", "Grunder"),
    ("Edith Moen", "Sandoy"),
    ("Frida Rask", "Kolvik"),
    ("Greta Voll", "Hestnes"),
    ("Hilda Berg", "Torsby"),
    ("Inga Dahl", "Malmoen"),
];

/// Keepers, each of whom is named once, and told of by "she" a page later.
fn book(n_keepers: usize) -> String {
    let mut text = String::new();
    for (at, (name, place)) in KEEPERS.iter().take(n_keepers).enumerate() {
        text += &format!("# Year {}\n\n{name} kept the lamp of rock number {at}. ", at + 1);
        for day in 0..24 {
            text += &format!(
                "On day {day} of season {at} the wind went round to the north and blew hard. "
            );
        }
        text += &format!("She was born in {place} behind the church. ");
        for day in 30..38 {
            text += &format!("On day {day} of season {at} the sea was calm and nothing passed. ");
        }
        text += "\n\n";
    }
    text
}

fn library(text: &str) -> Library {
    let mut library = Library::in_memory();
    library.open_document(&Source::text("book.md", text)).expect("read");
    library
}

fn author() -> Author {
    Author { name: "scribe".to_owned(), model: [7; 32] }
}

fn goes_on(_: DigestProgress) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

fn digest(library: &mut Library, model: &mut Scribe, options: &DigestOptions) -> Digest {
    library.digest(&author(), model, options, &mut goes_on).expect("digested")
}

fn written(library: &Library) -> Vec<WrittenLine> {
    let mut lines = Vec::new();
    library.written("book.md", &mut |line| lines.push(line)).expect("read");
    lines
}

fn ask(library: &Library, question: &str) -> Answer {
    library.ask(question, &AskOptions::default()).expect("answered")
}

#[test]
fn a_fact_leads_to_a_sentence_that_the_question_does_not_reach() {
    let mut library = library(&book(9));
    let question = "Where was Ada Brandt born?";
    let before = ask(&library, question);
    let says =
        |answer: &Answer, what: &str| answer.citations.iter().any(|c| c.quote.contains(what));
    assert!(!says(&before, "born in Vardby"), "{before:?}");
    let mut model = Scribe::default();
    let done = digest(&mut library, &mut model, &DigestOptions::default());
    assert_eq!(done.end, DigestEnd::Complete);
    assert_eq!(done.windows_written, done.windows);
    assert!(done.windows > 2 && done.lines_dropped >= KEEPERS.len(), "{done:?}");
    let after = ask(&library, question);
    assert_eq!(after.status, Status::Answered, "{after:?}");
    assert!(after.answer.contains("Vardby"), "{after:?}");
    assert!(after.citations[0].quote.starts_with("She was born in Vardby"), "{after:?}");
    assert!(says(&after, "Ada Brandt kept the lamp"), "who she is: {after:?}");
    assert_eq!(after.written_by, None, "it is the document that says so");
    assert!(!says(&after, "was born in Nyhamn"), "{after:?}");
    let nobody = ask(&library, "Where was Olga Strand born?");
    assert_ne!(nobody.status, Status::Answered, "{nobody:?}");
}

#[test]
fn every_line_quotes_its_sentences() {
    let mut library = library(&book(4));
    digest(&mut library, &mut Scribe::default(), &DigestOptions::default());
    let lines = written(&library);
    let facts: Vec<&WrittenLine> = lines.iter().filter(|line| line.kind == Kind::Fact).collect();
    assert_eq!(facts.len(), 4, "{facts:#?}");
    for (fact, (name, place)) in facts.iter().zip(KEEPERS) {
        assert_eq!(fact.text, format!("{name} was born in {place} behind the church."));
        assert_eq!(fact.author, "scribe");
        assert!(fact.citations[0].quote.contains(place));
        assert!(fact.citations[1].quote.contains(name));
    }
    assert!(lines.iter().any(|line| line.kind == Kind::Summary));
}

#[test]
fn what_is_not_so_is_dropped_and_changes_nothing() {
    let mut library = library(&book(4));
    let question = "Where was Ada Brandt born?";
    let before = ask(&library, question);
    let mut model = Scribe { adds: " of Gotland", ..Scribe::default() };
    let done = digest(&mut library, &mut model, &DigestOptions::default());
    assert!(done.lines_dropped >= 4, "{done:?}");
    assert!(written(&library).iter().all(|line| !line.text.contains("Gotland")));
    let after = ask(&library, question);
    assert_eq!((before.answer, before.citations), (after.answer, after.citations));
}

#[test]
fn a_pass_that_ends_anywhere_goes_on_there() {
    let text = book(6);
    let mut whole = library(&text);
    let mut model = Scribe::default();
    let done = digest(&mut whole, &mut model, &DigestOptions::default());
    let (wanted, reads) = (written(&whole), model.windows.len());
    assert!(reads > 6 && done.summaries_written > 0);
    for killed_at in 0..reads {
        let mut library = library(&text);
        let mut model = Scribe { fails_at: Some(killed_at), ..Scribe::default() };
        let killed = library.digest(&author(), &mut model, &DigestOptions::default(), &mut goes_on);
        assert!(killed.is_err(), "killed at {killed_at}");
        let mut model = Scribe::default();
        let done = digest(&mut library, &mut model, &DigestOptions::default());
        assert_eq!(done.end, DigestEnd::Complete);
        // At most the facts of the window in which it ended are read twice.
        assert!(model.windows.len() <= reads - killed_at + 1, "killed at {killed_at}");
        assert_eq!(written(&library), wanted, "killed at {killed_at}");
        let outline = |library: &Library| ask(library, "Summarise the document.").answer;
        assert_eq!(outline(&library), outline(&whole));
        let again = digest(&mut library, &mut Scribe::default(), &DigestOptions::default());
        assert_eq!((again.windows_known, again.prompt_tokens), (done.windows, 0));
    }
}

#[test]
fn a_stop_is_heard_after_every_reply_and_leaves_nothing_half_done() {
    let text = book(6);
    for stopped_at in 1..8 {
        let mut library = library(&text);
        let mut heard = 0;
        let mut model = Scribe::default();
        let mut watch = |_: DigestProgress| {
            heard += 1;
            if heard == stopped_at { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let done = library.digest(&author(), &mut model, &DigestOptions::default(), &mut watch);
        assert_eq!(done.expect("stopped").end, DigestEnd::Cancelled);
        let mut next = Scribe::default();
        let done = digest(&mut library, &mut next, &DigestOptions::default());
        assert_eq!(done.end, DigestEnd::Complete);
        assert_eq!(done.windows_known, stopped_at / 3, "stopped at {stopped_at}");
    }
}

#[test]
fn a_budget_is_kept_and_the_next_pass_goes_on() {
    let mut library = library(&book(9));
    let mut model = Scribe::default();
    let estimate = library
        .estimate_digest(&author(), &mut model, &DigestOptions::default(), None)
        .expect("estimated");
    assert_eq!((estimate.windows_known, estimate.most_seconds), (0, None));
    let mut passes = 0;
    let (mut prompt, mut output) = (0, 0);
    loop {
        let budget = DigestOptions { most_tokens: Some(6_000), ..DigestOptions::default() };
        let done = digest(&mut library, &mut model, &budget);
        assert!(done.prompt_tokens + done.output_tokens <= 6_000, "{done:?}");
        prompt += done.prompt_tokens;
        output += done.output_tokens;
        passes += 1;
        if done.end == DigestEnd::Complete {
            break;
        }
        assert_eq!(done.end, DigestEnd::BudgetEnded);
        assert!(done.windows_written > 0 || done.summaries_written > 0, "it gets on");
    }
    assert!(passes > 2, "{passes} passes");
    // The scripted model reads the window again for its summary, as nothing keeps its state.
    assert!(prompt <= 2 * estimate.prompt_tokens, "{prompt} of {estimate:?}");
    assert!(output <= estimate.most_output_tokens, "{output} of {estimate:?}");
    let none = DigestOptions { most_time: Some(Duration::ZERO), ..DigestOptions::default() };
    library.forget_written("book.md").expect("forgotten");
    let done = digest(&mut library, &mut model, &none);
    assert_eq!((done.end, done.windows_written), (DigestEnd::BudgetEnded, 0));
}

#[test]
fn an_edit_has_only_its_window_read_again() {
    let text = book(9);
    let mut library = library(&text);
    let all = digest(&mut library, &mut Scribe::default(), &DigestOptions::default());
    let edited = text.replace("born in Grunder", "born in Klinger");
    library.open_document(&Source::text("book.md", edited)).expect("read");
    let stale = ask(&library, "Summarise the document.");
    assert_eq!(stale.written_by, None, "an outline is good for its text only");
    let mut model = Scribe::default();
    let done = digest(&mut library, &mut model, &DigestOptions::default());
    assert_eq!(done.windows_written, 1, "{done:?}");
    assert_eq!(done.windows_known, all.windows - 1);
    let lines = written(&library);
    assert!(lines.iter().any(|line| line.text.contains("Klinger")));
    assert!(!lines.iter().any(|line| line.text.contains("Grunder")), "the old note is gone");
    assert!(ask(&library, "Summarise the document.").written_by.is_some());
    // The same text under another name is taken over without a model.
    let copy = Source::text("copy.md", book(9).replace("born in Grunder", "born in Klinger"));
    library.open_document(&copy).expect("read");
    let mut model = Scribe::default();
    let done = digest(&mut library, &mut model, &DigestOptions::default());
    assert_eq!(done.windows_written, 0, "{done:?}");
}

#[test]
fn the_last_writer_s_lines_stay() {
    let mut library = library(&book(4));
    let first = digest(&mut library, &mut Scribe::default(), &DigestOptions::default());
    let other = Author { name: "other".to_owned(), model: [8; 32] };
    let mut model = Scribe::default();
    let done = library.digest(&other, &mut model, &DigestOptions::default(), &mut goes_on);
    assert_eq!(done.expect("digested").windows_written, first.windows);
    assert!(written(&library).iter().all(|line| line.author == "other"));
    let answer = ask(&library, "Summarise the document.");
    assert_eq!(answer.written_by.as_deref(), Some("other"));
}

#[test]
fn a_model_that_may_not_write_does_not_unless_it_is_labelled() {
    let mut library = library(&book(2));
    let mut model = Scribe { writes: false, ..Scribe::default() };
    let refused = library.digest(&author(), &mut model, &DigestOptions::default(), &mut goes_on);
    assert!(
        matches!(&refused, Err(Error::Memory(MemoryError::ModelMayNotWrite { model })) if model == "scribe"),
        "{refused:?}"
    );
    assert!(model.windows.is_empty());
    let options = DigestOptions { unproved: true, ..DigestOptions::default() };
    digest(&mut library, &mut model, &options);
    assert!(written(&library).iter().all(|line| line.author == "scribe (unproved)"));
}

#[test]
fn a_context_that_holds_no_sentence_beside_the_task_is_said() {
    let mut library = library(&book(2));
    let mut model = Scribe { context: 256, ..Scribe::default() };
    let refused = library.digest(&author(), &mut model, &DigestOptions::default(), &mut goes_on);
    let is_said = |error: &Error| matches!(error, Error::Model(ModelError::ContextFull { needed, n_ctx: 256 }) if *needed > 256);
    assert!(refused.as_ref().is_err_and(is_said), "{refused:?}");
    assert!(model.windows.is_empty());
}

#[test]
fn summaries_are_shown_as_written_and_quote_the_document() {
    let mut library = library(&book(9));
    let selected = ask(&library, "What is this document about?");
    assert_eq!(selected.written_by, None);
    digest(&mut library, &mut Scribe::default(), &DigestOptions::default());
    let answer = ask(&library, "What is this document about?");
    assert_eq!(answer.written_by.as_deref(), Some("scribe"));
    assert_eq!(answer.status, Status::Answered);
    let whole = book(9);
    for citation in &answer.citations {
        assert!(whole.contains(&citation.quote), "{citation:?}");
        assert!(answer.answer.contains(&citation.quote), "the scribe sums up by sentences");
    }
    let one = ask(&library, "Summarise chapter 1");
    assert!(one.written_by.is_none() || one.answer.contains("Ada Brandt"), "{one:?}");
}

#[test]
fn a_small_context_reads_windows_in_pieces() {
    let mut library = library(&book(4));
    let mut model = Scribe { context: 900, ..Scribe::default() };
    let done = digest(&mut library, &mut model, &DigestOptions::default());
    assert_eq!(done.end, DigestEnd::Complete);
    assert!(model.windows.len() > 2 * done.windows, "pieces");
    for line in written(&library) {
        assert!(!line.citations.is_empty(), "{line:?}");
    }
    let again = digest(
        &mut library,
        &mut Scribe { context: 900, ..Scribe::default() },
        &DigestOptions::default(),
    );
    assert_eq!(again.prompt_tokens, 0, "nothing is read twice");
}

#[test]
fn the_most_important_window_comes_first() {
    let mut library = library(&book(9));
    let records = library.documents().expect("read");
    let all = windows::windows(&*library.store, &records).expect("windows");
    let best = all.iter().map(|window| window.worth).max().expect("a window");
    let place = all.iter().position(|window| window.worth == best).expect("a window");
    let mut model = Scribe { fails_at: Some(2), ..Scribe::default() };
    let options = DigestOptions { order: Order::Importance, ..DigestOptions::default() };
    let killed = library.digest(&author(), &mut model, &options, &mut goes_on);
    assert!(killed.is_err());
    let block = windows::open(&*library.store, &records[0], all[place].block).expect("a block");
    let first = block.held.sentences(all[place].first as usize..all[place].first as usize + 1);
    let shown = crate::memory::answer::one_line(first);
    assert!(model.windows[0].starts_with(&format!("[1] {shown}")), "{shown}");
}

#[test]
fn notes_leave_with_their_document_and_a_file_without_them_stays_as_it_was() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("library");
    let notes =
        |library: &Library| library.corpus(&[]).expect("read").notes().n_notes().expect("counted");
    let mut library = Library::open(&path).expect("made");
    library.open_document(&Source::text("book.md", book(4))).expect("read");
    let hash = library.index_hash().expect("a hash");
    assert_eq!((notes(&library), written(&library).len()), (0, 0));
    digest(&mut library, &mut Scribe::default(), &DigestOptions::default());
    assert_eq!(library.index_hash().expect("a hash"), hash, "notes are beside the index");
    assert!(library.sizes().expect("sizes").written_bytes > 0);
    let lines = written(&library);
    drop(library);
    let mut library = Library::open(&path).expect("opened");
    assert_eq!(written(&library), lines);
    let answer = ask(&library, "Where was Dora Falk born?");
    assert!(answer.answer.contains("Grunder"), "{answer:?}");
    library.remove("book.md").expect("removed");
    assert_eq!(notes(&library), 0);
    assert_eq!(library.sizes().expect("sizes").written_bytes, 0);
}

#[test]
fn chinese_lines_are_found_by_pairs_of_characters() {
    let mut text = "李明守着北岩的灯塔。".to_owned();
    for day in 0..40 {
        text += &format!("第{day}天风从北面吹来，海上没有船经过。");
    }
    text += "他生于柳溪镇。";
    let mut library = library(&text);
    struct Writes;
    impl Foresight for Writes {
        fn writes(&self) -> bool {
            true
        }

        fn context_tokens(&self) -> usize {
            8_192
        }

        fn tokens_in(&self, text: &str) -> usize {
            text.chars().count()
        }
    }

    impl TextModel for Writes {
        fn read(&mut self, request: &Request) -> Result<Reply> {
            let number = request.window.lines().count();
            let text = format!("1,{number}: 李明生于柳溪镇。\n1: 李明生于北岩。");
            Ok(Reply { text, ..Reply::default() })
        }
    }
    let options = DigestOptions::default();
    library.digest(&author(), &mut Writes, &options, &mut goes_on).expect("digested");
    let lines = written(&library);
    assert!(lines.iter().all(|line| line.text == "李明生于柳溪镇。"), "{lines:?}");
    let corpus = library.corpus(&[]).expect("read");
    let stems = crate::memory::index::stems::Stems::default();
    let question = crate::memory::plan::question::Question::of("李明生于哪里？", &stems);
    let patterns = question.patterns();
    let weights = vec![1.0; patterns.len()];
    let found = keys::keys(&corpus, &patterns, &weights, &stems).expect("searched");
    let head = corpus.sentence(found[0].head).expect("a sentence");
    assert_eq!(head, "他生于柳溪镇。");
    assert!(corpus.sentence(found[0].others[0]).expect("a sentence").starts_with("李明"));
}
