//! Both stores keep the same contract; the file store also survives what files go through.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

use super::{
    BlockParts, BlockRef, ContentHash, Contents, DocumentRecord, MemoryStore, Part, PutPage,
    SHORT_RUN, SqliteStore, Store,
};
use crate::error::{Error, MemoryError};
use crate::memory::ingest::ingest;
use crate::memory::{AskOptions, Ingested, Library, Limits, Source};

/// A folder of its own under the system's folder for temporary files, removed when dropped.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("carrel-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).unwrap();
    }
}

fn parts(text: &str) -> (ContentHash, BlockParts) {
    let parts = BlockParts {
        text: text.to_owned(),
        layout: vec![1],
        terms: vec![2, 2],
        positions: vec![3, 3, 3],
        ..BlockParts::default()
    };
    (ContentHash::of_block(text), parts)
}

fn record(name: &str, blocks: &[ContentHash]) -> DocumentRecord {
    DocumentRecord {
        name: name.to_owned(),
        title: String::new(),
        source: ContentHash([0; 32]),
        format: "text".to_owned(),
        guessed_encoding: false,
        blocks: blocks
            .iter()
            .map(|hash| BlockRef {
                hash: *hash,
                bytes: 1,
                chars: 1,
                words: 1,
                sentences: 1,
                passages: 1,
                checksum: 1,
            })
            .collect(),
        sections: Vec::new(),
        pages: Vec::new(),
    }
}

/// Puts the directories that `record` needs, each with one page that tells its run.
fn put_directories(store: &mut dyn Store, record: &DocumentRecord) {
    for (directory, _) in record.directories() {
        let mut make =
            |_: &dyn Store, put: &mut PutPage| put(1, &[7]).and(put(0, &directory.0[..4]));
        store.put_directory(&record.name, directory, &mut make).unwrap();
    }
}

fn put(store: &mut dyn Store, record: &DocumentRecord) {
    put_directories(store, record);
    store.put_document(record).unwrap();
}

fn keeps_the_contract(store: &mut dyn Store) {
    let [(a, a_parts), (b, b_parts), (c, c_parts)] = [parts("a"), parts("b"), parts("c")];
    for _ in 0..2 {
        store.put_block("one", a, &a_parts).unwrap();
        store.put_block("one", b, &b_parts).unwrap();
    }
    let (first, other) = (record("one", &[a, b, a, b]), record("two", &[b, c, b, c]));
    put(store, &first);
    store.put_block("two", c, &c_parts).unwrap();
    put(store, &other);
    let directory_of = |record: &DocumentRecord| record.directories().next().unwrap().0;
    let (of_first, of_other) = (directory_of(&first), directory_of(&other));
    assert_eq!(store.directory_page(of_first, 0).unwrap(), of_first.0[..4]);
    assert_eq!(store.directory_page(of_first, 1).unwrap(), [7]);
    let n_directories = first.directories().chain(other.directories()).count() as u64;
    assert_eq!(store.directory_bytes().unwrap(), n_directories * 5);
    assert!(store.directory_page(of_first, 2).is_err());
    assert_eq!(store.part(c, Part::Positions).unwrap(), [3, 3, 3]);
    assert_eq!(store.part(b, Part::Text).unwrap(), b"b");
    assert_eq!(store.text(b, 0..1).unwrap(), b"b");
    assert!(store.text(b, 0..2).is_err());
    for (start, end) in [(1, 0), (4_000, 0), (4_001, 4_000), (u32::MAX, 1)] {
        let backwards = store.text(b, start..end);
        assert!(
            matches!(backwards, Err(Error::Memory(MemoryError::CorruptLibrary { .. }))),
            "{start}..{end}: {backwards:?}"
        );
    }
    let searched = [vec![1], vec![2, 2], vec![3, 3, 3]];
    assert_eq!(store.parts(b, Part::Layout, Part::Positions).unwrap(), searched);

    // An edit of "one" no longer needs a; b stays, "two" needs it.
    put(store, &record("one", &[b]));
    assert!(!store.has_directory(of_first).unwrap() && store.has_directory(of_other).unwrap());
    assert!(!store.has_block(a).unwrap());
    assert!(store.has_block(b).unwrap());
    let contents = store.contents().unwrap();
    let names: Vec<&str> = contents.documents.iter().map(|d| d.name.as_str()).collect();
    assert_eq!(names, ["one", "two"]);

    assert!(store.remove_document("two").unwrap());
    assert!(!store.remove_document("two").unwrap());
    assert!(store.has_block(b).unwrap() && !store.has_block(c).unwrap());
    assert!(!store.has_directory(of_other).unwrap());
    assert!(matches!(
        store.part(c, Part::Text),
        Err(Error::Memory(MemoryError::CorruptLibrary { .. }))
    ));
    assert!(matches!(
        store.parts(c, Part::Layout, Part::Positions),
        Err(Error::Memory(MemoryError::CorruptLibrary { .. }))
    ));
}

