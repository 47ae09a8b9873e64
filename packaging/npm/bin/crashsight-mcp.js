#!/usr/bin/env node
// Starts the binary of this system, which npm installed as an optional dependency, and passes everything through.
"use strict";

const { spawn } = require("node:child_process");

const target = `${process.platform}-${process.arch}`;
const program = process.platform === "win32" ? "crashsight-mcp.exe" : "crashsight-mcp";
let binary;
try {
  binary = require.resolve(`crashsight-mcp-${target}/${program}`);
} catch {
  console.error(
    `crashsight-mcp: there is no binary for ${target} here. Either npm was run without optional dependencies ` +
      "(--omit=optional), or the system is not among linux, darwin (x64, arm64) and win32 (x64); " +
      "`cargo install --locked crashsight-mcp` builds it anywhere.",
  );
  process.exit(1);
}

const child = spawn(binary, process.argv.slice(2), { stdio: "inherit", windowsHide: true });
// The binary decides how to end: it lets running calls finish.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("error", (error) => {
  console.error(`crashsight-mcp: ${binary}: ${error.message}`);
  process.exit(1);
});
child.on("exit", (code, signal) => {
  if (signal) {
    for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) process.removeAllListeners(name);
    process.kill(process.pid, signal);
  } else {
    process.exit(code);
  }
});
