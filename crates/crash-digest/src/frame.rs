//! One frame: the line as printed and its parts. Every part may be missing.

use std::borrow::Cow;

pub use crate::language::Language;
use crate::{names, text};

/// One frame of a stack, borrowed from the text it was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Frame<'a> {
    /// The line as printed, without the white space around it.
    pub raw: &'a str,
    /// The function as printed, perhaps mangled, without module and offset.
    pub function: Option<&'a str>,
    /// Library or program, as printed: `/system/lib64/libc.so`, `Starfall-Win64-Shipping.exe`.
    pub module: Option<&'a str>,
    /// Source file, as the build machine knew it.
    pub file: Option<&'a str>,
    /// Line in the source file.
    pub line: Option<u32>,
    /// Program counter: relative to the module on Android, absolute elsewhere.
    pub address: Option<u64>,
    /// Bytes into the function, or into the module when there is no function.
    pub offset: Option<u64>,
    /// The language, which decides how names and paths are read.
    pub language: Language,
    /// A remark of the printer: inlining, samples.
    pub note: Note<'a>,
}

/// What a printer adds to a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Note<'a> {
    /// Nothing.
    #[default]
    None,
    /// The function was inlined into its caller: Apple's ` [inlined]`.
    Inlined,
    /// This function was inlined here: the symbol server's `[Inline: f]`.
    Contains(&'a str),
    /// So many samples of a profile fell below this frame.
    Samples(u32),
}

impl<'a> Frame<'a> {
    /// Whether somebody could tell the function: a name that is not a placeholder, or its place in the source.
    ///
    /// Managed code and scripts need no symbols; their frames without a name are anonymous functions.
    pub const fn symbolicated(&self) -> bool {
        self.function.is_some() || self.line.is_some() || !matches!(self.language, Language::Native)
    }

