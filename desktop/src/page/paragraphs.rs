//! From the text of a block to the paragraphs of the page.
//!
//! Every paragraph knows the characters of the document that it shows, so that quotes are found in
//! it by their offsets. Lines that were broken by hand in running text are joined: the line break
//! becomes a space, one character for one. Signs that are only there for a program are left out
//! (carriage returns, indents, in Markdown those of headings, list items, code and strong words);
//! where, is noted. Links and pictures of Markdown are shown as they are written.

use std::ops::Range;

use crate::text::one_line;

/// What a paragraph is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Running text.
    Body,
    /// An item of a list; its sign is left out.
    Item,
    /// A heading of this level, from 1.
    Heading(u8),
    /// A program or a table: its lines and widths matter.
    Verbatim,
}

/// How a part of a paragraph is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// Words of a program.
    Code,
    /// Words that count more.
    Strong,
}

/// A paragraph of the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paragraph {
    /// First character of the document that belongs to it.
    pub start: u64,
    /// One past the last one, blank lines behind it included.
    pub end: u64,
    /// What it is.
    pub kind: Kind,
    /// What is shown.
    pub text: String,
    /// Parts of `text`, in bytes, that are set in their own way; in order, apart.
    pub marks: Vec<(Range<usize>, Mark)>,
    /// Whether it goes on with what the one before began.
    pub continues: bool,
    /// Whether a blank line stands behind it.
    pub is_loose: bool,
    /// Characters of the document from `start` on that are not shown, in order.
    left_out: Vec<u32>,
}

/// A line that is this long was broken by hand because it was full.
const FULL_LINE: usize = 45;
/// A paragraph is cut, at a blank, when it has so many bytes: what is laid out at once stays small.
const LONGEST: usize = 4_000;

impl Paragraph {
    /// The place in `text`, in characters, of a character of the document.
    pub fn shown_at(&self, at: u64) -> usize {
        let offset = at.saturating_sub(self.start) as u32;
        let before = self.left_out.partition_point(|left| *left < offset);
        (offset as usize).saturating_sub(before)
    }

    /// The character of the document that is shown at `shown` characters into `text`.
    pub fn document_at(&self, shown: usize) -> u64 {
        let mut offset = shown as u32;
        for left in &self.left_out {
            if *left <= offset {
                offset += 1;
            } else {
                break;
            }
        }
        self.start + u64::from(offset)
    }

    /// Bytes of `text` that show the characters `start..end` of the document, if any do.
    pub fn bytes_of(&self, start: u64, end: u64) -> Option<std::ops::Range<usize>> {
        if start >= self.end || end <= self.start {
            return None;
        }
        let byte = |at: u64| {
            let shown = self.shown_at(at.max(self.start));
            self.text.char_indices().nth(shown).map_or(self.text.len(), |(byte, _)| byte)
        };
        let range = byte(start)..byte(end);
        (!range.is_empty()).then_some(range)
    }
}

/// A line of a block.
#[derive(Clone, Copy)]
struct Line<'a> {
    text: &'a str,
    /// Characters before it in the block.
    start: u32,
    /// Characters with its ending.
    n_chars: u32,
}

impl Line<'_> {
    fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }

    /// Whether it begins something of its own: a list item, a quotation, an indented line.
    fn opens(&self) -> bool {
        let text = self.text;
        let first = text.trim_start();
        let digits = first.chars().take_while(char::is_ascii_digit).count();
        let is_numbered = digits > 0 && first[digits..].starts_with(['.', ')']);
        text.starts_with([' ', '\t'])
            || is_numbered
            || ["- ", "* ", "+ ", "> ", "•"].iter().any(|sign| first.starts_with(sign))
    }

    /// Characters of the sign of a list item, the indent before it included.
    fn item(&self) -> Option<usize> {
        let first = self.text.trim_start();
        let is_item = ["- ", "* ", "+ "].iter().any(|sign| first.starts_with(sign));
        is_item.then(|| self.text.chars().count() - first.chars().count() + 2)
    }

    /// Level of a Markdown heading.
    fn heading(&self) -> Option<u8> {
        let level = self.text.chars().take_while(|c| *c == '#').count();
        ((1..=6).contains(&level) && self.text[level..].starts_with(' ')).then_some(level as u8)
    }

    fn is_fence(&self) -> bool {
        self.text.trim_start().starts_with("```")
    }

    fn is_table(&self) -> bool {
        self.text.trim_start().starts_with('|')
    }
}

fn lines(text: &str) -> Vec<Line<'_>> {
    let mut start = 0;
    text.split_inclusive('\n')
        .map(|whole| {
            let n_chars = whole.chars().count() as u32;
            let line = Line { text: whole.trim_end_matches(['\n', '\r']), start, n_chars };
            start += n_chars;
            line
        })
        .collect()
}

