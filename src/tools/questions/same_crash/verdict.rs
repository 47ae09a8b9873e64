//! Whether an issue is the crash that is looked for.

use crash_digest::fingerprint::{SAME, compare};
use crash_digest::stack::parse;
use schemars::JsonSchema;
use serde::Serialize;

use super::looked_for::{LookedFor, with_exception};
use crate::reply::Untrusted;
use crate::tools::crashsight::issue_summary::IssueSummary;

/// From this similarity on a crash is probably the same, from [`SAME`] on it is.
const PROBABLY: f32 = 0.35;

/// Frames of a key stack from which on it is compared as a whole.
const WHOLE: usize = 3;

/// Whether an issue is the crash that is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Verdict {
    Same,
    Probably,
    Not,
}

/// What was compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Evidence {
    /// Exception and key frame.
    KeyFrame,
    /// Exception and the whole stack of its newest crash.
    Stack,
}

/// A verdict and what it rests on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Judgement {
    pub(super) verdict: Verdict,
    /// From 0, nothing in common, to 1, the same.
    pub(super) similarity: f32,
    pub(super) evidence: Evidence,
}

impl Judgement {
    fn new(similarity: f32, most: Verdict, evidence: Evidence) -> Self {
        let verdict = if similarity >= SAME {
            Verdict::Same
        } else if similarity >= PROBABLY {
            Verdict::Probably
        } else {
            Verdict::Not
        };
        Self {
            verdict: verdict.max(most),
            similarity,
            evidence,
        }
    }

    /// By exception and key frame, for an issue with the searched frame in its stack. Where that frame is others' code,
    /// or the key frame is a caller here, it is probable at most.
    pub(super) fn by_key_frame(wanted: &LookedFor, issue: &IssueSummary) -> Self {
        let none = Self::new(0.0, Verdict::Same, Evidence::KeyFrame);
        let Some(key_stack) = &issue.key_stack else {
            return none;
        };
        let exception = issue.exception.as_ref().map(Untrusted::raw);
        let text = with_exception(key_stack.raw(), exception);
        let other = parse(&text);
        if let (Some(stack), true) = (&wanted.stack, other.frames.len() >= WHOLE) {
            let similarity = compare(&parse(stack), &other, &wanted.rules).similarity;
            return Self::new(similarity, Verdict::Same, Evidence::KeyFrame);
        }
        let own = wanted.frames.first().is_some_and(|frame| frame.own);
        let judged = wanted.keys.iter().enumerate().map(|(at, frame)| {
            let text = wanted.key_text(frame);
            // The same function is own code or not by the name of its module, which differs between platforms.
            let mut rules = wanted.rules.clone();
            rules.own.extend([frame.name.clone(), frame.text.clone()]);
            let similarity = compare(&parse(&text), &other, &rules).similarity;
            let most = if at == 0 && own {
                Verdict::Same
            } else {
                Verdict::Probably
            };
            Self::new(similarity, most, Evidence::KeyFrame)
        });
        judged
            .min_by(|left, right| {
                let similarity = right.similarity.total_cmp(&left.similarity);
                left.verdict.cmp(&right.verdict).then(similarity)
            })
            .unwrap_or(none)
    }

    /// By exception and whole stack.
    pub(super) fn by_stack(wanted: &str, wanted_for: &LookedFor, other: &str) -> Self {
        let compared = compare(&parse(wanted), &parse(other), &wanted_for.rules);
        Self::new(compared.similarity, Verdict::Same, Evidence::Stack)
    }
}

#[cfg(test)]
mod tests {
    use super::super::looked_for::Reported;
    use super::*;
    use crate::project::{Projects, SourceRules};
    use jiff::tz::TimeZone;
    use serde_json::json;

    fn judged(wanted: &LookedFor, exception: &str, key_stack: &str) -> Verdict {
        let projects: Projects = crate::testing::projects("https://crashsight.qq.com");
        let app = projects.crashsight(None).unwrap();
        let row = json!({"issueId": "A0", "exceptionName": exception, "keyStack": key_stack});
        let row = crate::json::JsonRef::new(&row);
        let issue = IssueSummary::read(row, &app, &TimeZone::UTC).unwrap();
        Judgement::by_key_frame(wanted, &issue).verdict
    }

    #[test]
    fn key_frames_are_the_same_whatever_platform_prints_them() {
        let reported = Reported {
            exception: Some("SIGSEGV(SEGV_MAPERR)"),
            ..Reported::default()
        };
        let stack = "#00 pc 01 libUE4.so UStarPet::Follow(float) (D:/ws/Source/Starfall/Pet.cpp:7) [arm64]\n\
                     #01 pc 02 libUE4.so UStarWorld::TickPets(float) (D:/ws/Source/Starfall/World.cpp:7) [arm64]\n\
                     #02 pc 03 libUE4.so FEngineLoop::Tick()";
        let wanted = LookedFor::new(stack, reported, &SourceRules::default());
        for (what, exception, key_stack, verdict) in [
            (
                "another build",
                "SIGSEGV(SEGV_ACCERR)",
                "#00 pc 0f libUE4.so UStarPet::Follow(float) (D:/ws/Source/Starfall/Pet.cpp:9) [arm64]",
                Verdict::Same,
            ),
            (
                "iOS",
                "EXC_BAD_ACCESS(KERN_INVALID_ADDRESS)",
                "0   UnityFramework 0x0000000100000000 UStarPet::Follow(float) (/Users/ws/Pet.cpp:7)",
                Verdict::Same,
            ),
            (
                "Windows",
                "EXCEPTION_ACCESS_VIOLATION",
                "00 Starfall-Win64-Shipping.exe!UStarPet::Follow(float) [D:\\ws\\Pet.cpp:7]",
                Verdict::Same,
            ),
            (
                "an abort is another end",
                "SIGABRT",
                "#00 pc 0f libUE4.so UStarPet::Follow(float)",
                Verdict::Probably,
            ),
            (
                "its caller",
                "SIGSEGV(SEGV_MAPERR)",
                "#00 pc 0f libUE4.so UStarWorld::TickPets(float)",
                Verdict::Probably,
            ),
            (
                "another function",
                "SIGSEGV(SEGV_MAPERR)",
                "#00 pc 0f libUE4.so UStarPet::Feed(float)",
                Verdict::Not,
            ),
            ("no frame", "SIGSEGV(SEGV_MAPERR)", "nothing", Verdict::Not),
        ] {
            assert_eq!(judged(&wanted, exception, key_stack), verdict, "{what}");
        }
    }
}
