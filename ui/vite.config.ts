// One HTML file with script and style inside; written compressed to src/app/ by scripts/embed.mjs.
import { defineConfig, type Plugin } from 'vite';
import { viteSingleFile } from 'vite-plugin-singlefile';

/**
 * Left out of uPlot. It makes formats of numbers and times when it is loaded, which took a fifth of the time to the first
 * paint; the page gives every axis its own texts and its times as UTC. Nor does it join tables or draw curves and steps.
 */
const UNUSED: [string, string][] = [
  ["new Intl.NumberFormat(domEnv ? nav.language : 'en-US')", '{ format: String }'],
  ['new Intl.DateTimeFormat().resolvedOptions().timeZone', "''"],
  ['uPlot.join = join;', ''],
  ['(paths.stepped = stepped);', ''],
  ['(paths.spline  = monotoneCubic);', ''],
];

const withoutUnused: Plugin = {
  name: 'without-unused',
  transform(code, id) {
    if (!/uPlot\.esm\.js$/.test(id)) return undefined;
    return UNUSED.reduce((text, [from, to]) => {
      if (text.split(from).length !== 2) this.error(`uPlot has changed: ${from}`);
      return text.replace(from, to);
    }, code);
  },
};

export default defineConfig({
  plugins: [withoutUnused, viteSingleFile({ removeViteModuleLoader: true })],
  // Browsers with `light-dark()`, in which hosts write their colours too.
  build: { target: 'es2022', cssTarget: ['chrome123', 'safari17.5', 'firefox120'], modulePreload: false, reportCompressedSize: false },
});