#[test]
fn both_stores_keep_the_contract() {
    keeps_the_contract(&mut MemoryStore::default());
    let folder = Folder::new("contract");
    keeps_the_contract(&mut SqliteStore::open(&folder.file("library")).unwrap());
}

#[test]
fn contents_are_read_again_only_after_somebody_wrote() {
    let folder = Folder::new("contents");
    let path = folder.file("library");
    let (mut ours, mut theirs) =
        (SqliteStore::open(&path).unwrap(), SqliteStore::open(&path).unwrap());
    let (a, a_parts) = parts("a");
    let put = |store: &mut SqliteStore, name: &str| {
        store.put_block(name, a, &a_parts).unwrap();
        let document = record(name, &[a]);
        put_directories(store, &document);
        store.put_document(&document).unwrap();
    };
    let names = |contents: &Contents| -> Vec<String> {
        contents.documents.iter().map(|document| document.name.clone()).collect()
    };
    put(&mut ours, "one");
    let first = ours.contents().unwrap();
    assert!(Arc::ptr_eq(&first, &ours.contents().unwrap()), "nobody wrote");
    // Another connection's document is seen, but not by a read that began before.
    ours.begin_read().unwrap();
    put(&mut theirs, "two");
    assert_eq!(names(&ours.contents().unwrap()), ["one"]);
    ours.end_read();
    assert_eq!(names(&ours.contents().unwrap()), ["one", "two"]);
    ours.begin_read().unwrap();
    let second = ours.contents().unwrap();
    ours.end_read();
    assert_eq!((second.blocks.len(), second.n_words), (2, 2));
    assert_eq!(second.runs.iter().map(|run| run.blocks.clone()).collect::<Vec<_>>(), [0..1, 1..2]);
    // What the connection writes itself is seen, too.
    assert!(ours.remove_document("one").unwrap());
    assert_eq!(names(&ours.contents().unwrap()), ["two"]);
    let only = second.only(&["two".to_owned()]).unwrap();
    assert_eq!((only.blocks.len(), only.blocks[0].document), (1, 0));
    let unknown = second.only(&["three".to_owned()]);
    assert!(matches!(unknown, Err(Error::Memory(MemoryError::UnknownDocument { .. }))));
}

#[test]
fn a_document_without_its_blocks_is_refused_and_changes_nothing() {
    let folder = Folder::new("incomplete");
    let mut store = SqliteStore::open(&folder.file("library")).unwrap();
    let (a, a_parts) = parts("a");
    let document = record("one", &[a; SHORT_RUN + 1]);
    put_directories(&mut store, &document);
    let refused = store.put_document(&document);
    assert!(matches!(refused, Err(Error::Memory(MemoryError::Storage { .. }))));
    // Nor is one without its directories.
    let mut store = SqliteStore::open(&folder.file("without directories")).unwrap();
    store.put_block("one", a, &a_parts).unwrap();
    let refused = store.put_document(&document);
    assert!(matches!(refused, Err(Error::Memory(MemoryError::Storage { .. }))));
    assert!(store.contents().unwrap().documents.is_empty());
}

