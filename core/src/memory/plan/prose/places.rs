//! Where a book tells what is asked: the sentences of prose that speak of it, in whatever words.
//!
//! ```text
//! aspect    a name of the question, by all its words or by one, or a word, by itself or by related ones
//! told      how much of the aspects gathers around a sentence (`gathered`)
//! form      what the sentence adds: a name, a number or the like that was asked for; "is called"; how
//!           somebody died; late in the book for what turns out; less for questions and long sentences
//! ```
//! A name counts over many sentences, because a story goes on with pronouns; the rest of a question counts
//! over few. The best sentences are cited until a limit of characters. Ranks only: whether the text says
//! anything at all is decided before (`lookup`).

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::form::{Form, is_naming};
use super::gathered::Gathered;
use super::people;
use super::shares::Aspect;
use super::stretches::{Sought, Told};
use crate::error::Result;
use crate::memory::index::corpus::{Corpus, SentenceId};
use crate::memory::index::names;
use crate::memory::index::patterns::Pattern;
use crate::memory::index::search::{self, Passage, Search};
use crate::memory::index::stems::Stems;
use crate::memory::index::stopwords;
use crate::memory::index::thesaurus;
use crate::memory::plan::language::grammar::among;
use crate::memory::plan::namesakes::is_of_another;
use crate::memory::plan::parts::Scope;
use crate::memory::plan::question::{Expected, Question};
use crate::memory::plan::reader::Reader;
use crate::memory::segment::words;

/// Characters cited for one answer at most.
const QUOTED: usize = 1_900;
/// Those of the sentences that introduce people.
const INTRODUCED_IN: usize = QUOTED / 2;
/// Places that are cited before the people of a story.
const BEFORE_PEOPLE: usize = 3;
/// Sentences whose text is looked at, and passages in which they stand.
const LOOKED_AT: usize = 100;
const PASSAGES: usize = 64;
/// Sentences that are read before it is asked whether more are wanted.
const READ_AT_ONCE: usize = 16;
/// Covers what a bound and a score that are summed in another order may differ by.
const ROUNDING: f32 = 1e-4;
/// Worth of a name by all its words, by its last, and by another.
const NAMED: [f32; 3] = [1.0, 0.85, 0.75];
/// Worth of a word itself, of one of the same meaning, and of one that is related.
const SAID: [f32; 3] = [1.0, 0.75, 0.5];
/// Weight of a name, and of a word that only says of what type the answer is.
const NAME: f32 = 0.7;
const TYPING: f32 = 0.3;
/// Added for what has the expected type, in the sentence and beside it.
const TOLD: f32 = 0.15;
const TOLD_BESIDE: f32 = 0.07;
/// Added for a noun of the kind that is asked for.
const OF_KIND: f32 = 0.2;
/// Added for a word of naming where a name is asked for.
const CALLED: f32 = 0.14;
/// Added for how somebody came to die where that is asked.
const CAUSE: f32 = 0.12;
/// Added for the last of the sentences where the end is asked for.
const LATE: f32 = 0.14;
/// Sentences that tell between which the last is.
const LATE_AMONG: usize = 60;
/// Taken from a sentence that asks or is a heading.
const ASKS: f32 = 0.1;
/// Taken from a long sentence, by character beyond those of a short one.
const BY_CHARACTER: f32 = 0.000_4;
const SHORT: usize = 120;
/// Share of a sentence that speaks of another of the same family.
const OF_ANOTHER: f32 = 0.85;
/// Longest sentence that states one fact, in words.
pub const ONE_FACT: u32 = 16;

/// Words for how somebody came to die.
const CAUSES: &str = "shot stab stabbed poison poisoned drown drowned hanged hang strangled murder murdered \
    suicide consumption fever killed swallowed crushed burned burnt bite bitten broke broken neck wound \
    wounds wounded bullet pistol knife blood accident disease illness heart fell struck";
/// Verbs of what happens to somebody long after the first mention.
const HAPPENING: &str = "die kill murder marry steal end turn find happen become shoot stab save lose buy send \
    escape throw attack hide";
/// Nouns for a name, which a text seldom says of it.
const NAMES: &str = "name names named called";
/// Words of a question for what is so in the end.
const ENDING: &str = "finally really real eventually ultimately";

/// A sentence with what it is worth.
#[derive(Clone, Copy)]
struct Scored {
    id: SentenceId,
    score: f32,
    /// Its characters.
    chars: usize,
    /// Whether it holds a noun of the kind that is asked for, if one is.
    fits: bool,
}

