//! Nothing at run time. The build script looks for the tools that build ggml and its bindings, and
//! says what to type if one is missing: see `build.rs`.
