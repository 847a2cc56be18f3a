//! What the threads tell, and what becomes of it.

use super::*;
use crate::state::conversation::{Cost, Outcome, Quote, Sentence, Step};
use crate::trouble::Kind;
use carrel_core::memory::{Library, Profile, Source};

fn record(name: &str) -> carrel_core::memory::DocumentRecord {
    let mut library = Library::in_memory();
    library.open_document(&Source::text(name, "# A title\n\nThe lamp is blue.\n")).unwrap()
}

fn state() -> State {
    State::default()
}

fn tell(state: &mut State, event: Event) {
    state.apply(event, Instant::now());
}

#[test]
fn a_document_goes_from_waiting_to_ready_and_opens() {
    let mut state = state();
    state.enlist("a.md");
    assert_eq!(state.unread(), [PathBuf::from("a.md")]);
    tell(&mut state, Event::Opening("a.md".into()));
    assert!(state.documents[0].is_unread());
    assert_eq!(state.asked_documents(), None);
    tell(&mut state, Event::Read(record("a.md")));
    assert_eq!(state.page.document.as_deref(), Some("a.md"));
    assert_eq!(state.asked_documents(), Some(vec!["a.md".to_owned()]));
    assert!(state.unread().is_empty());
    state.settings.asks_all = true;
    assert_eq!(state.asked_documents(), Some(Vec::new()));
}

#[test]
fn what_fails_stays_on_the_list_with_its_reason() {
    let mut state = state();
    state.enlist("scan.pdf");
    tell(&mut state, Event::Unread("scan.pdf".into(), Trouble::new(Kind::Scan, "3 pages")));
    assert!(matches!(&state.documents[0].stage, Stage::Failed(t) if t.kind == Kind::Scan));
    // A listing of the library does not take it away.
    tell(&mut state, Event::Library(vec![record("a.md")]));
    assert_eq!(state.documents.len(), 2);
    tell(&mut state, Event::Removed("scan.pdf".into()));
    assert_eq!(state.documents.len(), 1);
}

#[test]
fn removing_the_open_document_opens_another() {
    let mut state = state();
    tell(&mut state, Event::Library(vec![record("a.md"), record("b.md")]));
    assert_eq!(state.page.document.as_deref(), Some("a.md"));
    tell(&mut state, Event::Removed("a.md".into()));
    assert_eq!(state.page.document.as_deref(), Some("b.md"));
    tell(&mut state, Event::Removed("b.md".into()));
    assert_eq!(state.page.document, None);
}

#[test]
fn the_document_that_was_open_opens_again() {
    let mut state = state();
    state.settings.open_document = Some("b.md".into());
    tell(&mut state, Event::Library(vec![record("a.md"), record("b.md")]));
    assert_eq!(state.page.document.as_deref(), Some("b.md"));
}

#[test]
fn an_answer_streams_in_and_its_fragments_are_those_of_the_open_document() {
    let mut state = state();
    tell(&mut state, Event::Library(vec![record("a.md"), record("b.md")]));
    let id = state.conversation.begin("What colour?".into(), Vec::new(), Profile::Normal);
    let quote = |document: &str| Quote {
        document: document.into(),
        page: None,
        section: Vec::new(),
        start: 11,
        end: 28,
        text: "The lamp is blue.".into(),
    };
    tell(&mut state, Event::Step(id, Step::Probing { done: 3, total: 66 }));
    tell(&mut state, Event::Step(id, Step::Searching));
    tell(&mut state, Event::Window(id, 40));
    tell(&mut state, Event::Found(id, quote("a.md")));
    tell(&mut state, Event::Window(id, 2));
    // What was found is there with its number before the answer is whole, and is kept if it never is.
    let found = &state.conversation.turns[0];
    let working = Progress::Working { step: Step::Searching, windows: 2, tokens: 42 };
    assert_eq!(found.progress, working);
    assert_eq!(found.sentences, [Sentence { text: "The lamp is blue.".into(), quotes: vec![0] }]);
    assert_eq!(state.fragments().len(), 1);
    let kept = serde_json::to_vec(&state.conversation.turns).unwrap();
    assert_eq!(Conversation::read(&kept).turns[0].sentences.len(), 1);
    tell(&mut state, Event::Quotes(id, vec![quote("a.md"), quote("b.md")]));
    tell(&mut state, Event::WrittenBy(id, "scribe".into()));
    let turn = state.conversation.turn(id).expect("the turn");
    assert_eq!(turn.written_by.as_deref(), Some("scribe"));
    tell(&mut state, Event::Sentence(id, Sentence { text: "blue".into(), quotes: vec![0, 1] }));
    tell(&mut state, Event::Answered(id, Outcome::Answered, Cost::default()));
    let fragments = state.fragments();
    assert_eq!(fragments.len(), 1);
    assert_eq!(
        state.conversation.turns[0].sentences.len(),
        1,
        "the answer replaces what was found"
    );
    assert_eq!((fragments[0].number, fragments[0].is_chosen), (0, false));
    state.conversation.chosen = Some(0);
    assert!(state.fragments()[0].is_chosen);
    assert_eq!(state.conversation.working(), None);
}

#[test]
fn downloads_end_in_a_file_in_a_pause_or_in_trouble() {
    let mut state = state();
    tell(&mut state, Event::Pulling("m".into(), 5, Some(10)));
    assert!(state.models.download("m").is_some_and(|download| download.is_underway()));
    tell(&mut state, Event::PullFailed("m".into(), Trouble::new(Kind::Network, "lost")));
    assert_eq!(state.models.download("m").map(|download| download.done_bytes), Some(5));
    tell(&mut state, Event::Pulled("m".into(), "m.gguf".into()));
    assert!(state.models.download("m").is_none());
}

#[test]
fn the_same_trouble_is_told_once() {
    let mut state = state();
    for _ in 0..3 {
        tell(&mut state, Event::Trouble(Trouble::new(Kind::Disk, "full")));
    }
    assert_eq!(state.notices.len(), 1);
}
