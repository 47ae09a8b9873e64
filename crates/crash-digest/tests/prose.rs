//! Texts that are no crash: no line of them is a frame.

use crash_digest::CrashText;

const TEXTS: [&str; 20] = [
    "## 1.4.0\n- Fixed a crash when opening the shop (thanks to mira)\n- #12 shop: prices were wrong\n- #13 the map no longer flickers\n- Updated engine to 5.3.2\n",
    "Hello everyone!\nSince the last update the game closes at the second boss.\nI have a Pixel 7 (Android 14), 8 GB of RAM.\nDoes anyone know a workaround?\nThanks!\n",
    "{\"player\": \"mira\", \"level\": 12, \"items\": [\"sword\", \"key\"], \"at\": \"2026-11-22T08:10:11Z\"}",
    "name  | level | gold\n------+-------+-----\nmira  |    12 | 1203\njonas |     7 |   88\n",
    "1. Open the game\n2. Go to Settings > Graphics\n3. Set quality to High\n4. The game freezes at the loading screen (about 10 seconds)\n",
    "#1 fixed the crash at startup\n#2 thanks for the report\n#3 see the wiki (page 12) for details\n#4 will be in 2.0.1\n",
    "From: support@example.com\nTo: mira@example.com\nSubject: your ticket 4711\n\nDear Mira,\nwe are looking into it. Please send us the file crash.log (see below).\n",
    "Total: 12 of 14 tests passed (2 failed)\nbattle.start: ok (12 ms)\nbattle.end: failed (timeout)\n",
    "Q: Why does update() run twice?\nA: Because Start() calls it (see the manual, chapter 3).\n",
    "commit 5ca1ab1e\nAuthor: mira <mira@example.com>\nDate:   Sun Nov 22 08:10:11 2026 +0800\n\n    shop: buy at the right price\n",
    "SELECT name, level FROM players WHERE gold > 100 ORDER BY level;\n(12 rows in 3 ms)\n",
    "loading... 10%\nloading... 50%\nloading... 100%\ndone in 4.2 s (cached)\n",
    "The quick brown fox (12 kg) jumps over the lazy dog at 10:15.\nIt was seen at 0x12 meters, said nobody!\n",
    "key = value\n[section]\npath = /usr/share/game/data.pak\nmode = release\n",
    "* mira: hi @jonas, are you there?\n* jonas: yes! at last.\n* mira: see https://example.com/a.html:8080/x\n",
    "0 1 2 3 4 5\n10 20 30 40 50\n100 200 300 (sum 600)\n",
    "Boom! it broke again...\nWhat a day! yes.\nhello!world is not a module\n",
    "Patch notes (EN): balance changes. Ship.fire now costs 3 (was 5). Hull.repair heals 10.\n",
    "<html><body><h1>404 Not Found</h1><p>The page /index.html was not found (nginx).</p></body></html>",
    "int main() {\n    return start(3);\n}\nvoid Ship::fire(int n) { ammo -= n; }\n",
];

#[test]
fn no_line_of_prose_is_a_frame() {
    for text in TEXTS {
        let crash_text = CrashText::new(text);
        let stack = crash_text.stack();
        let frames: Vec<&str> = stack.frames.iter().map(|frame| frame.raw).collect();
        assert!(frames.is_empty(), "{frames:?} in:\n{text}");
    }
}