#[test]
fn foreign_damaged_and_newer_files_are_told_apart() {
    let folder = Folder::new("foreign");
    let problem = |name: &str| match SqliteStore::open(&folder.file(name)) {
        Err(Error::Memory(error)) => error,
        other => panic!("{other:?}"),
    };
    std::fs::write(
        folder.file("text"),
        "not a database, but long enough to be looked at".repeat(99),
    )
    .unwrap();
    assert!(matches!(problem("text"), MemoryError::ForeignLibrary { .. }));

    let other = rusqlite::Connection::open(folder.file("other")).unwrap();
    other.execute_batch("CREATE TABLE t(x)").unwrap();
    drop(other);
    assert!(matches!(problem("other"), MemoryError::ForeignLibrary { .. }));

    drop(SqliteStore::open(&folder.file("newer")).unwrap());
    let newer = rusqlite::Connection::open(folder.file("newer")).unwrap();
    newer.pragma_update(None, "user_version", 99).unwrap();
    drop(newer);
    assert!(matches!(problem("newer"), MemoryError::LibraryVersion { found: 99, .. }));

    assert!(SqliteStore::open(&folder.0).is_err());
}

fn book() -> String {
    (0..20_000)
        .map(|n| format!("Keeper number {n} wrote the figure {} in the book.\n\n", n * 31 + 7))
        .collect()
}

#[test]
fn a_stopped_ingestion_resumes_to_the_same_library() {
    let folder = Folder::new("resume");
    let source = Source::text("book", book());
    let mut whole = Library::in_memory();
    whole.open_document(&source).unwrap();
    let mut library = Library::open(folder.file("library")).unwrap();
    let stopped = library.add(&source, &mut |_| ControlFlow::Break(())).unwrap();
    assert_eq!(stopped, Ingested::Cancelled);
    assert!(library.documents().unwrap().is_empty());
    drop(library);

    let mut library = Library::open(folder.file("library")).unwrap();
    let mut last = None;
    library
        .add(&source, &mut |progress| {
            last = Some(progress);
            ControlFlow::Continue(())
        })
        .unwrap();
    assert_eq!(last.map(|progress| progress.blocks_kept), Some(1));
    assert_eq!(library.index_hash().unwrap(), whole.index_hash().unwrap());
    assert!(matches!(
        library.add(&source, &mut |_| ControlFlow::Continue(())),
        Ok(Ingested::Unchanged(_))
    ));
    let answer = library.ask("What figure did keeper 777 write?", &AskOptions::default()).unwrap();
    assert!(answer.answer.contains("24094"), "{answer:?}");
}

fn tells_parts_of_texts(store: &mut dyn Store) {
    let (hash, parts) = parts(&(0..9_000).map(|n| format!("{n} é")).collect::<String>());
    store.put_block("one", hash, &parts).unwrap();
    let text = parts.text.as_bytes();
    assert_eq!(store.part(hash, Part::Text).unwrap(), text);
    assert_eq!(store.part_bytes(Part::Text).unwrap(), text.len() as u64);
    for start in [0, 1, 3_999, 4_000, 4_001, 7_999, 40_000] {
        for length in [0, 1, 3_999, 4_000, 4_001, 9_000] {
            let held = store.text(hash, start..start + length).unwrap();
            assert_eq!(held, text[start as usize..(start + length) as usize]);
        }
    }
    assert!(store.text(hash, 0..text.len() as u32 + 1).is_err());
}

#[test]
fn a_part_of_a_text_is_read_alone() {
    let folder = Folder::new("pieces");
    tells_parts_of_texts(&mut MemoryStore::default());
    tells_parts_of_texts(&mut SqliteStore::open(&folder.0.join("library")).unwrap());
}

#[test]
fn a_document_derived_by_older_rules_is_made_again() {
    let source = Source::text("book", book());
    let mut fresh = MemoryStore::default();
    let limits = Limits::default();
    let mut go_on = |_| ControlFlow::Continue(());
    let added = ingest(&mut fresh, &source, &limits, &mut go_on).unwrap();
    let Ingested::Added(record) = added else { panic!("{added:?}") };
    // The same blocks as another version hashed them.
    let mut old = MemoryStore::default();
    let mut older = record.clone();
    for block in &mut older.blocks {
        let part = |part| fresh.part(block.hash, part).unwrap();
        let text = String::from_utf8(part(Part::Text)).unwrap();
        block.hash.0.reverse();
        old.put_block("book", block.hash, &BlockParts { text, ..BlockParts::default() }).unwrap();
    }
    old.put_document(&older).unwrap();
    assert_eq!(
        ingest(&mut old, &source, &limits, &mut go_on).unwrap(),
        Ingested::Added(record.clone())
    );
    for block in &record.blocks {
        for part in Part::ALL {
            assert_eq!(old.part(block.hash, part).unwrap(), fresh.part(block.hash, part).unwrap());
        }
    }
    assert_eq!(
        ingest(&mut old, &source, &limits, &mut go_on).unwrap(),
        Ingested::Unchanged(record)
    );
}

