//! HTML: the text that a reader of the page sees, through the tokenizer of `html5ever`.
//!
//! The page is never held as a tree, so a page of any length passes through. Tags that begin or end a
//! block end a paragraph; `h1` to `h6` are headings; table rows become lines of cells between bars, and
//! list items lines with a dash. Scripts, styles, templates and the like are left out. Does not look at
//! style sheets: what they hide is read.

use std::cell::RefCell;

use encoding_rs::Encoding;
use html5ever::TokenizerResult;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};

use super::encoding::{self, fill};
use super::prose::Prose;
use super::sink::{Flow, ReadSummary, TextSink};
use super::source::{Limits, Source};
use crate::error::{Error, Result};

/// Bytes at the start of a page in which it declares its encoding.
const DECLARATION: usize = 1_024;
/// Longest title.
const LONGEST_TITLE: usize = 4_096;

/// Elements whose content is not shown.
const HIDDEN: &[&str] = &[
    "script", "style", "template", "noscript", "iframe", "noembed", "noframes", "svg", "object",
    "select", "datalist", "audio", "video", "canvas",
];
/// Elements that begin and end a block of text.
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "center",
    "dd",
    "details",
    "dialog",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "header",
    "hr",
    "html",
    "main",
    "menu",
    "nav",
    "ol",
    "p",
    "section",
    "summary",
    "ul",
    "caption",
    "thead",
    "tbody",
    "tfoot",
    "head",
    "legend",
];

/// Reads `source` as HTML into `sink`.
///
/// # Errors
/// If the source cannot be read, is empty, too large or binary.
pub fn read(source: &Source, limits: &Limits, sink: &mut dyn TextSink) -> Result<ReadSummary> {
    let bytes = source.checked_length(limits)?;
    let mut start = vec![0; DECLARATION];
    let length = fill(&mut *source.open()?, &mut start).map_err(|e| source.failed(e))?;
    let detected = encoding::detect(source, declared(&start[..length]))?;
    let mut prose = Prose::new(source, limits, sink);
    let reader = HtmlReader::new(&mut prose, true);
    encoding::decode(source, detected, &mut |text| reader.feed(text))?;
    reader.finish()?;
    if !prose.finish()? {
        return Err(source.empty(bytes));
    }
    Ok(ReadSummary { guessed_encoding: detected.guessed, stopped: prose.is_stopped() })
}

/// The encoding that the start of a page or of an XML file declares.
pub fn declared(start: &[u8]) -> Option<&'static Encoding> {
    let text = String::from_utf8_lossy(start).to_ascii_lowercase();
    ["charset=", "encoding="].iter().find_map(|mark| {
        let behind = &text[text.find(mark)? + mark.len()..];
        let label = behind.trim_start_matches(['"', '\'', ' ']);
        let end = label.find(|c: char| !(c.is_ascii_alphanumeric() || "-_:.".contains(c)))?;
        Encoding::for_label(&label.as_bytes()[..end])
    })
}

/// Reads one page into a [`Prose`].
pub struct HtmlReader<'a, 's> {
    tokenizer: Tokenizer<Page<'a, 's>>,
    input: BufferQueue,
}

impl<'a, 's> HtmlReader<'a, 's> {
    /// A reader into `prose`; with `titles`, the page's title is the document's.
    pub fn new(prose: &'a mut Prose<'s>, titles: bool) -> Self {
        let page = Page {
            state: RefCell::new(State {
                prose,
                titles,
                hidden: None,
                title: None,
                preformatted: 0,
                in_cell: false,
                failed: None,
            }),
        };
        let tokenizer = Tokenizer::new(page, TokenizerOpts::default());
        Self { tokenizer, input: BufferQueue::default() }
    }

    /// Text that follows what came before.
    ///
    /// # Errors
    /// If the text is too long or the sink fails.
    pub fn feed(&self, text: &str) -> Result<Flow> {
        self.input.push_back(StrTendril::from_slice(text));
        // Scripts are not run, so nothing is waited for.
        while let TokenizerResult::Script(()) = self.tokenizer.feed(&self.input) {}
        let mut state = self.tokenizer.sink.state.borrow_mut();
        match state.failed.take() {
            Some(error) => Err(error),
            None if state.prose.is_stopped() => Ok(Flow::Stop),
            None => Ok(Flow::Continue),
        }
    }

    /// The page has ended.
    ///
    /// # Errors
    /// If the text is too long or the sink fails.
    pub fn finish(self) -> Result<()> {
        self.tokenizer.end();
        let mut state = self.tokenizer.sink.state.borrow_mut();
        state.end_title();
        match state.failed.take() {
            Some(error) => Err(error),
            None => state.prose.end_paragraph(),
        }
    }
}

