import fs from 'node:fs';
import path from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { patchFile } from '../../src/tools/patch-file.ts';
import { temporaryFolder, toolContext } from '../support/workspace.ts';
import { runTool } from '../support/run-tool.ts';

/** The bytes of a file with this content after the patch. */
async function patched(
  content: string | Buffer,
  oldText: string,
  newText: string,
): Promise<Buffer> {
  const root = temporaryFolder({ 'a.txt': content });
  const args = { path: 'a.txt', old_text: oldText, new_text: newText };
  expect(await runTool(patchFile, toolContext(root), args)).toBe('patched a.txt');
  return fs.readFileSync(path.join(root, 'a.txt'));
}

it.each([
  ['the one place', 'a b c', 'b', 'x', 'a x c'],
  ['by nothing', 'a b c', ' b', '', 'a c'],
  ['a whole file', 'abc', 'abc', '', ''],
  ['by a text with signs of replace()', 'a b c', 'b', "$& $1 $` $' $$", "a $& $1 $` $' $$ c"],
  ['a text with signs of a pattern', 'a.b aXb [x](y)', 'a.b', '-', '- aXb [x](y)'],
  ['brackets and backslashes', 'x \\d+[a]{2}|^$?*', '\\d+[a]{2}|^$?*', 'y', 'x y'],
  ['several lines', 'a\nb\nc\n', 'a\nb\n', 'x\n', 'x\nc\n'],
  ['with a newline first', 'a\nb\nc\n', '\nb', '\nx', 'a\nx\nc\n'],
  ['at the end, which has no newline', 'a\nb', 'b', 'c', 'a\nc'],
  ['with letters of many bytes', 'é漢😀 é', '漢😀', '字', 'é字 é'],
  ['behind a byte order mark', '\ufeffa\nb\n', 'a\nb', 'c', '\ufeffc\n'],
  [
    'lines with CRLF by an old_text without',
    'a\r\nb\r\nc\r\n',
    'a\nb\n',
    'x\ny\n',
    'x\r\ny\r\nc\r\n',
  ],
  ['lines with CRLF by an old_text with CRLF', 'a\r\nb\r\n', 'a\r\nb', 'x\r\ny', 'x\r\ny\r\n'],
  ['lines without CRLF by an old_text with CRLF', 'a\nb\n', 'a\r\nb', 'x', 'x\n'],
  ['one line of many with CRLF by several', 'a\r\nb\r\n', 'b', 'x\ny', 'a\r\nx\r\ny\r\n'],
  ['LF lines among CRLF lines', 'a\r\nb\nc\nd\r\n', 'b\nc\n', 'x\ny\n', 'a\r\nx\ny\nd\r\n'],
  ['CRLF lines among LF lines', 'a\nb\r\nc\r\nd\n', 'b\nc\n', 'x\n', 'a\nx\r\nd\n'],
])('replaces %s', async (_what, content, oldText, newText, result) => {
  expect((await patched(content, oldText, newText)).toString()).toBe(result);
});

it('matches a newline at the start of old_text with the whole CRLF of the file', async () => {
  const result = await patched('a\r\nb\r\nc\r\n', '\nb', '\nx');
  expect(result.toString()).toBe('a\r\nx\r\nc\r\n');
});

