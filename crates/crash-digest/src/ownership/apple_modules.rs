//! Libraries and frameworks of Apple's systems that a report names without their folders.

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