/// Where a book tells what is asked.
pub struct Places {
    /// The sentence that tells it best.
    pub best: Option<SentenceId>,
    /// All that tell it, the best first, as runs: the first sentence and their number.
    pub evidence: Vec<(SentenceId, u32)>,
}

/// The sentence that tells best what `question` asks, and all that do; not those of `cited`, which are
/// cited too and count.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub fn places(
    reader: &Reader,
    question: &Question,
    scope: &Scope,
    cited: &[(SentenceId, u32)],
) -> Result<Places> {
    let mut left = QUOTED;
    for (first, count) in cited {
        left = left.saturating_sub(n_chars(reader, *first, *count)?);
    }
    let best = best(reader, question, scope, &Cited { runs: cited, left })?;
    let mut out: Vec<(SentenceId, u32)> = Vec::new();
    let first = best.first().map(|scored| scored.id);
    let mut order: Vec<(SentenceId, usize)> =
        best.iter().map(|scored| (scored.id, scored.chars)).collect();
    if question.expected == Expected::Person
        && cited.is_empty()
        && let Some(first) = first
    {
        let introduced = people::people(reader, question, first, INTRODUCED_IN)?;
        order.retain(|(id, _)| !introduced.iter().any(|(other, _)| other == id));
        let at = BEFORE_PEOPLE.min(order.len());
        order.splice(at..at, introduced);
    }
    for (id, length) in order {
        if holds(cited, id) {
            continue;
        }
        if length > left && !(out.is_empty() && cited.is_empty()) {
            break;
        }
        left = left.saturating_sub(length);
        let beside = out.iter_mut().find(|(first, count)| {
            first.block == id.block
                && (first.sentence + *count == id.sentence || id.sentence + 1 == first.sentence)
        });
        match beside {
            Some((first, count)) => {
                first.sentence = first.sentence.min(id.sentence);
                *count += 1;
            }
            None => out.push((id, 1)),
        }
    }
    Ok(Places { best: first, evidence: out })
}

fn n_chars(reader: &Reader, first: SentenceId, count: u32) -> Result<usize> {
    let range = first.sentence as usize..(first.sentence + count) as usize;
    let excerpt = reader.corpus.excerpt(first.block, range.clone())?;
    Ok(excerpt.sentences(range).trim().chars().count())
}

/// Whether sentences that hold what is asked state one fact with an answer in it, so that no other has to be
/// cited.
pub fn is_plain(reader: &Reader, question: &Question, text: &str) -> bool {
    words::words(text).count() <= ONE_FACT as usize
        && (question.expected == Expected::Anything
            || Form::of(question, reader.stems).told_by(text) > 0.0)
}

/// Whether a sentence is one of `runs`.
fn holds(runs: &[(SentenceId, u32)], id: SentenceId) -> bool {
    runs.iter().any(|(first, count)| {
        first.block == id.block && (first.sentence..first.sentence + count).contains(&id.sentence)
    })
}

/// What is cited anyway, and how many characters may be cited beside.
struct Cited<'a> {
    runs: &'a [(SentenceId, u32)],
    left: usize,
}

impl Cited<'_> {
    /// Whether nothing is cited behind those of `best` with a score above `bound`, however others are introduced before.
    fn is_full(&self, best: &[Scored], bound: f32) -> bool {
        let (mut left, mut is_first) = (self.left, self.runs.is_empty());
        for scored in best.iter().take_while(|scored| scored.fits && scored.score > bound) {
            if holds(self.runs, scored.id) {
                continue;
            }
            if scored.chars > left && !is_first {
                return true;
            }
            (left, is_first) = (left.saturating_sub(scored.chars), false);
        }
        false
    }
}

