//! What people write around a report that they paste, told from what programs print.

use super::telling::{is_asked, tells_of_crash, words};
use crate::text;

/// Whether a person says it to others, in a sentence or as the heading of what is quoted below.
pub(crate) fn is_spoken(line: &str) -> bool {
    is_asked(line)
        || is_greeting(line)
        || leads_in(line)
        || names_what_follows(line)
        || is_told(line)
        || is_added(line)
        || is_machine(line)
        || is_seen_again(line)
        || is_listed(line)
}

/// Whether a person says it beyond doubt, even in a line directly below what a program said: `Thanks!`, `what am I doing wrong?`
pub(crate) fn is_surely_spoken(line: &str) -> bool {
    is_greeting(line) && line.len() <= 40
        || line.ends_with('?') && (is_asked(line) || is_told(line))
        || is_ending(line)
}

/// Whether a line is a question, or ends as a sentence of words alone does: `The crash of the dock, it seems a null pointer.`
pub(super) fn is_sentence(line: &str) -> bool {
    const FEWEST: usize = 5;
    let words = words(line);
    let asked = line.ends_with(['?', '？']) && (words >= FEWEST || !line.is_ascii());
    // Programs exclaim as well.
    let ended = line.ends_with(['.', '。']) && words >= FEWEST;
    let code = ["::", ": ", "0x", "' failed", "();"];
    // `The app crashes on start with this backtrace`
    let last = line.rsplit(' ').next().unwrap_or(line);
    let stacks = ["trace", "stacktrace", "backtrace"];
    let shown = || {
        let mut known = QUOTED.iter().chain(&stacks);
        words >= FEWEST && is_plain(line) && known.any(|known| last.eq_ignore_ascii_case(known))
    };
    let told = || words >= 2 * FEWEST && line.contains(". ") || is_title_of_crash(line);
    (asked || ended || shown() || told()) && !code.iter().any(|sign| line.contains(sign))
}

/// A title of a person's that says where or when it ends: `Crash in liborbit.so on older phones`, `Native crash on Pixel 6`.
fn is_title_of_crash(line: &str) -> bool {
    #[rustfmt::skip]
    const WHERE: [&str; 16] = [
        "in", "on", "at", "when", "while", "with", "after", "during", "from", "for", "if", "since", "every", "only", "randomly", "inside",
    ];
    const CRASH: [&str; 4] = ["crash", "crashes", "crashed", "crashing"];
    let is =
        |word: &str, known: &[&str]| known.iter().any(|known| word.eq_ignore_ascii_case(known));
    let head: Vec<&str> = line.split(' ').take(5).collect();
    head.windows(2)
        .any(|pair| is(pair[0], &CRASH) && is(pair[1], &WHERE))
}

/// Whether a line has nothing but words in it: no names of a program, no numbers but versions, no marks of code.
fn is_plain(line: &str) -> bool {
    let word = |word: &str| {
        let word = word.trim_matches(['.', ',', '!', '?', '(', ')']);
        let version = word.starts_with(|c: char| c.is_ascii_digit()) && !word.starts_with("0x");
        let letters = |byte: u8| byte.is_ascii_alphabetic() || matches!(byte, b'\'' | b'-' | b'/');
        let name = word.len() > 1
            && word[1..].bytes().any(|byte| byte.is_ascii_uppercase())
            && word.bytes().any(|byte| byte.is_ascii_lowercase());
        (version || word.bytes().all(letters)) && (!name || word.contains('-'))
    };
    line.is_ascii() && line.len() <= 160 && line.split(' ').all(word)
}

/// What people say of a crash that they saw before, or add to a post: `Still crashing.`, `Got another crash today`, `Crash log attached`.
fn is_seen_again(line: &str) -> bool {
    #[rustfmt::skip]
    const AGAIN: [&str; 16] = [
        "still", "again", "another", "same", "twice", "today", "yesterday", "everytime", "keeps", "continues", "attached",
        "attaching", "often", "sometimes", "always", "every",
    ];
    const CRASHED: [&str; 5] = ["crash", "crashes", "crashed", "crashing", "exception"];
    const MOST: usize = 14;
    let (mut again, mut crashed, mut count) = (false, false, 0);
    for word in line.split(' ').take(MOST + 1) {
        let word = word.trim_matches(['.', ',', '!', '?', '(', ')']);
        let is = |known: &&str| known.eq_ignore_ascii_case(word);
        again |= AGAIN.iter().any(is);
        crashed |= CRASHED.iter().any(is);
        count += 1;
    }
    again && crashed && (2..=MOST).contains(&count) && is_plain(line)
}

