//! Pieces of an index that are stored deflated (RFC 1951), through zlib-rs: the dictionaries of texts whose words
//! mostly stand there once are long, and half of what they take can be saved. Those of prose save a seventh and are stored as
//! they are, because every question would pay for that.
//!
//! A piece is packed by itself, so that it is read without the others, and stored as it is where packing does not
//! shorten it. How long it was stands before it, and nothing longer than [`LONGEST`] is packed or unpacked: a damaged file
//! cannot ask for more memory.

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};

/// Bytes that are packed or unpacked at most. The dictionary of a block of 96 KiB has less than twice as many:
/// a word of one letter and the space behind it take six.
pub const LONGEST: usize = 512 << 10;
/// Bytes of a page of a directory at which the next is begun: two such pages fit a page of the library's file.
pub(super) const PAGE_BYTES: usize = 2_000;
/// Pieces have a few thousand bytes, and what packs them is to take little memory.
const WINDOW_BITS: u8 = 12;

/// Packs one piece after another.
#[derive(Debug, Default)]
pub struct Packer {
    deflate: Option<Compress>,
}

impl Packer {
    /// `bytes` packed, or as they are where that is not shorter.
    pub fn pack(&mut self, bytes: &[u8]) -> Vec<u8> {
        if bytes.len() <= LONGEST {
            let deflate = self.deflate.get_or_insert_with(|| {
                Compress::new_with_window_bits(Compression::best(), false, WINDOW_BITS)
            });
            deflate.reset();
            let mut packed = vec![0; bytes.len().saturating_sub(1)];
            if let Ok(Status::StreamEnd) =
                deflate.compress(bytes, &mut packed, FlushCompress::Finish)
            {
                packed.truncate(deflate.total_out() as usize);
                return packed;
            }
        }
        bytes.to_vec()
    }
}

/// Unpacks one piece after another.
#[derive(Debug, Default)]
pub struct Unpacker {
    inflate: Option<Decompress>,
    bytes: Vec<u8>,
}

impl Unpacker {
    /// The piece of `length` bytes that was stored as `stored`; `None` if it is damaged.
    pub fn unpack<'a>(&'a mut self, stored: &'a [u8], length: usize) -> Option<&'a [u8]> {
        if stored.len() == length {
            return Some(stored);
        }
        if length > LONGEST {
            return None;
        }
        let inflate = self.inflate.get_or_insert_with(|| Decompress::new(false));
        inflate.reset(false);
        self.bytes.resize(length, 0);
        match inflate.decompress(stored, &mut self.bytes, FlushDecompress::Finish) {
            Ok(Status::StreamEnd) => {
                let whole = inflate.total_out() == length as u64
                    && inflate.total_in() == stored.len() as u64;
                whole.then_some(&self.bytes)
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_come_back_and_none_is_longer_packed() {
        let (mut packer, mut unpacker) = (Packer::default(), Unpacker::default());
        let noise: Vec<u8> =
            (0..999_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        let words: Vec<u8> = (0..400).flat_map(|n| format!("lamp{n}").into_bytes()).collect();
        for piece in [&b""[..], b"a", &noise, &words, &vec![7; LONGEST], &vec![7; LONGEST + 1]] {
            let packed = packer.pack(piece);
            assert!(packed.len() <= piece.len());
            assert_eq!(unpacker.unpack(&packed, piece.len()), Some(piece));
        }
        assert!(packer.pack(&words).len() < words.len() / 2);
    }

    #[test]
    fn damage_and_pieces_of_another_length_are_refused() {
        let (mut packer, mut unpacker) = (Packer::default(), Unpacker::default());
        let words = b"lamp reef lamp reef lamp reef lamp reef".as_slice();
        let packed = packer.pack(words);
        assert!(packed.len() < words.len());
        for cut in 0..packed.len() {
            assert_eq!(unpacker.unpack(&packed[..cut], words.len()), None, "cut at {cut}");
        }
        for length in [0, words.len() - 1, words.len() + 1, LONGEST, LONGEST + 1, usize::MAX] {
            assert_eq!(unpacker.unpack(&packed, length), None, "{length}");
        }
        let longer = [&packed, &b"x"[..]].concat();
        assert_eq!(unpacker.unpack(&longer, words.len()), None);
        // What would take far more than is said: three megabytes of nothing.
        let mut bomb = Vec::with_capacity(1 << 20);
        let mut deflate = Compress::new(Compression::best(), false);
        deflate.compress_vec(&vec![0; 3 << 20], &mut bomb, FlushCompress::Finish).unwrap();
        assert_eq!(unpacker.unpack(&bomb, LONGEST), None);
        assert_eq!(unpacker.unpack(&packed, words.len()), Some(words));
    }
}
