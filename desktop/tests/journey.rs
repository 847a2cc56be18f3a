//! Through the app as people go: first start, documents, questions, quotes, keys.

mod rig;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use carrel_desktop::app::HANDBOOK;
use carrel_desktop::message::{Action, Overlay, Purpose};
use carrel_desktop::state::Notice;
use carrel_desktop::state::conversation::{Outcome, Progress, Turn};
use carrel_desktop::state::documents::Stage;
use carrel_desktop::trouble::Kind;
use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;
use rig::{Picks, Setup, is_done, long_text, scratch};

#[test]
fn the_first_start_answers_from_the_handbook_without_a_model() {
    let folder = scratch();
    let mut rig = Setup::new(folder.path()).open().with_handbook();
    assert_eq!(rig.state().page.document.as_deref(), Some(HANDBOOK));
    let turn = rig.ask("Which exit code means that the memory budget is too small?");
    assert!(is_done(&turn), "{:?}", turn.progress);
    assert!(!turn.sentences.is_empty() && turn.sentences.iter().all(|s| !s.quotes.is_empty()));
    let quote = turn.quotes[0].clone();
    assert!(quote.text.contains('5'), "{}", quote.text);
    // A click on the quote scrolls the page there and marks it.
    let seen = rig.state().page.visible.expect("a page");
    assert!(quote.start > seen.end, "the quote is not on the first page");
    rig.harness.get_by_label("Show quote 1 in the document").click();
    rig.wait("the quote", |state| {
        state.page.visible.is_some_and(|seen| seen.start <= quote.start && quote.end <= seen.end)
    });
    assert_eq!(rig.state().conversation.chosen, Some(0));
    assert!(rig.state().fragments()[0].is_chosen);
}

#[test]
fn the_document_does_not_say_is_an_answer() {
    let folder = scratch();
    let mut rig = Setup::new(folder.path()).open().with_handbook();
    let turn = rig.ask("Who was the third husband of Queen Zenobia of Palmyra?");
    assert!(matches!(turn.progress, Progress::Done(Outcome::NotInDocument, _)), "{turn:?}");
    rig.harness.get_by_label("The document does not say.");
    assert!(turn.quotes.is_empty() && turn.sentences.is_empty());
}

#[test]
fn the_cost_is_said_before_the_question() {
    let folder = scratch();
    let mut rig = Setup::new(folder.path()).open().with_handbook();
    rig.harness.get_by_label("Your question").focus();
    rig.harness.step();
    rig.harness.get_by_label("Your question").type_text("What is a library?");
    rig.wait("the cost", |state| state.conversation.forecast.is_some());
    let normal = rig.state().conversation.forecast.clone().expect("a forecast").estimate;
    assert!(normal.passages > 0 && normal.peak_bytes > 0 && normal.windows == 0);
    rig.harness.get_by_label_contains("no model");
    rig.click("Deep");
    assert_eq!(rig.state().settings.profile().name(), "deep");
}

/// A file that is dropped on the window.
#[derive(Debug)]
struct Dropped(PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        std::fs::read(&self.0).map_err(|error| error.to_string())
    }
}

#[test]
fn documents_come_by_dialog_and_drop_and_go() {
    let folder = scratch();
    let path = folder.path().join("lamps.md");
    std::fs::write(&path, "# Lamps\n\nThe brass lamp is in the attic.\n").unwrap();
    let mut setup = Setup::new(folder.path());
    setup.picks = Picks { documents: vec![path.clone()], ..Picks::default() };
    let mut rig = setup.open().with_handbook();
    rig.click("Add document");
    let name = path.display().to_string();
    rig.wait_read(&name);
    assert_eq!(rig.state().page.document.as_deref(), Some(name.as_str()));
    let turn = rig.ask("Where is the brass lamp?");
    assert!(turn.sentences[0].text.contains("attic"), "{turn:?}");
    let dropped = folder.path().join("boats.html");
    std::fs::write(&dropped, "<h1>Boats</h1><p>The red boat is at the mill.</p>").unwrap();
    rig.harness.input_mut().dropped_files.push(Arc::new(Dropped(dropped.clone())));
    rig.wait_read(&dropped.display().to_string());
    let turn = rig.ask("Where is the red boat?");
    assert!(turn.sentences[0].text.contains("mill"), "{turn:?}");
    rig.click("Remove boats.html from the library");
    rig.wait("its removal", |state| state.documents.len() == 2);
    // Unchanged, it is read no second time; changed, it is.
    std::fs::write(&path, "# Lamps\n\nThe brass lamp is in the cellar.\n").unwrap();
    rig.perform(Action::Add(vec![path]));
    rig.wait_read(&name);
    assert_eq!(rig.state().documents.len(), 2);
    rig.click("Remove lamps.md from the library");
    rig.wait("its removal", |state| state.documents.len() == 1);
    assert_eq!(rig.state().page.document.as_deref(), Some(HANDBOOK));
}

