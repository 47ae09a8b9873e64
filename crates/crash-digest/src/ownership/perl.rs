//! Whose code a Perl frame is: a library that was installed, or else nobody's that is known.

use super::origin::CodeOrigin;
use crate::text;

/// Folders of Perl's libraries, in lower case.
const LIBRARIES: [&str; 6] = [
    "/lib/perl5/",
    "/share/perl5/",
    "/share/perl/",
    "/site_perl/",
    "/vendor_perl/",
    "/core_perl/",
];

/// Whose code it is by its path in lower case; `None` where that is in no library. Perl names where a function was called, which
/// another package's file may be: `Orbit::Dock::open(7) called at /usr/share/perl5/POE/Session.pm line 482`.
pub(super) fn perl(path: &str, name: &str) -> Option<CodeOrigin> {
    let library = || {
        LIBRARIES
            .iter()
            .find_map(|folder| text::split_once(path, folder))
    };
    let (_, inside) = matches!(path.as_bytes(), [.., b'.', b'p', b'm' | b'l'])
        .then(library)
        .flatten()?;
    let Some((package, _)) = text::split_once(name, "::") else {
        return Some(CodeOrigin::ThirdParty);
    };
    let package = package.to_ascii_lowercase();
    let same = inside
        .split('/')
        .any(|folder| folder.strip_suffix(".pm").unwrap_or(folder) == package);
    Some(if same {
        CodeOrigin::ThirdParty
    } else {
        CodeOrigin::Unknown
    })
}
