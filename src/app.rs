//! PURE state machine: `update(&mut Model, at, Msg) -> Effects`.

pub mod effect;
pub mod geometry;
pub mod hit;
pub mod keymap;
pub mod model;
pub mod msg;
pub mod registry;
pub mod update;
