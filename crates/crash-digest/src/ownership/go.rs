//! Whose code a frame of a Go program is.

use super::origin::CodeOrigin;
use super::paths::slashed;
use crate::frame::{Frame, Language};
use crate::model::Stack;

/// First parts of Go's own packages.
#[rustfmt::skip]
const PACKAGES: &[&str] = &[
    "archive", "arena", "bufio", "bytes", "cmp", "compress", "container", "context", "crypto", "database", "debug", "embed", "encoding",
    "errors", "expvar", "flag", "fmt", "go", "hash", "html", "image", "index", "internal", "io", "iter", "log", "maps", "math", "mime",
    "net", "os", "path", "plugin", "reflect", "regexp", "runtime", "slices", "sort", "strconv", "strings", "structs", "sync", "syscall",
    "testing", "text", "time", "unicode", "unique", "unsafe", "vendor", "weak",
];

/// Modules that programs in Go take from others, by how their packages begin: builds with `-trimpath` and vendored ones have
/// no folder that says so.
#[rustfmt::skip]
const LIBRARIES: &[&str] = &[
    "golang.org/x/", "google.golang.org/", "go.uber.org/", "go.etcd.io/bbolt", "gopkg.in/", "gorm.io/", "go.opentelemetry.io/",
    "go.mongodb.org/", "github.com/boltdb/bolt", "github.com/gin-gonic/gin", "github.com/labstack/echo", "github.com/gorilla/",
    "github.com/go-chi/chi", "github.com/gofiber/fiber", "github.com/valyala/fasthttp", "github.com/julienschmidt/httprouter",
    "github.com/sirupsen/logrus", "github.com/rs/zerolog", "github.com/pkg/errors", "github.com/stretchr/testify", "github.com/spf13/",
    "github.com/urfave/cli", "github.com/lib/pq", "github.com/jackc/pgx", "github.com/go-sql-driver/mysql", "github.com/jmoiron/sqlx",
    "github.com/mattn/go-sqlite3", "github.com/redis/go-redis", "github.com/go-redis/redis", "github.com/hajimehoshi/ebiten",
    "github.com/faiface/", "github.com/go-gl/", "github.com/veandco/go-sdl2", "github.com/gen2brain/raylib-go", "github.com/getsentry/",
    "github.com/prometheus/client_golang", "github.com/aws/aws-sdk-go", "github.com/golang/", "github.com/google/uuid",
    "github.com/bwmarrin/discordgo", "github.com/robfig/cron", "github.com/gogo/protobuf",
];

/// The folder of Go's own sources, in lower case, where a stack names a place of its runtime:
/// `/snap/go/current/src/` of `/snap/go/current/src/runtime/panic.go`.
pub(super) fn root(stack: &Stack<'_>) -> Option<String> {
    let frames = stack.frames.iter();
    let mut files = frames
        .filter(|frame| frame.language == Language::Go)
        .filter_map(|frame| frame.file);
    files.find_map(|file| {
        let path = slashed(file);
        let at = path.find("/src/runtime/")?;
        Some(path[..at + "/src/".len()].to_ascii_lowercase())
    })
}

/// The path of a place that was cut inside of it, which stands below the function.
pub(super) fn cut_path<'a>(frame: &Frame<'a>) -> Option<&'a str> {
    let (_, place) = frame
        .raw
        .split_once('\n')
        .filter(|_| frame.file.is_none())?;
    Some(place.trim()).filter(|place| place.starts_with('/'))
}

