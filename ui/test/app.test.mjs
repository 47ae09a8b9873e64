// The page in a real browser with the official host around it, drawing answers of the real server:
// node --test test/app.test.mjs, with the binary's path in CRASHSIGHT_MCP.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { answers, replaced } from './cases.mjs';
import { Stage } from './stage.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** Nothing here is a bar; it only keeps a page that hangs from passing. */
const CEILING_MS = 5_000;

let stage;
/** `[name, arguments, result]` of each case. */
let drawn;
const find = (name) => drawn.find(([of]) => of === name);

before(async () => {
  stage = await Stage.start(process.env.CRASHSIGHT_MCP);
  drawn = await answers(stage);
});
after(() => stage?.stop());

const show = (name, act, options) =>
  stage.show(options, async (at) => {
    const [, args, result] = find(name);
    await at.send(result, args);
    await at.frame.waitForSelector('.view');
    await act(at);
  });

/** Two frames: what was drawn has been laid out and painted. */
const painted = (frame) => frame.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done()))));

test('connects, draws a result, reports its size and what the user looks at', () =>
  show('daily', async ({ frame, seen }) => {
    assert.equal(await frame.textContent('h1'), 'Trend by day');
    assert.equal(await frame.locator('canvas').count(), 1);
    assert.match(await frame.getAttribute('.canvas', 'aria-valuetext'), /not over yet/);
    await painted(frame);
    const { initialized, sizes, models } = await seen();
    assert.equal(initialized, 1);
    assert.ok(sizes.at(-1).height > 300, JSON.stringify(sizes));
    assert.equal(models.length, 1);
    assert.match(models[0][0].text, /^The user is looking at the answer of crashsight_get_daily_trend \{"project":"starfall-android"\}$/);
  }));

test('draws every kind of answer in both languages, themes and widths without a word too wide', async () => {
  for (const [width, theme, locale] of [[360, 'dark', 'zh-Hans-CN'], [820, 'light', 'en-US']]) {
    await stage.show({ width, context: { theme, locale } }, async ({ frame, send }) => {
      for (const [name, args, result] of drawn) {
        await send(result, args);
        await frame.waitForSelector('.view');
        await painted(frame);
        const state = await frame.evaluate(() => ({
          wide: document.documentElement.scrollWidth - innerWidth,
          lang: document.documentElement.lang,
          text: document.querySelector('.view').textContent.length,
          canvases: [...document.querySelectorAll('.canvas')].filter((one) => !one.querySelector('canvas')).length,
        }));
        assert.ok(state.wide <= 0, `${name} at ${width}: ${state.wide} px too wide`);
        assert.equal(state.lang, width === 360 ? 'zh-CN' : 'en', name);
        assert.ok(state.text > 20, name);
        assert.equal(state.canvases, 0, `${name}: a chart without its drawing`);
      }
    });
  }
});

test('is accessible in both themes', async () => {
  for (const theme of ['light', 'dark']) {
    await stage.show({ context: { theme } }, async ({ frame, send }) => {
      for (const [name, args, result] of drawn) {
        await send(result, args);
        await frame.waitForSelector('.view');
        const found = await frame.evaluate(`(() => { if (!window.axe) { ${axe} } return window.axe.run({ rules: { region: { enabled: false } }, resultTypes: ['violations'] }).then((r) => r.violations.map((v) => v.id + ': ' + v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160) + ' ' + (n.any[0]?.message ?? '')).join(' | '))); })()`);
        assert.deepEqual(found, [], `${name} ${theme}`);
      }
    });
  }
});

test('a row opens its issue through the host, and back leads back', () =>
  show('top', async ({ frame, seen }) => {
    await frame.click('tbody tr:first-child .row-link');
    await frame.waitForSelector('.crash-head .id');
    const [call] = (await seen()).calls;
    assert.equal(call.name, 'crashsight_get_issue');
    assert.deepEqual(Object.keys(call.arguments).sort(), ['issue', 'project']);
    assert.equal(await frame.textContent('.crash-head .id'), call.arguments.issue);
    assert.equal((await seen()).models.length, 2);
    await frame.click('[aria-label=Back]');
    assert.equal(await frame.textContent('h1'), 'Top issues');
  }));

