import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { patchFile } from '../../../src/tools/patch-file.ts';
import { runTool } from '../../support/run-tool.ts';
import { temporaryFolder, toolContext } from '../../support/workspace.ts';

const CODE = 'def f(a):\n    x = "a"\n    if x < a:\n        return 1\n';

/** The file after the edit. */
async function patched(name: string, content: string, oldText: string, newText: string) {
  const root = temporaryFolder({ [name]: content });
  await runTool(patchFile, toolContext(root), { path: name, old_text: oldText, new_text: newText });
  return fs.readFileSync(path.join(root, name), 'utf8');
}

describe('a notation that only new_text has is refused, and said what to leave out', () => {
  it.each([
    ['a.py', CODE, '        return 1', '4:         return 2', 'line numbers'],
    ['a.py', CODE, '        return 1', '   4:         return 2', 'line numbers'],
    [
      'a.py',
      CODE,
      '        return 1',
      '     4\t        return 2\n     5\t    return 3',
      'line numbers',
    ],
    // They count from 1, and a line is the old one.
    [
      'a.py',
      CODE,
      '    if x < a:\n        return 1',
      '1|    if x < a:\n2|        return 2',
      'line numbers',
    ],
    ['a.py', CODE, '        return 1', '1:         return 2', 'line numbers'],
    ['a.md', 'a\nb\n', 'b', '2: c', 'line numbers'],
    ['a.py', CODE, '    x = "a"', '```python\n    x = "b"\n```', 'code fence'],
    ['a.py', CODE, '    x = "a"', '    x = "b"\n```', 'code fence'],
    ['a.py', CODE, '    x = "a"', '+    x = "b"', 'marks of a diff'],
    ['a.py', CODE, '    x = "a"', '-    x = "a"\n+    x = "b"', 'marks of a diff'],
    ['a.md', 'a\nb\n', 'a\nb', ' a\n-b\n+c', 'marks of a diff'],
    ['a.yml', 'a:\n  b: 1\n', '  b: 1', '+  b: 2', 'marks of a diff'],
    ['a.py', CODE, '    x = "a"', '    x = “b”', 'typographic quotes'],
    ['a.py', CODE, '        return 1', '        y = ‘b’', 'typographic quotes'],
    ['a.yml', 'a: "b"\nc: 1\n', 'a: "b"', 'a: “d”', 'typographic quotes'],
    ['a.py', CODE, '    if x < a:', '    if x &lt; a and a:', '&lt;'],
    ['a.py', CODE, '        return 1', '        return a &gt; x', '&gt;'],
    ['a.json', '{"a": "b & c"}\n', '"b & c"', '"b &amp; d"', 'entities'],
  ])('%s, %j: %j → %j', async (name, content, oldText, newText, reason) => {
    const result = patched(name, content, oldText, newText);
    await expect(result).rejects.toThrow(reason);
    await expect(result).rejects.toThrow('new_text: ');
  });
});

describe('what looks like a notation is written where it is meant', () => {
  it.each([
    // Keys that are numbers, in code and in lists.
    ['a.yml', 'a:\n  x: 1\n', '  x: 1', '  7: 1\n  8: 2'],
    ['a.yml', '1: a\n2: b\n', '2: b', '2: c\n3: d'],
    ['a.js', 'const a = {\n  // none\n};\n', '  // none', "  200: 'ok',\n  201: 'made',"],
    ['a.py', 'A = {\n    1: "a",\n}\n', '    1: "a",', '    1: "b",\n    2: "c",'],
    ['a.md', 'a\nb\nc\n', 'b', '1. b\n2. c'],
    ['a.csv', 'a\tb\n0\tx\n', '0\tx', '1\tx'],
    // Fences in texts, and in code that has some or has more around.
    ['a.md', 'Run it:\n\nit\n', 'it\n', '```sh\nit\n```\n'],
    ['README', 'Run it:\n\nits\n', 'its\n', '```\nit\n```\n'],
    ['a.py', '"""A.\n\n```\nb\n```\n\nc\n"""\n', 'c\n', '```\nc\n```\n'],
    ['a.py', '"""A.\n\nb\n"""\n', 'b\n', 'b:\n\n```\nc\n```\n\nd\n'],
    // Lists, diffs, and lines that begin with a sign.
    ['a.md', 'a\nb\n', 'a\n', '+ a\n+ b\n'],
    ['a.md', '- a\n- b\n', '- b\n', '+ b\n- c\n'],
    ['a.yml', 'a:\n- b\n', '- b\n', '- c\n- d\n'],
    ['a.diff', '-a\n+b\n', '+b\n', '+c\n+d\n'],
    ['a.js', "const a = 'b'\n+ 'c'\n", "+ 'c'\n", "+ 'c'\n+ 'd'\n"],
    ['a.js', 'x = a - b\n', 'a - b', '+b'],
    // Typographic quotes in strings, comments and texts, and where the file has such.
    ['a.py', CODE, '"a"', '"“a”, don’t"'],
    ['a.py', CODE, '        return 1', '        return 1  # “one”'],
    ['a.py', CODE, 'def f(a):', 'def f(a):\n    """Don’t do it."""'],
    ['a.md', 'Say "a".\n', '"a"', '“a”'],
    ['a.html', '<p>"a"</p>\n', '"a"', '“a” &amp; b'],
    ['a.jsx', 'a = <p>x</p>;\n', 'x', '“a” &amp; b'],
    ['a.yml', 'a: "b"\n', 'a: "b"', 'a: “b”'],
    ['a.swift', 'a = “x”\nb = "y"\n', 'b = "y"', 'b = “y”'],
    // Entities beside raw characters, in a file that has some, or as all that is changed.
    ['a.js', 'a = b;\n', 'b', "b.replace(/</g, '&lt;')"],
    ['a.js', "a = '&amp;';\nc = 1;\n", 'c = 1', "c = '&lt;'"],
    ['a.js', 'a = 1;\n', '1', "'&lt;'"],
    ['a.json', '{"a": "b & c"}\n', '"b & c"', '"b &amp; c"'],
  ])('%s, %j: %j → %j', async (name, content, oldText, newText) => {
    expect(await patched(name, content, oldText, newText)).toBe(
      content.replace(oldText, () => newText),
    );
  });
});
