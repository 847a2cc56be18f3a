//! DOCX (Office Open XML, ISO 29500): the paragraphs of `word/document.xml`.
//!
//! Headings are paragraphs whose style has an outline level or one of Word's heading names. Pages begin at
//! page breaks and where Word noted one when it last laid the document out. Deleted text of tracked
//! changes, field codes, comments, notes, headers and footers are left out.

use std::collections::BTreeMap;

use quick_xml::events::{BytesStart, Event};

use super::archive::{Archive, attribute, referenced};
use super::prose::Prose;
use super::sink::{ReadSummary, TextSink};
use super::source::{Limits, Source};
use crate::error::Result;

const FORMAT: &str = "DOCX";
/// The entry with the text.
pub const BODY: &str = "word/document.xml";
const STYLES: &str = "word/styles.xml";
const PROPERTIES: &str = "docProps/core.xml";

/// Reads `source` as DOCX into `sink`.
///
/// # Errors
/// If the source cannot be read, is broken, encrypted, too large, or holds no text.
pub fn read(source: &Source, limits: &Limits, sink: &mut dyn TextSink) -> Result<ReadSummary> {
    let bytes = source.checked_length(limits)?;
    let mut archive = Archive::open(source, limits, FORMAT)?;
    let levels = if archive.has(STYLES) { heading_styles(&mut archive)? } else { BTreeMap::new() };
    let title = if archive.has(PROPERTIES) { title(&mut archive)? } else { String::new() };
    let mut prose = Prose::new(source, limits, sink);
    prose.title(&title);
    let mut body = Body { prose: &mut prose, levels, in_text: false, cells: 0, hidden: 0 };
    archive.xml(BODY, &mut |event| {
        body.event(event)?;
        Ok(!body.prose.is_stopped())
    })?;
    if !prose.finish()? {
        return Err(source.empty(bytes));
    }
    Ok(ReadSummary { guessed_encoding: false, stopped: prose.is_stopped() })
}

/// Heading levels by the id of their style.
fn heading_styles(archive: &mut Archive) -> Result<BTreeMap<String, u8>> {
    let mut levels = BTreeMap::new();
    let mut style = String::new();
    archive.xml(STYLES, &mut |event| {
        if let Event::Start(tag) | Event::Empty(tag) = event {
            match tag.local_name().into_inner() {
                "style" => style = attribute(tag, "styleId").unwrap_or_default(),
                "name" => {
                    let name = attribute(tag, "val").unwrap_or_default().to_lowercase();
                    let level = match name.strip_prefix("heading ") {
                        Some(number) => number.parse().ok(),
                        None => (name == "title").then_some(1),
                    };
                    if let Some(level) = level {
                        levels.insert(style.clone(), level);
                    }
                }
                "outlineLvl" => {
                    if let Some(level) = outline_level(tag) {
                        levels.insert(style.clone(), level);
                    }
                }
                _ => {}
            }
        }
        Ok(true)
    })?;
    Ok(levels)
}

/// Word counts outline levels from 0, and 9 says that a paragraph is body text.
fn outline_level(tag: &BytesStart) -> Option<u8> {
    let level: u8 = attribute(tag, "val")?.parse().ok()?;
    (level < 9).then_some(level + 1)
}

fn title(archive: &mut Archive) -> Result<String> {
    let (mut title, mut inside) = (String::new(), false);
    archive.xml(PROPERTIES, &mut |event| {
        match event {
            Event::Start(tag) => inside = tag.local_name().into_inner() == "title",
            Event::Text(text) if inside => title.push_str(&text.xml10_content()),
            Event::GeneralRef(reference) if inside => title += &referenced(reference),
            Event::End(_) => inside = false,
            _ => {}
        }
        Ok(true)
    })?;
    Ok(title)
}

struct Body<'a, 's> {
    prose: &'a mut Prose<'s>,
    levels: BTreeMap<String, u8>,
    in_text: bool,
    /// How many cells of tables are open.
    cells: u32,
    /// How many elements are open that repeat what stands elsewhere.
    hidden: u32,
}

impl Body<'_, '_> {
    fn event(&mut self, event: &Event) -> Result<()> {
        match event {
            Event::Start(tag) if tag.local_name().into_inner() == "Fallback" => self.hidden += 1,
            Event::End(tag) if tag.local_name().into_inner() == "Fallback" => {
                self.hidden = self.hidden.saturating_sub(1);
            }
            _ if self.hidden > 0 => {}
            Event::Start(tag) => self.begin(tag, false)?,
            Event::Empty(tag) => self.begin(tag, true)?,
            Event::Text(text) if self.in_text => self.prose.inline(&text.xml10_content())?,
            Event::CData(text) if self.in_text => self.prose.inline(&text.xml10_content())?,
            Event::GeneralRef(reference) if self.in_text => {
                self.prose.inline(&referenced(reference))?;
            }
            Event::End(tag) => match tag.local_name().into_inner() {
                "t" => self.in_text = false,
                "p" => self.end_paragraph()?,
                "tc" => {
                    self.cells = self.cells.saturating_sub(1);
                    self.prose.inline(" | ")?;
                }
                "tr" => self.prose.line_break(),
                "tbl" => self.prose.end_paragraph()?,
                _ => {}
            },
            _ => {}
        }
        Ok(())
    }

    fn begin(&mut self, tag: &BytesStart, empty: bool) -> Result<()> {
        match tag.local_name().into_inner() {
            "t" => self.in_text = !empty,
            "p" if empty => self.end_paragraph()?,
            "pStyle" if self.cells == 0 => {
                let level =
                    attribute(tag, "val").and_then(|style| self.levels.get(&style).copied());
                if let Some(level) = level {
                    self.prose.begin_heading(level)?;
                }
            }
            "outlineLvl" if self.cells == 0 => {
                if let Some(level) = outline_level(tag) {
                    self.prose.begin_heading(level)?;
                }
            }
            "tab" => self.prose.inline(" ")?,
            "br" if attribute(tag, "type").as_deref() == Some("page") => self.prose.begin_page()?,
            "lastRenderedPageBreak" => self.prose.begin_page()?,
            "br" | "cr" => self.prose.line_break(),
            "tbl" => self.prose.end_paragraph()?,
            "tr" => self.prose.inline("| ")?,
            "tc" => self.cells += 1,
            _ => {}
        }
        Ok(())
    }

    /// Paragraphs of a table's cell stay in its row.
    fn end_paragraph(&mut self) -> Result<()> {
        if self.cells > 0 { self.prose.inline(" ") } else { self.prose.end_paragraph() }
    }
}
