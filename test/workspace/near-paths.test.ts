import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { pathsNear } from '../../src/workspace/near-paths.ts';
import { temporaryFolder } from '../support/workspace.ts';

const FILES = {
  'README.md': '',
  'src/utils/text.ts': '',
  'src/utils/numbers.ts': '',
  'test/utils/text.ts': '',
  'lib/deep/utils/text.ts': '',
  'lib/text.ts': '',
  'node_modules/left-pad/index.js': '',
  '.git/config': '',
};

it.each([
  ['numbers.ts', 'file', ['src/utils/numbers.ts']],
  ['other/Numbers.ts', 'file', ['src/utils/numbers.ts']],
  [
    'app/utils/text.ts',
    'file',
    ['lib/deep/utils/text.ts', 'src/utils/text.ts', 'test/utils/text.ts'],
  ],
  ['README', 'file', ['README.md']],
  ['src/util/number.ts', 'file', ['src/utils/numbers.ts']],
  ['nubmers.ts', 'file', ['src/utils/numbers.ts']],
  ['utils', 'file', []],
  ['src/util', 'folder', ['src/utils']],
  ['deep', 'any', ['lib/deep']],
  ['index.js', 'file', []],
  ['config', 'any', []],
  ['something/else.py', 'file', []],
  ['li', 'folder', []],
  ['../outside.txt', 'file', []],
] as const)('for %s, a %s, it names %j', (asked, kind, near) => {
  expect(pathsNear(temporaryFolder(FILES), asked, kind).toSorted()).toEqual(near);
});

it('follows no link, and is not stopped by a folder that is closed or gone', () => {
  const root = temporaryFolder({ 'a/b.txt': '' });
  fs.symlinkSync(temporaryFolder({ 'secret.txt': '' }), path.join(root, 'link'));
  expect(pathsNear(root, 'secret.txt', 'file')).toEqual([]);
  expect(pathsNear(path.join(root, 'gone'), 'b.txt', 'file')).toEqual([]);
});

it('looks at so many entries and no more, those near the root first', () => {
  const root = temporaryFolder({ 'a/b/needle.txt': '', 'needle.md': '', 'c/needle.txt': '' });
  const near = (most: number) => pathsNear(root, 'needle.txt', 'file', most);
  expect(near(2)).not.toContain('c/needle.txt');
  expect(near(5)).toEqual(['c/needle.txt']);
  expect(near(6)).toEqual(['c/needle.txt', 'a/b/needle.txt']);
});