#[test]
fn an_edit_redoes_only_what_changed() {
    let text = book();
    let mut library = Library::in_memory();
    library.open_document(&Source::text("book", text.clone())).unwrap();
    let edited = text.replace("Keeper number 777 ", "Keeper number 777, much later, ");
    let mut last = None;
    library
        .add(&Source::text("book", edited.clone()), &mut |progress| {
            last = Some(progress);
            ControlFlow::Continue(())
        })
        .unwrap();
    let last = last.unwrap();
    assert!(last.blocks_kept >= 1 && last.blocks_indexed <= 2, "{last:?}");
    let mut fresh = Library::in_memory();
    fresh.open_document(&Source::text("book", edited)).unwrap();
    assert_eq!(library.index_hash().unwrap(), fresh.index_hash().unwrap());
}

#[test]
fn a_damaged_library_gives_typed_errors_or_true_answers() {
    let text: String = book().chars().take(90_000).collect();
    damage(Folder::new("damaged"), &text, "What figure did keeper 777 write?");
}

#[test]
fn a_damaged_library_of_packed_dictionaries_gives_typed_errors_or_true_answers() {
    // Words of ten letters that all differ.
    let word = |n: u64| {
        let spread = n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 24;
        let letters = (0..10).map(|at| char::from(b'a' + (spread >> (4 * at) & 15) as u8));
        letters.chain([' ']).collect::<String>()
    };
    let text: String = (0..24_000).map(word).collect();
    let mut library = Library::in_memory();
    library.open_document(&Source::text("list", text.clone())).unwrap();
    let sizes = library.sizes().unwrap();
    assert!(sizes.index_bytes < sizes.text_bytes, "{sizes:?}");
    let asked = text.split(' ').nth(9_000).unwrap();
    damage(Folder::new("damaged-list"), &text, &format!("What stands behind {asked}?"));
}

/// Damages a library of `text` in many ways and asks it.
fn damage(folder: Folder, text: &str, question: &str) {
    let whole = folder.file("whole");
    Library::open(&whole).unwrap().open_document(&Source::text("book", text)).unwrap();
    let bytes = std::fs::read(&whole).unwrap();
    let path = folder.file("damaged");
    let mut state = 99_u64;
    let mut draw = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 33) as usize % below
    };
    for round in 0..120 {
        let mut damaged = bytes.clone();
        if round % 3 == 0 {
            damaged.truncate(draw(bytes.len()));
        } else {
            let at = draw(bytes.len());
            let end = (at + 1 + draw(64)).min(bytes.len());
            damaged[at..end].iter_mut().for_each(|byte| *byte ^= 1 << (round % 8));
        }
        std::fs::write(&path, &damaged).unwrap();
        for ending in ["-wal", "-shm"] {
            let _ = std::fs::remove_file(folder.file(&format!("damaged{ending}")));
        }
        let tried = Library::open(&path).and_then(|mut library| {
            library.index_hash()?;
            let answer = library.ask(question, &AskOptions::default())?;
            library.open_document(&Source::text("more", "A note was left here."))?;
            Ok(answer)
        });
        match tried {
            Ok(answer) => {
                for citation in answer.citations {
                    let (start, end) = (citation.start as usize, citation.end as usize);
                    let there: String = text.chars().skip(start).take(end - start).collect();
                    assert_eq!(citation.quote, there, "round {round}");
                }
            }
            Err(Error::Memory(_) | Error::File { .. }) => {}
            Err(other) => panic!("round {round}: {other}"),
        }
    }
}

#[test]
fn two_writers_wait_for_each_other() {
    let folder = Folder::new("writers");
    let path = folder.file("library");
    std::thread::scope(|scope| {
        for writer in 0..2 {
            let path = &path;
            scope.spawn(move || {
                let mut library = Library::open(path).unwrap();
                for n in 0..5 {
                    let text = format!("Writer {writer} wrote note {n}.");
                    library.open_document(&Source::text(format!("{writer}-{n}"), text)).unwrap();
                }
            });
        }
    });
    assert_eq!(Library::open(&path).unwrap().documents().unwrap().len(), 10);
}
