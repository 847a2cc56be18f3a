//! Where the words of patterns are looked up in a run: in the pages of its directory whose range of terms can match, no
//! others; in a run too short for a directory in the dictionaries of its blocks.

use std::sync::Arc;

use super::corpus::{Corpus, DirectoryView};
use super::directory::{CUT_SHORT, NO_DICTIONARY};
use super::patterns::{Matches, Pattern, Wanted};
use super::stems::Stems;
use super::told::{Place, Told};
use crate::error::Result;

/// The ordinals in a run of the first sentences of its blocks, and behind them the number of its sentences.
#[derive(Debug)]
pub(super) struct Starts(pub(super) Vec<u32>);

impl Starts {
    pub(super) fn of(corpus: &Corpus, run: usize) -> Self {
        let blocks = corpus.contents.runs[run].blocks.clone();
        let places = &corpus.contents.blocks[blocks.start as usize..blocks.end as usize];
        let mut starts = vec![0];
        let mut next = 0;
        starts.extend(places.iter().map(|place| {
            next += place.block.sentences;
            next
        }));
        Self(starts)
    }
}

/// Patterns and where in one run their words are looked up.
pub(super) struct Lookup<'a> {
    corpus: &'a Corpus<'a>,
    run: usize,
    patterns: &'a [Pattern],
    /// What is held of each.
    held: Vec<Option<Arc<Told>>>,
    /// Those of which nothing is.
    missing: Vec<Pattern>,
    /// The directory and which of its pages can hold one of the missing words, by page from page 1 on.
    directory: Option<(DirectoryView<'a>, Vec<bool>)>,
}

impl<'a> Lookup<'a> {
    pub(super) fn of(corpus: &'a Corpus<'a>, run: usize, patterns: &'a [Pattern]) -> Result<Self> {
        let hash = corpus.contents.runs[run].directory;
        let held = |pattern: &Pattern| corpus.recents.lookups.get(hash?, pattern);
        let held: Vec<Option<Arc<Told>>> = patterns.iter().map(held).collect();
        let missing = patterns.iter().zip(&held).filter(|(_, held)| held.is_none());
        let missing: Vec<Pattern> = missing.map(|(pattern, _)| pattern.clone()).collect();
        let directory = corpus.directory(run)?.map(|directory| {
            let mut wanted = vec![false; directory.firsts.n_pages()];
            for pattern in &missing {
                pattern.for_each_range(|range| directory.firsts.note(&range, &mut wanted));
            }
            (directory, wanted)
        });
        Ok(Self { corpus, run, patterns, held, missing, directory })
    }

    /// Pages of the directory to be read.
    pub(super) fn n_pages(&self) -> usize {
        let wanted = self.directory.iter().flat_map(|(_, wanted)| wanted);
        wanted.filter(|wanted| **wanted).count()
    }

    /// Whether nothing has to be read.
    pub(super) fn is_held(&self) -> bool {
        self.missing.is_empty()
    }

    /// What the run tells of each pattern.
    pub(super) fn told(self, stems: &Stems) -> Result<Vec<Arc<Told>>> {
        let new = match &self.directory {
            _ if self.is_held() => Vec::new(),
            Some((directory, wanted)) => self.listed(directory, wanted, stems)?,
            None => self.counted(stems)?,
        };
        let mut new = new.into_iter().map(Arc::new);
        let hash = self.corpus.contents.runs[self.run].directory;
        let told = |(held, pattern): (Option<Arc<Told>>, &Pattern)| {
            held.or_else(|| {
                let told = new.next()?;
                hash.inspect(|hash| self.corpus.recents.lookups.keep(*hash, pattern, &told));
                Some(told)
            })
        };
        Ok(self.held.into_iter().zip(self.patterns).filter_map(told).collect())
    }

    /// By the dictionary of each block.
    fn counted(&self, stems: &Stems) -> Result<Vec<Told>> {
        let mut words = Wanted::of(&self.missing, stems);
        let mut bounds = vec![Vec::new(); self.missing.len()];
        for block in self.corpus.contents.runs[self.run].blocks.clone() {
            let found = Matches::find(&mut words, &self.corpus.index(block)?.terms)
                .ok_or_else(|| self.corpus.damaged(block, NO_DICTIONARY))?;
            for (pattern, bounds) in bounds.iter_mut().enumerate() {
                bounds.push(u32::try_from(found.bound(pattern)).unwrap_or(u32::MAX));
            }
        }
        let told = |bounds| Told { bounds, begins: None, is_exact: false };
        Ok(bounds.into_iter().map(told).collect())
    }

    /// By the `wanted` pages of the directory.
    fn listed(
        &self,
        directory: &DirectoryView,
        wanted: &[bool],
        stems: &Stems,
    ) -> Result<Vec<Told>> {
        let starts = Starts::of(self.corpus, self.run);
        let n_blocks = starts.0.len() - 1;
        let place = |_| Place {
            counts: vec![0; n_blocks],
            sentences: Vec::new(),
            is_known: directory.firsts.by_sentences(),
        };
        let places = |pattern: &Pattern| (0..pattern.len()).map(place).collect::<Vec<_>>();
        let mut found: Vec<Vec<Place>> = self.missing.iter().map(places).collect();
        let mut words = Wanted::of(&self.missing, stems);
        let mut sentences = Vec::new();
        for (page, _) in wanted.iter().enumerate().filter(|(_, wanted)| **wanted) {
            let bytes = directory.page(page + 1)?;
            words.rewind();
            let beginnings = words.beginnings();
            let walked = directory.firsts.for_each_beginning(&bytes, &beginnings, |term, list| {
                let mut whole = Some(());
                sentences.clear();
                words.for_each_place_of(term, |pattern, slot| {
                    let place = &mut found[pattern][slot];
                    let read = if list.is_by_sentence() {
                        let is_read = !sentences.is_empty();
                        let read = if is_read {
                            Some(())
                        } else {
                            list.for_each_sentence(|sentence| sentences.push(sentence))
                        };
                        place.sentences.extend_from_slice(&sentences);
                        read
                    } else {
                        place.is_known = false;
                        list.for_each_block(|block, count| {
                            if let Some(sum) = place.counts.get_mut(block) {
                                *sum = sum.saturating_add(count);
                            }
                        })
                    };
                    whole = whole.and(read);
                });
                whole
            });
            walked.ok_or_else(|| directory.damaged(CUT_SHORT))?;
        }
        for place in found.iter_mut().flatten() {
            // Lists in order one behind the other, which a stable sort merges.
            place.sentences.sort();
            let counts = &mut place.counts;
            for_each_block(&place.sentences, &starts, |block, n| {
                if let Some(count) = counts.get_mut(block) {
                    *count = count.saturating_add(n as u32);
                }
            });
        }
        Ok(found.into_iter().map(Told::of).collect())
    }
}

/// Calls `visit` with every block that holds some of `sentences`, which are in order, and how many.
pub(super) fn for_each_block(
    sentences: &[u32],
    starts: &Starts,
    mut visit: impl FnMut(usize, usize),
) {
    let mut rest = sentences;
    while let Some(sentence) = rest.first() {
        let block = starts.0.partition_point(|start| start <= sentence).saturating_sub(1);
        let end = starts.0.get(block + 1).copied().unwrap_or(u32::MAX);
        let n = rest.partition_point(|sentence| *sentence < end).max(1);
        visit(block, n);
        rest = &rest[n..];
    }
}
