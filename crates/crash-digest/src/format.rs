//! The formats of crash texts by name.

/// The format of a crash text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Format {
    /// No format in particular: exceptions and stacks as runtimes and engines print them.
    #[default]
    Plain,
    /// Android's native crashes: tombstones, crash kits, the console's columns.
    Android,
    /// A dump of a virtual machine's threads: ANR traces, `jstack`.
    Trace,
    /// `HarmonyOS` fault logs.
    Harmony,
    /// Apple's crash reports and those of crash kits in the same form.
    Apple,
    /// Breakpad's and Crashpad's stacks, as `minidump_stackwalk` prints them of any system.
    Minidump,
    /// Apple's CPU and disk reports.
    Microstackshots,
    /// Sanitizers.
    Sanitizer,
    /// gdb and lldb.
    Debugger,
    /// `WinDbg`.
    Windbg,
    /// A Windows exception report in columns.
    ReportTable,
    /// `HotSpot`'s hs_err file.
    Hotspot,
    /// OpenJ9's report of a native crash.
    OpenJ9,
    /// Go.
    Go,
    /// Python.
    Python,
    /// Unreal.
    Unreal,
    /// Mono's native crash report.
    Mono,
    /// Obfuscated Dart, and the Dart virtual machine's own dump.
    Dart,
    /// Julia.
    Julia,
    /// Oopses and panics of Linux's and macOS' kernels.
    Kernel,
}

impl Format {
    /// The format in words: `Apple crash report`.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Plain => "exception",
            Self::Android => "Android native crash",
            Self::Trace => "thread dump",
            Self::Harmony => "HarmonyOS fault log",
            Self::Apple => "Apple crash report",
            Self::Minidump => "minidump stack",
            Self::Microstackshots => "Apple resource report",
            Self::Sanitizer => "sanitizer report",
            Self::Debugger => "debugger backtrace",
            Self::Windbg => "WinDbg analysis",
            Self::ReportTable => "Windows exception report",
            Self::Hotspot => "HotSpot error file",
            Self::OpenJ9 => "OpenJ9 error report",
            Self::Go => "Go traceback",
            Self::Python => "Python traceback",
            Self::Unreal => "Unreal crash",
            Self::Mono => "Mono native crash",
            Self::Dart => "Dart stack",
            Self::Julia => "Julia stack",
            Self::Kernel => "kernel crash",
        }
    }
}

/// The platform a text is from, where its sender says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Platform {
    /// Android.
    Android,
    /// Apple's systems.
    Apple,
    /// Windows and Linux.
    Pc,
    /// `HarmonyOS`.
    Harmony,
}

impl Platform {
    /// Whether texts of this format come from the platform and hardly from another.
    pub(crate) const fn prints(self, format: Format) -> bool {
        match self {
            Self::Android => matches!(format, Format::Android | Format::Trace),
            Self::Apple => matches!(format, Format::Apple | Format::Microstackshots),
            Self::Pc => matches!(
                format,
                Format::Debugger | Format::Windbg | Format::ReportTable | Format::Unreal
            ),
            Self::Harmony => matches!(format, Format::Harmony),
        }
    }
}
