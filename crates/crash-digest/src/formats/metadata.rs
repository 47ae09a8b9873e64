//! Lines of a report that say nothing of why: headings, labels of the head, settings, registers.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::text;

/// A program's own heading, drawn with marks on both sides: `>>>>> CRITICAL ERROR >>>>>>>>>`, `#### STACK ####`.
pub(super) fn is_drawn(line: &str) -> bool {
    const FEWEST: usize = 4;
    // `*** Orbit Crash Report ***`, also as Markdown has it.
    if line.ends_with(" Crash Report ***") && line.trim_start_matches('\\').starts_with("*** ") {
        return true;
    }
    // Minecraft's sections: `-- System Details --`.
    if line.starts_with("-- ") && line.ends_with(" --") && line.len() > "-- --".len() {
        return true;
    }
    let Some(mark @ (b'>' | b'<' | b'#' | b'~' | b'+' | b'!' | b'-' | b'=')) = line.bytes().next()
    else {
        return false;
    };
    let closing = match mark {
        b'>' => [b'>', b'<'],
        b'<' => [b'<', b'>'],
        _ => [mark; 2],
    };
    let before = line.bytes().take_while(|byte| *byte == mark).count();
    let behind = line.bytes().rev().take_while(|byte| closing.contains(byte));
    // Ruby's are drawn to the margin: `-- C level backtrace information ------`.
    let behind = behind.count();
    let drawn = before >= FEWEST && behind >= FEWEST || before >= 2 && behind >= 2 * FEWEST;
    drawn && !text::has(line, ": ")
}

/// Lines that only say that frames follow.
pub(super) fn is_heading(line: &str) -> bool {
    const HEADINGS: &[&str] = &[
        "CALL STACK",
        "STACK TRACE",
        "Registers",
        "Raw Stack",
        "Type",
        "Unhandled exception",
        "Dumping registers",
        "Dumping stacktrace",
        "Native frames",
        "Native stack",
        "Native stack trace",
        "JS stacktrace",
        "Last few GCs",
        "END OF BACKTRACE",
        "END OF STACKTRACE",
        "OUTPUTTING STACK TRACE",
        "OUTPUTING STACK TRACE",
        "java stacktrace",
        "java",
        "STACK",
        "Memory",
        "When the exception was thrown, this was the stack",
        "stack traceback",
        "Stack traceback",
        "Uncaught Exception",
        "Uncaught exception",
        "Unhandled Exception",
        "[Window Title]",
        "[Main Instruction]",
        "[Content]",
        "[OK]",
        "A JavaScript error occurred in the main process",
        "Lua crash handler",
        "[Stack Begin]",
        "[Stack End]",
        "STACK TRACEBACK",
        "Debug",
        "LUA ERROR stack traceback",
        "LUA call stack",
        "BACKTRACE",
        "backtrace",
        "Backtrace",
        "Stack trace",
        "Stack Trace",
        "stack trace",
        "Stacktrace",
        "StackTrace",
        "Stack",
        "Callstack",
        "CallStack",
        "[Callstack]",
        "Calltrace",
        "Traceback",
        "Call stack",
        "Call Stack",
        "Binary Images",
        "stack backtrace",
        "[Crash]",
        "Application Specific Information",
        "Application Specific Backtrace 0",
        "Child-SP          RetAddr               Call Site",
        "Current stack trace",
        "Fatal error!",
        "Critical error",
        "Handled ensure",
        "Check log for details",
        "Press OK to abort execution",
        "No symbol table info available.",
        "No locals.",
        "From To Syms Read Shared Object Library",
        "No memory accessed by instruction",
        "No instruction pointer update by instruction",
        "Thread is waiting on monitor(s)",
    ];
    let line = line.trim_matches([
        '-', '=', '*', '#', ' ', ':', '>', '<', '`', '━', '─', '═', '!',
    ]);
    // A console's count of lines: `1 [empty stack]`, `2 java:`.
    let counted = text::digits(line).map(|(_, rest)| rest.trim_start());
    line.is_empty()
        || counted.is_some_and(|rest| matches!(rest, "[empty stack]" | "java"))
        || HEADINGS.contains(&line)
        || line.starts_with("Traceback (most recent")
        || line.starts_with("kernel: (couldn't read ")
        || line.starts_with("Raw Stack (")
        || line.ends_with(": Guest stack trace")
        || text::has(line, "--- Crash Information ---")
        || line.starts_with("[LogStackTrace] Thread: ")
        || line
            .strip_prefix("coroutine ")
            .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()))
        || line.starts_with("Version '") && text::has(line, "Build type '")
        // Chinese consoles: `出错堆栈`, `解析原始`.
        || line.len() <= 60 && (text::has(line, "堆栈") || line == "解析原始")
}

