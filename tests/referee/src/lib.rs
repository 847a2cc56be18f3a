//! llama.cpp on the same file: the referee that nobody here wrote.
//!
//! Used by the tests, and by `carrel bench --against llama.cpp`. The runtime itself never calls
//! `llama_*`. Default settings of llama.cpp throughout: flash attention where it chooses it, half
//! precision cache, repacked weights where it has faster kernels for them, and a thread pool that
//! stays, as its own benchmark attaches one.

mod quantise;
mod vocabulary;

use std::ffi::{CStr, CString, c_int, c_void};
use std::path::Path;
use std::ptr::{self, NonNull};
use std::sync::{Mutex, Once, PoisonError};

use llama_cpp_sys_2 as sys;

pub use quantise::quantise;
pub use vocabulary::Vocabulary;

/// A model opened by llama.cpp with one context.
pub struct Referee {
    model: NonNull<sys::llama_model>,
    context: NonNull<sys::llama_context>,
    /// The pool that computes last; those before it are kept until the end.
    pools: Vec<*mut sys::ggml_threadpool>,
    n_vocab: usize,
    /// The tokens in the cache.
    tokens: Vec<u32>,
}

/// How the referee runs.
#[derive(Debug, Clone, Copy)]
pub struct RefereeOptions {
    /// Length of the context, in tokens.
    pub n_ctx: u32,
    /// Most tokens computed at once.
    pub n_batch: u32,
    /// Threads.
    pub n_threads: u32,
    /// Whether weights may be copied into the layouts that llama.cpp has faster kernels for. It
    /// does so by default.
    pub repack: bool,
    /// Whether the KV cache holds Q8_0 instead of F16.
    pub cache_q8_0: bool,
    /// Whether keys and values are rotated before they are rounded to 8 bits. llama.cpp does so by
    /// default where the width of a head is a multiple of 64; without it both programs round the
    /// same numbers.
    pub rotate_cache: bool,
}

impl Default for RefereeOptions {
    fn default() -> Self {
        Self {
            n_ctx: 512,
            n_batch: 512,
            n_threads: 1,
            repack: true,
            cache_q8_0: false,
            rotate_cache: true,
        }
    }
}

/// llama.cpp writes to standard error by default; the referee is silent.
unsafe extern "C" fn silent(_: sys::ggml_log_level, _: *const std::ffi::c_char, _: *mut c_void) {}

fn start() {
    static START: Once = Once::new();
    // SAFETY: called once, before anything else of the library.
    START.call_once(|| unsafe {
        sys::llama_log_set(Some(silent), ptr::null_mut());
        sys::llama_backend_init();
    });
}

/// The instruction sets that llama.cpp was compiled for, in its own words, as `AVX2` and `AVX512_VNNI`: it
/// has what the processor has only where the build was told so.
pub fn instructions() -> Vec<String> {
    start();
    // SAFETY: the library answers a string of its own that ends with a zero.
    let text = unsafe { CStr::from_ptr(sys::llama_print_system_info()) }.to_string_lossy();
    let fields = text.split(['|', ':']).filter_map(|field| field.trim().strip_suffix(" = 1"));
    fields.map(str::to_owned).collect()
}

/// Makes a context. llama.cpp takes the choice of rotation from the environment only.
///
/// # Safety
/// The model must be live.
unsafe fn make_context(
    model: NonNull<sys::llama_model>,
    parameters: sys::llama_context_params,
    rotate_cache: bool,
) -> Option<NonNull<sys::llama_context>> {
    static ENVIRONMENT: Mutex<()> = Mutex::new(());
    let _alone = ENVIRONMENT.lock().unwrap_or_else(PoisonError::into_inner);
    const NAME: &str = "LLAMA_ATTN_ROT_DISABLE";
    // SAFETY: the lock keeps every other context of this program from reading the environment in C
    // meanwhile; Rust's own readers have a lock of their own.
    unsafe {
        if !rotate_cache {
            std::env::set_var(NAME, "1");
        }
        let context = NonNull::new(sys::llama_init_from_model(model.as_ptr(), parameters));
        if !rotate_cache {
            std::env::remove_var(NAME);
        }
        context
    }
}

