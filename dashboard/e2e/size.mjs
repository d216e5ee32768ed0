// What a first visit loads, gzipped, against what we allow it, and whether its colours came through. Run after `npm run build`: `npm run size [dist]`.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** The most that the page itself names: the entry with what it preloads, and the styles. */
const MOST_SCRIPTS = 250_000;
const MOST_STYLES = 50_000;
/** The most of any one file that comes later. */
const MOST_OF_ONE = 150_000;

const dist = process.argv[2] ?? 'dist';
const gzipped = (file) => gzipSync(readFileSync(join(dist, file))).length;
const kilo = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;

const page = readFileSync(join(dist, 'index.html'), 'utf8');
const first = [...page.matchAll(/(?:src|href)="\/(assets\/[^"]+\.(?:js|css))"/g)].map(([, file]) => file);
const sum = (end) => first.filter((file) => file.endsWith(end)).reduce((all, file) => all + gzipped(file), 0);
const [scripts, styles] = [sum('.js'), sum('.css')];
const later = readdirSync(join(dist, 'assets'))
  .filter((file) => file.endsWith('.js') && !first.includes(`assets/${file}`))
  .map((file) => ({ file, size: gzipped(`assets/${file}`) }))
  .sort((a, b) => b.size - a.size);

console.log(`scripts:  ${kilo(scripts)} of ${kilo(MOST_SCRIPTS)}\nstyles:   ${kilo(styles)} of ${kilo(MOST_STYLES)}`);
for (const { file, size } of later.slice(0, 5)) {
  console.log(`later:    ${kilo(size)} ${file}`);
}
const tooLarge = later.filter(({ size }) => size > MOST_OF_ONE);
if (scripts === 0 || scripts > MOST_SCRIPTS || styles > MOST_STYLES || tooLarge.length > 0) {
  console.error('too large: load what is heavy by the page that needs it (a dynamic import)');
  process.exit(1);
}

const styleSheets = readdirSync(join(dist, 'assets')).filter((file) => file.endsWith('.css'));
if (styleSheets.some((file) => readFileSync(join(dist, 'assets', file), 'utf8').includes('--lightningcss-'))) {
  console.error(
    'light-dark() was written for browsers that do not know it, and nothing sets that off: see cssTarget in vite.config.ts',
  );
  process.exit(1);
}
