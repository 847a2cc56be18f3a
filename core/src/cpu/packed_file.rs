//! Packed matrices on disk: written at the first start, mapped at all later ones.
//!
//! ```text
//!  0       "carrelpk"
//!  8  u32  version of this format
//! 12  u32  CRC-32 of bytes 16 to where the matrices begin
//! 16       SHA-256 of a description of the source and of every matrix ([`description`])
//! 48  u32  CRC-32 of each piece of 4 MiB of this file, the first without what is before the matrices
//!          zeros up to a multiple of 4096; there the matrices begin, in the plan's order, each at a
//!          multiple of 64: its quants, then its scales, as `pack` lays them out
//! ```
//! Numbers are little-endian. No offset is read from the file: all follow from the plan, so a file either
//! has the length, the description and the sums that it must have, or it is not used and made anew. All
//! of it is compared with its sums at every start, on all processors; that is when the pages are brought
//! in, which a first batch would do otherwise. Whoever can write the file can give it any sums, as they
//! could change the model: then answers are wrong, but kernels stay within their slices whatever the
//! values are. All sets of kernels share one layout, so the set is not part of the description.
//!
//! Decoding waits for memory, and with pages of 4 KiB for their addresses, too: on a virtual Zen 4 one
//! thread reads 20 GB/s from these, 30 GB/s from pages of 2 MiB. Linux keeps a file in such pages if it is
//! written, or read into a map that asks for them, in pieces that are as large and lie as they do. So
//! pieces are counted from the beginning of the file and written whole.
//!
//! The source is known by its length, its time of modification, its header, and the first bytes of each
//! matrix; hashing all of it would take longer than packing. Nothing here is an error to the caller: what
//! cannot be kept is packed in memory.

use std::fs::{File, TryLockError};
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use flate2::Crc;
use memmap2::Mmap;
use sha2::{Digest, Sha256};

use super::pack::{Matrix, Shape};
use crate::error::ModelError;
use crate::gguf::{Gguf, Source};
use crate::whole_file::write_whole;
use carrel_kernels::{LINE, PANEL};

const MAGIC: &[u8; 8] = b"carrelpk";
/// Counts changes of this format and of the layout of packed matrices.
const VERSION: u32 = 3;
/// Bytes of the file that have one sum and are written at once; a multiple of a large page.
const PIECE_BYTES: usize = 4 << 20;
/// Where sums begin.
const SUMS: usize = 48;
/// Bytes of each matrix of the source that tell it from another.
const SAMPLE_BYTES: usize = 64;
/// Matrices that take less are packed in a few milliseconds.
const LEAST_BYTES: usize = 4 << 20;
/// Most bytes that files in a folder for many models take; the oldest ones go first.
const MOST_FOLDER_BYTES: u64 = 4 << 30;
/// How the names of these files end.
const ENDING: &str = ".packed";

/// Where packed matrices may be kept, tried in the order of the fields. By default nowhere.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PackedFiles {
    /// Beside the model's file, as `MODEL.gguf.packed`.
    pub beside_model: bool,
    /// In a folder for many models, which is made if it is not there.
    pub folder: Option<PathBuf>,
}

impl PackedFiles {
    /// The files that packed matrices of the model at `model` may be in.
    pub fn paths(&self, model: &Path) -> Vec<PathBuf> {
        let mut name = model.file_name().unwrap_or_default().to_owned();
        name.push(ENDING);
        let mut paths = Vec::new();
        if self.beside_model {
            paths.push(model.with_file_name(name));
        }
        if let Some(folder) = &self.folder {
            let whole = std::path::absolute(model).unwrap_or_else(|_| model.to_owned());
            let hash = Sha256::digest(whole.as_os_str().as_encoded_bytes());
            let hash: String = hash[..4].iter().map(|byte| format!("{byte:02x}")).collect();
            let stem = model.file_stem().unwrap_or_default().to_string_lossy();
            paths.push(folder.join(format!("{stem}-{hash}{ENDING}")));
        }
        paths
    }
}

/// Whether the file at `path` begins as files of packed matrices do.
pub fn is_packed_file(path: &Path) -> bool {
    let mut start = [0; MAGIC.len()];
    let read = File::open(path).and_then(|mut file| io::Read::read_exact(&mut file, &mut start));
    read.is_ok() && start == *MAGIC
}

