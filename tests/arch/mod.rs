//! Rules about the code base: who may use whom, and what a file looks like. A rule written only in prose erodes.

mod files;
mod layers;
mod paths;
