//! The pages that show the newest records: the README its ratios, a chart them as a picture, and
//! `docs/speed.md` every speed.

use std::path::{Path, PathBuf};

use super::{Record, chart, newest, ratios, tables};

/// Lines around what is made from the records.
const MARKS: (&str, &str) = ("<!-- speed: begin -->\n", "<!-- speed: end -->");

/// The pages below the root of the repository, each with what it has to say.
///
/// # Panics
/// If a record or a page cannot be read, or a page lacks the marks.
pub fn renewed(root: &Path) -> Vec<(PathBuf, String)> {
    let records = newest();
    let models = ratios::models(&records);
    let lines = ratios::lines(&records, &models);
    let between = |page: &str, shown: &str| {
        let path = root.join(page);
        let text = std::fs::read_to_string(&path)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let start = text.find(MARKS.0).expect("the mark before the table") + MARKS.0.len();
        let end = text.find(MARKS.1).expect("the mark behind the table");
        (path, format!("{}{shown}{}", &text[..start], &text[end..]))
    };
    vec![
        between("README.md", &ratios::table(&lines, &models)),
        between("docs/speed.md", &every_speed(&records)),
        (root.join("docs/pictures/speed.svg"), chart::svg(&lines, &models)),
    ]
}

/// Writes the pages.
///
/// # Errors
/// If one cannot be written.
///
/// # Panics
/// As [`renewed`].
pub fn renew(root: &Path) -> Result<(), String> {
    for (path, text) in renewed(root) {
        std::fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(())
}

fn every_speed(records: &[Record]) -> String {
    records.iter().map(tables::table).collect::<Vec<_>>().join("\n")
}
