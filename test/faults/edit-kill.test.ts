import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { onlySessionIn } from '../program/session-files.ts';
import { final, toolCall } from '../support/ollama-server.ts';
import { scene } from '../support/program.ts';
import { readLog } from '../support/session.ts';
import { some } from '../support/stress.ts';

/** More steps than an edit takes, counted from its record of the reply to the end of the request. */
const STEPS = Array.from({ length: 28 }, (_, index) => index + 1);
/** The step that puts the new file in the place of the old one. */
const REPLACES = 9;
const HOOK = path.join(import.meta.dirname, 'kill-at.mjs');
const DONE = final('Done.');
const EDIT = toolCall('patch_file', { path: 'a.txt', old_text: 'old', new_text: 'new' });

it.each(some(1, [REPLACES, ...STEPS]))(
  'kill -9 at step %i of an edit leaves the old file or the new one, which /undo takes back',
  async (at) => {
    const { root, run } = await scene([EDIT, DONE, DONE], { 'a.txt': 'the old text\n' });
    const file = path.join(root, 'a.txt');
    const env = { NODE_OPTIONS: `--import ${HOOK}`, MCA_KILL_AT: String(at) };
    const { code, stdout } = await run(['--approval', 'auto', 'go'], '', { env });
    if (code !== null) {
      // The edit has no such step: it is done.
      expect(at).toBeGreaterThan(REPLACES);
      return expect(stdout).toContain('Done.');
    }
    const found = fs.readFileSync(file, 'utf8');
    expect(['the old text\n', 'the new text\n']).toContain(found);
    const { corrupt, torn, records } = readLog(onlySessionIn(root).path);
    expect({ corrupt, torn }).toEqual({ corrupt: 0, torn: false });
    const types = records.map(({ type }) => type);
    expect(types).toContain('model');
    if (found === 'the new text\n') expect(types).toContain('change');
    if (stdout.includes('patched')) expect(types).toContain('tool');

    const resumed = await run(['-c'], 'go on\n/undo\n');
    expect(resumed).toMatchObject({ code: 0, stderr: '' });
    expect(resumed.stdout).toContain('Done.');
    expect(fs.readFileSync(file, 'utf8')).toBe('the old text\n');
  },
);