test('a fold asks for the whole stack and opens in place', () =>
  show('crash', async ({ frame, seen }) => {
    const before = await frame.locator('.stack li').count();
    await frame.click('.stack .fold button');
    await frame.waitForFunction((count) => document.querySelectorAll('.stack li').length > count, before);
    const [call] = (await seen()).calls;
    assert.equal(call.name, 'crashsight_read_crash');
    assert.equal(call.arguments.section, 'stack');
    assert.equal(await frame.textContent('h1'), 'Crash');
  }));

test('a range is picked by keyboard and opens its issues', () =>
  show('daily', async ({ frame, seen }) => {
    await frame.focus('.canvas');
    for (const key of ['Home', 'ArrowRight', 'Shift+ArrowRight', 'Shift+ArrowRight']) await frame.press('.canvas', key);
    const points = find('daily')[2].structuredContent.answer.points;
    assert.match(await frame.textContent('.picked'), new RegExp(`${points[1].start.slice(5)} – ${points[3].start.slice(5)}`));
    await frame.click('.picked button:first-of-type');
    await frame.waitForSelector('tbody');
    const call = (await seen()).calls.at(-1);
    assert.equal(call.name, 'crashsight_list_top_issues');
    assert.equal(call.arguments.window, `${points[1].start}..${points[3].start}`);
  }));

test('versions are laid over the trend, and events marked', () =>
  show('daily', async ({ frame, seen }) => {
    await frame.click('text=Compare versions');
    await frame.click('.chip:first-child');
    await frame.waitForFunction(() => document.querySelectorAll('.readout .value').length === 2);
    await frame.click('text=Versions and events');
    await frame.waitForSelector('.mark-list li');
    assert.deepEqual((await seen()).calls.map((call) => call.name), ['crashsight_list_versions', 'crashsight_get_daily_trend', 'crashsight_investigate_change']);
  }));

test('rows receive the course of their issue in one call', () =>
  show('top', async ({ frame, seen }) => {
    await frame.click('text=Show the last 7 days');
    await frame.waitForSelector('.sparkline');
    const { calls } = await seen();
    assert.deepEqual(calls.map((call) => call.name), ['crashsight_get_issue_trend']);
    assert.equal(await frame.locator('tbody .sparkline').count(), calls[0].arguments.issues.length);
  }));

test('asks the model with ids only, and never writes itself', () =>
  show('issue', async ({ frame, seen }) => {
    await frame.click('text=Explain this');
    await frame.click('text=Mark as processed');
    const { messages, calls } = await seen();
    const { issue } = find('issue')[1];
    assert.equal(messages[0][0].text, `Explain what this shows: crashsight_get_issue {"project":"starfall-android","issue":"${issue}"}`);
    assert.equal(messages[1][0].text, `Set the status of issue ${issue} in starfall-android to processed.`);
    assert.deepEqual(calls, []);
  }));

test('follows theme, locale, colours and full screen of the host', () =>
  show('overview', async ({ page, frame }) => {
    const background = () => frame.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await background();
    await page.evaluate(() => window.host.context({ theme: 'dark' }));
    await frame.waitForSelector('html[data-theme=dark]');
    assert.notEqual(await background(), light);
    await page.evaluate(() => window.host.context({ styles: { variables: { '--color-background-primary': 'rgb(1, 2, 3)', '--font-sans': 'serif' } }, locale: 'zh-TW' }));
    await frame.waitForSelector('html[lang=zh-CN]');
    assert.equal(await background(), 'rgb(1, 2, 3)');
    // Hosts write both themes as one colour.
    await page.evaluate(() => window.host.context({ theme: 'dark', styles: { variables: { '--color-background-primary': 'light-dark(rgb(1, 2, 3), rgb(4, 5, 6))' } } }));
    await frame.waitForFunction(() => getComputedStyle(document.body).backgroundColor === 'rgb(4, 5, 6)');
    assert.equal(await frame.evaluate(() => getComputedStyle(document.body).fontFamily), 'serif');
    assert.equal(await frame.textContent('h1'), '概览');
    await frame.click('[aria-label=全屏]');
    await frame.waitForSelector('html[data-mode=fullscreen]');
  }));

