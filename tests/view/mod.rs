//! What the screens look like: snapshots with styles at several sizes, and what holds at every size.
mod dump;
mod fixture;
mod look;
mod markdown;
mod screens;
mod sizes;
