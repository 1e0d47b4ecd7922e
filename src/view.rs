//! PURE drawing: model, styles and an area in, cells out.

pub mod layout;
pub mod styles;
pub mod widget;
