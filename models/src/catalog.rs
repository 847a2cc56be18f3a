//! The catalogue of model files that people use, from `catalog.toml`, which is part of the program.
//!
//! It says where a file lies, how large it is and how it is recognised. It downloads nothing.

use std::sync::LazyLock;

use serde::Deserialize;

/// A model file that can be had.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CatalogEntry {
    /// Name on the command line.
    pub name: String,
    /// Name for people.
    pub title: String,
    /// `general.architecture` of the file.
    pub family: String,
    /// Name of the mixture of weight types.
    #[serde(rename = "type")]
    pub weight_type: String,
    /// Repository that holds the file, `owner/name`.
    pub repository: String,
    /// Commit of the repository; the newest if absent.
    pub revision: Option<String>,
    /// Path of the file in the repository.
    pub file: String,
    /// Length of the file, where known.
    pub bytes: Option<u64>,
    /// SHA-256 of the file, where known, in lower-case hexadecimal digits.
    pub sha256: Option<String>,
    /// Bytes of the KV cache for one token in half precision.
    pub kv_bytes_per_token: u64,
    /// Licence of the weights.
    pub licence: String,
}

impl CatalogEntry {
    /// Bytes of weights and of a KV cache of `n_ctx` tokens in half precision, where the length of
    /// the file is known. Activations and logits come on top; with the file they can be computed.
    pub fn memory_bytes(&self, n_ctx: u64) -> Option<u64> {
        Some(self.bytes? + self.kv_bytes_per_token * n_ctx)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Catalog {
    default: CatalogEntry,
    model: Vec<CatalogEntry>,
}

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| {
    toml::from_str(include_str!("../catalog.toml")).expect("the built-in catalogue is valid")
});

/// All entries.
pub fn catalog() -> &'static [CatalogEntry] {
    &CATALOG.model
}

/// The entry of the model that is part of the program: its file lies in Carrel's own repository, and
/// is not pulled.
pub fn default_entry() -> &'static CatalogEntry {
    &CATALOG.default
}

/// The entry called `name`.
pub fn find(name: &str) -> Option<&'static CatalogEntry> {
    catalog().iter().find(|entry| entry.name.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Spec;
    use crate::shapes::Shape;

    #[test]
    fn entries_are_well_formed_and_distinct() {
        assert!(catalog().len() >= 12);
        let all: Vec<&CatalogEntry> = catalog().iter().chain([default_entry()]).collect();
        for (index, entry) in all.iter().enumerate() {
            let name = &entry.name;
            assert!(crate::family(&entry.family).is_some(), "{name}: {}", entry.family);
            assert_eq!(entry.repository.split('/').count(), 2, "{name}");
            assert!(entry.file.ends_with(".gguf"), "{name}");
            let is_hex = |text: &str| text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
            assert!(entry.sha256.iter().all(|hash| hash.len() == 64 && is_hex(hash)), "{name}");
            assert!(entry.revision.iter().all(|hash| hash.len() == 40 && is_hex(hash)), "{name}");
            assert!(!entry.licence.is_empty());
            for other in &all[..index] {
                assert_ne!(other.name, entry.name);
                assert_ne!(other.file, entry.file);
            }
        }
        assert_eq!(find("QWEN3-0.6B").map(|entry| entry.family.as_str()), Some("qwen3"));
        assert!(find("gpt-5").is_none());
    }

    #[test]
    fn cache_sizes_are_those_of_the_known_shapes() {
        for (name, shape) in [
            ("smollm2-135m", "SmolLM2-135M"),
            ("smollm2-360m", "SmolLM2-360M"),
            ("qwen2.5-0.5b", "Qwen2.5-0.5B"),
            ("qwen3-0.6b", "Qwen3-0.6B"),
            ("llama-3.2-1b", "Llama-3.2-1B"),
            ("gemma-3-1b", "Gemma-3-1B"),
            ("lfm2-350m", "LFM2-350M"),
        ] {
            let entry = find(name).expect("an entry");
            let spec = Spec::read(Shape::named(shape).expect("a shape")).expect("a spec");
            let values = u64::from(spec.n_attention() * spec.n_head_kv * spec.d_head) * 2;
            assert_eq!(entry.kv_bytes_per_token, values * 2, "{name}");
        }
    }
}
