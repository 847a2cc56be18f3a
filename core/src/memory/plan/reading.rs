//! Reading with a model: the windows around the best candidates, one at a time.
//!
//! Two gates: a reading is written only if it points to a sentence that no reading pointed to before, and
//! reading stops when a question for one thing has one. For one thing only the windows of the best places and
//! of those nearly as good are read, of the latest the newest first: what a model finds in the others is
//! mostly something else.

use std::ops::Range;

use super::budget::NEARLY_AS_GOOD;
use super::covering::Candidate;
use super::question::Question;
use super::reader::{Read, Reader};
use crate::error::Result;
use crate::memory::answer::{Finding, one_line};
use crate::memory::index::corpus::SentenceId;
use crate::memory::model::Pointer;

/// Lets the model read the windows around the best candidates. `None` if it points to nothing.
///
/// # Errors
/// If the store cannot be read or is damaged, or the model fails.
pub fn read_windows(
    reader: &Reader,
    pointer: &mut Pointer,
    question: &Question,
    candidates: &[Candidate],
) -> Result<Option<Finding>> {
    let mut finding = Finding::default();
    let mut spans: Vec<String> = Vec::new();
    let candidates = &worth_reading(question, candidates, pointer.least_share());
    let windows = windows(reader, candidates)?;
    pointer.expect(windows.len());
    'windows: for (block, range) in windows {
        if !pointer.has_model() {
            finding.incomplete = question.many;
            break;
        }
        let held = reader.corpus.block(block)?;
        let sentences: Vec<Read> = range
            .map(|sentence| Read {
                id: SentenceId { block, sentence: sentence as u32 },
                text: held.sentences(sentence..sentence + 1).trim().to_owned(),
            })
            .collect();
        for run in runs(pointer, question, &sentences, candidates) {
            let Some(pointed) = pointer.point(&sentences[run], &question.text)? else { continue };
            let mut new = false;
            for id in pointed.sentences {
                if !finding.evidence.contains(&(id, 1)) {
                    finding.evidence.push((id, 1));
                    new = true;
                }
            }
            if let (true, Some(span)) = (new, pointed.span)
                && !spans.contains(&span)
            {
                spans.push(span);
            }
            if new && !question.many {
                break 'windows;
            }
        }
    }
    if finding.evidence.is_empty() {
        return Ok(None);
    }
    if spans.is_empty() {
        for (id, _) in &finding.evidence {
            spans.push(one_line(&reader.corpus.sentence(*id)?));
        }
    }
    finding.answer = Some(spans.join(", "));
    Ok(Some(finding))
}

/// The candidates whose windows are read, in the order in which they are: for a list all of them, and otherwise
/// those with so much of the best one's score.
fn worth_reading(
    question: &Question,
    candidates: &[Candidate],
    least_share: f32,
) -> Vec<Candidate> {
    let mut out = candidates.to_vec();
    let Some(best) = out.first().map(|best| best.score).filter(|_| !question.many) else {
        return out;
    };
    out.retain(|candidate| candidate.score >= least_share * best);
    let n_good = out.partition_point(|candidate| candidate.score >= NEARLY_AS_GOOD * best);
    if question.latest || question.earliest {
        out[..n_good].sort_by_key(|candidate| candidate.id);
    }
    if question.latest {
        out[..n_good].reverse();
    }
    out
}

/// What the model is shown of a window: all of it, or, where its context is too short for that, the runs of
/// sentences that have candidates in them, the best first.
fn runs(
    pointer: &Pointer,
    question: &Question,
    sentences: &[Read],
    candidates: &[Candidate],
) -> Vec<Range<usize>> {
    let mut out: Vec<Range<usize>> = Vec::new();
    let all = pointer.runs(sentences, &question.text);
    for candidate in candidates {
        let has = |run: &&Range<usize>| {
            sentences[(*run).clone()].iter().any(|read| read.id == candidate.id)
        };
        if let Some(run) = all.iter().find(has).filter(|run| !out.contains(run)) {
            out.push(run.clone());
        }
    }
    out
}

/// The windows of the candidates' passages, the best first, none twice.
///
/// # Errors
/// If the store cannot be read or is damaged.
fn windows(reader: &Reader, candidates: &[Candidate]) -> Result<Vec<(u32, Range<usize>)>> {
    let mut out: Vec<(u32, Range<usize>)> = Vec::new();
    for candidate in candidates {
        let at = candidate.id.sentence as usize;
        if out.iter().any(|(block, range)| *block == candidate.id.block && range.contains(&at)) {
            continue;
        }
        let block = reader.corpus.block(candidate.id.block)?;
        let windows = block.layout.windows(&block.text);
        if let Some(range) = windows.into_iter().find(|range| range.contains(&at)) {
            out.push((candidate.id.block, range));
        }
    }
    Ok(out)
}
