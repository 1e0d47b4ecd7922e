//! PURE state machine: `update(&mut Model, at, Msg) -> Effects`.

pub mod available;
pub mod effect;
pub mod foot;
pub mod geometry;
pub mod hit;
pub mod keymap;
pub mod lists;
pub mod model;
pub mod msg;
pub mod registry;
pub mod today;
pub mod update;
