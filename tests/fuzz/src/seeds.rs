//! Writes what the fuzz targets begin with: `fuzz-seeds TARGET FOLDER`.

use std::path::Path;
use std::process::ExitCode;

use carrel_tests::{compact, hostile};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, target, folder] = arguments.as_slice() else {
        eprintln!("usage: fuzz-seeds TARGET FOLDER");
        return ExitCode::from(2);
    };
    let seeds: Vec<Vec<u8>> = match target.as_str() {
        "gguf" => {
            let attacks = hostile::attacks().into_iter().map(|attack| attack.bytes);
            attacks.chain([hostile::smallest()]).collect()
        }
        "tokenizer" => compact::compact_vocabularies(),
        "template" => hostile::templates().iter().map(|text| text.as_bytes().to_vec()).collect(),
        other => {
            eprintln!("no target called {other}");
            return ExitCode::from(2);
        }
    };
    let folder = Path::new(folder);
    let write = || {
        std::fs::create_dir_all(folder)?;
        let mut named = seeds.iter().enumerate();
        named.try_for_each(|(index, seed)| std::fs::write(folder.join(index.to_string()), seed))
    };
    match write() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let error: std::io::Error = error;
            eprintln!("{}: {error}", folder.display());
            ExitCode::FAILURE
        }
    }
}
