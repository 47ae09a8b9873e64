//! Every issue of every project: what breaks, where, how often and since when.
//!
//! A [`Spec`] is one line of the tables; an [`Issue`] is a spec in one project, with the names
//! of its platform. Engine and script faults occur on every platform.

mod android;
mod engine;
mod harmony;
mod ios;
mod pc;
mod script;
mod spec;
mod test_environment;

use std::sync::LazyLock;

pub(crate) use self::spec::{Nature, Quirk, Scope, Spec};

use crate::hash_random::{self, hash_text, mix};
use crate::ids;
use crate::projects::{Platform, Project};

/// The kinds that the vendor's operations distinguish.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    Crash,
    Anr,
    Error,
}

impl Kind {
    pub(crate) const ALL: [Self; 3] = [Self::Crash, Self::Anr, Self::Error];

    /// `crash`, `anr` or `error`, as in the requests' `type`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == text)
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Crash => "crash",
            Self::Anr => "anr",
            Self::Error => "error",
        }
    }
}

/// A spec in one project.
pub(crate) struct Issue {
    pub(crate) project: Project,
    /// Position in the project's list.
    pub(crate) number: u64,
    pub(crate) spec: &'static Spec,
    /// 32 hexadecimal digits: upper case, lower case on PC.
    pub(crate) id: String,
    /// Start of every hash about this issue.
    pub(crate) key: u64,
}

/// The issues of a project. Built at first use, in microseconds.
pub(crate) fn all(project: Project) -> &'static [Issue] {
    static LISTS: LazyLock<[Vec<Issue>; Project::ALL.len()]> =
        LazyLock::new(|| Project::ALL.map(build));
    &LISTS[hash_random::index(project.number())]
}

/// The issue with this id, with or without colons.
pub(crate) fn by_id(project: Project, id: &str) -> Option<&'static Issue> {
    let plain = ids::without_colons(id);
    all(project)
        .iter()
        .find(|issue| issue.id.eq_ignore_ascii_case(&plain))
}

fn build(project: Project) -> Vec<Issue> {
    let own = match project.platform() {
        Platform::Android => android::SPECS,
        Platform::Ios => ios::SPECS,
        Platform::Pc => pc::SPECS,
        Platform::Harmony => harmony::SPECS,
    };
    let shared = engine::SPECS.iter().chain(script::SPECS).chain(own);
    let listed = shared.filter(|spec| occurs_in(project, spec));
    let unreleased = if project.is_test() {
        test_environment::SPECS
    } else {
        &[]
    };
    (0..)
        .zip(listed.chain(unreleased))
        .map(|(number, spec)| Issue::new(project, number, spec))
        .collect()
}

/// Faults of both environments, whatever the others do: today's spike, and one that runs out of memory.
const SHARED: [&str; 2] = ["vehicle-suspension", "texture-streaming-memory"];

/// Whether a fault occurs in an environment: the test environment has two thirds of the live one's, and
/// none that an older version ended.
fn occurs_in(project: Project, spec: &Spec) -> bool {
    let shared = !hash_text(spec.slug).is_multiple_of(3) || SHARED.contains(&spec.slug);
    !project.is_test() || (shared && !matches!(spec.scope, Scope::Until(_)))
}

impl Issue {
    fn new(project: Project, number: u64, spec: &'static Spec) -> Self {
        let key = mix(hash_text(spec.slug) ^ mix(project.number() + 1));
        let id = ids::cased(project, format!("{key:016X}{:016X}", mix(key ^ 0x1d)));
        Self {
            project,
            number,
            spec,
            id,
            key,
        }
    }

    pub(crate) const fn kind(&self) -> Kind {
        match self.spec.nature {
            Nature::Anr => Kind::Anr,
            Nature::Lua | Nature::CSharp(_) | Nature::Js(_) => Kind::Error,
            _ => Kind::Crash,
        }
    }

