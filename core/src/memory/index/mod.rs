//! Room `memory`, folder `index`: what is computed once from a block so that questions are quick.
//!
//! Why own postings, and not SQLite FTS5 or tantivy: FTS5 needs one table for exact and one for
//! stemmed words and a tokenizer written against its C interface for Chinese; tantivy keeps files
//! of its own beside the library, which a killed process can leave out of step with it, and asks
//! for 15 MB of heap per writer. Here the index of a block is a pure function of the block's text,
//! stored in the same transaction and found by the same hash, so resuming, editing and checking
//! need no code of their own. One exact dictionary serves stemmed search too (`postings`).
//!
//! ```text
//! a block      postings             every word and where it stands; names and ledger; summary, standalone
//! a run        directory            the words of some hundreds of blocks: merging, pages, packing
//!              lists                in which blocks a word stands, of prose in which sentences
//!              outline, pairs       how long sentences are; which blocks can hold two words side by side
//! a question   patterns             its words and phrases: stems, stopwords, thesaurus, beginnings
//!              spread               which blocks and sentences can hold them: lookup, told
//!              search               passages and sentences by BM25: occurrences, tally, scoring, hits
//! all blocks   corpus, excerpt      read one by one, or some passages of one; the last few kept
//! ```

pub mod beginnings;
pub mod corpus;
pub mod directory;
pub mod excerpt;
pub mod hits;
pub mod ledger;
pub mod lists;
pub mod lookup;
pub mod merging;
pub mod names;
pub mod occurrences;
pub mod outline;
pub mod packing;
pub mod pages;
pub mod pairs;
pub mod patterns;
pub mod postings;
pub mod scoring;
pub mod search;
pub mod spread;
pub mod standalone;
pub mod stems;
pub mod stopwords;
pub mod summary;
pub mod tally;
pub mod thesaurus;
pub mod told;
