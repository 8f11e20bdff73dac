import { describe, expect, it } from 'vitest';
import { edited } from './edited.ts';

const FILE =
  'def f():\n    if x:\n        return 1\n    y = 2\n\n\ndef g():\n    print("a\\n", <b> & c)\n';

type Row = [oldText: string, newText: string, from: string, to: string];

/** Each row as the edit, and the part of the file that becomes another. */
function expectEdits(rows: Row[]) {
  it.each(rows)('%j → %j', (oldText, newText, from, to) => {
    expect(FILE.split(from)).toHaveLength(2);
    expect(edited(FILE, oldText, newText)).toBe(FILE.replace(from, () => to));
  });
}

function expectUnclear(rows: [oldText: string, newText: string][]) {
  it.each(rows)('%j → %j', (oldText, newText) => {
    expect(edited(FILE, oldText, newText)).toBe('unclear');
  });
}

describe('a newline at one end of old_text only keeps the lines apart', () => {
  expectEdits([
    ['        return 1\n', '        return 5', 'return 1', 'return 5'],
    ['return 1\n', 'return 5', 'return 1', 'return 5'],
    ['\n    y = 2', '    y = 3', 'y = 2', 'y = 3'],
    ['\n    y = 2\n', '    y = 3', 'y = 2', 'y = 3'],
    ['y = 2\n', '', '    y = 2\n', ''],
    ['    y = 2\n', '', '    y = 2\n', ''],
    ['\n    y = 2\n', '', '    y = 2\n', ''],
    ['\n    y = 2', '', '\n    y = 2', ''],
    [' 1\n', '', ' 1', ''],
  ]);

  it.each([
    ['a\nb', 'b\n', 'c\n', 'a\nc'],
    ['a\nb', 'b\n', 'c', 'a\nc'],
    ['a\nb', 'b\n', '', 'a\n'],
    ['a\nb', '\na', 'c', 'c\nb'],
  ])('in %j, where the file has no such newline: %j → %j', (content, oldText, newText, result) => {
    expect(edited(content, oldText, newText)).toBe(result);
  });
});

describe('old_text that lost its indentation keeps that of the file', () => {
  expectEdits([
    [
      'if x:\n        return 1',
      '    if z:\n        return 2',
      'if x:\n        return 1',
      'if z:\n        return 2',
    ],
    [
      'if x:\n        return 1',
      'if z:\n        return 2',
      'if x:\n        return 1',
      'if z:\n        return 2',
    ],
    [
      'if x:\n    return 1',
      '    if z:\n        return 2',
      'if x:\n        return 1',
      'if z:\n        return 2',
    ],
    [
      'if x:\n    return 1',
      'if z:\n    return 2',
      'if x:\n        return 1',
      'if z:\n        return 2',
    ],
    ['if x:\nreturn 1', '    if z:\n        return 1', 'if x', 'if z'],
    ['y = 2', '    y = 5', 'y = 2', 'y = 5'],
    ['y = 2', 'y = 2\nz = 3', 'y = 2', 'y = 2\n    z = 3'],
    ['y = 2', 'y = 2\n    z = 3', 'y = 2', 'y = 2\n    z = 3'],
    ['y = 2', 'z = 1\ny = 2', 'y = 2', 'z = 1\n    y = 2'],
    ['  y = 2', '  y = 2\n  z = 3', 'y = 2', 'y = 2\n    z = 3'],
  ]);
});

describe('another indentation is mapped where the map is certain', () => {
  expectEdits([
    [
      '\tif x:\n\t\treturn 1',
      '\tif z:\n\t\treturn 1\n\t\t\tw',
      'if x:\n        return 1',
      'if z:\n        return 1\n            w',
    ],
    [
      '  if x:\n    return 1',
      '  if z:\n    return 1\n      w',
      'if x:\n        return 1',
      'if z:\n        return 1\n            w',
    ],
    [
      'def f():\n  if x:\n    return 1',
      'def f():\n  if z:\n    return 2',
      'if x:\n        return 1',
      'if z:\n        return 2',
    ],
  ]);
});

describe('a line that only looks like another one in another indentation is not taken for it', () => {
  const NESTED = 'a {\n\tb {\n\t\tc()\n\t}\n}\n';

  it.each([
    // The old text alone is one level deeper: its last line is written as the file's one before it.
    ['\t\tb {\n\t\t\tc()\n\t\t}\n\t}', '\tb {\n\t\t\td()\n\t}\n}', '\t\tc()', '\t\t\td()'],
    ['\t\t\tc()\n\t\t}\n\t}', '\t\td()\n\t}\n}', '\t\tc()', '\t\td()'],
    // The first line is outdented, and written as the last one.
    ['}  \n}', '}\n\n}', '\t}\n}', '\t}\n\n}'],
    // What cannot be seen begins a line.
    ['\u200b\tb {\n\tc()', '\u200b\tb {\n\t\td()', 'c()', 'd()'],
    ['\u200bb {\n\tc()', '\u200bb {\n\td()', 'c()', 'd()'],
  ])('%j → %j', (oldText, newText, from, to) => {
    expect(edited(NESTED, oldText, newText)).toBe(NESTED.replace(from, () => to));
  });
});