/// The sentences around which the aspects of a question gather, the best first by what their form tells too. They are
/// read by how much gathers, until none of the others can be cited, whatever its form.
fn best(reader: &Reader, question: &Question, scope: &Scope, cited: &Cited) -> Result<Vec<Scored>> {
    let (corpus, stems) = (reader.corpus, reader.stems);
    let (groups, patterns) = groups(reader, question);
    let sought = sought(corpus, &groups, &patterns, stems)?;
    let happens = |word: &String| HAPPENING.split(' ').any(|verb| stems.same(verb, word));
    let introduces = !question.words.iter().any(happens);
    let wanted = |id: SentenceId| scope.holds_sentence(corpus, id);
    let mut gathered = Gathered::of(corpus, stems, &sought, introduces, wanted)?;
    let form = Form::of(question, stems);
    let mut telling = Telling::of(question, &form);
    if telling.of_end {
        telling.limit(gathered.first(LATE_AMONG)?);
    }
    let mut out: Vec<Scored> = Vec::new();
    let mut passages: BTreeSet<Passage> = BTreeSet::new();
    for from in (0..LOOKED_AT).step_by(READ_AT_ONCE) {
        let Some(next) = gathered.first(from + 1)?.get(from) else { break };
        let bound = next.score + telling.most();
        if cited.is_full(&out, bound) {
            break;
        }
        let next = &gathered.first((from + READ_AT_ONCE).min(LOOKED_AT))?[from..];
        // In the order of the documents, so that no outline or text is read twice.
        let mut ids: Vec<SentenceId> = next.iter().map(|told| told.id).collect();
        ids.sort_unstable();
        let mut around: BTreeMap<SentenceId, Passage> = BTreeMap::new();
        for id in ids {
            around.insert(id, reader.corpus.passage_of(id)?);
        }
        let mut admitted = Vec::with_capacity(next.len());
        let mut is_refused = false;
        for told in next {
            let passage = around[&told.id];
            let is_new = !passages.contains(&passage);
            is_refused = is_new && (passages.len() == PASSAGES || !reader.admits_passage(&passage));
            if is_refused {
                break;
            }
            passages.insert(passage);
            admitted.push(*told);
        }
        admitted.sort_by_key(|told| told.id);
        for told in admitted {
            out.push(telling.scored(reader, told)?);
        }
        out.sort_by(|one, other| {
            let better = other.fits.cmp(&one.fits).then(other.score.total_cmp(&one.score));
            better.then_with(|| one.id.cmp(&other.id))
        });
        if is_refused {
            break;
        }
    }
    Ok(out)
}

/// Patterns that mention one thing, by number.
struct Group {
    patterns: Range<usize>,
    is_name: bool,
    /// Whether it only says of what type the answer is.
    typing: bool,
}

/// What the question looks for, and the patterns that mention it.
fn groups(reader: &Reader, question: &Question) -> (Vec<Group>, Vec<Pattern>) {
    let stems = reader.stems;
    let mut patterns: Vec<Pattern> = Vec::new();
    let mut groups: Vec<Group> = Vec::new();
    for name in &question.names {
        let bare = names::without_titles(name);
        let bare = if bare.is_empty() { name } else { bare };
        let mut parts: Vec<String> = words::folded_words(bare)
            .map(|word| word.trim_end_matches("'s").to_owned())
            .filter(|word| !stopwords::is_stopword(word))
            .collect();
        parts.reverse();
        let first = patterns.len();
        patterns.extend(Pattern::phrase(bare));
        patterns.extend(parts.iter().filter_map(|word| Pattern::phrase(word)));
        groups.push(Group { patterns: first..patterns.len(), is_name: true, typing: false });
    }
    for term in question.terms.iter().filter(|term| !term.phrase && !term.name) {
        let word = &term.pattern.text;
        if among(NAMES, word) {
            continue;
        }
        let first = patterns.len();
        patterns.push(term.strict.clone());
        patterns.push(term.pattern.clone());
        let mut related = term.pattern.clone();
        related.or(&thesaurus::related(word, stems));
        patterns.push(related);
        let typing = term.typing;
        groups.push(Group { patterns: first..patterns.len(), is_name: false, typing });
    }
    patterns.truncate(search::MOST_PATTERNS);
    (groups, patterns)
}

/// Looks the patterns up: what of `groups` the library mentions, and where.
fn sought<'p>(
    corpus: &Corpus,
    groups: &[Group],
    patterns: &'p [Pattern],
    stems: &Stems,
) -> Result<Sought<'p>> {
    let search = Search::of(corpus, patterns, stems)?;
    let mut aspects = Vec::new();
    for Group { patterns: numbers, is_name, typing } in groups {
        let worths = if *is_name { NAMED } else { SAID };
        let worth_of = |place: usize| worths[place.min(worths.len() - 1)];
        let mentions: Vec<(usize, f32)> = numbers
            .clone()
            .enumerate()
            .filter(|(_, number)| search.counts.get(*number).is_some_and(|count| *count > 0))
            .map(|(place, number)| (number, worth_of(place)))
            .collect();
        let rarities = mentions.iter().map(|(number, _)| search.idf[*number]);
        let least = rarities.clone().fold(f32::MAX, f32::min);
        // A word as it is asked is rarer than all that may stand for it.
        let weight = match (is_name, typing) {
            (true, _) => least * NAME,
            (false, true) => least * TYPING,
            (false, false) => rarities.sum::<f32>() / mentions.len().max(1) as f32,
        };
        if !mentions.is_empty() {
            aspects.push(Aspect { weight, mentions, is_name: *is_name });
        }
    }
    let counts = search.counts.clone();
    Ok(Sought { aspects, patterns, spread: search.spread, counts })
}

