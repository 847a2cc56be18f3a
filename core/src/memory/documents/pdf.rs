//! PDF (ISO 32000): the text layer, page by page, through `pdf-extract`.
//!
//! That crate decodes fonts and tells where every character stands; this file puts characters together to
//! words, lines and paragraphs: a line ends where the text moves down, a paragraph where it moves down by
//! more than the usual distance of lines, and a hyphen at the end of a line is taken away when the next
//! goes on in lower case. The crate may panic on broken files, and it unpacks streams without a limit, so
//! it runs on a thread of its own, whose panic is an error here, and only after all compressed streams
//! were seen to unpack to a bounded size. Does not read scans, forms or notes.

use std::cell::Cell;
use std::io::{BufRead, BufReader, Read};
use std::sync::Once;
use std::sync::mpsc::{SyncSender, sync_channel};

use flate2::read::ZlibDecoder;
use pdf_extract::{
    ColorSpace, Document, MediaBox, OutputDev, OutputError, Path, Transform, output_doc,
};

use super::sink::{Flow, ReadSummary, TextSink};
use super::source::{Limits, Source};
use crate::error::{Error, MemoryError, Result};

const FORMAT: &str = "PDF";
/// Name of the thread that reads, by which its panics are told from others.
const THREAD: &str = "carrel-pdf";
/// Stack of the thread that reads: nested structures are walked recursively.
const STACK_BYTES: usize = 64 << 20;
/// Largest size to which one stream may unpack.
const LARGEST_STREAM: u64 = 256 << 20;
/// Streams packed into streams are followed this deep.
const DEEPEST: u32 = 4;

/// What the reading thread sends.
enum Message {
    Title(String),
    Page(String),
}

/// Why the reading thread ended early.
enum Failure {
    Encrypted,
    Broken { place: String, problem: String },
}

/// Reads `source` as PDF into `sink`.
///
/// # Errors
/// If the source cannot be read, is broken, encrypted, too large, or has no text layer.
pub fn read(source: &Source, limits: &Limits, sink: &mut dyn TextSink) -> Result<ReadSummary> {
    let length = source.checked_length(limits)?;
    let mut bytes = Vec::with_capacity(length as usize);
    source.open()?.read_to_end(&mut bytes).map_err(|e| source.failed(e))?;
    refuse_bombs(source, &bytes)?;
    keep_panics_quiet();
    std::thread::scope(|scope| {
        let (sender, receiver) = sync_channel(2);
        let reader = std::thread::Builder::new()
            .name(THREAD.to_owned())
            .stack_size(STACK_BYTES)
            .spawn_scoped(scope, move || extract(&bytes, &sender))
            .map_err(|error| source.failed(error))?;
        let (mut pages, mut written, mut blank, mut stopped) = (0, 0_u64, true, false);
        for message in receiver {
            let text = match message {
                Message::Title(title) => {
                    sink.title(&title);
                    continue;
                }
                Message::Page(text) => text,
            };
            pages += 1;
            written += text.len() as u64;
            if written > limits.text_bytes {
                return Err(too_large(source, written, limits.text_bytes));
            }
            blank &= text.trim().is_empty();
            sink.page();
            if sink.text(&text)? == Flow::Stop {
                stopped = true;
                break;
            }
        }
        let outcome = reader.join().unwrap_or_else(|panic| {
            let said = panic.downcast_ref::<String>().map(String::as_str);
            let problem = said.or_else(|| panic.downcast_ref::<&str>().copied());
            let place = format!("page {}", pages + 1);
            Err(Failure::Broken { place, problem: problem.unwrap_or("unreadable").to_owned() })
        });
        let document = source.name().to_owned();
        match outcome {
            _ if stopped => {}
            Ok(()) if blank => return Err(MemoryError::NoTextLayer { document, pages }.into()),
            Ok(()) => {}
            Err(Failure::Encrypted) => {
                return Err(MemoryError::Encrypted { document, format: FORMAT }.into());
            }
            Err(Failure::Broken { place, problem }) => {
                return Err(MemoryError::Broken { document, format: FORMAT, place, problem }.into());
            }
        }
        Ok(ReadSummary { guessed_encoding: false, stopped })
    })
}

/// Keeps panics of the reading thread off standard error: they become errors, which tell what happened.
/// Panics of every other thread are reported as before.
fn keep_panics_quiet() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let report = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if std::thread::current().name() != Some(THREAD) {
                report(panic);
            }
        }));
    });
}

