// Screenshots of every view, and of what a user does in it, in both themes and both widths: node test/screenshots.mjs BINARY FOLDER [NAME...]

import { cases, STEPS } from './cases.mjs';
import { Stage, save } from './stage.mjs';

const [binary, folder, ...names] = process.argv.slice(2);
const stage = await Stage.start(binary);
const ask = async (tool, args) => (await stage.answer(tool, args)).structuredContent;
const shots = [
  { suffix: 'light', width: 820, context: { theme: 'light', locale: 'en-US' } },
  { suffix: 'dark', width: 820, context: { theme: 'dark', locale: 'zh-CN' } },
  { suffix: 'light-360', width: 360, context: { theme: 'light', locale: 'zh-CN' } },
  { suffix: 'dark-360', width: 360, context: { theme: 'dark', locale: 'en-US' } },
];
const wanted = (await cases(ask)).filter(([name]) => names.length === 0 || names.includes(name));
const drawn = [];
for (const [name, tool, args] of wanted) drawn.push([name, args, await stage.answer(tool, args)]);

let problems = 0;
for (const { suffix, width, context } of shots) {
  // One host for all: each answer replaces the one before, as a host may do.
  await stage.show({ context, width, scale: width < 500 ? 2 : 1 }, async ({ page, frame, send }) => {
    const one = async (name, args, result, act) => {
      await page.setViewportSize({ width, height: 200 });
      await send(result, args);
      await settled(page, frame);
      await act?.(frame);
      await settled(page, frame);
      const { wide, height } = await frame.evaluate(() => ({
        wide: document.documentElement.scrollWidth - innerWidth,
        height: Math.ceil(document.getElementById('app').getBoundingClientRect().height),
      }));
      await page.setViewportSize({ width, height });
      await settled(page, frame);
      save(`${folder}/${name}-${suffix}.png`, await page.screenshot());
      if (wide > 0) {
        problems += 1;
        console.error(`${name}-${suffix}: ${wide} px too wide`);
      }
    };
    for (const [name, args, result] of drawn) {
      await one(name, args, result);
      for (const [of, what, act] of STEPS) if (of === name) await one(`${name}-${what}`, args, result, act);
    }
  });
}
await stage.stop();
console.log(`${folder}: ${problems === 0 ? 'done' : `${problems} with problems`}`);
process.exit(problems === 0 ? 0 : 1);

/** A chart is drawn once its width is known, and the frame grows with it. */
async function settled(page, frame) {
  await frame.waitForSelector('.view');
  for (const one of [frame, page.mainFrame(), frame]) {
    await one.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done()))));
  }
}
