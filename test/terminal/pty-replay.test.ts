/** A replay as a person sees it, in a real terminal. */
import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { BIN } from '../support/program.ts';
import { some } from '../support/stress.ts';
import { openTerminal } from '../support/terminal.ts';
import { temporaryRepository } from '../support/workspace.ts';

const DEMO = path.resolve(import.meta.dirname, '../../src/cli/demo.jsonl');

it.each(
  some(1, [
    ['Esc', '\u001b'],
    ['Ctrl-C', '\u0003'],
  ]),
)('%s at a question stops the replay, with nothing written', async (_key, bytes) => {
  const cwd = temporaryRepository({});
  const terminal = openTerminal([process.execPath, BIN, '--replay', DEMO], cwd);
  await terminal.waitFor(/Allow write_file .+\? \[y\/N\]/);
  terminal.type(bytes);
  expect(await terminal.ended).toBe(130);
  expect(terminal.screen()).toContain('Replayed: 1 request');
  expect(fs.existsSync(path.join(cwd, 'binary_search.mjs'))).toBe(false);
});
