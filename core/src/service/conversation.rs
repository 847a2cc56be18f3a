//! One conversation: what was said, and the cache that saves reading it again.

use std::path::Path;
use std::sync::{Arc, Mutex, Weak};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::host::{Host, Job};
use super::stream::{Chunk, Outlet, Stream};
use super::{lock, saved};
use crate::cancel::CancelFlag;
use crate::error::{Result, ServiceError};
use crate::sample::GrammarSource;
use crate::session::{EndReason, Event, GenerateOptions, Session, message, tool_calls};
use crate::template::{Moment, RenderOptions};
use crate::tokenizer::EncodeOptions;

/// Who said something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The app, before everything else.
    System,
    /// The person.
    User,
    /// The model.
    Assistant,
    /// A tool that the model asked for.
    Tool,
}

/// Something that was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Who said it.
    pub role: Role,
    /// What was said.
    pub text: String,
}

/// How text is generated.
#[derive(Clone, Default)]
pub struct TalkOptions {
    /// Sampling, length, stop texts. Its grammar and flag are set by the conversation.
    pub generate: GenerateOptions,
    /// What the text has to follow.
    pub grammar: Option<GrammarSource>,
    /// Functions that the model may ask for, as templates expect them:
    /// `{"type": "function", "function": {"name", "description", "parameters"}}`.
    pub tools: Vec<Value>,
}

/// One conversation with a model. Does one thing at a time.
pub struct Conversation {
    host: Arc<Host>,
    slot: Arc<Mutex<Slot>>,
}

/// What a conversation keeps between two turns.
pub(super) struct Slot {
    messages: Vec<Message>,
    /// The cache; `None` before the first turn and after it was given back.
    session: Option<Session>,
    is_busy: bool,
}

impl Conversation {
    pub(super) fn new(host: Arc<Host>, messages: Vec<Message>) -> Self {
        let slot = Slot { messages, session: None, is_busy: false };
        Self { host, slot: Arc::new(Mutex::new(slot)) }
    }

    pub(super) fn slot(&self) -> Weak<Mutex<Slot>> {
        Arc::downgrade(&self.slot)
    }

    /// Continues a text. What was read before and is read again costs nothing.
    ///
    /// # Errors
    /// [`ServiceError::Busy`]; what goes wrong later is told by the stream.
    pub fn generate(
        &self,
        prompt: String,
        options: TalkOptions,
        cancel: CancelFlag,
    ) -> Result<Stream> {
        self.start(cancel, move |turn, job, outlet| {
            let encode = EncodeOptions { add_special: true, parse_special: false };
            let prompt = job.engine.tokenizer().encode(&prompt, encode)?;
            Ok(turn.speak(job, &prompt, &options, outlet)?.0)
        })
    }

    /// Adds messages, usually one of the person or results of tools, and lets the model answer. What
    /// it says becomes a message, too, also when it was cancelled in the middle; after an error
    /// nothing was added.
    ///
    /// # Errors
    /// [`ServiceError::Busy`]; what goes wrong later is told by the stream.
    pub fn chat(
        &self,
        messages: Vec<Message>,
        options: TalkOptions,
        cancel: CancelFlag,
    ) -> Result<Stream> {
        self.start(cancel, move |turn, job, outlet| {
            let mut all = [turn.messages.as_slice(), &messages].concat();
            let prompt = prompt_ids(job, &all, &options.tools)?;
            let (last, text) = turn.speak(job, &prompt, &options, outlet)?;
            if !matches!(last, Chunk::Cancelled) || !text.is_empty() {
                all.push(Message { role: Role::Assistant, text });
                turn.messages = all;
            }
            Ok(last)
        })
    }

    /// What was said so far, the system's message included.
    pub fn messages(&self) -> Vec<Message> {
        lock(&self.slot).messages.clone()
    }

    /// Tokens in the cache; 0 while a stream is under way.
    pub fn n_past(&self) -> usize {
        lock(&self.slot).session.as_ref().map_or(0, |session| session.tokens().len())
    }

    /// Forgets everything but the system's messages.
    ///
    /// # Errors
    /// [`ServiceError::Busy`].
    pub fn clear(&self) -> Result<()> {
        let mut turn = Turn::take(&self.slot)?;
        turn.messages.retain(|message| message.role == Role::System);
        turn.session = None;
        Ok(())
    }

    /// Writes the conversation and its cache to a file, whole or not at all.
    ///
    /// # Errors
    /// [`ServiceError::Busy`], and if the file cannot be written.
    pub fn save(&self, path: &Path) -> Result<()> {
        let mut turn = Turn::take(&self.slot)?;
        let Turn { messages, session, .. } = &mut turn;
        saved::write(path, messages, session.as_mut())
    }

