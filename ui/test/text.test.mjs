// What the page says, in both languages, and small pieces that need no browser: node --test test/text.test.mjs,
// with the binary's path in CRASHSIGHT_MCP.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';
import { answers, STEPS } from './cases.mjs';
import { Stage } from './stage.mjs';

const CHINESE = /[\u4e00-\u9fff]/;
/** Names, units and formats that Chinese readers write so too. */
const SAME = /^(?:A|B|A \/ B|AB|ANR|OOM|CPU|GPU|SDK|ROM|RAM|ID|UID|OS|MCP|UTC|CrashSight|Agora|Getui|Getui 个推|[kMGT]?B|GB|ms|s|min|kbps|fps|Wi-Fi|Ethernet|vivo|OPPO|Apple)$/;

// The modules set the language of the document.
globalThis.document ??= { documentElement: {} };
const source = async (path) => (await runnerImport(fileURLToPath(new URL(`../src/${path}`, import.meta.url)), { configFile: false, logLevel: 'error' })).module;

let stage;
let tools;
before(async () => {
  stage = await Stage.start(process.env.CRASHSIGHT_MCP);
  tools = JSON.parse(execFileSync(process.env.CRASHSIGHT_MCP, ['tools', '--demo', '--json', '--output', 'json'], { maxBuffer: 1 << 26 }));
});
after(() => stage?.stop());

test('every text is there in both languages, with the same values in it', async () => {
  const [{ en }, { zh }] = [await source('text/en.ts'), await source('text/zh.ts')];
  assert.deepEqual(Object.keys(zh).sort(), Object.keys(en).sort());
  const values = (text) => [...text.matchAll(/\{\w+\}/g)].map(([name]) => name).sort();
  for (const [key, text] of Object.entries(en)) {
    if (typeof text !== 'string') continue;
    assert.deepEqual(values(zh[key]), values(text), key);
    // What is only values and signs says nothing.
    if (/[a-z]{2}/i.test(text.replace(/\{\w+\}/g, ''))) assert.match(zh[key], CHINESE, key);
    assert.doesNotMatch(text, CHINESE, key);
  }
});

test('every tool that reads has a Chinese title, and every field that is drawn by its name has a Chinese name', async () => {
  const { t, useLocale } = await source('text/index.ts');
  const { READS } = await source('generated/answers.ts');
  const views = readFileSync(new URL('../src/views/index.ts', import.meta.url), 'utf8');
  useLocale('zh-CN');
  const missing = [];
  const fields = (schema) => {
    if (typeof schema !== 'object' || schema === null) return;
    for (const [name, field] of Object.entries(schema.properties ?? {})) {
      const text = t.field(name);
      if (!text || !(CHINESE.test(text) || SAME.test(text))) missing.push(name);
      fields(field);
    }
    for (const part of [schema.items, schema.additionalProperties, ...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])]) fields(part);
  };
  for (const { name, outputSchema } of tools.filter((tool) => READS.has(tool.name))) {
    if (!CHINESE.test(t.tool(name) ?? '')) missing.push(name);
    if (!views.includes(`  ${name.replace(/^crashsight_/, '')}:`)) fields(outputSchema.properties.answer);
  }
  assert.deepEqual([...new Set(missing)], []);
});

/** All texts of a value, as the page may write them. */
function texts(value, found = []) {
  if (typeof value === 'string') found.push(value, value.replaceAll('_', ' '));
  else if (typeof value === 'object' && value !== null) for (const field of Object.values(value)) texts(field, found);
  return found;
}

test('in Chinese, no view says English of its own', async () => {
  const drawn = await answers(stage);
  const problems = new Set();
  await stage.show({ context: { locale: 'zh-CN' } }, async ({ frame, send }) => {
    for (const [name, args, result] of drawn) {
      for (const [of, , act] of [[name], ...STEPS.filter(([of]) => of === name)]) {
        await send(result, args);
        await frame.waitForSelector('.view');
        await act?.(frame);
        const said = await frame.evaluate(() => {
          const found = [];
          const walker = document.createTreeWalker(document.getElementById('app'), NodeFilter.SHOW_TEXT);
          // What a step read meanwhile is data too, which the answer at hand does not have.
          const vendor = '.stack, .log, .chips, .mark-list, .readout';
          while (walker.nextNode()) if (!walker.currentNode.parentElement.closest(vendor)) found.push(walker.currentNode.textContent);
          for (const one of document.querySelectorAll('[aria-label], [title], [placeholder], [aria-description], [aria-valuetext]')) {
            if (one.closest(vendor)) continue;
            for (const attribute of ['aria-label', 'title', 'placeholder', 'aria-description', 'aria-valuetext']) found.push(one.getAttribute(attribute) ?? '');
          }
          return found;
        });
        const data = texts(result.structuredContent).join('\n').replace(/\s+/g, ' ');
        for (const text of said) {
          for (const part of text.replace(/\s+/g, ' ').split(/ ?[·:：,，()（）×] ?| – /).map((one) => one.trim())) {
            if (!/[A-Za-z]{2}/.test(part) || CHINESE.test(part) || SAME.test(part) || /^[\d.]+ ?\S{0,4}(?:–[\d.]+ ?\S{1,4})?$/.test(part)) continue;
            // One text of the answer, or two beside each other, as brand and model.
            const [first, ...rest] = part.replace('…', '').split(' ');
            const known = data.includes(part) || (data.includes(first) && (data.includes(rest.join(' ')) || /^[\d,]+$/.test(rest.join(''))));
            if (!known) problems.add(`${of}: ${part}`);
          }
        }
      }
    }
  });
  assert.deepEqual([...problems], []);
});

test('flags of marks keep apart, near to where they belong and inside the chart', async () => {
  const { apart } = await source('charts/places.ts');
  assert.deepEqual(apart([10, 10, 10, 100], 17, 300), [10, 27, 44, 100]);
  assert.deepEqual(apart([10, 20, 30], 17, 300), [10, 27, 44]);
  assert.deepEqual(apart([280, 290, 295], 17, 300), [266, 283, 300]);
  assert.deepEqual(apart([100, 10], 17, 300), [100, 10]);
  assert.deepEqual(apart([], 17, 300), []);
});

test('numbers, units and names read well', async () => {
  const { useLocale } = await source('text/index.ts');
  const { count, percent, bytes, frameName } = await source('format.ts');
  useLocale('en');
  assert.equal(count(412031), '412,031');
  assert.equal(count(2 ** 53 + 2), '9E15');
  assert.equal(count(Number.NaN), '–');
  // A value and its unit stay in one line.
  assert.equal(percent(0.00476), '0.476\u00a0%');
  assert.equal(bytes(2.3 * 1024 ** 3), '2.3\u00a0GB');
  assert.equal(frameName('#01 pc 0000000008624612 /data/app/~~a==/b-c==/lib/arm64/libgame.so [arm64-v8a]'), 'libgame.so');
});