#[test]
fn reading_pauses_goes_on_and_stops() {
    let folder = scratch();
    let path = folder.path().join("long.txt");
    std::fs::write(&path, long_text(24 << 20)).unwrap();
    let mut rig = Setup::new(folder.path()).open().with_handbook();
    rig.perform(Action::Add(vec![path.clone()]));
    let name = path.display().to_string();
    let done = |state: &carrel_desktop::state::State| match &state.document(&name)?.stage {
        Stage::Reading(underway) => underway.progress.map(|progress| progress.text_bytes),
        _ => None,
    };
    rig.wait("some of it", |state| done(state).is_some_and(|bytes| bytes > 1 << 20));
    rig.click("Pause reading long.txt");
    rig.settle();
    let paused_at = done(rig.state()).expect("it is paused, not done");
    std::thread::sleep(std::time::Duration::from_millis(400));
    rig.settle();
    // One more block may have been under way.
    assert!(done(rig.state()).expect("paused") <= paused_at + (96 << 10));
    rig.harness.get_by_label("Resume reading long.txt");
    rig.press(Modifiers::COMMAND, Key::P);
    rig.wait("more of it", |state| done(state).is_some_and(|bytes| bytes > paused_at + (1 << 20)));
    rig.click("Stop reading long.txt");
    rig.wait("the stop", |state| state.document(&name).is_none());
    assert!(rig.state().notices.is_empty());
}