fn too_large(source: &Source, bytes: u64, limit: u64) -> Error {
    MemoryError::TooLarge { document: source.name().to_owned(), bytes, limit }.into()
}

fn extract(bytes: &[u8], sender: &SyncSender<Message>) -> Result<(), Failure> {
    let broken =
        |place: &str, problem: String| Failure::Broken { place: place.to_owned(), problem };
    let mut document =
        Document::load_mem(bytes).map_err(|error| broken("structure", error.to_string()))?;
    // Many files are under an empty password, only to forbid printing.
    let is_locked = document.trailer.has(b"Encrypt") && !document.was_encrypted();
    if is_locked && document.decrypt("").is_err() {
        return Err(Failure::Encrypted);
    }
    if document.get_pages().is_empty() {
        return Err(broken("structure", "it has no pages".to_owned()));
    }
    if let Some(title) = title(&document) {
        // A receiver that is gone has been told to stop.
        let _ = sender.send(Message::Title(title));
    }
    let mut pages = Pages::new(sender);
    match output_doc(&document, &mut pages) {
        Ok(()) => Ok(()),
        Err(_) if pages.is_closed => Ok(()),
        Err(error) => Err(broken(&format!("page {}", pages.number), error.to_string())),
    }
}

fn title(document: &Document) -> Option<String> {
    let info = document.trailer.get(b"Info").ok()?;
    let (_, info) = document.dereference(info).ok()?;
    let title = info.as_dict().ok()?.get(b"Title").ok()?;
    pdf_extract::decode_text_string(title).ok()
}

/// Receives characters with their places and makes pages of text of them.
struct Pages<'a> {
    sender: &'a SyncSender<Message>,
    is_closed: bool,
    number: u32,
    page: String,
    /// Height of the media box: places are counted from below.
    top: f64,
    opens_word: bool,
    /// End of the last character, and its base line counted from above.
    last: Option<(f64, f64)>,
    /// The least distance of two lines on this page, in units of the size of the type.
    line_gap: f64,
}

/// Distances in units of the size of the type.
const SAME_LINE: f64 = 0.5;
const BLANK: f64 = 0.15;
/// A gap between lines this much wider than the usual one ends a paragraph.
const PARAGRAPH: f64 = 1.35;
/// The usual gap of lines before any was seen.
const USUAL_GAP: f64 = 1.45;

impl<'a> Pages<'a> {
    fn new(sender: &'a SyncSender<Message>) -> Self {
        Self {
            sender,
            is_closed: false,
            number: 0,
            page: String::new(),
            top: 0.0,
            opens_word: false,
            last: None,
            line_gap: USUAL_GAP,
        }
    }

    fn move_to(&mut self, x: f64, y: f64, size: f64) {
        let Some((end, line)) = self.last else {
            return;
        };
        let down = (y - line).abs() / size;
        if down > SAME_LINE {
            let paragraph = down > self.line_gap * PARAGRAPH || y < line - size;
            if !paragraph {
                self.line_gap = self.line_gap.min(down).max(1.0);
            }
            self.end_line(paragraph);
        } else if x > end + size * BLANK && !self.page.ends_with([' ', '\n']) {
            self.page.push(' ');
        }
    }

    fn end_line(&mut self, paragraph: bool) {
        let end = self.page.trim_end_matches(' ').len();
        self.page.truncate(end);
        self.page.push_str(if paragraph { "\n\n" } else { "\n" });
    }

    fn finish_page(&mut self) -> String {
        let text = joined_hyphens(&self.page);
        self.page.clear();
        let body = text.trim_end();
        // A sentence that goes on overleaf is not cut.
        let ends = body.ends_with(['.', '!', '?', ':', '"', '”', '。', '！', '？', '…']);
        let gap = if body.is_empty() || !ends { "\n" } else { "\n\n" };
        format!("{body}{gap}")
    }
}

/// Takes hyphens away at which a word was broken to the next line.
fn joined_hyphens(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("-\n") {
        let (before, behind) = (&rest[..at], &rest[at + 2..]);
        out.push_str(before);
        let broken = before.ends_with(char::is_lowercase) && behind.starts_with(char::is_lowercase);
        if !broken {
            out.push_str("-\n");
        }
        rest = behind;
    }
    out.push_str(rest);
    out
}