/// Labels of a report's head: facts that say nothing of why.
#[rustfmt::skip]
const LABELS: &[&str] = &[
    "Operating system", "CPU", "GPU", "Found by", "ExceptionInformation", "Build fingerprint", "Revision", "ABI",
    "Timestamp", "Process uptime", "Cmdline", "Cmd line", "uid", "Incident Identifier", "CrashReporter Key",
    "Hardware Model", "Path", "Identifier", "Version", "Code Type", "Role", "Parent Process", "Coalition",
    "Date/Time", "Launch Time", "OS Version", "Release Type", "Report Version", "Baseband Version",
    "Exception Note", "java.lang.Thread.State", "Kernel Release", "Executable", "tagged_addr_ctrl",
    "pac_enabled_keys", "esr", "Tombstone maker", "Crash type", "Start time", "Crash time", "App ID", "App version",
    "Rooted", "API level", "OS version", "Manufacturer", "Brand", "Model", "Crash Version", "Distributor ID",
    "AppStoreTools", "AppVariant", "Crash at", "In game date", "Beta", "Architecture", "Command", "PID", "Event", "Responsible", "User ID",
    "Interval Since Last Report", "Crashes Since Last Report", "Per-App Interval Since Last Report", "Per-App Crashes Since Last Report",
    "PlugIn Path", "PlugIn Identifier", "PlugIn Version", "Anonymous UUID", "Sleep/Wake UUID", "Time Awake Since Boot", "System Integrity Protection", "Time Since Wake",
    "Notes", "os", "isolate_dso_base", "vm_dso_base", "isolate_instructions", "vm_instructions", "Build type",
    "si_errno", "Bundle Identifier", "Device info", "Build info", "Module name", "VersionCode", "PreInstalled",
    "Foreground", "Fingerprint", "Subject", "Package", "Flags", "Crash-Handler", "Device Model", "System", "UUID",
    "Hardware", "Processor", "Platform", "Analyzed", "Logged", "Heaviest stack", "Bundle", "Build", "pid", "Note",
    "tid", "SYMBOL_NAME", "Engine version", "ABI list", "App Version", "Kernel version", "Symbol search path is",
    "Executable search path is", "Product", "Machine Name", "Debug session time", "System Uptime", "Process Uptime",
    "OS-Version", "SymInit", "Physical memory", "Virtual memory", "Physical Usage", "Virtual Usage", "Virtual  Usage",
    "Terminating Process", "JRE version", "Java VM", "Command Line", "Script Stack", "Malloc Size", "Node.js", "Process Name", "LoginId", "EpicAccountId", "An Unreal process has crashed", "PC", "si_errnoMsg", "time",
    "Exception Flags", "Number of Parameters", "ACCESS VIOLATION ANALYSIS", "SYSTEM SPECS", "CRASH TIME", "PROBABLE CALL STACK",
    "REGISTERS", "FrameworkName", "FrameworkVersion", "GameLibrary", "ApplicationName", "ApplicationVersion",
    "Application", "ProblemType", "CrashCounter", "ProcCmdline", "SourcePackage", "UpgradeStatus", "StacktraceTop", "ExecutablePath", "SegvAnalysis", "Framework Version", "CoreCLR Version", ".NET Version",
    "Description", "HResult", "Engine Version", "UID", "GID", "Control Group", "Unit", "User Unit", "Slice",
    "Owner UID", "Boot ID", "Machine ID", "Hostname", "Storage", "BuildId", "Size on Disk", "Invocation ID", "Load address", "Exe",
    "Start Line", "Crashing instruction", "Memory accessed by instruction", "Access type", "Instruction pointer update done by instruction",
    "osVersion", "Bundle id", "Culprit", "Exception codes", "userType", "flags", "package",
    "Exception Category", "Exception Address", "Number Parameters", "Faulty Mod", "Faulty Module", "processUptime", "MTE", "version", "Crash Reporter Key", "Load", "版本", "版本号", "机型", "系统版本",
    "OS", "Device", "Android", "Android version", "iOS", "iOS version", "RAM", "Game version", "Unity version", "Browser",
    "Node version", "npm version", "Godot version", "Phone", "ROM", "Locale", "Language", "Country", "Resolution",
    "Graphics card", "Video card", "Driver", "Graphics driver", "Minecraft version", "Java version", "Forge version",
    "Distro", "Distribution", "Kernel", "Desktop environment", "Operating System", "Plugin version", "SDK version",
    "Log file", "Total execution time",
];

