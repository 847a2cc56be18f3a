//! Every format, its structure and its failures, on files that the tests write themselves.

use super::samples::{self, PdfOptions};
use super::{Flow, Format, Limits, Source, TextSink, read};
use crate::error::{Error, MemoryError, Result};
use crate::memory::{AskOptions, Library};

#[derive(Default)]
struct Collect {
    text: String,
    title: String,
    /// Level, offset in bytes and title of every heading.
    headings: Vec<(u8, usize, String)>,
    pages: Vec<usize>,
}

impl TextSink for Collect {
    fn text(&mut self, text: &str) -> Result<Flow> {
        self.text.push_str(text);
        Ok(Flow::Continue)
    }
    fn title(&mut self, title: &str) {
        title.clone_into(&mut self.title);
    }
    fn heading(&mut self, level: u8, title: &str) {
        self.headings.push((level, self.text.len(), title.to_owned()));
    }
    fn page(&mut self) {
        self.pages.push(self.text.len());
    }
}

fn collect(name: &str, bytes: Vec<u8>) -> Collect {
    let mut sink = Collect::default();
    read(&Source::bytes(name, bytes), &Limits::default(), &mut sink).unwrap();
    for (_, at, title) in &sink.headings {
        assert!(sink.text[*at..].starts_with(title), "{title} at {at}: {}", sink.text);
    }
    sink
}

fn problem(name: &str, bytes: Vec<u8>, limits: &Limits) -> MemoryError {
    match read(&Source::bytes(name, bytes), limits, &mut Collect::default()) {
        Err(Error::Memory(error)) => error,
        other => panic!("{name}: {other:?}"),
    }
}

fn format(name: &str, bytes: &[u8]) -> Format {
    Source::bytes(name, bytes.to_vec()).format(&Limits::default()).unwrap()
}

#[test]
fn formats_are_told_by_content_first() {
    assert_eq!(format("a.txt", b"%PDF-1.4 ..."), Format::Pdf);
    assert_eq!(format("a", &samples::epub("T", &["<p>x</p>"], &[])), Format::Epub);
    assert_eq!(format("a.zip", &samples::docx("T", "")), Format::Docx);
    assert_eq!(format("a", b"\n<!DOCTYPE HTML><p>x"), Format::Html);
    assert_eq!(format("a.htm", b"x"), Format::Html);
    assert_eq!(format("a.md", b"# x"), Format::Markdown);
    assert_eq!(format("a.rs", b"fn x() {}"), Format::Text);
}

#[test]
fn html_gives_the_text_that_is_seen() {
    let page = "<!doctype html><html><head><title>A &amp; B</title><style>p{}</style></head><body>\
        <script>if (1<2) { '<p>no</p>' }</script><h1>The  <i>first</i>\npart</h1><p>One&nbsp;two<br>three \
        caf&eacute;<p>Four<!-- no --> five.</p><table><tr><th>Name<th>Age</tr><tr><td>Ann</td>\
        <td>7</td></tr></table><ul><li>red<li>blue</ul><svg><text>no</text></svg><pre>a  b\n c</pre>\
        <h2>End</h2>last";
    let read = collect("page.html", page.into());
    assert_eq!(read.title, "A & B");
    assert_eq!(
        read.text,
        "The first part\n\nOne\u{a0}two\nthree café\n\nFour five.\n\n| Name | Age |\n| Ann | 7 |\n\n\
         - red\n- blue\n\na  b\n c\n\nEnd\n\nlast\n\n"
    );
    let headings: Vec<(u8, &str)> =
        read.headings.iter().map(|(level, _, title)| (*level, title.as_str())).collect();
    assert_eq!(headings, [(1, "The first part"), (2, "End")]);
}

#[test]
fn html_says_its_encoding_and_may_be_long() {
    let (bytes, ..) = encoding_rs::GBK.encode("<html><meta charset=\"gbk\"><p>北京的天气很好。");
    assert_eq!(collect("page", bytes.into_owned()).text, "北京的天气很好。\n\n");
    let long = format!("<html><p>{}<h1>x</h1>", "word &lt;tag&gt; ".repeat(40_000));
    let read = collect("page", long.into_bytes());
    assert_eq!(read.text, format!("{}\n\nx\n\n", "word <tag> ".repeat(40_000).trim_end()));
    let empty = problem("a.html", b"<html><script>x</script>".to_vec(), &Limits::default());
    assert!(matches!(empty, MemoryError::EmptyDocument { .. }), "{empty}");
}

