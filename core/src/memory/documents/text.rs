//! Plain text and Markdown: UTF-8 with or without a byte order mark, UTF-16 with one, else Latin-1.
//!
//! Two passes over the source: the first finds the encoding and refuses binary data, the second
//! decodes in pieces of 64 KiB. Latin-1 is a guess and is reported as such; it cannot fail, so a
//! byte of zero, which no text has, is what tells binary data. Line ends are kept as they are.

use std::io::SeekFrom;

use super::{Flow, Limits, ReadSummary, Source, TextSink};
use crate::error::{MemoryError, Result};

const PIECE: usize = 64 << 10;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Utf8,
    Utf16 { big_endian: bool },
    Latin1,
}

/// Reads `source` as text into `sink`.
///
/// # Errors
/// If the source cannot be read, is empty, too large or binary.
pub fn read(source: &Source, limits: &Limits, sink: &mut dyn TextSink) -> Result<ReadSummary> {
    let bytes = source.checked_length(limits)?;
    let (encoding, mark) = detect(source)?;
    let mut reader = source.open()?;
    reader.seek(SeekFrom::Start(mark)).map_err(|e| source.failed(e))?;
    let mut summary =
        ReadSummary { guessed_encoding: encoding == Encoding::Latin1, stopped: false };
    let mut decoder = Decoder::new(encoding);
    let mut buffer = vec![0; PIECE];
    let mut text = String::with_capacity(PIECE * 2);
    let (mut written, mut blank) = (0_u64, true);
    loop {
        let length = fill(&mut *reader, &mut buffer).map_err(|e| source.failed(e))?;
        text.clear();
        decoder.decode(&buffer[..length], length < PIECE, &mut text);
        written += text.len() as u64;
        if written > limits.text_bytes {
            return Err(MemoryError::TooLarge {
                document: source.name().to_owned(),
                bytes: written,
                limit: limits.text_bytes,
            }
            .into());
        }
        blank &= text.trim().is_empty();
        if sink.text(&text)? == Flow::Stop {
            summary.stopped = true;
            return Ok(summary);
        }
        if length < PIECE {
            return if blank { Err(source.empty(bytes)) } else { Ok(summary) };
        }
    }
}

fn fill(reader: &mut dyn super::source::ReadSeek, buffer: &mut [u8]) -> std::io::Result<usize> {
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

/// The encoding and the length of the byte order mark.
fn detect(source: &Source) -> Result<(Encoding, u64)> {
    let mut reader = source.open()?;
    let mut buffer = vec![0; PIECE];
    let mut offset = 0_u64;
    let mut mark = 0;
    let mut valid = true;
    // Bytes of a character that the last piece cut.
    let mut carried: Vec<u8> = Vec::new();
    loop {
        let length = fill(&mut *reader, &mut buffer).map_err(|e| source.failed(e))?;
        let piece = &buffer[..length];
        if offset == 0 {
            match piece {
                [0xff, 0xfe, ..] => return Ok((Encoding::Utf16 { big_endian: false }, 2)),
                [0xfe, 0xff, ..] => return Ok((Encoding::Utf16 { big_endian: true }, 2)),
                [0xef, 0xbb, 0xbf, ..] => mark = 3,
                _ => {}
            }
        }
        if let Some(at) = piece.iter().position(|byte| *byte == 0) {
            return Err(MemoryError::BinaryDocument {
                document: source.name().to_owned(),
                offset: offset + at as u64,
                byte: 0,
            }
            .into());
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
            let utf8 = valid && carried.is_empty();
            return Ok(if utf8 { (Encoding::Utf8, mark) } else { (Encoding::Latin1, 0) });
        }
    }
}

/// Decodes a source piece by piece.
struct Decoder {
    encoding: Encoding,
    carried: Vec<u8>,
}

impl Decoder {
    fn new(encoding: Encoding) -> Self {
        Self { encoding, carried: Vec::new() }
    }

    /// Appends the characters of `piece` to `text`; those cut at its end wait, unless it is `last`.
    fn decode(&mut self, piece: &[u8], last: bool, text: &mut String) {
        match self.encoding {
            Encoding::Latin1 => text.extend(piece.iter().map(|byte| char::from(*byte))),
            Encoding::Utf8 => {
                self.carried.extend_from_slice(piece);
                let valid = match std::str::from_utf8(&self.carried) {
                    Ok(all) => all.len(),
                    Err(error) => error.valid_up_to(),
                };
                text.push_str(&String::from_utf8_lossy(&self.carried[..valid]));
                self.carried.drain(..valid);
            }
            Encoding::Utf16 { big_endian } => {
                self.carried.extend_from_slice(piece);
                let units: Vec<u16> = self
                    .carried
                    .chunks_exact(2)
                    .map(|pair| {
                        let pair = [pair[0], pair[1]];
                        if big_endian { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) }
                    })
                    .collect();
                // A high surrogate at the end waits for its other half.
                let waits = units.last().is_some_and(|unit| (0xd800..0xdc00).contains(unit));
                let ready = if waits && !last { units.len() - 1 } else { units.len() };
                text.extend(
                    char::decode_utf16(units[..ready].iter().copied())
                        .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)),
                );
                self.carried.drain(..ready * 2);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;

    #[derive(Default)]
    struct Collect(String);

    impl TextSink for Collect {
        fn text(&mut self, text: &str) -> Result<Flow> {
            self.0.push_str(text);
            Ok(Flow::Continue)
        }
        fn title(&mut self, _: &str) {}
        fn heading(&mut self, _: u8, _: &str) {}
        fn page(&mut self) {}
    }

    fn decoded(bytes: Vec<u8>) -> Result<(String, bool)> {
        let mut sink = Collect::default();
        let summary = read(&Source::bytes("x", bytes), &Limits::default(), &mut sink)?;
        Ok((sink.0, summary.guessed_encoding))
    }

    #[test]
    fn encodings_are_told_apart() {
        let text = "né 他 \u{1f600}\r\n".repeat(20_000);
        assert_eq!(decoded(text.clone().into_bytes()).unwrap(), (text.clone(), false));
        let marked = [b"\xef\xbb\xbf".to_vec(), text.clone().into_bytes()].concat();
        assert_eq!(decoded(marked).unwrap(), (text.clone(), false));
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(decoded([vec![0xff, 0xfe], little].concat()).unwrap(), (text.clone(), false));
        assert_eq!(decoded([vec![0xfe, 0xff], big].concat()).unwrap(), (text, false));
        assert_eq!(decoded(b"caf\xe9 au lait".to_vec()).unwrap(), ("café au lait".into(), true));
    }

    #[test]
    fn empty_blank_binary_and_large_sources_are_refused() {
        let problem = |bytes: &[u8]| match decoded(bytes.to_vec()) {
            Err(Error::Memory(error)) => error,
            other => panic!("{other:?}"),
        };
        assert!(matches!(problem(b""), MemoryError::EmptyDocument { bytes: 0, .. }));
        assert!(matches!(problem(b" \n\t"), MemoryError::EmptyDocument { bytes: 3, .. }));
        assert!(matches!(problem(b"ab\0c"), MemoryError::BinaryDocument { offset: 2, .. }));
        let limits = Limits { source_bytes: 3, ..Limits::default() };
        let large = read(&Source::text("x", "abcd"), &limits, &mut Collect::default());
        assert!(matches!(
            large,
            Err(Error::Memory(MemoryError::TooLarge { bytes: 4, limit: 3, .. }))
        ));
        let missing = read(&Source::file("/no/such/file"), &limits, &mut Collect::default());
        assert!(matches!(missing, Err(Error::File { .. })));
    }
}
