import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect } from 'vitest';
import { find, ways } from '../../support/search.ts';
import { temporaryFolder } from '../../support/workspace.ts';

/** A tree with everything that a search has to decide about. */
function tree(): string {
  const root = temporaryFolder({
    'a.txt': 'apple\n',
    '.hidden/h.txt': 'apple hidden\n',
    '.gitignore': '*.log\n/ignored/\n',
    'x.log': 'apple log\n',
    'ignored/i.txt': 'apple ignored\n',
    'sub/.gitignore': '!kept.log\nprivate.txt\n',
    'sub/kept.log': 'apple kept\n',
    'sub/private.txt': 'apple private\n',
    'sub/ignored/i.txt': 'apple not ignored here\n',
    'private.txt': 'apple public\n',
    'sub/[odd] name.txt': 'apple odd\n',
    '-dash.txt': 'apple dash\n',
    'node_modules/m.js': 'apple module\n',
    '.git/config': 'apple git\n',
    '.mini-coding-agent/sessions/s.jsonl': 'apple session\n',
    'binary.dat': 'apple\n\0',
    '.ignore': 'a.txt\n',
  });
  fs.symlinkSync('a.txt', path.join(root, 'link.txt'));
  fs.symlinkSync('sub', path.join(root, 'linked'));
  fs.symlinkSync('/etc', path.join(root, 'etc'));
  execFileSync('mkfifo', [path.join(root, 'fifo')]);
  return root;
}

const inSub = [
  'sub/[odd] name.txt:1:apple odd',
  'sub/ignored/i.txt:1:apple not ignored here',
  'sub/kept.log:1:apple kept',
];
const inTree = [
  '-dash.txt:1:apple dash',
  '.hidden/h.txt:1:apple hidden',
  'a.txt:1:apple',
  'private.txt:1:apple public',
  ...inSub,
];
const NOTHING = ['(no matches)'];

describe.each(ways)('a search with %s', (_name, way, itNeeds) => {
  const finds = async (_what: string, asked: string, shown: readonly string[]) => {
    expect((await find(way, tree(), 'apple', { path: asked }))?.split('\n')).toEqual(shown);
  };

  itNeeds.each([
    ['hidden files and what nested .gitignore files leave, no binaries, no links', '.', inTree],
    ['what a folder holds', 'sub', inSub],
    ['what a hidden folder holds', '.hidden', ['.hidden/h.txt:1:apple hidden']],
    ['what an internal folder holds', 'node_modules', ['node_modules/m.js:1:apple module']],
    ['what a linked file holds', 'link.txt', ['link.txt:1:apple']],
    ['what one file holds', 'private.txt', ['private.txt:1:apple public']],
    ['what an ignored file holds', 'x.log', ['x.log:1:apple log']],
    ['a file whose name is like an option', '-dash.txt', ['-dash.txt:1:apple dash']],
    ['a file whose name has brackets', 'sub/[odd] name.txt', ['sub/[odd] name.txt:1:apple odd']],
    ['nothing in a binary file', 'binary.dat', NOTHING],
  ])('finds %s, asked about %s', finds);

  itNeeds.each([
    ['what an ignored folder holds', 'ignored', ['ignored/i.txt:1:apple ignored']],
    ['what a linked folder holds', 'linked', inSub.map((line) => line.replace('sub', 'linked'))],
  ])('finds %s, asked about %s', finds);

  itNeeds('finds nothing in UTF-16, which counts as binary', async () => {
    const root = temporaryFolder({ 'a.txt': Buffer.from('\ufefffig\n', 'utf16le') });
    expect(await find(way, root, 'fig')).toBe('(no matches)');
  });

  itNeeds('finds nothing in a file that turns out binary after a megabyte', async () => {
    const root = temporaryFolder({ 'a.dat': `fig\n${'x\n'.repeat(600_000)}\0`, 'b.txt': 'fig\n' });
    expect(await find(way, root, 'fig')).toBe('b.txt:1:fig');
  });

  itNeeds.each([
    ['a repository', { 'repo/.git/HEAD': '' }],
    ['a folder without git', {}],
  ])('takes no rules from a .gitignore above %s', async (_what, more) => {
    const top = temporaryFolder({ '.gitignore': '*.txt\n', 'repo/a.txt': 'fig\n', ...more });
    expect(await find(way, path.join(top, 'repo'), 'fig')).toBe('a.txt:1:fig');
  });

  itNeeds.each(['.', 'sub'])('keeps to rules with a path, asked about %s', async (asked) => {
    const files = { 'sub/x.tmp': 'fig\n', 'sub/a.txt': 'fig\n', '.git/HEAD': '' };
    const root = temporaryFolder({ ...files, '.gitignore': 'sub/*.tmp\n' });
    expect(await find(way, root, 'fig', { path: asked })).toBe('sub/a.txt:1:fig');
  });

  itNeeds.each([
    ['rules are case-sensitive', { '.gitignore': 'A.txt\n' }],
    ['a folder is included again', { '.gitignore': 'sub/\n', 'dir/.gitignore': '!sub/\n' }],
  ])('finds a file because %s', async (_why, rules) => {
    const root = temporaryFolder({ ...rules, '.git/HEAD': '', 'dir/sub/a.txt': 'fig\n' });
    expect(await find(way, root, 'fig')).toBe('dir/sub/a.txt:1:fig');
  });
});