it('touches no byte outside the match, text or not', async () => {
  const units = ['a', '$&', 'é', '😀', ' '];
  // What new_text repeats of the rest of its line is not there twice: the rest has nothing of it.
  const repeatable = Buffer.from(units.join(''));
  const bytes = fc
    .uint8Array({ maxLength: 40 })
    .map((array) => Buffer.from(array.filter((byte) => !repeatable.includes(byte))));
  const newText = fc.string({ unit: fc.constantFrom(...units), maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(bytes, bytes, newText, async (before, after, text) => {
      const content = Buffer.concat([before, Buffer.from('<hé|re>'), after]);
      const result = await patched(content, '<hé|re>', text);
      expect(result).toEqual(Buffer.concat([before, Buffer.from(text), after]));
    }),
    { numRuns: 50 },
  );
});

it('touches no line end outside the match, whatever line ends the file has', async () => {
  const lineEnd = fc.constantFrom('\n', '\r\n', '\r', '\n\n', '\r\n\r\n', '');
  const lines = fc
    .array(fc.tuple(fc.constantFrom('a', 'é', ' '), lineEnd), { maxLength: 6 })
    .map((parts) => parts.flat().join(''));
  // After nothing but indentation, the lines of new_text would follow it.
  const linesAndWord = lines.map((text) => `${text}a`);
  const newText = fc.constantFrom('x', 'x\ny', 'x\ny\n', '');
  await fc.assert(
    fc.asyncProperty(linesAndWord, lineEnd, lines, newText, async (before, inside, after, text) => {
      const content = `${before}<<${inside}>>${after}`;
      const wanted = `<<${inside.replaceAll('\r\n', '\n')}>>`;
      const result = (await patched(content, wanted, text)).toString();
      expect(result.startsWith(before) && result.endsWith(after)).toBe(true);
      const middle = result.slice(before.length, result.length - after.length);
      expect(middle.replaceAll('\r\n', '\n')).toBe(text);
    }),
    { numRuns: 50 },
  );
});

describe('a patch is refused, and the file stays as it was', () => {
  it.each([
    [
      'old_text was not found',
      'a b',
      'c',
      /was not found in a\.txt, and no line of it is similar: read the file/,
    ],
    ['old_text differs in case', 'a b', 'B', /was not found/],
    ['old_text differs in whitespace', 'a  b', 'a b', /was not found/],
    ['old_text is there twice', 'a b a', 'a', /appears 2 times in a\.txt, in line 1: include/],
    ['old_text overlaps itself', 'aaa', 'aa', /appears 2 times/],
    [
      'old_text is there with LF and with CRLF',
      'a\nb\r\na\r\nb',
      'a\nb',
      /appears 2 times in a\.txt, at lines 1 and 3/,
    ],
  ])('when %s', async (_why, content, oldText, message) => {
    const root = temporaryFolder({ 'a.txt': content });
    const call = patchFile.prepare({ path: 'a.txt', old_text: oldText, new_text: 'x' });
    expect(() => call.check(toolContext(root))).toThrow(message);
    await expect(call.run(toolContext(root), AbortSignal.abort())).rejects.toThrow(message);
    expect(fs.readFileSync(path.join(root, 'a.txt'), 'utf8')).toBe(content);
  });

  it('when new_text contains half a character', async () => {
    await expect(patched('a b', 'b', '\udc00')).rejects.toThrow(/unpaired surrogate/);
  });

  it.each([
    ['missing.txt', /there is no file missing\.txt: to create it, write all of it/],
    ['folder', /is not a file/],
    ['../a.txt', /outside the workspace/],
    ['.git/config', /is protected/],
    ['out.txt', /outside the workspace/],
    ['huge.txt', /too large/],
  ])('for %s', async (asked, message) => {
    const top = temporaryFolder({ 'a.txt': 'a', 'repo/.git/config': 'a', 'repo/huge.txt': 'a' });
    const root = path.join(top, 'repo');
    fs.mkdirSync(path.join(root, 'folder'));
    fs.symlinkSync('../a.txt', path.join(root, 'out.txt'));
    fs.truncateSync(path.join(root, 'huge.txt'), 300 * 1024 * 1024);
    const args = { path: asked, old_text: 'a', new_text: 'b' };
    await expect(runTool(patchFile, toolContext(root), args)).rejects.toThrow(message);
    expect(fs.readFileSync(path.join(top, 'a.txt'), 'utf8')).toBe('a');
  });
});

it('keeps the mode of a file and leaves a link a link', async () => {
  const root = temporaryFolder({ 'real.sh': 'a' });
  fs.chmodSync(path.join(root, 'real.sh'), 0o755);
  fs.symlinkSync('real.sh', path.join(root, 'link.sh'));
  await runTool(patchFile, toolContext(root), { path: 'link.sh', old_text: 'a', new_text: 'b' });
  expect(fs.readlinkSync(path.join(root, 'link.sh'))).toBe('real.sh');
  expect(fs.readFileSync(path.join(root, 'real.sh'), 'utf8')).toBe('b');
  expect(fs.statSync(path.join(root, 'real.sh')).mode & 0o777).toBe(0o755);
});
