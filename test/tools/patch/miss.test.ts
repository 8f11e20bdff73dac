import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { nearestLines } from '../../../src/tools/patch/nearest-lines.ts';
import { patchFile } from '../../../src/tools/patch-file.ts';
import { writeFile } from '../../../src/tools/write-file.ts';
import type { ToolContext } from '../../../src/tools/tool.ts';
import { temporaryFolder, toolContext } from '../../support/workspace.ts';
import { runTool } from '../../support/run-tool.ts';
import { inStress, some } from '../../support/stress.ts';

const SEARCH = `def binary_search(nums, target):
    low, high = 0, len(nums) - 1
    while low <= high:
        mid = (low + high) // 2
        if nums[mid] == target:
            return mid
        if nums[mid] < target:
            low = mid + 1
        else:
            high = mid - 1
    return -1
`;

/** What the tool says when it fails. */
async function refusal(context: ToolContext, old_text: string, file = 'a.txt'): Promise<string> {
  const args = { path: file, old_text, new_text: 'new' };
  return runTool(patchFile, context, args).then(
    (said) => `it did not fail: ${said}`,
    (error: Error) => error.message,
  );
}

const missIn = (content: string | Buffer, oldText: string) =>
  refusal(toolContext(temporaryFolder({ 'a.txt': content })), oldText);

const near = (content: string | Buffer, text: string) =>
  nearestLines(Buffer.from(content), text)?.shown ?? [];

describe('a miss shows the lines most like old_text', () => {
  it('with those around them, as read_file does', async () => {
    expect(await missIn(SEARCH, 'while low < high:\n    mid = (low + high) / 2;'))
      .toBe(`old_text was not found in a.txt. The first difference is in line 3: old_text has a space, the file has "=". The lines most like it:
   1: def binary_search(nums, target):
   2:     low, high = 0, len(nums) - 1
   3:     while low <= high:
   4:         mid = (low + high) // 2
   5:         if nums[mid] == target:
   6:             return mid
Copy old_text from them exactly, without the numbers.`);
  });

  it('or says that no line is similar', async () => {
    expect(await missIn(SEARCH, 'print("hello, world")')).toBe(
      'old_text was not found in a.txt, and no line of it is similar: read the file and copy old_text from it exactly',
    );
  });

  it.each([
    ['a slip of the pen', 'retrun -1', '  11:     return -1'],
    ['another case', 'RETURN MID', '   6:             return mid'],
    ['other whitespace', 'low=mid+1', '   8:             low = mid + 1'],
    ['a part of a line', 'len(num) -', '   2:     low, high = 0, len(nums) - 1'],
    ['the first line', 'def binarySearch(nums, target)', '   1: def binary_search(nums, target):'],
    ['numbers of other lines', '  20: else:\n  22: high = mid - 1', '   9:         else:'],
  ])('for %s', (_what, text, line) => {
    expect(near(SEARCH, text)).toContain(line);
  });

  it.each(['', '\n', '\n\n\n', 'ab\n', '\nab', 'ab\r\n\r\n', '\ufeff', '\0\0\n\0', '\xff'])(
    'or no lines in a file of %j',
    (content) => {
      expect(near(content, 'something else')).toEqual([]);
      expect(near(content, '  \n ')).toEqual([]);
      expect(near(content, '\0')).toEqual([]);
    },
  );

  it.each([
    ['before the first line', 'ab\n', ['   1: ab']],
    ['when a line is empty', '\nab\n\n\nx', ['   1: ', '   2: ab', '   3: ', '   4: ']],
    ['when the file ends', '1\n2\n3\nab', ['   2: 2', '   3: 3', '   4: ab']],
    ['with CRLF', '1\r\nab\r\n2\r\n', ['   1: 1', '   2: ab', '   3: 2']],
  ])('and no line that is not there: %s', (_where, content, lines) => {
    expect(near(content, 'aB')).toEqual(lines);
  });

  it('the first of those that are equally similar', () => {
    expect(near('one\ntwo\n1\n2\n3\none\ntwo\n', 'one\ntvo')).toEqual([
      '   1: one',
      '   2: two',
      '   3: 1',
      '   4: 2',
    ]);
  });

  it('also when the file has fewer lines than old_text', () => {
    expect(near('one\ntwo', 'one\ntwo\nthree')).toEqual(['   1: one', '   2: two']);
  });

  it('by the first 40 lines of old_text', () => {
    const known = Array.from({ length: 40 }, (_, index) => `line ${index}`);
    const rest = Array.from({ length: 400 }, (_, index) => `something else: ${index}`);
    const shown = near(known.join('\n'), [...known, ...rest].join('\n'));
    expect(shown).toEqual(known.map((line, index) => `${String(index + 1).padStart(4)}: ${line}`));
  });

  it('without bytes that are not text, and cut where they are long', () => {
    const bytes = Buffer.concat([
      Buffer.from('caf\xe9 one\n', 'latin1'),
      Buffer.from(`x${'😀'.repeat(300)}`),
    ]);
    expect(nearestLines(bytes, 'cafe one')?.shown).toEqual([
      '   1: caf\ufffd one',
      `   2: x${'😀'.repeat(99)}…`,
    ]);
  });

  it('in few characters, so that the result is not clipped', async () => {
    const lines = Array.from({ length: 500 }, (_, index) => `${index} ${'word '.repeat(60)}`);
    const said = await missIn(lines.join('\n'), lines.slice(100, 400).join('\n').replace('1', '7'));
    expect(said).toContain('\n  99: 98 word');
    expect(said.length).toBeLessThan(2_500);
  });
});

