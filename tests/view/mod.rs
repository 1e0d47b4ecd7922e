//! What the screens look like: snapshots with styles at several sizes, and what holds at every size.
mod dump;
pub mod fixture;
mod look;
mod markdown;
mod screens;
mod short;
mod sizes;
