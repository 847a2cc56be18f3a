//! Kernel files put together with the parts that they include.

use crate::kernel::{CacheFormat, Candidates, Flavour, Kernel, Need, Operand, WeightFormat};

macro_rules! wgsl {
    ($name:literal) => {
        include_str!(concat!("../wgsl/", $name, ".wgsl"))
    };
}

impl Kernel {
    /// A name for error messages and tests, such as `matvec Q4_0`.
    pub fn name(self) -> String {
        match self {
            Self::Embed(format) => format!("embed {format:?}"),
            Self::RmsNorm(operand) => format!("rms_norm {operand:?}"),
            Self::NormAdd => "norm_add".into(),
            Self::MatVec(format, flavour) => format!("matvec {format:?} {flavour:?}"),
            Self::MatVecStore(format, cache) => format!("matvec_store {format:?} {cache:?}"),
            Self::MatMul(format, flavour) => format!("matmul {format:?} {flavour:?}"),
            Self::Quantise => "quantise".into(),
            Self::Rope => "rope".into(),
            Self::Store(format) => format!("store {format:?}"),
            Self::Attend(format) => format!("attend {format:?}"),
            Self::AttendFew(format) => format!("attend_few {format:?}"),
            Self::Merge => "merge".into(),
            Self::ShortConv => "short_conv".into(),
            Self::Gate => "gate".into(),
            Self::GateHalves => "gate_halves".into(),
            Self::Add(operand) => format!("add {operand:?}"),
            Self::Slice => "slice".into(),
            Self::SelectRows => "select_rows".into(),
            Self::Cap => "cap".into(),
            Self::Best(candidates) => format!("best {candidates:?}"),
        }
    }

