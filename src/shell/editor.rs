//! `$EDITOR`: a text goes out in a private file and comes back. The file has a name of ours, never one from GitHub.

use std::io::Write;
use std::path::{Path, PathBuf};

use crate::domain::failure::{Failure, FailureKind};

/// What is used where neither the configuration nor the environment names an editor.
pub const FALLBACK: &str = "vi";

/// Lets the user edit a text with a command line such as `code --wait`, which a shell splits as it splits any other
/// command of theirs. The file is made in `folder` and removed afterwards, whatever happens.
///
/// # Errors
/// Where the file cannot be written or read, the editor does not start, or it says that it failed (`:cq`): the text is
/// then as it was.
pub async fn edit(editor: &str, folder: &Path, text: &str) -> Result<String, Failure> {
    let scratch = Scratch::new(folder, text)?;
    let status = tokio::process::Command::new("sh")
        .arg("-c")
        .arg(format!("{editor} \"$@\""))
        .arg(editor)
        .arg(&scratch.path)
        .status()
        .await
        .map_err(|error| failure(editor, error.to_string()))?;
    if !status.success() {
        return Err(failure(editor, format!("it ended with {status}")));
    }
    std::fs::read_to_string(&scratch.path).map_err(|error| failure(editor, format!("its text cannot be read: {error}")))
}

fn failure(editor: &str, cause: String) -> Failure {
    Failure::new(FailureKind::Local, format!("edit the text with `{editor}`"), cause)
        .hint("Your text is as it was. Set EDITOR (or `editor` in the configuration) to a command that waits until you are done.")
}

/// A private file that goes with its owner.
struct Scratch {
    path: PathBuf,
}

impl Scratch {
    fn new(folder: &Path, text: &str) -> Result<Self, Failure> {
        let failed = |error: std::io::Error| {
            Failure::new(
                FailureKind::Local,
                format!("write a file for the editor in {}", folder.display()),
                error.to_string(),
            )
        };
        std::fs::create_dir_all(folder).map_err(failed)?;
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut last = None;
        for attempt in 0..100 {
            let path = folder.join(format!("vepherd-{}-{attempt}.md", std::process::id()));
            match options.open(&path) {
                Ok(mut file) => {
                    let scratch = Self { path };
                    file.write_all(text.as_bytes()).map_err(failed)?;
                    return Ok(scratch);
                }
                Err(error) => last = Some(error),
            }
        }
        Err(failed(last.unwrap_or_else(|| std::io::Error::other("no free name"))))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_file(&self.path) {
            tracing::warn!(%error, "the editor's file could not be removed");
        }
    }
}