/// What is known of the text besides itself.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// First character of the block in the document.
    pub first: u64,
    /// First characters and levels of headings, in order.
    pub headings: &'a [(u64, u8)],
    /// Whether the text is Markdown.
    pub is_markdown: bool,
}

impl Source<'_> {
    fn heading_at(&self, line: &Line) -> Option<u8> {
        let start = self.first + u64::from(line.start);
        let range = start..start + u64::from(line.n_chars);
        let known = self.headings.iter().find(|(heading, _)| range.contains(heading));
        line.heading().filter(|_| self.is_markdown).or(known.map(|(_, level)| *level))
    }

    fn is_fence(&self, line: &Line) -> bool {
        self.is_markdown && line.is_fence()
    }

    fn is_table(&self, line: &Line) -> bool {
        self.is_markdown && line.is_table()
    }
}

/// The paragraphs of a block.
pub fn paragraphs(text: &str, source: &Source) -> Vec<Paragraph> {
    let lines = lines(text);
    let mut out: Vec<Paragraph> = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let line = lines[at];
        if line.is_blank() {
            // Blank lines belong to what stands before them.
            match out.last_mut() {
                Some(before) => {
                    before.end = source.first + u64::from(line.start + line.n_chars);
                    before.is_loose = true;
                }
                None => out.push(shown(&lines[at..=at], source, Kind::Body)),
            }
            at += 1;
            continue;
        }
        let rest = &lines[at..];
        let (kind, n_lines) = if source.is_fence(&line) {
            let close = rest[1..].iter().position(Line::is_fence);
            (Kind::Verbatim, close.map_or(1, |close| close + 2))
        } else if source.is_table(&line) {
            (Kind::Verbatim, rest.iter().take_while(|line| line.is_table()).count())
        } else if let Some(level) = source.heading_at(&line) {
            (Kind::Heading(level), 1)
        } else if line.item().is_some() {
            (Kind::Item, running(rest, source, true))
        } else {
            (Kind::Body, running(rest, source, false))
        };
        push(&mut out, shown(&rest[..n_lines], source, kind));
        at += n_lines;
    }
    out
}

/// Number of lines of the paragraph of running text, or of the item, that `lines` begin with.
fn running(lines: &[Line], source: &Source, is_item: bool) -> usize {
    let joins = |pair: &[Line]| {
        let [before, line] = pair else { return false };
        let is_own = line.is_blank()
            || source.is_fence(line)
            || source.is_table(line)
            || source.heading_at(line).is_some()
            || line.item().is_some();
        let is_indented = line.text.starts_with([' ', '\t']);
        // What is indented under an item goes on with it.
        let goes_on = (is_item && is_indented) || !line.opens();
        !is_own && goes_on && before.text.chars().count() >= FULL_LINE
    };
    1 + lines.windows(2).take_while(|pair| joins(pair)).count()
}

/// The paragraph that shows `lines`.
fn shown(lines: &[Line], source: &Source, kind: Kind) -> Paragraph {
    let start = lines.first().map_or(0, |line| line.start);
    let end = lines.last().map_or(0, |line| line.start + line.n_chars);
    // The characters that are shown, each with its offset.
    let mut kept: Vec<(u32, char)> = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let is_edge = index == 0 || index + 1 == lines.len();
        if kind == Kind::Verbatim && is_edge && source.is_fence(line) {
            continue;
        }
        let indent = || line.text.chars().take_while(|c| c.is_whitespace()).count();
        let n_signs = match kind {
            Kind::Heading(level) if source.is_markdown && line.heading().is_some() => {
                usize::from(level) + 1
            }
            Kind::Item if index == 0 => line.item().unwrap_or(0),
            Kind::Body | Kind::Item if index > 0 => indent(),
            _ => 0,
        };
        let offset = line.start - start;
        let characters = line.text.chars().enumerate().skip(n_signs);
        kept.extend(characters.map(|(at, c)| (offset + at as u32, c)));
        if index + 1 < lines.len() {
            // One character of the line's ending becomes the space or line break, the others go.
            let between = if kind == Kind::Verbatim { '\n' } else { ' ' };
            kept.push((offset + line.text.chars().count() as u32, between));
        }
    }
    while kept.last().is_some_and(|(_, c)| *c == '\n') {
        kept.pop();
    }
    let spans = match kind {
        Kind::Verbatim => Vec::new(),
        _ if source.is_markdown => inline(&mut kept),
        _ => Vec::new(),
    };
    let mut paragraph = Paragraph {
        start: source.first + u64::from(start),
        end: source.first + u64::from(end),
        kind,
        text: kept.iter().map(|(_, c)| *c).collect(),
        marks: Vec::new(),
        continues: false,
        is_loose: false,
        left_out: Vec::new(),
    };
    let bytes: Vec<usize> = paragraph.text.char_indices().map(|(byte, _)| byte).collect();
    let byte = |at: usize| bytes.get(at).copied().unwrap_or(paragraph.text.len());
    paragraph.marks =
        spans.into_iter().map(|(range, mark)| (byte(range.start)..byte(range.end), mark)).collect();
    let mut next = 0;
    for (offset, _) in &kept {
        paragraph.left_out.extend(next..*offset);
        next = offset + 1;
    }
    paragraph.left_out.extend(next..end - start);
    paragraph
}

