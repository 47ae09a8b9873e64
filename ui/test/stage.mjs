// The stage of a test: the real server over stdio, a real browser, and the official host between them.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { chromium } from 'playwright-core';
import { build } from 'vite';
import { viteSingleFile } from 'vite-plugin-singlefile';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const UI = 'io.modelcontextprotocol/ui';
export const URI = 'ui://crashsight/app.html';
/** What hosts allow a page whose resource names no domain. */
const POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; font-src data:";

/** The server's answers, as a client that shows pages receives them. */
export async function connect(binary) {
  const capabilities = { extensions: { [UI]: { mimeTypes: ['text/html;profile=mcp-app'] } } };
  const client = new Client({ name: 'test-host', version: '1' }, { capabilities });
  await client.connect(new StdioClientTransport({ command: binary, args: ['serve', '--demo'], stderr: 'ignore' }));
  return client;
}

async function hostPage() {
  const out = here('../dist/test');
  await build({
    root: here('.'),
    logLevel: 'error',
    configFile: false,
    plugins: [viteSingleFile()],
    build: { outDir: out, emptyOutDir: true, rollupOptions: { input: here('./host.html') } },
  });
  return readFileSync(`${out}/host.html`, 'utf8');
}

export class Stage {
  static async start(binary) {
    const stage = new Stage();
    stage.binary = binary;
    stage.client = await connect(binary);
    const read = await stage.client.readResource({ uri: URI });
    stage.page = read.contents[0];
    // While the page is being changed: the built file, without a new binary.
    if (process.env.APP_PAGE) stage.page = { ...stage.page, text: readFileSync(process.env.APP_PAGE, 'utf8') };
    stage.host = await hostPage();
    stage.browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
    });
    return stage;
  }

  /** A tool's result. The simulator limits calls like the services do: a new server has calls to spend. */
  async call(name, args = {}) {
    const result = await this.client.callTool({ name, arguments: args });
    if (!JSON.stringify(result).includes('rate limit')) return result;
    await this.client.close();
    this.client = await connect(this.binary);
    return this.client.callTool({ name, arguments: args });
  }

  /** The same, which must be an answer with data. */
  async answer(name, args = {}) {
    const result = await this.call(name, args);
    if (result.isError || !result.structuredContent) throw new Error(`${name}: ${JSON.stringify(result.content)}`);
    return result;
  }

  async stop() {
    await this.browser.close();
    await this.client.close();
  }

  /** Shows the page in a host; `act` runs with both, and no request may have left. */
  async show({ context = {}, width = 820, height = 900, scale = 1, bare = false, warnings = false } = {}, act) {
    const browser = await this.browser.newContext({ viewport: { width, height }, deviceScaleFactor: scale, reducedMotion: 'reduce' });
    const page = await browser.newPage();
    const left = [];
    const problems = [];
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error' || (message.type() === 'warning' && !warnings)) problems.push(message.text());
    });
    page.on('dialog', (dialog) => { problems.push(`dialog: ${dialog.message()}`); void dialog.dismiss(); });
    await page.route('**/*', (route) => {
      const url = route.request().url();
      if (url === 'https://host.test/') return route.fulfill({ body: this.host, contentType: 'text/html' });
      if (url === 'https://app.test/') return route.fulfill({ body: this.page.text, contentType: 'text/html; charset=utf-8', headers: { 'content-security-policy': POLICY } });
      left.push(url);
      return route.abort();
    });
    await page.exposeFunction('callTool', (params) => this.call(params.name, params.arguments));
    await page.goto('https://host.test/');
    const merged = { theme: 'light', locale: 'en-US', timeZone: 'Asia/Shanghai', displayMode: 'inline', availableDisplayModes: ['inline', 'fullscreen'], ...context };
    await page.evaluate(([context, bare]) => window.host.open('https://app.test/', context, bare), [merged, bare]);
    const frame = page.frames().find((one) => one.url() === 'https://app.test/');
    const send = async (result, args = {}) => {
      await page.evaluate((args) => window.host.input(args), args);
      await page.evaluate((result) => window.host.result(result), result);
    };
    try {
      await act({ page, frame, send, seen: () => page.evaluate(() => window.host.seen) });
      if (left.length > 0) throw new Error(`requests left the page: ${left.join(', ')}`);
      if (problems.length > 0) throw new Error(`the page complained: ${problems.join('\n')}`);
    } finally {
      await browser.close();
    }
  }
}

export function save(path, bytes) {
  mkdirSync(path.replace(/\/[^/]*$/, ''), { recursive: true });
  writeFileSync(path, bytes);
}
