//! How a language model takes part: it points, code copies.
//!
//! ```text
//! [system][1] sentence [2] sentence …  [question]   ->   NONE | 2,5 | 2: span of sentence 2
//! ```
//! How much of that form a model may use is its [`Reading`], which a probe finds out (see
//! `probe`). The window comes before the question, so its state is a prefix that later questions can use
//! again. The answer is held to the form by a grammar ([`Contract::lark`]), and whatever comes is
//! checked once more: numbers have to be those of sentences, a span has to stand in one of them.
//! Does no input or output and knows no engine: the model is the caller's.

use std::ops::Range;

use crate::error::Result;
use crate::memory::answer::Usage;
use crate::memory::index::corpus::SentenceId;
use crate::memory::phrase;
use crate::memory::plan::budget::Budget;
use crate::memory::plan::reader::Read;
use crate::memory::segment::words;
use crate::memory::shorten;

/// What the model is told before everything else.
pub const SYSTEM: &str = "You read numbered sentences and point to those that answer the question. \
                          Reply with their numbers, with one number and the words copied from that \
                          sentence, or with NONE if they do not answer it.";

/// What the model is told before it may put an answer into words of its own.
pub const PHRASE_SYSTEM: &str = "Answer the question in one short sentence. Say nothing that the \
                                 numbered sentences do not say.";

/// What the model is told before it writes about a window.
pub const WRITE_SYSTEM: &str = "You read numbered sentences and write about them in short sentences. \
                                Begin every line with the numbers of the sentences that it is taken \
                                from and a colon. Use their words and add nothing to them.";

/// Sentences of one prompt at most.
pub const MOST_SENTENCES: usize = 256;
/// Sentences that one reply may name.
pub const MOST_NAMED: usize = 8;
/// Tokens of a prompt besides its sentences and its question: the system's and the template's.
pub(super) const FRAME_TOKENS: usize = 48;
/// Tokens of a reply at most.
pub const REPLY_TOKENS: usize = 48;
/// Tokens of a line of a reply that is made of lines.
const LINE_TOKENS: usize = 48;
/// Characters of such a line behind its numbers, least and most; the stop at its end is one more.
const LINE_CHARS: (usize, usize) = (3, 240);
/// What such a line may end with.
const STOPS: [char; 6] = ['.', '!', '?', '。', '！', '？'];
/// Tokens that a reply is expected to have: a number and a few words, or NONE.
pub const EXPECTED_REPLY_TOKENS: u64 = 6;

/// A reply that points, whatever the window.
pub(crate) const POINTS: &str = "1";
/// A reply that does not.
pub(crate) const NONE: &str = "NONE";

/// What a model may do for an answer, each step more than those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reading {
    /// Nothing: the answer without it is as good.
    Nothing,
    /// Copy the words that answer from a sentence that code found, where code knows none of them.
    Shortens,
    /// Point to sentences.
    Points,
    /// Also copy the words that answer from one of them.
    Spans,
    /// Also put the proved answer into a sentence of its own.
    Phrases,
}

impl Reading {
    /// A word for scripts.
    pub fn name(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Shortens => "shortens",
            Self::Points => "points",
            Self::Spans => "spans",
            Self::Phrases => "phrases",
        }
    }
}

/// What is known of a language model before it reads.
pub trait Foresight {
    /// What it may do. A model that was never probed points and copies.
    fn reading(&self) -> Reading {
        Reading::Spans
    }

    /// Whether it may write about windows what is searched and shown later. Only a probe tells that of
    /// a model.
    fn writes(&self) -> bool {
        false
    }

    /// Tokens that a prompt and its reply may have together.
    fn context_tokens(&self) -> usize;

    /// Number of tokens of `text`.
    fn tokens_in(&self, text: &str) -> usize;

    /// What reading `request` would take right after `before`, or, if there is none, after what it read
    /// last. The text of the reply says only whether the model is expected to point, and its times are 0 if
    /// the model does not know them.
    ///
    /// # Errors
    /// If the request makes no prompt.
    fn foresee(&self, request: &Request, _before: Option<&Request>) -> Result<Reply> {
        let texts = [request.system, request.window, request.question];
        let prompt_tokens: usize = texts.into_iter().map(|text| self.tokens_in(text)).sum();
        Ok(Reply {
            text: POINTS.to_owned(),
            prompt_tokens: prompt_tokens as u64,
            output_tokens: EXPECTED_REPLY_TOKENS,
            ..Reply::default()
        })
    }
}