impl OutputDev for Pages<'_> {
    fn begin_page(
        &mut self,
        number: u32,
        media_box: &MediaBox,
        _: Option<(f64, f64, f64, f64)>,
    ) -> Result<(), OutputError> {
        self.number = number;
        self.top = media_box.ury;
        self.last = None;
        self.line_gap = USUAL_GAP;
        Ok(())
    }

    fn end_page(&mut self) -> Result<(), OutputError> {
        let text = self.finish_page();
        self.sender.send(Message::Page(text)).map_err(|_| {
            self.is_closed = true;
            OutputError::IoError(std::io::ErrorKind::BrokenPipe.into())
        })
    }

    fn output_character(
        &mut self,
        place: &Transform,
        width: f64,
        _: f64,
        size: f64,
        text: &str,
    ) -> Result<(), OutputError> {
        // The size of the type on the page: the side of the square that has the area of its box.
        let area = (place.m11 * place.m22 - place.m12 * place.m21).abs() * size * size;
        let size = area.sqrt().max(0.1);
        let (x, y) = (place.m31, self.top - place.m32);
        if self.opens_word {
            self.move_to(x, y, size);
            self.opens_word = false;
        }
        self.page.extend(text.chars().filter(|c| *c != '\0'));
        self.last = Some((x + width * size, y));
        Ok(())
    }

    fn begin_word(&mut self) -> Result<(), OutputError> {
        self.opens_word = true;
        Ok(())
    }

    fn end_word(&mut self) -> Result<(), OutputError> {
        Ok(())
    }

    fn end_line(&mut self) -> Result<(), OutputError> {
        Ok(())
    }

    fn stroke(
        &mut self,
        _: &Transform,
        _: &ColorSpace,
        _: &[f64],
        _: &Path,
    ) -> Result<(), OutputError> {
        Ok(())
    }

    fn fill(
        &mut self,
        _: &Transform,
        _: &ColorSpace,
        _: &[f64],
        _: &Path,
    ) -> Result<(), OutputError> {
        Ok(())
    }
}

/// Unpacks every compressed stream once, counting, and refuses the file if one is too large.
fn refuse_bombs(source: &Source, bytes: &[u8]) -> Result<()> {
    const STREAM: &[u8] = b"stream";
    let mut from = 0;
    while let Some(at) = bytes[from..].windows(STREAM.len()).position(|window| window == STREAM) {
        let mut start = from + at + STREAM.len();
        from = start;
        while bytes.get(start).is_some_and(|byte| matches!(byte, b'\r' | b'\n' | b' ')) {
            start += 1;
        }
        let size = unpacked(&mut BufReader::new(&bytes[start..]), DEEPEST);
        if size > LARGEST_STREAM {
            return Err(too_large(source, size, LARGEST_STREAM));
        }
    }
    Ok(())
}

/// Size to which what `packed` begins with unpacks, or what is packed in it if that is more; 0 if it is
/// not packed.
fn unpacked(packed: &mut dyn BufRead, deeper: u32) -> u64 {
    // RFC 1950: deflate with a window, and a header that is a multiple of 31.
    let is_zlib = packed.fill_buf().is_ok_and(|start| {
        matches!(start, [method, flags, ..] if method & 0x0f == 8
            && (u16::from(*method) << 8 | u16::from(*flags)).is_multiple_of(31))
    });
    if !is_zlib {
        return 0;
    }
    let size = Cell::new(0_u64);
    let counter = Counter { inner: ZlibDecoder::new(packed), size: &size };
    let mut inner = BufReader::with_capacity(64 << 10, counter);
    let nested = if deeper > 0 { unpacked(&mut inner, deeper - 1) } else { 0 };
    while size_of_next(&mut inner) > 0 {}
    nested.max(size.get())
}

/// Takes what is at hand; 0 at the end and where the rest cannot be unpacked.
fn size_of_next(reader: &mut dyn BufRead) -> usize {
    let length = reader.fill_buf().map_or(0, <[u8]>::len);
    reader.consume(length);
    length
}

/// Counts what is read through it.
struct Counter<'a, R> {
    inner: R,
    size: &'a Cell<u64>,
}

impl<R: Read> Read for Counter<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let length = self.inner.read(buffer)?;
        self.size.set(self.size.get() + length as u64);
        if self.size.get() > LARGEST_STREAM { Ok(0) } else { Ok(length) }
    }
}
