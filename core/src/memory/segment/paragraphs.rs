//! Paragraphs: runs of lines up to a blank line, and heading lines by themselves.
//!
//! A paragraph owns the blank lines after it, so that paragraphs tile the text. A line that opens
//! with one to six `#` and a space is a Markdown heading and a paragraph of its own. The function is
//! incremental: it answers only when no later text can change the answer, so a text cut into
//! pieces anywhere gives the same paragraphs.

/// End of the paragraph that starts at `from`, or `None` if more text is needed to know it.
///
/// With `complete`, `text` is all there is and the end of the text ends the paragraph; `None` then
/// means that nothing is left.
pub fn paragraph_end(text: &str, from: usize, complete: bool) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut at, mut has_content, mut closed) = (from, false, false);
    while at < bytes.len() {
        let line_end = match bytes[at..].iter().position(|byte| *byte == b'\n') {
            Some(length) => at + length + 1,
            None if complete => bytes.len(),
            // Behind a blank line the first character of a line is enough.
            None => return (closed && !text[at..].trim().is_empty()).then_some(at),
        };
        let line = text[at..line_end].trim();
        if line.is_empty() {
            closed |= has_content;
        } else {
            let heading = heading_level(line).is_some();
            if closed || (has_content && heading) {
                return Some(at);
            }
            has_content = true;
            closed = heading;
        }
        at = line_end;
    }
    (complete && from < bytes.len()).then_some(bytes.len())
}

/// Level of a Markdown heading line, 1 to 6, or `None` for any other line.
pub fn heading_level(line: &str) -> Option<u8> {
    let hashes = line.bytes().take_while(|byte| *byte == b'#').count();
    let blank = line.as_bytes().get(hashes).is_some_and(|byte| *byte == b' ');
    ((1..=6).contains(&hashes) && blank).then_some(hashes as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<&str> {
        let (mut from, mut out) = (0, Vec::new());
        while let Some(end) = paragraph_end(text, from, true) {
            out.push(&text[from..end]);
            from = end;
        }
        out
    }

    #[test]
    fn blank_lines_and_headings_end_paragraphs() {
        assert_eq!(cut("\n\na\nb\n \n\nc\n# T\nd"), ["\n\na\nb\n \n\n", "c\n", "# T\n", "d"]);
        assert_eq!(cut("# T\n\nd\r\n\r\ne"), ["# T\n\n", "d\r\n\r\n", "e"]);
        assert_eq!(cut("#no heading\nb"), ["#no heading\nb"]);
        assert_eq!(cut(""), Vec::<&str>::new());
        assert_eq!(cut("\n\n"), ["\n\n"]);
    }

    #[test]
    fn an_answer_never_changes_when_text_follows() {
        let text = "a b\nc\n\n\n# H\nd\n \ne\n## I\n\n\nf g\n\nh";
        let whole = cut(text);
        for end in 0..text.len() {
            let (mut from, mut index) = (0, 0);
            while let Some(stop) = paragraph_end(&text[..end], from, false) {
                assert_eq!(&text[from..stop], whole[index], "cut at {end}");
                from = stop;
                index += 1;
            }
        }
    }
}