/// Go's own packages have no point in their first part: `runtime.gopanic`, `net/http.(*conn).serve`. Their sources lie in
/// `src/net/http/` of whatever folder Go was put in: `/usr/local/go`, `/snap/go/current`, `C:/tools/go1.21`.
pub(super) fn go(name: &str, path: Option<&str>, root: Option<&str>) -> CodeOrigin {
    let inside = |folder: &str| path.is_some_and(|path| path.contains(folder));
    // Before modules a project lay in `/go/src/` as well: `github.com/acme/orbit.Fire`, `main.main`.
    let (package, _) = name.split_once('/').unwrap_or_default();
    let project = package.contains('.')
        || name.starts_with("main.")
        || path.is_some_and(|path| path.starts_with("/go/src/"));
    let of_root = || path.is_some_and(|path| root.is_some_and(|root| path.starts_with(root)));
    if !project && (inside("/go/src/") || of_root())
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
    if own_package(name).is_some_and(|package| path.is_none_or(|path| lies_in(path, package))) {
        return CodeOrigin::Runtime;
    }
    // What cgo writes between Go and C.
    if name.contains("._Cfunc_") || path.is_some_and(|path| path == "_cgo_gotypes.go") {
        return CodeOrigin::Runtime;
    }
    let library = || LIBRARIES.iter().any(|module| name.starts_with(module));
    if inside("/pkg/mod/") || inside("/vendor/") || path.is_some_and(is_of_module) || library() {
        return CodeOrigin::ThirdParty;
    }
    CodeOrigin::Own
}

/// Whether a file is of a module that was fetched, whose folder has its version: `pkg/mod/example.com/dock@v0.18.4/bay.go`,
/// with trimmed paths `example.com/dock@v0.18.4/bay.go`.
fn is_of_module(path: &str) -> bool {
    path.split_once("@v")
        .is_some_and(|(_, version)| version.starts_with(|c: char| c.is_ascii_digit()))
}

/// The package of a function of Go's own library: `database/sql` of `database/sql.(*DB).Query`. Modules of others have a
/// host in front, `go.uber.org/zap.(*Logger).Panic`, or a name that Go does not have.
fn own_package(name: &str) -> Option<&str> {
    let end = name.find(['(', '[']).unwrap_or(name.len());
    let folders = name[..end].rfind('/').map_or(0, |at| at + 1);
    let (last, _) = name[folders..].split_once('.')?;
    let package = &name[..folders + last.len()];
    let first = package.split('/').next()?;
    PACKAGES.contains(&first).then_some(package)
}

/// Whether a source file is the package's in a folder of Go's: `/snap/go/current/src/net/http/server.go`. Builds with
/// `-trimpath` print the package's own path, and what the compiler wrote has none.
fn lies_in(path: &str, package: &str) -> bool {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    path.starts_with("<autogenerated>")
        || path.starts_with("runtime/")
        || folder == package
        || folder
            .strip_suffix(package)
            .is_some_and(|root| root.ends_with("/src/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whose_a_function_is() {
        let cases = [
            ("database/sql.(*DB).Query", None, CodeOrigin::Runtime),
            ("fmt.Fprintf", None, CodeOrigin::Runtime),
            (
                "net/http.(*conn).serve.func1",
                Some("/snap/go/current/src/net/http/server.go"),
                CodeOrigin::Runtime,
            ),
            (
                "path/filepath.Walk",
                Some("c:/tools/go1.21/src/path/filepath/path.go"),
                CodeOrigin::Runtime,
            ),
            (
                "reflect.(*Value).Call",
                Some("<autogenerated>"),
                CodeOrigin::Runtime,
            ),
            ("go.acme.dev/dock.(*Crane).Lift", None, CodeOrigin::Own),
            (
                "go.etcd.io/bbolt.(*Bucket).Get",
                Some("go.etcd.io/bbolt/bucket.go"),
                CodeOrigin::ThirdParty,
            ),
            ("orbit/log.Fire", None, CodeOrigin::Own),
            (
                "log.Fire",
                Some("/home/ann/orbit/log/log.go"),
                CodeOrigin::Own,
            ),
            ("main.main", None, CodeOrigin::Own),
        ];
        for (name, path, origin) in cases {
            assert_eq!(go(name, path, None), origin, "{name}");
        }
    }
}
