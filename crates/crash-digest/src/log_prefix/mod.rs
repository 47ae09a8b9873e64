//! What a logger puts before its words: time, level, process, thread, logger and place, in any order that loggers use.
//!
//! One grammar of parts in place of one form per library: `2026-05-18 22:58:07.204 ERROR 27272 --- [exec-3] o.a.c.Dock : `,
//! `[10:56:10] [Server thread/ERROR]: `, `E1122 08:10:11.123456 1 dock.go:77] `, `2026-11-22T08:10:11Z<TAB>error<TAB>dock<TAB>`.

pub(crate) mod level;
mod reader;
mod source;
mod time;
mod token;

use level::Level;
use reader::Reader;

/// A line of a log, taken apart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct LogPrefix<'a> {
    /// Its level, where it has one.
    pub level: Option<Level>,
    /// The thread that wrote it.
    pub thread: Option<&'a str>,
    /// What it says; the indent of the program's own line is kept.
    pub said: &'a str,
}

impl LogPrefix<'_> {
    /// Whether it says that something failed, or warns of it.
    pub(crate) fn failed(&self) -> bool {
        self.level >= Some(Level::Warned)
    }

    /// Whether it has a level, which says that nothing failed.
    pub(crate) fn is_quiet(&self) -> bool {
        self.level == Some(Level::Quiet)
    }
}