    /// The exception's name as the platform has it.
    pub(crate) const fn exception(&self) -> &'static str {
        use Nature::{Abort, Anr, Bus, CSharp, Java, Js, Lua, Memory, Null, Objc, Overflow, Stale};
        match (self.spec.nature, self.project.platform()) {
            (Java(name) | Objc(name) | CSharp(name) | Js(name), _) => name,
            (Lua, _) => "LuaError",
            (Anr, _) => "ANR_EXCEPTION",
            (Null, Platform::Android | Platform::Harmony) => "SIGSEGV(SEGV_MAPERR)",
            (Stale | Overflow, Platform::Android | Platform::Harmony) => "SIGSEGV(SEGV_ACCERR)",
            (Bus, Platform::Android | Platform::Harmony) => "SIGBUS(BUS_ADRALN)",
            (Abort | Memory, Platform::Android | Platform::Harmony) | (Abort, Platform::Ios) => {
                "SIGABRT"
            }
            (Null, Platform::Ios) => "EXC_BAD_ACCESS(KERN_INVALID_ADDRESS)",
            (Stale | Overflow, Platform::Ios) => "EXC_BAD_ACCESS(KERN_PROTECTION_FAILURE)",
            (Bus, Platform::Ios) => "EXC_ARM_DA_ALIGN",
            (Memory, Platform::Ios) => "EXC_RESOURCE(RESOURCE_TYPE_MEMORY)",
            (Null | Stale, Platform::Pc) => "EXCEPTION_ACCESS_VIOLATION",
            (Overflow, Platform::Pc) => "EXCEPTION_STACK_OVERFLOW",
            (Bus, Platform::Pc) => "EXCEPTION_IN_PAGE_ERROR",
            (Abort, Platform::Pc) => "EXCEPTION_BREAKPOINT",
            (Memory, Platform::Pc) => "OUT_OF_MEMORY",
        }
    }

    /// The exception's message.
    pub(crate) const fn message(&self) -> &'static str {
        if !self.spec.message.is_empty() {
            return self.spec.message;
        }
        match (self.spec.nature, self.project.platform()) {
            (Nature::Null, Platform::Pc) => "Access violation reading location 0x0000000000000018",
            (Nature::Stale, Platform::Pc) => "Access violation writing location 0xFFFFFFFFFFFFFFFF",
            (Nature::Null, _) => "fault addr 0x0000000000000018",
            (Nature::Stale, _) => "fault addr 0x00000072a91f4c08",
            _ => "",
        }
    }

    /// The group in `exceptionTypeList`.
    pub(crate) const fn exception_type(&self) -> &'static str {
        match self.spec.nature {
            Nature::Java(_) | Nature::Objc(_) => "Crash",
            Nature::Anr => "ANR",
            Nature::Lua => "Lua",
            Nature::CSharp(_) => "Unity3D",
            Nature::Js(_) => "JS",
            _ => "Native",
        }
    }

    /// Whether the system ran out of memory.
    pub(crate) fn is_oom(&self) -> bool {
        self.spec.nature == Nature::Memory || self.exception() == "java.lang.OutOfMemoryError"
    }

    /// The report's `type`: 100 app crash, 101 native, 103 ANR, 104 C#, 106 Lua, 107 JS.
    pub(crate) const fn report_type(&self) -> &'static str {
        match (self.spec.nature, self.project.platform()) {
            (Nature::Anr, _) => "103",
            (Nature::CSharp(_), _) => "104",
            (Nature::Lua, _) => "106",
            (Nature::Js(_), _) => "107",
            (Nature::Java(_) | Nature::Objc(_), _) | (_, Platform::Ios) => "100",
            _ => "101",
        }
    }

    /// Days before today on which it was first seen: not before its first version was released.
    pub(crate) fn first_seen(&self) -> u32 {
        match self.spec.scope {
            Scope::Since(oldest) => {
                let release = self.project.releases().get(oldest);
                release
                    .map_or(0, |release| release.days_ago)
                    .min(self.spec.first_seen)
            }
            Scope::All | Scope::Until(_) => self.spec.first_seen,
        }
    }

    /// Crashes on an ordinary day, before the story's turns.
    pub(crate) const fn per_day(&self) -> u64 {
        self.spec.per_day * self.project.crash_percent() / 100 + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_project_has_issues_of_all_kinds() {
        for project in Project::ALL {
            let list = all(project);
            let expected = if project.is_test() { 20..=40 } else { 30..=50 };
            assert!(
                expected.contains(&list.len()),
                "{project:?}: {}",
                list.len()
            );
            let ids: HashSet<&str> = list.iter().map(|issue| issue.id.as_str()).collect();
            assert_eq!(ids.len(), list.len());
            for kind in [Kind::Crash, Kind::Anr, Kind::Error] {
                assert!(
                    list.iter().any(|issue| issue.kind() == kind),
                    "{project:?} {kind:?}"
                );
            }
            assert!(list.iter().all(|issue| !issue.spec.frames.is_empty()));
        }
    }

    #[test]
    fn an_issue_is_found_by_its_id_in_either_form() {
        let issue = &all(Project::Pc)[3];
        let found = by_id(Project::Pc, &ids::with_colons(&issue.id));
        assert_eq!(found.map(|found| found.number), Some(3));
        assert!(by_id(Project::Android, &issue.id).is_none());
        assert!(issue.id.chars().all(|digit| !digit.is_ascii_uppercase()));
    }
}
