//! One binary for all targets: `FUZZ_TARGET=stack fuzz CORPUS`, under libFuzzer. `FUZZ_SEEDS=FOLDER fuzz` writes the
//! seeds of every target into a folder of its own and ends. `fuzz/run` does both.

#![no_main]

use std::sync::OnceLock;

use crashsight_mcp_fuzz::{Target, target, write};
use libfuzzer_sys::fuzz_target;

static TARGET: OnceLock<&Target> = OnceLock::new();

fn choose() {
    if let Some(folder) = std::env::var_os("FUZZ_SEEDS") {
        write(folder.as_ref()).expect("the seeds can be written");
        std::process::exit(0);
    }
    let name = std::env::var("FUZZ_TARGET").unwrap_or_default();
    let target = target(&name).expect("FUZZ_TARGET names a target of src/lib.rs");
    let _ = TARGET.set(target);
}

fuzz_target!(init: choose(), |bytes: &[u8]| {
    if let Some(target) = TARGET.get() {
        (target.run)(bytes);
    }
});
