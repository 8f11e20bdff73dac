import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { writeFile } from '../../src/tools/write-file.ts';
import { temporaryFolder, toolContext } from '../support/workspace.ts';
import { runTool } from '../support/run-tool.ts';

const write = (root: string, asked: string, content: string) =>
  runTool(writeFile, toolContext(root), { path: asked, content });

it.each([
  ['a.txt', 'hello\n'],
  ['./new/deep/a.txt', ''],
  ['with spaces/é漢😀.txt', 'é漢😀'],
  ['crlf.txt', 'a\r\nb\n\r'],
  ['bom.txt', '\ufeffa'],
  ['binary', '\0\x01'],
])('writes %s, the folders above it too, to the letter', async (asked, content) => {
  const root = temporaryFolder();
  const shown = path.normalize(asked);
  expect(await write(root, asked, content)).toBe(`wrote ${shown} (${content.length} chars)`);
  expect(fs.readFileSync(path.join(root, asked))).toEqual(Buffer.from(content));
});

it('says that nothing changed where the file has the content already', async () => {
  const root = temporaryFolder({ 'a.txt': 'same\n' });
  const told = await write(root, 'a.txt', 'same\n');
  expect(told).toBe('a.txt has exactly this content already: nothing changed');
  expect(await write(root, 'a.txt', 'same')).toBe('wrote a.txt (4 chars)');
});

it.each([
  ['CRLF', 'a\r\nb\r\n', 'a\nc\n', 'a\r\nc\r\n', ' (6 chars; kept its CRLF line ends)'],
  ['a byte order mark', '\ufeffa\n', 'b\n', '\ufeffb\n', ' (3 chars; kept its byte order mark)'],
  ['a final newline', 'a\nb\n', 'a\nc', 'a\nc\n', ' (4 chars; kept its final newline)'],
  [
    'all three',
    '\ufeffa\r\nb\r\n',
    'a\nc',
    '\ufeffa\r\nc\r\n',
    ' (7 chars; kept its CRLF line ends, byte order mark, final newline)',
  ],
  ['no final newline, where content has one', 'a', 'b\n', 'b\n', ' (2 chars)'],
  ['mixed line ends', 'a\r\nb\n', 'a\nc\n', 'a\nc\n', ' (4 chars)'],
  ['LF, where content has CRLF', 'a\nb\n', 'a\r\nc\r\n', 'a\r\nc\r\n', ' (6 chars)'],
  ['CRLF, where content has both', 'a\r\nb\r\n', 'a\r\nc\n', 'a\r\nc\n', ' (5 chars)'],
  ['CRLF, where nothing but the line ends differs', 'a\r\nb\r\n', 'a\nb\n', 'a\nb\n', ' (4 chars)'],
  ['a final newline, where content is empty', 'a\n', '', '', ' (0 chars)'],
])(
  'keeps the form of a file with %s, unless another is meant',
  async (_what, old, content, after, said) => {
    const root = temporaryFolder({ 'a.txt': old });
    expect(await write(root, 'a.txt', content)).toBe(`wrote a.txt${said}`);
    expect(fs.readFileSync(path.join(root, 'a.txt'), 'utf8')).toBe(after);
  },
);

it('replaces a file and keeps its mode', async () => {
  const root = temporaryFolder({ 'run.sh': 'a long old text' });
  const file = path.join(root, 'run.sh');
  fs.chmodSync(file, 0o750);
  await write(root, 'run.sh', 'new');
  expect(fs.readFileSync(file, 'utf8')).toBe('new');
  expect(fs.statSync(file).mode & 0o777).toBe(0o750);
  expect(fs.readdirSync(root)).toEqual(['run.sh']);
});

it('gives a new file the mode that the umask leaves', async () => {
  const root = temporaryFolder();
  fs.writeFileSync(path.join(root, 'by-hand'), '');
  await write(root, 'a.txt', '');
  const mode = (name: string) => fs.statSync(path.join(root, name)).mode;
  expect(mode('a.txt')).toBe(mode('by-hand'));
});

it('writes through a link that stays inside, and leaves it a link', async () => {
  const root = temporaryFolder({ 'lib/real.txt': 'old' });
  fs.symlinkSync('lib/real.txt', path.join(root, 'link.txt'));
  fs.symlinkSync('lib', path.join(root, 'folder'));
  await write(root, 'link.txt', 'new');
  await write(root, 'folder/more.txt', 'more');
  expect(fs.readlinkSync(path.join(root, 'link.txt'))).toBe('lib/real.txt');
  expect(fs.readFileSync(path.join(root, 'lib/real.txt'), 'utf8')).toBe('new');
  expect(fs.readFileSync(path.join(root, 'lib/more.txt'), 'utf8')).toBe('more');
});

it.each([
  ['../a.txt', /outside the workspace/],
  ['/tmp/a.txt', /outside the workspace/],
  ['out/a.txt', /outside the workspace/],
  ['dangling', /link to a place that does not exist/],
  ['.git/hooks/pre-commit', /is protected/],
  ['.GIT/config', /is protected/],
  ['.mini-coding-agent/sessions/x.jsonl', /is protected/],
  ['hooks/pre-commit', /is protected/],
  ['.bashrc', /is protected/],
  ['folder', /folder is not a file/],
  ['a.txt/b.txt', /cannot be used/],
])('refuses to write %s, before anyone is asked, and nothing appears', async (asked, message) => {
  const top = temporaryFolder({
    'repo/a.txt': 'a',
    'repo/folder/b.txt': 'b',
    'outside/c.txt': 'c',
  });
  const root = path.join(top, 'repo');
  fs.mkdirSync(path.join(root, '.git/hooks'), { recursive: true });
  fs.symlinkSync('../outside', path.join(root, 'out'));
  fs.symlinkSync('../outside/new', path.join(root, 'dangling'));
  fs.symlinkSync('.git/hooks', path.join(root, 'hooks'));
  const before = fs.readdirSync(top, { recursive: true }).toSorted();
  const call = writeFile.prepare({ path: asked, content: 'x' });
  expect(() => call.check(toolContext(root))).toThrow(message);
  await expect(call.run(toolContext(root), AbortSignal.abort())).rejects.toThrow();
  expect(fs.readdirSync(top, { recursive: true }).toSorted()).toEqual(before);
});

it('refuses half a character before it touches the file', async () => {
  const root = temporaryFolder({ 'a.txt': 'old' });
  await expect(write(root, 'a.txt', 'a\ud83d')).rejects.toThrow(/unpaired surrogate/);
  expect(fs.readFileSync(path.join(root, 'a.txt'), 'utf8')).toBe('old');
});
