//! A crash far behind the beginning of a program's log: what is told of it has to be what is told of its report alone.

use std::fmt::Write as _;
use std::path::Path;

use crash_digest::CrashText;
use crash_digest::digest::{Digest, Options};
use crash_digest::merge::Reported;
use crash_digest::ownership::OwnershipRules;

fn digest(text: &str) -> Digest {
    let rules = OwnershipRules::default();
    let options = Options {
        rules: &rules,
        reported: Reported::default(),
        lines: 16,
    };
    Digest::of(&CrashText::new(text), &options)
}

/// Lines of a program that does its work.
fn quiet(lines: usize) -> String {
    let mut log = String::new();
    for number in 0..lines {
        let _ = writeln!(
            log,
            "[10:{:02}:{:02}] tick {number} done",
            number / 60,
            number % 60
        );
    }
    log
}

/// What of a digest has to stay the same.
fn told(digest: &Digest) -> impl PartialEq + std::fmt::Debug + use<> {
    (
        digest.exception.clone(),
        digest.message.clone(),
        digest.causes.clone(),
        digest.thread.clone(),
        digest.frames,
        digest.stack.clone(),
    )
}

/// Shapes that are documents of their own (JSON, tables, pages) stand in no log, nor do dialogs; nine of ten others do.
#[test]
fn nine_of_ten_shapes_are_read_behind_a_log() {
    let log = quiet(300);
    let shapes = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/shapes");
    let mut files = Vec::new();
    for family in std::fs::read_dir(shapes).unwrap() {
        for file in std::fs::read_dir(family.unwrap().path()).unwrap() {
            files.push(file.unwrap().path());
        }
    }
    let mut lost = Vec::new();
    let mut read = 0_usize;
    for path in files {
        let file = std::fs::read_to_string(&path).unwrap();
        let (head, text) = file.split_once("\n---\n").unwrap();
        if head.starts_with("as: ") || head.contains("\nas: ") {
            continue;
        }
        if told(&digest(text)) == told(&digest(&format!("{log}{text}"))) {
            read += 1;
        } else {
            lost.push(path);
        }
    }
    println!("{read} read, {} not", lost.len());
    assert!(read >= lost.len() * 9, "{lost:#?}");
}

#[test]
fn the_lines_before_are_counted() {
    let crash =
        "panic: no ship\n\ngoroutine 1 [running]:\nmain.main()\n\t/src/orbit/main.go:12 +0x1c\n";
    let digest = digest(&format!("{}{crash}", quiet(900)));
    assert_eq!(
        (
            digest.exception.as_str(),
            digest.message.as_str(),
            digest.lines_before
        ),
        ("panic", "no ship", 876)
    );
}

#[test]
fn the_crash_of_a_unity_player_is_the_last_one() {
    let log = "Could not load mesh 7\nUnityEngine.Debug:LogWarning(Object)\nOrbit.Hull:Load(Int32) (at Assets/Hull.cs:12)\n\n\
        NullReferenceException: Object reference not set to an instance of an object\n  \
        at Orbit.Hull.Repair (System.Int32 n) [0x0002c] in <00000000000000000000000000000000>:0 \n\n\
        Crash!!!\nSymInit: Symbol-SearchPath: '.;D:\\Orbit', symOptions: 530, UserName: 'ann'\n\n\
        ========== OUTPUTTING STACK TRACE ==================\n\n\
        0x00007FFB1A2B3C4D (UnityPlayer) UnityMain\n  \
        ERROR: SymGetSymFromAddr64, GetLastError: 'no such place' (Address: 00007FF6C1A2B3C4)\n\
        0x00007FF6C1A2B3C4 (Orbit) (function-name not available)\n\
        0x00007FFB12345678 (KERNEL32) BaseThreadInitThunk\n\n\
        ========== END OF STACKTRACE ===========\n\n\
        A crash has been intercepted by the crash handler. For call stack and other details, see the latest crash report generated in:\n \
        * C:/Users/ann/AppData/Local/Temp/Crashes\n";
    for before in [0, 40, 700] {
        let digest = digest(&format!("{}{log}", quiet(before)));
        let also: Vec<&str> = digest
            .related
            .iter()
            .map(|stack| stack.title.as_str())
            .collect();
        assert_eq!(
            (digest.exception.as_str(), digest.frames, also),
            (
                "",
                3,
                vec![
                    "Could not load mesh 7",
                    "NullReferenceException: Object reference not set to an instance of an object"
                ]
            )
        );
    }
}

/// Lines of programs that do their work, in the forms of their loggers.
const QUIET: [fn(usize) -> String; 10] = [
    |at| {
        format!(
            "[LOG {:02}:36:54.381] [MessageSystem] Reposition 0.07 {at}",
            at % 24
        )
    },
    |at| {
        format!(
            "2026-11-22 10:00:{:02},123 INFO orbit.tick - tick {at} done",
            at % 60
        )
    },
    |at| {
        format!(
            "11-22 10:22:{:02}.000  9001  9001 I Orbit   : frame {at}",
            at % 60
        )
    },
    |at| {
        format!(
            "[2026.11.22-10.20.{:02}:001][{:3}]LogStreaming: Display: package {at}",
            at % 60,
            at % 999
        )
    },
    |at| format!("{{\"level\":\"info\",\"ts\":1795342811.1,\"msg\":\"tick\",\"n\":{at}}}"),
    |at| {
        format!(
            "[10:22:{:02}] [Server thread/INFO]: Ann joined {at}",
            at % 60
        )
    },
    |at| format!("Nov 22 10:22:{:02} shard3 orbit[4410]: tick {at}", at % 60),
    |at| {
        format!(
            "10.0.0.1 - - [22/Nov/2026:10:22:{:02} +0000] \"GET /ships/{at} HTTP/1.1\" 200 12",
            at % 60
        )
    },
    |at| format!("Loading scene Deck {at}"),
    |at| format!("D.O.C.K: bay {at} is free"),
];

#[test]
fn a_log_without_a_crash_has_none() {
    for line in QUIET {
        for lines in [20, 400] {
            let log: String = (0..lines).map(|at| line(at) + "\n").collect();
            let digest = digest(&log);
            assert_eq!((digest.exception.as_str(), digest.frames), ("", 0), "{log}");
            let said = digest.to_string();
            assert!(
                said.starts_with("no crash recognised in this text\n"),
                "{said}"
            );
        }
    }
}
