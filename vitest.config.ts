import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import glob from 'fast-glob';
import { defineConfig } from 'vitest/config';

/** The stress run has the files that do more of the same there: see test/support/stress.ts. */
const isStress = process.env['MCA_TESTS'] === 'stress';
const doesMore = (file: string) => fs.readFileSync(file, 'utf8').includes('/support/stress.ts');
const files = glob.sync('test/**/*.test.ts', { cwd: import.meta.dirname, absolute: true });

export default defineConfig({
  test: {
    include: isStress ? files.filter(doesMore) : ['test/**/*.test.ts'],
    // Whole-program tests start real processes; three at a time fill the waits of two cores.
    maxWorkers: 3,
    // No test replaces a module or changes what the next one finds: files can share a process, and
    // what they import is read once.
    isolate: false,
    // Nobody's own settings and git settings change what is tested.
    env: { XDG_CONFIG_HOME: path.join(os.tmpdir(), 'no-such-folder') },
    testTimeout: isStress ? 600_000 : 20_000,
  },
});