it('asks where a new line begins as one outside of the block does, in any language', () => {
  const file = 'proc a\n  x = 1\nstop\n\nproc b\n  y = 2\nstop\n';
  expect(edited(file, 'x = 1', 'x = 2\nz = 3')).toBe(file.replace('x = 1', 'x = 2\n  z = 3'));
  expect(edited(file, 'x = 1', 'x = 2\nstop')).toBe('unclear');
  expect(edited(file, 'x = 1', 'x = 2\nproc c')).toBe('unclear');
});

it('takes a first line with a part of its indentation for one of a narrower unit', () => {
  const file = 'a {\n    b()\n}\n';
  expect(edited(file, '  b()\n}', '  b()\n  c()\n}')).toBe('a {\n    b()\n    c()\n}\n');
});

describe('it is refused where the indentation is not certain', () => {
  expectUnclear([
    ['y = 2', 'if y:\n    z = 3'],
    ['y = 2', 'y = 3\n\ndef h():\n    pass'],
    ['y = 2', 'y = 3\n}'],
    ['y = 2', '  y = 3'],
    ['if x:\nreturn 1', 'if z:\nreturn 1'],
    ['\tif x:\n\t\treturn 1', '\tif z:\n   return 1'],
    ['  if x:\n    return 1', '  if z:\n     return 1'],
  ]);
});

it('leaves a character of new_text that old_text has nothing like, and asks where it has', () => {
  expect(edited("'a\nb\n", '\u2018a', '\u00adb')).toBe('\u00adb\nb\n');
  expect(edited('-a\nb\n', '\u2013a\nb', '\u2212a\nb')).toBe('unclear');
});

it('takes what cannot be seen at the ends of a text with it, and does not fail where that is all', () => {
  expect(edited('x a \u00ad\nb\n', 'x\u00a0a \u00ad', 'c')).toBe('c\nb\n');
  expect(edited('\u200b\nb\n', '  \u200b', 'c')).toBe('none');
});

describe('a notation of the model is taken off both texts', () => {
  expectEdits([
    ['```python\n    y = 2\n```', '```python\n    y = 3\n```', 'y = 2', 'y = 3'],
    ['```\n    y = 2\n```\n', '    y = 3', 'y = 2', 'y = 3'],
    ['     4\t    y = 2', '     4\t    y = 3', 'y = 2', 'y = 3'],
    ['4 |     y = 2\n5 |', '4 |     y = 3\n5 |', 'y = 2', 'y = 3'],
    ['4|    y = 2', '4|    y = 3', 'y = 2', 'y = 3'],
    ['4:     y = 2', '    y = 3', 'y = 2', 'y = 3'],
    ['&lt;b&gt; &amp; c', '&lt;i&gt; &amp;&amp; c', '<b> & c', '<i> && c'],
    ['-    y = 2', '+    y = 3', 'y = 2', 'y = 3'],
    ['-    y = 2', '', '    y = 2', ''],
    [
      '     if x:\n-        return 1\n     y = 2',
      '     if x:\n+        return 2\n     y = 2',
      'return 1',
      'return 2',
    ],
    ['print(\\"a\\n\\"', 'print(\\"b\\n\\"', '"a', '"b'],
    ['print(\\"a\\\\n\\"', 'print(\\"b\\\\n\\"', '"a', '"b'],
    ['    if x:\\n        return 1', '    if x:\\n        return 2', 'return 1', 'return 2'],
    ['```\n     4\t    y = 2\n```', '```\n     4\t    y = 3\n```', 'y = 2', 'y = 3'],
  ]);

  expectEdits([
    ['print(\\"a\\n\\"', 'print("b\\n"', 'print("a\\n"', 'print("b\\n"'],
    [
      '    if x:\\n        return 1',
      '    if z:\n        return "\\n"',
      'x:\n        return 1',
      'z:\n        return "\\n"',
    ],
    [
      '    if x:\\n        return 1',
      '    if z: return 1',
      'if x:\n        return 1',
      'if z: return 1',
    ],
    // The column may end with a space, which is here the first of the indentation.
    ['4|    y = 2', '4|        y = 3', '    y = 2', '        y = 3'],
  ]);

  it.each([
    ['run --fast -x\n', 'run \u2014fast \u2013x', 'run \u2014slow \u2013x', 'run --slow -x\n'],
    ['-- a\n', '\u2014 a', '  -- a', '  -- a\n'],
    ['run --fast -x\n', 'run \u2014fast', 'run --slow', 'run --slow -x\n'],
    ['-- a\nB;\n', '--- a\n-B;', '-- b\nB;', '-- b\nB;\n'],
  ])('in %j: %j → %j', (content, oldText, newText, result) => {
    expect(edited(content, oldText, newText)).toBe(result);
  });

  it.each([
    ['&lt;b&gt; &amp; c', '<i> &amp; c'],
    ['print(\\"a\\n\\"', 'print("b\\n\\"'],
    ['-    y = 2', '-    y = 3'],
    ['```\n    y = 2\n```', '```\n    y = 3'],
  ])('or it is not found where new_text has only some of it: %j → %j', (oldText, newText) => {
    expect(edited(FILE, oldText, newText)).toBe('none');
  });
});
