//! Room `memory`, folder `plan`: from a question to the sentences that answer it.
//!
//! A question is classified by rule, each class has a fixed plan, and every plan works without a
//! model. The rules know the grammar of questions and of simple statements and general classes of
//! words, never the words of a benchmark.
//!
//! ```text
//! whole document   whole                   sentences selected over its length
//! frequency        counting/frequency      counted in the index
//! assignment       counting/assign         names and values chained
//! abbreviation     counting/expansion      a name with these initials
//! motivation       events/needs            what somebody wants and what it leads to
//! kind             relations/inherited     what holds of somebody because of what somebody is
//! day              events/dated            events in the order of their days
//! state            events/world            events replayed in order; asked by place (`whereabouts`) or holder (`holding`)
//! arrangement      arrangement/arranged    sides, sizes and ways over several statements
//! direction        arrangement/relative    what lies where, as seen from each other
//! who and why      cases/culprit           asked for in whatever words; proved, or else said outright (`supported`)
//!                  cases/outright          as a sentence says
//!                  cases/suspects          means, motive, opportunity by the clock and from hand to hand
//!                  cases/circumstances     or each in a sentence of its own
//!                  chinese/mystery         the same of Chinese sentences
//!                  cases/theft             who was where a thing was kept that is gone or spoilt
//! chain            relations/chain         one look-up a hop
//! description      relations/described     a chain to the person, then the question about that person
//! a name alone     mentions                the sentences that name it
//! count            counting/count          facts counted, listed, and the most frequent of them
//!                  chinese/counts          the same of Chinese questions, and those for yes or no
//! deeds            counting/deeds          what somebody did something to, and who did it
//! comparison       counting/compare        two look-ups, compared in code
//! clause           clauses/stated          what a clause says of its subject, by its verb or noun
//! property         relations/owned         what the text says of an owner, under a key or a name; asked in `property`
//! facts            lookup                  everything else; latest and listed facts too, of `candidates` by what each
//!                                          covers of the question (`covering`)
//! papers           papers                  what a line of a paper or a guide says, under its headings
//! what prose tells prose/places            the sentences around which a question's words gather
//!                  prose/people            and, where somebody is asked for, those of that part of the book
//! ```
//! A question about the state is taken apart in `phrasing`. Statements are read in `statement`: what they report
//! in `reported`, what stands behind their verbs in `arguments`, those without a verb that is known in `inferred`.

pub mod arrangement;
pub mod budget;
pub mod candidates;
pub mod cases;
pub mod chinese;
pub mod class;
pub mod clauses;
pub mod counting;
pub mod covering;
pub mod events;
pub mod language;
pub mod lookup;
pub mod mentions;
pub mod namesakes;
mod nearby;
mod papers;
pub mod parts;
pub mod prose;
pub mod question;
pub mod reader;
pub mod reading;
pub mod relations;
pub mod side;
mod supported;
mod texts;
pub mod thread;
pub mod whole;

use super::answer::Finding;
use super::index::corpus::SentenceId;
use super::model::Pointer;
use crate::error::Result;
use arrangement::{arranged, relative};
use budget::Budget;
use cases::culprit::Culprit;
use cases::{outright, suspects, theft};
use chinese::{counts, owners};
use class::Class;
use clauses::{asked::Asked, stated};
use counting::{assign, compare, count, deeds, expansion, frequency};
use events::asked::StateQuestion;
use events::{dated, needs, world};
use parts::Scope;
use question::Question;
use reader::Reader;
use relations::property::OwnedQuestion;
use relations::{chain, described, inherited, owned};

/// Answers `text` by the plan of its class, and says which that was. What one sentence of a longer
/// text seems to state is supported by the other places that tell of it.
///
/// # Errors
/// If the store cannot be read or is damaged, or the model fails.
pub fn answer(
    reader: &Reader,
    pointer: &mut Pointer,
    text: &str,
    budget: &Budget,
) -> Result<(Class, Finding)> {
    let question = Question::of(text, reader.stems);
    let culprit = Culprit::of(&question, reader.lexicon);
    let (class, mut found) = by_class(reader, pointer, &question, culprit.as_ref(), budget)?;
    let alone = found.answer.is_some() && found.evidence.len() == 1 && !pointer.has_model();
    let is_doubtful = alone
        && match class {
            Class::State => !lookup::is_brief(reader, &found)?,
            Class::Chain | Class::Count | Class::Comparison => true,
            _ => false,
        };
    if is_doubtful {
        lookup::support(reader, &question, &Scope::of(text, reader.corpus), &mut found)?;
    }
    if pointer.has_model() {
        return Ok((class, found));
    }
    // Who did a harm is proved, or said outright: why somebody may have wished it does not say so, nor does a death.
    match culprit.filter(|culprit| culprit.is_crime) {
        Some(culprit) if class != Class::WhoAndWhy && found.answer.is_some() => {
            found = supported::said_outright(reader, &culprit, found)?;
        }
        Some(_) => {}
        None => {
            let scope = Scope::of(text, reader.corpus);
            found = papers::revised(reader, &question, &scope, class, found)?;
        }
    }
    Ok((class, found))
}

