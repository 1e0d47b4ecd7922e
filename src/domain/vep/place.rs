//! Where a file stands in the tree of proposals, and what its folder's name says.

use crate::domain::ids::{SigName, VepNumber};
use crate::domain::profile::Layout;

/// The place of a file under the proposals' root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The SIG of the folder `sig-x`; none for shared folders (`meta-VEPs`) and for VEP folders directly under the root.
    pub sig: Option<SigName>,
    /// The folder directly under the root is shared: no single SIG owns it.
    pub shared: bool,
    /// The VEP's folder as a path (`veps/sig-network/21-passt`); none for files that are in none.
    pub folder: Option<String>,
    /// The VEP's folder's own name (`21-passt`).
    pub folder_name: Option<String>,
    /// A file directly under a SIG's or shared folder, as old single-file VEPs are (`veps/sig-x/name.md`).
    pub single_file: bool,
    /// The file's name.
    pub file_name: String,
    /// It belongs to the template, which is no proposal.
    pub template: bool,
}

impl Place {
    /// The place of `path`; none where it is not under the root.
    #[must_use]
    pub fn of(path: &str, layout: &Layout) -> Option<Self> {
        let inside = path.strip_prefix(layout.root.as_str())?.strip_prefix('/')?;
        let mut parts: Vec<&str> = inside.split('/').filter(|part| !part.is_empty()).collect();
        let file_name = parts.pop()?.to_owned();
        let mut place = Self {
            sig: None,
            shared: false,
            folder: None,
            folder_name: None,
            single_file: false,
            file_name,
            template: false,
        };
        let Some(top) = parts.first().copied() else { return Some(place) };
        let sig = top.strip_prefix("sig-").filter(|name| !name.is_empty());
        place.shared = layout.shared_folders.iter().any(|shared| shared == top);
        place.template = top == layout.template;
        place.sig = sig.map(|name| SigName::new(name.to_ascii_lowercase()));
        if place.sig.is_some() || place.shared {
            match parts.get(1) {
                Some(name) => {
                    place.folder = Some(format!("{}/{top}/{name}", layout.root));
                    place.folder_name = Some((*name).to_owned());
                }
                None => place.single_file = place.is_markdown(),
            }
        } else if !place.template {
            // A folder directly under the root is a VEP folder without an owning SIG (`process.md` §1).
            place.folder = Some(format!("{}/{top}", layout.root));
            place.folder_name = Some(top.to_owned());
        }
        Some(place)
    }

    /// The file is Markdown.
    #[must_use]
    pub fn is_markdown(&self) -> bool {
        let extension = self.file_name.rsplit_once('.').map(|(_, extension)| extension);
        extension.is_some_and(|extension| extension.eq_ignore_ascii_case("md"))
    }

    /// The number in the VEP's folder's name (or in a single file's).
    #[must_use]
    pub fn number(&self) -> Option<VepNumber> {
        match &self.folder_name {
            Some(name) => folder_number(name),
            None if self.single_file => folder_number(&self.file_name),
            None => None,
        }
    }
}

/// The number that a folder's name begins with: `21-passt`, also `021-passt`, `vep-21-passt`, `21_passt`.
#[must_use]
pub fn folder_number(name: &str) -> Option<VepNumber> {
    let bare = match name.get(..4) {
        Some(head) if head.eq_ignore_ascii_case("vep-") => name.get(4..)?,
        _ => name,
    };
    let digits = bare.bytes().take_while(u8::is_ascii_digit).count();
    let ends = bare.as_bytes().get(digits).is_none_or(|b| !b.is_ascii_alphanumeric());
    bare.get(..digits).filter(|_| ends)?.parse().ok().map(VepNumber)
}

/// The name is as CI wants it: `^[0-9]+-[a-z0-9]+(-[a-z0-9]+)*$`.
#[must_use]
pub fn folder_name_is_good(name: &str) -> bool {
    let mut parts = name.split('-');
    let number = parts.next().is_some_and(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
    let mut words = 0;
    let good = parts.all(|part| {
        words += 1;
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_lowercase())
    });
    number && good && words > 0
}
