//! One file for each part of the window. A panel shows the state and pushes what people ask for;
//! it changes nothing but what is typed into it and where the page stands.

pub mod answer;
pub mod composer;
pub mod controls;
pub mod conversation;
pub mod device;
pub mod header;
pub mod keys;
pub mod library;
pub mod models;
pub mod notices;
pub mod overlay;
pub mod page;
pub mod path;
pub mod settings;
pub mod strip;
pub mod tree;
