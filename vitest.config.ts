import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Whole-program tests start real processes; two at a time keep a small machine honest.
    maxWorkers: 2,
    // No test replaces a module or changes what the next one finds: files can share a process, and
    // what they import is read once.
    isolate: false,
    testTimeout: 20_000,
  },
});
