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

/// A kernel; its file says what it computes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Kernel {
    Embed(WeightFormat),
    RmsNorm(Operand),
    MatVec(WeightFormat),
    MatMul(WeightFormat),
    Rope,
    Store(CacheFormat),
    Attend(CacheFormat),
    Gate,
    GateHalves,
    Add(Operand),
    Slice,
    SelectRows,
    Cap,
}

impl Kernel {
    /// Bytes that are bound for the parameters of every kernel.
    pub const PARAM_BYTES: u64 = 32;

    /// Invocations of a workgroup of every kernel.
    pub const WORKGROUP: u32 = 64;

    /// Rows of a workgroup of [`Kernel::MatVec`].
    pub const MATVEC_ROWS: u32 = 4;

    /// Most tokens of [`Kernel::MatVec`], and of its override constant `N_TOKENS`.
    pub const MATVEC_TOKENS: u32 = 4;

    /// Rows, and tokens, of a workgroup of [`Kernel::MatMul`].
    pub const MATMUL_TILE: u32 = 32;

    /// Widest head of [`Kernel::Attend`].
    pub const MAX_D_HEAD: u32 = 512;

    /// Every kernel in every form.
    pub fn all() -> Vec<Self> {
        let mut all = vec![
            Self::RmsNorm(Operand::Separate),
            Self::RmsNorm(Operand::InPlace),
            Self::Rope,
            Self::Gate,
            Self::GateHalves,
            Self::Add(Operand::Separate),
            Self::Add(Operand::InPlace),
            Self::Slice,
            Self::SelectRows,
            Self::Cap,
        ];
        for format in WeightFormat::ALL {
            all.extend([Self::Embed(format), Self::MatVec(format), Self::MatMul(format)]);
        }
        for format in CacheFormat::ALL {
            all.extend([Self::Store(format), Self::Attend(format)]);
        }
        all
    }

    /// What the kernel binds in group 0, by number.
    pub fn bindings(self) -> &'static [Access] {
        use Access::{Params, Read, Write};
        match self {
            Self::Embed(_) | Self::Store(_) | Self::Gate | Self::SelectRows => {
                &[Params, Read, Read, Write]
            }
            Self::RmsNorm(Operand::Separate) | Self::Add(Operand::Separate) => {
                &[Params, Read, Write, Read]
            }
            Self::RmsNorm(Operand::InPlace)
            | Self::Add(Operand::InPlace)
            | Self::Rope
            | Self::GateHalves
            | Self::Slice => &[Params, Read, Write],
            Self::MatVec(_) | Self::MatMul(_) => &[Params, Read, Read, Read, Write],
            Self::Attend(_) => &[Params, Read, Read, Read, Read, Write],
            Self::Cap => &[Params, Write],
        }
    }
}
