//! One button that stops any number of streams.

use std::sync::Arc;

use carrel_core::cancel::CancelFlag;

/// Stops every stream that it was given to. May be set from any thread, at any time.
#[derive(Default, uniffi::Object)]
pub struct CancelToken {
    flag: CancelFlag,
}

#[uniffi::export]
impl CancelToken {
    /// A token that is not set.
    #[uniffi::constructor]
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    /// Stops the streams. Streams that begin with the token later stop at once.
    pub fn cancel(&self) {
        self.flag.cancel();
    }

    /// Whether it was set.
    pub fn is_cancelled(&self) -> bool {
        self.flag.is_cancelled()
    }
}

/// The flag of an optional token.
pub(crate) fn flag(token: Option<Arc<CancelToken>>) -> CancelFlag {
    token.map_or_else(CancelFlag::new, |token| token.flag.clone())
}
