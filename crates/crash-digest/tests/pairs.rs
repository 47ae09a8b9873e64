//! Pairs of crashes, labelled: the same bug or not. Precision and recall are printed, and have a floor.

use std::path::Path;

use crash_digest::CrashText;
use crash_digest::fingerprint::{compare, fingerprint};
use crash_digest::ownership::OwnershipRules;

/// The same crash from another device: other addresses, lines moved by an edit above, another process.
fn another_report(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        let moved = line
            .replace(":31", ":34")
            .replace(":19", ":23")
            .replace("line 4", "line 5");
        out.push_str(
            &moved
                .replace("0x7", "0x6")
                .replace("pc 00000000000", "pc 00000000001"),
        );
        out.push('\n');
    }
    out
}

/// Different bugs that share their callers, and one bug told through different callers.
const HARD: [(&str, &str, bool); 10] = [
    (
        "at com.acme.A.x(A.kt:1)\nat com.acme.Main.run(M.kt:2)",
        "at com.acme.B.y(B.kt:1)\nat com.acme.Main.run(M.kt:2)",
        false,
    ),
    (
        "java.io.IOException: a\nat com.acme.A.x(A.kt:1)",
        "java.lang.IllegalStateException: a\nat com.acme.A.x(A.kt:1)",
        false,
    ),
    (
        "java.io.IOException: slot 1\nat com.acme.A.x(A.kt:1)",
        "java.io.IOException: slot 2\nat com.acme.A.x(A.kt:9)",
        true,
    ),
    (
        "at com.acme.A.x(A.kt:1)\nat com.acme.A.x(A.kt:1)\nat com.acme.M.r(M.kt:2)",
        "at com.acme.A.x(A.kt:1)\nat com.acme.M.r(M.kt:2)",
        true,
    ),
    (
        "signal 11 (SIGSEGV), code 1 (SEGV_MAPERR), fault addr 0x8\n#00 pc 01 /d/libgame.so (Game::tick()+4)",
        "signal 6 (SIGABRT), code -1 (SI_QUEUE), fault addr --------\n#00 pc 01 /d/libgame.so (Game::tick()+4)",
        false,
    ),
    (
        "signal 11 (SIGSEGV), code 1 (SEGV_MAPERR), fault addr 0x8\n#00 pc 01 /d/libgame.so (Game::tick()+4)",
        "signal 11 (SIGSEGV), code 2 (SEGV_ACCERR), fault addr 0x18\n#00 pc 0f /d/libgame.so (Game::tick()+4)",
        true,
    ),
    (
        "#00 pc 01 libUE4.so AShip::Fire(int)\n#01 pc 02 libUE4.so UWorld::Tick(float)\n#02 pc 03 libUE4.so FEngineLoop::Tick()",
        "#00 pc 01 libUE4.so AHull::Repair(int)\n#01 pc 02 libUE4.so UWorld::Tick(float)\n#02 pc 03 libUE4.so FEngineLoop::Tick()",
        false,
    ),
    (
        "#00 pc 01 libUE4.so _ZN5AShip4FireEi\n#01 pc 02 libUE4.so UWorld::Tick(float)",
        "#00 pc 01 libUE4.so AShip::Fire(int) (D:/ws/Ship.cpp:31) [arm64-v8a]\n#01 pc 02 libUE4.so UWorld::Tick(float)",
        true,
    ),
    (
        "a.lua:1: x\nstack traceback:\n\tb.lua:3: in function 'tick'\n\tm.lua:9: in main chunk",
        "a.lua:1: x\nstack traceback:\n\tc.lua:4: in function 'draw'\n\tm.lua:9: in main chunk",
        false,
    ),
    (
        "Assertion failed: a [File:A.cpp] [Line: 1]\nGame.exe!UBag::Take() [A.cpp:1]",
        "Assertion failed: a [File:A.cpp] [Line: 2]\nGame.exe!UBag::Take() [A.cpp:2]",
        true,
    ),
];

#[test]
fn the_same_bug_is_told_from_others() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/kinds");
    let mut folders: Vec<_> = std::fs::read_dir(root)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    folders.sort();
    let texts: Vec<String> = folders
        .iter()
        .filter(|folder| {
            !folder
                .file_name()
                .unwrap()
                .to_string_lossy()
                .starts_with("log-")
        })
        .map(|folder| std::fs::read_to_string(folder.join("input.txt")).unwrap())
        .filter(|text| CrashText::new(text).stack().frames.len() > 1)
        .collect();
    let mut pairs: Vec<(String, String, bool)> = HARD
        .iter()
        .map(|(left, right, same)| ((*left).to_owned(), (*right).to_owned(), *same))
        .collect();
    for (at, text) in texts.iter().enumerate() {
        pairs.push((text.clone(), another_report(text), true));
        // Neighbours of one family are of one app, and often share callers.
        let other = &texts[(at + texts.len() / 2) % texts.len()];
        pairs.push((text.clone(), other.clone(), false));
    }
    assert!(pairs.len() >= 60, "{} pairs", pairs.len());
    let rules = OwnershipRules::default();
    let (mut hit, mut false_alarm, mut missed) = (0_u32, 0_u32, 0_u32);
    for (left, right, same) in &pairs {
        let (left, right) = (CrashText::new(left), CrashText::new(right));
        let told = compare(&left.stack(), &right.stack(), &rules).same;
        match (told, same) {
            (true, true) => hit += 1,
            (true, false) => false_alarm += 1,
            (false, true) => missed += 1,
            (false, false) => {}
        }
        let print = |text: &CrashText<'_>| fingerprint(&text.stack(), &rules);
        assert_eq!(print(&left), print(&left));
    }
    let precision = f64::from(hit) / f64::from(hit + false_alarm);
    let recall = f64::from(hit) / f64::from(hit + missed);
    println!(
        "{} pairs: precision {precision:.3}, recall {recall:.3}",
        pairs.len()
    );
    assert!(
        precision >= 0.9 && recall >= 0.9,
        "precision {precision:.3}, recall {recall:.3}"
    );
}
