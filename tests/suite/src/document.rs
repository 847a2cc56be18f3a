//! Documents: fragments spread through filler in one of thirteen styles, with their offsets.

use crate::dice::Dice;
use crate::filler::Filler;
use crate::item::{Language, Span};
use crate::split::{Sides, Split};

/// How a document looks and how fragments stand in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Fragments between the sentences of the prose.
    Flowing,
    /// The same, in chapters.
    Chapters,
    /// The same, in numbered letters.
    Letters,
    /// The same, in the numbered days of a diary.
    Diary,
    /// Fragments as paragraphs of their own.
    Separate,
    /// Fragments as notes in the margin.
    Notes,
    /// Fragments as items of lists.
    Lists,
    /// Fragments as what somebody says, in paragraphs of their own.
    Speech,
    /// Fragments as numbered notes below paragraphs.
    Footnotes,
    /// Between the sentences of the prose, in the numbered entries of a log.
    Log,
    /// Fragments as paragraphs of their own with a date before them.
    Dated,
    /// Fragments as block quotations.
    Quoted,
    /// Fragments as paragraphs in brackets.
    Brackets,
}

/// All styles.
pub const STYLES: Sides<Style> = Sides {
    seen: &[
        Style::Flowing,
        Style::Chapters,
        Style::Letters,
        Style::Separate,
        Style::Notes,
        Style::Lists,
        Style::Diary,
        Style::Speech,
        Style::Footnotes,
    ],
    held_out: &[Style::Log, Style::Dated, Style::Quoted, Style::Brackets],
};
/// Sections of a document in chapters or letters.
const SECTIONS: usize = 12;

impl Style {
    /// A style of this side of the split.
    pub fn any(dice: &mut Dice, split: Split) -> Self {
        split.pick(dice, &STYLES)
    }

    /// A style of this side that has numbered sections.
    pub fn with_sections(dice: &mut Dice, split: Split) -> Self {
        match split {
            Split::Seen => *dice.pick(&[Self::Chapters, Self::Diary]),
            Split::HeldOut => Self::Log,
        }
    }

    /// The name in results.
    pub fn name(self) -> &'static str {
        match self {
            Self::Flowing => "flowing",
            Self::Chapters => "chapters",
            Self::Letters => "letters",
            Self::Diary => "diary",
            Self::Separate => "separate",
            Self::Notes => "notes",
            Self::Lists => "lists",
            Self::Speech => "speech",
            Self::Footnotes => "footnotes",
            Self::Log => "log",
            Self::Dated => "dated",
            Self::Quoted => "quoted",
            Self::Brackets => "brackets",
        }
    }

    /// What its section of this number is called, in styles with sections.
    pub fn section(self, language: Language, number: usize) -> Option<String> {
        let (english, chinese) = match self {
            Self::Chapters => ("chapter", "章"),
            Self::Letters => ("letter", "封信"),
            Self::Diary => ("day", "天"),
            Self::Log => ("entry", "则"),
            _ => return None,
        };
        Some(match language {
            Language::English => format!("{english} {number}"),
            Language::Chinese => format!("第{number}{chinese}"),
        })
    }
}

/// Where a fragment came to stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placed {
    /// Its characters.
    pub span: Span,
    /// Its section from 1; 0 in styles without sections.
    pub section: usize,
}

/// A document and its fragments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The text.
    pub text: String,
    /// Where the fragments stand, in their order.
    pub placed: Vec<Placed>,
}

struct Writer {
    text: String,
    chars: u64,
}

impl Writer {
    fn push(&mut self, text: &str) -> Span {
        let start = self.chars;
        self.text.push_str(text);
        self.chars += text.chars().count() as u64;
        Span { start, end: self.chars }
    }
}

/// Spreads `fragments`, keeping their order, uniformly through about `chars` characters.
pub fn assemble(
    fragments: &[String],
    chars: usize,
    style: Style,
    language: Language,
    filler: &mut dyn Filler,
    dice: &mut Dice,
) -> Document {
    let own: usize = fragments.iter().map(|fragment| fragment.chars().count() + 2).sum();
    let room = chars.saturating_sub(own) as u64;
    let mut depths: Vec<f64> = fragments.iter().map(|_| dice.unit()).collect();
    depths.sort_by(f64::total_cmp);
    let mut writer = Writer { text: String::with_capacity(chars + chars / 16), chars: 0 };
    let mut placed: Vec<Placed> = Vec::new();
    let mut filled = 0;
    let mut section = 0;
    loop {
        let depth = filled as f64 / room.max(1) as f64;
        if let Some(heading) = style.section(language, section + 1)
            && (filled * SECTIONS as u64) >= section as u64 * room.max(1)
            && section < SECTIONS
        {
            section += 1;
            writer.push(&format!("{}\n\n", heading.to_uppercase()));
        }
        let due = depths[placed.len()..].iter().take_while(|wanted| **wanted <= depth).count();
        let last = filled >= room;
        let due = if last { fragments.len() - placed.len() } else { due };
        let now = &fragments[placed.len()..placed.len() + due];
        let paragraph = if last { String::new() } else { filler.paragraph(dice) };
        filled += paragraph.chars().count() as u64 + 2;
        let spans = write(&mut writer, &paragraph, now, style, language, dice);
        placed.extend(spans.into_iter().map(|span| Placed { span, section }));
        if last {
            break;
        }
    }
    Document { text: writer.text, placed }
}

