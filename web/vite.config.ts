import { fileURLToPath } from 'node:url';
import optimizeLocales from '@react-aria/optimize-locales-plugin';
import tailwind from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
/** The server that `npm run web` works with. */
const SERVER = process.env['LLM_PROXY_URL'] ?? 'http://127.0.0.1:8080';

/** What the login page and the entry need: no more is fetched before somebody is signed in. */
const BASE = [
  String.raw`web/src/(main|routes|api/|format/|login/login|parts/sign\.in/|\w+/search\.ts)`,
  String.raw`web/src/shell/(aria\.root|not\.found|page\.fault|theme\.ts|logo)`,
  String.raw`web/src/ui/(state|button|copy|page\.head|form/(field|checkbox|input|use))`,
  'node_modules/(react|react-dom|scheduler|@tanstack/(react-query|query-core|react-router|router-core|history|store|react-store))/',
  'node_modules/lucide-react/dist/esm/(?!icons)',
];
/** What many pages share. */
const SHARED = /web\/src\/|lucide-react\/dist\/esm\/icons/;
const MANY_PAGES = 4;

export default defineConfig({
  root: here('.'),
  // Relative, so that the interface works below any path.
  base: './',
  plugins: [react(), tailwind(), { ...optimizeLocales.vite({ locales: ['en-US'] }), enforce: 'pre' }],
  build: {
    outDir: here('../dist/admin'),
    emptyOutDir: true,
    target: ['chrome123', 'edge123', 'firefox120', 'safari17.5'],
    // The policy allows no `data:` address.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    sourcemap: false,
    chunkSizeWarningLimit: 1000,
    // A chunk a shared module would be fifty requests for a page, each compressed by itself.
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'base', test: new RegExp(BASE.join('|')), priority: 2 },
            { name: 'pages', test: SHARED, minShareCount: MANY_PAGES },
          ],
        },
      },
    },
  },
  server: { host: '127.0.0.1', proxy: { '/manage': SERVER, '/health': SERVER, '/v1': SERVER, '/docs': SERVER } },
});