/// Where packed matrices are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum PackedIn {
    /// In memory of the program.
    #[default]
    Memory,
    /// In a file that this start wrote.
    Written(PathBuf),
    /// In a file that an earlier start wrote.
    Read(PathBuf),
}

/// A matrix to be packed: which bytes of the source, and how they become panels.
pub(super) struct Wanted {
    pub(super) shape: Shape,
    pub(super) source: Range<usize>,
}

/// What the file has to be.
struct Expected<'a> {
    matrices: &'a [Wanted],
    /// Where each matrix begins.
    starts: Vec<usize>,
    /// Where the first one begins.
    first: usize,
    length: usize,
    description: [u8; 32],
}

/// The matrices of `file`, mapped from a file of packed ones, which is written if there is none yet.
/// `None` if they cannot be kept.
///
/// # Errors
/// [`ModelError::OutOfMemory`] while a matrix is packed.
pub(super) fn matrices(
    wanted: &[Wanted],
    file: &Gguf,
    places: &PackedFiles,
) -> Result<Option<(Vec<Matrix>, PackedIn)>, ModelError> {
    let Some(source) = file.source() else { return Ok(None) };
    let paths = places.paths(&source.path);
    let n_bytes: usize = wanted.iter().map(|matrix| matrix.shape.n_bytes()).sum();
    if paths.is_empty() || n_bytes < LEAST_BYTES {
        return Ok(None);
    }
    let expected = Expected::of(wanted, file, source);
    let find = || {
        let mut found = paths.iter().filter_map(|path| Some((path, read(path, &expected)?)));
        found.next().map(|(path, matrices)| (matrices, PackedIn::Read(path.clone())))
    };
    if let Some(found) = find() {
        return Ok(Some(found));
    }
    // Two writers in a process would write to one part.
    static WRITING: Mutex<()> = Mutex::new(());
    let _alone = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(found) = find() {
        return Ok(Some(found));
    }
    for path in &paths {
        let is_shared = places.folder.as_deref() == path.parent();
        match write(path, &expected, file, is_shared) {
            Ok(()) => match read(path, &expected) {
                Some(matrices) => return Ok(Some((matrices, PackedIn::Written(path.clone())))),
                None => log::warn!("{}: not what was written", path.display()),
            },
            Err(WriteError::Model(error)) => return Err(error),
            Err(WriteError::File(path, error)) => {
                log::info!("packed weights are not kept in {}: {error}", path.display());
            }
        }
    }
    Ok(None)
}

/// What tells one source, and one way to pack it, from another.
fn description(wanted: &[Wanted], file: &Gguf, source: &Source) -> [u8; 32] {
    let sum = |range: Range<usize>| {
        let mut crc = Crc::new();
        crc.update(&file.bytes()[range.clone()]);
        file.release(range);
        crc.sum()
    };
    let age = source.modified.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let head = wanted.iter().map(|matrix| matrix.source.start).min().unwrap_or(0);
    let mut hash = Sha256::new();
    let mut add = |text: String| hash.update(text.as_bytes());
    add(format!("packed {VERSION} {PANEL} {LINE}\n"));
    add(format!("source {} {} {:08x}\n", file.bytes().len(), age.as_nanos(), sum(0..head)));
    for Wanted { shape, source } in wanted {
        let sample = source.start..source.end.min(source.start + SAMPLE_BYTES);
        add(format!(
            "{:?} {} {} {} {:08x}\n",
            shape.format,
            shape.n_rows,
            shape.n_cols,
            source.start,
            sum(sample)
        ));
    }
    hash.finalize().into()
}

impl<'a> Expected<'a> {
    fn of(matrices: &'a [Wanted], file: &Gguf, source: &Source) -> Self {
        let mut offset = 0usize;
        let mut starts = Vec::with_capacity(matrices.len());
        for matrix in matrices {
            starts.push(offset);
            offset = (offset + matrix.shape.n_bytes()).next_multiple_of(LINE);
        }
        // What is before the matrices may make one more, being shorter than a piece.
        let most_sums = offset.div_ceil(PIECE_BYTES) + 1;
        let first = (SUMS + 4 * most_sums).next_multiple_of(4096);
        starts.iter_mut().for_each(|start| *start += first);
        let description = description(matrices, file, source);
        Self { matrices, starts, first, length: first + offset, description }
    }

