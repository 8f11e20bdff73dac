/** What is told of an edit, and when a whole file is not replaced, in the whole program. */
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { final, toolCall } from '../support/ollama-server.ts';
import { scene } from '../support/program.ts';
import { pythonPath } from '../support/python.ts';
import { inStress } from '../support/stress.ts';

const write = (file: string, content: string) => toolCall('write_file', { path: file, content });
const READ_FIRST = 'a.txt exists and you have not read all of it: read it first, or use patch_file';

describe('a file that was not read', () => {
  it('stays as it is under auto, where nobody can be asked, and no piped line is an answer', async () => {
    const script = [write('a.txt', 'new\n'), write('a.txt', 'newer\n'), final('Well.')];
    const files = { 'a.txt': 'old\n' };
    const { root, run, server } = await scene([...script, final('Twice.')], files);
    const { code, stdout } = await run(['--approval', 'auto'], 'go\ny\n');
    expect(code).toBe(0);
    expect(fs.readFileSync(path.join(root, 'a.txt'), 'utf8')).toBe('old\n');
    const told = server.calls.at(-1)?.prompt ?? '';
    expect(told).toContain(`error: write_file did not run: ${READ_FIRST}`);
    expect(told).toContain(`write_file was not approved: nobody can be asked; ${READ_FIRST}`);
    expect(stdout).not.toContain('Allow');
    expect(stdout).toContain('Twice.'); // the y was the next request
  });

  inStress.each([['-p'], ['--output-format=json']])('stays as it is with %s, too', async (flag) => {
    const script = [write('a.txt', 'new\n'), write('a.txt', 'newer\n'), final('Well.')];
    const { root, run } = await scene(script, { 'a.txt': 'old\n' });
    const { code } = await run([flag, '--approval', 'auto', 'go']);
    expect(code).toBe(0);
    expect(fs.readFileSync(path.join(root, 'a.txt'), 'utf8')).toBe('old\n');
  });
});

it('whether an edited file parses is told to the model and to the person, and no python3 of the repository is asked', async () => {
  const broken = 'def f(:\n';
  const script = [write('a.py', broken), write('data.json', '{"a": 1,}'), final('Done.')];
  const { root, run, server } = await scene(script, {
    'bin/python3': '#!/bin/sh\n: > ran\n',
    'ast.py': 'open("ran", "w")\n',
  });
  fs.chmodSync(path.join(root, 'bin/python3'), 0o755);
  const env = { PATH: `${root}/bin:bin:${pythonPath()}` };
  const { code, stderr } = await run(['--approval', 'auto', 'go'], '', { env });
  expect(code).toBe(0);
  const told = server.calls.at(-1)?.prompt ?? '';
  expect(told).toMatch(/wrote a\.py \(8 chars\)\nIt does not parse as Python [\d.]+: line 1: /);
  expect(told).toContain('It does not parse as JSON: line 1: expected a name in double quotes');
  expect(stderr).toContain('wrote a.py · 1 line · does not parse, line 1');
  expect(fs.readFileSync(path.join(root, 'a.py'), 'utf8')).toBe(broken);
  expect(fs.existsSync(path.join(root, 'ran'))).toBe(false);
});
