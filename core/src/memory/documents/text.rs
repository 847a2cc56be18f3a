//! Plain text and Markdown: the source itself, decoded.
//!
//! Line ends are kept as they are. Two passes over the source: the first finds the encoding and refuses
//! binary data, the second decodes in pieces.

use super::encoding;
use super::sink::{Flow, ReadSummary, TextSink};
use super::source::{Limits, Source};
use crate::error::{MemoryError, Result};

/// Reads `source` as text into `sink`.
///
/// # Errors
/// If the source cannot be read, is empty, too large or binary.
pub fn read(source: &Source, limits: &Limits, sink: &mut dyn TextSink) -> Result<ReadSummary> {
    let bytes = source.checked_length(limits)?;
    let detected = encoding::detect(source, None)?;
    let (mut written, mut blank) = (0_u64, true);
    let flow = encoding::decode(source, detected, &mut |text| {
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
        sink.text(text)
    })?;
    let stopped = flow == Flow::Stop;
    if blank && !stopped {
        return Err(source.empty(bytes));
    }
    Ok(ReadSummary { guessed_encoding: detected.guessed, stopped })
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
        let unmarked: Vec<u8> = "plain text".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(decoded(unmarked).unwrap(), ("plain text".into(), true));
        assert_eq!(decoded(b"caf\xe9 au lait".to_vec()).unwrap(), ("café au lait".into(), true));
        // "The weather in Beijing is very good today." in GBK.
        let (gbk, ..) = encoding_rs::GBK.encode("今天北京的天气非常好，我们去公园散步。");
        let text = "今天北京的天气非常好，我们去公园散步。".to_owned();
        assert_eq!(decoded(gbk.into_owned()).unwrap(), (text, true));
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
        let utf_32 = b"\xff\xfe\0\0a\0\0\0";
        assert!(matches!(problem(utf_32), MemoryError::BinaryDocument { offset: 2, byte: 0, .. }));
        let noise = b"\xff\x01\x90\x02\xfe\x03ab";
        assert!(matches!(problem(noise), MemoryError::BinaryDocument { offset: 1, byte: 1, .. }));
        let limits = Limits { source_bytes: 3, ..Limits::default() };
        let large = read(&Source::text("x", "abcd"), &limits, &mut Collect::default());
        assert!(matches!(
            large,
            Err(Error::Memory(MemoryError::TooLarge { bytes: 4, limit: 3, .. }))
        ));
        // Two gigabytes, of which a file system keeps none.
        let file = tempfile::NamedTempFile::new().unwrap();
        file.as_file().set_len(2 << 30).unwrap();
        let huge = read(&Source::file(file.path()), &Limits::default(), &mut Collect::default());
        assert!(matches!(huge, Err(Error::Memory(MemoryError::TooLarge { .. }))));
        let missing = read(&Source::file("/no/such/file"), &limits, &mut Collect::default());
        assert!(matches!(missing, Err(Error::File { .. })));
    }
}
