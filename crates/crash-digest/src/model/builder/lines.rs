//! Words before, between and behind frames: which of them name the exception, which begin another report, which are prose.

use std::cell::LazyCell;

use super::Builder;
use super::dropped::is_prose;
use super::words::{
    is_complete, is_complete_in_perl, is_complete_in_quotes, is_complete_in_rust, is_led_in,
    is_logged, is_placed_in_lua, is_row, named_inside, said_again, unknown_message,
};
use crate::frame::Language;
use crate::log_prefix::level::Level;
use crate::log_prefix::{self, LogPrefix};
use crate::model::exception;
use crate::model::prompts::is_prompt;
use crate::model::related::RelatedKind;
use crate::model::stack::Part;
use crate::model::telling::{self, Telling};
use crate::model::thrown::Exception;
use crate::text;

/// How Flutter's box of an error begins.
const BOXED: &str = "The following ";

impl<'a> Builder<'a> {
    /// Whether V8 printed the last frame.
    fn frames_of_v8(&self) -> bool {
        self.stack
            .frames
            .last()
            .is_some_and(|frame| frame.language == Language::Script && frame.raw.starts_with("at "))
    }

    /// The paragraph of words has ended: what follows is more of an exception only where one was named.
    pub(crate) fn paragraph(&mut self) {
        (self.words.ended, self.parted) = (true, true);
        let head = self.words.line.starts_with(BOXED);
        if head || !self.words.boxed.is_empty() {
            self.words.cut |= !head || self.has_said();
        }
    }

    /// Something else stood between: nothing that follows is more of the exception.
    pub(crate) fn cut(&mut self) {
        (self.words.ended, self.words.cut) = (true, true);
    }

    /// A line of words before the frames: the exception, or more of its message; behind them it stays a line.
    ///
    /// Of several paragraphs the one that says most of an exception is kept: banners and settings precede it.
    pub(crate) fn words(&mut self, line: &'a str) {
        // A tracker's form has the reason below the frames.
        if line.starts_with("*** Terminating app due to uncaught exception '")
            && let [section] = &mut self.stack.sections[..]
            && !self.beside
            && section.exception.is_empty()
        {
            section.exception = exception::read(line);
            return;
        }
        if (!self.is_fresh() || self.beside) && self.behind_frames(line) {
            return;
        }
        // A row that no grammar knows is none either: `#06 …`.
        if line.starts_with('#') && is_row(line) && !exception::names_thrown(line) {
            return self.stack.unrecognized.push(line);
        }
        // What was typed at a shell's prompt is no exception, and begins what another program says; dots are left of a text.
        let omitted =
            line.starts_with(['.', '\u{2026}']) && line.trim_matches(['.', '\u{2026}']).is_empty();
        let typed = is_prompt(line);
        if omitted && !self.has_said() || typed {
            self.typed |= typed;
            self.stack.unrecognized.push(line);
            return self.cut();
        }
        // `The call stack:`, `Xamarin Exception Stack:` behind the exception.
        let heading = is_led_in(line)
            && ["stack", "trace", "Stack", "Trace"]
                .iter()
                .any(|word| text::has(line, word));
        if heading && !self.stack.sections.is_empty() {
            return self.cut();
        }
        // Asked where the answer counts: most lines of a long text are more of the same words.
        let telling = LazyCell::new(|| telling::telling(line));
        if self.stack.sections.is_empty() {
            (self.words.telling, self.words.ended, self.words.cut) = (*telling, false, false);
            self.typed = false;
            self.words.line = line;
            return self.named(Part::Main, line);
        }
        let current = self.section().exception;
        if self.named_again(line, current) {
            return;
        }
        if self.is_led_to(line, current) {
            return;
        }
        // Behind a message that nothing is added to it does not count, and a long one costs too much.
        let short = !self.words.cut && !current.message.contains('\n');
        let logged = !current.is_empty() && is_logged(line);
        self.words.ended |= logged;
        let complete = short
            && (is_complete(current.message)
                || is_complete_in_rust(self.words.line)
                || is_complete_in_quotes(self.words.line)
                || !line.starts_with("at ") && is_complete_in_perl(current.message));
        if current.is_empty() || self.says_more(line, current, complete, &telling) {
            if self.words.line.starts_with(BOXED) {
                self.words.boxed = self.words.line;
            }
            (self.words.telling, self.words.ended, self.words.cut) = (*telling, false, false);
            self.typed = false;
            self.keeps_of_words(current);
            self.words.line = line;
            let part = self.section().part;
            self.stack.sections.pop();
            if part == Part::Main {
                self.outer.clear();
            }
            self.named(part, line);
        } else if self.words.cut
            || logged
            || complete
            || self.words.ended && self.words.telling < Telling::Named && current.name.is_none()
        {
            // What goes on below a log's line is of that line, and nothing behind a complete message is of that one.
            if logged || complete {
                self.cut();
            }
            if telling::says_signal(line) {
                self.stack.facts.reason("", line);
            } else if let Some(said) = unknown_message(line).filter(|_| logged) {
                self.stack.facts.reason("also logged", said);
            } else {
                self.stack.unrecognized.push(line);
            }
        } else if current.name.is_some() && text::has(line, "(SIG") {
            self.stack.facts.reason("", line);
        } else {
            // An older Rust names the place behind the last line of the message.
            let rust = current.name == Some("panic") && text::has(self.words.line, "panicked at '");
            let (line, place) = text::rsplit_once(line, "', ")
                .filter(|(_, place)| rust && text::file_line(place).1.is_some())
                .map_or((line, None), |(line, place)| (line, Some(place)));
            let message = self.span(current.message, line);
            self.section().exception.message = message;
            if let Some(place) = place {
                self.stack.facts.reason("at", place);
                self.cut();
            }
        }
    }

