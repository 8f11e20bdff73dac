import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { searchWithRipgrep } from '../../../src/tools/search/ripgrep.ts';
import { find, hasRipgrep } from '../../support/search.ts';
import { temporaryFolder, toolContext } from '../../support/workspace.ts';

it('says when ripgrep is not installed', async () => {
  const root = temporaryFolder({ 'a.txt': 'apple\n' });
  const env = { PATH: temporaryFolder() };
  expect(await find(searchWithRipgrep, root, 'apple', { env })).toBeUndefined();
});

it.skipIf(!hasRipgrep).each([
  ['(?=a)b', /: look-around, .* is not supported$/],
  ['a\\nb', /: the literal .* is not allowed in a regex$/],
])('says what is wrong with %s, not what other options ripgrep has', async (pattern, reason) => {
  await expect(find(searchWithRipgrep, temporaryFolder(), pattern)).rejects.toThrow(reason);
});

describe.skipIf(!hasRipgrep)('neither pattern nor settings make ripgrep run a program', () => {
  it.each(['--pre=sh', '--pre', '-f', '--search-zip'])('with the pattern %s', async (pattern) => {
    const root = temporaryFolder();
    const marker = path.join(root, 'it-ran');
    fs.writeFileSync(path.join(root, 'evil.txt'), `touch '${marker}'\n# sh ${pattern} here\n`);

    const shown = await find(searchWithRipgrep, root, pattern);
    expect(fs.existsSync(marker)).toBe(false);
    expect(shown).toContain(`evil.txt:2:# sh ${pattern} here`); // the marker's path may match too
  });

  it('while a careless call does, for which the pattern is an option', () => {
    const root = temporaryFolder();
    const marker = path.join(root, 'it-ran');
    fs.writeFileSync(path.join(root, 'evil.txt'), `touch '${marker}'\n`);
    spawnSync('rg', ['--line-number', '--pre=sh', '.'], { cwd: root, stdio: 'ignore' });
    expect(fs.existsSync(marker)).toBe(true);
  });

  it('with a settings file in the environment, which plain ripgrep does read', async () => {
    const root = temporaryFolder();
    const marker = path.join(root, 'it-ran');
    fs.writeFileSync(path.join(root, 'evil.txt'), `touch '${marker}'\n`);
    const settings = path.join(temporaryFolder({ rc: '--pre=sh\n' }), 'rc');
    const env = { ...toolContext(root).env, RIPGREP_CONFIG_PATH: settings };

    const shown = await find(searchWithRipgrep, root, 'touch', { env });
    expect(shown).toBe(`evil.txt:1:touch '${marker}'`);
    expect(fs.existsSync(marker)).toBe(false);
    spawnSync('rg', ['touch', '.'], { cwd: root, env, stdio: 'ignore' });
    expect(fs.existsSync(marker)).toBe(true);
  });
});

it.skipIf(!hasRipgrep)(
  'a line separator of Unicode inside a line does not lose the match',
  async () => {
    const root = temporaryFolder({ 'a.js': 'const needle = 1; // one\u2028two\n' });
    expect(await find(searchWithRipgrep, root, 'needle')).toBe(
      'a.js:1:const needle = 1; // one\u2028two',
    );
  },
);

it.skipIf(!hasRipgrep)('finds what a file with line ends in its name holds', async () => {
  const root = temporaryFolder({ 'a\n\nb:1\n.txt': 'fig\n', 'c.txt': 'fig\n' });
  expect(await find(searchWithRipgrep, root, 'fig')).toBe('a b:1 .txt:1:fig\nc.txt:1:fig');
});
