//! What loggers and runners of programs put in front of lines, before stacks of four runtimes: on every line, and on the first
//! alone. The prefixes are those of the libraries' documents and of public logs.

use crash_digest::CrashText;
use crash_digest::digest::{Digest, Options};
use crash_digest::merge::Reported;
use crash_digest::ownership::OwnershipRules;

const PREFIXES: [&str; 161] = [
    "orbit-api-1  | ",
    "orbit_api_1     | ",
    "08:10:11 web.1  | ",
    "0|orbit    | ",
    "0|orbit  | 2026-11-22T08:10:11: ",
    "[pod/orbit-6f7d9c-abcde/api] ",
    "2026-11-22T08:10:11.123456789Z stderr F ",
    "Nov 22 08:10:11 moon orbit[4711]: ",
    "2026-11-22T08:10:11+0000 moon orbit[4711]: ",
    "2026-11-22T08:10:11.123456+00:00 moon orbit[4711]: ",
    "<13>1 2026-11-22T08:10:11.123Z moon orbit 4711 - - ",
    "2026-11-22T08:10:11.1234567Z ",
    "[2026-11-22T08:10:11.123Z] ",
    "08:10:11 ",
    "08:10:11.123 ",
    "[08:10:11] ",
    "[08:10:11.123] ",
    "2026-11-22 08:10:11 ",
    "2026-11-22 08:10:11,123 ",
    "2026/11/22 08:10:11 ",
    "2026/11/22 08:10:11.123456 ",
    "11/22/2026 8:10:11 AM ",
    "11/22/2026, 8:10:11 AM ",
    "22.11.2026 08:10:11 ",
    "[ERROR] ",
    "[2026-11-22 08:10:11] [ERROR] ",
    "2026-11-22 08:10:11 ERROR ",
    "2026-11-22 08:10:11.123 | ERROR | ",
    "2026-11-22 08:10:11 ERROR: ",
    "2026-11-22 08:10:11,123 - ERROR - ",
    "[08:10:11] [Server thread/ERROR]: ",
    "[22Nov2026 08:10:11.123] [Server thread/ERROR] [net.minecraft/]: ",
    "[08:10:11 ERROR]: ",
    "2026-11-22 08:10:11 [SEVERE] ",
    "[08:10:11] [Server thread/INFO] [STDERR]: [com.acme.orbit.Dock:open:31]: ",
    "22-Nov-2026 08:10:11.123 SEVERE [main] com.acme.Dock.open ",
    "2026-11-22T08:10:11.123+01:00 ",
    "2026-11-22T08:10:11Z app[148ed123] ams [info] ",
    "2026-11-22T08:10:11.123Z [error] ",
    "2026-11-22T08:10:11.123456789Z  ",
    "2026-11-22T08:10:11.123 app[148ed123] ams [info] ",
    "Nov 22 08:10:11 orbit[4711]: ",
    "0024:err:orbit: ",
    "[api] ",
    "[0] ",
    "api:dev: ",
    "      ",
    "I1122 08:10:11.123456  4711 dock.cpp:77] ",
    "ERROR:    ",
    "[orbit-1] ",
    "[ERROR] [1700640611.123456789] [orbit.dock]: ",
    "[ERROR]: ",
    "[Error  : Unity Log] ",
    "2026-11-22 08:10:11,123 [12] ERROR Orbit.Dock - ",
    "[Orbit] ",
    "08:10:11 [SEVERE] ",
    "[08:10:11 ERROR] [orbit]: ",
    "ERROR 2026-11-22T08:10:11.123456Z ",
    "E  2026-11-22T08:10:11.123456Z ",
    "App 4711 output: ",
    "App 4711 stderr: ",
    "[Sun Nov 22 08:10:11.123456 2026] [wsgi:error] [pid 4711:tid 1402] [client 10.0.0.1:1234] ",
    "[Sun Nov 22 08:10:11 2026] [error] [client 10.0.0.1] ",
    "[22-Nov-2026 08:10:11 UTC] ",
    "2026-11-22T08:10:11.123456+00:00 app[web.1]: ",
    "2026-11-22T08:10:11.123Z error: ",
    "[2026-11-22T08:10:11.123] [ERROR] default - ",
    "[Nest] 4711  - 11/22/2026, 8:10:11 AM   ERROR [ExceptionsHandler] ",
    "[2026.11.22-08.10.11:123][ 45]LogScript: Error: ",
    "LogScript: Error: ",
    "E 0:00:11:0123   ",
    "E, [2026-11-22T08:10:11.123456 #4711] ERROR -- : ",
    "[7a111162-fe11-4eee-a5f8-0651a0691b8f] ",
    "2026-11-22T08:10:11.123Z pid=4711 tid=abc WARN: ",
    "2026-11-22T08:10:11.123Z 4711 TID-abc ERROR: ",
    "[4711] ",
    "[2026-11-22 08:10:11,123: ERROR/MainProcess] ",
    "[2026-11-22, 08:10:11 UTC] {taskinstance.py:1937} ERROR - ",
    "[2026-11-22 08:10:11,123] {taskinstance.py:1150} ERROR - ",
    "26/11/22 08:10:11 ERROR Dock: ",
    "2026-11-22 08:10:11,123 ERROR [main] com.acme.Dock: ",
    "[2026-11-22 08:10:11,123] ERROR [Dock id=1] ",
    "[2026-11-22T08:10:11,123][ERROR][o.a.d.Dock               ] [node-1] ",
    "2026-11-22 08:10:11.123 ERROR 4711 --- [main] com.acme.Dock : ",
    "2026-11-22T08:10:11.123+01:00 ERROR 4711 --- [orbit] [main] com.acme.Dock : ",
    "08:10:11.123 [main] ERROR com.acme.Dock - ",
    "2026-11-22 08:10:11,123 ERROR [com.acm.Dock] (executor-thread-1) ",
    "08:10:11,123 ERROR [com.acme.Dock] (default task-1) ",
    "[08:10:11 ERR] ",
    "2026-11-22 08:10:11.123 +00:00 [ERR] ",
    "2026-11-22 08:10:11.1234|ERROR|Orbit.Dock|",
    "2026-11-22 08:10:11.1234||ERROR|Orbit.Dock|",
    "2026-11-22 08:10:11,123 [1] ERROR Orbit.Dock [(null)] - ",
    "fail: Orbit.Dock[0] ",
    "2026-11-22 08:10:11.123 | ERROR    | orbit.dock:open:31 - ",
    "ERROR:orbit.dock:",
    "2026-11-22 08:10:11,123 - orbit.dock - ERROR - ",
    "2026-11-22 08:10:11 [orbit] ERROR: ",
    "[2026-11-22 08:10:11 +0000] [4711] [ERROR] ",
    "2026-11-22 08:10:11 ERROR    discord.client ",
    "ERRO[0012] ",
    "E1122 08:10:11.123456       1 dock.go:77] ",
    "[GIN-debug] ",
    "2026/11/22 08:10:11 ERROR ",
    "2026/11/22 08:10:11 dock.go:77: ",
    "[2026-11-22T08:10:11Z ERROR orbit::dock] ",
    "2026-11-22T08:10:11.123456Z ERROR orbit::dock: ",
    "2026-11-22T08:10:11.123456Z ERROR ThreadId(01) orbit::dock: src/dock.rs:77: ",
    "08:10:11.123 [error] ",
    "08:10:11.123 request_id=F123 [error] ",
    "2026-11-22 08:10:11.123 [error] <0.603.0>@dock:open:77 ",
    "2026-11-22T08:10:11.123456+00:00 error: ",
    "[2026-11-22 08:10:11] production.ERROR: ",
    "[2026-11-22T08:10:11.123456+00:00] app.CRITICAL: ",
    "[2026-11-22 08:10:11] request.CRITICAL: ",
    "[2026-11-22 08:10:11] main.CRITICAL: ",
    "08:10:11.123  ",
    "[ERROR] ",
    "[    script:orbit] ",
    "[2026-11-22 08:10:11] [    script:orbit] ",
    "[08:10:11] [script:orbit] ",
    "2026-11-22 08:10:11: ERROR[Main]: ",
    "  12.345 Error Dock.cpp:77: ",
    "[:0000000b] ",
    "2026-11-22 08:10:11.12 [:0000000b] ",
    "[2026-11-22 08:10:11:123] ",
    "[2026-11-22 08:10:11] ",
    "L 11/22/2026 - 08:10:11: ",
    "[2026-11-22 08:10:11.123] [ERROR] con-log - ",
    "2026-11-22 08:10:11,123 ERROR 4711 [-/127.0.0.1/-/1ms GET /] ",
    "[2026-11-22 08:10:11.123] [orbit] [error] ",
    "[2026-11-22 08:10:11.123] [orbit] [error] [dock.cpp:77] ",
    "[2026-11-22 08:10:11.123456] [0x00007f1234567890] [error]   ",
    "2026-11-22 08:10:11,123 ERROR [default] ",
    "[2026-11-22 08:10:11.123 C] ",
    "2026-11-22 08:10:11.123 Orbit[4711:91011] ",
    "2026-11-22 08:10:11.123456+0800 Orbit[4711:91011] ",
    "flutter: ",
    "[VERBOSE-2:dart_vm_initializer.cc(41)] ",
    "CONSOLE ERROR: ",
    "[4711:4711:1122/081011.123456:ERROR:CONSOLE(77)] ",
    "[4711:1122/081011.123456:ERROR:dock.cc(77)] ",
    "17.04 02:01:33 [Server] INFO ",
    "22.11 08:10:11 [Server] ERROR ",
    " Nov 22 08:10:11 moon app/worker.1 ",
    "Nov 22 08:10:11 moon app/web.1: ",
    "2026-11-22T08:10:11.123456+00:00 heroku/worker.1: ",
    "2026-11-22 08:10:11.1234|ERROR|Orbit.Dock+<>c.<Open>b__13_0|",
    "08:10:11 [     script:orbit] ",
    "ESC[36morbit_1           |ESC[0m ",
    "\\u001b[36morbit_1  |\\u001b[0m 2026-11-22 08:10:11: ",
    "[36morbit_1  |[0m ",
    "[31m[08:10:11 ERROR]: [0m",
    "#033[31m[ERROR] #033[0m",
    "\\x1b[31m[ERROR]\\x1b[0m ",
    "\\e[0;31m2026-11-22 08:10:11 ERROR\\e[0m ",
    "1606032611.123456\tERROR\t",
    "1.606032611123456e+09\tERROR\tdock\t",
    "orbit/api/0123456789abcdef 2026-11-22T08:10:11.123000+00:00 ",
    "orbit-group i-0123456789abcdef0 2026-11-22T08:10:11.123Z ",
    "ecs/orbit/0123456789abcdef0123456789abcdef 2026-11-22T08:10:11.123Z ",
];