/// A language model as the plans see it.
pub trait TextModel: Foresight {
    /// Told how many windows may follow, at most, before they are read: for whoever shows progress.
    fn expect(&mut self, _windows: usize) {}

    /// Reads one window and replies in the form that the contract fixes.
    ///
    /// # Errors
    /// If the model fails; the question then fails with the same error.
    fn read(&mut self, request: &Request) -> Result<Reply>;
}

/// One prompt, in the order in which its parts come.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// What the model is told first.
    pub system: &'a str,
    /// The numbered sentences.
    pub window: &'a str,
    /// The question.
    pub question: &'a str,
    /// The form of the reply.
    pub contract: &'a Contract,
}

/// What a model replied.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reply {
    /// The text.
    pub text: String,
    /// How sure it was: by how much the logit of every token that it wrote lies above the next one's that
    /// the form allowed, at the least. 0 if the model does not tell.
    pub margin: f32,
    /// Tokens of the prompt.
    pub prompt_tokens: u64,
    /// Those of them whose state was at hand, so that they were not read again.
    pub reused_tokens: u64,
    /// Tokens it wrote.
    pub output_tokens: u64,
    /// Time that reading the prompt took, in microseconds; 0 if the model does not tell.
    pub prompt_us: u64,
    /// Time that writing took, in microseconds; 0 if the model does not tell.
    pub output_us: u64,
}

/// What a reply may be made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `NONE` or numbers of sentences.
    Points,
    /// That, or one number and words of that sentence.
    Spans,
    /// `NONE`, or one number and words of that sentence.
    Span,
    /// Words of the model's own, on one line.
    Words,
    /// `NONE`, or at most so many lines, each of them numbers of sentences and a sentence of the model's
    /// own.
    Lines(usize),
}

/// The form of a reply to a window of sentences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contract {
    sentences: Vec<String>,
    form: Form,
}

impl Contract {
    /// The form with spans for these sentences, numbered from 1.
    pub fn new(sentences: Vec<String>) -> Self {
        Self::in_form(sentences, Form::Spans)
    }

    /// Another form for these sentences, numbered from 1.
    pub fn in_form(sentences: Vec<String>, form: Form) -> Self {
        Self { sentences, form }
    }

    /// The sentences as the prompt shows them, one a line.
    pub fn window(&self) -> String {
        let mut window = String::new();
        for (index, sentence) in self.sentences.iter().enumerate() {
            window.push_str(&line(index, sentence));
        }
        window
    }

    /// Tokens of the reply at most.
    pub fn most_tokens(&self) -> usize {
        match self.form {
            Form::Lines(lines) => lines * LINE_TOKENS,
            _ => REPLY_TOKENS,
        }
    }

    /// The grammar of the reply in the Lark dialect of `llguidance`: `NONE`, numbers of sentences,
    /// or one number and words that stand in that sentence.
    pub fn lark(&self) -> String {
        if self.form == Form::Words {
            return "start: WORDS\nWORDS: /[^\\n]+/\n".to_owned();
        }
        let mut pointed = Vec::new();
        let mut rules = String::new();
        let mut numbers = Vec::new();
        for (index, sentence) in self.sentences.iter().enumerate() {
            let number = index + 1;
            numbers.push(format!("\"{number}\""));
            if !matches!(self.form, Form::Spans | Form::Span) {
                continue;
            }
            pointed.push(format!("\"{number}: \" SPAN_{number}"));
            // Where no spaces part the words, any run of characters may be copied.
            let by = if sentence.contains(words::is_ideograph) { "chars" } else { "words" };
            let text = serde_json::Value::String(sentence.clone());
            rules.push_str(&format!("SPAN_{number}: %regex {{ \"substring_{by}\": {text} }}\n"));
        }
        let numbers = format!(
            "numbers: number (\",\" number){{0,{}}}\nnumber: {}\n",
            MOST_NAMED - 1,
            numbers.join(" | ")
        );
        match self.form {
            Form::Points => format!("start: \"NONE\" | numbers\n{numbers}"),
            Form::Span => {
                format!("start: \"NONE\" | pointed\npointed: {}\n{rules}", pointed.join(" | "))
            }
            Form::Lines(lines) => {
                let (least, most) = LINE_CHARS;
                let stops: String = STOPS.iter().collect();
                format!(
                    "start: \"NONE\" | line (\"\\n\" line){{0,{}}}\n{numbers}\
                     line: numbers \": \" TEXT\nTEXT: /[^\\n]{{{least},{most}}}[{stops}]/\n",
                    lines.saturating_sub(1)
                )
            }
            _ => format!(
                "start: \"NONE\" | numbers | pointed\n{numbers}pointed: {}\n{rules}",
                pointed.join(" | ")
            ),
        }
    }

