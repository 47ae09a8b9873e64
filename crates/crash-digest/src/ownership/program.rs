//! What tells that code is the crashed program's: libraries that are its alone, functions of a library that it is the program
//! of, frames that gdb names no library of.

use std::collections::HashSet;

use crate::format::Format;
use crate::frame::Frame;
use crate::model::Stack;

/// Whether gdb printed the stack of a program that the text names and that runs no programs of others.
pub(super) fn is_of_gdb(stack: &Stack<'_>) -> bool {
    stack.format == Format::Debugger && !stack.facts.own_modules().is_empty()
}

/// Whether gdb found a function in the program itself: it names the library of any other, `from /lib/libc.so.6`, or the source
/// file. `#3  0x000055d01299 in fire_all ()`.
pub(super) fn has_place_in_program(frame: &Frame<'_>) -> bool {
    frame.module.is_none()
        && frame.file.is_none()
        && frame.address.is_some()
        // Where it stopped has no number.
        && frame.raw.starts_with(['#', '0'])
        && frame.raw.ends_with(')')
}

/// Whether a library's function is the program's own, since the program is that library's: `mysql_list_fields` in `mysql`,
/// `curl_easy_perform` in `curl`, `mysql_parse` in the daemon `mysqld`.
pub(super) fn is_its_library(frame: &Frame<'_>, name: &str) -> bool {
    let Some(program) = frame.module_name() else {
        return false;
    };
    let begins = |stem: &str| {
        let rest = name.get(stem.len()..).unwrap_or_default();
        stem.len() >= 4
            && name
                .get(..stem.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(stem))
            && !rest.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
    };
    let stem = program.strip_suffix(".exe").unwrap_or(program);
    begins(stem) || stem.strip_suffix('d').is_some_and(begins)
}

/// Whether a library lies in the folder that Linux has for those of one program alone, by the names of the crashed one:
/// `/usr/lib64/orbit/libdock.so` of `/usr/sbin/orbit`.
pub(super) fn is_private(path: &str, programs: &HashSet<String>) -> bool {
    let starts = ["/usr/lib", "/usr/local/lib", "/lib"];
    if programs.is_empty() || !starts.iter().any(|start| path.starts_with(start)) {
        return false;
    }
    let mut folders = path.rsplit('/').skip(1);
    folders.any(|folder| folder.len() >= 3 && programs.contains(&folder.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_library_of_the_program_is_the_programs() {
        let frame = |module| Frame {
            module: Some(module),
            ..Frame::default()
        };
        for (module, name, own) in [
            ("mysql", "mysql_list_fields", true),
            ("/usr/sbin/mysqld", "mysql_parse", true),
            ("sqlite3", "sqlite3VdbeExec", true),
            ("orbit", "mysql_list_fields", false),
            ("mysqlorbit", "mysql_list_fields", false),
            ("png", "png_read", false),
        ] {
            assert_eq!(is_its_library(&frame(module), name), own, "{module} {name}");
        }
    }

    #[test]
    fn a_folder_of_one_program_holds_its_own_libraries() {
        let programs: HashSet<String> = ["orbit".to_owned()].into();
        for (path, own) in [
            ("/usr/lib64/orbit/libdock.so", true),
            ("/usr/lib/x86_64-linux-gnu/orbit/plugins/libdock.so", true),
            ("/usr/lib64/libdock.so", false),
            ("/usr/lib64/orbiter/libdock.so", false),
            ("/opt/orbit/lib/libz.so", false),
        ] {
            assert_eq!(is_private(path, &programs), own, "{path}");
        }
        assert!(!is_private("/usr/lib64/orbit/libdock.so", &HashSet::new()));
    }
}