/// First line, further lines, exception, frames.
const STACKS: [(&str, &str, &str, usize); 4] = [
    (
        "java.lang.IllegalStateException: no bay",
        "\n\tat com.acme.orbit.Dock.open(Dock.java:31)\n\tat com.acme.orbit.Ship.land(Ship.java:77)\n\tat java.base/java.lang.Thread.run(Thread.java:833)",
        "java.lang.IllegalStateException",
        3,
    ),
    (
        "Traceback (most recent call last):",
        "\n  File \"/srv/orbit/dock.py\", line 31, in open\n    bay = self.bays[0]\n  File \"/srv/orbit/ship.py\", line 77, in land\n    raise ValueError(\"no bay\")\nValueError: no bay",
        "ValueError",
        2,
    ),
    (
        "TypeError: no bay",
        "\n    at Dock.open (/srv/orbit/src/dock.js:31:9)\n    at Ship.land (/srv/orbit/src/ship.js:77:5)\n    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)",
        "TypeError",
        3,
    ),
    (
        "System.InvalidOperationException: no bay",
        "\n   at Orbit.Dock.Open() in /src/Orbit/Dock.cs:line 31\n   at Orbit.Ship.Land() in /src/Orbit/Ship.cs:line 77",
        "System.InvalidOperationException",
        2,
    ),
];

/// Exception, message and number of frames as the digest tells them.
fn told(text: &str) -> (String, String, usize) {
    let rules = OwnershipRules::default();
    let options = Options {
        rules: &rules,
        reported: Reported::default(),
        lines: 16,
    };
    let digest = Digest::of(&CrashText::new(text), &options);
    (digest.exception, digest.message, digest.frames)
}

#[test]
fn a_prefix_is_no_part_of_a_stack() {
    let mut wrong = Vec::new();
    for prefix in PREFIXES {
        for (first, rest, name, frames) in STACKS {
            let whole = format!("{first}{rest}");
            let every = prefix.to_owned() + &whole.replace('\n', &format!("\n{prefix}")) + "\n";
            for text in [every, format!("{prefix}{whole}\n")] {
                let (exception, message, count) = told(&text);
                if (exception.as_str(), message.as_str(), count) != (name, "no bay", frames) {
                    wrong.push(format!("{exception:?} {message:?} {count}\n{text}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}: {}", wrong.len(), wrong.join("\n"));
}