    /// The bytes before the matrices.
    fn header(&self, sums: &[u32]) -> Vec<u8> {
        let mut header = vec![0; self.first];
        header[16..SUMS].copy_from_slice(&self.description);
        for (place, sum) in header[SUMS..].chunks_exact_mut(4).zip(sums) {
            place.copy_from_slice(&sum.to_le_bytes());
        }
        let mut crc = Crc::new();
        crc.update(&header[16..]);
        header[..8].copy_from_slice(MAGIC);
        header[8..12].copy_from_slice(&VERSION.to_le_bytes());
        header[12..16].copy_from_slice(&crc.sum().to_le_bytes());
        header
    }
}

/// The matrices in the file at `path`, if it is what it has to be.
fn read(path: &Path, expected: &Expected<'_>) -> Option<Vec<Matrix>> {
    let refused = |problem: &dyn std::fmt::Display| {
        log::info!("{}: packed weights are made anew: {problem}", path.display());
        None
    };
    let opened = File::open(path).and_then(|file| Ok((file.metadata()?, file)));
    let (data, file) = match opened {
        Ok(opened) => opened,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
        Err(error) => return refused(&error),
    };
    if !data.is_file() || data.len() != expected.length as u64 {
        return refused(&"it has another length");
    }
    // SAFETY: the map is private and read-only. These files are replaced by renaming and never rewritten
    // in place; another program that shortens one while it is mapped can raise SIGBUS, as with every
    // mapped file.
    let map = match unsafe { Mmap::map(&file) } {
        Ok(map) => map,
        Err(error) => return refused(&error),
    };
    // Where a file system or another system has no large pages, others do.
    #[cfg(target_os = "linux")]
    let _ = map.advise(memmap2::Advice::HugePage);
    let Some(header) = map.get(..expected.first) else {
        return refused(&"it has another length");
    };
    let sums: Vec<u32> = (header[SUMS..].as_chunks::<4>().0.iter().copied())
        .map(u32::from_le_bytes)
        .take(expected.length.div_ceil(PIECE_BYTES))
        .collect();
    if header != expected.header(&sums) {
        return refused(&"it was made from something else, or is damaged");
    }
    if !are_whole(&map, expected.first, &sums) {
        return refused(&"it is damaged");
    }
    let map = Arc::new(map);
    let matrices = expected.matrices.iter().zip(&expected.starts);
    Some(matrices.map(|(m, start)| Matrix::mapped(m.shape, map.clone(), *start)).collect())
}

/// Compares pieces with their sums, on as many threads as are free. Matrices begin at `first`.
fn are_whole(bytes: &[u8], first: usize, sums: &[u32]) -> bool {
    let next = AtomicUsize::new(0);
    let is_damaged = AtomicBool::new(false);
    let check = || {
        while !is_damaged.load(Ordering::Relaxed) {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(sum) = sums.get(index) else { return };
            let end = bytes.len().min((index + 1) * PIECE_BYTES);
            let mut crc = Crc::new();
            crc.update(&bytes[first.max(index * PIECE_BYTES)..end]);
            if crc.sum() != *sum {
                is_damaged.store(true, Ordering::Relaxed);
            }
        }
    };
    let n_threads = std::thread::available_parallelism().map_or(1, |n| n.get().min(8));
    std::thread::scope(|scope| {
        (1..n_threads.min(sums.len())).for_each(|_| {
            scope.spawn(check);
        });
        check();
    });
    !is_damaged.into_inner()
}

/// Why a file was not written.
enum WriteError {
    File(PathBuf, io::Error),
    Model(ModelError),
}