/// A piece of a document as people read it, away from the page: its paragraphs, without the signs
/// that are only there for a program.
pub fn plain(text: &str, is_markdown: bool) -> Vec<String> {
    let found = paragraphs(text, &Source { first: 0, headings: &[], is_markdown });
    let shown = found.into_iter().filter(|paragraph| !paragraph.text.trim().is_empty());
    shown
        .map(|paragraph| {
            let sign = if paragraph.kind == Kind::Item { "• " } else { "" };
            format!("{sign}{}", one_line(&paragraph.text))
        })
        .collect()
}

/// Takes the signs of code and of strong words out of `kept`. Answers what they were around, in
/// characters of what is left.
fn inline(kept: &mut Vec<(u32, char)>) -> Vec<(Range<usize>, Mark)> {
    let mut out: Vec<(u32, char)> = Vec::with_capacity(kept.len());
    let mut spans = Vec::new();
    let run = |at: usize, sign: char| kept[at..].iter().take_while(|(_, c)| *c == sign).count();
    let mut at = 0;
    while at < kept.len() {
        let (sign, mark) = match kept[at].1 {
            '`' => ('`', Mark::Code),
            '*' => ('*', Mark::Strong),
            _ => {
                out.push(kept[at]);
                at += 1;
                continue;
            }
        };
        let length = run(at, sign);
        let inside = at + length;
        let close = (inside..kept.len()).find(|close| {
            kept[*close].1 == sign && kept[close - 1].1 != sign && run(*close, sign) == length
        });
        let is_mark = mark == Mark::Code || length == 2;
        match close.filter(|_| is_mark) {
            Some(close) => {
                let begin = out.len();
                out.extend_from_slice(&kept[inside..close]);
                spans.push((begin..out.len(), mark));
                at = close + length;
            }
            None => {
                out.extend_from_slice(&kept[at..inside]);
                at = inside;
            }
        }
    }
    *kept = out;
    spans
}

