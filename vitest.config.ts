import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Whole-program tests start real processes; two at a time keep a small machine honest.
    maxWorkers: 2,
    testTimeout: 20_000,
  },
});