test('in a host that offers nothing, no control that would need it is drawn', () =>
  show('top', async ({ frame }) => {
    assert.equal(await frame.locator('.row-link, .head .tools button, .foot button').count(), 0);
    assert.ok((await frame.locator('tbody tr').count()) >= 10);
  }, { bare: true, context: { availableDisplayModes: ['inline'] } }));

test('a cancelled call: by the user, and by the host', async () => {
  await show('top', async ({ page, frame }) => {
    await page.evaluate(() => { window.host.hold = true; });
    await frame.click('tbody tr:first-child .row-link');
    await frame.click('.waiting button');
    assert.equal(await frame.textContent('h1'), 'Top issues');
    await page.evaluate(() => window.host.release());
    await painted(frame);
    assert.equal(await frame.textContent('h1'), 'Top issues');
  });
  await stage.show({}, async ({ page, frame }) => {
    await frame.waitForSelector('.waiting');
    await page.evaluate(() => window.host.cancelled('by the user'));
    await frame.waitForSelector('text=The call was cancelled.');
    await page.evaluate(() => window.host.teardown());
  });
});

test('a failed call and an answer without data are shown as text', () =>
  stage.show({}, async ({ frame, send }) => {
    const failed = await stage.call('crashsight_get_issue', { issue: 'no id' });
    assert.ok(failed.isError);
    await send(failed);
    await frame.waitForSelector('[role=alert]');
    await send({ content: [{ type: 'text', text: 'only text' }] });
    await frame.waitForSelector('text=only text');
    await send({ content: [] });
    await frame.waitForSelector('.empty');
  }));

test('hostile text in every field executes nothing and leaves nothing', async () => {
  const hostile = `"><img src=https://evil.test/x onerror=alert(1)><script>alert(1)</script><svg onload=alert(1)> https://evil.test javascript:alert(1) \u202e{{1}} url(https://evil.test/y)`;
  const leaves = [
    ['text', (value) => (typeof value === 'string' ? hostile : value)],
    ['all', () => hostile],
    ['long', (value) => (typeof value === 'string' ? `${hostile}${'x'.repeat(3_000)}` : value)],
    ['numbers', (value) => (typeof value === 'number' ? -1e300 : value)],
    ['right to left', (value) => (typeof value === 'string' ? `\u202eשלום \u05d0${value} مرحبا` : value)],
    ['emoji', (value) => (typeof value === 'string' ? '👩‍👩‍👧‍👦🏴‍☠️'.repeat(40) : value)],
    ['absent', () => null],
  ];
  const problems = [];
  await stage.show({ width: 360, warnings: true }, async ({ frame, send }) => {
    for (const [name, args, result] of drawn) {
      for (const [kind, leaf] of leaves) {
        await send({ ...result, structuredContent: replaced(result.structuredContent, leaf) }, args);
        await frame.waitForFunction(() => document.querySelector('.view, .empty, .reply'));
        const state = await frame.evaluate(() => ({
          foreign: document.querySelectorAll('img, iframe, a, object, embed, link, #app script, #app style').length,
          wide: document.documentElement.scrollWidth - innerWidth,
        }));
        if (state.wide > 0) state.widest = await frame.evaluate(() => [...document.querySelectorAll('#app *')].filter((one) => one.getBoundingClientRect().right > innerWidth + 1 && !one.closest('.table, .stack, .log')).slice(0, 3).map((one) => one.outerHTML.slice(0, 120)));
        if (state.foreign !== 0 || state.wide > 0) problems.push(`${name}, ${kind}: ${JSON.stringify(state)}`);
      }
    }
  });
  assert.deepEqual(problems, []);
});

