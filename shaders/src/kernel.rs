//! The list of kernels: what they are made for and what they bind.

/// Layout of a weight matrix: that of the type of the same name in GGUF files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, non_camel_case_types)]
pub enum WeightFormat {
    F32,
    F16,
    BF16,
    Q4_0,
    Q4_1,
    Q5_0,
    Q5_1,
    Q8_0,
    Q2_K,
    Q3_K,
    Q4_K,
    Q5_K,
    Q6_K,
    IQ4_NL,
    MXFP4,
}

impl WeightFormat {
    /// All of them.
    pub const ALL: [Self; 15] = [
        Self::F32,
        Self::F16,
        Self::BF16,
        Self::Q4_0,
        Self::Q4_1,
        Self::Q5_0,
        Self::Q5_1,
        Self::Q8_0,
        Self::Q2_K,
        Self::Q3_K,
        Self::Q4_K,
        Self::Q5_K,
        Self::Q6_K,
        Self::IQ4_NL,
        Self::MXFP4,
    ];
}

/// Layout of the keys and values of a cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, non_camel_case_types)]
pub enum CacheFormat {
    /// Single precision.
    F32,
    /// Half precision, two values a word.
    F16,
    /// Blocks of nine words: the scale in half precision, then 32 signed bytes.
    Q8_0,
}

impl CacheFormat {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::F32, Self::F16, Self::Q8_0];
}

/// Where an operand lies that may be replaced by the result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operand {
    /// In a buffer of its own.
    Separate,
    /// In the buffer of the result.
    InPlace,
}

/// How a kernel uses a binding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// A uniform block of at most [`Kernel::PARAM_BYTES`].
    Params,
    /// A storage buffer that is read.
    Read,
    /// A storage buffer that is written, or read and written.
    Write,
}

/// Something beyond plain WGSL that a kernel uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Need {
    /// Packing and unpacking of half precision, which every driver can do: it is no arithmetic.
    HalfStorage,
    /// Arithmetic in half precision.
    HalfArithmetic,
    /// Sums over subgroups.
    Subgroups,
    /// Products of matrices of 16 by 16 by a whole subgroup, whose size is 32: an experiment of wgpu,
    /// only for Vulkan.
    CooperativeMatrices,
}

/// How a product is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Flavour {
    /// As every driver can.
    Baseline,
    /// Vectors with sums over subgroups.
    Subgroups,
    /// Vectors in products of bytes: inputs are rounded to 8 bits.
    Integer,
    /// Matrices with factors in half precision.
    Half,
    /// Matrices with factors in half precision, which subgroups multiply together.
    Cooperative,
}

impl Flavour {
    /// Flavours of products with one to four tokens.
    pub fn of_vectors(format: WeightFormat) -> &'static [Self] {
        use WeightFormat::{Q4_0, Q4_K, Q6_K, Q8_0};
        match format {
            Q4_0 | Q8_0 | Q4_K | Q6_K => &[Self::Baseline, Self::Subgroups, Self::Integer],
            _ => &[Self::Baseline, Self::Subgroups],
        }
    }

    /// Flavours of products with more tokens.
    pub fn of_matrices() -> &'static [Self] {
        &[Self::Baseline, Self::Half, Self::Cooperative]
    }
}

/// Where [`Kernel::Best`] looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Candidates {
    /// At rows of logits.
    Logits,
    /// At what it found in parts of them.
    Pairs,
}

/// A kernel; its file says what it computes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Kernel {
    Embed(WeightFormat),
    RmsNorm(Operand),
    NormAdd,
    MatVec(WeightFormat, Flavour),
    MatVecStore(WeightFormat, CacheFormat),
    MatMul(WeightFormat, Flavour),
    Quantise,
    Rope,
    Store(CacheFormat),
    Attend(CacheFormat),
    AttendFew(CacheFormat),
    Merge,
    ShortConv,
    Gate,
    GateHalves,
    Add(Operand),
    Slice,
    SelectRows,
    Cap,
    Best(Candidates),
}

impl Kernel {
    /// Bytes that are bound for the parameters of every kernel.
    pub const PARAM_BYTES: u64 = 64;

    /// Invocations of a workgroup of most kernels: see [`Kernel::workgroup`].
    pub const WORKGROUP: u32 = 64;

    /// Rows of a workgroup of [`Kernel::MatVec`], half as many if it is gated; but in products of bytes.
    pub const MATVEC_ROWS: u32 = 4;

    /// Rows of a workgroup of [`Kernel::MatVec`] in products of bytes: a span of what it may round.
    pub const MATVEC_INTEGER_ROWS: u32 = 16;

    /// Most tokens of [`Kernel::MatVec`], and of its override constant `N_TOKENS`.
    pub const MATVEC_TOKENS: u32 = 4;

    /// Most rows, and tokens, of a workgroup of [`Kernel::MatMul`]: see [`Kernel::tile`].
    pub const MATMUL_TILE: u32 = 64;

    /// Words that kernels which round make of 16 values.
    pub const ROUNDED_WORDS: u32 = 8;

    /// Widest head of [`Kernel::Attend`], [`Kernel::AttendFew`] and [`Kernel::Store`].
    pub const MAX_D_HEAD: u32 = 512;

    /// Tokens of a workgroup of [`Kernel::Attend`].
    pub const ATTEND_TOKENS: u32 = 32;

    /// Heads, of those that share keys and values, of a workgroup of [`Kernel::AttendFew`].
    pub const ATTEND_FEW_HEADS: u32 = 4;

    /// Cells of a workgroup of [`Kernel::AttendFew`].
    pub const ATTEND_FEW_CELLS: u32 = 256;

    /// Most that [`Kernel::Best`] finds in a row.
    pub const MAX_BEST: u32 = 64;

