//! What a file looks like: one room, said in its first lines, of a size that can be read at once.

use std::path::{Path, PathBuf};

/// The most lines that a file has.
const MOST_LINES: usize = 600;

/// Every Rust file under `src/`.
pub fn sources() -> Vec<PathBuf> {
    rust_files(Path::new("src"))
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(rust_files(&path));
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The module path of a source file.
pub fn module_of(file: &Path) -> Vec<String> {
    let inside = file.strip_prefix("src").unwrap().with_extension("");
    let mut module = vec!["crate".to_owned()];
    module.extend(inside.iter().map(|part| part.to_string_lossy().into_owned()).filter(|part| part != "lib"));
    module
}

#[test]
fn a_file_is_one_room() {
    let mut wrong = Vec::new();
    for file in sources().into_iter().chain(rust_files(Path::new("tests"))) {
        let text = std::fs::read_to_string(&file).unwrap();
        let name = file.display();
        let lines = text.lines().count();
        if lines > MOST_LINES {
            wrong.push(format!("{name}: {lines} lines; split it by what a newcomer would look for"));
        }
        if !text.starts_with("//!") {
            wrong.push(format!("{name}: the first line says nothing; open with `//!`, what lives here and why"));
        }
        if file.starts_with("src") && text.contains("//! Placeholder") {
            wrong.push(format!("{name}: a placeholder"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_test_file_is_declared() {
    let mut forgotten = Vec::new();
    for file in rust_files(Path::new("tests")) {
        let folder = file.parent().unwrap();
        let stem = file.file_stem().unwrap().to_string_lossy().into_owned();
        let beside = |folder: &Path| [folder.join("mod.rs"), folder.with_extension("rs")];
        let (name, declared_in) = match stem.as_str() {
            "all" => continue,
            "mod" => (
                folder.file_name().unwrap().to_string_lossy().into_owned(),
                [folder.with_file_name("all.rs"), folder.with_file_name("mod.rs")],
            ),
            _ => (stem, beside(folder)),
        };
        let parents: String = declared_in.iter().filter_map(|file| std::fs::read_to_string(file).ok()).collect();
        if !parents.contains(&format!("mod {name};")) {
            forgotten.push(format!("{} is not declared in {}", file.display(), declared_in[0].display()));
        }
    }
    assert!(forgotten.is_empty(), "{}", forgotten.join("\n"));
}

#[test]
fn module_files_stand_beside_their_folders() {
    let misplaced: Vec<PathBuf> = sources().into_iter().filter(|file| file.ends_with("mod.rs")).collect();
    assert!(misplaced.is_empty(), "{misplaced:?}");
}
