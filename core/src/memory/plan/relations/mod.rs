//! Who and what somebody is to another: relations as sentences state them, and the plans that follow them.

pub mod chain;
pub mod described;
pub mod inherited;
pub mod kinship;
pub mod owned;
pub mod property;
pub mod relation;
pub mod relatives;
