// Puts brotli and gzip forms beside the built files. The server hands out what is there and compresses nothing itself.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const DIST = new URL('../dist', import.meta.url).pathname;
const TEXT = /\.(html|js|css|svg|json|webmanifest|txt)$/;
/** Smaller files fit into the packet that their headers go in. */
const LEAST_BYTES = 1024;

const brotli = (text) =>
  brotliCompressSync(text, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: text.length },
  });

for (const entry of readdirSync(DIST, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || !TEXT.test(entry.name)) continue;
  const path = join(entry.parentPath ?? entry.path, entry.name);
  const text = readFileSync(path);
  if (text.length < LEAST_BYTES) continue;
  for (const [ending, squeezed] of [
    ['br', brotli(text)],
    ['gz', gzipSync(text, { level: 9 })],
  ]) {
    if (squeezed.length < text.length) writeFileSync(`${path}.${ending}`, squeezed);
  }
}