#[test]
fn epub_chapters_come_in_the_order_of_the_spine() {
    let book = samples::epub(
        "Tom &amp; Ann",
        &[
            "<h1>One</h1><p>First.</p><span epub:type=\"pagebreak\" id=\"p2\"/><p>Second.</p>",
            "<h2>Two</h2><p>Third<br/>line.</p>",
        ],
        &[],
    );
    let read = collect("book.epub", book);
    assert_eq!(read.text, "One\n\nFirst.\n\nSecond.\n\nTwo\n\nThird\nline.\n\n");
    assert_eq!(read.title, "Tom & Ann");
    assert_eq!(read.headings.len(), 2);
    assert_eq!(read.pages, ["One\n\nFirst.\n\n".len()]);
}

#[test]
fn encrypted_and_broken_books_are_refused() {
    let lock = |method: &str| {
        format!(
            "<encryption><EncryptedData><EncryptionMethod Algorithm=\"{method}\"/></EncryptedData></encryption>"
        )
    };
    let limits = Limits::default();
    let aes = lock("http://www.w3.org/2001/04/xmlenc#aes128-cbc");
    let locked = samples::epub("T", &["<p>x</p>"], &[("META-INF/encryption.xml", &aes)]);
    assert!(matches!(problem("a.epub", locked, &limits), MemoryError::Encrypted { .. }));
    let font = lock("http://www.idpf.org/2008/embedding");
    let open = samples::epub("T", &["<p>x</p>"], &[("META-INF/encryption.xml", &font)]);
    assert_eq!(collect("a.epub", open).text, "x\n\n");

    let whole = samples::epub("T", &["<p>Some words to read here.</p>"], &[]);
    for cut in (5..whole.len()).step_by(7) {
        let error = problem("a.epub", whole[..cut].to_vec(), &limits);
        assert!(matches!(error, MemoryError::Broken { .. }), "cut at {cut}: {error}");
    }
    let neither = samples::archive(&[("a.txt", "x")]);
    assert!(matches!(problem("a.zip", neither, &limits), MemoryError::Broken { .. }));
    let old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and so on".to_vec();
    assert!(matches!(problem("a.docx", old, &limits), MemoryError::Encrypted { .. }));
    assert!(matches!(problem("a.epub", b"text".to_vec(), &limits), MemoryError::Broken { .. }));
}

#[test]
fn archives_that_unpack_without_end_are_stopped() {
    let limits = Limits { text_bytes: 100_000, ..Limits::default() };
    let page = format!("<p>{}</p>", " ".repeat(5_000_000));
    let bomb = samples::epub("T", &[&page], &[]);
    assert!(bomb.len() < 50_000);
    assert!(matches!(problem("a.epub", bomb, &limits), MemoryError::TooLarge { .. }));
    let bomb = samples::docx("T", &samples::paragraph("", &" ".repeat(5_000_000)));
    assert!(matches!(problem("a.docx", bomb, &limits), MemoryError::TooLarge { .. }));
}

#[test]
fn docx_has_headings_tables_and_pages() {
    let body = [
        samples::paragraph("<w:pStyle w:val=\"Kop1\"/>", "Part one"),
        samples::paragraph("", "Tea &amp; cake<w:br/></w:t><w:tab/><w:t xml:space=\"preserve\"> at five."),
        samples::paragraph("<w:pStyle w:val=\"Mine\"/>", "Detail"),
        "<w:p><w:r><w:t>Before</w:t><w:lastRenderedPageBreak/><w:t> after.</w:t></w:r>\
         <w:del><w:r><w:delText>gone</w:delText></w:r></w:del></w:p>"
            .to_owned(),
        "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>a</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>b</w:t></w:r>\
         </w:p></w:tc></w:tr></w:tbl>"
            .to_owned(),
        "<mc:AlternateContent><mc:Fallback><w:p><w:r><w:t>twice</w:t></w:r></w:p></mc:Fallback>\
         </mc:AlternateContent>"
            .to_owned(),
    ];
    let read = collect("a.docx", samples::docx("Plan", &body.concat()));
    assert_eq!(read.title, "Plan");
    assert_eq!(
        read.text,
        "Part one\n\nTea & cake\nat five.\n\nDetail\n\nBefore after.\n\n| a | b |\n\n"
    );
    let levels: Vec<u8> = read.headings.iter().map(|(level, ..)| *level).collect();
    assert_eq!(levels, [1, 2]);
    assert_eq!(read.pages, [read.text.find(" after").unwrap()]);
    let broken = samples::archive(&[("word/document.xml", "<w:document><w:body></w:p>")]);
    assert!(matches!(
        problem("a.docx", broken, &Limits::default()),
        MemoryError::Broken { format: "DOCX", .. }
    ));
}