/// The same by one plan alone.
fn by_class(
    reader: &Reader,
    pointer: &mut Pointer,
    question: &Question,
    culprit: Option<&Culprit>,
    budget: &Budget,
) -> Result<(Class, Finding)> {
    let text = question.text.as_str();
    if whole::asks_for_whole(text) {
        return Ok((Class::Whole, whole::summary(reader)?));
    }
    if let Some(question) = frequency::FrequencyQuestion::of(text) {
        let counted = frequency::count(reader, &question)?;
        return Ok((Class::Frequency, counted.unwrap_or_default()));
    }
    if let Some(question) = assign::AssignQuestion::of(text)
        && let Some(finding) = assign::assigned(reader, &question)?
    {
        return Ok((Class::Assignment, finding));
    }
    if let Some(question) = expansion::ExpansionQuestion::of(text)
        && let Some(finding) = expansion::expand(reader, &question)?
    {
        return Ok((Class::Abbreviation, finding));
    }
    if let Some(question) = relative::RelativeQuestion::of(text)
        && let Some(finding) = relative::relative(reader, &question)?
    {
        return Ok((Class::State, finding));
    }
    if let Some(question) = arranged::ArrangedQuestion::of(text)
        && let Some(finding) = arranged::arranged(reader, &question)?
    {
        return Ok((Class::State, finding));
    }
    if let Some(question) = needs::NeedQuestion::of(text)
        && let Some(finding) = needs::need(reader, &question)?
    {
        return Ok((Class::State, finding));
    }
    if let Some(question) = inherited::InheritedQuestion::of(text)
        && let Some(finding) = inherited::inherited(reader, &question)?
    {
        return Ok((Class::Chain, finding));
    }
    let scope = Scope::of(text, reader.corpus);
    let counts = count::CountQuestion::of(question);
    // "Where did her travels take her": everywhere, and not where she is.
    if let Some(travels) = counts.as_ref().filter(|counts| counts.follows_travels(question))
        && let Some(finding) = count::count(reader, travels)?
    {
        return Ok((Class::Count, finding));
    }
    if let Some(culprit) = culprit.filter(|culprit| culprit.is_crime)
        && let Some(finding) = outright::said(reader, culprit)?
    {
        return Ok((Class::WhoAndWhy, finding));
    }
    if let Some(thing) = culprit.and_then(|culprit| culprit.thing.as_ref())
        && let Some(finding) = theft::thief(reader, question, thing)?
    {
        return Ok((Class::WhoAndWhy, finding));
    }
    let of_state = StateQuestion::of(text);
    if let Some(question) = &of_state
        && let Some(finding) = dated::dated(reader, question)?
    {
        return Ok((Class::State, finding));
    }
    if let Some(question) = of_state
        && let Some(finding) = world::state(reader, &question, &scope)?
    {
        return Ok((Class::State, finding));
    }
    if let Some(finding) = suspects::motives(reader, question)? {
        return Ok((Class::WhoAndWhy, finding));
    }
    let culprit = culprit.filter(|culprit| culprit.is_crime);
    if let Some(culprit) = culprit
        && let Some(finding) = suspects::suspects(reader, culprit)?
    {
        return Ok((Class::WhoAndWhy, finding));
    }
    if !pointer.has_model()
        && let Some(finding) = of_clauses(reader, question, &scope)?
        && (finding.answer.is_some()
            || culprit.is_none() && chain::ChainQuestion::of(text).is_none())
    {
        return Ok((Class::Facts, finding));
    }
    if let Some(question) = described::DescribedQuestion::of(text)
        && let Some(finding) = of_described(reader, pointer, &question, budget)?
    {
        return Ok((Class::Chain, finding));
    }
    if let Some(name) = mentions::name_asked_about(text)
        && let Some(finding) = mentions::told_about(reader, &name)?
    {
        return Ok((Class::Facts, finding));
    }
    if let Some(question) = counts.as_ref().filter(|question| question.lists_places())
        && let Some(finding) = count::count(reader, question)?
    {
        return Ok((Class::Count, finding));
    }
    if let Some(question) = chain::ChainQuestion::of(text) {
        let followed = chain::follow(reader, pointer, &question, budget.hops)?;
        let long = question.open || (question.hops.len() > 1 && question.personal);
        match followed {
            Some(finding) if finding.answer.is_some() => return Ok((Class::Chain, finding)),
            _ if long => return Ok((Class::Chain, Finding::default())),
            _ => {}
        }
    }
    if let Some(question) = counts
        && let Some(finding) = count::count(reader, &question)?
    {
        return Ok((Class::Count, finding));
    }
    if let Some(question) = counts::CountQuestion::of(text)
        && let Some(finding) = counts::count(reader, &question)?
    {
        return Ok((Class::Count, finding));
    }
    if let Some(question) = compare::CompareQuestion::of(text)
        && let Some(finding) = compare::compare(reader, &question, &scope)?
    {
        return Ok((Class::Comparison, finding));
    }
    if scope.is_everything()
        && let Some(question) = deeds::DeedQuestion::of(text)
        && let Some(finding) = deeds::deeds(reader, &question)?
    {
        return Ok((Class::Count, finding));
    }
    Ok((Class::Facts, facts(reader, pointer, text, &scope)?))
}

