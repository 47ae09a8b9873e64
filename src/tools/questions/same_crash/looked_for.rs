//! What is looked for: a crash's exception and the frames that tell it from others.

use std::borrow::Cow;

use crash_digest::CrashText;
use crash_digest::frame::Frame;
use crash_digest::ownership::{CodeOrigin, OwnershipRules};
use crash_digest::stack::Stack;
use schemars::JsonSchema;
use serde::Serialize;

use crate::project::SourceRules;
use crate::reply::Untrusted;

/// Frames that are searched or compared.
const MOST_FRAMES: usize = 3;

/// The longest text searched, in bytes: what follows is template arguments.
const LONGEST_TEXT: usize = 120;

/// A crash to look for.
#[derive(Debug, Clone, Default)]
pub(super) struct LookedFor {
    pub(super) exception: Option<String>,
    pub(super) message: Option<String>,
    /// The frames that tell it from others, innermost first: these are searched.
    pub(super) frames: Vec<TellingFrame>,
    /// What another issue's key frame may be, likeliest first: the innermost frame that is not the system's, and those
    /// searched.
    pub(super) keys: Vec<TellingFrame>,
    /// The whole stack with its exception, where it is known.
    pub(super) stack: Option<String>,
    pub(super) rules: OwnershipRules,
}

/// A frame that tells a crash from others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TellingFrame {
    /// For reading.
    pub(super) name: String,
    /// As printed.
    pub(super) line: String,
    /// What to search in stacks.
    pub(super) text: String,
    /// Whether it is the project's own code.
    pub(super) own: bool,
    /// Whether it has a name, which holds for other builds.
    pub(super) named: bool,
}

/// The same as data.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct LookedForAnswer {
    exception: Option<Untrusted>,
    message: Option<Untrusted>,
    /// Frames that tell it from others, innermost first.
    frames: Vec<Untrusted>,
    /// Whether they are the project's own code.
    own_code: bool,
    /// Whether its whole stack was compared, where others' were known; else its key frame alone.
    whole_stack: bool,
}

/// What the service says of a crash beside its stack.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Reported<'a> {
    pub(super) exception: Option<&'a str>,
    pub(super) message: Option<&'a str>,
    /// The app's package or bundle id.
    pub(super) bundle: Option<&'a str>,
}

/// Frames that tell.
const OWN: &[CodeOrigin] = &[CodeOrigin::Own];
const OTHERS: &[CodeOrigin] = &[
    CodeOrigin::ThirdParty,
    CodeOrigin::Unknown,
    CodeOrigin::Engine,
];
const SYSTEM: &[CodeOrigin] = &[CodeOrigin::Runtime, CodeOrigin::System];

impl LookedFor {
    /// Of a stack with what the service says of its exception. A stack of one frame is a key frame.
    pub(super) fn new(text: &str, reported: Reported<'_>, source: &SourceRules) -> Self {
        let Reported {
            exception,
            message,
            bundle,
        } = reported;
        let rules = OwnershipRules {
            own: source.own.clone(),
            strip: source.strip.clone(),
            bundle: bundle.map(str::to_owned),
        };
        let text = CrashText::new(text);
        let stack = text.stack();
        let found = stack.exception();
        let printed = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let exception = exception.map(str::to_owned);
        let exception = exception.or_else(|| found.and_then(|found| found.name).and_then(printed));
        let whole = stack.frames.len() > 1;
        let (frames, keys) = telling(&stack, &rules);
        Self {
            message: message
                .map(str::to_owned)
                .or_else(|| found.and_then(|found| printed(found.message))),
            frames,
            keys,
            stack: whole.then(|| with_exception(text.text(), exception.as_deref()).into_owned()),
            exception,
            rules,
        }
    }

    /// Its exception and one of its frames, as a text that is compared with key frames.
    pub(super) fn key_text(&self, frame: &TellingFrame) -> String {
        with_exception(&frame.line, self.exception.as_deref()).into_owned()
    }

