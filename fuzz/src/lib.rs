//! What is fuzzed: every place where text of a stranger is read or printed. A target takes bytes and panics where a
//! promise is broken; `main.rs` runs one of them under libFuzzer.

mod client_config;
mod crash_texts;
mod http;
mod responses;
mod seeds;
mod stdio;
mod window;

pub use seeds::write;

/// A target: what it does with an input, and inputs to begin with.
pub struct Target {
    /// Its name: `FUZZ_TARGET`.
    pub name: &'static str,
    /// Runs one input.
    pub run: fn(&[u8]),
    /// Inputs to begin with.
    pub seeds: fn() -> Vec<Vec<u8>>,
}

/// All targets.
pub const TARGETS: &[Target] = &[
    Target {
        name: "stack",
        run: crash_texts::stack,
        seeds: seeds::crash_texts,
    },
    Target {
        name: "threads",
        run: crash_texts::threads,
        seeds: seeds::crash_texts,
    },
    Target {
        name: "log",
        run: crash_texts::log,
        seeds: seeds::crash_texts,
    },
    Target {
        name: "keys",
        run: crash_texts::keys,
        seeds: crash_texts::key_seeds,
    },
    Target {
        name: "compare",
        run: crash_texts::compare,
        seeds: seeds::crash_texts,
    },
    Target {
        name: "window",
        run: window::run,
        seeds: window::seeds,
    },
    Target {
        name: "crashsight",
        run: responses::crashsight,
        seeds: responses::crashsight_seeds,
    },
    Target {
        name: "agora",
        run: responses::agora,
        seeds: responses::agora_seeds,
    },
    Target {
        name: "getui",
        run: responses::getui,
        seeds: responses::getui_seeds,
    },
    Target {
        name: "reply",
        run: responses::reply,
        seeds: responses::reply_seeds,
    },
    Target {
        name: "client_config",
        run: client_config::run,
        seeds: client_config::seeds,
    },
    Target {
        name: "http",
        run: http::run,
        seeds: http::seeds,
    },
    Target {
        name: "stdio",
        run: stdio::run,
        seeds: stdio::seeds,
    },
];

/// A target by its name.
pub fn target(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}
