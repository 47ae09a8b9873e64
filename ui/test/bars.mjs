// What 1,000 rows and the first paint cost, page by page: node test/bars.mjs BINARY PAGE... (dist/index.html, an older build)
// Rounds alternate between the pages, so that a busy machine is as busy for each; the median of the rounds is printed.

import { readFileSync } from 'node:fs';
import { cases } from './cases.mjs';
import { Stage } from './stage.mjs';

const [binary, ...pages] = process.argv.slice(2);
const ROUNDS = Number(process.env.ROUNDS ?? 5);
/** Which list of a case's answer becomes 1,000 long. */
const LISTS = { top: 'issues', search: 'issues', crashes: 'crashes', 'read-log': '' };

const stage = await Stage.start(binary);
const ask = async (tool, args) => (await stage.answer(tool, args)).structuredContent;
const many = (list) => Array.from({ length: 1_000 }, (_, index) => list[index % list.length]);
const wanted = [];
for (const [name, tool, args] of (await cases(ask)).filter(([name]) => name in LISTS)) {
  const result = structuredClone(await stage.answer(tool, args));
  const { answer } = result.structuredContent;
  const of = LISTS[name];
  if (of) answer[of] = many(answer[of] ?? answer.issues);
  else answer.part.texts[0].lines = many(answer.part.texts[0].lines);
  wanted.push([name, args, result]);
}

const figures = new Map();
const note = (page, name, what, value) => {
  const key = [name, what].join('\t');
  if (!figures.has(key)) figures.set(key, pages.map(() => []));
  figures.get(key)[page].push(value);
};

for (let round = 0; round < ROUNDS; round += 1) {
  for (const [index, file] of pages.entries()) {
    stage.page = { ...stage.page, text: readFileSync(file, 'utf8') };
    await stage.show({ warnings: true }, async ({ page, frame, send }) => {
      const session = await page.context().newCDPSession(frame).catch(() => page.context().newCDPSession(page));
      await session.send('Performance.enable', { timeDomain: 'threadTicks' }).catch(() => session.send('Performance.enable'));
      const spent = async () => Object.fromEntries((await session.send('Performance.getMetrics')).metrics.map(({ name, value }) => [name, value]));
      const both = async (name, what, act, wall) => {
        const before = await spent();
        await act();
        const after = await spent();
        const ms = (metric) => (after[metric] - before[metric]) * 1_000;
        note(index, name, `${what}: script ms`, ms('ScriptDuration'));
        note(index, name, `${what}: style + layout ms`, ms('RecalcStyleDuration') + ms('LayoutDuration'));
        note(index, name, `${what}: all of the thread ms`, ms('TaskDuration'));
        note(index, name, `${what}: wall ms`, await frame.evaluate(wall));
      };
      await frame.waitForFunction(() => performance.getEntriesByName('first-contentful-paint').length > 0);
      const paint = await frame.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime - performance.getEntriesByType('navigation')[0].responseEnd);
      note(index, 'page', 'first paint: wall ms', paint);
      for (const [name, args, result] of wanted) {
        await both(name, 'first look', async () => {
          await frame.evaluate(() => {
            window.drawnAt = undefined;
            addEventListener('message', function once(event) {
              if (event.data?.method !== 'ui/notifications/tool-result') return;
              removeEventListener('message', once, true);
              const from = performance.now();
              requestAnimationFrame(() => setTimeout(() => { window.drawnAt = performance.now() - from; }));
            }, true);
          });
          await send(result, args);
          await frame.waitForFunction(() => window.drawnAt !== undefined);
        }, () => window.drawnAt);
        await new Promise((done) => setTimeout(done, 250));
        const more = await frame.locator('.table > .more:visible').count();
        if (!more) continue;
        await both(name, 'all rows', async () => {
          await frame.evaluate(() => new Promise((done) => {
            const button = document.querySelector('.table > .more:not([hidden])');
            const from = performance.now();
            const seen = () => document.querySelectorAll('.table tbody tr').length === 1_000
              ? requestAnimationFrame(() => setTimeout(() => { window.allAt = performance.now() - from; done(); }))
              : requestAnimationFrame(seen);
            button.click();
            requestAnimationFrame(seen);
          }));
        }, () => window.allAt);
        note(index, name, 'nodes', await frame.evaluate(() => document.querySelectorAll('*').length));
      }
    });
  }
}
await stage.stop();
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
console.log(['', '', ...pages].join('\t'));
for (const [key, of] of figures) console.log([key, ...of.map((values) => median(values).toFixed(0))].join('\t'));