    /// The frame that tells most, for reading.
    pub(super) fn place(&self) -> Option<&str> {
        self.keys.first().map(|frame| frame.name.as_str())
    }

    /// As data.
    pub(super) fn answer(&self) -> LookedForAnswer {
        let text = |text: &Option<String>| text.as_deref().map(Untrusted::from);
        let frames = self.frames.iter();
        LookedForAnswer {
            exception: text(&self.exception),
            message: text(&self.message),
            frames: frames
                .map(|frame| Untrusted::from(frame.name.as_str()))
                .collect(),
            own_code: self.frames.first().is_some_and(|frame| frame.own),
            whole_stack: self.stack.is_some(),
        }
    }
}

/// A stack with its exception before it, where the text does not say it.
pub(super) fn with_exception<'t>(text: &'t str, exception: Option<&str>) -> Cow<'t, str> {
    let stack = crash_digest::stack::parse(text);
    // What frames suggest is no more than that.
    let signal = stack.facts.signal.is_some() && !stack.facts.signal_by_frames;
    let says = signal || stack.exception().is_some_and(|found| found.name.is_some());
    match exception {
        Some(exception) if !says => format!("{exception}\n{text}").into(),
        _ => text.into(),
    }
}

/// The frames to search, and the key frames to compare with. Searched are the project's own; without one, those of
/// libraries and engines; without one, any that has a name or a place in a module.
fn telling(stack: &Stack<'_>, rules: &OwnershipRules) -> (Vec<TellingFrame>, Vec<TellingFrame>) {
    let Some(section) = stack.root().and_then(|root| stack.sections.get(root)) else {
        return (Vec::new(), Vec::new());
    };
    let ownership = rules.of_stack(stack);
    let frames: Vec<(CodeOrigin, TellingFrame)> = stack.frames[section.frames.clone()]
        .iter()
        .filter_map(|frame| {
            let origin = ownership.origin(frame);
            Some((origin, TellingFrame::read(frame, origin)?))
        })
        .collect();
    let of = |origins: &[CodeOrigin]| {
        let mut chosen: Vec<TellingFrame> = Vec::new();
        for (origin, frame) in &frames {
            // Recursion.
            let known = chosen.iter().any(|other| other.name == frame.name);
            if origins.contains(origin) && !known && chosen.len() < MOST_FRAMES {
                chosen.push(frame.clone());
            }
        }
        // A frame with symbols is found in other builds: it is searched first.
        chosen.sort_by_key(|frame| !frame.named);
        chosen
    };
    let searched = [OWN, OTHERS, SYSTEM].into_iter().map(of);
    let searched = searched
        .into_iter()
        .find(|chosen| !chosen.is_empty())
        .unwrap_or_default();
    let innermost = frames
        .iter()
        .find(|(origin, _)| OWN.contains(origin) || OTHERS.contains(origin));
    let mut keys: Vec<TellingFrame> = innermost
        .map(|(_, frame)| frame.clone())
        .into_iter()
        .collect();
    for frame in &searched {
        if !keys.iter().any(|key| key.name == frame.name) {
            keys.push(frame.clone());
        }
    }
    (searched, keys)
}

impl TellingFrame {
    fn read(frame: &Frame<'_>, origin: CodeOrigin) -> Option<Self> {
        Some(Self {
            name: frame.name().into_owned(),
            line: frame.raw.to_owned(),
            text: search_text(frame)?,
            own: origin == CodeOrigin::Own,
            named: frame.symbolicated(),
        })
    }
}

