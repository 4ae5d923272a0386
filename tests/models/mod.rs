//! Model services with planted faults, and an interviewer for them: what tests and the accuracy
//! benchmark share. Never opens a socket.

pub mod fault;
pub mod interview;
pub mod keys;
pub mod pairs;
pub mod rotation;
pub mod sample;
pub mod tally;
pub mod twins;
