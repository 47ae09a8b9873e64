//! Which modules of a stack the service has no symbols for.

use crash_digest::frame::{Frame, Language};
use crash_digest::ownership::{CodeOrigin, OwnershipRules};
use crash_digest::stack::Stack;
use schemars::JsonSchema;
use serde::Serialize;

use super::command::{self, Build, Kind};
use crate::project::CrashSightApp;
use crate::reply::{Block, Reply, Untrusted};

/// A module whose frames have no names.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct MissingModule {
    pub(super) module: Untrusted,
    pub(super) build_id: Option<Untrusted>,
    pub(super) upload: Kind,
    /// Frames of the stack without a name.
    pub(super) frames: usize,
}

/// The missing symbols of one report or issue, and the command that uploads them.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct MissingSymbols {
    version: Option<Untrusted>,
    modules: Vec<MissingModule>,
    /// The vendor's uploader, filled in; without the key.
    upload_command: Option<String>,
}

/// Folders of the operating system, whose symbols no app uploads.
const SYSTEM: &[&str] = &[
    "/system", "/apex", "/vendor", "/product", "/odm", "/usr/lib", "/System", "[vdso", "[anon:",
];

/// The modules of a stack that an app has symbols of and the service has not, those with the most frames first.
pub(crate) fn modules(stack: &Stack<'_>, rules: &OwnershipRules) -> Vec<MissingModule> {
    let ownership = rules.of_stack(stack);
    let mut found: Vec<MissingModule> = Vec::new();
    for frame in &stack.frames {
        let nameless = frame.language == Language::Native && !frame.symbolicated();
        let Some(module) = frame.module_name().filter(|_| nameless) else {
            continue;
        };
        if is_of_system(frame, ownership.origin(frame)) {
            continue;
        }
        match found.iter_mut().find(|known| known.module.raw() == module) {
            Some(known) => known.frames += 1,
            None => found.push(MissingModule {
                module: module.into(),
                build_id: build_id(stack, module),
                upload: Kind::Symbols,
                frames: 1,
            }),
        }
    }
    let replaced = stack.symbolication().obfuscated;
    if replaced > 0 {
        found.push(MissingModule {
            module: "Java code".into(),
            build_id: None,
            upload: Kind::Mapping,
            frames: replaced,
        });
    }
    found.sort_by_key(|module| std::cmp::Reverse(module.frames));
    found
}

fn is_of_system(frame: &Frame<'_>, origin: CodeOrigin) -> bool {
    let path = frame.module.unwrap_or_default();
    // IL2CPP's library holds the app's own code.
    let own_runtime = path.to_ascii_lowercase().contains("il2cpp");
    origin == CodeOrigin::System
        || (origin == CodeOrigin::Runtime && !own_runtime)
        || SYSTEM.iter().any(|folder| path.starts_with(folder))
}

fn build_id(stack: &Stack<'_>, module: &str) -> Option<Untrusted> {
    let mut builds = stack.facts.builds.iter();
    let (_, build) =
        builds.find(|(path, _)| path.rsplit(['/', '\\', '!']).next() == Some(module))?;
    Some((*build).into())
}

impl MissingSymbols {
    /// What is missing in a stack of this build; `None` where nothing is.
    pub(crate) fn read(
        stack: &Stack<'_>,
        rules: &OwnershipRules,
        app: &CrashSightApp,
        build: Build<'_>,
    ) -> Option<Self> {
        let modules = modules(stack, rules);
        let first = modules.first()?.upload;
        Some(Self {
            version: build.version.map(Untrusted::from),
            upload_command: command::line(app, build, first),
            modules,
        })
    }

    /// Shows what is missing, and how to upload it.
    pub(crate) fn show(&self, reply: &mut Reply) {
        const MOST: usize = 4;
        let names = self.modules.iter().take(MOST).map(|module| {
            let build = module
                .build_id
                .as_ref()
                .map(|id| format!(" ({})", id.line(40)));
            format!("{}{}", module.module.line(60), build.unwrap_or_default())
        });
        let mut names: Vec<String> = names.collect();
        if let Some(more @ 1..) = self.modules.len().checked_sub(MOST) {
            names.push(format!("{more} more"));
        }
        let version = self.version.as_ref().map(|version| version.line(40));
        let version = version.map_or_else(String::new, |version| format!(" of {version}"));
        let mut note = format!("missing symbols{version}: {}", names.join(", "));
        if let Some(command) = &self.upload_command {
            note.push_str("; upload: ");
            note.push_str(command);
        }
        reply.push(5, Block::Note(note));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        let stack = crash_digest::stack::parse(text);
        let found = modules(&stack, &OwnershipRules::default());
        let name = |module: &MissingModule| {
            let build = module.build_id.as_ref().map_or("", Untrusted::raw);
            format!("{} {build} {}", module.module.raw(), module.frames)
        };
        found.iter().map(name).collect()
    }

    #[test]
    fn own_libraries_are_missing_and_the_systems_are_not() {
        let stack = "\
#00 pc 0000000000051f4c  /apex/com.android.runtime/lib64/bionic/libc.so
#01 pc 0000000000201f3c  /data/app/x/lib/arm64/libUE4.so (BuildId: 0c1f)
#02 pc 0000000000301f3c  /data/app/x/lib/arm64/libUE4.so (BuildId: 0c1f)
#03 pc 0000000000301f3c  /data/app/x/lib/arm64/libfmod.so
#04 pc 0000000000401f3c  /data/app/x/lib/arm64/libUE4.so (AShip::Fire()+12) (BuildId: 0c1f)
#05 pc 0000000000401f3c  /system/lib64/libgui.so";
        assert_eq!(names(stack), ["libUE4.so 0c1f 2", "libfmod.so  1"]);
    }

    #[test]
    fn a_resolved_stack_misses_nothing() {
        assert!(names("#00 pc 01 libUE4.so AShip::Fire(int) (D:/x/Ship.cpp:31)").is_empty());
        assert!(names("").is_empty());
    }
}
