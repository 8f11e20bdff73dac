import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { listFiles } from '../../../src/tools/list-files.ts';
import { filesMatching } from '../../../src/tools/search/glob.ts';
import { cpuTime } from '../../support/linear.ts';
import { never, temporaryFolder, toolContext } from '../../support/workspace.ts';
import { runTool } from '../../support/run-tool.ts';

const FILES = {
  'a.ts': '',
  'b.js': '',
  'src/c.ts': '',
  'src/deep/d.ts': '',
  'src/deep/.e.ts': '',
  'src/[id].ts': '',
  'out/f.ts': '',
  '.gitignore': 'out/\n*.log\n!keep.log\n',
  'g.log': '',
  'keep.log': '',
  '.git/h.ts': '',
  '.mini-coding-agent/i.ts': '',
  'node_modules/j.ts': '',
};

const list = (root: string, glob: string, folder = '.') =>
  runTool(listFiles, toolContext(root), { path: folder, glob });
const found = async (...args: Parameters<typeof list>) =>
  (await list(...args)).split('\n').map((line) => line.replace(/^\[F\] /, ''));

describe('a glob', () => {
  it.each([
    ['*.ts', '.', ['a.ts']],
    ['**/*.ts', '.', ['a.ts', 'src/[id].ts', 'src/c.ts', 'src/deep/.e.ts', 'src/deep/d.ts']],
    ['./**/d.*', '.', ['src/deep/d.ts']],
    ['*.{ts,js}', '.', ['a.ts', 'b.js']],
    ['{src/{c,deep/d},a}.ts', '.', ['a.ts', 'src/c.ts', 'src/deep/d.ts']],
    ['*.log', '.', ['keep.log']],
    ['*.ts', 'src', ['src/[id].ts', 'src/c.ts']],
    ['src/c.ts', '.', ['src/c.ts']],
    ['deep/*', 'src', ['src/deep/.e.ts', 'src/deep/d.ts']],
    ['src/\\[id\\].ts', '.', ['src/[id].ts']],
    ['[ab].*', '.', ['a.ts', 'b.js']],
    ['./a.ts', '.', ['a.ts']],
    ['src/../a.ts', '.', ['a.ts']],
    ['src/./deep//d.*', '.', ['src/deep/d.ts']],
    ['./*.ts', 'src', ['src/[id].ts', 'src/c.ts']],
    ['f.ts', 'out', ['out/f.ts']],
    ['{,a.ts}', '.', ['a.ts']],
  ])('%s in %s finds the files that it should', async (glob, folder, files) => {
    expect(await found(temporaryFolder(FILES), glob, folder)).toEqual(files);
  });

  it.each([
    '*.md',
    'src',
    '!a.ts',
    '+(a).ts',
    '{',
    'a.ts/x',
    '{a',
    '{}',
    '(a|b).ts',
    '@(a).ts',
    '.git/*',
    '.git/h.ts',
    '.mini-coding-agent/**',
    'node_modules/**',
    '**/j.ts',
    '.git/**',
  ])('%s matches nothing, and says so', async (glob) => {
    expect(await list(temporaryFolder(FILES), glob)).toBe(`(no file matches ${glob})`);
  });

  it('that is empty lists the folder', async () => {
    expect(await list(temporaryFolder({ 'a/b': '' }), '')).toBe('[D] a');
  });

  it('shows at most 200 files, and counts the rest', async () => {
    const names = Array.from({ length: 250 }, (_, index) => [`${1_000 + index}.txt`, '']);
    const lines = await found(temporaryFolder(Object.fromEntries(names)), '*.txt');
    expect(lines.slice(0, 2)).toEqual(['1000.txt', '1001.txt']);
    expect(lines.slice(200)).toEqual(['(50 more are not shown: narrow the glob)']);
  });

  it.each([
    '../*',
    '../*.txt',
    '{.,a}./*',
    '\\.\\./*',
    'sub/../../*',
    '*/../../*',
    '[.][.]/*',
    'link/*',
    'link/x.txt',
    '*/x.txt',
    '**/x.txt',
    'sub/link/*',
    'link',
    'zz!/../../*',
    'link/../../*',
    'x!/link/*',
    'sub!/*.txt',
    '[a]/../../*',
    '?/../../*',
    'sub\\/../../*',
    '{sub,..}/*',
  ])('%s does not lead out of the workspace, by name or through a link', async (glob) => {
    const top = temporaryFolder({ 'repo/sub/a.txt': '', 'x.txt': '', 'outside/x.txt': '' });
    const root = path.join(top, 'repo');
    fs.symlinkSync('../outside', path.join(root, 'link'));
    fs.symlinkSync('../../outside', path.join(root, 'sub/link'));
    const answer = await list(root, glob).catch((error: unknown) => String(error));
    expect(answer).toMatch(
      /is outside the workspace|^\(no file matches|\.\. after a wildcard|leads out of its folder|^\[F\] sub\/a\.txt$/,
    );
  });

  it('does not follow a link in the workspace, which the folder asked for may be', async () => {
    const root = temporaryFolder({ 'src/a.ts': '' });
    fs.symlinkSync('src', path.join(root, 'link'));
    expect(await list(root, 'link/*')).toBe('(no file matches link/*)');
    expect(await found(root, '*', 'link')).toEqual(['link/a.ts']);
  });

  it('that is absolute is accepted only inside the workspace', async () => {
    const root = temporaryFolder(FILES);
    await expect(list(root, '/etc/*')).rejects.toThrow('/etc is outside the workspace');
    await expect(list(root, '/*')).rejects.toThrow('is outside the workspace');
    expect(await found(root, `${root}/*.ts`)).toEqual(['a.ts']);
    await expect(list(root, `${root}/*.ts`, 'src')).rejects.toThrow('out of its folder');
    await expect(list(root, '../*.ts', 'src')).rejects.toThrow('out of its folder');
  });

  it.each([
    ['braces that multiply', '{a,b}'.repeat(40)],
    ['thousands of braces', '{'.repeat(5_000)],
    ['nested braces', `${'{a,'.repeat(100)}b${'}'.repeat(100)}`],
    ['many stars in a name', '*a'.repeat(40)],
    ['many stars for folders', '**/a/'.repeat(20)],
  ])('with %s is refused at once', async (_what, glob) => {
    const root = temporaryFolder({ ['a'.repeat(250)]: '' });
    const used = cpuTime();
    await expect(list(root, glob)).rejects.toThrow(/too complex/);
    expect(used()).toBeLessThan(1_000);
  });

  it.each([
    '+(+(+(a)))b',
    '!(!(a))*b',
    '*a*a*b',
    '**/a/**/a/b',
    `${'{'.repeat(200)}*`,
    '(a+)+$',
    '(a|a)+b',
    '(*)+b',
    '([a]+)+b',
    '[a]+[a]+[a]+b',
    '?(a|a)+b',
    '[a](a|a)+b',
    '?(a+)+b',
  ])('%s is fast on names that almost match', async (glob) => {
    const folder = `${'a/'.repeat(60)}${'a'.repeat(200)}`;
    const root = temporaryFolder({ ['a'.repeat(250)]: '', [folder]: '' });
    const used = cpuTime();
    await list(root, glob);
    expect(used()).toBeLessThan(3_000);
  });

  it('stops when its time is up, or the person interrupts', async () => {
    const root = temporaryFolder(FILES);
    const request = { root, path: '.', glob: '**', signal: never };
    expect(await filesMatching(request, 0)).toEqual({ files: [], isPart: true });
    const aborted = { ...request, signal: AbortSignal.abort(new Error('stop')) };
    await expect(filesMatching(aborted)).rejects.toThrow('stop');
  });
});