/// Adds a paragraph, in pieces if it is very long.
fn push(out: &mut Vec<Paragraph>, mut paragraph: Paragraph) {
    while paragraph.text.len() > LONGEST {
        let text = &paragraph.text;
        let mut limit = LONGEST;
        while !text.is_char_boundary(limit) {
            limit -= 1;
        }
        let stop = |sign: &str| text[..limit].rfind(sign).map(|at| at + sign.len());
        let cut = [". ", "\n", "。", " "].into_iter().find_map(stop).unwrap_or(limit);
        let n_shown = text[..cut].chars().count();
        let boundary = paragraph.document_at(n_shown);
        let rest = paragraph.text.split_off(cut);
        let offset = (boundary - paragraph.start) as u32;
        let split = paragraph.left_out.partition_point(|left| *left < offset);
        let left_out = paragraph.left_out.split_off(split);
        let behind = |(range, mark): &(Range<usize>, Mark)| {
            let range = range.start.max(cut) - cut..range.end.max(cut) - cut;
            (!range.is_empty()).then_some((range, *mark))
        };
        let marks = paragraph.marks.iter().filter_map(behind).collect();
        for (range, _) in &mut paragraph.marks {
            range.end = range.end.min(cut);
        }
        paragraph.marks.retain(|(range, _)| range.start < range.end);
        let next = Paragraph {
            marks,
            is_loose: paragraph.is_loose,
            start: boundary,
            end: paragraph.end,
            kind: paragraph.kind,
            text: rest,
            continues: true,
            left_out: left_out.into_iter().map(|left| left - offset).collect(),
        };
        paragraph.end = boundary;
        out.push(std::mem::replace(&mut paragraph, next));
    }
    out.push(paragraph);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn markdown(text: &str, first: u64) -> Vec<Paragraph> {
        paragraphs(text, &Source { first, headings: &[], is_markdown: true })
    }

    fn plain(text: &str, headings: &[(u64, u8)]) -> Vec<Paragraph> {
        paragraphs(text, &Source { first: 0, headings, is_markdown: false })
    }

    /// What the paragraphs show of the characters `start..end`.
    fn shows(paragraphs: &[Paragraph], start: u64, end: u64) -> String {
        let pieces = paragraphs.iter().filter_map(|p| Some(&p.text[p.bytes_of(start, end)?]));
        pieces.collect()
    }

    const PAGE: &str = "# The Storm\r\n\r\nIt rained on the roofs of the town, é, and on the\r\n\
                        river. He left.\r\n\r\n- one `x`\r\n- two\r\n```sh\nlet x = 1;\n```\n\
                        | a | b |\n| 1 | 2 |\n";

    #[test]
    fn paragraphs_tile_the_block_and_quotes_are_found_by_offset() {
        let found = markdown(PAGE, 100);
        let mut next = 100;
        for paragraph in &found {
            assert_eq!(paragraph.start, next, "{paragraph:?}");
            next = paragraph.end;
        }
        assert_eq!(next, 100 + PAGE.chars().count() as u64);
        let kinds: Vec<Kind> = found.iter().map(|p| p.kind).collect();
        use Kind::{Body, Heading, Item, Verbatim};
        assert_eq!(kinds, [Heading(1), Body, Item, Item, Verbatim, Verbatim]);
        assert_eq!((found[0].text.as_str(), found[2].text.as_str()), ("The Storm", "one x"));
        assert_eq!(found[4].text, "let x = 1;");
        assert!(found[1].text.contains("and on the river."));
        let place = |quote: &str| PAGE[..PAGE.find(quote).unwrap()].chars().count() as u64 + 100;
        for quote in ["The Storm", "é, and", "He left.", "two", "let x = 1;", "| 1 | 2 |"] {
            let start = place(quote);
            let end = start + quote.chars().count() as u64;
            assert_eq!(shows(&found, start, end), quote);
        }
        let river = place("the\r\nriver");
        assert_eq!(shows(&found, river, river + 10), "the river");
        let item = place("- one `x`");
        assert_eq!(shows(&found, item, item + 9), "one x");
    }

    #[test]
    fn signs_of_markdown_become_marks() {
        let found = markdown("Type `carrel ask` or **two** words, 3 * 4 and `open.\n", 0);
        assert_eq!(found[0].text, "Type carrel ask or two words, 3 * 4 and `open.");
        let marked: Vec<(&str, Mark)> = found[0]
            .marks
            .iter()
            .map(|(range, mark)| (&found[0].text[range.clone()], *mark))
            .collect();
        assert_eq!(marked, [("carrel ask", Mark::Code), ("two", Mark::Strong)]);
        assert!(plain("Type `this`\n", &[])[0].text.contains('`'), "only in Markdown");
    }

    #[test]
    fn a_piece_is_read_without_the_signs_of_markdown() {
        let piece =
            "* Exit code 4: the model is of a kind that cannot\n  be run.\n* See `--help`.\n```\n";
        let shown = ["• Exit code 4: the model is of a kind that cannot be run.", "• See --help."];
        assert_eq!(super::plain(piece, true), shown);
        assert_eq!(
            super::plain("It was `so`\nand **so**.", false).join(" "),
            "It was `so` and **so**."
        );
    }

    #[test]
    fn what_is_indented_under_an_item_goes_on_with_it() {
        let text =
            "* Exit code 0: the command did what it was asked to do,\n  and no more.\n* Next\n";
        let found = markdown(text, 0);
        assert_eq!(found.len(), 2);
        assert!(found[0].text.ends_with("asked to do, and no more."), "{}", found[0].text);
    }

    #[test]
    fn places_go_there_and_back() {
        let text = "## Ab\r\nthis line is long enough to have been `broken` by hand, é\r\nnext\r\n";
        for paragraph in markdown(text, 7) {
            for shown in 0..paragraph.text.chars().count() {
                assert_eq!(paragraph.shown_at(paragraph.document_at(shown)), shown);
            }
        }
    }

    #[test]
    fn verse_and_short_lines_stay_apart() {
        let found = plain("Short line\nanother one\n\nlast\n", &[]);
        assert_eq!(found.len(), 3);
        assert!(!found[0].is_loose && found[1].is_loose);
        let known = plain("CHAPTER I\nIt began.\n", &[(0, 2)]);
        assert_eq!(known[0].kind, Kind::Heading(2));
    }

    #[test]
    fn endless_paragraphs_are_cut_and_still_tile() {
        let text = "word and word. ".repeat(2_000);
        let found = plain(&text, &[]);
        assert!(found.len() > 5 && found.iter().all(|p| p.text.len() <= LONGEST));
        assert_eq!(found.iter().map(|p| p.text.as_str()).collect::<String>(), text);
        assert!(found.windows(2).all(|pair| pair[0].end == pair[1].start && pair[1].continues));
        let code = format!("`{}`", "字".repeat(9_000));
        let solid = markdown(&code, 0);
        assert_eq!(solid.last().map(|p| p.end), Some(9_002));
        assert!(solid.iter().all(|p| p.marks == [(0..p.text.len(), Mark::Code)]));
    }
}
