// What a host and an answer may do to every view: other themes and languages, no rows and many, notes, errors, odd values.
// node --test test/hosts.test.mjs, with the binary's path in CRASHSIGHT_MCP.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { answers, replaced } from './cases.mjs';
import { Stage } from './stage.mjs';

let stage;
/** `[name, arguments, result]` of each case. */
let drawn;

before(async () => {
  stage = await Stage.start(process.env.CRASHSIGHT_MCP);
  drawn = await answers(stage);
});
after(() => stage?.stop());

const painted = (frame) => frame.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done()))));
const wide = (frame) => frame.evaluate(() => document.documentElement.scrollWidth - innerWidth);
const find = (name) => drawn.find(([of]) => of === name);

/** A copy whose lists have so many rows; moments among them stay in order. */
function withRows(value, count) {
  if (typeof value !== 'object' || value === null) return value;
  if (!Array.isArray(value)) return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, withRows(field, count)]));
  if (value.length === 0 || typeof value[0] !== 'object') return value;
  const at = (index) => new Date(Date.UTC(2024, 0, 1 + index)).toISOString().slice(0, 10);
  return Array.from({ length: count }, (_, index) => {
    const row = { ...value[index % value.length] };
    for (const name of ['start', 'at', 'day']) if (typeof row[name] === 'string') row[name] = at(index);
    return row;
  });
}

test('every view draws 0, 1 and 1,000 rows by itself', async () => {
  for (const count of [0, 1, 1_000]) {
    // Warnings count: a view that throws is replaced by the generic one, with a warning.
    await stage.show({ width: 360 }, async ({ frame, send }) => {
      for (const [name, args, result] of drawn) {
        const { answer } = result.structuredContent;
        await send({ ...result, structuredContent: { ...result.structuredContent, answer: withRows(answer, count) } }, args);
        await frame.waitForSelector('.view');
        await painted(frame);
        assert.ok((await wide(frame)) <= 0, `${name} with ${count} rows`);
      }
    });
  }
});