    /// The module without its folders: `/data/app/x/base.apk!libUE4.so` is `libUE4.so`.
    pub fn module_name(&self) -> Option<&'a str> {
        let module = self.module?;
        // Libraries that stay inside their package print as `base.apk!libUE4.so` or `base.apk!/lib/arm64/libUE4.so`.
        let inner = module.rsplit_once('!').map_or(module, |(_, inner)| inner);
        // Unity's handler where it found no library: `<unknown/absolute>`.
        if module.starts_with('<') {
            return Some(module);
        }
        // ART's memory: `[anon:dalvik-classes.dex extracted in memory from /data/app/x/base.apk]`.
        if let Some(name) = module.strip_prefix("[anon:")
            && let Some((name, _)) = text::split_once(name, " extracted in memory")
        {
            return Some(name.strip_prefix("dalvik-").unwrap_or(name));
        }
        let name = text::base_name(inner.strip_suffix(" (deleted)").unwrap_or(inner));
        (!name.is_empty()).then_some(name)
    }

    /// The function in full: demangled, with parameters and template arguments.
    pub fn full_name(&self) -> Option<Cow<'a, str>> {
        self.function.map(names::demangle)
    }

    /// The function for reading: demangled, without parameters, template arguments or return type.
    ///
    /// A frame without a name reads `libfoo.so+0x1f3c`, a bare address `0x1f3c`.
    pub fn name(&self) -> Cow<'a, str> {
        if let Some(function) = self.function {
            return names::short(function, self.language);
        }
        if self.line.is_some() || self.file.is_some() && self.language != Language::Native {
            return "(anonymous)".into();
        }
        match (
            self.module_name(),
            self.offset.filter(|_| self.file.is_none()),
            self.address,
        ) {
            (Some(module), Some(at), _) => format!("{module}+0x{at:x}").into(),
            // Android's addresses count from the module's start.
            (Some(module), None, Some(at)) if !self.is_absolute(at) => {
                format!("{module}+0x{at:x}").into()
            }
            (Some(module), None, Some(at)) => format!("{module} 0x{at:x}").into(),
            (Some(module), None, None) => module.into(),
            (None, _, Some(address)) => format!("0x{address:x}").into(),
            (None, _, None) => text::head(self.raw, 200).into(),
        }
    }

    /// Whether no module is known and the name is that of an export far away: `mf::Dock::Open [0x0164F36B+9303227]`.
    pub(crate) fn is_far_from_name(&self) -> bool {
        /// No function takes so many bytes.
        const LONGEST: u64 = 0x4_0000;
        let far = self.offset.is_some_and(|offset| offset >= LONGEST);
        far && self.module.is_none() && self.function.is_some()
    }

    /// Whether the printer's addresses are the process's: Apple's columns, `3  libc.so  0xf6e6bcbd (Missing)`, gdb's
    /// `#0  0xf760b936 in ?? () from /lib/libc.so.6` and valgrind's `by 0x50ED241: ??? (in /lib/libc.so.6)`.
    fn is_absolute(&self, address: u64) -> bool {
        // An app's own image begins lower, and newer columns count from it, without zeros in front.
        let has = |digits: &str| {
            let at = text::find(self.raw, digits);
            at.is_some_and(|at| self.raw[..at].ends_with([' ', '\t']))
        };
        let columns = || {
            (address >> 28 != 0 || has("0x0"))
                && self.raw.starts_with(|c: char| c.is_ascii_digit())
                && has("0x")
        };
        let of_debugger = || {
            let row = self.raw.strip_prefix('#').and_then(text::digits);
            row.is_some_and(|(_, row)| {
                let (address, behind) = text::word(row.trim_start());
                address.starts_with("0x") && behind.starts_with("in ")
            })
        };
        let of_valgrind = || self.raw.starts_with("by 0x") || self.raw.starts_with("at 0x");
        // Loggers of Bethesda's games: `0x001AF504 |  MoonNV (0x009611EA) | …`, `0x0019F8D0 ==>  MoonNV (0x00A7309E) : …`.
        let of_logger = || {
            let (_, behind) = text::word(self.raw);
            self.raw.starts_with("0x") && (behind.starts_with('|') || behind.starts_with("==>"))
        };
        // Wine's `1 0x01d7e59d in orbit (0x0021ee3c)`.
        let of_wine = || {
            let row = self.raw.trim_start_matches(['=', '>']);
            row.starts_with(|c: char| c.is_ascii_digit())
                && text::has(row, " in ")
                && row.ends_with(')')
        };
        // WinDbg of 32 bits: `0018f9b0 00d51a2c orbit!Dock::open+0x1295728`.
        let of_windbg = || {
            let word = |word: &str| word.len() == 8 && text::hex(word).is_some();
            let (first, behind) = text::word(self.raw);
            word(first) && word(text::word(behind).0)
        };
        // Unreal's and Unity's on Windows: `[Callstack] 0x0000000070d1d5e9 hull.dll!UnknownFunction []`, `0x012A3F4B (Orbit)`.
        let of_engine = || {
            let row = self.raw.strip_prefix("[Callstack] ").unwrap_or(self.raw);
            let (_, behind) = text::word(row);
            let named = || {
                let module = behind.split_once('!').map(|(module, _)| module);
                module.is_some_and(|module| !text::has(module, ".so") && !module.contains('('))
            };
            row.starts_with("0x") && (behind.starts_with('(') || named())
        };
        // Printers of Windows write an offset into a file behind its name; what else they have is an address:
        // `0000000037580C4A: ?? () in Orbit64.exe`.
        let of_windows = || {
            address >> 16 != 0
                && self.module.is_some_and(|module| {
                    let end = module.get(module.len().saturating_sub(4)..);
                    end.is_some_and(|end| {
                        end.eq_ignore_ascii_case(".exe") || end.eq_ignore_ascii_case(".dll")
                    })
                })
        };
        // glibc's `/lib/libc.so.6[0xf769c7cd]`, where no function was found. A program that is loaded where it was linked has the
        // addresses of its file.
        let of_glibc = || {
            let library = self.module.is_some_and(|module| text::has(module, ".so"));
            let behind = text::last_group(self.raw, b'[', b']');
            (library || address >> 28 >= 5)
                && behind.is_some_and(|(_, inner)| {
                    inner.starts_with("0x") && text::hex(inner) == Some(address)
                })
        };
        address >> 32 != 0
            || of_windows()
            || of_engine()
            || of_logger()
            || columns()
            || of_debugger()
            || of_valgrind()
            || of_wine()
            || of_windbg()
            || of_glibc()
    }

    /// What makes two frames the same place for counting runs: no address, no line.
    pub(crate) fn identity(&self) -> (&'a str, &'a str) {
        match self.function {
            Some(function) => (function, self.file.unwrap_or_default()),
            None => (self.module.unwrap_or_default(), self.raw_place()),
        }
    }

    /// For frames without a name: the part of the line behind the frame's number.
    fn raw_place(&self) -> &'a str {
        let rest = self.raw.trim_start_matches('#');
        rest.trim_start_matches(|c: char| c.is_ascii_digit())
            .trim_start()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_lose_their_folders_and_packages() {
        let module = |text| {
            Frame {
                module: Some(text),
                ..Frame::default()
            }
            .module_name()
        };
        assert_eq!(
            module("/data/app/~~a==/base.apk!libUE4.so"),
            Some("libUE4.so")
        );
        assert_eq!(
            module("/data/app/base.apk!/lib/arm64-v8a/libUE4.so"),
            Some("libUE4.so")
        );
        assert_eq!(
            module("/memfd:jit-cache (deleted)"),
            Some("memfd:jit-cache")
        );
        assert_eq!(module(r"C:\Windows\System32\ntdll.dll"), Some("ntdll.dll"));
    }

    #[test]
    fn a_frame_without_a_name_reads_as_module_and_offset() {
        let frame =
            Frame::parse("#01 pc 0000000000001f3c  /data/app/x/lib/arm64/libfoo.so").unwrap();
        assert!(!frame.symbolicated());
        assert_eq!(frame.name(), "libfoo.so+0x1f3c");
    }
}