/// No label is as long.
const LONGEST: usize = 40;

static LABELLED: LazyLock<HashSet<&str>> = LazyLock::new(|| LABELS.iter().copied().collect());

/// What kind of report it is, `Type: Crash Report`, or a page's button to copy it.
fn is_kind(line: &str) -> bool {
    const KINDS: [&str; 4] = ["crash", "crash report", "native crash", "java crash"];
    let kind = line.strip_prefix("Type: ");
    kind.is_some_and(|kind| KINDS.iter().any(|known| kind.eq_ignore_ascii_case(known)))
        || matches!(line, "复制代码" | "复制" | "Copy code" | "Copy")
}

/// What stands over settings: `DEVICE INFORMATION`, `App details`.
fn is_settings(line: &str) -> bool {
    let ends = |words: &[&str]| words.iter().any(|end| text::has_in_any_case(line, end));
    line.len() <= LONGEST
        && line
            .bytes()
            .all(|byte| byte.is_ascii_alphabetic() || byte == b' ')
        && ends(&[" information", " info", " details"])
        && !ends(&["error", "exception", "crash"])
}

/// A link that stands alone, perhaps behind who made it, as trackers' pages and their robots write it: `[View in Orbit](https://…)`,
/// `**Orbit** [Crash 31](https://…)`.
fn is_link(line: &str) -> bool {
    let line = match line
        .strip_prefix("**")
        .and_then(|line| line.split_once("** "))
    {
        Some((_, behind)) => behind,
        None => line,
    };
    // A picture has a mark in front.
    let line = line.strip_prefix('!').unwrap_or(line);
    line.starts_with('[') && line.ends_with(')') && text::has(line, "](http")
}

/// What Android's runtime says when it was asked for a dump: `…"Signal Catcher"]: reacting to signal 3`.
fn is_of_dump(line: &str) -> bool {
    match line.as_bytes() {
        [b'T' | b't', ..] => {
            let said = text::split_once(line, ": reacting to signal ");
            said.is_some_and(|(front, _)| {
                front.starts_with("Thread[") || front.starts_with("threadid=")
            })
        }
        _ => line.starts_with("Wrote stack trace"),
    }
}