/// Looks up who is described, and then what is asked about that person; `None` if either is not said.
fn of_described(
    reader: &Reader,
    pointer: &mut Pointer,
    question: &described::DescribedQuestion,
    budget: &Budget,
) -> Result<Option<Finding>> {
    let person = chain::follow(reader, pointer, &question.chain, budget.hops)?;
    let Some(Finding { answer: Some(name), evidence, incomplete }) = person else {
        return Ok(None);
    };
    let text = question.about(&name);
    let found = facts(reader, pointer, &text, &Scope::of(&text, reader.corpus))?;
    let is_quoted = |(hop, _): &(SentenceId, u32)| {
        found.evidence.iter().any(|(first, n_sentences)| {
            first.block == hop.block
                && (first.sentence..first.sentence + n_sentences).contains(&hop.sentence)
        })
    };
    let mut evidence: Vec<(SentenceId, u32)> =
        evidence.into_iter().filter(|hop| !is_quoted(hop)).collect();
    evidence.extend(found.evidence);
    let incomplete = incomplete || found.incomplete;
    Ok(found.answer.map(|answer| Finding { answer: Some(answer), evidence, incomplete }))
}

/// Looks up every question that `text` consists of and joins what is found.
fn facts(reader: &Reader, pointer: &mut Pointer, text: &str, scope: &Scope) -> Result<Finding> {
    let mut joined = Finding::default();
    let mut answers: Vec<String> = Vec::new();
    for part in parts::questions(text) {
        let question = Question::of(&part, reader.stems);
        let found = match property(reader, pointer, &question, scope)? {
            Some(found) => found,
            None => {
                let found = lookup::lookup(reader, pointer, &question, scope)?;
                let holds =
                    pointer.has_model() || supported::is_supported(reader, &question, &found)?;
                if holds { found } else { Finding::default() }
            }
        };
        joined.incomplete |= found.incomplete;
        answers.extend(found.answer);
        for evidence in found.evidence {
            if !joined.evidence.contains(&evidence) {
                joined.evidence.push(evidence);
            }
        }
    }
    joined.answer = (!answers.is_empty()).then(|| answers.join(", "));
    Ok(joined)
}

/// What clauses say of the one that a short question asks about; not of trades, animals and births, of which
/// other plans know the words.
fn of_clauses(reader: &Reader, question: &Question, scope: &Scope) -> Result<Option<Finding>> {
    let Some(asked) = Asked::of(question, &reader.tokens(&question.text)) else { return Ok(None) };
    let owned = OwnedQuestion::of(question, &scope.words, reader.stems);
    if owned.is_some_and(|owned| owned.has_words_of_its_own()) {
        return Ok(None);
    }
    stated::stated(reader, question, &asked, scope)
}

/// What the text says of a property of one owner, if the question is for one and code alone reads.
fn property(
    reader: &Reader,
    pointer: &Pointer,
    question: &Question,
    scope: &Scope,
) -> Result<Option<Finding>> {
    if pointer.has_model() {
        return Ok(None);
    }
    if let Some(found) = owners::chinese(reader, question, scope)? {
        return Ok(Some(found));
    }
    let Some(asked) = OwnedQuestion::of(question, &scope.words, reader.stems) else {
        return Ok(None);
    };
    let mut found = owned::owned(reader, question, &asked, scope)?;
    if found.as_ref().is_none_or(|found| found.answer.is_none())
        && let Some(asked) = Asked::of(question, &reader.tokens(&question.text))
        && let Some(said) = stated::stated(reader, question, &asked, scope)?
        && said.answer.is_some()
    {
        return Ok(Some(said));
    }
    if let Some(found) = found.as_mut().filter(|found| found.answer.is_some())
        && !lookup::is_brief(reader, found)?
    {
        lookup::support(reader, question, scope, found)?;
    }
    Ok(found)
}