/// What the form of a sentence adds to what gathers around it.
struct Telling<'q> {
    question: &'q Question,
    form: &'q Form<'q>,
    of_death: bool,
    of_end: bool,
    /// The first and the last of the sentences that tell, of which the last counts more where the end is asked for.
    from: u32,
    to: u32,
}

impl<'q> Telling<'q> {
    fn of(question: &'q Question, form: &'q Form<'q>) -> Self {
        let of_death = asks_of_death(question);
        let of_end = of_death
            || question.words.iter().any(|word| among(ENDING, word))
            || question
                .words
                .windows(3)
                .any(|three| three[1..] == ["the", "end"] && three[0] != "of")
            || question.words.windows(2).any(|two| two[0].starts_with("turn") && two[1] == "out");
        Self { question, form, of_death, of_end, from: 0, to: 0 }
    }

    /// Notes the first and the last of the sentences that tell.
    fn limit(&mut self, told: &[Told]) {
        self.from = told.iter().map(|told| told.at).min().unwrap_or(0);
        self.to = told.iter().map(|told| told.at).max().unwrap_or(0);
    }

    /// Worth of what has the expected type.
    fn worth(&self) -> f32 {
        if self.form.has_kind() { OF_KIND } else { TOLD }
    }

    /// The most that it adds, and what a sum in another order may differ by.
    fn most(&self) -> f32 {
        let if_so = |is_so: bool, added: f32| if is_so { added } else { 0.0 };
        self.worth() * self.form.most()
            + if_so(self.form.asks_name, CALLED)
            + if_so(self.of_death, CAUSE)
            + if_so(self.of_end, LATE)
            + ROUNDING
    }

    /// A sentence with what its form adds.
    fn scored(&self, reader: &Reader, told: Told) -> Result<Scored> {
        let Self { question, form, from, to, .. } = *self;
        let Told { id, at, mut score } = told;
        let sentence = id.sentence as usize;
        let block = reader.corpus.excerpt(id.block, sentence.saturating_sub(1)..sentence + 2)?;
        let text = block.sentences(sentence..sentence + 1).trim();
        let chars = text.chars().count();
        let beside = |at: usize| {
            let inside = at < block.layout.sentences.len();
            if inside { form.told_by(block.sentences(at..at + 1).trim()) } else { 0.0 }
        };
        let told_here = form.told_by(text);
        let fits = told_here > 0.0 || !form.has_kind();
        let told_here = self.worth() * told_here;
        // What stands beside it counts nothing where it tells as much itself.
        let around = if told_here < TOLD_BESIDE * form.most() {
            beside(sentence + 1).max(beside(sentence.wrapping_sub(1)))
        } else {
            0.0
        };
        score += told_here.max(TOLD_BESIDE * around);
        let has = |list: &str| words::any_folded(text, |word| among(list, word));
        if form.asks_name && words::any_folded(text, is_naming) {
            score += CALLED;
        }
        if self.of_death && has(CAUSES) {
            score += CAUSE;
        }
        if self.of_end && to > from {
            let share = (at.clamp(from, to) - from) as f32 / (to - from) as f32;
            score += LATE * share;
        }
        let asks = text.trim_end_matches(['"', '”', '\'', '’', ')', '_']).ends_with('?');
        if asks || block.layout.sentences[sentence].heading {
            score -= ASKS;
        }
        score -= BY_CHARACTER * chars.saturating_sub(SHORT) as f32;
        if question.names.iter().any(|name| is_of_another(text, name)) {
            score *= OF_ANOTHER;
        }
        Ok(Scored { id, score, chars, fits })
    }
}

/// Whether a question asks how or of what somebody died.
fn asks_of_death(question: &Question) -> bool {
    const DYING: &str = "die dies died dying dead death kill killed murdered";
    let asks = question.words.iter().any(|word| ["how", "what"].contains(&word.as_str()));
    asks && question.words.iter().any(|word| among(DYING, word))
}
