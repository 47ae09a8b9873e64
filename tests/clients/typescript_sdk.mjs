// Carries requests from standard input to a TypeScript SDK, a JSON line each, and its answers to standard
// output; `typescript_sdk.py` is at the other end.
//
//   node typescript_sdk.mjs <package> <folder with node_modules> '{"mode": …, "address" or "command": …}'
//
// In: {id, method, params, timeout?, progress?: true} or {abort: id}. Out: {id, result}, {id, error} or
// {id, progress}. The first line out is {version}; when the input ends, the client closes.

import { openSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const [name, folder, setting] = process.argv.slice(2);
const wanted = JSON.parse(setting);
const require = createRequire(`${folder}/`);
const ME = { name: "clients-test", version: "1" };

// Version 1: one package, protocol versions up to 2025-11-25.
function first() {
  const { Client } = require(`${name}/client/index.js`);
  const { StdioClientTransport } = require(`${name}/client/stdio.js`);
  const { SSEClientTransport } = require(`${name}/client/sse.js`);
  const { StreamableHTTPClientTransport } = require(`${name}/client/streamableHttp.js`);
  const client = new Client(ME);
  const transport = over(StdioClientTransport, StreamableHTTPClientTransport, SSEClientTransport);
  let version;
  const settle = transport.setProtocolVersion?.bind(transport);
  transport.setProtocolVersion = (settled) => {
    version = settled;
    settle?.(settled);
  };
  const call = (params, options) => client.callTool(params, undefined, options);
  return { client, transport, call, version: () => version };
}

// Version 2: a package of its own for clients, 2026-07-28 too.
function second() {
  const { Client, SSEClientTransport, StreamableHTTPClientTransport } = require(name);
  const { StdioClientTransport } = require(`${name}/stdio`);
  const mode = ["auto", "legacy"].includes(wanted.mode) ? wanted.mode : { pin: wanted.mode };
  const client = new Client(ME, { versionNegotiation: { mode } });
  const transport = over(StdioClientTransport, StreamableHTTPClientTransport, SSEClientTransport);
  const call = (params, options) => client.callTool(params, options);
  return { client, transport, call, version: () => client.getNegotiatedProtocolVersion() };
}

function over(Stdio, Streamable, Sse) {
  if (wanted.command) {
    const [command, ...args] = wanted.command;
    return new Stdio({ command, args, env: wanted.environment, stderr: openSync(wanted.log, "a") });
  }
  const address = new URL(wanted.address);
  return address.pathname === "/sse" ? new Sse(address) : new Streamable(address);
}

const { client, transport, call, version } = name.endsWith("/sdk") ? first() : second();
const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);
await client.connect(transport);
say({ version: version() });

const running = new Map();

async function answer({ id, method, params, timeout, progress }) {
  const abort = new AbortController();
  running.set(id, abort);
  const options = { signal: abort.signal };
  if (timeout) options.timeout = timeout * 1000;
  if (progress) options.onprogress = (progress) => say({ id, progress });
  try {
    const carried = method === "callTool" ? call : client[method].bind(client);
    say({ id, result: await carried(params, options) });
  } catch (error) {
    say({ id, error: { code: error.code ?? error.name, message: error.message } });
  } finally {
    running.delete(id);
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const message = JSON.parse(line);
  if ("abort" in message) running.get(message.abort)?.abort("not wanted any more");
  else answer(message);
}
await client.close();