const PAGES: [&[(i32, i32, &str)]; 3] = [
    &[
        (50, 750, "The keeper of the light-"),
        (50, 735, "house wrote a letter"),
        (50, 720, "to Ann."),
        (50, 680, "She never answered."),
    ],
    &[],
    &[(50, 750, "The end"), (250, 750, "came in May.")],
];

#[test]
fn pdf_pages_lines_and_paragraphs_are_put_together() {
    for compressed in [false, true] {
        let options = PdfOptions { compressed, ..PdfOptions::default() };
        let read = collect("a.pdf", samples::pdf(&PAGES, &options));
        let text = "The keeper of the lighthouse wrote a letter\nto Ann.\n\nShe never answered.\n\n\
                    \nThe end came in May.\n\n";
        assert_eq!(read.text, text);
        let third = text.find("The end").unwrap();
        assert_eq!(read.pages, [0, third - 1, third]);
        assert_eq!(read.title, "A sample");
    }
}

#[test]
fn pdf_citations_name_their_page() {
    let mut library = Library::in_memory();
    let bytes = samples::pdf(&PAGES, &PdfOptions::default());
    library.open_document(&Source::bytes("letter.pdf", bytes)).unwrap();
    let found = library.search("came in May", &AskOptions::default(), 1).unwrap();
    let at = found[0].0.start + found[0].0.quote.find("The end").unwrap() as u64;
    let record = library.documents().unwrap().remove(0);
    assert_eq!((record.page_at(at), record.page_at(at - 1)), (Some(3), Some(2)));
    assert_eq!((record.title.as_str(), record.format.as_str()), ("A sample", "PDF"));
}

#[test]
fn scanned_encrypted_and_broken_pdfs_are_refused() {
    let limits = Limits::default();
    let scan = samples::pdf(&[&[], &[]], &PdfOptions::default());
    assert!(matches!(problem("a.pdf", scan, &limits), MemoryError::NoTextLayer { pages: 2, .. }));
    let trailer = "/ID[<00><00>]/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<\
        28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A>/U<\
        00BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A>>>"
        .to_owned();
    let locked = samples::pdf(&PAGES, &PdfOptions { trailer, ..PdfOptions::default() });
    let error = problem("a.pdf", locked, &limits);
    assert!(matches!(error, MemoryError::Encrypted { format: "PDF", .. }), "{error}");

    let whole = samples::pdf(&PAGES, &PdfOptions { compressed: true, ..PdfOptions::default() });
    let mut state = 7_u64;
    for round in 0..80 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let at = (state >> 33) as usize % whole.len();
        let mut damaged = whole.clone();
        if round % 2 == 0 {
            damaged.truncate(at.max(8));
        } else {
            damaged[at] ^= 1 << (round % 8);
        }
        // Whatever comes of it is an answer or a typed error, and the process lives on.
        let source = Source::bytes("a.pdf", damaged);
        match read(&source, &limits, &mut Collect::default()) {
            Ok(_) | Err(Error::Memory(_) | Error::File { .. }) => {}
            Err(other) => panic!("round {round}: {other}"),
        }
    }
}

#[test]
fn pdf_streams_that_unpack_without_end_are_refused() {
    use std::io::Write;
    let pack = |bytes: &[u8]| {
        let level = flate2::Compression::best();
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), level);
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    };
    // 257 MiB of blanks, packed twice.
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    let blanks = vec![b' '; 1 << 20];
    (0..257).for_each(|_| encoder.write_all(&blanks).unwrap());
    let bomb = pack(&encoder.finish().unwrap());
    let file = samples::pdf_of(vec![bomb], &PdfOptions::default());
    let error = problem("a.pdf", file, &Limits::default());
    assert!(matches!(error, MemoryError::TooLarge { .. }), "{error}");
}