test('0, 1 and 1,000 rows', async () => {
  const figures = [];
  await stage.show({}, async ({ frame, send }) => {
    for (const name of ['top', 'search', 'crashes', 'daily', 'read-log']) {
      const [, args, result] = find(name);
      for (const count of [0, 1, 1_000]) {
        const many = (list) => Array.from({ length: Math.min(count, list.length === 0 ? 0 : count) }, (_, index) => {
          const row = list[index % list.length];
          return row.start ? { ...row, start: new Date(Date.UTC(2024, 0, 1 + index)).toISOString().slice(0, 10) } : row;
        });
        const data = structuredClone(result.structuredContent);
        const lists = { top: ['issues'], search: ['issues'], crashes: ['crashes'], daily: ['points'] };
        if (name === 'read-log') data.answer.part.texts[0].lines = many(data.answer.part.texts[0].lines);
        else for (const field of lists[name]) data.answer[field] = many(data.answer[field]);
        await frame.evaluate(() => {
          window.drawnAt = undefined;
          const seen = () => { window.receivedAt = performance.now(); requestAnimationFrame(() => setTimeout(() => { window.drawnAt = performance.now(); })); };
          addEventListener('message', function once(event) { if (event.data?.method === 'ui/notifications/tool-result') { removeEventListener('message', once, true); seen(); } }, true);
        });
        await send({ ...result, structuredContent: data }, args);
        await frame.waitForFunction(() => window.drawnAt !== undefined);
        const took = await frame.evaluate(() => window.drawnAt - window.receivedAt);
        let figure = `${name} ${count}: ${took.toFixed(0)} ms`;
        assert.ok(took < CEILING_MS, `${name} ${count}: ${took} ms`);
        if (count === 1_000 && name !== 'daily') {
          // A table shows its first rows, and all of them when asked to.
          const more = frame.locator('.table > .more:visible');
          if (name !== 'read-log') await frame.waitForFunction(() => document.querySelectorAll('tbody tr').length === 200);
          await frame.evaluate(() => {
            window.allAt = undefined;
            const from = performance.now();
            const seen = (since) => () => document.querySelectorAll('.table tbody tr, .log li').length === 1_000
              ? setTimeout(() => { window.allAt = performance.now() - since; })
              : requestAnimationFrame(seen(since));
            // From the press, not from when the test began to look for what to press.
            addEventListener('click', () => requestAnimationFrame(seen(performance.now())), { capture: true, once: true });
            if (!document.querySelector('.table > .more:not([hidden])')) requestAnimationFrame(seen(from));
          });
          if (await more.count()) await more.click();
          await frame.waitForFunction(() => window.allAt !== undefined, undefined, { polling: 'raf' });
          figure += `, all of them ${(await frame.evaluate(() => window.allAt)).toFixed(0)} ms after asking`;
        }
        figures.push(figure);
      }
    }
    // From the moment the page has arrived.
    const paint = await frame.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime - performance.getEntriesByType('navigation')[0].responseEnd);
    figures.push(`first paint after the page has arrived: ${paint?.toFixed(0)} ms`);
    assert.ok(paint < CEILING_MS);
  });
  console.log(figures.join('\n'));
});

test('a report is one file that works from disk and on paper', async () => {
  const html = execFileSync(process.env.CRASHSIGHT_MCP, ['report', '--demo', '--format', 'html'], { maxBuffer: 1 << 26, stdio: ['ignore', 'pipe', 'ignore'] });
  const folder = mkdtempSync(join(tmpdir(), 'report-'));
  const file = join(folder, 'report.html');
  writeFileSync(file, html);
  const page = await stage.browser.newPage();
  const problems = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && problems.push(message.text()));
  page.on('request', (request) => request.url().startsWith('file:') || problems.push(request.url()));
  await page.goto(`file://${file}`);
  await page.waitForSelector('canvas');
  assert.ok((await page.locator('.screen').count()) >= 4);
  assert.equal(await page.locator('.row-link, .head button, .actions button, .foot button').count(), 0);
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  // Charts are drawn anew: as wide as the paper, in its colours.
  await page.waitForFunction(() => document.querySelector('.u-wrap').style.width === '688px');
  assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), 'rgb(255, 255, 255)');
  assert.ok((await page.pdf({ preferCSSPageSize: true })).length > 10_000);
  await page.setViewportSize({ width: 690, height: 970 });
  assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0);
  assert.deepEqual(problems, []);
  await page.close();
  rmSync(folder, { recursive: true });
});

