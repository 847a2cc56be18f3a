//! The desktop app of Carrel: reads long documents with people, on `carrel-core`.
//!
//! ```text
//! threads ──events──> state ──> panels ──actions──> app ──jobs──> threads
//!                       ^                            │
//!                       └────────────────────────────┘
//! ```
//! `state` is plain data, `panels` draw it, `worker` holds the threads, `app` joins them. Why egui:
//! one window on three systems from one crate in Rust, drawn by wgpu, which Carrel has anyway, with
//! a tree for screen readers that tests can drive. The program is `main.rs`.

pub mod app;
pub mod device;
pub mod dialogs;
pub mod export;
pub mod keys;
pub mod message;
pub mod page;
pub mod painter;
pub mod panels;
pub mod state;
pub mod text;
pub mod theme;
pub mod trouble;
pub mod worker;
