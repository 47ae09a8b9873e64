//! Digests the files named on the command line: `cargo run --example digest -- --bundle com.acme.game crash.txt`.

use std::io::Write as _;

use crash_digest::CrashText;
use crash_digest::digest::{Digest, Options};
use crash_digest::merge::Reported;
use crash_digest::ownership::OwnershipRules;

fn main() -> std::io::Result<()> {
    let mut rules = OwnershipRules::default();
    let mut name = None;
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--bundle" => rules.bundle = args.next(),
            "--own" => rules.own.extend(args.next()),
            "--name" => name = args.next(),
            file => {
                let input = String::from_utf8_lossy(&std::fs::read(file)?).into_owned();
                let text = CrashText::new(&input).of_process(rules.bundle.as_deref());
                let reported = Reported {
                    name: name.as_deref(),
                    ..Reported::default()
                };
                let options = Options {
                    rules: &rules,
                    reported,
                    lines: 16,
                };
                let digest = Digest::of(&text, &options);
                // Whoever reads may have seen enough.
                let _ = writeln!(std::io::stdout(), "== {file} [{}]\n{digest}", digest.format);
            }
        }
    }
    Ok(())
}