    /// Reads a reply that is made of lines: indices of sentences from 0, and the sentence written. What does
    /// not follow the form, such as a line that was cut off, is left out.
    pub fn parse_lines(&self, reply: &str) -> Vec<(Vec<usize>, String)> {
        let Form::Lines(most) = self.form else { return Vec::new() };
        let line = |line: &str| {
            let (numbers, text) = line.split_once(':')?;
            let (named, text) = (self.parse_numbers(numbers)?, text.trim());
            let is_whole = text.ends_with(STOPS) && text.chars().count() > LINE_CHARS.0;
            is_whole.then(|| (named, text.to_owned()))
        };
        reply.lines().filter_map(line).take(most).collect()
    }

    fn parse_numbers(&self, numbers: &str) -> Option<Vec<usize>> {
        let mut named = Vec::new();
        for number in numbers.split(',') {
            let index = number.trim().parse::<usize>().ok()?.checked_sub(1)?;
            if index >= self.sentences.len() {
                return None;
            }
            if !named.contains(&index) {
                named.push(index);
            }
        }
        (named.len() <= MOST_NAMED).then_some(named)
    }

    /// Reads a reply that points: indices of sentences from 0, and the span. `None` for `NONE` and
    /// for anything that does not follow the form.
    pub fn parse(&self, reply: &str) -> Option<(Vec<usize>, Option<String>)> {
        let reply = reply.trim();
        let (numbers, span) = match reply.split_once(':') {
            Some((numbers, span)) => (numbers, Some(span.trim())),
            None => (reply, None),
        };
        let named = self.parse_numbers(numbers)?;
        let stands = |span: &&str| {
            !span.is_empty() && named.iter().any(|index| self.sentences[*index].contains(*span))
        };
        match span {
            Some(span) => stands(&span).then(|| (named.clone(), Some(span.to_owned()))),
            None => Some((named, None)),
        }
    }
}

/// What the model pointed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pointed {
    /// The sentences, in the order in which it named them.
    pub sentences: Vec<SentenceId>,
    /// Words copied from one of them.
    pub span: Option<String>,
}

/// Is told of a sentence that a model points to.
type Told<'t> = &'t mut dyn FnMut(SentenceId) -> Result<()>;

/// A model, if there is one, and what is left of its budget.
pub struct Pointer<'m, 't> {
    model: Option<&'m mut dyn TextModel>,
    told: Option<Told<'t>>,
    reading: Reading,
    least_share: f32,
    windows_left: usize,
    tokens_left: u64,
    refused: bool,
    usage: Usage,
}

/// A sentence as it is shown: line breaks would end it.
fn on_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A sentence as a window shows it, by its index from 0.
fn line(index: usize, sentence: &str) -> String {
    format!("[{}] {sentence}\n", index + 1)
}

impl<'m, 't> Pointer<'m, 't> {
    /// A pointer that reads within `budget`. A model that may do nothing is none.
    pub fn new(model: Option<&'m mut dyn TextModel>, budget: &Budget) -> Self {
        let reading = model.as_ref().map_or(Reading::Nothing, |model| model.reading());
        let model = model.filter(|_| reading > Reading::Nothing);
        Self {
            model,
            told: None,
            reading,
            least_share: budget.least_share,
            windows_left: budget.windows,
            tokens_left: budget.tokens,
            refused: false,
            usage: Usage::default(),
        }
    }

    /// Tells `told` of every sentence that the model points to, as soon as it does.
    #[must_use]
    pub fn telling(self, told: Told<'t>) -> Self {
        Self { told: Some(told), ..self }
    }

    /// Whether there is a model that points, and some budget is left.
    pub fn has_model(&self) -> bool {
        self.model.is_some() && self.reading >= Reading::Points && self.windows_left > 0
    }

