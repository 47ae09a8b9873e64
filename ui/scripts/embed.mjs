// Writes the built page compressed to src/app/page.html.gz: node scripts/embed.mjs [--check]
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { constants, gunzipSync, gzipSync } from 'node:zlib';

const target = new URL('../../src/app/page.html.gz', import.meta.url);
const page = readFileSync(new URL('../dist/index.html', import.meta.url));
const packed = gzipSync(page, { level: constants.Z_BEST_COMPRESSION });
const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;

const fail = (message) => {
  console.error(message);
  process.exit(1);
};
if (page.length > 160_000) fail(`the page has ${kilobytes(page.length)}, more than 160 kB`);
if (packed.length > 60_000) fail(`the compressed page has ${kilobytes(packed.length)}, more than 60 kB`);

if (process.argv.includes('--check')) {
  // Compared unpacked: compressors differ between versions.
  if (!existsSync(target) || !gunzipSync(readFileSync(target)).equals(page)) {
    fail('src/app/page.html.gz does not match its source: run `npm run build` in ui/');
  }
} else {
  writeFileSync(target, packed);
}
console.log(`page ${kilobytes(page.length)}, compressed ${kilobytes(packed.length)}`);
