//! Libraries and frameworks of Apple's systems that a report names without their folders, and their classes, where a text names
//! no library at all.

use crate::name_table::NameTable;

/// In lower case. An app may have such a name itself: its own program is none of them.
#[rustfmt::skip]
static TABLE: NameTable = NameTable::new(&[
    "appkit", "hitoolbox", "hiservices", "coreautolayout", "coreui", "skylight", "coreaudio", "coreaudiokit", "coretext", "imageio", "mediatoolbox",
    "coremedia", "corevideo", "videotoolbox", "swiftui", "swiftuicore", "attributegraph", "uifoundation", "mapkit", "vectorkit", "webkitlegacy",
    "photosui", "photolibraryservices", "gamekit", "gamecenterfoundation", "spritekit", "scenekit", "arkit", "realitykit", "coreimage", "coreml",
    "glkit", "opengles", "opengl", "glengine", "gldriver", "libgpusupport*", "gamecontroller", "coretelephony", "usernotifications", "coremotion",
    "corebluetooth", "mediaplayer", "avkit", "avfcore", "iosurface", "accessibilityutilities", "uiaccessibility", "coreservices", "launchservices",
    "ae", "carboncore", "coredata", "cloudkit", "passkit", "safariservices", "messageui", "eventkit", "contacts", "contactsui", "homekit", "healthkit",
    "watchconnectivity", "watchkit", "linkpresentation", "pdfkit", "quartz", "quicklook*", "textinput*", "uikitservices", "runningboardservices",
    "libdyld*", "libicucore*", "libxml2*.dylib", "libz.1.dylib", "libcorecrypto*", "libcommoncrypto*", "libcache*", "libmacho*", "libswift*.dylib",
    "physicskit", "metalperformanceshaders*", "mpscore", "mpsneuralnetwork", "contextkit", "coreduet*", "assistantservices", "accounts", "social",
    "adsupport", "iad", "storekitui*", "proactive*", "speech", "intents", "appleintelgraphics*", "applemetal*", "amdradeon*", "geforce*",
]);

/// Whether a module is Apple's.
pub(super) fn has(module: &str) -> bool {
    TABLE.has(module)
}

/// What classes of Apple's frameworks begin with.
const PREFIXES: [&str; 12] = [
    "NS", "UI", "CA", "AV", "WK", "CL", "MK", "SCN", "MTL", "FBS", "PH", "GK",
];

/// Whether a method of Objective-C is of a class of Apple's: `-[NSApplication run]`. What an app adds to such a class has the
/// app's own name behind it: `-[NSString(Acme) trimmed]`.
pub(super) fn has_method(name: &str) -> bool {
    let Some(class) = name.strip_prefix("-[").or_else(|| name.strip_prefix("+[")) else {
        return false;
    };
    let class = class.split(' ').next().unwrap_or(class);
    let parts = class.trim_end_matches(')').split('(');
    parts.into_iter().all(|part| {
        let part = part.trim_start_matches('_');
        PREFIXES.iter().any(|prefix| {
            part.strip_prefix(prefix)
                .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase()))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whose_a_method_is() {
        for (name, apples) in [
            ("-[NSApplication run]", true),
            ("+[NSObject(NSThreadPerformAdditions) perform]", true),
            ("-[_UIGestureRecognizer fire:]", true),
            ("-[NSString(Acme) trimmed]", false),
            ("-[NSome run]", false),
            ("-[ACMEDock open]", false),
            ("NSApplicationMain", false),
        ] {
            assert_eq!(has_method(name), apples, "{name}");
        }
    }
}
