//! The exact shape of every tensor of a model.

use crate::family::{Dim, InLayers, Presence, TensorRule};
use crate::spec::{Mixer, Spec};

/// A tensor that a model of a spec holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TensorShape {
    /// Name in the file.
    pub name: String,
    /// Extents, outermost first: `[rows, cols]` of a matrix.
    pub shape: Vec<u64>,
    /// Whether it must be there.
    pub presence: Presence,
    /// Whether it is a matrix of a product or a look-up, which may be of any type; all else is in
    /// single precision.
    pub is_matrix: bool,
}

impl Spec {
    /// Every tensor that a file of this spec may hold, in the order of the layers.
    pub fn tensors(&self) -> impl Iterator<Item = TensorShape> + '_ {
        let (global, by_layer): (Vec<_>, Vec<_>) =
            self.family.tensors.iter().partition(|rule| !rule.name.contains("{}"));
        let tensor = |rule: &TensorRule, name: String| TensorShape {
            name,
            shape: rule.shape.iter().map(|&dim| self.extent(dim)).collect(),
            presence: rule.presence,
            is_matrix: rule.shape.len() == 2 && !rule.shape.contains(&Dim::Convolved),
        };
        let global: Vec<TensorShape> =
            global.into_iter().map(|rule| tensor(rule, rule.name.to_owned())).collect();
        let layers = self.mixers.iter().enumerate().flat_map(move |(layer, mixer)| {
            let number = layer.to_string();
            let has = |rule: &&&TensorRule| match rule.layers {
                InLayers::All => true,
                InLayers::OfAttention => matches!(mixer, Mixer::Attention(_)),
                InLayers::OfConvolution => matches!(mixer, Mixer::ShortConvolution),
            };
            let rules = by_layer.iter().filter(has);
            rules.map(|rule| tensor(rule, rule.name.replace("{}", &number))).collect::<Vec<_>>()
        });
        global.into_iter().chain(layers)
    }

    /// The value of a symbolic extent.
    pub fn extent(&self, dim: Dim) -> u64 {
        let head = u64::from(self.d_head);
        let queries = u64::from(self.n_head) * head;
        let keys = u64::from(self.n_head_kv) * head;
        match dim {
            Dim::Vocab => self.n_vocab.into(),
            Dim::Model => self.d_model.into(),
            Dim::ModelThrice => 3 * u64::from(self.d_model),
            Dim::Convolved => self.n_convolved.into(),
            Dim::FeedForward => self.d_ff.into(),
            Dim::FeedForwardTwice => 2 * u64::from(self.d_ff),
            Dim::Queries => queries,
            Dim::Keys => keys,
            Dim::QueriesKeysValues => queries + 2 * keys,
            Dim::Head => head,
            Dim::RopeHalf => u64::from(self.rope.d_rot / 2),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shapes::Shape;

    /// As its card says: https://huggingface.co/LiquidAI/LFM2-350M
    #[test]
    fn lfm2_has_as_many_weights_as_published() {
        let spec = Spec::read(Shape::named("LFM2-350M").expect("a shape")).expect("a spec");
        assert_eq!(spec.n_parameters(), 354_483_968);
        assert_eq!((spec.n_attention(), spec.n_convolved, spec.d_head), (6, 3, 64));
    }
}
