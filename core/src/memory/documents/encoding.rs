//! Encodings: which one a source is in, and decoding it piece by piece.
//!
//! In this order: a byte order mark; valid UTF-8; what the source declares itself (HTML); UTF-16 without
//! a mark, told by its zeros; else the guess of `chardetng`, which knows the legacy encodings of the
//! Web (GBK, Big5, Shift_JIS, windows-125x, ...) and is reported as a guess. A source with zero bytes or
//! many control characters is binary. Decoding is `encoding_rs`; what is invalid becomes U+FFFD.

use std::io::SeekFrom;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::sink::Flow;
use super::source::{ReadSeek, Source};
use crate::error::{MemoryError, Result};

/// Bytes read at a time.
const PIECE: usize = 64 << 10;
/// Bytes decoded at a time: what they come to is held beside the text of a block.
const DECODED: usize = 16 << 10;
/// Bytes that a guess looks at.
const GUESSED_FROM: u64 = 4 << 20;
/// One control character in this many bytes is too many for a text.
const CONTROLS: u64 = 64;

/// The encoding of a source.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Detected {
    /// The encoding.
    pub encoding: &'static Encoding,
    /// Length of the byte order mark.
    pub mark: u64,
    /// Whether it is a guess.
    pub guessed: bool,
}

/// Finds the encoding of `source`; `declared` is what it says of itself.
///
/// # Errors
/// If the source cannot be read or is binary.
pub fn detect(source: &Source, declared: Option<&'static Encoding>) -> Result<Detected> {
    let mut reader = source.open()?;
    let mut buffer = vec![0; PIECE];
    let (mut offset, mut controls) = (0_u64, 0_u64);
    let mut first_control: Option<(u64, u8)> = None;
    let mut valid = true;
    // Bytes of a character that the last piece cut.
    let mut carried: Vec<u8> = Vec::new();
    loop {
        let length = fill(&mut *reader, &mut buffer).map_err(|e| source.failed(e))?;
        let piece = &buffer[..length];
        if offset == 0 {
            // The mark of UTF-32 begins like that of UTF-16.
            if piece.starts_with(b"\xff\xfe\0\0") {
                return Err(binary(source, 2, 0));
            }
            if let Some((encoding, mark)) = Encoding::for_bom(piece)
                && encoding != UTF_8
            {
                return Ok(Detected { encoding, mark: mark as u64, guessed: false });
            }
            if let Some(encoding) = unmarked_utf16(piece) {
                return Ok(Detected { encoding, mark: 0, guessed: true });
            }
        }
        for (at, byte) in piece.iter().enumerate().filter(|(_, byte)| is_control(**byte)) {
            controls += 1;
            if *byte == 0 {
                return Err(binary(source, offset + at as u64, 0));
            }
            first_control.get_or_insert((offset + at as u64, *byte));
        }
        if valid {
            carried.extend_from_slice(piece);
            match std::str::from_utf8(&carried) {
                Ok(_) => carried.clear(),
                Err(error) if error.error_len().is_none() => {
                    carried.drain(..error.valid_up_to());
                }
                Err(_) => valid = false,
            }
        }
        offset += length as u64;
        if length < PIECE {
            break;
        }
    }
    if valid && carried.is_empty() {
        let mut start = [0; 3];
        reader.seek(SeekFrom::Start(0)).map_err(|e| source.failed(e))?;
        let length = fill(&mut *reader, &mut start).map_err(|e| source.failed(e))?;
        let mark = if start[..length] == [0xef, 0xbb, 0xbf] { 3 } else { 0 };
        return Ok(Detected { encoding: UTF_8, mark, guessed: false });
    }
    if let Some((at, byte)) = first_control.filter(|_| controls > offset / CONTROLS) {
        return Err(binary(source, at, byte));
    }
    if let Some(encoding) = declared.filter(|encoding| *encoding != UTF_8) {
        return Ok(Detected { encoding, mark: 0, guessed: false });
    }
    let encoding = guess(source, &mut *reader, &mut buffer)?;
    Ok(Detected { encoding, mark: 0, guessed: true })
}

fn guess(
    source: &Source,
    reader: &mut dyn ReadSeek,
    buffer: &mut [u8],
) -> Result<&'static Encoding> {
    reader.seek(SeekFrom::Start(0)).map_err(|e| source.failed(e))?;
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    let mut looked = 0;
    loop {
        let length = fill(reader, buffer).map_err(|e| source.failed(e))?;
        looked += length as u64;
        let last = length < buffer.len() || looked >= GUESSED_FROM;
        detector.feed(&buffer[..length], last);
        if last {
            return Ok(detector.guess(None, Utf8Detection::Deny));
        }
    }
}

fn is_control(byte: u8) -> bool {
    // Tab, line feed, form feed, carriage return, end of file and escape occur in texts.
    byte < 0x20 && !matches!(byte, b'\t' | b'\n' | 0x0b | 0x0c | b'\r' | 0x1a | 0x1b)
}

fn binary(source: &Source, offset: u64, byte: u8) -> crate::Error {
    MemoryError::BinaryDocument { document: source.name().to_owned(), offset, byte }.into()
}

/// UTF-16 if nearly half of the bytes are zero and they are all on one side of their pairs.
fn unmarked_utf16(piece: &[u8]) -> Option<&'static Encoding> {
    let zeros = |side: usize| piece.iter().skip(side).step_by(2).filter(|b| **b == 0).count();
    let (first, second, pairs) = (zeros(0), zeros(1), piece.len() / 2);
    if pairs < 2 {
        return None;
    }
    if second * 10 > pairs * 6 && first == 0 {
        return Some(UTF_16LE);
    }
    (first * 10 > pairs * 6 && second == 0).then_some(UTF_16BE)
}

/// Decodes `source` and hands the text to `each` in pieces.
///
/// # Errors
/// If the source cannot be read or `each` fails.
pub fn decode(
    source: &Source,
    detected: Detected,
    each: &mut dyn FnMut(&str) -> Result<Flow>,
) -> Result<Flow> {
    let mut reader = source.open()?;
    reader.seek(SeekFrom::Start(detected.mark)).map_err(|e| source.failed(e))?;
    let mut decoder = detected.encoding.new_decoder_without_bom_handling();
    let mut buffer = vec![0; DECODED];
    let mut text = String::new();
    loop {
        let length = fill(&mut *reader, &mut buffer).map_err(|e| source.failed(e))?;
        let last = length < DECODED;
        text.clear();
        // `None` only where the length overflows, which a piece's cannot.
        text.reserve(decoder.max_utf8_buffer_length(length).unwrap_or(DECODED * 4));
        let (_, consumed, _) = decoder.decode_to_string(&buffer[..length], &mut text, last);
        debug_assert_eq!(consumed, length);
        if each(&text)? == Flow::Stop {
            return Ok(Flow::Stop);
        }
        if last {
            return Ok(Flow::Continue);
        }
    }
}

/// Reads until `buffer` is full or the source ends.
pub fn fill(reader: &mut dyn ReadSeek, buffer: &mut [u8]) -> std::io::Result<usize> {
    let mut length = 0;
    while length < buffer.len() {
        match reader.read(&mut buffer[length..]) {
            Ok(0) => break,
            Ok(more) => length += more,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(length)
}