    /// What C++'s library says behind the stack of what nothing caught, `libc++abi: terminating due to uncaught exception of type
    /// std::out_of_range: vector`: the exception, or of a named one a framework's own type. `true` where the line is that.
    fn is_said_by_library(&mut self, line: &'a str) -> bool {
        const SAID: &str = " uncaught exception of type ";
        let said = Some(line)
            .filter(|line| line.starts_with("libc++abi") && !self.beside)
            .and_then(|line| text::find(line, ": terminating "))
            .and_then(|at| text::split_once(&line[at + ": ".len()..], SAID));
        let Some((front, kind)) = said else {
            return false;
        };
        let (name, message) = text::split_once(kind, ": ").unwrap_or((kind, ""));
        match self.stack.exception().map(|known| known.name) {
            None => {
                let name = Some(name);
                self.section().exception = Exception { name, message };
            }
            Some(Some(known)) if name == known || name == "NSException" => {}
            Some(_) => self.stack.facts.reason("", self.span(front, kind)),
        }
        self.stack.unrecognized.push(line);
        true
    }

    /// A line of words behind frames, which may name another report's exception; `false` where it names this one's.
    fn behind_frames(&mut self, line: &'a str) -> bool {
        if self.is_said_by_library(line) {
            return true;
        }
        let last = self.stack.related.last();
        let report = !self.beside || last.is_some_and(|last| last.kind == RelatedKind::Further);
        // A plain error of a script or of C#, where a stack of its own follows.
        let last_frame = self.stack.frames.last();
        let plain = line.starts_with("Error: ")
            && last_frame.is_some_and(|frame| {
                frame.language == Language::Lua
                    || frame.language == Language::Script && frame.module.is_none()
            })
            || line.starts_with("Exception: ")
                && last_frame.is_some_and(|frame| frame.language == Language::CSharp);
        if !report || !(plain || exception::names_thrown(line)) {
            // A log's next failure, where a stack of its own follows; without a type its words name it.
            let logged = Some(line)
                .filter(|line| report && line.starts_with(|c: char| c.is_ascii_digit()))
                .and_then(log_prefix::read)
                .filter(|prefix| prefix.failed() && !prefix.said.trim().is_empty());
            let inside = self.frames_of_v8() && report;
            let inside = Some(line).filter(|_| inside).and_then(named_inside);
            self.later = inside
                .or_else(|| logged.map(|prefix| prefix.said.trim()))
                .or(self.later);
            self.stack.unrecognized.push(line);
            return true;
        }
        if !self.ends_program(line) {
            self.later = Some(line);
            self.stack.unrecognized.push(line);
            return true;
        }
        // What was caught and printed before is another report; what is printed behind this one is again.
        self.set_aside_named();
        if self.fatal == [false, true] {
            self.fatal = [true, false];
        }
        false
    }

    /// Whether a log's line says what the one above it announced, `First Chance Exception:`, or nothing.
    fn is_led_to(&mut self, line: &'a str, current: Exception<'a>) -> bool {
        if !line.starts_with(|c: char| c.is_ascii_digit()) || current.name.is_some() {
            return false;
        }
        let Some(prefix) = log_prefix::read(line).filter(LogPrefix::failed) else {
            return false;
        };
        let said = prefix.said.trim();
        let led_in = is_led_in(current.message) && !said.is_empty();
        if led_in {
            self.section().exception = exception::read(said);
            self.words.line = line;
        }
        led_in || said.is_empty()
    }