    /// Whether it would be asked to shorten an answer.
    pub fn may_shorten(&self) -> bool {
        self.model.is_some() && self.reading == Reading::Shortens && self.windows_left > 0
    }

    /// Share of the best place's score from which a place is read for one fact.
    pub fn least_share(&self) -> f32 {
        self.least_share
    }

    /// Whether a window was refused because the budget had ended.
    pub fn was_refused(&self) -> bool {
        self.refused
    }

    /// Tokens read and written so far.
    pub fn usage(&self) -> Usage {
        self.usage
    }

    /// Tells the model how many windows the plan would like it to read.
    pub fn expect(&mut self, windows: usize) {
        let windows = windows.min(self.windows_left);
        if let Some(model) = self.model.as_deref_mut() {
            model.expect(windows);
        }
    }

    /// The runs of `sentences` that the model's context holds at once beside `question`, each as long as
    /// it can be. A sentence that it does not hold alone is in none of them.
    pub fn runs(&self, sentences: &[Read], question: &str) -> Vec<Range<usize>> {
        let Some(model) = self.model.as_deref() else { return Vec::new() };
        let room = model.context_tokens().saturating_sub(
            FRAME_TOKENS + REPLY_TOKENS + model.tokens_in(SYSTEM) + model.tokens_in(question),
        );
        let (mut runs, mut start, mut used) = (Vec::new(), 0, 0);
        for (at, read) in sentences.iter().enumerate() {
            let text = on_one_line(&read.text);
            let mut tokens = model.tokens_in(&line(at - start, &text));
            if used + tokens > room || at - start == MOST_SENTENCES {
                runs.push(start..at);
                (start, used) = (at, 0);
                tokens = model.tokens_in(&line(0, &text));
            }
            if tokens > room {
                start = at + 1;
            } else {
                used += tokens;
            }
        }
        runs.push(start..sentences.len());
        runs.retain(|run| !run.is_empty());
        runs
    }

    /// Lets the model point to the sentences that answer `question`, of as many as its context holds;
    /// `None` if it says there are none, if there is no model, or if its budget has ended.
    ///
    /// # Errors
    /// If the model fails.
    pub fn point(&mut self, sentences: &[Read], question: &str) -> Result<Option<Pointed>> {
        let run = self.runs(sentences, question).into_iter().next();
        let may = self.reading >= Reading::Points;
        let Some(model) = self.model.as_deref_mut().filter(|_| may) else { return Ok(None) };
        let sentences = &sentences[run.unwrap_or_default()];
        let shown: Vec<String> = sentences.iter().map(|read| on_one_line(&read.text)).collect();
        let lines = shown.iter().enumerate().map(|(at, text)| line(at, text));
        let used: usize = lines.map(|line| model.tokens_in(&line)).sum();
        let need = (used + FRAME_TOKENS + REPLY_TOKENS) as u64;
        if self.windows_left == 0 || need > self.tokens_left {
            self.refused = true;
            return Ok(None);
        }
        if shown.is_empty() {
            return Ok(None);
        }
        let form = if self.reading == Reading::Points { Form::Points } else { Form::Spans };
        let contract = Contract::in_form(shown, form);
        let window = contract.window();
        let request = Request { system: SYSTEM, window: &window, question, contract: &contract };
        let reply = model.read(&request)?;
        self.windows_left -= 1;
        self.spend(&reply);
        let Some((named, span)) = contract.parse(&reply.text) else { return Ok(None) };
        let named: Vec<SentenceId> = named.iter().map(|index| sentences[*index].id).collect();
        if let Some(told) = &mut self.told {
            named.iter().try_for_each(|id| told(*id))?;
        }
        Ok(Some(Pointed { sentences: named, span }))
    }

    /// Lets the model copy from `sentences`, which code found, the words that answer `question`; `None`
    /// if it may not, if it says that there are none or is not sure, or if its budget has ended.
    ///
    /// # Errors
    /// If the model fails.
    pub fn shorten(&mut self, sentences: Vec<String>, question: &str) -> Result<Option<String>> {
        let may = self.may_shorten();
        let Some(model) = self.model.as_deref_mut().filter(|_| may) else { return Ok(None) };
        let contract = Contract::in_form(sentences, Form::Span);
        let window = contract.window();
        let texts = [SYSTEM, &window, question].map(|text| model.tokens_in(text));
        let need = texts.into_iter().fold(FRAME_TOKENS + REPLY_TOKENS, usize::saturating_add);
        if need > model.context_tokens() || need as u64 > self.tokens_left {
            return Ok(None);
        }
        let request = Request { system: SYSTEM, window: &window, question, contract: &contract };
        let reply = model.read(&request)?;
        self.windows_left -= 1;
        self.spend(&reply);
        Ok(shorten::copied(&contract, &reply))
    }