test('every view draws numbers that are absent, and none beyond what is exact', async () => {
  const kinds = [['null', () => null], ['huge', () => 2 ** 53 + 2]];
  for (const [kind, other] of kinds) {
    await stage.show({}, async ({ frame, send }) => {
      for (const [name, args, result] of drawn) {
        const data = { ...result.structuredContent, answer: replaced(result.structuredContent.answer, (value) => (typeof value === 'number' ? other() : value)) };
        await send({ ...result, structuredContent: data }, args);
        await frame.waitForSelector('.view');
        await painted(frame);
        const said = await frame.evaluate(() => {
          const found = [];
          const walker = document.createTreeWalker(document.getElementById('app'), NodeFilter.SHOW_TEXT);
          while (walker.nextNode()) found.push(walker.currentNode.textContent);
          return found;
        });
        const all = JSON.stringify(data);
        const odd = said.filter((text) => /NaN|undefined|null|Infinity|\[object|9,007,199,254,740,99|900,719,925,474,099/.test(text) && !all.includes(JSON.stringify(text).slice(1, -1)));
        assert.deepEqual(odd, [], `${name}, ${kind}`);
      }
    });
  }
});

test('every view follows a change of theme and language, its charts too', () =>
  stage.show({}, async ({ page, frame, send }) => {
    const look = () => frame.evaluate(() => ({
      title: document.querySelector('h1').textContent,
      background: getComputedStyle(document.body).backgroundColor,
      charts: [...document.querySelectorAll('canvas')].map((one) => one.toDataURL()),
    }));
    for (const [name, args, result] of drawn) {
      await page.evaluate(() => window.host.context({ theme: 'light', locale: 'en-US' }));
      await send(result, args);
      await frame.waitForSelector('.view');
      await painted(frame);
      const light = await look();
      await page.evaluate(() => window.host.context({ theme: 'dark', locale: 'zh-CN' }));
      await frame.waitForSelector('html[data-theme=dark][lang=zh-CN]');
      await painted(frame);
      const dark = await look();
      assert.match(dark.title, /[\u4e00-\u9fff]/, name);
      assert.doesNotMatch(light.title, /[\u4e00-\u9fff]/, name);
      assert.notEqual(dark.background, light.background, name);
      assert.equal(dark.charts.length, light.charts.length, name);
      dark.charts.forEach((chart, index) => assert.notEqual(chart, light.charts[index], `${name}: chart ${index} kept its colours`));
    }
  }));

test('what an answer leaves out is said below every view', () =>
  stage.show({}, async ({ frame, send }) => {
    for (const [name, args, result] of drawn) {
      const notes = ['not included: projects that did not answer in time', 'a second <b>note</b>'];
      await send({ ...result, structuredContent: { ...result.structuredContent, notes, truncated: true } }, args);
      await frame.waitForSelector('.view');
      assert.deepEqual(await frame.locator('.notes li').allTextContents(), notes, name);
      assert.ok((await frame.locator('.meta .badge', { hasText: 'shortened' }).count()) === 1, name);
    }
  }));

test('an error is shown as an error, whatever data come with it', () =>
  stage.show({}, async ({ frame, send }) => {
    for (const [name, args, result] of drawn) {
      await send(result, args);
      await frame.waitForSelector('.view');
      await send({ ...result, isError: true, content: [{ type: 'text', text: `${name}: rate limit reached` }] }, args);
      await frame.waitForSelector('.failure[role=alert]');
      assert.equal(await frame.locator('.view, .empty, table, canvas').count(), 0, name);
      assert.equal(await frame.textContent('.failure pre'), `${name}: rate limit reached`);
    }
  }));

test('an error of a call from within the page is shown where it was asked', async () => {
  const failing = (page) => page.evaluate(() => { window.host.answer = { isError: true, content: [{ type: 'text', text: 'the service is away' }] }; });
  const asks = [
    ['top', (frame) => frame.click('text=Show the last 7 days'), '.failed[role=alert]'],
    ['crash', (frame) => frame.click('.stack .fold button'), '[role=alert]'],
    ['daily', (frame) => frame.click('text=Compare versions'), '[role=alert]'],
    ['top', (frame) => frame.click('tbody tr:first-child .row-link'), '.failure[role=alert]'],
  ];
  for (const [name, ask, where] of asks) {
    await stage.show({}, async ({ page, frame, send }) => {
      const [, args, result] = find(name);
      await send(result, args);
      await frame.waitForSelector('.view');
      await failing(page);
      await ask(frame);
      await frame.waitForSelector(where);
      assert.match(await frame.textContent(where), /the service is away/, name);
    });
  }
});

test('a very long name takes a few lines, and marks stay readable beside it', () =>
  stage.show({ width: 360 }, async ({ frame, send }) => {
    const [, args, result] = find('top');
    const data = structuredClone(result.structuredContent);
    data.answer.issues[0] = { ...data.answer.issues[0], exception: 'Long'.repeat(2_000), key_stack: 'Deep::'.repeat(2_000), message: 'many words '.repeat(900) };
    await send({ ...result, structuredContent: data }, args);
    await frame.waitForSelector('.view');
    const height = await frame.evaluate(() => document.querySelector('tbody tr').getBoundingClientRect().height);
    assert.ok(height < 500, `${height} px`);
  }));

test('all rows of a long table keep its columns, at another width too, and sort', () =>
  stage.show({}, async ({ page, frame, send }) => {
    const [, args, result] = find('top');
    const data = structuredClone(result.structuredContent);
    const rows = data.answer.issues;
    data.answer.issues = Array.from({ length: 1_000 }, (_, index) => ({ ...rows[index % rows.length], devices: index + 1 }));
    await send({ ...result, structuredContent: data }, args);
    await frame.waitForFunction(() => document.querySelectorAll('tbody tr').length === 200);
    await frame.click('.table > .more');
    await frame.waitForFunction(() => document.querySelectorAll('tbody tr').length === 1_000);
    const columns = () => frame.evaluate(() => {
      const lefts = (row) => [...row.children].map((cell) => Math.round(cell.getBoundingClientRect().left)).filter((left) => left > 0);
      return [document.querySelector('thead tr'), ...document.querySelectorAll('tbody tr:first-child')].slice(0, 2).concat(document.querySelector('tbody:last-child tr')).map(lefts);
    });
    for (const width of [820, 360]) {
      await page.setViewportSize({ width, height: 900 });
      await painted(frame);
      await painted(frame);
      const [head, ...others] = await columns();
      for (const row of others) assert.deepEqual(row, head, `${width} px`);
      assert.equal(await wide(frame), 0);
    }
    await frame.click('th[aria-sort] >> text=Devices');
    await frame.waitForFunction(() => document.querySelectorAll('tbody tr').length === 1_000);
    assert.equal(await frame.textContent('tbody tr:first-child td:nth-child(2)'), '1,000');
    // A screen reader still finds a table, and a click the row that it names.
    assert.equal(await frame.locator('[role=table] [role=row]').count(), 1_001);
    await frame.click('tbody:nth-child(4) tr:nth-child(3) .row-link');
    await frame.waitForSelector('.crash-head');
  }));
