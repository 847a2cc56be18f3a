//! Lessons packed into rows of one length, as the training program reads them.
//!
//! A row is five arrays of `length` 16-bit little-endian numbers: ids; the document that a token
//! belongs to, from 1, with 0 for padding; the question, from 1, with 0 for the window; positions;
//! and the weight in thousandths with which the token is to be predicted. Every question stands
//! behind the window at the same positions and sees the window and itself, so a lesson of ten
//! questions is ten prompts of the product that share the cost of their window.

use std::io::Write;
use std::sync::mpsc;

use carrel_core::tokenizer::{EncodeOptions, Tokenizer};
use carrel_suite::dice::Dice;

use crate::error::Result;
use crate::held::Draw;
use crate::lesson::{Lesson, lesson};
use crate::prompt;
use crate::prose::Prose;
use crate::stage::Stage;

/// Rows of one chunk, which is made from lessons of its own.
const CHUNK: usize = 32;
/// Numbers of lessons that belong to one chunk.
const CHUNK_LESSONS: u64 = 1 << 16;
/// Fewest questions that are worth the window before them, where a document shares its row.
const LEAST_QUESTIONS: usize = 3;
/// Documents that are tried for the rest of a row.
const LOOK_AHEAD: usize = 6;
/// Weight of a token of the window, in thousandths: it teaches the language of documents.
const WINDOW_WEIGHT: u16 = 100;
/// Weight of a token of a reply, in thousandths.
const REPLY_WEIGHT: u16 = 1000;

/// What rows are made from.
#[derive(Debug, Clone, Copy)]
pub struct RowOptions<'a> {
    /// Seed of the lessons.
    pub seed: u64,
    /// Number of the first chunk, for training that goes on.
    pub first_chunk: u64,
    /// Stage of the lessons.
    pub stage: &'static Stage,
    /// Books that some lessons are made from; as many as the stage says.
    pub prose: &'a Prose,
    /// Tokens of a row.
    pub length: usize,
    /// Threads that make rows.
    pub n_threads: usize,
}

#[derive(Default, Clone)]
struct Row {
    ids: Vec<u16>,
    documents: Vec<u16>,
    questions: Vec<u16>,
    positions: Vec<u16>,
    weights: Vec<u16>,
}

/// Writes rows without end, in an order that does not depend on the number of threads.
///
/// # Errors
/// If `out` fails, which is how the reader ends it.
pub fn stream(tokenizer: &Tokenizer, options: &RowOptions<'_>, out: &mut impl Write) -> Result<()> {
    std::thread::scope(|scope| {
        let n_threads = options.n_threads.max(1) as u64;
        let queues: Vec<mpsc::Receiver<Result<Vec<u8>>>> = (0..n_threads)
            .map(|worker| {
                let (sender, receiver) = mpsc::sync_channel(2);
                scope.spawn(move || {
                    for number in 0.. {
                        let index = options.first_chunk + worker + number * n_threads;
                        if sender.send(chunk(tokenizer, options, index)).is_err() {
                            break;
                        }
                    }
                });
                receiver
            })
            .collect();
        // A worker ends only after its queue is dropped.
        for queue in queues.iter().cycle() {
            let Ok(bytes) = queue.recv() else { break };
            out.write_all(&bytes?)?;
        }
        Ok(())
    })
}

/// The rows of one chunk.
///
/// # Errors
/// If a text cannot be encoded.
pub fn chunk(tokenizer: &Tokenizer, options: &RowOptions<'_>, index: u64) -> Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(CHUNK * options.length * 10);
    let mut row = Row::default();
    let mut numbers = index * CHUNK_LESSONS..;
    let mut draw = || numbers.next().map(|number| drawn(options, number));
    let (mut n_rows, mut first_left) = (0, None);
    while n_rows < CHUNK {
        // A document that does not even fit alone is left out.
        let Some(lesson) = first_left.take().or_else(&mut draw) else { break };
        if row.add(tokenizer, &lesson, options)? || row.ids.is_empty() {
            continue;
        }
        // The first one that does not fit any more begins the next row.
        first_left = Some(lesson);
        for lesson in (0..LOOK_AHEAD).filter_map(|_| draw()) {
            row.add(tokenizer, &lesson, options)?;
        }
        row.flush(options.length, &mut bytes);
        n_rows += 1;
    }
    Ok(bytes)
}

/// The lesson with this number, from prose or not.
fn drawn(options: &RowOptions<'_>, number: u64) -> Lesson {
    let share = if options.prose.is_empty() { 0 } else { options.stage.prose };
    let from_prose = Dice::new(options.seed, &format!("kind {number}")).chance(share);
    from_prose
        .then(|| options.prose.lesson(options.seed, number, options.stage))
        .flatten()
        .unwrap_or_else(|| lesson(options.seed, number, Draw::TRAINING, options.stage))
}

impl Row {
    /// Adds a lesson with as many of its questions as fit; `false` if too few do.
    fn add(
        &mut self,
        tokenizer: &Tokenizer,
        lesson: &Lesson,
        options: &RowOptions<'_>,
    ) -> Result<bool> {
        let length = options.length;
        let plain = |text: &str| {
            tokenizer.encode(text, EncodeOptions { add_special: false, parse_special: false })
        };
        let control = |text: &str| tokenizer.id_of(text).unwrap_or_default();
        let mut window = vec![control(prompt::BEGIN)];
        window.extend(plain(&prompt::window(&lesson.world.sentences))?);
        let mut blocks = Vec::new();
        let mut used = self.ids.len() + window.len();
        for question in &lesson.questions {
            let mut asked = plain(&prompt::question(&question.text))?;
            asked.push(control(prompt::REPLY));
            let mut reply = plain(&question.reply())?;
            reply.push(control(prompt::END));
            if used + asked.len() + reply.len() > length {
                break;
            }
            used += asked.len() + reply.len();
            blocks.push((asked, reply));
        }
        let wanted = if self.ids.is_empty() { 1 } else { LEAST_QUESTIONS };
        if blocks.len() < wanted.min(lesson.questions.len()) {
            return Ok(false);
        }
        let document = self.documents.last().map_or(1, |last| last + 1);
        let n_window = window.len();
        // A sentence alone teaches no language that its reply does not.
        let weight = if options.stage.cited { 0 } else { WINDOW_WEIGHT };
        self.push(&window, document, 0, 0, weight);
        for (index, (asked, reply)) in blocks.iter().enumerate() {
            let question = index as u16 + 1;
            self.push(asked, document, question, n_window, 0);
            self.push(reply, document, question, n_window + asked.len(), REPLY_WEIGHT);
        }
        Ok(true)
    }

    fn push(&mut self, ids: &[u32], document: u16, question: u16, first: usize, weight: u16) {
        for (index, id) in ids.iter().enumerate() {
            self.ids.push(*id as u16);
            self.documents.push(document);
            self.questions.push(question);
            self.positions.push((first + index) as u16);
            self.weights.push(weight);
        }
    }

    /// Appends the row, padded, to `bytes` and empties it.
    fn flush(&mut self, length: usize, bytes: &mut Vec<u8>) {
        let arrays = [
            &mut self.ids,
            &mut self.documents,
            &mut self.questions,
            &mut self.positions,
            &mut self.weights,
        ];
        for array in arrays {
            array.resize(length, 0);
            bytes.extend(array.iter().flat_map(|number| number.to_le_bytes()));
            array.clear();
        }
    }
}