/// Writes a paragraph with fragments in it or before it.
fn write(
    writer: &mut Writer,
    paragraph: &str,
    fragments: &[String],
    style: Style,
    language: Language,
    dice: &mut Dice,
) -> Vec<Span> {
    let mut spans = Vec::new();
    let flows = matches!(
        style,
        Style::Flowing | Style::Chapters | Style::Letters | Style::Diary | Style::Log
    );
    if !flows {
        let is_below = style == Style::Footnotes;
        if is_below && !paragraph.is_empty() {
            writer.push(paragraph);
            writer.push("\n\n");
        }
        for (number, fragment) in fragments.iter().enumerate() {
            let (before, after) = around(style, language, number + 1, dice);
            writer.push(&before);
            spans.push(writer.push(fragment));
            writer.push(after);
            writer.push("\n\n");
        }
        if !is_below && !paragraph.is_empty() {
            writer.push(paragraph);
            writer.push("\n\n");
        }
        return spans;
    }
    let space = if language == Language::English { " " } else { "" };
    let mut bounds = sentence_bounds(paragraph);
    bounds.push(paragraph.len());
    let mut cuts: Vec<usize> = fragments.iter().map(|_| *dice.pick(&bounds)).collect();
    cuts.sort_unstable();
    let mut from = 0;
    for (fragment, cut) in fragments.iter().zip(cuts) {
        let piece = paragraph[from..cut].trim();
        if !piece.is_empty() {
            writer.push(piece);
            writer.push(space);
        }
        spans.push(writer.push(fragment));
        writer.push(space);
        from = cut;
    }
    writer.push(paragraph[from..].trim());
    writer.push("\n\n");
    spans
}

/// What stands before and after a fragment that is a paragraph of its own.
fn around(
    style: Style,
    language: Language,
    number: usize,
    dice: &mut Dice,
) -> (String, &'static str) {
    match (style, language) {
        (Style::Notes, Language::English) => ("In the margin, in another hand: ".to_owned(), ""),
        (Style::Notes, Language::Chinese) => ("页边另有一行小字：".to_owned(), ""),
        (Style::Lists, _) => ("- ".to_owned(), ""),
        (Style::Speech, Language::English) => ("“".to_owned(), "” So spoke one of them."),
        (Style::Speech, Language::Chinese) => ("有人说：“".to_owned(), "”"),
        (Style::Footnotes, _) => (format!("[{number}] "), ""),
        (Style::Dated, Language::English) => (format!("{} October. ", dice.between(1, 31)), ""),
        (Style::Dated, Language::Chinese) => (format!("十月{}日。", dice.between(1, 31)), ""),
        (Style::Quoted, _) => ("> ".to_owned(), ""),
        (Style::Brackets, Language::English) => ("(".to_owned(), ")"),
        (Style::Brackets, Language::Chinese) => ("（".to_owned(), "）"),
        _ => (String::new(), ""),
    }
}

/// Bytes at which a sentence begins inside a paragraph that is no speech.
fn sentence_bounds(paragraph: &str) -> Vec<usize> {
    let mut bounds = vec![0];
    let mut before = ' ';
    let mut end: Option<char> = None;
    let mut in_speech = false;
    for (at, c) in paragraph.char_indices() {
        let after_stop = match end {
            Some('。' | '！' | '？') => !matches!(c, '”' | '」'),
            Some(_) => before == ' ' && c.is_uppercase(),
            None => false,
        };
        if after_stop && !in_speech {
            bounds.push(at);
        }
        match c {
            '"' => in_speech = !in_speech,
            '“' => in_speech = true,
            '”' => in_speech = false,
            _ => {}
        }
        // A full stop behind a capital or a short title ends no sentence for certain.
        end = match c {
            '.' if before.is_lowercase() && !titled(&paragraph[..at]) => Some('.'),
            '!' | '?' | '。' | '！' | '？' => Some(c),
            ' ' => end,
            _ => None,
        };
        before = c;
    }
    bounds
}

/// Whether the text ends in a title, whose full stop ends no sentence.
fn titled(text: &str) -> bool {
    ["Mr", "Mrs", "Messrs", "Dr", "St", "Capt"].iter().any(|title| text.ends_with(title))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filler::generated::Generated;

    #[test]
    fn fragments_stand_where_their_spans_say_in_every_style() {
        let fragments: Vec<String> = (0..9).map(|n| format!("Fragment {n} says é{n}.")).collect();
        for style in STYLES.all() {
            let mut dice = Dice::new(5, style.name());
            let document =
                assemble(&fragments, 9000, *style, Language::English, &mut Generated, &mut dice);
            let chars: Vec<char> = document.text.chars().collect();
            assert!((8000..11000).contains(&chars.len()), "{style:?}: {}", chars.len());
            for (placed, fragment) in document.placed.iter().zip(&fragments) {
                let span = placed.span.start as usize..placed.span.end as usize;
                let found: String = chars[span].iter().collect();
                assert_eq!(found, *fragment, "{style:?}");
                let has_sections = style.section(Language::English, 1).is_some();
                assert_eq!(placed.section > 0, has_sections);
            }
            assert_eq!(document.placed.len(), fragments.len());
        }
    }

    #[test]
    fn sentences_are_cut_outside_speech_and_titles() {
        let text = "He went. \"Stop. Now.\" Mr. Adams ran. It rained.";
        let starts: Vec<&str> =
            sentence_bounds(text).iter().map(|at| &text[*at..][..2.min(text.len() - at)]).collect();
        assert_eq!(starts, ["He", "It"]);
        assert_eq!(sentence_bounds("天黑了。“走吧。”下雨了。"), [0, 12]);
    }
}
