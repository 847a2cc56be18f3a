//! A question taken apart: its words, its noun phrases, and its clauses.

use std::sync::LazyLock;

use rustc_hash::FxHashSet;

use super::grammar::{among, is_participle};
use super::lexicon::Lexicon;
use crate::memory::index::names;
use crate::memory::index::stems::forms;
use crate::memory::index::stopwords;
use crate::memory::plan::reader::{Token, tokens};

/// Longest name of a thing in a question, in words.
pub(in crate::memory::plan) const LONGEST_NAME: usize = 4;
/// Nouns for places in general; the thing asked for is none of them.
const PLACES: &str = "room place location whereabouts building house spot site chamber area part \
    destination stop position town city quarter quarters corner section premises venue locale";
/// Words that say nothing beyond what a question for a place asks.
const LIGHT: &str = "one prior preceding following go end get come arrive reach find locate stand lie keep leave take bring carry move \
    put set see hold contain current currently now last finally final present previous previously just \
    immediately directly right earlier tell name say show give state know look seek turn wind stay \
    remain sit rest travel head moment story text passage document according enter return walk end be \
    situate happen exactly straight then next time ultimately eventually sight spot who arrive \
    discover follow pass question today latest still stop appear describe left set make know last \
    fetch convey transport transfer shift haul drag deliver store house notice wander hide step run \
    hurry journey proceed visit walk spend being became become learn read reader book say \
    occupy close mention conclusion want need begin search hunt hang finish settle track trace \
    pinpoint identify indicate think believe suppose guess likely possibly probable safe kind sort \
    type drop lay lying place abandon deposit pick collect grab precede disappear vanish emerge reside dwell abide repose lurk \
    loiter languish nestle tarry roost surface crop await belong conclude infer deduce assume hear ask answer back land ought whence \
    lead remove behind recent recently expect try check bump encounter meet speak run knock step cold rid \
    lose";
/// Nouns for how somebody moves, which are asked for in place of whoever does.
const MOVEMENTS: &str = "path trail wanderings movements moves journey journeys travels way route track tracks \
    footsteps steps trip progress itinerary removal departure arrival transfer stay";
/// Nouns for what is read and for the time of reading.
const READING: &str = "account tale narrative note notes log logbook record records register diary journal chronicle \
    report minutes line lines paragraph page chapter entry entries evidence fact facts statement statements \
    information scene scenes event events letter letters file course day days week hour evening morning \
    afternoon night noon midnight point while beginning start finish outset opinion view estimation judgement \
    judgment narrator author writer everybody everyone";
/// Adjectives that make no name of a general noun: "the last room".
const GENERAL: &str = "one prior preceding following current last final present previous exact latest next same right \
    likely probable described known given";
/// Nouns for having what "of" ties to them.
const HAVING: &str =
    "owner holder bearer keeper possessor giver recipient receiver possession hands care";
/// Participles that do not look like one.
const PARTICIPLES: &str =
    "given taken brought left kept held sold lent sent got put stolen borne thrown";
/// Words that open a clause.
const CONJUNCTIONS: &str = "if when while once as since because given whenever unless judging going having assuming \
     supposing considering according though although so and but";
/// Words behind which a place is named that came before or after.
pub(in crate::memory::plan) const BEFORE: &str =
    "before prior until preceding precedes preceded till ahead";
pub(in crate::memory::plan) const AFTER: &str = "after following";
/// Longest title or initial before a full stop that ends no sentence, in bytes.
const LONGEST_TITLE: usize = 3;
/// Words of no content between "which" and the noun that it asks for, at most.
pub(in crate::memory::plan) const NOUN_REACH: usize = 6;

/// The forms of [`LIGHT`].
static LIGHT_FORMS: LazyLock<FxHashSet<String>> =
    LazyLock::new(|| LIGHT.split_whitespace().flat_map(forms).collect());

/// Whether a word of a question for a place is none of content, in any form.
pub(in crate::memory::plan) fn is_light(word: &str) -> bool {
    LIGHT_FORMS.contains(word) || among(READING, word) || among(MOVEMENTS, word)
}

pub(in crate::memory::plan) fn is_place_noun(word: &str) -> bool {
    among(PLACES, word)
}

/// A noun phrase of a question: its tokens, and the folded noun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::memory::plan) struct Phrase {
    pub first: usize,
    pub end: usize,
    pub noun: String,
    pub is_name: bool,
}

/// The question, taken apart.
pub(in crate::memory::plan) struct Parts<'t> {
    text: &'t str,
    pub tokens: Vec<Token>,
    pub phrases: Vec<Phrase>,
}