/// What a stack's text has wherever the frame is in it: the function as printed, without what differs between builds
/// and printers (parameters, template arguments, hashes of IL2CPP). Without symbols, its place in the module, which
/// holds for one build.
fn search_text(frame: &Frame<'_>) -> Option<String> {
    let Some(function) = frame.function else {
        let address = frame.address.filter(|address| address >> 32 == 0);
        return match (frame.line, frame.file, address) {
            (Some(line), Some(file), _) => Some(format!("{file}:{line}")),
            (_, _, Some(address)) => Some(format!("{address:x}")),
            _ => None,
        };
    };
    let short = frame.name();
    let printed = if frame.raw.contains(&*short) {
        &*short
    } else {
        let end = function.find(['(', '<']).unwrap_or(function.len());
        function[..end].rsplit(' ').next().unwrap_or(function)
    };
    let text = without_hash(printed).trim();
    let mut end = text.len().min(LONGEST_TEXT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    (end >= 3).then(|| text[..end].to_owned())
}

/// `InventoryPanel_RefreshSlot_m8C21D0E41F6A3B75` without the hash that changes with each build.
fn without_hash(name: &str) -> &str {
    match name.rsplit_once("_m") {
        Some((before, hash))
            if hash.len() >= 8 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) =>
        {
            before
        }
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looked_for(text: &str) -> LookedFor {
        LookedFor::new(text, Reported::default(), &SourceRules::default())
    }

    #[test]
    fn a_known_exception_stands_above_frames_that_suggest_another() {
        let frames = "#00 pc 0004a1b8  /system/lib/libc.so (abort+168)\n#01 pc 0004b2c8  /data/liborbit.so (dock_open+16)\n";
        assert_eq!(
            with_exception(frames, Some("SIGSEGV")),
            format!("SIGSEGV\n{frames}")
        );
        let named = format!("signal 6 (SIGABRT)\n{frames}");
        assert_eq!(with_exception(&named, Some("SIGSEGV")), named);
    }

    #[test]
    fn own_frames_are_searched_by_what_every_build_prints() {
        for (text, searched) in [
            (
                "#00 pc 0000000001a2b3c4 libUE4.so UStarVehicleMovement::ApplySuspension(FWheelState&, float) (D:/ws/A.cpp:412) [arm64-v8a]",
                "UStarVehicleMovement::ApplySuspension",
            ),
            (
                "#00 pc 0000000001a2b3c4 libil2cpp.so InventoryPanel_RefreshSlot_m8C21D0E41F6A3B75(InventoryPanel_t*, int32_t, MethodInfo const*) (D:/ws/Il2CppOutputProject/Source/il2cppOutput/Assembly-CSharp7.cpp:20411)",
                "InventoryPanel_RefreshSlot",
            ),
            (
                "java.lang.IllegalStateException: no ship\n\tat com.acme.Ship.fire(Ship.kt:31)\n\tat android.os.Handler.handle(Handler.java:1)",
                "com.acme.Ship.fire",
            ),
            (
                "00 Starfall-Win64-Shipping.exe!AStarPet::FollowOwner(float) [D:\\ws\\StarPet.cpp:152]",
                "AStarPet::FollowOwner",
            ),
        ] {
            let found = looked_for(text);
            let first = found.frames.first().map(|frame| frame.text.as_str());
            assert_eq!(first, Some(searched), "{text}");
        }
    }

    #[test]
    fn a_stack_without_symbols_is_searched_by_its_place() {
        let found = looked_for("#00 pc 0000000001a2b3c4 /data/app/x/lib/arm64/libgame.so");
        let first = &found.frames[0];
        assert_eq!((first.text.as_str(), first.named), ("1a2b3c4", false));
        assert!(found.stack.is_none(), "one frame is no stack");
    }

    #[test]
    fn the_exception_is_the_services_where_the_text_has_none() {
        let found = LookedFor::new(
            "#00 pc 01 libUE4.so AShip::Fire(int)\n#01 pc 02 libUE4.so UWorld::Tick(float)",
            Reported {
                exception: Some("SIGSEGV(SEGV_MAPERR)"),
                ..Reported::default()
            },
            &SourceRules::default(),
        );
        let stack = found.stack.unwrap();
        assert!(stack.starts_with("SIGSEGV(SEGV_MAPERR)\n#00"), "{stack}");
        assert_eq!(crash_digest::stack::parse(&stack).frames.len(), 2);
        assert!(
            looked_for("nothing that looks like a stack")
                .frames
                .is_empty()
        );
    }
}
