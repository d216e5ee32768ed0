import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

/** Where `make run` listens; the dev server passes on to it whatever is not the dashboard's own. */
const SERVER = process.env.SWITCHBOARD_URL ?? 'http://localhost:4000';

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { '@': new URL('./src', import.meta.url).pathname } },
  server: {
    port: 5173,
    // The browser's own host goes on, or the server would take a request of ours for one of another site.
    proxy: Object.fromEntries(
      ['/api', '/media', '/docs', '/openapi.json', '/health', '/ws'].map((path) => [
        path,
        { target: SERVER, changeOrigin: false },
      ]),
    ),
  },
  build: {
    target: 'es2022',
    // Browsers that know light-dark(), which is used in elements' styles as well. For older ones the build would write it in a
    // way that our colour scheme, an attribute of the document, does not set off.
    cssTarget: ['chrome123', 'edge123', 'firefox120', 'safari17.5'],
    // The content policy allows no inline script, and every browser of the target knows modulepreload.
    modulePreload: { polyfill: false },
    // Fonts and pictures as data: addresses would need a wider content policy.
    assetsInlineLimit: 0,
    reportCompressedSize: true,
  },
  test: {
    environment: 'jsdom',
    include: ['src/**/*.test.{ts,tsx}'],
    restoreMocks: true,
  },
});
