//! What was typed at a shell's prompt above what a program printed: `mf@build:~/orbit$ adb logcat | ndk-stack -sym obj`.

/// A prompt stands that near to the beginning of its line.
const NEAREST: usize = 120;

/// Programs that are called behind the bare sign of a prompt, which may as well begin a heading or a remark.
#[rustfmt::skip]
const CALLED: [&str; 55] = [
    "adb", "hdc", "hilog", "hisysevent", "hidumper", "logcat", "cat", "grep", "gdb", "lldb", "dmesg", "sudo", "su", "strace", "valgrind", "ndk-stack", "addr2line",
    "llvm-symbolizer", "minidump_stackwalk", "python", "python3", "node", "npm", "npx", "yarn", "cargo", "go", "java", "dotnet", "flutter", "ruby",
    "perl", "php", "make", "tail", "journalctl",
    "oc", "kubectl", "helm", "docker", "docker-compose", "podman", "nerdctl", "crictl", "systemctl", "coredumpctl", "ssh", "curl", "wget",
    "apt-get", "pip", "git", "modprobe", "insmod", "ldd",
];

/// Whether a line is a command behind a shell's prompt.
pub(crate) fn is_prompt(line: &str) -> bool {
    match line.as_bytes() {
        [b'$', b' ', ..] => is_command(&line[2..]),
        [b'#' | b'%', b' ', ..] => is_call(&line[2..]),
        _ => line.starts_with("\u{279c} ") || typed(line).is_some_and(is_command),
    }
}

/// Whether a shell asks again, below what a program printed, perhaps with the environment in front and with what was typed next:
/// `ann@pier:~/orbit$`, `(venv) PS C:\orbit>`, `[ann@pier orbit]$ ls`.
pub(crate) fn is_prompt_again(line: &str) -> bool {
    let rest = line
        .strip_prefix('(')
        .and_then(|inner| inner.split_once(") "))
        .filter(|(name, _)| !name.contains(' '))
        .map_or(line, |(_, rest)| rest);
    typed(rest).is_some_and(|command| command.is_empty() || is_command(command))
}

/// What was typed behind a prompt that names its place; `None` where the line has none.
fn typed(line: &str) -> Option<&str> {
    match line.as_bytes() {
        // `PS C:\orbit> .\orbit.exe`, `C:\orbit>orbit.exe`
        [b'P', b'S', b' ', _, b':', b'\\', ..] => behind_drive(&line[3..]),
        [b'A'..=b'Z' | b'a'..=b'z', b':', b'\\', ..] => behind_drive(line),
        [b'~', ..] => behind_place(line),
        // `[mf@build orbit]$ ./orbit`
        [b'[', ..] => {
            let (front, rest) = line[1..].split_once(']')?;
            let host = front.split(' ').next().unwrap_or(front);
            let rest = rest.strip_prefix(['$', '#']).filter(|_| is_host(host))?;
            (rest.is_empty() || rest.starts_with(' ')).then(|| rest.trim())
        }
        _ => at_host(line),
    }
}

/// `mf@build:~/orbit$ ./orbit`, `root@build:/# ./orbit`, `mf@air orbit % ./orbit`.
fn at_host(line: &str) -> Option<&str> {
    let near = &line.as_bytes()[..line.len().min(NEAREST)];
    let at = memchr::memchr(b'@', near)?;
    let end = line[at..]
        .find([':', ' '])
        .map_or(line.len(), |end| at + end);
    let (host, rest) = line.split_at(end);
    if !is_host(host) {
        return None;
    }
    if let Some(place) = rest.strip_prefix(':') {
        return behind_place(place);
    }
    // zsh's: the folder, a blank and the sign.
    let mut words = rest.trim_start().splitn(3, ' ');
    let folder = words.next().is_some_and(|folder| !folder.is_empty());
    let signed = matches!(words.next(), Some("%" | "$" | "#"));
    (folder && signed).then(|| words.next().unwrap_or_default())
}

/// `user@host`, both plain names.
fn is_host(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    name.split_once('@').is_some_and(|(user, host)| {
        let named = |part: &str| !part.is_empty() && part.bytes().all(plain);
        named(user) && named(host)
    })
}

/// `~/orbit$ ./orbit`: a folder without blanks, the sign right behind it.
fn behind_place(rest: &str) -> Option<&str> {
    let (place, command) = rest.split_once(' ').unwrap_or((rest, ""));
    (place.ends_with(['$', '#', '%']) && place.len() <= NEAREST).then_some(command)
}

/// `C:\orbit>orbit.exe`
fn behind_drive(line: &str) -> Option<&str> {
    let end = line.find('>').filter(|end| *end <= NEAREST)?;
    let (front, command) = (&line[3..end], &line[end + 1..]);
    let folder = !front.contains([':', '<', '|', '"', '*', '?', '(', '-']);
    folder.then(|| command.trim_start())
}

/// Whether something can be called: a name, a path.
fn is_command(command: &str) -> bool {
    command.starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '/' | '~' | '_'))
}

/// Whether one of the known programs is called, or one by its path.
fn is_call(command: &str) -> bool {
    let first = command.split(' ').next().unwrap_or(command);
    first.starts_with("./")
        || first.starts_with('/') && first.len() > 1
        || CALLED.contains(&first) && command.len() > first.len()
}

#[cfg(test)]
mod tests {
    use super::is_prompt;

    #[test]
    fn commands_are_told_from_what_programs_say() {
        for line in [
            "# hilog | grep DOCK",
            "$ ./orbit",
            "mf@build:~/orbit$ adb logcat | ndk-stack -sym obj",
            "root@build:/# ./orbit",
            "mf@Air-von-mf orbit % ./orbit",
            "[mf@build orbit]$ ./orbit",
            "C:\\games>orbit.exe",
            "PS C:\\games> .\\orbit.exe",
            "~/orbit$ ./orbit",
            "\u{279c} orbit git:(main) x ./orbit",
        ] {
            assert!(is_prompt(line), "{line}");
        }
        for line in [
            "# Platform: android",
            "# Crashed: Render: SIGSEGV",
            "$bay is not defined",
            "mf@acme.com: no bay",
            "mf@acme.com 100% lost",
            "open@dock.js:31",
            "C:\\games\\dock.cpp(31): std::vector<int>::at",
            "[dock@orbit] no bay",
            "% of bays",
        ] {
            assert!(!is_prompt(line), "{line}");
        }
    }
}
