/** The benches where they cannot work: they say why, before anything is measured. */
import fs from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { expect } from 'vitest';
import { inStress } from '../support/stress.ts';
import { temporaryFolder } from '../support/workspace.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const TSX = path.join(ROOT, 'node_modules/tsx/dist/cli.mjs');

/** A PATH that leads to no Python. */
function pathWithoutPython(): string {
  const folder = temporaryFolder();
  fs.symlinkSync(process.execPath, path.join(folder, 'node'));
  return folder;
}

inStress.each([
  [
    'index.ts',
    ['--original', path.join(ROOT, 'README.md')],
    /^The original cannot be run: .*python3/,
  ],
  ['tokens.ts', ['--engine', 'http://127.0.0.1:1'], /^No llama.cpp server answers at http:\/\/127/],
  ['tokens.ts', ['--engine', 'nonsense'], /^No llama.cpp server answers at nonsense/],
])('bench/%s %j says why it cannot measure', async (file, flags, why) => {
  const { exitCode, stdout, stderr } = await execa(
    process.execPath,
    [TSX, path.join(ROOT, 'bench', file), ...flags],
    { env: { PATH: pathWithoutPython() }, reject: false },
  );
  expect({ exitCode, stdout, stderr }).toMatchObject({ exitCode: 2, stdout: '' });
  expect(stderr.split('\n')).toEqual([expect.stringMatching(why)]);
});
