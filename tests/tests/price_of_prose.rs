//! What is read of a library for a question about prose hardly grows with the books in it: counted in bytes, by a
//! store that counts.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use carrel_core::Result;
use carrel_core::memory::store::{
    BlockParts, ContentHash, Contents, DocumentRecord, MakePages, MemoryStore, Note, Notes, Part,
    Place, PlacedNote, Store,
};
use carrel_core::memory::{AskOptions, Library, Source};
use carrel_tests::shared_fixtures;

/// Of questions about prose, about people, things and what happens to them, in words that are everywhere.
const QUESTIONS: [&str; 12] = [
    "Who was the author of the letter that Elizabeth received?",
    "What did the old man say to his daughter before the marriage?",
    "Where did the captain find the white whale?",
    "Who wrote a letter to his sister about the marriage?",
    "Why was the old gentleman angry with his son?",
    "Which lady was walking in the garden with the colonel?",
    "What did the servant carry into the dining room?",
    "Who gave the ring to the woman in the black dress?",
    "What do people say about the black dog at the door?",
    "How did the doctor come to know about the money?",
    "Who came into the room while they were having dinner?",
    "Where is the private school that Violet Hunter heads in the end?",
];
/// Bytes read for a question of some 15 MB of novels on average, and how many times those of a quarter of them they are,
/// at most. They were 4.4 and 1.9 million where whole blocks were read for their sentences, which made the growth less:
/// of few blocks, most were read whole.
const MOST_BYTES: u64 = 1_000_000;
const MOST_GROWTH: f64 = 3.4;

/// A store that counts the bytes that are read of it.
struct Counting {
    store: MemoryStore,
    n_bytes: Arc<AtomicU64>,
}

impl Counting {
    fn count(&self, bytes: usize) {
        self.n_bytes.fetch_add(bytes as u64, Ordering::Relaxed);
    }
}

impl Notes for Counting {
    fn put_note(&mut self, owner: &str, place: Place, note: &Note, terms: &[u64]) -> Result<()> {
        self.store.put_note(owner, place, note, terms)
    }

    fn notes_of(&self, owner: &str, of: ContentHash) -> Result<Vec<(u32, Note)>> {
        self.store.notes_of(owner, of)
    }

    fn note_of_content(&self, content: ContentHash) -> Result<Option<Note>> {
        self.store.note_of_content(content)
    }

    fn notes_with(&self, term: u64) -> Result<Vec<u64>> {
        self.store.notes_with(term)
    }

    fn placed_note(&self, number: u64) -> Result<Option<PlacedNote>> {
        self.store.placed_note(number)
    }

    fn n_notes(&self) -> Result<u64> {
        self.store.n_notes()
    }

    fn keep_notes(&mut self, owner: &str, places: &BTreeSet<Place>) -> Result<()> {
        self.store.keep_notes(owner, places)
    }

    fn note_bytes(&self) -> Result<u64> {
        self.store.note_bytes()
    }
}

impl Store for Counting {
    fn contents(&self) -> Result<Arc<Contents>> {
        self.store.contents()
    }

    fn begin_read(&self) -> Result<()> {
        self.store.begin_read()
    }

    fn end_read(&self) {
        self.store.end_read();
    }

    fn has_block(&self, hash: ContentHash) -> Result<bool> {
        self.store.has_block(hash)
    }

    fn put_block(&mut self, owner: &str, hash: ContentHash, parts: &BlockParts) -> Result<()> {
        self.store.put_block(owner, hash, parts)
    }

    fn part(&self, hash: ContentHash, part: Part) -> Result<Vec<u8>> {
        self.store.part(hash, part).inspect(|bytes| self.count(bytes.len()))
    }

    fn text(&self, hash: ContentHash, range: Range<u32>) -> Result<Vec<u8>> {
        self.store.text(hash, range).inspect(|bytes| self.count(bytes.len()))
    }

    fn parts(&self, hash: ContentHash, first: Part, last: Part) -> Result<Vec<Vec<u8>>> {
        let parts = self.store.parts(hash, first, last)?;
        self.count(parts.iter().map(Vec::len).sum());
        Ok(parts)
    }

    fn part_bytes(&self, part: Part) -> Result<u64> {
        self.store.part_bytes(part)
    }

    fn has_directory(&self, run: ContentHash) -> Result<bool> {
        self.store.has_directory(run)
    }

    fn put_directory(&mut self, owner: &str, run: ContentHash, make: &mut MakePages) -> Result<()> {
        self.store.put_directory(owner, run, make)
    }

    fn directory_page(&self, run: ContentHash, page: u32) -> Result<Vec<u8>> {
        self.store.directory_page(run, page).inspect(|bytes| self.count(bytes.len()))
    }

    fn directory_bytes(&self) -> Result<u64> {
        self.store.directory_bytes()
    }

    fn put_document(&mut self, record: &DocumentRecord) -> Result<()> {
        self.store.put_document(record)
    }

    fn remove_document(&mut self, name: &str) -> Result<bool> {
        self.store.remove_document(name)
    }
}

/// The novels, and then again with their paragraphs in another order, so that no block stands there twice.
fn novels(books: &[String], n_times: usize) -> String {
    let mut text = String::new();
    for time in 0..n_times {
        for book in books {
            let paragraphs: Vec<&str> = book.split_inclusive("\n\n").collect();
            // Every so many pieces of some pages are told one after the other.
            let pieces: Vec<&[&str]> = paragraphs.chunks(40).collect();
            for first in 0..=time {
                let told = pieces.iter().skip(first).step_by(time + 1);
                told.for_each(|piece| text.extend(piece.iter().copied()));
            }
        }
    }
    text
}

#[test]
fn bytes_read_for_a_question_of_prose_hardly_grow_with_the_books() {
    let Some(fixtures) = shared_fixtures() else { return };
    let folder = fixtures.join("documents");
    let books = [
        "adventures-of-sherlock-holmes.txt",
        "prose/alice-in-wonderland.txt",
        "prose/moby-dick.txt",
        "prose/picture-of-dorian-gray.txt",
        "prose/pride-and-prejudice.txt",
        "prose/tale-of-two-cities.txt",
    ];
    let books = books.map(|book| std::fs::read_to_string(folder.join(book)).unwrap());
    let n_read = [1, 4].map(|n_times| {
        let n_bytes = Arc::new(AtomicU64::new(0));
        let store = Counting { store: MemoryStore::default(), n_bytes: Arc::clone(&n_bytes) };
        let mut library = Library::with_store(Box::new(store));
        library.open_document(&Source::text("novels", novels(&books, n_times))).unwrap();
        n_bytes.store(0, Ordering::Relaxed);
        for question in QUESTIONS {
            let before = n_bytes.load(Ordering::Relaxed);
            library.ask(question, &AskOptions::default()).unwrap();
            println!("{:9} bytes {question}", n_bytes.load(Ordering::Relaxed) - before);
        }
        n_bytes.load(Ordering::Relaxed)
    });
    println!("{n_read:?}");
    assert!(n_read[1] <= MOST_BYTES * QUESTIONS.len() as u64, "{n_read:?}");
    assert!(n_read[1] as f64 <= MOST_GROWTH * n_read[0] as f64, "{n_read:?}");
}
