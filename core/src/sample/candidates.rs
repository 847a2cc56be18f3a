//! Tokens that may follow, with their logits.
//!
//! Probabilities are the softmax `p_i = exp(l_i − l_max) / Σ exp(l_j − l_max)`, in 64 bits, so that
//! sums over a whole vocabulary are exact enough to compare with. Logits that are NaN or −∞ are no
//! candidates; +∞ counts as the largest finite number.

/// A token that may follow.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Candidate {
    pub(super) id: u32,
    pub(super) logit: f32,
}

/// Tokens that may follow.
#[derive(Debug, Clone, Default)]
pub(super) struct Candidates {
    pub(super) list: Vec<Candidate>,
    is_sorted: bool,
}

impl Candidates {
    /// All tokens with usable logits.
    pub(super) fn new(logits: &[f32]) -> Self {
        let usable = |(id, &logit): (usize, &f32)| {
            (logit > f32::NEG_INFINITY)
                .then(|| Candidate { id: id as u32, logit: logit.min(f32::MAX) })
        };
        Self { list: logits.iter().enumerate().filter_map(usable).collect(), is_sorted: false }
    }

    /// Some tokens with their logits, those of them that are usable.
    pub(super) fn among(tokens: impl IntoIterator<Item = (u32, f32)>) -> Self {
        let usable = tokens.into_iter().filter(|&(_, logit)| logit > f32::NEG_INFINITY);
        let candidate = |(id, logit): (u32, f32)| Candidate { id, logit: logit.min(f32::MAX) };
        Self { list: usable.map(candidate).collect(), is_sorted: false }
    }

    /// The candidate with this id, as long as the list is in the order of ids: before anything was
    /// sorted.
    pub(super) fn with_id(&mut self, id: u32) -> Option<&mut Candidate> {
        let place = self.list.binary_search_by_key(&id, |candidate| candidate.id).ok()?;
        self.list.get_mut(place)
    }

    /// The two likeliest; of equal ones, that with the lower id.
    pub(super) fn best_two(&self) -> (Option<Candidate>, Option<Candidate>) {
        let (mut first, mut second): (Option<Candidate>, Option<Candidate>) = (None, None);
        for &candidate in &self.list {
            if first.is_none_or(|best| candidate.logit > best.logit) {
                second = first;
                first = Some(candidate);
            } else if second.is_none_or(|best| candidate.logit > best.logit) {
                second = Some(candidate);
            }
        }
        (first, second)
    }

    /// Sorts by likelihood; equal ones by id.
    pub(super) fn sort(&mut self) {
        if !self.is_sorted {
            self.list.sort_unstable_by(by_likelihood);
            self.is_sorted = true;
        }
    }

    /// Keeps the `n` likeliest, sorted.
    pub(super) fn keep_likeliest(&mut self, n: usize) {
        if n < self.list.len() && !self.is_sorted {
            self.list.select_nth_unstable_by(n, by_likelihood);
            self.list.truncate(n);
        }
        self.sort();
        self.list.truncate(n);
    }

    /// Probabilities, in the order of the list.
    pub(super) fn probabilities(&self) -> Vec<f64> {
        let highest = self.list.iter().map(|c| c.logit).fold(f32::NEG_INFINITY, f32::max);
        let powers: Vec<f64> =
            self.list.iter().map(|c| (f64::from(c.logit) - f64::from(highest)).exp()).collect();
        let sum: f64 = powers.iter().sum();
        powers.into_iter().map(|power| power / sum).collect()
    }

    /// Keeps the candidates at these places of the list, in this order.
    pub(super) fn keep(&mut self, places: &[usize]) {
        self.list = places.iter().map(|&place| self.list[place]).collect();
        self.is_sorted = false;
    }
}

fn by_likelihood(a: &Candidate, b: &Candidate) -> std::cmp::Ordering {
    b.logit.total_cmp(&a.logit).then(a.id.cmp(&b.id))
}