/// Whether a line of plain words says of a crash only that there was one: `crash log`, `An exception again`. Where a report says
/// how it ended, it tells nothing more.
pub(super) fn tells_nothing_more(line: &str) -> bool {
    #[rustfmt::skip]
    const GENERAL: [&str; 12] = [
        "crash", "crashes", "crashed", "crashing", "exception", "exceptions", "error", "errors", "fatal", "abort", "log",
        "report",
    ];
    let says_more = |word: &&str| {
        let word = word.trim_matches(['.', ',', '!', '?', '(', ')']);
        !GENERAL.iter().any(|known| known.eq_ignore_ascii_case(word))
    };
    is_plain(line) && {
        let others: Vec<&str> = line.split(' ').filter(says_more).collect();
        !tells_of_crash(&others.join(" "))
    }
}

/// What a person calls that which is quoted below.
const QUOTED: [&str; 6] = ["log", "logs", "output", "logcat", "report", "console"];

/// Whether a heading has its number in a person's list, and names what is quoted below: `2. FULL CRASH LOG`.
pub(crate) fn is_listed(line: &str) -> bool {
    let Some((number, heading)) = text::digits(line) else {
        return false;
    };
    let Some(heading) = heading
        .strip_prefix(['.', ')'])
        .map(|rest| rest.trim_end_matches([':', ' ']))
    else {
        return false;
    };
    let last = heading.rsplit(' ').next().unwrap_or(heading);
    let stacks = ["trace", "stacktrace", "backtrace", "dump"];
    number.len() <= 2
        && heading.starts_with(' ')
        && heading.len() <= 60
        && QUOTED
            .iter()
            .chain(&stacks)
            .any(|quoted| last.eq_ignore_ascii_case(quoted))
        && heading
            .bytes()
            .all(|byte| byte.is_ascii_alphabetic() || byte == b' ' || byte == b'-')
}

/// `Hi all,`, `Hello!`, `Any ideas?`, `Thanks!`
fn is_greeting(line: &str) -> bool {
    #[rustfmt::skip]
    const GREETINGS: &[&str] = &[
        "Hi", "Hello", "Hey", "Greetings", "Dear", "Good", "Hallo", "Guten", "Bonjour", "Salut", "Hola", "Buenas", "Olá",
        "Oi", "Ciao", "Cześć", "Witam", "Привет", "Здравствуйте", "Merhaba", "你好", "您好", "Thanks", "thanks", "Thank",
        "Cheers", "Regards", "Danke", "Merci", "Gracias", "Obrigado", "Grazie", "Спасибо", "谢谢",
    ];
    let first = line
        .split([' ', ',', '!', '.', '，', '！'])
        .next()
        .unwrap_or(line);
    (GREETINGS.contains(&first) || line.starts_with("Any idea") || line.starts_with("Any help"))
        && line.len() <= 60
        && line.ends_with(|c: char| !c.is_ascii_digit())
}

/// The heading of what is quoted below: `Here's the error:`, `Full log:`, `日志如下：`.
fn leads_in(line: &str) -> bool {
    #[rustfmt::skip]
    const OPENERS: [&str; 26] = [
        "Here ", "Here's ", "Heres ", "here is ", "here's ", "This is ", "These are ", "Below ", "below ", "See ",
        "Getting ", "getting ", "Got ", "got ", "And ", "and ", "Also ", "also ", "Then ", "then ", "Attached ",
        "The following is", "The error is", "The log", "The stack", "With ",
    ];
    if line.ends_with('：') || line.ends_with("如下") || line.ends_with("如下:") {
        return !line.is_ascii();
    }
    let Some(words) = line
        .strip_suffix(':')
        .map(|line| line.trim_end_matches([' ', '*']))
    else {
        return shows(line);
    };
    let opened = OPENERS.iter().any(|opener| words.starts_with(opener));
    let last = words.rsplit(' ').next().unwrap_or(words);
    let quoted = QUOTED
        .iter()
        .any(|quoted| last.eq_ignore_ascii_case(quoted));
    let quoted =
        quoted && words.split(' ').count() <= 6 && !words.contains(|c: char| c.is_ascii_digit());
    words.contains(' ') && (opened || quoted) && !words.contains([':', '\'', '"'])
        || words.starts_with("Here's ")
}

/// A heading of a person's for what is quoted below, `The error:`, `in the log:`, and a sentence that ends in one:
/// `… it closes while loading. Hier der Log:`, `The build stops with this:`. Programs name the kind, `Lua error:`.
fn names_what_follows(line: &str) -> bool {
    #[rustfmt::skip]
    const OPENERS: [&str; 30] = [
        "The", "the", "This", "this", "My", "my", "Full", "full", "Complete", "Whole", "Entire", "Exact", "In", "in", "From", "from", "Hier",
        "hier", "Aquí", "Aqui", "Voici", "Ecco", "Relevant", "Some", "Last", "Browser", "Chrome", "Firefox", "Safari", "And",
    ];
    #[rustfmt::skip]
    const QUOTED: [&str; 18] = [
        "error", "errors", "exception", "log", "logs", "logcat", "output", "console", "report", "trace", "stacktrace", "traceback",
        "crashlog", "message", "result", "details", "terminal", "logfile",
    ];
    const POINTED: [&str; 13] = [
        "this",
        "these",
        "following",
        "below",
        "says",
        "said",
        "shows",
        "get",
        "got",
        "gives",
        "see",
        "prints",
        "that",
    ];
    let Some(words) = line.strip_suffix(':') else {
        return false;
    };
    let last = text::rsplit_once(words, ". ").map_or(words, |(_, last)| last);
    let plain = |c: char| c.is_alphabetic() || matches!(c, ' ' | '\'' | '-' | ',');
    if last.is_empty() || last.len() > 200 || !last.chars().all(plain) {
        return false;
    }
    let end = last.rsplit(' ').next().unwrap_or(last).to_lowercase();
    let first = last.split(' ').next().unwrap_or(last);
    let count = last.split(' ').count();
    let heading = (2..=6).contains(&count) && OPENERS.contains(&first);
    heading && QUOTED.contains(&end.as_str()) || count >= 4 && POINTED.contains(&end.as_str())
}

