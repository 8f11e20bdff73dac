import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import glob from 'fast-glob';
import { defineConfig } from 'vitest/config';

const cwd = import.meta.dirname;
const files = (pattern: string) => glob.sync(pattern, { cwd, absolute: true });

/** The stress run has the files that do more of the same there: see test/support/stress.ts. */
const doesMore = (file: string) => fs.readFileSync(file, 'utf8').includes('/support/stress.ts');

/** The sets of tests that are not the fast one; test/engine needs a real engine, which is slow. */
const SETS: Record<string, () => string[]> = {
  stress: () => files('test/**/*.test.ts').filter(doesMore),
  engine: () => files('test/engine/*.test.ts'),
};
const set = SETS[process.env['MCA_TESTS'] ?? ''];

/** Where the built program keeps its code cache. */
const cache = path.join(os.tmpdir(), `mca-test-cache-${os.userInfo().uid}`);
fs.mkdirSync(cache, { recursive: true });

export default defineConfig({
  test: {
    include: set ? set() : ['test/**/*.test.ts'],
    exclude: set ? [] : ['test/engine/**'],
    // Whole-program tests start real processes; three at a time fill the waits of two cores.
    maxWorkers: 3,
    // No test replaces a module or changes what the next one finds: files can share a process, and
    // what they import is read once.
    isolate: false,
    setupFiles: ['test/support/properties.ts'],
    // Nobody's own settings and git settings change what is tested, and what starts the program
    // faster does not go into their home folder.
    env: {
      XDG_CONFIG_HOME: path.join(os.tmpdir(), 'no-such-folder'),
      XDG_CACHE_HOME: cache,
    },
    testTimeout: set ? 600_000 : 20_000,
  },
});