    /// Lines that name the exception again, or say only what it is about; `true` where one was taken.
    fn named_again(&mut self, line: &'a str, current: Exception<'a>) -> bool {
        if let Some(what) = line.strip_prefix("what():").map(str::trim_start)
            && current.name.is_some()
            && current.message.is_empty()
        {
            self.section().exception.message = what;
            return true;
        }
        // Of another exception that was thrown meanwhile the C++ library says no more.
        if line == "terminate called recursively" && current.name.is_some() {
            self.stack.facts.reason("", line);
            return true;
        }
        // A window's title, and the same word in front of what it is about: `Error`, `Error: Error: spawn EPERM`.
        if let Some(name) = current.name.filter(|_| current.message.is_empty())
            && let Some(mut message) = said_again(line, name)
        {
            while let Some(rest) = said_again(message, name) {
                message = rest;
            }
            self.section().exception.message = message;
            return true;
        }
        // A heading alone on its line, as on the screen of a game's engine, names no type.
        let heading = self.words.line == "Error" && current.name == Some("Error");
        if heading && current.message.is_empty() && line != "Error" {
            self.section().exception = exception::read(line);
            (self.words.telling, self.words.ended) = (telling::telling(line), false);
            self.words.line = line;
            return true;
        }
        // V8's stack of an error that says nothing, below a panic's own words.
        if line == "Error" && current.name == Some("panic") && !current.message.is_empty() {
            return true;
        }
        // A form's own `Exception: no ship` above the stack that names it: `com.acme.Lost: no ship`.
        if current.name == Some("Exception") {
            let named = exception::read(line);
            let again = !named.message.is_empty() && current.message.starts_with(named.message);
            if again && named.name.is_some() {
                self.section().exception = named;
                self.words.line = line;
                return true;
            }
        }
        // Crashlytics and Visual Studio name it once more below its message, a form below what it put between.
        if let Some(name) = current.name
            && text::has(line, name)
            && (line != self.words.line || line.starts_with("Fatal Exception: "))
        {
            let named = exception::read(line);
            if named.name == current.name && named.message.is_empty() {
                return true;
            }
            let rest = current.message.strip_prefix(named.message);
            // Cut off inside of its line it says less: `… java.net.ConnectEx`.
            let goes_on = |rest: &str| rest.starts_with(|c: char| c.is_alphanumeric() || c == ' ');
            let cut = rest.is_some_and(goes_on) && !current.message.contains('\n');
            if named.name == current.name && cut {
                self.stack.unrecognized.push(line);
                self.cut();
                return true;
            }
            let again = rest.is_some() && line != self.words.line;
            if named.name == current.name && again {
                self.section().exception = named;
                return true;
            }
        }
        // A log names it again in front of its frames: what stood between is no more of the message.
        if line == self.words.line
            && current.message.contains('\n')
            && self.words.telling == Telling::Named
        {
            self.section().exception = exception::read(line);
            return true;
        }
        false
    }

    /// The frames' heading follows: of the lines of a log above it, those before one that tells of an error are none of its
    /// message.
    pub(crate) fn message_ends(&mut self) {
        // A few lines may be of the message itself.
        const FEW: usize = 3;
        let message = self.section().exception.message;
        if self.words.telling == Telling::Named || !message.contains('\n') {
            return;
        }
        let mut lines = text::lines(message).map(str::trim).skip(FEW);
        let tells = |line: &&str| telling::tells_of_crash(line) || text::has(line, ".lua:");
        if let Some(first) = lines.find(tells) {
            let said = self.span(first, message.lines().next_back().unwrap_or(first).trim());
            self.section().exception = exception::read(said);
            self.words.telling = telling::telling(first);
            self.words.line = first;
        }
    }

