//! A conversation on disk.
//!
//! ```text
//! "CARRELCH" · length u64 · JSON: [[role, text], …] · nothing, or the saved cache (session/saved.rs)
//! ```

use std::fs::File;
use std::io::{BufReader, Read, Write};
use std::path::Path;

use super::conversation::{Message, Role};
use crate::engine::Engine;
use crate::error::{Error, Result, ServiceError};
use crate::session::Session;
use crate::whole_file::write_whole;

const MAGIC: &[u8; 8] = b"CARRELCH";
/// Longest conversation that is read, in bytes of JSON.
const LONGEST: u64 = 64 << 20;

/// Writes a conversation and its cache beside `path`, and puts it there when it is whole.
pub(super) fn write(
    path: &Path,
    messages: &[Message],
    session: Option<&mut Session>,
) -> Result<()> {
    let pairs: Vec<(&str, &str)> =
        messages.iter().map(|said| (said.role.name(), said.text.as_str())).collect();
    let json = serde_json::to_vec(&pairs).expect("texts are JSON");
    write_whole(
        path,
        |path, error| Error::file(path, error),
        |out| {
            let head = out
                .write_all(MAGIC)
                .and_then(|()| out.write_all(&(json.len() as u64).to_le_bytes()))
                .and_then(|()| out.write_all(&json));
            head.map_err(|error| Error::file(path, error))?;
            session.map_or(Ok(()), |session| session.save(path, out))
        },
    )
}

/// Reads a conversation and its cache, if it was saved with one.
pub(super) fn read(path: &Path, engine: &Engine) -> Result<(Vec<Message>, Option<Session>)> {
    let file = File::open(path).map_err(|error| Error::file(path, error))?;
    let mut input = BufReader::with_capacity(1 << 20, file);
    let found = messages(&mut input);
    let messages = found.ok_or_else(|| ServiceError::NoConversation { path: path.to_owned() })?;
    let mut next = [0];
    if input.read(&mut next).map_err(|error| Error::file(path, error))? == 0 {
        return Ok((messages, None));
    }
    let mut session = engine.session()?;
    session.restore(&mut next.as_slice().chain(input))?;
    Ok((messages, Some(session)))
}

fn messages(input: &mut impl Read) -> Option<Vec<Message>> {
    let (mut magic, mut length) = ([0; 8], [0; 8]);
    input.read_exact(&mut magic).ok()?;
    input.read_exact(&mut length).ok()?;
    let length = u64::from_le_bytes(length);
    if &magic != MAGIC || length > LONGEST {
        return None;
    }
    let mut json = Vec::new();
    input.take(length).read_to_end(&mut json).ok()?;
    let pairs: Vec<(String, String)> = serde_json::from_slice(&json).ok()?;
    let message = |(role, text): (String, String)| {
        let role = Role::ALL.into_iter().find(|known| known.name() == role)?;
        Some(Message { role, text })
    };
    pairs.into_iter().map(message).collect()
}
