//! Writers of small files in the formats that are read, for tests: what a test reads, it wrote.

use std::io::{Cursor, Write};

use flate2::Compression;
use flate2::write::ZlibEncoder;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// An archive of these entries.
pub fn archive(entries: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in entries {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        writer.start_file(*name, options).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A book with these chapters, each the content of a `body`.
pub fn epub(title: &str, chapters: &[&str], more: &[(&str, &str)]) -> Vec<u8> {
    let container = r#"<?xml version="1.0"?><container version="1.0"
        xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile
        full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>"#;
    let (mut manifest, mut spine, mut files) = (String::new(), String::new(), Vec::new());
    for (at, body) in chapters.iter().enumerate() {
        manifest += &format!(
            "<item id=\"c{at}\" href=\"text/chapter%20{at}.xhtml\" media-type=\"application/xhtml+xml\"/>"
        );
        spine += &format!("<itemref idref=\"c{at}\"/>");
        let page = format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><html xmlns=\"http://www.w3.org/1999/xhtml\">\
             <head><title/><script src=\"x.js\"/></head><body>{body}</body></html>"
        );
        files.push((format!("OEBPS/text/chapter {at}.xhtml"), page));
    }
    let package = format!(
        "<?xml version=\"1.0\"?><package><metadata><dc:title>{title}</dc:title></metadata>\
         <manifest>{manifest}</manifest><spine>{spine}</spine></package>"
    );
    let mut entries = vec![
        ("mimetype", "application/epub+zip"),
        ("META-INF/container.xml", container),
        ("OEBPS/book.opf", package.as_str()),
    ];
    entries.extend(files.iter().map(|(name, page)| (name.as_str(), page.as_str())));
    entries.extend_from_slice(more);
    archive(&entries)
}

/// A document of a word processor with this body.
pub fn docx(title: &str, body: &str) -> Vec<u8> {
    let styles = "<?xml version=\"1.0\"?><w:styles xmlns:w=\"w\"><w:style w:styleId=\"Kop1\">\
        <w:name w:val=\"heading 1\"/></w:style><w:style w:styleId=\"Mine\"><w:name w:val=\"Mine\"/>\
        <w:pPr><w:outlineLvl w:val=\"1\"/></w:pPr></w:style></w:styles>";
    let core = format!("<?xml version=\"1.0\"?><cp><dc:title>{title}</dc:title></cp>");
    let document = format!(
        "<?xml version=\"1.0\"?><w:document xmlns:w=\"w\"><w:body>{body}</w:body></w:document>"
    );
    archive(&[
        ("[Content_Types].xml", "<Types/>"),
        ("word/document.xml", &document),
        ("word/styles.xml", styles),
        ("docProps/core.xml", &core),
    ])
}

/// A paragraph of a word processor with these properties and this text.
pub fn paragraph(properties: &str, text: &str) -> String {
    format!("<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>")
}

/// What a PDF is made of besides its pages.
#[derive(Default)]
pub struct PdfOptions {
    /// Added to the trailer.
    pub trailer: String,
    /// Whether the pages' contents are compressed.
    pub compressed: bool,
}

/// A PDF whose pages hold these lines: (from the left, from below, text).
pub fn pdf(pages: &[&[(i32, i32, &str)]], options: &PdfOptions) -> Vec<u8> {
    let contents = pages.iter().map(|lines| {
        let lines = lines
            .iter()
            .map(|(x, y, text)| format!("BT /F1 12 Tf 1 0 0 1 {x} {y} Tm ({text}) Tj ET\n"));
        lines.collect::<String>().into_bytes()
    });
    pdf_of(contents.collect(), options)
}

/// A PDF whose pages have these contents.
pub fn pdf_of(contents: Vec<Vec<u8>>, options: &PdfOptions) -> Vec<u8> {
    let count = contents.len();
    let kids: String = (0..count).map(|page| format!("{} 0 R ", 5 + page * 2)).collect();
    let widths = "500 ".repeat(224);
    let mut objects: Vec<Vec<u8>> = vec![
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        format!("<</Type/Pages/Count {count}/Kids[{kids}]/MediaBox[0 0 600 800]>>").into_bytes(),
        format!(
            "<</Type/Font/Subtype/TrueType/BaseFont/Sample/Encoding/WinAnsiEncoding/FirstChar 32\
             /LastChar 255/Widths[{widths}]>>"
        )
        .into_bytes(),
        b"<</Title(A sample)>>".to_vec(),
    ];
    for (page, content) in contents.into_iter().enumerate() {
        let number = 6 + page * 2;
        objects.push(
            format!(
                "<</Type/Page/Parent 2 0 R/Resources<</Font<</F1 3 0 R>>>>/Contents {number} 0 R>>"
            )
            .into_bytes(),
        );
        let (filter, content) = if options.compressed {
            let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
            encoder.write_all(&content).unwrap();
            ("/Filter/FlateDecode", encoder.finish().unwrap())
        } else {
            ("", content)
        };
        let mut object = format!("<</Length {}{filter}>>stream\n", content.len()).into_bytes();
        object.extend(content);
        object.extend(b"\nendstream");
        objects.push(object);
    }
    let mut out = b"%PDF-1.4\n".to_vec();
    let mut offsets = Vec::new();
    for (at, object) in objects.iter().enumerate() {
        offsets.push(out.len());
        out.extend(format!("{} 0 obj\n", at + 1).into_bytes());
        out.extend(object);
        out.extend(b"\nendobj\n");
    }
    let table = out.len();
    let size = objects.len() + 1;
    out.extend(format!("xref\n0 {size}\n0000000000 65535 f \n").into_bytes());
    for offset in offsets {
        out.extend(format!("{offset:010} 00000 n \n").into_bytes());
    }
    let trailer = &options.trailer;
    out.extend(
        format!(
            "trailer\n<</Size {size}/Root 1 0 R/Info 4 0 R{trailer}>>\nstartxref\n{table}\n%%EOF"
        )
        .into_bytes(),
    );
    out
}
