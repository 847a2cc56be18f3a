//! What a model writes about documents: begun, refused, cancelled, continued and dropped by an app.

use std::path::Path;
use std::sync::Arc;

use carrel_core::engine::{Engine as EngineOfCore, ProbeFolder};
use carrel_core::memory::probe::{ProbeReport, SkillScore};
use carrel_ffi::{CarrelError, Chunk, ChunkStream, Engine, EngineOptions, Library, Source};
use carrel_sdk_tests::models::{engine, model, options, pull};

/// An engine of a tiny model whose report says that it may do everything.
fn trusted(folder: &Path) -> Arc<Engine> {
    let path = model(folder);
    let score = SkillScore { probes: 12, model: 12, code: 0 };
    let mut report = ProbeReport::default();
    report.scores.fill(score);
    report.spans = score;
    assert!(report.writes());
    let hash = EngineOfCore::open(&path, &Default::default()).expect("opens").model().sha256();
    ProbeFolder::new(folder.join("probes")).save(&hash, &report).expect("written");
    let state_folder = Some(folder.display().to_string());
    let options = EngineOptions { state_folder, context_tokens: Some(1_024), ..options(&path) };
    Engine::open(options).expect("opens")
}

/// A document of many windows.
fn add(library: &Arc<Library>) {
    let line = |n| format!("On day {n} the keeper wrote {} lines about the sea. ", n * 7);
    let text: String = (0..400).map(line).collect();
    let source = Source::Bytes { name: "log.txt".into(), bytes: text.into_bytes() };
    pull(&library.add(source, None).expect("begins"), 8);
}

fn failure(stream: &ChunkStream) -> CarrelError {
    loop {
        match stream.next(8) {
            Ok(chunks) => assert!(!chunks.is_empty(), "a failure comes"),
            Err(error) => return error,
        }
    }
}

#[test]
fn a_model_that_is_not_proved_may_not_write() {
    let folder = tempfile::tempdir().expect("a folder");
    let library = Library::open(None).expect("opens");
    add(&library);
    let stream = library.digest(engine(folder.path()), Vec::new(), None, None).expect("begins");
    let refused = failure(&stream);
    assert!(
        matches!(&refused, CarrelError::Unusable { what, .. } if what == "model"),
        "{refused:?}"
    );
}

#[test]
fn a_pass_is_cancelled_and_goes_on_where_it_was() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("papers.carrel").display().to_string();
    let library = Library::open(Some(path)).expect("opens");
    let engine = trusted(folder.path());
    let digest = |documents: &[&str], most_seconds| {
        let documents = documents.iter().map(|name| (*name).to_owned()).collect();
        library.digest(engine.clone(), documents, most_seconds, None).expect("begins")
    };
    let empty = failure(&digest(&[], None));
    assert!(matches!(empty, CarrelError::Missing { .. }), "{empty:?}");
    add(&library);
    let unknown = failure(&digest(&["none.txt"], None));
    assert!(matches!(unknown, CarrelError::Missing { .. }), "{unknown:?}");
    let stream = digest(&[], None);
    let first = stream.next(1).expect("progress");
    assert!(matches!(first[..], [Chunk::Progress { done, total }] if done < total), "{first:?}");
    stream.cancel();
    assert_eq!(pull(&stream, 8).1, Chunk::Cancelled);
    assert_eq!(pull(&digest(&[], Some(0)), 8).1, Chunk::Digested { is_complete: false });
    // What was written before is there at once, the rest is written.
    let stream = digest(&["log.txt"], None);
    assert_eq!(pull(&stream, 8).1, Chunk::Digested { is_complete: true });
    assert_eq!(pull(&digest(&[], Some(0)), 8).1, Chunk::Digested { is_complete: true });
    library.forget_digest("log.txt".into()).expect("dropped");
    assert_eq!(pull(&digest(&[], Some(0)), 8).1, Chunk::Digested { is_complete: false });
    let unknown = library.forget_digest("none.txt".into());
    assert!(matches!(unknown, Err(CarrelError::Missing { .. })), "{unknown:?}");
}
