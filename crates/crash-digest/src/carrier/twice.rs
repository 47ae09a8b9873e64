//! A log in which each line stands twice, one below the other: two writers wrote to the same place.

use crate::text;

/// Lines that decide, of the head.
const HEAD: usize = 400;
/// Different lines that stand twice by no chance.
const FEWEST: usize = 4;
/// A shorter line may be there twice by itself.
const SHORTEST: usize = 12;

/// The text with each line once; `None` where not nearly all of them stand twice. A function that calls itself is one line many
/// times, and those around it stand once.
pub(super) fn render(text: &str) -> Option<String> {
    let (mut twice, mut once) = (0_usize, 0_usize);
    let mut run: Option<(&str, usize)> = None;
    for line in text::lines(text)
        .filter(|line| line.len() >= SHORTEST)
        .take(HEAD)
    {
        match &mut run {
            Some((before, count)) if *before == line => *count += 1,
            _ => {
                if let Some((_, count)) = run.replace((line, 1)) {
                    *(if count % 2 == 0 {
                        &mut twice
                    } else {
                        &mut once
                    }) += 1;
                }
                // Nearly all texts end here.
                if once > FEWEST && once > twice {
                    return None;
                }
            }
        }
    }
    // The last one may be cut off.
    twice += usize::from(run.is_some_and(|(_, count)| count % 2 == 0));
    if twice < FEWEST || once * 4 > twice {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    let mut before = None;
    for line in text::lines(text) {
        if before == Some(line) && line.len() >= SHORTEST {
            before = None;
            continue;
        }
        out.extend([line, "\n"]);
        before = Some(line);
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::render;

    #[test]
    fn lines_that_stand_twice() {
        let line = |number| format!("2026-11-22 08:10:1{number} dock: bay {number} is open\n");
        let twice: String = (0..5).map(|number| line(number).repeat(2)).collect();
        let once: String = (0..5).map(line).collect();
        assert_eq!(
            render(&format!("It says this:\n{twice}")),
            Some(format!("It says this:\n{once}"))
        );
        assert_eq!(render(&once), None);
        // A function that calls itself.
        let frames = "\tat com.acme.orbit.Dock.open(Dock.java:31)\n".repeat(40);
        assert_eq!(render(&frames), None);
        assert_eq!(
            render(&format!(
                "java.lang.StackOverflowError\n{frames}\tat com.acme.Orbit.main(Orbit.java:3)\n"
            )),
            None
        );
    }
}
