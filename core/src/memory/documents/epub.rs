//! EPUB 2 and 3: the chapters in reading order, each read as HTML.
//!
//! `META-INF/container.xml` names the package file; that lists all files of the book (manifest) and
//! the order in which they are read (spine). Chapters under a key are refused; a font under one is not.

use std::collections::BTreeMap;

use quick_xml::events::Event;

use super::archive::{Archive, attribute, referenced};
use super::html::HtmlReader;
use super::prose::Prose;
use super::sink::{Flow, ReadSummary, TextSink};
use super::source::{Limits, Source};
use crate::error::Result;

const FORMAT: &str = "EPUB";
const CONTAINER: &str = "META-INF/container.xml";
/// Ways of hiding fonts, which are no encryption of the text.
const OF_FONTS: [&str; 2] =
    ["http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC"];

/// Reads `source` as EPUB into `sink`.
///
/// # Errors
/// If the source cannot be read, is broken, encrypted, too large, or holds no text.
pub fn read(source: &Source, limits: &Limits, sink: &mut dyn TextSink) -> Result<ReadSummary> {
    let bytes = source.checked_length(limits)?;
    let mut archive = Archive::open(source, limits, FORMAT)?;
    if is_locked(&mut archive)? {
        return Err(archive.encrypted());
    }
    let package_path = package_path(&mut archive)?;
    let package = package(&mut archive, &package_path)?;
    if package.spine.is_empty() {
        return Err(archive.broken(&package_path, "it names no chapter"));
    }
    let mut prose = Prose::new(source, limits, sink);
    prose.title(&package.title);
    let folder = package_path.rsplit_once('/').map_or("", |(folder, _)| folder);
    for chapter in &package.spine {
        let text = archive.text(&resolve(folder, chapter))?;
        let reader = HtmlReader::new(&mut prose, false);
        let flow = reader.feed(&text)?;
        reader.finish()?;
        if flow == Flow::Stop {
            break;
        }
    }
    if !prose.finish()? {
        return Err(source.empty(bytes));
    }
    Ok(ReadSummary { guessed_encoding: false, stopped: prose.is_stopped() })
}

/// Whether more than fonts is under a key.
fn is_locked(archive: &mut Archive) -> Result<bool> {
    const ENCRYPTION: &str = "META-INF/encryption.xml";
    if !archive.has(ENCRYPTION) {
        return Ok(false);
    }
    let mut locked = false;
    archive.xml(ENCRYPTION, &mut |event| {
        if let Event::Start(tag) | Event::Empty(tag) = event
            && tag.local_name().into_inner() == "EncryptionMethod"
        {
            let method = attribute(tag, "Algorithm").unwrap_or_default();
            locked |= !OF_FONTS.contains(&method.as_str());
        }
        Ok(true)
    })?;
    Ok(locked)
}

fn package_path(archive: &mut Archive) -> Result<String> {
    let mut path = None;
    archive.xml(CONTAINER, &mut |event| {
        if let Event::Start(tag) | Event::Empty(tag) = event
            && tag.local_name().into_inner() == "rootfile"
        {
            path = attribute(tag, "full-path");
        }
        Ok(path.is_none())
    })?;
    path.ok_or_else(|| archive.broken(CONTAINER, "it names no package"))
}

#[derive(Default)]
struct Package {
    title: String,
    /// Paths of the chapters, relative to the package.
    spine: Vec<String>,
}

fn package(archive: &mut Archive, path: &str) -> Result<Package> {
    let mut package = Package::default();
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    let mut in_title = false;
    archive.xml(path, &mut |event| {
        match event {
            Event::Start(tag) | Event::Empty(tag) => match tag.local_name().into_inner() {
                "item" => {
                    let media = attribute(tag, "media-type").unwrap_or_default();
                    if let (Some(id), Some(href), true) =
                        (attribute(tag, "id"), attribute(tag, "href"), media.contains("html"))
                    {
                        files.insert(id, href);
                    }
                }
                "itemref" => {
                    let id = attribute(tag, "idref").unwrap_or_default();
                    package.spine.extend(files.get(&id).cloned());
                }
                "title" => in_title = package.title.is_empty() && matches!(event, Event::Start(_)),
                _ => {}
            },
            Event::Text(text) if in_title => package.title.push_str(&text.xml10_content()),
            Event::GeneralRef(reference) if in_title => package.title += &referenced(reference),
            Event::End(_) => in_title = false,
            _ => {}
        }
        Ok(true)
    })?;
    Ok(package)
}

/// The path in the archive that `href` names, seen from `folder`.
fn resolve(folder: &str, href: &str) -> String {
    let href = percent_decoded(href.split('#').next().unwrap_or(href));
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    if href.starts_with('/') {
        parts.clear();
    }
    for part in href.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            other => parts.push(other),
        }
    }
    parts.join("/")
}

fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).and_then(|byte| (*byte as char).to_digit(16));
    let (mut out, mut at) = (Vec::with_capacity(bytes.len()), 0);
    while at < bytes.len() {
        match (bytes[at], digit(at + 1), digit(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                out.push((high * 16 + low) as u8);
                at += 3;
            }
            (byte, ..) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_resolved_inside_the_archive() {
        assert_eq!(resolve("OEBPS", "text/a%20b.xhtml#top"), "OEBPS/text/a b.xhtml");
        assert_eq!(resolve("OEBPS/package", "../text/./a.xhtml"), "OEBPS/text/a.xhtml");
        assert_eq!(resolve("", "../../a.xhtml"), "a.xhtml");
        assert_eq!(resolve("OEBPS", "/a.xhtml"), "a.xhtml");
    }
}