/// Takes a line apart; `None` where neither a time nor a level stands in front.
pub(crate) fn read(line: &str) -> Option<LogPrefix<'_>> {
    let line = line.trim_start();
    if let Some((level, said)) = level::without_time(line) {
        return Some(LogPrefix {
            level: Some(level),
            thread: None,
            said,
        });
    }
    let from = source::without(line);
    let reader = Reader::of(from.unwrap_or(line));
    let known = from.is_some() || reader.timed || reader.level.is_some() && reader.bracketed;
    known.then_some(LogPrefix {
        level: reader.level,
        thread: reader.thread,
        said: reader.rest,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each says `no dock`, on the thread beside it.
    fn assert_failed(lines: &[(&str, &str)]) {
        for (line, thread) in lines {
            let prefix = read(line).unwrap_or_default();
            assert_eq!(
                (
                    prefix.said,
                    prefix.thread.unwrap_or_default(),
                    prefix.failed()
                ),
                ("no dock", *thread, true),
                "{line}"
            );
        }
    }

    #[test]
    fn what_loggers_put_in_front() {
        let failed = [
            ("[10:56:10] [Server thread/ERROR]: no dock", "Server thread"),
            (
                "[22Nov2026 08:10:11.123] [Server thread/ERROR] [net.minecraft/]: no dock",
                "Server thread",
            ),
            ("[08:10:11 ERROR]: no dock", ""),
            (
                "2026-05-18 22:58:07.204 ERROR 27272 --- [exec-3] o.a.c.Dock    : no dock",
                "exec-3",
            ),
            (
                "2026-05-18T22:58:07.204+01:00 ERROR 27272 --- [orbit] [exec-3] com.acme.Dock : no dock",
                "exec-3",
            ),
            (
                "2020-05-18 22:58:07.204 ERROR 27272 --- [exec-3] o.a.c.c.C.[.[.[/].[dock]    : no dock",
                "exec-3",
            ),
            (
                "22:58:07.204 [exec-3] ERROR com.acme.Dock - no dock",
                "exec-3",
            ),
            (
                "2026-05-18 22:58:07,204 ERROR [exec-3] com.acme.Dock - no dock",
                "exec-3",
            ),
            (
                "08:10:11,123 ERROR [com.acme.Dock] (default task-1) no dock",
                "default task-1",
            ),
            (
                "2026-11-22 08:10:11,123 [12] ERROR Orbit.Dock - no dock",
                "",
            ),
            ("2026-11-22 08:10:11.1234|ERROR|Orbit.Dock|no dock", ""),
            ("2026-11-22 08:10:11.1234||ERROR|Orbit.Dock|no dock", ""),
            (
                "2995ms|2026-11-22 08:10:11.1234|Error|TID:1:     |no dock",
                "",
            ),
            ("2026-11-22 08:10:11,123 - orbit.dock - ERROR - no dock", ""),
            (
                "2026-11-22 08:10:11.123 | ERROR    | orbit.dock:open:31 - no dock",
                "",
            ),
            ("ERROR:orbit.dock:no dock", ""),
            ("[2026-11-22 08:10:11 +0000] [4711] [ERROR] no dock", ""),
        ];
        assert_failed(&failed);
    }

    #[test]
    fn what_loggers_of_servers_put_in_front() {
        let failed = [
            ("2026-11-22 08:10:11 ERROR    discord.client no dock", ""),
            (
                "2026-11-22T08:10:11.123+0800\terror\tdock\torbit/dock.go:77\tno dock",
                "",
            ),
            ("E1122 08:10:11.123456       1 dock.go:77] no dock", ""),
            ("ERRO[0012] no dock", ""),
            ("[2026-11-22T08:10:11Z ERROR orbit::dock] no dock", ""),
            (
                "2026-11-22T08:10:11.123456Z ERROR ThreadId(01) orbit::dock: src/dock.rs:77: no dock",
                "",
            ),
            ("[2026-11-22 08:10:11] production.ERROR: no dock", ""),
            (
                "E, [2026-11-22T08:10:11.123456 #4711] ERROR -- : no dock",
                "",
            ),
            (
                "[2026-11-22 08:10:11,123: ERROR/MainProcess] no dock",
                "MainProcess",
            ),
            (
                "[2026-11-22, 08:10:11 UTC] {dock.py:1937} ERROR - no dock",
                "",
            ),
            (
                "22-Nov-2026 08:10:11.123 SEVERE [main] com.acme.Dock.open no dock",
                "main",
            ),
            (
                "[2026-11-22 08:10:11.123] [orbit] [error] [dock.cpp:77] no dock",
                "",
            ),
            (
                "[Nest] 4711  - 11/22/2026, 8:10:11 AM   ERROR [Dock] no dock",
                "",
            ),
            (
                "[2026-11-22T08:10:11,123][ERROR][o.a.d.Dock               ] [node-1] no dock",
                "",
            ),
            ("[08:10:11.123] ERROR (31): no dock", ""),
            ("2026-11-22 08:10:11,123: ERROR[Main]: no dock", "Main"),
            (
                "2026-11-22 08:10:11 WARN NettyWorker_5 - no dock",
                "NettyWorker_5",
            ),
            (
                "2026-11-22 08:10:11,123 ERROR exec-3 com.acme.Dock - no dock",
                "exec-3",
            ),
            ("[Error  : Unity Log] no dock", ""),
            ("08:10:11.123 [error] no dock", ""),
            ("fail: Orbit.Dock[0] no dock", ""),
        ];
        assert_failed(&failed);
    }

    #[test]
    fn a_time_alone_and_a_quiet_level_are_a_prefix() {
        let quiet = [
            "Nov 22 08:10:11 moon orbit[4711]: no dock",
            "2026-11-22T08:10:11+0000 moon orbit[4711]: no dock",
            "2026-11-22T08:10:11.123Z no dock",
            "2026/11/22 08:10:11 no dock",
            "11/22/2026 8:10:11 AM no dock",
            "[08:10:11] [Server thread/INFO]: no dock",
        ];
        for line in quiet {
            let prefix = read(line).unwrap_or_default();
            assert_eq!((prefix.said, prefix.failed()), ("no dock", false), "{line}");
        }
    }

    #[test]
    fn lines_of_stacks_and_sentences_have_no_prefix() {
        let lines = [
            "[C]: in function 'error'",
            "[string \"a\"]:1: in main chunk",
            "[0]Ship.fire@src/game.js:10",
            "at com.acme.Dock.open(Dock.java:31)",
            "TypeError: no dock",
            "Error: no dock",
            "init.lua:31: attempt to index a nil value",
            "[0x525b] mono",
            "[Callstack] 0x1",
            "Error while running event dock",
            "ERROR in action number 1",
            "INFO about ships",
            "10:31 at the dock",
        ];
        for line in lines {
            assert_eq!(read(line).map(|prefix| prefix.said), None, "{line}");
        }
    }
}