inStress.each(
  some(2, [
    ['lines of one letter', 'a\n'],
    ['empty lines', '\r\n'],
    ['one line', 'a '],
    ['one line of blanks', ' '],
    ['lines at several depths', '  a\n a\n\ta\n'],
  ]),
)('is quick about a file of 4 MB of %s', async (_what, unit) => {
  const context = toolContext(temporaryFolder({ 'a.txt': Buffer.alloc(4 * 1024 * 1024, unit) }));
  const began = process.cpuUsage();
  expect(await refusal(context, `${'  a\n'.repeat(999)}  b`)).toContain('was not found');
  const { user, system } = process.cpuUsage(began);
  expect((user + system) / 1_000).toBeLessThan(4_000);
});

describe('a refusal says what is different', () => {
  it.each([
    [
      'a no-break space',
      'x\u00a0= f(a, b)',
      'x = g(a, b)',
      'has a space, the file has a no-break space U+00A0',
    ],
    ['a tab', 'x =\tf(a, b)', 'x = f(a, b)', 'has a space, the file has a tab'],
    ['case', 'return Mid', 'return mid', 'has "mid", the file has "Mid"'],
    ['a name', 'return first', 'return fist', 'has "st", the file has "rst"'],
    ['a quote', 'f("a b")', "f('a b')", 'has "\'", the file has "\\""'],
    [
      'a zero width space',
      'ab = f(x)',
      'ab\u200b == f(x)',
      'has a zero width space U+200B, the file has a space',
    ],
    ['the end', 'return first', 'return first;', 'has ";", the file has the end of the line'],
  ])('%s', async (_what, content, oldText, difference) => {
    expect(await missIn(`one\n${content}\n`, oldText)).toContain(
      `The first difference is in line 2: old_text ${difference}.`,
    );
  });

  it('or where the text is, if it is there several times', async () => {
    const content = 'a\nb\na\n'.repeat(2);
    expect(await missIn(content, 'a')).toBe(
      'old_text appears 4 times in a.txt, at lines 1, 3, 4 and 6: include more surrounding lines',
    );
    expect(await missIn('a\n'.repeat(100), 'a')).toMatch(/100 times .*, 9, 10 and more: include/);
  });

  it('and after a second miss the lines to copy, to the letter', async () => {
    const context = toolContext(temporaryFolder({ 'a.txt': SEARCH }));
    await refusal(context, 'while low < high:');
    expect(await refusal(context, 'while low < high:')).toContain(
      'These lines are most like it; copy old_text from them exactly:\n    while low <= high:\nThat was miss 2',
    );
  });
});

describe('misses in a row', () => {
  const rewrite = (count: number) =>
    `\nThat was miss ${count} in a row on a.txt: read the whole file and write all of it again`;

  it('lead to a rewrite from the second one on', async () => {
    const context = toolContext(temporaryFolder({ 'a.txt': SEARCH }));
    expect(await refusal(context, 'nothing')).not.toContain('write all of it');
    expect((await refusal(context, 'retrun -1')).endsWith(rewrite(2))).toBe(true);
    expect((await refusal(context, 'nothing')).endsWith(rewrite(3))).toBe(true);
  });

  it('are counted for each file', async () => {
    const context = toolContext(temporaryFolder({ 'a.txt': 'one', 'b.txt': 'two' }));
    await refusal(context, 'nothing', 'b.txt');
    expect(await refusal(context, 'nothing')).not.toContain('in a row');
    expect(await refusal(context, 'nothing')).toContain(rewrite(2));
  });

  it.each([
    ['a patch', patchFile, { path: 'a.txt', old_text: 'one', new_text: 'two' }],
    ['write_file', writeFile, { path: 'a.txt', content: 'two' }],
  ])('are forgotten when %s changed the file', async (_what, tool, args) => {
    const context = toolContext(temporaryFolder({ 'a.txt': 'one' }));
    await refusal(context, 'nothing');
    await runTool(tool, context, args);
    expect(await refusal(context, 'nothing')).not.toContain('in a row');
    expect(await refusal(context, 'nothing')).toContain(rewrite(2));
  });

  it('are not interrupted by an old_text that appears more than once, which is not a miss', async () => {
    const context = toolContext(temporaryFolder({ 'a.txt': 'one one' }));
    expect(await refusal(context, 'one')).toContain('appears 2 times');
    expect(await refusal(context, 'nothing')).not.toContain('in a row');
    expect(await refusal(context, 'one')).toContain('appears 2 times');
    expect(await refusal(context, 'nothing')).toContain(rewrite(2));
  });

  it.each([
    ['is long', Buffer.alloc(17 * 1024, 'line\n')],
    ['contains bytes that are not text', Buffer.from('caf\xe9', 'latin1')],
  ])('lead to a short old_text when the file %s', async (_why, content) => {
    const context = toolContext(temporaryFolder({ 'a.txt': content }));
    await refusal(context, 'nothing');
    const said = await refusal(context, 'nothing');
    expect(said).toMatch(
      /That was miss 2 in a row on a\.txt: use one short line that appears only/,
    );
    expect(said).not.toContain('write all of it');
    expect(fs.readFileSync(path.join(context.root, 'a.txt'))).toEqual(content);
  });
});