#[test]
fn what_cannot_be_read_says_why_and_what_to_do() {
    let folder = scratch();
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).expect("written");
        path
    };
    let cases = [
        (folder.path().join("gone.txt"), Kind::Missing),
        (file("empty.txt", b""), Kind::Empty),
        (file("noise.bin", b"ab\0c\x01\x02"), Kind::Binary),
        (file("broken.pdf", b"%PDF-1.7\nnonsense"), Kind::Broken),
        (file("broken.epub", b"PK\x03\x04nonsense"), Kind::Broken),
        (file("old.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), Kind::Encrypted),
    ];
    let mut rig = Setup::new(folder.path()).open().with_handbook();
    for (path, kind) in &cases {
        rig.perform(Action::Add(vec![path.clone()]));
        let name = path.display().to_string();
        rig.wait("trouble", |state| {
            state.document(&name).is_some_and(|d| matches!(d.stage, Stage::Failed(_)))
        });
        let Stage::Failed(trouble) = &rig.state().document(&name).expect("listed").stage else {
            unreachable!()
        };
        assert_eq!(trouble.kind, *kind, "{}", trouble.detail);
    }
    // The others are not touched, and the list says what to do.
    assert!(rig.state().document(HANDBOOK).is_some_and(|d| d.shape().is_some()));
    assert!(rig.harness.query_all_by_label("Try again").next().is_some());
}

#[test]
fn the_conversation_is_exported_with_its_citations() {
    let folder = scratch();
    let path = folder.path().join("said.md");
    let mut setup = Setup::new(folder.path());
    setup.picks = Picks { export: Some(path.clone()), ..Picks::default() };
    let mut rig = setup.open().with_handbook();
    rig.ask("Which exit code means that the memory budget is too small?");
    rig.click("Export");
    rig.wait("the file", |state| state.notices.contains(&Notice::Exported(path.clone())));
    let text = std::fs::read_to_string(&path).expect("it is there");
    assert!(text.contains("## Which exit code") && text.contains("[1]"), "{text}");
    rig.click("Dismiss");
    assert!(rig.state().notices.is_empty());
    // Where it cannot be written, that is said, and nothing is lost.
    rig.harness.state_mut().state.notices.clear();
    let ctx = rig.harness.ctx.clone();
    rig.harness.state_mut().perform(Action::Export, &ctx);
    assert_eq!(rig.state().conversation.turns.len(), 1);
}

#[test]
fn without_dialogs_paths_are_typed() {
    let folder = scratch();
    let document = folder.path().join("lamps.md");
    std::fs::write(&document, "# Lamps\n\nThe brass lamp is in the attic.\n").unwrap();
    let mut setup = Setup::new(folder.path());
    setup.picks = Picks { has_none: true, ..Picks::default() };
    let mut rig = setup.open().with_handbook();
    let typed = |rig: &mut rig::Rig, path: &std::path::Path| {
        assert!(rig.harness.get_by_role_and_label(Role::TextInput, "Path").is_focused());
        rig.press(Modifiers::COMMAND, Key::A);
        let text = path.display().to_string();
        rig.harness.get_by_role_and_label(Role::TextInput, "Path").type_text(&text);
        rig.settle();
        rig.press(Modifiers::NONE, Key::Enter);
    };
    rig.press(Modifiers::COMMAND, Key::O);
    assert_eq!(rig.state().overlay, Some(Overlay::Path(Purpose::Document)));
    rig.harness.get_by_label_contains("This system shows no dialog for files");
    typed(&mut rig, &document);
    rig.wait_read(&document.display().to_string());
    assert_eq!(rig.state().overlay, None);
    rig.ask("Where is the brass lamp?");

    let export = folder.path().join("said.md");
    rig.press(Modifiers::COMMAND, Key::E);
    typed(&mut rig, &export);
    rig.wait("the file", |state| state.notices.contains(&Notice::Exported(export.clone())));
    let text = std::fs::read_to_string(&export).unwrap();
    assert!(text.contains("attic"), "{text}");
    rig.click("Dismiss");
    // A path that is typed is not asked back for, so what is there stays there.
    std::fs::write(&export, "mine").unwrap();
    rig.press(Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::E);
    assert!(rig.harness.query_by_label_contains("This system shows no dialog").is_none());
    typed(&mut rig, &export);
    rig.wait("trouble", |state| !state.notices.is_empty());
    rig.harness.get_by_label("There is a file of this name already. It was left as it is.");
    assert_eq!(std::fs::read_to_string(&export).unwrap(), "mine");
}

#[test]
fn of_a_long_conversation_only_what_is_near_is_laid_out() {
    let folder = scratch();
    let mut rig = Setup::new(folder.path()).open().with_handbook();
    let first = rig.ask("Which exit code means that the memory budget is too small?");
    let conversation = &mut rig.harness.state_mut().state.conversation;
    for id in 1..300 {
        conversation.turns.push(Turn { id, question: format!("Question {id}"), ..first.clone() });
    }
    conversation.target = Some(299);
    rig.settle();
    let numbers =
        |rig: &rig::Rig| rig.harness.query_all_by_label("Show quote 1 in the document").count();
    assert!((1..40).contains(&numbers(&rig)), "{} turns are laid out", numbers(&rig));
    rig.harness.get_by_label("Question 299");
    assert!(rig.harness.query_by_label("Question 3").is_none());
    // The others are where they were.
    rig.harness.state_mut().state.conversation.target = Some(3);
    rig.settle();
    let (clip, shown) = (rig.harness.ctx.content_rect(), rig.harness.get_by_label("Question 3"));
    assert!(clip.contains_rect(shown.rect()), "{:?}", shown.rect());
    assert!(rig.harness.query_by_label("Question 299").is_none());
}

#[test]
fn everything_is_kept_for_the_next_start() {
    let folder = scratch();
    {
        let mut rig = Setup::new(folder.path()).open().with_handbook();
        rig.ask("What is Carrel?");
        rig.perform(Action::SetZoom(1.2));
        rig.perform(Action::SetAsksAll(true));
    }
    let rig = Setup::new(folder.path()).open().with_handbook();
    let state = rig.state();
    assert_eq!((state.settings.zoom, state.settings.asks_all), (1.2, true));
    assert_eq!(state.conversation.turns.len(), 1);
    assert!(is_done(&state.conversation.turns[0]));
    assert_eq!(state.documents.len(), 1, "the handbook is not added twice");
}

#[test]
fn every_panel_has_a_key() {
    let folder = scratch();
    let mut setup = Setup::new(folder.path());
    setup.picks = Picks { documents: vec!["/no/such/file.txt".into()], ..Picks::default() };
    let mut rig = setup.open().with_handbook();
    for (modifiers, key, overlay) in [
        (Modifiers::COMMAND, Key::M, Overlay::Models),
        (Modifiers::COMMAND, Key::D, Overlay::Device),
        (Modifiers::COMMAND, Key::Comma, Overlay::Settings),
        (Modifiers::NONE, Key::F1, Overlay::Keys),
    ] {
        rig.press(modifiers, key);
        assert_eq!(rig.state().overlay, Some(overlay));
        rig.press(Modifiers::NONE, Key::Escape);
        assert_eq!(rig.state().overlay, None);
    }
    rig.press(Modifiers::COMMAND, Key::L);
    assert!(rig.harness.get_by_label("Your question").is_focused());
    rig.press(Modifiers::COMMAND, Key::R);
    let before = rig.state().page.visible.expect("a page");
    rig.press(Modifiers::NONE, Key::PageDown);
    let after = rig.state().page.visible.expect("a page");
    assert!(after.start > before.start && after.start < before.end, "{before:?} {after:?}");
    rig.press(Modifiers::NONE, Key::End);
    rig.settle();
    let end = rig.state().page.n_chars();
    assert_eq!(rig.state().page.visible.map(|seen| seen.end), Some(end));
    rig.press(Modifiers::NONE, Key::Home);
    rig.settle();
    assert_eq!(rig.state().page.visible.map(|seen| seen.start), Some(0));
    rig.press(Modifiers::COMMAND, Key::O);
    rig.wait("the pick", |state| state.documents.len() == 2);
    rig.press(Modifiers::COMMAND, Key::PageUp);
    assert_eq!(rig.state().page.document.as_deref(), Some(HANDBOOK));
    rig.ask("Which exit code means that the memory budget is too small?");
    rig.press(Modifiers::ALT, Key::Num1);
    assert_eq!(rig.state().conversation.chosen, Some(0));
    let dark = rig.harness.ctx.theme();
    rig.press(Modifiers::COMMAND, Key::T);
    assert_ne!(rig.harness.ctx.theme(), dark);
}

#[test]
fn settings_are_chosen_in_their_panel_and_by_keys() {
    let folder = scratch();
    let mut rig = Setup::new(folder.path()).open().with_handbook();
    rig.perform(Action::Overlay(Some(Overlay::Settings)));
    rig.click("Dark");
    assert_eq!(rig.harness.ctx.theme(), egui::Theme::Dark);
    rig.click("512 MiB");
    assert_eq!(rig.state().settings.memory_budget_bytes, Some(512 << 20));
    rig.click("中文");
    rig.harness.get_by_label("内存预算");
    assert!(rig.harness.query_by_label("Memory budget").is_none());
    rig.press(Modifiers::NONE, Key::Escape);
    let zoom = |rig: &rig::Rig| rig.harness.ctx.zoom_factor();
    rig.press(Modifiers::COMMAND, Key::Plus);
    assert!((zoom(&rig) - 1.1).abs() < 1e-3, "{}", zoom(&rig));
    rig.press(Modifiers::COMMAND, Key::Num0);
    assert!((zoom(&rig) - 1.0).abs() < 1e-3, "{}", zoom(&rig));
}

#[test]
fn an_idle_window_asks_for_no_frame() {
    let folder = scratch();
    let mut rig = Setup::new(folder.path()).open().with_handbook();
    rig.ask("What is Carrel?");
    for _ in 0..20 {
        rig.settle();
    }
    let delay = rig.harness.output().viewport_output[&egui::ViewportId::ROOT].repaint_delay;
    assert!(delay > std::time::Duration::from_secs(3_600), "a frame is due in {delay:?}");
}
