//! Libraries: added to with progress, cancelled and continued, asked with and without a model, looked
//! at while a document is being read, and the errors of all that.

use std::sync::Arc;
use std::time::{Duration, Instant};

use carrel_core::engine::{Engine as EngineOfCore, ProbeFolder};
use carrel_core::memory::Reading;
use carrel_core::memory::probe::SkillScore;
use carrel_ffi::{
    Answer, AnswerStatus, AskOptions, CarrelError, Chunk, Engine, EngineOptions, Library, Profile,
    Source,
};
use carrel_sdk_tests::models::{engine, model, options, pull};

const LOG: &str = "# The lighthouse\n\nThe keeper was Ines Duarte. The storm broke the lamp in March. \
                   Ines Duarte repaired the lamp with copper wire.\n";

fn bytes(name: &str, text: &str) -> Source {
    Source::Bytes { name: name.to_owned(), bytes: text.as_bytes().to_vec() }
}

/// A text of `n` sentences that all differ.
fn long_text(n: u32) -> String {
    (0..n).map(|i| format!("On day {i} the keeper wrote {} lines about the sea. ", i * 7)).collect()
}

fn ask(library: &Arc<Library>, question: &str) -> Answer {
    let stream = library.ask(question.into(), AskOptions::default(), None, None).expect("begins");
    match pull(&stream, 8) {
        (text, Chunk::Answered { answer }) => {
            assert_eq!(text, answer.text);
            answer
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_document_is_read_asked_looked_at_and_removed() {
    for library in [Library::open(None).expect("opens"), {
        let folder = tempfile::tempdir().expect("a folder");
        Library::open(Some(folder.keep().join("papers.carrel").display().to_string()))
            .expect("opens")
    }] {
        let add = || pull(&library.add(bytes("log.md", LOG), None).expect("begins"), 8).1;
        match add() {
            Chunk::Added { document, changed: true } => {
                assert_eq!(
                    (document.name.as_str(), document.format.as_str()),
                    ("log.md", "Markdown")
                );
                assert_eq!(document.characters, LOG.chars().count() as u64);
            }
            other => panic!("{other:?}"),
        }
        assert!(matches!(add(), Chunk::Added { changed: false, .. }), "it is there as it is");
        let answer = ask(&library, "Who repaired the lamp?");
        assert_eq!(answer.status, AnswerStatus::Answered);
        assert!(answer.text.contains("Ines Duarte"), "{}", answer.text);
        let citation = &answer.citations[0];
        let quoted = library.text("log.md".into(), citation.start, citation.end).expect("there");
        assert_eq!(quoted, citation.quote);
        assert_eq!(library.text("log.md".into(), 2, 9999).expect("there"), &LOG[2..]);
        let outline = library.outline("log.md".into()).expect("there");
        assert_eq!(outline.sections[0].title, "The lighthouse");
        let found = library.search("copper wire".into(), 3, Vec::new()).expect("found");
        assert!(found[0].citation.quote.contains("copper wire"));
        let edited = LOG.replace("Ines Duarte", "Omar Haddad");
        pull(&library.add(bytes("log.md", &edited), None).expect("begins"), 8);
        assert!(ask(&library, "Who repaired the lamp?").text.contains("Omar Haddad"));
        assert_eq!(library.documents().expect("listed").len(), 1);
        library.remove("log.md".into()).expect("removed");
        assert!(library.documents().expect("listed").is_empty());
    }
}

#[test]
fn reading_is_cancelled_at_once_and_goes_on_where_it_was() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("library").display().to_string();
    let library = Library::open(Some(path)).expect("opens");
    let text = long_text(60_000);
    let stream = library.add(bytes("diary.txt", &text), None).expect("begins");
    let first = stream.next(1).expect("progress");
    assert!(matches!(first[0], Chunk::Progress { done, total } if done < total), "{first:?}");
    let asked = Instant::now();
    stream.cancel();
    assert_eq!(pull(&stream, 8).1, Chunk::Cancelled);
    // Measured: below 30 ms, the time of one block.
    assert!(asked.elapsed() < Duration::from_millis(100), "{:?}", asked.elapsed());
    assert!(library.documents().expect("listed").is_empty(), "not before it is whole");
    let again = library.add(bytes("diary.txt", &text), None).expect("begins");
    assert!(matches!(pull(&again, 8).1, Chunk::Added { changed: true, .. }));
}

#[test]
fn a_library_in_a_file_is_asked_while_a_document_is_being_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("library").display().to_string();
    let library = Library::open(Some(path)).expect("opens");
    pull(&library.add(bytes("log.md", LOG), None).expect("begins"), 8);
    let stream = library.add(bytes("diary.txt", &long_text(60_000)), None).expect("begins");
    stream.next(1).expect("progress");
    assert!(ask(&library, "Who repaired the lamp?").text.contains("Ines Duarte"));
    assert_eq!(library.documents().expect("listed").len(), 1, "the diary is not whole yet");
    library.suspend();
    library.resume();
    assert!(matches!(pull(&stream, 8).1, Chunk::Added { .. }));
}

#[test]
fn a_model_may_help_and_quotes_stay_true() {
    let folder = tempfile::tempdir().expect("a folder");
    let library = Library::open(None).expect("opens");
    pull(&library.add(bytes("log.md", LOG), None).expect("begins"), 8);
    let options = AskOptions { profile: Some(Profile::Deep), ..AskOptions::default() };
    // No plan of code alone is for this.
    let question = "What was the lamp repaired with?".to_owned();
    let engine = engine(folder.path());
    let stream =
        library.ask(question.clone(), options.clone(), Some(engine.clone()), None).expect("begins");
    let Chunk::Answered { answer } = pull(&stream, 8).1 else { panic!("an answer") };
    for citation in &answer.citations {
        let text = library.text("log.md".into(), citation.start, citation.end).expect("there");
        assert_eq!(text, citation.quote);
    }
    let estimate = |engine| library.estimate(question.clone(), options.clone(), engine);
    // The model was asked, so it is known that it may do nothing, and that this takes no time.
    let (with, without) = (estimate(Some(engine)).expect("known"), estimate(None).expect("known"));
    assert!(with.passages > 0 && without.passages > 0);
    assert!(with.windows == 0 && with.seconds.is_some() && without.seconds.is_some());
    // Of one that was never asked nobody knows what it may do, nor how fast.
    let path = model(folder.path());
    let long = EngineOptions { context_tokens: Some(4096), ..self::options(&path) };
    let unasked = estimate(Some(Engine::open(long).expect("opens"))).expect("known");
    assert!(unasked.windows > 0 && unasked.prompt_tokens > 0 && unasked.seconds.is_none());
}

/// Asks with a model, and tells every progress before the answer.
fn watched(library: &Library, engine: &Arc<Engine>) -> (Vec<(u64, u64)>, Answer) {
    let question = "Who repaired the lamp?".to_owned();
    let stream =
        library.ask(question, AskOptions::default(), Some(engine.clone()), None).expect("begins");
    let mut told = Vec::new();
    loop {
        for chunk in stream.next(1).expect("no failure") {
            match chunk {
                Chunk::Progress { done, total } => told.push((done, total)),
                Chunk::Answered { answer } => return (told, answer),
                _ => {}
            }
        }
    }
}

/// Questions of a probe.
const PROBES: u64 = 96;

#[test]
fn a_model_is_probed_once_and_does_only_what_its_probe_found() {
    let folder = tempfile::tempdir().expect("a folder");
    let library = Library::open(None).expect("opens");
    pull(&library.add(bytes("log.md", LOG), None).expect("begins"), 8);
    let path = model(folder.path());
    let guarded = || {
        let state_folder = Some(folder.path().display().to_string());
        Engine::open(EngineOptions { state_folder, ..options(&path) }).expect("opens")
    };
    let engine = guarded();
    // A library without documents is no reason to probe.
    let nothing = Library::open(None).expect("opens");
    let stream = nothing.ask("Who?".into(), AskOptions::default(), Some(engine.clone()), None);
    assert!(matches!(stream.expect("begins").next(9), Err(CarrelError::Missing { .. })));
    let cancelled = library
        .ask("Who repaired the lamp?".into(), AskOptions::default(), Some(engine.clone()), None)
        .expect("begins");
    let first = cancelled.next(1).expect("progress");
    assert!(matches!(first[..], [Chunk::Progress { total, .. }] if total > PROBES), "{first:?}");
    cancelled.cancel();
    assert_eq!(pull(&cancelled, 8).1, Chunk::Cancelled);
    let probes = ProbeFolder::new(folder.path().join("probes"));
    let hash = EngineOfCore::open(&path, &Default::default()).expect("opens").model().sha256();
    assert_eq!(probes.load(&hash), None, "half a probe is none");
    let (told, answer) = watched(&library, &engine);
    assert!(told.iter().any(|(done, _)| *done == PROBES), "{told:?}");
    assert!(told.windows(2).all(|pair| pair[0].0 < pair[1].0), "it only goes on: {told:?}");
    // Random weights point nowhere, so code answers alone, and right.
    assert_eq!((answer.usage.prompt_tokens, answer.status), (0, AnswerStatus::Answered));
    assert_eq!(watched(&library, &engine).0, [], "probed once by an engine");
    assert_eq!(watched(&library, &guarded()).0, [], "and once by all that keep what it found");
    let mut report = probes.load(&hash).expect("kept");
    assert_eq!(report.reading(), Reading::Nothing);
    let score = SkillScore { probes: 12, model: 12, code: 0 };
    report.scores.fill(score);
    report.spans = score;
    probes.save(&hash, &report).expect("written");
    let (told, answer) = watched(&library, &guarded());
    assert!(answer.usage.prompt_tokens > 0, "a model that is said to point is asked: {answer:?}");
    assert!(told.last().is_some_and(|(done, total)| (1..=8).contains(total) && done <= total));
    let instant = AskOptions { profile: Some(Profile::Instant), ..AskOptions::default() };
    let stream = library.ask("Who repaired the lamp?".into(), instant, Some(guarded()), None);
    let (_, Chunk::Answered { answer }) = pull(&stream.expect("begins"), 8) else { panic!("one") };
    assert_eq!(answer.usage.prompt_tokens, 0, "an instant answer is without a model");
}

#[test]
fn errors_say_what_and_where() {
    let library = Library::open(None).expect("opens");
    let failure = |stream: Result<Arc<carrel_ffi::ChunkStream>, CarrelError>| {
        let stream = stream.expect("begins");
        loop {
            match stream.next(8) {
                Ok(chunks) => assert!(!chunks.is_empty(), "a failure comes"),
                Err(error) => return error,
            }
        }
    };
    let asked = |question: &str| library.ask(question.into(), AskOptions::default(), None, None);
    assert!(matches!(failure(asked("Who?")), CarrelError::Missing { .. }), "an empty library");
    assert!(matches!(failure(asked(" ")), CarrelError::Invalid { .. }), "an empty question");
    let gone = Source::File { path: "/no/such/file.txt".into(), name: None };
    assert!(matches!(failure(library.add(gone, None)), CarrelError::Missing { .. }));
    let binary = Source::Bytes { name: "a.txt".into(), bytes: vec![0, 1, 2, 3] };
    assert!(matches!(failure(library.add(binary, None)), CarrelError::Unusable { .. }));
    let unknown = library.remove("nothing.txt".into());
    assert!(matches!(unknown, Err(CarrelError::Missing { .. })), "{unknown:?}");
    let folder = tempfile::tempdir().expect("a folder");
    let foreign = folder.path().join("foreign");
    std::fs::write(&foreign, "some other file, long enough to be looked at").expect("written");
    let refused = Library::open(Some(foreign.display().to_string())).err();
    assert!(matches!(refused, Some(CarrelError::Unusable { .. })), "{refused:?}");
    let nowhere = Library::open(Some("/proc/no/library".into())).err();
    assert!(
        matches!(nowhere, Some(CarrelError::Storage { .. } | CarrelError::Missing { .. })),
        "{nowhere:?}"
    );
}
