//! Lists that loggers of mods print around their frames: what is loaded, and what a game held. None of it is a frame or words.

use crate::model::Builder;
use crate::text;

/// Which list is being read.
#[derive(Default)]
pub(super) struct ModLists {
    /// Modules, which look like frames without a name: `Orbit.exe   0x7FF6CD6D0000`.
    modules: bool,
    /// Objects, between braces: `[ 166]    ShadowNode(Name: null)`.
    objects: bool,
}

impl ModLists {
    /// Whether a list stands above, whose lines follow.
    pub(super) const fn is_within(&self) -> bool {
        self.modules || self.objects
    }

    /// Takes a line of such a list, or its heading; `false` where it is none.
    pub(super) fn take<'a>(&mut self, out: &mut Builder<'a>, line: &'a str) -> bool {
        if self.objects {
            self.objects = line != "}";
            out.stack.unrecognized.push(line);
            return true;
        }
        if self.modules {
            self.modules = !line.ends_with(':') && text::rsplit_once(line, " 0x").is_some();
            if self.modules {
                out.stack.unrecognized.push(line);
                return true;
            }
            return false;
        }
        if !line.starts_with(['M', 'P']) {
            return false;
        }
        if line == "MODULES:" {
            self.modules = true;
            return true;
        }
        let heading = line == "Probable callstack";
        self.objects = line.starts_with("Possible relevant objects (");
        if self.objects || heading {
            // The framework's settings stand above.
            out.drop_words();
            out.cut();
            return true;
        }
        false
    }
}