    /// The kernel's own file, without its parts.
    pub fn file(self) -> &'static str {
        match self {
            Self::Embed(_) => wgsl!("embed"),
            Self::RmsNorm(_) => wgsl!("rms_norm"),
            Self::NormAdd => wgsl!("norm_add"),
            Self::MatVec(_, Flavour::Subgroups) => wgsl!("matvec_subgroups"),
            Self::MatVec(_, Flavour::Integer) => wgsl!("matvec_integer"),
            Self::MatVec(..) => wgsl!("matvec"),
            Self::MatVecStore(..) => wgsl!("matvec_store"),
            Self::MatMul(_, Flavour::Cooperative) => wgsl!("matmul_cooperative"),
            Self::MatMul(..) => wgsl!("matmul"),
            Self::Quantise => wgsl!("quantise"),
            Self::Rope => wgsl!("rope"),
            Self::Store(_) => wgsl!("store"),
            Self::Attend(_) => wgsl!("attend"),
            Self::AttendFew(_) => wgsl!("attend_few"),
            Self::Merge => wgsl!("merge"),
            Self::ShortConv => wgsl!("short_conv"),
            Self::Gate => wgsl!("gate"),
            Self::GateHalves => wgsl!("gate_halves"),
            Self::Add(_) => wgsl!("add"),
            Self::Slice => wgsl!("slice"),
            Self::SelectRows => wgsl!("select_rows"),
            Self::Cap => wgsl!("cap"),
            Self::Best(_) => wgsl!("best"),
        }
    }

    /// The whole module, with entry point `main`.
    ///
    /// # Panics
    /// If a file includes a part that there is not: a mistake in this crate, which its tests find.
    pub fn source(self) -> String {
        let mut module = String::new();
        if self.needs().contains(&Need::HalfArithmetic) {
            module.push_str("enable f16;\n");
        }
        if self.needs().contains(&Need::CooperativeMatrices) {
            module.push_str("enable wgpu_cooperative_matrix;\n");
        }
        self.expand(self.file(), &mut module);
        module
    }

    fn expand(self, text: &str, module: &mut String) {
        for line in text.lines() {
            match line.strip_prefix("#include ") {
                Some(name) => self.expand(self.part(name), module),
                None => {
                    module.push_str(line);
                    module.push('\n');
                }
            }
        }
    }

    fn part(self, name: &str) -> &'static str {
        match (name, self) {
            ("grid", _) => wgsl!("parts/grid"),
            ("bytes", _) => wgsl!("parts/bytes"),
            ("inputs", _) => wgsl!("parts/inputs"),
            ("product", _) => wgsl!("parts/product"),
            ("rows", _) => wgsl!("parts/rows"),
            ("slots", _) => wgsl!("parts/slots"),
            ("shard", _) => wgsl!("parts/shard"),
            ("factors", _) => wgsl!("parts/factors"),
            ("rounded16", _) => wgsl!("parts/rounded16"),
            ("integer", _) => wgsl!("parts/integer"),
            ("results16", _) => wgsl!("parts/results16"),
            ("total", _) => wgsl!("parts/total"),
            ("activation", _) => wgsl!("parts/activation"),
            ("source", Self::RmsNorm(operand)) => match operand {
                Operand::Separate => wgsl!("parts/source4_separate"),
                Operand::InPlace => wgsl!("parts/source4_in_place"),
            },
            ("source", Self::Add(operand)) => match operand {
                Operand::Separate => wgsl!("parts/source_separate"),
                Operand::InPlace => wgsl!("parts/source_in_place"),
            },
            (
                "weight",
                Self::Embed(format)
                | Self::MatVec(format, _)
                | Self::MatVecStore(format, _)
                | Self::MatMul(format, _),
            ) => weight_part(format),
            ("packed", Self::MatVec(format, _) | Self::MatVecStore(format, _)) => match format {
                WeightFormat::Q4_0 => wgsl!("packed/q4_0"),
                WeightFormat::Q8_0 => wgsl!("packed/q8_0"),
                WeightFormat::Q4_K => wgsl!("packed/q4_k"),
                WeightFormat::Q6_K => wgsl!("packed/q6_k"),
                _ => panic!("{} has no products of bytes", self.name()),
            },
            ("tile", Self::MatMul(_, Flavour::Half | Flavour::Cooperative)) => {
                wgsl!("parts/tile_half")
            }
            ("tile", Self::MatMul(..)) => wgsl!("parts/tile_single"),
            ("attention", Self::Attend(_) | Self::AttendFew(_)) => wgsl!("parts/attention"),
            ("cache", Self::Attend(format) | Self::AttendFew(format)) => match format {
                CacheFormat::F32 => wgsl!("caches/f32"),
                CacheFormat::F16 => wgsl!("caches/f16"),
                CacheFormat::Q8_0 => wgsl!("caches/q8_0"),
            },
            ("stored", Self::Store(format) | Self::MatVecStore(_, format)) => match format {
                CacheFormat::F32 => wgsl!("stored/f32"),
                CacheFormat::F16 => wgsl!("stored/f16"),
                CacheFormat::Q8_0 => wgsl!("stored/q8_0"),
            },
            ("candidate", Self::Best(Candidates::Logits)) => wgsl!("parts/candidate_logits"),
            ("candidate", Self::Best(Candidates::Pairs)) => wgsl!("parts/candidate_pairs"),
            _ => panic!("{} includes `{name}`, which is no part of it", self.name()),
        }
    }
}

fn weight_part(format: WeightFormat) -> &'static str {
    match format {
        WeightFormat::F32 => wgsl!("weights/f32"),
        WeightFormat::F16 => wgsl!("weights/f16"),
        WeightFormat::BF16 => wgsl!("weights/bf16"),
        WeightFormat::Q4_0 => wgsl!("weights/q4_0"),
        WeightFormat::Q4_1 => wgsl!("weights/q4_1"),
        WeightFormat::Q5_0 => wgsl!("weights/q5_0"),
        WeightFormat::Q5_1 => wgsl!("weights/q5_1"),
        WeightFormat::Q8_0 => wgsl!("weights/q8_0"),
        WeightFormat::Q2_K => wgsl!("weights/q2_k"),
        WeightFormat::Q3_K => wgsl!("weights/q3_k"),
        WeightFormat::Q4_K => wgsl!("weights/q4_k"),
        WeightFormat::Q5_K => wgsl!("weights/q5_k"),
        WeightFormat::Q6_K => wgsl!("weights/q6_k"),
        WeightFormat::IQ4_NL => wgsl!("weights/iq4_nl"),
        WeightFormat::MXFP4 => wgsl!("weights/mxfp4"),
    }
}
