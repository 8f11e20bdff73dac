import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { patchFile } from '../../../src/tools/patch-file.ts';
import type { ToolContext } from '../../../src/tools/tool.ts';
import { writeFile } from '../../../src/tools/write-file.ts';
import { pythonPath } from '../../support/python.ts';
import { never, temporaryFolder, toolContext } from '../../support/workspace.ts';

function contextOf(root: string): ToolContext {
  const context = toolContext(root);
  return { ...context, env: { ...context.env, PATH: pythonPath() } };
}

/** What a write of the file came to. */
async function write(files: Record<string, string | Buffer>, file: string, content: string) {
  const root = temporaryFolder(files);
  const call = writeFile.prepare({ path: file, content });
  const outcome = await call.run(contextOf(root), never);
  expect(fs.readFileSync(path.join(root, file), 'utf8')).toBe(content);
  return outcome;
}

const patch = (context: ToolContext, file: string, old_text: string, new_text: string) =>
  patchFile.prepare({ path: file, old_text, new_text }).run(context, never);

describe('the result of an edit', () => {
  it('says that a file parses', async () => {
    expect((await write({}, 'a.json', '{"a": 1}\n')).text).toBe(
      'wrote a.json (9 chars)\nIt parses as JSON.',
    );
    const { text, summary } = await write({}, 'a.py', 'a = 1\n');
    expect(text).toMatch(/^wrote a\.py \(6 chars\)\nIt parses as Python 3\.\d+\.$/);
    expect(summary).toEqual({ result: '1 line' });
  });

  it('says where a file does not parse, and the edit stays', async () => {
    const json = await write({ 'a.json': '{}' }, 'a.json', '{\n"a": 1,\n}\n');
    expect(json.text).toContain(
      '\nIt does not parse as JSON: line 3: expected a name in double quotes, found }',
    );
    expect(json.summary).toEqual({ result: '3 lines · does not parse, line 3' });
    const python = await write({ 'a.py': 'a = 1\n' }, 'a.py', 'a = 1\ndef f(:\n  pass\n');
    expect(python.text).toMatch(/\nIt does not parse as Python 3\.\d+: line 2: invalid syntax$/);
    expect(python.summary).toEqual({ result: '3 lines · does not parse, line 2' });
  });

  it('says it of a patch, too', async () => {
    const context = contextOf(temporaryFolder({ 'a.py': 'def f():\n    return 1\n' }));
    const broken = await patch(context, 'a.py', '    return 1', '  return 1\n    return 2');
    expect(broken.text).toMatch(
      /^patched a\.py\nIt does not parse as Python [\d.]+: line 3: unexpected indent$/,
    );
    expect(broken.summary).toEqual({ result: 'does not parse, line 3' });
    const mended = await patch(context, 'a.py', '    return 2\n', '');
    expect(mended.text).toMatch(/^patched a\.py\nIt parses as Python [\d.]+\.$/);
    expect(mended.summary).toBeUndefined();
  });

  it.each([
    [
      'a.json',
      '{"a": x}',
      '{"a": y}',
      'JSON, and did not before this edit: line 1: expected a val',
    ],
    ['a.py', 'print "a"\n', 'print "b"\n', ', and did not before this edit: line 1: Missing paren'],
  ])('does not blame it for a fault that %s had before', async (file, before, after, said) => {
    const { text, summary } = await write({ [file]: before }, file, after);
    expect(text).toContain(said);
    expect(summary).toEqual({ result: '1 line' });
  });

  it('blames it for the fault of a file that was new or empty', async () => {
    for (const files of [{}, { 'a.json': '' }]) {
      const { text } = await write(files, 'a.json', '{');
      expect(text).toContain('It does not parse as JSON: line 1');
    }
  });

  it.each([
    ['a.txt', 'no code'],
    ['tsconfig.json', '{ // why\n}'],
    ['py', 'def'],
    ['big.json', `[${'1,'.repeat(530_000)}]`],
    ['big.py', `(${' '.repeat(1024 * 1024)}`],
  ])('says nothing of %s, which no parser is for or which is too long', async (file, content) => {
    expect((await write({}, file, content)).text).not.toMatch(/parse/);
  });

  it('says nothing where nothing changed, or the file was no text', async () => {
    expect((await write({ 'a.json': '{' }, 'a.json', '{')).text).not.toMatch(/parse/);
    const binary = { 'a.json': Buffer.from([0x22, 0xff, 0x22]) };
    expect((await write(binary, 'a.json', '{')).text).not.toMatch(/parse/);
  });

  it('is short and in one line, whatever the file has', async () => {
    const { text } = await write({}, 'a.json', `{"a": ${'\u2028z'.repeat(1_000)}}`);
    expect(text.split('\n')).toHaveLength(2);
    expect(text.length).toBeLessThan(300);
  });
});
