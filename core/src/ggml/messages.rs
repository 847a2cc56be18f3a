//! What ggml has to say goes to the crate `log`, and not to standard error.

use std::ffi::{CStr, c_char, c_void};
use std::ptr;
use std::sync::Once;

use ggml_sys as sys;

/// Redirects ggml's messages, once for the whole process.
pub(super) fn redirect() {
    static ONCE: Once = Once::new();
    // SAFETY: the callback has the type that ggml calls and needs no data.
    ONCE.call_once(|| unsafe { sys::ggml_log_set(Some(pass_on), ptr::null_mut()) });
}

/// Called by ggml with a message, which may be a part of a line.
unsafe extern "C" fn pass_on(level: sys::ggml_log_level, text: *const c_char, _: *mut c_void) {
    if text.is_null() {
        return;
    }
    // SAFETY: ggml passes a string that ends with a zero and lives during the call.
    let text = unsafe { CStr::from_ptr(text) }.to_string_lossy();
    let level = match level {
        sys::GGML_LOG_LEVEL_ERROR => log::Level::Error,
        sys::GGML_LOG_LEVEL_WARN => log::Level::Warn,
        _ => log::Level::Debug,
    };
    log::log!(target: "ggml", level, "{}", text.trim_end());
}