    /// Takes over what was saved by a conversation with the same model and the same options. After
    /// an error everything is as it was before.
    ///
    /// # Errors
    /// [`ServiceError::Busy`], and if the file cannot be read, is no saved conversation, or one with
    /// another model or other options.
    pub fn restore(&self, path: &Path) -> Result<()> {
        let job = self.host.begin()?;
        let mut turn = Turn::take(&self.slot)?;
        let (messages, session) = saved::read(path, &job.engine)?;
        (turn.messages, turn.session) = (messages, session);
        Ok(())
    }

    fn start(
        &self,
        cancel: CancelFlag,
        work: impl FnOnce(&mut Turn, &Job, &Outlet) -> Result<Chunk> + Send + 'static,
    ) -> Result<Stream> {
        let turn = Turn::take(&self.slot)?;
        let host = self.host.clone();
        Stream::start(CancelFlag::below([cancel, host.stop_flag()]), move |outlet| {
            host.pace().wait(Duration::ZERO, outlet.flag());
            if outlet.flag().is_cancelled() {
                return Ok(Chunk::Cancelled);
            }
            let job = host.begin()?;
            // Put back before the job ends, so that whoever waits for that finds the cache idle.
            let mut turn = turn;
            work(&mut turn, &job, outlet)
        })
    }
}

impl Slot {
    /// Gives the cache of an idle conversation back. Answers how many bytes it was.
    pub(super) fn shed(&mut self) -> u64 {
        self.session.take().map_or(0, |session| {
            let (cache_bytes, activation_bytes) = session.memory_bytes();
            cache_bytes + activation_bytes
        })
    }
}

/// What a conversation keeps, in the hands of the one job that uses it.
struct Turn {
    slot: Arc<Mutex<Slot>>,
    messages: Vec<Message>,
    session: Option<Session>,
}

impl Turn {
    fn take(slot: &Arc<Mutex<Slot>>) -> Result<Self> {
        let mut inside = lock(slot);
        if inside.is_busy {
            return Err(ServiceError::Busy.into());
        }
        inside.is_busy = true;
        let (messages, session) = (inside.messages.clone(), inside.session.take());
        Ok(Self { slot: slot.clone(), messages, session })
    }

    /// Generates text. Answers the last chunk and the text.
    fn speak(
        &mut self,
        job: &Job,
        prompt: &[u32],
        options: &TalkOptions,
        outlet: &Outlet,
    ) -> Result<(Chunk, String)> {
        let grammar = options.grammar.as_ref().map(|source| job.grammar(source)).transpose()?;
        let cancel = outlet.flag().clone();
        let wanted = GenerateOptions { grammar, cancel, ..options.generate.clone() };
        let session = match &mut self.session {
            Some(session) => session,
            empty => empty.insert(job.engine.session()?),
        };
        let (mut text, mut last) = (String::new(), Chunk::Cancelled);
        let mut generation = session.generate(prompt, wanted)?;
        let mut begun = Instant::now();
        while let Some(event) = generation.next() {
            let worked = begun.elapsed();
            match event {
                Event::Progress { n_done, n_total } => {
                    outlet.send(Chunk::Progress { done: n_done as u64, total: n_total as u64 });
                }
                Event::Text(piece) => {
                    text.push_str(&piece);
                    outlet.send(Chunk::Text(piece));
                }
                Event::End(end) => match end.reason {
                    EndReason::Cancelled => {}
                    EndReason::Failed(error) => return Err(error),
                    _ => {
                        let tool_calls = tool_calls(&text, &names(&options.tools));
                        last = Chunk::Finished { end, tool_calls };
                    }
                },
            }
            let pace = job.host.pace();
            if pace.is_slowed() {
                generation.rest();
                pace.wait(worked, outlet.flag());
            }
            begun = Instant::now();
        }
        generation.rest();
        Ok((last, text))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut slot = lock(&self.slot);
        slot.messages = std::mem::take(&mut self.messages);
        // After a panic nobody knows what is in the cache.
        slot.session = self.session.take().filter(|_| !std::thread::panicking());
        slot.is_busy = false;
    }
}

/// Names of the tools that are offered.
fn names(tools: &[Value]) -> Vec<&str> {
    tools.iter().filter_map(|tool| tool["function"]["name"].as_str()).collect()
}

/// The prompt that asks the model for its next message.
fn prompt_ids(job: &Job, messages: &[Message], tools: &[Value]) -> Result<Vec<u32>> {
    let messages: Vec<Value> =
        messages.iter().map(|said| message(said.role.name(), &said.text)).collect();
    job.format()?.ids(&RenderOptions {
        messages: &messages,
        tools,
        add_generation_prompt: true,
        variables: &serde_json::Map::new(),
        now: Moment::now(),
    })
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 4] = [Self::System, Self::User, Self::Assistant, Self::Tool];

    /// The word that templates use.
    pub fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::User => "user",
            Self::Assistant => "assistant",
            Self::Tool => "tool",
        }
    }
}