/// Packs the matrices into a file at `path`, one at a time, so that no more than one is in memory.
fn write(
    path: &Path,
    expected: &Expected<'_>,
    file: &Gguf,
    is_shared: bool,
) -> Result<(), WriteError> {
    let failed = |path: &Path, error| WriteError::File(path.to_owned(), error);
    if let Some(folder) = path.parent().filter(|_| is_shared) {
        std::fs::create_dir_all(folder).map_err(|error| failed(folder, error))?;
    }
    sweep(path);
    write_whole(path, failed, |out| {
        // Held until the file has its name, so that nobody takes the part for one that was left.
        let _ = out.get_ref().try_lock();
        let wrong = |error| failed(path, error);
        out.seek(SeekFrom::Start(expected.first as u64)).map_err(wrong)?;
        let mut pieces = Pieces { out, sums: Vec::new(), piece: Vec::new(), place: expected.first };
        for (matrix, start) in expected.matrices.iter().zip(&expected.starts) {
            pieces.put(&[0; LINE][..start - pieces.place]).map_err(wrong)?;
            let rows = &file.bytes()[matrix.source.clone()];
            let packed = Matrix::pack(matrix.shape, rows).map_err(WriteError::Model)?;
            file.release(matrix.source.clone());
            packed.parts().iter().try_for_each(|part| pieces.put(part)).map_err(wrong)?;
        }
        pieces.put(&[0; LINE][..expected.length - pieces.place]).map_err(wrong)?;
        let sums = pieces.finish().map_err(wrong)?;
        out.seek(SeekFrom::Start(0)).map_err(wrong)?;
        out.write_all(&expected.header(&sums)).map_err(wrong)
    })?;
    if is_shared {
        prune(path);
    }
    Ok(())
}

/// A file that is written in pieces, with their sums.
struct Pieces<'a> {
    out: &'a mut BufWriter<File>,
    sums: Vec<u32>,
    /// What is gathered of a piece.
    piece: Vec<u8>,
    /// Where in the file the next byte goes.
    place: usize,
}

impl Pieces<'_> {
    fn put(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let room = PIECE_BYTES - self.place % PIECE_BYTES;
            let (now, later) = bytes.split_at(room.min(bytes.len()));
            self.piece.extend_from_slice(now);
            self.place += now.len();
            if now.len() == room {
                self.write()?;
            }
            bytes = later;
        }
        Ok(())
    }

    fn write(&mut self) -> io::Result<()> {
        let mut crc = Crc::new();
        crc.update(&self.piece);
        self.sums.push(crc.sum());
        // More than the writer gathers itself, so it goes to the file as it is.
        self.out.write_all(&self.piece)?;
        self.piece.clear();
        Ok(())
    }

    fn finish(mut self) -> io::Result<Vec<u32>> {
        if !self.piece.is_empty() {
            self.write()?;
        }
        Ok(self.sums)
    }
}

/// Removes parts of this file that writers left which were killed: nobody holds their lock.
fn sweep(path: &Path) {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { return };
    let start = format!("{}.", name.to_string_lossy());
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if !name.starts_with(&start) || !name.ends_with(".part") {
            continue;
        }
        let is_held = File::open(entry.path())
            .is_ok_and(|part| matches!(part.try_lock(), Err(TryLockError::WouldBlock)));
        if !is_held && let Err(error) = std::fs::remove_file(entry.path()) {
            log::debug!("{}: stays: {error}", entry.path().display());
        }
    }
}

/// Removes the oldest files of the folder until they take no more than they may; not `newest`.
fn prune(newest: &Path) {
    let mut files: Vec<(SystemTime, u64, PathBuf)> = packed_files(newest.parent())
        .into_iter()
        .filter_map(|path| Some((std::fs::metadata(&path).ok()?, path)))
        .filter_map(|(data, path)| Some((data.modified().ok()?, data.len(), path)))
        .collect();
    files.sort();
    let mut total: u64 = files.iter().map(|(_, n_bytes, _)| n_bytes).sum();
    for (_, n_bytes, path) in files {
        if total <= MOST_FOLDER_BYTES {
            return;
        }
        if path != newest && std::fs::remove_file(&path).is_ok() {
            log::info!("{}: removed, as newer ones take its place", path.display());
            total -= n_bytes;
        }
    }
}

/// The files of packed matrices in a folder.
pub fn packed_files(folder: Option<&Path>) -> Vec<PathBuf> {
    let entries = folder.and_then(|folder| std::fs::read_dir(folder).ok()).into_iter().flatten();
    let paths = entries.flatten().map(|entry| entry.path());
    let mut paths: Vec<PathBuf> = paths
        .filter(|path| path.to_string_lossy().ends_with(ENDING) && is_packed_file(path))
        .collect();
    paths.sort();
    paths
}
