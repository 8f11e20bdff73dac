import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ResultRoom } from '../../src/context/result-room.ts';
import { readFile } from '../../src/tools/read-file.ts';
import { temporaryFolder, toolContext } from '../support/workspace.ts';
import { runTool } from '../support/run-tool.ts';

/** Reads a file with this content. */
function read(content: string | Buffer, args: Record<string, unknown> = {}): Promise<string> {
  const root = temporaryFolder({ 'a.txt': content });
  return runTool(readFile, toolContext(root), { path: 'a.txt', ...args });
}

const numbered = (count: number) =>
  Array.from({ length: count }, (_, index) => `line ${index + 1}\n`).join('');

it.each([
  ['with a newline at its end', 'one\ntwo\n', '# a.txt\n   1: one\n   2: two'],
  ['without one', 'one\ntwo', '# a.txt\n   1: one\n   2: two'],
  ['with empty lines', '\n\n  x\n', '# a.txt\n   1: \n   2: \n   3:   x'],
  ['with CRLF', 'one\r\ntwo\r\n', '# a.txt\n   1: one\n   2: two'],
  ['with a byte order mark', '\ufeffone\n', '# a.txt\n   1: \ufeffone'],
  ['with characters of many bytes', 'é漢😀\n', '# a.txt\n   1: é漢😀'],
  ['that is empty', '', '# a.txt\n(the file is empty)'],
])('shows a file %s line by line, numbered', async (_how, content, shown) => {
  expect(await read(content)).toBe(shown);
});

it('cuts a long line between characters, never through one', async () => {
  expect(await read(`x${'😀'.repeat(600)}\n`)).toBe(`# a.txt\n   1: x${'😀'.repeat(499)}…`);
});

it('aligns the numbers to the right', async () => {
  const text = await read(numbered(10_000), { start: 9, end: 10 });
  expect(text).toContain('   9: line 9\n  10: line 10');
  const later = await read(numbered(10_000), { start: 9_999, end: 10_000 });
  expect(later).toBe('# a.txt\n9999: line 9999\n10000: line 10000');
});

it.each([
  [{ start: 2, end: 3 }, [2, 3], '(lines 2-3 of 5; continue with start=4)'],
  [{ start: 4, end: 9 }, [4, 5], undefined],
  [{ start: '5' }, [5], undefined],
  [{ start: 6 }, [], '(the file has only 5 lines: start at 5 or before)'],
  [{ start: 900 }, [], '(the file has only 5 lines: start at 5 or before)'],
])('of five lines, %j shows those in range and how to continue', async (args, numbers, remark) => {
  const lines = numbers.map((number) => `   ${number}: line ${number}`);
  const expected = ['# a.txt', ...lines, ...(remark ? [remark] : [])];
  expect((await read(numbered(5), args)).split('\n')).toEqual(expected);
});

it('shows 200 lines from wherever it starts when no end is given', async () => {
  const lines = (await read(numbered(900), { start: 500 })).split('\n');
  expect(lines[1]).toBe(' 500: line 500');
  expect(lines.at(-2)).toBe(' 699: line 699');
  expect(lines.at(-1)).toBe('(lines 500-699 of 900; continue with start=700)');
});

it('ends a page early so that the result is never clipped, and pages fit together', async () => {
  const content = `${'x'.repeat(90)}\n`.repeat(150);
  const seen: string[] = [];
  for (let start: number | undefined = 1; start !== undefined;) {
    const page = await read(content, { start });
    expect(page.length).toBeLessThanOrEqual(4_000);
    seen.push(...(page.match(/^ *\d+: x+$/gm) ?? []));
    const next: string | undefined = /continue with start=(\d+)/.exec(page)?.[1];
    start = next === undefined ? undefined : Number(next);
  }
  expect(seen.map((line) => Number(line.split(':')[0]))).toEqual(
    Array.from({ length: 150 }, (_, index) => index + 1),
  );
});

