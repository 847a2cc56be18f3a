//! Who goes where and who has what: sentences of events, what questions about them ask for, and the plans
//! that replay them.

pub mod asked;
pub mod custody;
pub mod dated;
pub mod either;
pub mod event;
pub mod exchange;
pub mod fronted;
pub mod holding;
pub mod hours;
pub mod inferred;
pub mod letting;
pub mod needs;
pub mod participle;
pub mod passive;
pub mod previous;
pub mod reflexive;
pub mod sequence;
pub mod standing;
pub mod state_question;
pub mod statement;
pub mod timeline;
pub mod unreal;
pub mod whereabouts;
pub mod world;