    /// Lets the model say `answer`, which `quotes` prove, in a sentence of its own; `None` if it
    /// may not, if its budget has ended, or if it says anything that they do not.
    ///
    /// # Errors
    /// If the model fails.
    pub fn phrase(
        &mut self,
        quotes: Vec<String>,
        question: &str,
        answer: &str,
    ) -> Result<Option<String>> {
        let may = self.reading >= Reading::Phrases;
        let Some(model) = self.model.as_deref_mut().filter(|_| may) else { return Ok(None) };
        let contract = Contract::in_form(quotes, Form::Words);
        let window = contract.window();
        let texts = [PHRASE_SYSTEM, &window, question].map(|text| model.tokens_in(text));
        let need = texts.into_iter().fold(FRAME_TOKENS + REPLY_TOKENS, usize::saturating_add);
        if need > model.context_tokens() || need as u64 > self.tokens_left {
            return Ok(None);
        }
        let request =
            Request { system: PHRASE_SYSTEM, window: &window, question, contract: &contract };
        let reply = model.read(&request)?;
        self.spend(&reply);
        let said = reply.text.trim();
        let is_true = phrase::is_supported(said, answer, &contract.sentences, question);
        Ok(is_true.then(|| said.to_owned()))
    }

    fn spend(&mut self, reply: &Reply) {
        let tokens = reply.prompt_tokens + reply.output_tokens;
        self.tokens_left = self.tokens_left.saturating_sub(tokens);
        self.usage.prompt_tokens += reply.prompt_tokens;
        self.usage.reused_tokens += reply.reused_tokens;
        self.usage.output_tokens += reply.output_tokens;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contract() -> Contract {
        Contract::new(vec!["The lamp is blue.".to_owned(), "Omar has \"it\".".to_owned()])
    }

    #[test]
    fn replies_outside_the_form_point_to_nothing() {
        let contract = contract();
        assert_eq!(contract.parse("NONE"), None);
        assert_eq!(contract.parse("2,1"), Some((vec![1, 0], None)));
        assert_eq!(contract.parse("1: blue"), Some((vec![0], Some("blue".to_owned()))));
        for wrong in ["3", "0", "1: red", "1:", "the lamp", "1,x", ""] {
            assert_eq!(contract.parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_grammar_names_every_sentence() {
        let lark = contract().lark();
        assert!(lark.contains("number: \"1\" | \"2\""));
        assert!(lark.contains(r#"SPAN_2: %regex { "substring_words": "Omar has \"it\"." }"#));
    }

    #[test]
    fn a_form_without_spans_has_no_spans() {
        let sentences = vec!["The lamp is blue.".to_owned()];
        let lark = Contract::in_form(sentences, Form::Points).lark();
        assert!(lark.contains("NONE") && !lark.contains("SPAN") && !lark.contains("pointed"));
    }

    #[test]
    fn lines_that_are_cut_off_or_point_nowhere_are_left_out() {
        let sentences = vec!["The lamp is blue.".to_owned(), "Omar has it.".to_owned()];
        let contract = Contract::in_form(sentences, Form::Lines(2));
        let reply = "1,2: Omar has the blue lamp.\n3: It is late.\n2: Omar has i\n1: Blue.\n2: He.";
        let lines = [(vec![0, 1], "Omar has the blue lamp."), (vec![0], "Blue.")];
        let lines = lines.map(|(named, text)| (named, text.to_owned()));
        assert_eq!(contract.parse_lines(reply), lines);
        assert_eq!(contract.parse_lines("NONE"), []);
        assert_eq!(contract.most_tokens(), 2 * LINE_TOKENS);
        let lark = contract.lark();
        assert!(lark.contains("line (\"\\n\" line){0,1}") && !lark.contains("SPAN"), "{lark}");
    }

    #[test]
    fn the_window_numbers_its_sentences() {
        assert_eq!(contract().window(), "[1] The lamp is blue.\n[2] Omar has \"it\".\n");
    }
}