    /// Whether a line says more of an exception than what was taken for it so far.
    fn says_more(
        &self,
        line: &str,
        current: Exception<'_>,
        complete: bool,
        telling: &LazyCell<Telling, impl FnOnce() -> Telling>,
    ) -> bool {
        const FAR: usize = 1 << 14;
        let short = !self.words.cut && !current.message.contains('\n');
        // `Exception` alone announces the one on the next line, Android's wrapper of a .NET exception says nothing else.
        let announces = current.message.starts_with("Exception of type 'Android.")
            || current.message.is_empty()
                && current.name.is_some_and(|name| !name.contains('.'))
                && **telling == Telling::Named;
        let sure = self.words.telling < Telling::Named && exception::names_thrown(line);
        // A reader may have named it itself.
        let held = current.name.map_or(self.words.telling, |_| Telling::Named);
        // `We see this error in the console:`, and below it, apart, what it was.
        let led_in = self.words.ended
            && held == Telling::Crash
            && **telling == Telling::Crash
            && is_led_in(current.message);
        // Nor does a person's sentence about it count.
        let told = self.words.ended
            && held == Telling::Crash
            && **telling == Telling::Crash
            && is_prose(self.words.line)
            && !is_prose(line);
        // What a log said before is not what ended the program.
        let ends = telling::begins_uncaught(line, self.words.line) && **telling == Telling::Named;
        // Nor is what it warned of.
        let warned = telling::is_warning(self.words.line) && !telling::is_warning(line);
        let enough = if complete || self.words.cut {
            Telling::Crash
        } else {
            Telling::Named
        };
        let ends = ends || warned && **telling >= enough;
        // A log's lines above it; a report's own are not that far behind them.
        let near = current.message.len() < FAR;
        let named = held == Telling::Words && near && **telling > held;
        // A console's lines stand apart, or have no such mark in front: `[ERROR] lua/dock.lua:26: attempt to index a nil value`.
        let placed = (self.words.ended || line.starts_with('['))
            && held < Telling::Named
            && is_placed_in_lua(line)
            && !is_placed_in_lua(self.words.line);
        // A program's own check is what ended it, whatever its log said before.
        let checked = held == Telling::Crash
            && near
            && telling::begins_assertion(line)
            && !telling::begins_assertion(self.words.line);
        // Nor what a logger warned of: `[warn] … TypeError: no bay`, and below it `[fatal] … TypeError: no bay`.
        let worse = || {
            let level = |line| log_prefix::read(line).and_then(|prefix| prefix.level);
            **telling >= Telling::Crash
                && level(self.words.line) == Some(Level::Warned)
                && level(line) > Some(Level::Warned)
        };
        // What was typed between ran another program: `Error from server: no bay`.
        let of_another = self.typed
            && held < Telling::Named
            && (**telling > Telling::Words || line.starts_with("Error "))
            && !telling::says_signal(self.words.line);
        announces
            || of_another
            || sure
            || checked
            || led_in
            || told
            || ends
            || named
            || placed
            || (self.words.ended || short) && **telling > held
            || worse()
    }

    /// An exception that a reader is sure of takes the place of words; lines behind it are more of its message.
    pub(crate) fn sure(&mut self, exception: Exception<'a>, line: &'a str) {
        self.section().exception = exception;
        self.words.telling = Telling::Named;
        (self.words.ended, self.words.cut) = (false, false);
        self.words.line = line;
    }

    /// Whether the exception is taken from a line that begins so.
    pub(crate) fn is_sure_of(&self, start: &str) -> bool {
        self.words.line.starts_with(start)
    }

    /// Whether the exception that is being read has a message.
    pub(crate) fn has_said(&self) -> bool {
        let last = self.stack.sections.last();
        last.is_some_and(|section| !section.exception.message.is_empty())
    }

    /// Whether the line names the exception that ended the program, and the one before it is another that did not.
    fn ends_program(&self, line: &str) -> bool {
        let before = self.stack.sections.first().map(|section| section.exception);
        // Mono names it twice, and the text may end there: `[ERROR] FATAL UNHANDLED EXCEPTION: Orbit.Lost: no b`.
        let named = exception::read(line);
        let again = |before: Exception<'_>| {
            before.name == named.name
                && !named.message.is_empty()
                && before.message.starts_with(named.message)
        };
        let other = before.is_some_and(|before| before != named && !again(before));
        let [first, later] = self.fatal;
        let ended = first || telling::is_uncaught(self.words.line);
        // Several were caught and printed before the one that a heading announces.
        let beside = self.beside && !(later && self.is_further());
        !beside && other && !ended && (later || telling::is_uncaught(line))
    }

    /// What follows ended the program: `FATAL EXCEPTION: main`.
    pub(crate) fn fatal(&mut self) {
        self.fatal[usize::from(self.has_frames())] = true;
    }

    /// Whether it is one behind another that did.
    pub(crate) const fn is_fatal_again(&self) -> bool {
        self.fatal[0] && self.fatal[1]
    }

    /// Another report of the same kind begins, one that this line names: the first is the text's own. The end of one whose
    /// beginning is cut off stands in front of it.
    pub(crate) fn report(&mut self, line: &'a str) {
        let mut sections = self.stack.sections.iter();
        let unnamed = sections.all(|section| section.exception.is_empty());
        if self.has_frames() && !unnamed {
            return self.further(line);
        }
        if self.has_frames() {
            let first = self.stack.frames.first().map_or("", |frame| frame.raw);
            // The memory told so far was that one's.
            let of_memory = [RelatedKind::AllocatedBy, RelatedKind::FreedBy];
            let related = &mut self.stack.related;
            related.retain(|known| !of_memory.contains(&known.kind));
            self.stack.facts.reasons.clear();
            self.set_aside_as(RelatedKind::Earlier, first);
        }
        let message = line;
        self.sure(
            Exception {
                name: None,
                message,
            },
            line,
        );
    }
}
