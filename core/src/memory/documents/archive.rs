//! Entries of a ZIP archive, which EPUB and DOCX files are, and the markup in them.
//!
//! All entries together may unpack to no more than the limit for a text, whatever the archive says of
//! their sizes: what is read is counted, so a small file that unpacks to a huge one is stopped there.

use std::cell::Cell;
use std::io::{BufReader, ErrorKind, Read};
use std::rc::Rc;

use encoding_rs::{Encoding, UTF_8};
use quick_xml::Reader;
use quick_xml::events::Event;
use zip::ZipArchive;
use zip::result::ZipError;

use super::html::declared;
use super::source::{Limits, ReadSeek, Source};
use crate::error::{Error, MemoryError, Result};

/// Most entries of an archive.
const MOST_ENTRIES: usize = 65_536;

/// An open archive.
pub struct Archive<'a> {
    zip: ZipArchive<Box<dyn ReadSeek + 'a>>,
    document: &'a str,
    format: &'static str,
    limit: u64,
    /// Bytes that may still be unpacked.
    left: Rc<Cell<u64>>,
}

impl<'a> Archive<'a> {
    /// Opens `source`, which is said to be of `format`.
    ///
    /// # Errors
    /// If the source cannot be opened or is no archive.
    pub fn open(source: &'a Source, limits: &Limits, format: &'static str) -> Result<Self> {
        let document = source.name();
        let zip = ZipArchive::new(source.open()?)
            .map_err(|error| zip_error(document, format, "directory", &error))?;
        let archive = Self {
            zip,
            document,
            format,
            limit: limits.text_bytes,
            left: Rc::new(Cell::new(limits.text_bytes)),
        };
        if archive.zip.len() > MOST_ENTRIES {
            return Err(archive.broken("directory", "it has too many entries"));
        }
        Ok(archive)
    }

    /// Whether there is an entry of this name.
    pub fn has(&self, name: &str) -> bool {
        self.zip.index_for_name(name).is_some()
    }

    /// The error for an entry that is not what it should be.
    pub fn broken(&self, place: &str, problem: impl std::fmt::Display) -> Error {
        if self.left.get() == 0 {
            return MemoryError::TooLarge {
                document: format!("{}: {place}", self.document),
                bytes: self.limit.saturating_add(1),
                limit: self.limit,
            }
            .into();
        }
        MemoryError::Broken {
            document: self.document.to_owned(),
            format: self.format,
            place: place.to_owned(),
            problem: problem.to_string(),
        }
        .into()
    }

    /// The error for an archive whose entries cannot be read without a key.
    pub fn encrypted(&self) -> Error {
        MemoryError::Encrypted { document: self.document.to_owned(), format: self.format }.into()
    }

    fn entry(&mut self, name: &str) -> Result<impl Read> {
        let (document, format) = (self.document, self.format);
        let left = Rc::clone(&self.left);
        let file =
            self.zip.by_name(name).map_err(|error| zip_error(document, format, name, &error))?;
        Ok(Counted { inner: file, left })
    }

    /// The text of an entry: UTF-8, UTF-16 with a mark, or what it declares.
    ///
    /// # Errors
    /// If there is no such entry, it is broken, encrypted or too large.
    pub fn text(&mut self, name: &str) -> Result<String> {
        let mut bytes = Vec::new();
        let read = self.entry(name)?.read_to_end(&mut bytes);
        read.map_err(|error| self.broken(name, error))?;
        let marked = Encoding::for_bom(&bytes).map(|(encoding, _)| encoding);
        let start = &bytes[..bytes.len().min(1_024)];
        let valid = std::str::from_utf8(&bytes).is_ok();
        let own = || if valid { None } else { declared(start) };
        let encoding = marked.or_else(own).unwrap_or(UTF_8);
        Ok(encoding.decode(&bytes).0.into_owned())
    }

    /// Hands the markup of an XML entry to `each`, event by event, until it answers `false`.
    ///
    /// # Errors
    /// If there is no such entry, it is broken, encrypted or too large, or `each` fails.
    pub fn xml(&mut self, name: &str, each: &mut dyn FnMut(&Event) -> Result<bool>) -> Result<()> {
        let outcome = {
            let entry = self.entry(name)?;
            let mut reader = Reader::from_reader(BufReader::with_capacity(64 << 10, entry));
            let mut buffer = Vec::new();
            loop {
                buffer.clear();
                match reader.read_event_into(&mut buffer) {
                    Ok(Event::Eof) => break Ok(()),
                    Ok(event) => {
                        if !each(&event)? {
                            break Ok(());
                        }
                    }
                    Err(error) => break Err((reader.error_position(), error)),
                }
            }
        };
        outcome.map_err(|(at, error)| self.broken(name, format!("offset {at}: {error}")))
    }
}

/// The value of an attribute, by its name with or without a prefix.
pub fn attribute(tag: &quick_xml::events::BytesStart, name: &str) -> Option<String> {
    tag.attributes().with_checks(false).flatten().find_map(|attribute| {
        let own = attribute.key.local_name().into_inner() == name;
        own.then(|| attribute.normalized_value(quick_xml::XmlVersion::Implicit1_0))?
            .ok()
            .map(|value| value.into_owned())
    })
}

/// The characters that a reference in running text stands for; empty for unknown names.
pub fn referenced(reference: &quick_xml::events::BytesRef) -> String {
    if let Ok(Some(c)) = reference.resolve_char_ref() {
        return c.to_string();
    }
    quick_xml::escape::resolve_predefined_entity(reference).unwrap_or("").to_owned()
}

fn zip_error(document: &str, format: &'static str, place: &str, error: &ZipError) -> Error {
    let document = document.to_owned();
    let locked = matches!(error, ZipError::InvalidPassword)
        || matches!(error, ZipError::UnsupportedArchive(what) if what.contains("assword"));
    if locked {
        return MemoryError::Encrypted { document, format }.into();
    }
    MemoryError::Broken { document, format, place: place.to_owned(), problem: error.to_string() }
        .into()
}

/// Counts what is unpacked and fails when it is too much.
struct Counted<R> {
    inner: R,
    left: Rc<Cell<u64>>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let length = self.inner.read(buffer)?;
        let left = self.left.get().saturating_sub(length as u64);
        self.left.set(left);
        if left == 0 && length > 0 {
            return Err(ErrorKind::FileTooLarge.into());
        }
        Ok(length)
    }
}
