//! Whose code a frame of a Go program is.

use super::origin::CodeOrigin;
use crate::code_tables;

/// Go's own packages have no point in their first part: `runtime.gopanic`, `net/http.(*conn).serve`.
pub(super) fn go(name: &str, path: Option<&str>) -> CodeOrigin {
    let inside = |folder: &str| path.is_some_and(|path| path.contains(folder));
    // Before modules a project lay in `/go/src/` as well: `github.com/acme/orbit.Fire`, `main.main`.
    let (package, _) = name.split_once('/').unwrap_or_default();
    let project = package.contains('.')
        || name.starts_with("main.")
        || path.is_some_and(|path| path.starts_with("/go/src/"));
    if inside("/go/src/") && !project
        || inside("/src/runtime/")
        || inside("/usr/lib/go")
        || inside("/libexec/src/")
        || inside("/hostedtoolcache/go/")
        || name == "panic"
        || name.starts_with("runtime.")
    {
        if name == "panic"
            || name.starts_with("runtime.gopanic")
            || name.starts_with("runtime.sigpanic")
            || name.starts_with("runtime.panic")
        {
            return CodeOrigin::Boilerplate;
        }
        return CodeOrigin::Runtime;
    }
    // Builds with `-trimpath` print the package's own path.
    let (package, _) = name.split_once('.').unwrap_or((name, ""));
    let first = package.split('/').next().unwrap_or(package);
    if code_tables::GO_PACKAGES.contains(&first)
        && path.is_some_and(|path| path.starts_with(package) || path.starts_with("runtime/"))
    {
        return CodeOrigin::Runtime;
    }
    // What cgo writes between Go and C.
    if name.contains("._Cfunc_") || path.is_some_and(|path| path == "_cgo_gotypes.go") {
        return CodeOrigin::Runtime;
    }
    if inside("/pkg/mod/") || inside("/vendor/") {
        return CodeOrigin::ThirdParty;
    }
    CodeOrigin::Own
}