/// What tools and windows say of themselves, around a report or without one.
fn is_of_tool(line: &str) -> bool {
    const SAYINGS: [&str; 15] = [
        "Dumping the backtrace.",
        "**********",
        "Crash dump is completed",
        "WARNING: Stack unwind information not available",
        "This application has requested the Runtime",
        "This application has encountered a critical error",
        "Please contact the application's support",
        "For information on how your program",
        "failure, see the Visual C++ documentation",
        "HResult=",
        "ERROR: FindPlugIns ",
        "Source=",
        // Unreal's build tool.
        "Creating makefile for ",
        "Determining max actions to execute in parallel",
        "Using bundled DotNet SDK",
    ];
    SAYINGS.iter().any(|saying| line.starts_with(saying))
        // Visual Studio's window of what was printed: threads end all the time.
        || line.starts_with("The thread ") && text::has(line, " has exited")
}

/// Lines of a report's head and of its registers: true, but not the exception.
pub(super) fn is_metadata(line: &str) -> bool {
    let label = memchr::memchr(b':', line.as_bytes()).map_or(line, |at| &line[..at]);
    let label = text::split_once(label, "：").map_or(label, |(label, _)| label);
    let label = text::split_once(label, " = ").map_or(label, |(label, _)| label);
    let label = label.trim_end();
    // Headings of a form: `### Reason ###`, `## Link to the console`; counts of lines that stand alone.
    if line.starts_with("## ")
        || line.starts_with("### ")
        || is_link(line)
        // A version alone below its label.
        || text::is_version(line)
        || line.len() <= 4 && line.bytes().all(|byte| byte.is_ascii_digit())
        || is_kind(line)
    {
        return true;
    }
    // Unity throws a tombstone as an error: `java.lang.Error: *** *** ***`.
    if line.ends_with("*** *** ***") {
        return true;
    }
    if is_of_tool(line)
        || is_assignment(line)
        || is_settings(line)
        || line.starts_with("===") && line.len() < 40 && !text::has(line, "rror")
    {
        return true;
    }
    // What Android's dumper and Mono say of themselves.
    if line.starts_with("crash_dump.cpp:")
        || is_of_dump(line)
        || line.starts_with("Obtained ") && line.ends_with(" stack frames.")
    {
        return true;
    }
    // Geode's headings: `== Exception Information ==`.
    if line.starts_with("== ") && line.ends_with(" ==") {
        return true;
    }
    // Boxes: `══╡ EXCEPTION CAUGHT BY WIDGETS LIBRARY ╞══════`.
    if line.starts_with("══") {
        return true;
    }
    // What virtual machines print between a thread's first line and its frames.
    if line.starts_with(['|', '(']) && !line.starts_with("(0x") {
        return true;
    }
    if label.len() < line.len() && label.len() < LONGEST && LABELLED.contains(label)
        || line.starts_with("*** *** ***")
    {
        return true;
    }
    // Heads in columns: `Build Type        : Release`; of Crashlytics' texts: `# Platform: apple`.
    if text::has(line, "  : ") && !line.starts_with('[')
        || line.starts_with("# ") && text::has(line, ": ")
    {
        return true;
    }
    // Unity's list of modules: `C:\Windows\ntdll.dll:ntdll.dll (00007FFA23B40000), size: 1966080 (result: 0), …`.
    if text::has(line, "), size: ") && text::has(line, " (result: ") {
        return true;
    }
    if is_dated(line) || is_reference(line) {
        return true;
    }
    // A server's own log of Source's games: `CRASH: Fri Aug 18 16:07:43 CEST 2017`.
    if line
        .strip_prefix("CRASH: ")
        .is_some_and(|date| date.matches(':').count() == 2)
    {
        return true;
    }
    // gdb's `info sharedlibrary`: `0xf7799430 0xf77b3af8 Yes (_) /lib/libm.so.6`.
    if line.starts_with("0x") && (text::has(line, " Yes ") || text::has(line, " No ")) {
        let mut words = line.split_whitespace();
        let both = words
            .by_ref()
            .take(2)
            .filter(|word| text::hex(word).is_some());
        if both.count() == 2 {
            return true;
        }
    }
    // gdb's `info registers`: `eip 0xeef38fcd  0xeef38fcd <Ship::fire()+13>`, `eax 0x0 0`, `eflags 0x210246 [ PF ZF ]`.
    let (register, value) = text::word(line);
    if register.len() <= 6
        && register
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        && value.starts_with("0x")
        && text::hex(text::word(value).0).is_some()
    {
        return true;
    }
    // gdb's `info threads`: `13   Thread 0x7eee (LWP 9471) "vault" 0x00007eee in epoll_wait ()`.
    let row = line.trim_start_matches(['*', ' ']);
    if text::digits(row).is_some_and(|(_, rest)| {
        rest == " total frames" || rest.trim_start().starts_with("Thread 0x")
    }) {
        return true;
    }
    is_registers(line)
}