impl Referee {
    /// Opens the model at `path`, or says why llama.cpp will not.
    ///
    /// # Errors
    /// A sentence, as this is for people who read test output.
    pub fn open(path: &Path, options: RefereeOptions) -> Result<Self, String> {
        start();
        let name = CString::new(path.as_os_str().as_encoded_bytes()).map_err(|e| e.to_string())?;
        // SAFETY: valid parameters throughout; null results are checked; everything that was made
        // is freed on every way out.
        unsafe {
            let mut parameters = sys::llama_model_default_params();
            parameters.use_extra_bufts = options.repack;
            let model = NonNull::new(sys::llama_model_load_from_file(name.as_ptr(), parameters))
                .ok_or_else(|| format!("llama.cpp does not load {}", path.display()))?;
            let mut parameters = sys::llama_context_default_params();
            parameters.n_ctx = options.n_ctx;
            parameters.n_batch = options.n_ctx.max(options.n_batch);
            parameters.n_ubatch = options.n_batch;
            parameters.n_threads = options.n_threads as i32;
            parameters.n_threads_batch = options.n_threads as i32;
            if options.cache_q8_0 {
                parameters.type_k = sys::GGML_TYPE_Q8_0;
                parameters.type_v = sys::GGML_TYPE_Q8_0;
            }
            let Some(context) = make_context(model, parameters, options.rotate_cache) else {
                sys::llama_model_free(model.as_ptr());
                return Err("llama.cpp makes no context".into());
            };
            let mut pool_parameters =
                sys::ggml_threadpool_params_default(options.n_threads as c_int);
            let pool = sys::ggml_threadpool_new(&mut pool_parameters);
            sys::llama_attach_threadpool(context.as_ptr(), pool, ptr::null_mut());
            let vocab = sys::llama_model_get_vocab(model.as_ptr());
            let n_vocab = sys::llama_vocab_n_tokens(vocab) as usize;
            Ok(Self { model, context, pools: vec![pool], n_vocab, tokens: Vec::new() })
        }
    }

    /// Entries of the vocabulary.
    pub fn n_vocab(&self) -> usize {
        self.n_vocab
    }

    /// Appends tokens to the sequence; answers the logits of all of them, or of the last only.
    ///
    /// # Errors
    /// If llama.cpp reports a failure.
    pub fn forward(&mut self, tokens: &[u32], all_rows: bool) -> Result<Vec<Vec<f32>>, String> {
        let mut rows = Vec::new();
        // SAFETY: the batch has room for the tokens and is filled within its bounds; logits are read
        // at indices that were asked for, `n_vocab` values each.
        unsafe {
            let mut batch = sys::llama_batch_init(tokens.len() as i32, 0, 1);
            batch.n_tokens = tokens.len() as i32;
            for (index, &token) in tokens.iter().enumerate() {
                *batch.token.add(index) = token as i32;
                *batch.pos.add(index) = (self.tokens.len() + index) as i32;
                *batch.n_seq_id.add(index) = 1;
                **batch.seq_id.add(index) = 0;
                *batch.logits.add(index) = i8::from(all_rows || index + 1 == tokens.len());
            }
            let status = sys::llama_decode(self.context.as_ptr(), batch);
            if status == 0 {
                for index in 0..tokens.len() {
                    if *batch.logits.add(index) != 0 {
                        let row = sys::llama_get_logits_ith(self.context.as_ptr(), index as i32);
                        rows.push(std::slice::from_raw_parts(row, self.n_vocab).to_vec());
                    }
                }
            }
            sys::llama_batch_free(batch);
            if status != 0 {
                return Err(format!("llama_decode answers {status}"));
            }
        }
        self.tokens.extend_from_slice(tokens);
        Ok(rows)
    }

    /// Sends the threads to sleep; the next pass wakes them.
    pub fn rest(&mut self) {
        if let Some(&pool) = self.pools.last() {
            // SAFETY: the pool is live, and nothing computes while it is borrowed.
            unsafe { sys::ggml_threadpool_pause(pool) };
        }
    }

    /// Computes with this many threads from now on.
    pub fn set_threads(&mut self, n_threads: u32) {
        // SAFETY: the context is live and computes nothing. ggml pauses the old pool when the next
        // graph brings the new one, so the old one stays until the context is gone.
        unsafe {
            let mut parameters = sys::ggml_threadpool_params_default(n_threads as c_int);
            let pool = sys::ggml_threadpool_new(&mut parameters);
            sys::llama_set_n_threads(self.context.as_ptr(), n_threads as i32, n_threads as i32);
            sys::llama_attach_threadpool(self.context.as_ptr(), pool, ptr::null_mut());
            self.pools.push(pool);
        }
    }

    /// Forgets all tokens from `n_past` on. Where llama.cpp cannot go back, as with the states of
    /// convolutions, the tokens before are read again.
    ///
    /// # Errors
    /// If llama.cpp reports a failure while it reads.
    pub fn truncate(&mut self, n_past: usize) -> Result<(), String> {
        // SAFETY: the context is live.
        let is_done = unsafe {
            let memory = sys::llama_get_memory(self.context.as_ptr());
            let is_done = sys::llama_memory_seq_rm(memory, 0, n_past as i32, -1);
            if !is_done {
                sys::llama_memory_clear(memory, true);
            }
            is_done
        };
        if is_done {
            self.tokens.truncate(n_past);
            return Ok(());
        }
        let mut kept = std::mem::take(&mut self.tokens);
        kept.truncate(n_past);
        if !kept.is_empty() {
            self.forward(&kept, false)?;
            self.rest();
        }
        Ok(())
    }
}

impl Drop for Referee {
    fn drop(&mut self) {
        // SAFETY: made in `open`, freed once, users before what they use.
        unsafe {
            sys::llama_free(self.context.as_ptr());
            for &pool in &self.pools {
                sys::ggml_threadpool_free(pool);
            }
            sys::llama_model_free(self.model.as_ptr());
        }
    }
}