/// What was added to a post, `Edit: solved it by deleting the folder.`, and how it ends: `and that's all...`
fn is_added(line: &str) -> bool {
    const ADDED: [&str; 9] = [
        "Edit: ", "EDIT: ", "edit: ", "Update: ", "UPDATE: ", "PS: ", "P.S. ", "Note: I ",
        "EDIT 2: ",
    ];
    ADDED.iter().any(|added| line.starts_with(added)) && line.split(' ').count() >= 4
        || is_ending(line)
}

/// `and that's all...`
fn is_ending(line: &str) -> bool {
    let ends = ["hat's all", "hats all", "hat's it"];
    let end = line.trim_end_matches(['.', '!', ' ']);
    line.len() <= 40 && ends.iter().any(|words| end.ends_with(words))
}

/// A machine that a person names in a line of its own: `Windows 10, GTX 1060`.
fn is_machine(line: &str) -> bool {
    const NAMES: [&str; 12] = [
        "Windows", "Linux", "Ubuntu", "Debian", "Fedora", "macOS", "MacOS", "Mac", "Android",
        "iOS", "iPhone", "Win10",
    ];
    let (first, rest) = text::word(line);
    NAMES.contains(&first)
        && line.len() <= 80
        && rest.bytes().any(|byte| byte.is_ascii_digit())
        && !rest.contains([':', '=', '(', '/', '\\', '[', '!'])
}

/// Whether a person shows what stands below, whatever the words are that it is called by.
pub(crate) fn is_shown(line: &str) -> bool {
    shows(line) && !line.contains(": ")
}

/// What somebody shows: `Here's the log`, `Also here is another crash`.
fn shows(line: &str) -> bool {
    const BEFORE: [&str; 8] = ["Also", "And", "So", "But", "OK", "Ok", "Now", "Then"];
    let (first, rest) = text::word(line);
    let joined = BEFORE.contains(&first.trim_end_matches(','));
    let shown = if joined { rest } else { line };
    let pointed = ["ere is ", "ere's ", "ere are ", "ere you go", "ere it is"];
    let here = shown.strip_prefix(['H', 'h']);
    here.is_some_and(|rest| pointed.iter().any(|words| rest.starts_with(words)))
        && (joined || shown.starts_with('H'))
}

/// A sentence of what happened to a person: `Since the last update it closes for some of our players.`
fn is_told(line: &str) -> bool {
    #[rustfmt::skip]
    const TOLD: [&str; 59] = [
        " only occurs ", " only happens ", " occurs when ", " occurs only ", " happens only ", "very time the ", "very time I ",
        "After a while the ", "Getting the following ", "Since version ", "This leads to ", "Sometimes, ", "Sometimes it ",
        "tack trace from ", "rash report from ", "rash log from ", "Recently noticed", "noticed the following",
        " our ", "players ", " users ", "since the ", "Since the ", "after the update", "after updating",
        "After updating", "latest version", "latest update", " on my ", "this issue", "this bug", "this crash",
        "this error", "This error", "this happens", "This happens", "it happens", "happens when", "when opening",
        "when I", "lease help", "lease fix", "lease let ", "ny help", "ny idea", "tried ", "reproduc", " we ", "We ",
        "hank you", "what I ", "Steps to ", "not sure ", "Not sure ", "o idea ", "oing wrong", "orks fine", "my game", "my app",
    ];
    let head = text::head(line, 300);
    head.split(' ').count() >= 4
        && !head.contains(": ")
        && (TOLD.iter().any(|told| head.contains(told)) || says_what_it_did(head))
}

/// Whether somebody who writes in small letters says what he does: `after i build the app it shows nothing`.
fn says_what_it_did(head: &str) -> bool {
    #[rustfmt::skip]
    const VERBS: [&str; 24] = [
        "get", "got", "have", "had", "try", "tried", "click", "open", "opened", "start", "started", "run", "ran", "build", "built", "use", "am",
        "can", "can't", "did", "do", "press", "see", "updated",
    ];
    let mut words = head.split(' ');
    words.any(|word| word == "i") && words.next().is_some_and(|verb| VERBS.contains(&verb))
}
