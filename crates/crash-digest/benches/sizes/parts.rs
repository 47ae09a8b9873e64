//! Parts that documents of several kinds repeat, each by its number.

use std::fmt::Write as _;

pub(crate) fn native_frame(out: &mut String, number: usize, name: usize) {
    let _ = writeln!(
        out,
        "      #{number:02} pc 00000000000a{:x}b98  /data/app/com.acme.orbit-1/lib/arm64/liborbit.so (orbit::jobs::Stage{name}::run(orbit::jobs::Queue&, int)+{})",
        number % 16,
        number % 900
    );
}

pub(crate) fn thread(out: &mut String, at: usize, place: usize) {
    let state = if at.is_multiple_of(10) {
        "Blocked"
    } else {
        "Native"
    };
    let _ = writeln!(
        out,
        "\"worker-{at}\" prio=5 tid={at} {state}\n  | group=\"main\" sCount=1 flags=1 obj=0x72a1 self=0x7b1a"
    );
    for frame in 0..8 {
        out.push_str("  native: ");
        native_frame(out, frame, place * 8 + frame);
    }
    for frame in 0..12 {
        let _ = writeln!(
            out,
            "  at com.acme.orbit.Stage{place}.step{frame}(Stage{place}.kt:{})",
            frame * 7 + 3
        );
    }
    if at.is_multiple_of(10) {
        let _ = writeln!(
            out,
            "  - waiting to lock <0x{at:08x}> (a com.acme.Queue) held by thread {}",
            at + 1
        );
    }
    out.push('\n');
}

pub(crate) fn log_line(out: &mut String, at: usize, distinct: bool) {
    const WORDS: [&str; 8] = [
        "ship", "harbour", "convoy", "beacon", "sector", "cargo", "pilot", "engine",
    ];
    let level = if at.is_multiple_of(97) { 'E' } else { 'D' };
    let (minute, second) = (at / 600 % 60, at / 10 % 60);
    let _ = write!(
        out,
        "11-22 08:{minute:02}:{second:02}.{:03}  4883  5108 {level} Renderer: ",
        at % 10 * 100
    );
    let _ = if distinct {
        let word = |shift: usize| WORDS[at >> shift & 7];
        writeln!(
            out,
            "{} {} {} {} {} met in pass {at}",
            word(0),
            word(3),
            word(6),
            word(9),
            word(12)
        )
    } else {
        writeln!(out, "frame {at} took {} ms in pass {}", at % 33, at % 7)
    };
}

pub(crate) fn prose(out: &mut String, at: usize) {
    let _ = writeln!(
        out,
        "Since update {at} the game closes at the second boss (about 10 seconds in): see https://example.com/{at}, it's 4:30 at night!"
    );
}