it('shows shorter pages in a smaller window, of whole lines that fit together as well', async () => {
  const root = temporaryFolder({
    'a.txt': `${'x'.repeat(90)}\n`.repeat(20),
    'b.txt': 'y'.repeat(900),
  });
  const context = { ...toolContext(root), resultRoom: new ResultRoom(4_096, 1) };
  const pages = [];
  for (const start of [1, 5, 9, 13, 17]) {
    pages.push(await runTool(readFile, context, { path: 'a.txt', start }));
  }
  for (const [at, page] of pages.entries()) {
    expect(page.length).toBeLessThanOrEqual(509);
    expect(page.match(/^ *\d+: x{90}$/gm)).toHaveLength(4);
    expect(page.endsWith(`continue with start=${4 * at + 5})`)).toBe(at < 4);
  }
  const long = await runTool(readFile, context, { path: 'b.txt' });
  expect(long).toMatch(/^# b\.txt\n {3}1: y{390,}…$/);
  expect(long.length).toBeLessThanOrEqual(509);
});

it.each(['x', 'é', '漢', '😀'])('cuts a very long line of %s and marks the cut', async (char) => {
  const page = await read(`${char.repeat(100_000)}\nnext\n`);
  const [, first = '', second] = page.split('\n');
  expect(first.length).toBeLessThan(1_100);
  expect(first).toMatch(new RegExp(`^ {3}1: (?:${char})+…$`, 'u'));
  expect(second).toBe('   2: next');
});

it('reads whole lines wherever they cross the chunks of the file', async () => {
  // 64 kB and one byte more or less: a newline as the last and the first byte of a chunk.
  for (const size of [65_534, 65_535, 65_536, 65_537]) {
    const page = await read(`${'x'.repeat(size)}\né漢😀\nlast`, { start: 2 });
    expect(page).toBe('# a.txt\n   2: é漢😀\n   3: last');
  }
});

it('shows bytes that are not UTF-8 as a mark, and says so', async () => {
  const page = await read(Buffer.from('caf\xe9\nplain\n', 'latin1'));
  expect(page).toMatch(/^# a\.txt\n {3}1: caf\ufffd\n {3}2: plain\n\(not valid UTF-8/);
});

it('does not call a file invalid that contains the replacement character itself', async () => {
  expect(await read('a \ufffd in the text\n')).not.toContain('not valid');
});

describe('what is not text', () => {
  it('names a binary file with its size and does not dump it', async () => {
    await expect(read(Buffer.from('PNG\0\x01\x02'))).rejects.toThrow(
      'a.txt is a binary file of 6 bytes',
    );
  });

  it.each([
    ['a folder', /is a folder: list it instead/, (file: string) => fs.mkdirSync(file)],
    ['a FIFO', /not a regular file/, (file: string) => execFileSync('mkfifo', [file])],
    ['missing', /there is no file special/, () => undefined],
    ['a link out', /outside the workspace/, (f: string) => fs.symlinkSync('/etc/passwd', f)],
  ])('refuses a path that is %s, at once', async (_what, message, make) => {
    const root = temporaryFolder();
    make(path.join(root, 'special'));
    await expect(runTool(readFile, toolContext(root), { path: 'special' })).rejects.toThrow(
      message,
    );
  });
});

it('reads a few lines of a file of 300 MB without loading it into memory', async () => {
  const root = temporaryFolder({ 'big.log': numbered(2_000) });
  fs.truncateSync(path.join(root, 'big.log'), 300 * 1024 * 1024);
  const before = process.resourceUsage().maxRSS;
  const page = await runTool(readFile, toolContext(root), { path: 'big.log', start: 5, end: 6 });
  expect(page).toBe(
    '# big.log\n   5: line 5\n   6: line 6\n(lines 5-6 of 2001; continue with start=7)',
  );
  expect(process.resourceUsage().maxRSS - before).toBeLessThan(100 * 1024);
});
