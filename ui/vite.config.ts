// One HTML file with script and style inside; written compressed to src/app/ by scripts/embed.mjs.
import { defineConfig } from 'vite';
import { viteSingleFile } from 'vite-plugin-singlefile';

export default defineConfig({
  plugins: [viteSingleFile({ removeViteModuleLoader: true })],
  // Browsers with `light-dark()`, in which hosts write their colours too.
  build: { target: 'es2022', cssTarget: ['chrome123', 'safari17.5', 'firefox120'], modulePreload: false, reportCompressedSize: false },
});