    /// Rows, and tokens, of a workgroup of [`Kernel::MatMul`].
    pub fn tile(self) -> u32 {
        match self {
            Self::MatMul(_, Flavour::Cooperative) => Self::MATMUL_TILE,
            _ => Self::MATMUL_TILE / 2,
        }
    }

    /// Invocations of a workgroup.
    pub fn workgroup(self) -> u32 {
        match self {
            Self::MatMul(_, Flavour::Cooperative) => 2 * Self::WORKGROUP,
            Self::Attend(_)
            | Self::AttendFew(_)
            | Self::RmsNorm(_)
            | Self::NormAdd
            | Self::MatVec(_, Flavour::Integer)
            | Self::MatVecStore(..) => 4 * Self::WORKGROUP,
            _ => Self::WORKGROUP,
        }
    }

    /// Every kernel in every form.
    pub fn all() -> Vec<Self> {
        let mut all = vec![
            Self::RmsNorm(Operand::Separate),
            Self::RmsNorm(Operand::InPlace),
            Self::NormAdd,
            Self::Quantise,
            Self::Rope,
            Self::Merge,
            Self::ShortConv,
            Self::Gate,
            Self::GateHalves,
            Self::Add(Operand::Separate),
            Self::Add(Operand::InPlace),
            Self::Slice,
            Self::SelectRows,
            Self::Cap,
            Self::Best(Candidates::Logits),
            Self::Best(Candidates::Pairs),
        ];
        for format in WeightFormat::ALL {
            all.push(Self::Embed(format));
            let vectors = Flavour::of_vectors(format).iter();
            all.extend(vectors.clone().map(|&flavour| Self::MatVec(format, flavour)));
            if vectors.clone().any(|&flavour| flavour == Flavour::Integer) {
                let caches = [CacheFormat::F32, CacheFormat::F16];
                all.extend(caches.map(|cache| Self::MatVecStore(format, cache)));
            }
            let matrices = Flavour::of_matrices().iter();
            all.extend(matrices.map(|&flavour| Self::MatMul(format, flavour)));
        }
        for format in CacheFormat::ALL {
            all.extend([Self::Store(format), Self::Attend(format), Self::AttendFew(format)]);
        }
        all
    }

    /// Override constants and the values that they are given, but for the default.
    pub fn constants(self) -> Vec<(&'static str, u32)> {
        let n_tokens = (2..=Self::MATVEC_TOKENS).map(|n| ("N_TOKENS", n));
        match self {
            Self::MatVec(..) => {
                n_tokens.chain([("NORMED", 1), ("GATED", 1), ("GELU", 1)]).collect()
            }
            Self::AttendFew(_) => vec![("SPLIT", 1)],
            Self::MatVecStore(..) => n_tokens.chain([("NORMED", 1)]).collect(),
            Self::Quantise => vec![("NORMED", 1)],
            Self::Gate | Self::GateHalves => vec![("GELU", 1)],
            _ => Vec::new(),
        }
    }

    /// What the kernel uses beyond plain WGSL.
    pub fn needs(self) -> Vec<Need> {
        use WeightFormat::{BF16, F32};
        let mut needs = Vec::new();
        let has_halves = match self {
            Self::Embed(format) | Self::MatVec(format, _) | Self::MatMul(format, _) => {
                !matches!(format, F32 | BF16)
            }
            Self::MatVecStore(..) => true,
            Self::Store(format) | Self::Attend(format) | Self::AttendFew(format) => {
                format != CacheFormat::F32
            }
            _ => false,
        };
        if has_halves {
            needs.push(Need::HalfStorage);
        }
        match self {
            Self::MatVec(_, Flavour::Subgroups) => needs.push(Need::Subgroups),
            Self::MatMul(_, Flavour::Half) => needs.push(Need::HalfArithmetic),
            Self::MatMul(_, Flavour::Cooperative) => {
                needs.extend([Need::HalfArithmetic, Need::Subgroups, Need::CooperativeMatrices])
            }
            _ => {}
        }
        needs
    }

    /// What the kernel binds in group 0, by number.
    pub fn bindings(self) -> &'static [Access] {
        use Access::{Params, Read, Write};
        match self {
            Self::Embed(_) | Self::Quantise | Self::Gate | Self::SelectRows => {
                &[Params, Read, Read, Write]
            }
            Self::RmsNorm(Operand::Separate) | Self::Add(Operand::Separate) => {
                &[Params, Read, Write, Read]
            }
            Self::RmsNorm(Operand::InPlace)
            | Self::Add(Operand::InPlace)
            | Self::Rope
            | Self::GateHalves
            | Self::Best(_)
            | Self::Slice => &[Params, Read, Write],
            Self::MatVec(_, Flavour::Integer) => {
                &[Params, Read, Read, Read, Read, Write, Write, Write, Write]
            }
            Self::MatVec(..) => &[Params, Read, Read, Read, Read, Write, Write, Write],
            Self::MatVecStore(..) => &[Params, Read, Read, Read, Read, Read, Write, Write, Write],
            Self::MatMul(..) => &[Params, Read, Read, Read, Write],
            Self::Attend(_) => &[Params, Read, Read, Read, Read, Write],
            Self::AttendFew(_) => &[Params, Read, Read, Read, Read, Write, Write],
            Self::Merge => &[Params, Read, Write, Write],
            Self::ShortConv => &[Params, Read, Read, Read, Read, Write, Write, Write],
            Self::NormAdd => &[Params, Read, Read, Read, Write, Write],
            Self::Store(_) => &[Params, Read, Read, Read, Read, Read, Write, Write, Write],
            Self::Cap => &[Params, Write],
        }
    }
}