test('a ticket is a link only where the settings made its address, it is one of the web, and the host follows links', async () => {
  const [, args, result] = find('inspection-filed');
  const data = structuredClone(result.structuredContent);
  const issues = [...new Set(data.answer.filed.map((row) => row.issue))];
  const urls = ['https://tracker.example/1072855', 'https://of-a-device.example/1', 'javascript:alert(1)', 'file:///etc/passwd', '//tracker.example', undefined];
  for (const row of data.answer.filed) {
    const url = urls[issues.indexOf(row.issue)];
    // An address that a message of a crash brings along is none to follow.
    row.ticket = { ...row.ticket, id: '1072855', url, is_link: url !== urls[1], found_in: 'message' };
  }
  assert.ok(issues.length >= 3);
  const draw = async ({ frame, send }) => {
    await send({ ...result, structuredContent: data }, args);
    await frame.waitForSelector('.versions');
  };
  await stage.show({}, async (at) => {
    await draw(at);
    assert.equal(await at.frame.locator('button.link').count(), 1);
    await at.frame.click('button.link');
    const { links, calls } = await at.seen();
    assert.deepEqual(links.map((link) => link.url), [urls[0]]);
    assert.deepEqual(calls, []);
  });
  await stage.show({ bare: true }, async (at) => {
    await draw(at);
    assert.equal(await at.frame.locator('button.link').count(), 0);
    assert.ok((await at.frame.locator('td', { hasText: /^1072855$/ }).count()) >= issues.length);
  });
});

test('an inspection lists every row of its answer, and the next rows when asked', async () => {
  // What was counted a minute ago is asked for again, and waits for the calls that the other tests took: not in the page's time.
  await stage.answer('crashsight_report_inspection', { offset: 40, limit: 40 });
  await show('inspection', async ({ frame, seen }) => {
    const { answer } = find('inspection')[2].structuredContent;
    assert.equal(await frame.locator('.versions li').count(), answer.missed.length + answer.filed.length);
    await frame.click('text=/^Rows 41 to 80 of/');
    await frame.waitForSelector('.versions');
    const [call] = (await seen()).calls;
    assert.equal(call.name, 'crashsight_report_inspection');
    assert.deepEqual([call.arguments.offset, call.arguments.limit], [40, 40]);
  });
});

test('tables sort by keyboard and say so', () =>
  show('top', async ({ frame }) => {
    const head = frame.locator('th[aria-sort]', { hasText: 'Devices' });
    await head.locator('button').focus();
    await head.locator('button').press('Enter');
    assert.equal(await head.getAttribute('aria-sort'), 'descending');
    await head.locator('button').press('Enter');
    assert.equal(await head.getAttribute('aria-sort'), 'ascending');
    const shown = await frame.locator('tbody tr td:nth-child(2)').allTextContents();
    const numbers = shown.map((text) => Number(text.replaceAll(',', '')));
    assert.deepEqual(numbers, [...numbers].sort((a, b) => a - b));
  }));

test('each chart has its table, and a log its search', async () => {
  await show('hourly', async ({ frame }) => {
    await frame.click('.as-table summary');
    await frame.waitForSelector('.as-table tbody tr');
    const { points } = find('hourly')[2].structuredContent.answer;
    assert.equal(await frame.locator('.as-table tbody tr').count(), points.length);
  });
  await show('read-log', async ({ frame }) => {
    const all = await frame.locator('.log li:visible').count();
    await frame.fill('[type=search]', 'libc');
    const found = await frame.locator('.log li:visible').count();
    assert.ok(found > 0 && found < all, `${found} of ${all}`);
  });
});
