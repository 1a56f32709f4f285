import { defineConfig } from 'vitest/config';

// These limits only end a test that hangs. A hook starts processes and whole databases, and everything takes several
// times as long while all cores are busy: 60 s are more than twice what the slowest test or hook needs then.
const PATIENCE = { testTimeout: 60_000, hookTimeout: 60_000, expect: { poll: { timeout: 20_000 } } };

export default defineConfig({
  test: {
    reporters: ['default', './test/support/closing.reporter.ts'],
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      exclude: ['src/**/*.spec.ts', 'src/main.ts'],
      reporter: ['text-summary', 'json-summary'],
      thresholds: { lines: 90, functions: 90 },
    },
    projects: [
      {
        test: {
          name: 'server',
          include: ['src/**/*.spec.ts', 'test/**/*.test.ts'],
          exclude: ['test/web/**'],
          setupFiles: ['reflect-metadata'],
          globalSetup: ['test/support/global.setup.ts'],
          ...PATIENCE,
        },
      },
      {
        // In a browser, after the others: both want all cores.
        test: {
          name: 'web',
          include: ['test/web/**/*.test.ts', 'web/src/**/*.spec.ts'],
          globalSetup: ['test/web/support/web.setup.ts'],
          sequence: { groupOrder: 1 },
          // A file waits for its browser most of the time.
          maxWorkers: '100%',
          ...PATIENCE,
        },
      },
    ],
  },
});