impl<'t> Parts<'t> {
    /// Takes `text` apart.
    pub(in crate::memory::plan) fn of(text: &'t str) -> Self {
        let tokens = tokens(text, Lexicon::shared());
        let mut parts = Self { text, tokens, phrases: Vec::new() };
        parts.find_phrases();
        parts
    }

    /// The folded word at `at`; empty behind the last.
    pub(in crate::memory::plan) fn word(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| token.folded.as_str())
    }

    /// What stands between the word at `at` and the one before it.
    fn gap(&self, at: usize) -> &str {
        match at.checked_sub(1) {
            Some(before) => &self.text[self.tokens[before].end..self.tokens[at].start],
            None => "",
        }
    }

    /// A noun for places, or "which of the rooms".
    pub(in crate::memory::plan) fn is_place(&self, at: usize) -> bool {
        let of = at > 1 && self.word(at - 2) == "of" && self.word(at - 1) == "the";
        let word = self.word(at);
        is_place_noun(word) || of && word.strip_suffix('s').is_some_and(is_place_noun)
    }

    /// Names, and what stands behind a determiner or a possessive.
    fn find_phrases(&mut self) {
        let mut found = Vec::new();
        names::names(self.text, &mut found);
        let mut phrases: Vec<Phrase> = Vec::new();
        let mut at = 0;
        while at < self.tokens.len() {
            let token = &self.tokens[at];
            let of_name = found.iter().find(|name| {
                name.start <= token.start
                    && token.start < name.end
                    && !(at == 0 && stopwords::is_stopword(&token.folded))
                    && !is_light(&token.folded)
                    && !is_place_noun(&token.folded)
                    && !(name.uncertain && self.opens_request(at))
            });
            if let Some(name) = of_name {
                let first = at;
                while at < self.tokens.len() && self.tokens[at].start < name.end {
                    at += 1;
                }
                phrases.push(self.phrase(first, at, true));
                continue;
            }
            let owned = at > 0 && self.tokens[at - 1].owns;
            let determined = among(
                "the a an this that his her their its my your our these those",
                &token.folded,
            );
            if determined || owned {
                let first = at + usize::from(determined);
                let capital = |at: usize| self.tokens[at].capital;
                let mut end = first;
                while end < self.tokens.len()
                    && end < first + LONGEST_NAME
                    && !(end > first && self.tokens[end - 1].owns)
                    && !stopwords::is_stopword(self.word(end))
                    && (end == first || matches!(self.gap(end), " " | "-"))
                    && !(end > first && (is_light(self.word(end)) || self.is_verb(end)))
                    && !(end > first && among(BEFORE, self.word(end)))
                    && (end == first || !capital(end) || capital(first))
                {
                    end += 1;
                }
                if end > first && self.names_something(first, &mut end) {
                    let is_name = capital(first);
                    end = self.behind_of(end);
                    phrases.push(self.phrase(first, end, is_name));
                }
                at = end.max(at + 1);
                continue;
            }
            at += 1;
        }
        self.phrases = phrases;
    }

    /// Where a noun phrase ends with what "of" ties to it: "the map of the coast", "the bunch of keys".
    fn behind_of(&self, end: usize) -> usize {
        // "The bearer of the lamp": whoever has it.
        let has = end > 0 && among(HAVING, self.word(end - 1));
        if self.word(end) != "of" || self.gap(end) != " " || has {
            return end;
        }
        let determined = among("the a an his her their", self.word(end + 1));
        let from = end + 1 + usize::from(determined);
        let part = |at: &usize| {
            *at < self.tokens.len()
                && matches!(self.gap(*at), " " | "-")
                && !stopwords::is_stopword(self.word(*at))
                && !(*at > from && (is_light(self.word(*at)) || self.is_verb(*at)))
        };
        let last = (from..from + 2).take_while(part).last();
        last.filter(|_| !self.is_place(from)).map_or(end, |last| last + 1)
    }

    /// Whether a noun phrase from `first` to `end` is about something: not "the place", "the end", "the last room",
    /// but "the lamp", "the reading room". Such a compound may end behind `end`.
    fn names_something(&self, first: usize, end: &mut usize) -> bool {
        // "Omar's path", "its way to the attic": the movement of something named elsewhere.
        let moves = among(MOVEMENTS, self.word(first)) && self.word(first + 1) != "of";
        if self.is_place(first) || among(GENERAL, self.word(first)) || moves {
            return false;
        }
        if !is_light(self.word(first)) || among(MOVEMENTS, self.word(first)) {
            return true;
        }
        let second = first + 1;
        let compound = second < self.tokens.len()
            && matches!(self.gap(second), " " | "-")
            && !stopwords::is_stopword(self.word(second))
            && (is_place_noun(self.word(second)) || !is_light(self.word(second)));
        *end = (*end).max(second + usize::from(compound));
        compound
    }

    /// Whether the first word of a question is a request, not a name: a noun phrase or another question word
    /// follows it.
    fn opens_request(&self, at: usize) -> bool {
        let next = self.word(at + 1);
        const OPENS: &str =
            "the a an me us to out where which what whether his her their all every everything";
        among(OPENS, next)
    }

    /// Whether a word behind a noun is the verb of its clause: "the lamp handed to Ines".
    fn is_verb(&self, at: usize) -> bool {
        // "The bone-handled razor": part of a word.
        self.gap(at) == " " && (among(PARTICIPLES, self.word(at)) || is_participle(self.word(at)))
    }

    fn phrase(&self, first: usize, end: usize, is_name: bool) -> Phrase {
        // "The trail of Omar": Omar.
        let mut own = first..end;
        if end > first + 2 && among(MOVEMENTS, self.word(first)) && self.word(first + 1) == "of" {
            own.start += 2 + usize::from(among("the a an his her their", self.word(first + 2)));
        }
        let words: Vec<&str> = own.map(|at| self.word(at)).collect();
        let noun = words.join(" ").trim_end_matches("'s").to_owned();
        Phrase { first, end, noun, is_name }
    }

    /// The word before a noun phrase and its determiner; empty if none is.
    pub(in crate::memory::plan) fn before(&self, phrase: &Phrase) -> &str {
        let determined = |at: usize| among("the a an his her their", self.word(at));
        match phrase.first.checked_sub(1) {
            Some(at) if determined(at) => at.checked_sub(1).map_or("", |at| self.word(at)),
            Some(at) => self.word(at),
            None => "",
        }
    }

    /// Whether a noun phrase holds the word at `at`.
    pub(in crate::memory::plan) fn covered(&self, at: usize) -> bool {
        self.phrases.iter().any(|phrase| (phrase.first..phrase.end).contains(&at))
    }

    /// Whether a clause begins at a token.
    pub(in crate::memory::plan) fn opens_clause(&self, at: usize) -> bool {
        let word = self.word(at);
        let gap = self.gap(at);
        let marked = gap.contains([',', ';', ':', '—', '–', '?', '!', '(', ')'])
            || gap == " - "
            || gap.starts_with('.') && self.word(at - 1).len() > LONGEST_TITLE;
        let by_the_time = word == "by" && self.word(at + 1) == "the" && self.word(at + 2) == "time";
        marked
            || among(CONJUNCTIONS, word) && word != "and"
            || among(BEFORE, word)
            || among(AFTER, word)
            || by_the_time
    }

    /// The clause around `at`. The question word opens one if the clause before it is not its own.
    pub(in crate::memory::plan) fn clause(&self, at: usize, asks: usize) -> std::ops::Range<usize> {
        let subordinate = |first: usize| {
            among(CONJUNCTIONS, self.word(first))
                || among(BEFORE, self.word(first))
                || among(AFTER, self.word(first))
                || self.word(first) == "by"
        };
        let mut first = at;
        while first > 0 && !self.opens_clause(first) {
            first -= 1;
        }
        // "Before it got to the attic in which room was it".
        let own = asks - usize::from(asks > 0 && among("in to from at", self.word(asks - 1)));
        if first < own && subordinate(first) {
            if at >= own {
                first = own;
            } else {
                return first..own;
            }
        }
        let end = (at + 1..self.tokens.len()).find(|at| self.opens_clause(*at));
        first..end.unwrap_or(self.tokens.len())
    }

    /// The noun phrases that begin in `range`.
    pub(in crate::memory::plan) fn inside(&self, range: &std::ops::Range<usize>) -> Vec<&Phrase> {
        self.phrases.iter().filter(|phrase| range.contains(&phrase.first)).collect()
    }

    /// The first word of `list` that belongs to no noun phrase.
    pub(in crate::memory::plan) fn position(&self, list: &str) -> Option<usize> {
        (0..self.tokens.len()).find(|at| among(list, self.word(*at)) && !self.covered(*at))
    }
}

/// The phrases, each once.
pub(in crate::memory::plan) fn distinct(phrases: Vec<&Phrase>) -> Vec<&Phrase> {
    let mut out: Vec<&Phrase> = Vec::new();
    for phrase in phrases {
        if !out.iter().any(|known| known.noun == phrase.noun) {
            out.push(phrase);
        }
    }
    out
}
