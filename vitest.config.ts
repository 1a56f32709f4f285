import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.spec.ts', 'test/**/*.test.ts'],
    setupFiles: ['reflect-metadata'],
    globalSetup: ['test/support/global.setup.ts'],
    reporters: ['default', './test/support/closing.reporter.ts'],
    // These limits only end a test that hangs. A hook starts processes and whole databases, and everything takes several
    // times as long while all cores are busy: 60 s are more than twice what the slowest test or hook needs then.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } },
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      exclude: ['src/**/*.spec.ts', 'src/main.ts'],
      reporter: ['text-summary', 'json-summary'],
      thresholds: { lines: 90, functions: 90 },
    },
  },
});
