//! PURE drawing: model, styles and an area in, cells out.

pub mod markdown;
mod memo;
pub mod styles;
pub mod wrap;
