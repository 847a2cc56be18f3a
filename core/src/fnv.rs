//! FNV-1a with 64 bits (Fowler, Noll and Vo; RFC 9923): a hash that is the same on every platform, for what
//! may collide. Content is identified by SHA-256.

/// The hash of some bytes.
pub fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_those_of_the_published_test_vectors() {
        let hashes = [(&b""[..], 0xcbf2_9ce4_8422_2325), (b"a", 0xaf63_dc4c_8601_ec8c)];
        for (bytes, hash) in hashes {
            assert_eq!(fnv1a(bytes), hash);
        }
        assert_eq!(fnv1a(b"foobar"), 0x8594_4171_f739_67e8);
    }
}