struct Page<'a, 's> {
    state: RefCell<State<'a, 's>>,
}

struct State<'a, 's> {
    prose: &'a mut Prose<'s>,
    titles: bool,
    /// The hidden element that is open, and how deep it is nested in itself.
    hidden: Option<(String, u32)>,
    /// Text of the title that is open.
    title: Option<String>,
    preformatted: u32,
    /// Whether a cell of a table is open.
    in_cell: bool,
    /// The first failure; what follows it is not looked at.
    failed: Option<Error>,
}

impl TokenSink for Page<'_, '_> {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut state = self.state.borrow_mut();
        if state.failed.is_some() {
            return TokenSinkResult::Continue;
        }
        let result = match token {
            Token::CharacterTokens(text) => state.characters(&text).map(|()| None),
            Token::TagToken(tag) => state.tag(&tag),
            _ => Ok(None),
        };
        match result {
            Ok(None) => TokenSinkResult::Continue,
            Ok(Some(kind)) => TokenSinkResult::RawData(kind),
            Err(error) => {
                state.failed = Some(error);
                TokenSinkResult::Continue
            }
        }
    }
}

impl State<'_, '_> {
    fn characters(&mut self, text: &str) -> Result<()> {
        if let Some(title) = &mut self.title {
            if title.len() < LONGEST_TITLE {
                title.push_str(text);
            }
            return Ok(());
        }
        if self.hidden.is_some() {
            return Ok(());
        }
        if self.preformatted > 0 { self.prose.verbatim(text) } else { self.prose.inline(text) }
    }

    fn tag(&mut self, tag: &Tag) -> Result<Option<RawKind>> {
        let name: &str = &tag.name;
        let opens = tag.kind == TagKind::StartTag;
        if let Some((hidden, depth)) = &mut self.hidden {
            if hidden == name {
                match (opens && !tag.self_closing, opens) {
                    (true, _) => *depth += 1,
                    (_, true) => {}
                    _ => *depth -= 1,
                }
                if *depth == 0 {
                    self.hidden = None;
                }
            }
            return Ok(None);
        }
        if HIDDEN.contains(&name) {
            if opens && !tag.self_closing {
                self.hidden = Some((name.to_owned(), 1));
                return Ok(match name {
                    "script" => Some(RawKind::ScriptData),
                    "style" | "iframe" | "noembed" | "noframes" => Some(RawKind::Rawtext),
                    _ => None,
                });
            }
            return Ok(None);
        }
        if is_page_break(tag) {
            self.prose.begin_page()?;
        }
        match name {
            "title" if opens && !tag.self_closing => {
                self.title = Some(String::new());
                return Ok(Some(RawKind::Rcdata));
            }
            "title" => self.end_title(),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" if opens => {
                self.prose.begin_heading(name.as_bytes()[1] - b'0')?;
            }
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.prose.end_paragraph()?,
            "br" => self.prose.line_break(),
            "li" if opens => {
                self.prose.line_break();
                self.prose.inline("- ")?;
            }
            // Rows and cells may end without a tag that says so.
            "tr" | "table" => {
                self.end_cell()?;
                if name == "table" {
                    self.prose.end_paragraph()?;
                } else {
                    self.prose.line_break();
                }
                if name == "tr" && opens {
                    self.prose.inline("|")?;
                }
            }
            "td" | "th" => {
                self.end_cell()?;
                if opens {
                    self.prose.inline(" ")?;
                    self.in_cell = true;
                }
            }
            "li" => self.prose.line_break(),
            "pre" | "textarea" if opens => {
                self.prose.end_paragraph()?;
                self.preformatted += 1;
            }
            "pre" | "textarea" => {
                self.preformatted = self.preformatted.saturating_sub(1);
                self.prose.end_paragraph()?;
            }
            _ if BLOCKS.contains(&name) => self.prose.end_paragraph()?,
            _ => {}
        }
        Ok(None)
    }

    fn end_cell(&mut self) -> Result<()> {
        if std::mem::take(&mut self.in_cell) { self.prose.inline(" |") } else { Ok(()) }
    }

    fn end_title(&mut self) {
        if let Some(title) = self.title.take()
            && self.titles
        {
            self.prose.title(&title);
        }
    }
}

/// Whether a tag marks where a page of the printed book begins.
fn is_page_break(tag: &Tag) -> bool {
    tag.kind == TagKind::StartTag
        && tag.attrs.iter().any(|attribute| {
            let name: &str = &attribute.name.local;
            matches!(name, "epub:type" | "role")
                && attribute.value.split(' ').any(|v| v == "pagebreak" || v == "doc-pagebreak")
        })
}