/// A word and a date with its time: `Built @ Jun 19 2026, 05:56:47`, `Time @ 2026-06-21 22:11`.
fn is_dated(line: &str) -> bool {
    text::split_once(text::head(line, 60), " @ ").is_some_and(|(label, date)| {
        let (month, _) = date.split_once(' ').unwrap_or_default();
        let numbers = date.split([' ', ',', 'T']);
        let mut times = numbers.filter_map(|word| word.split_once(':'));
        label.len() <= 16
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphabetic() || byte == b' ')
            && (2..=10).contains(&month.len())
            && times.any(|(hour, rest)| {
                hour.len() == 2
                    && hour.bytes().all(|byte| byte.is_ascii_digit())
                    && rest.starts_with(|c: char| c.is_ascii_digit())
            })
    })
}

/// A logger's number of a stack, by which it names the same one later: `[Ref 785DDA32]`,
/// `[Ref 785DDA32] Duplicate stacktrace, see ref for original`.
fn is_reference(line: &str) -> bool {
    line.strip_prefix("[Ref ")
        .and_then(|rest| rest.split_once(']'))
        .is_some_and(|(number, rest)| {
            number.len() == 8
                && text::hex(number).is_some()
                && (rest.is_empty() || rest.starts_with(" Duplicate "))
        })
}

/// A list of settings: `time = 1568346513`, `g_sBuildNumber = 8186`.
fn is_assignment(line: &str) -> bool {
    text::split_once(line, " = ").is_some_and(|(name, value)| {
        !value.is_empty()
            && !value.contains(' ')
            && !name.is_empty()
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'&' | b'.'))
    })
}

/// `    x0  0000007b5c1a2b30  x1  …`, `    rax 0000…`, `r0: 0xc40a8e7c  r1: …`, `x0:0000000000000000 x1:…`.
pub(super) fn is_registers(line: &str) -> bool {
    let (first, rest) = text::word(line);
    // The words of the stack: `be8a53dc 00000000 41773b10 40a58b50`.
    if matches!(first.len(), 8 | 16)
        && line.split_whitespace().count() >= 4
        && line
            .split_whitespace()
            .all(|word| word.len() == first.len() && text::hex(word).is_some())
    {
        return true;
    }
    // `RAX: 0x0`, `R10: 0x5`
    if first.len() <= 5
        && first.ends_with(':')
        && (rest.starts_with("0x") && text::hex(rest).is_some())
        && first.starts_with(['R', 'E', 'r', 'e', 'x', 's', 'p', 'l'])
    {
        return true;
    }
    if let Some((register, value)) = first.split_once(':')
        && !value.is_empty()
    {
        return register.len() <= 4 && value.len() >= 8 && text::hex(value).is_some();
    }
    let (second, _) = text::word(rest);
    let register = first.trim_end_matches([':', '=']);
    register.len() <= 4
        && !register.is_empty()
        && second.len() >= 8
        && text::hex(second).is_some()
        && register.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && register.bytes().any(|byte| byte.is_ascii_alphabetic())
}
