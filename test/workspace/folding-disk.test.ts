import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { findProgram, resolveInside, withTrustedPath } from '../../src/workspace/paths.ts';
import { takeSnapshot } from '../../src/workspace/snapshot.ts';
import { foldCase } from '../support/folding-disk.ts';
import { temporaryFolder } from '../support/workspace.ts';

describe('on a disk that takes names in any case', () => {
  /** A workspace, and its root in another case. */
  function folded() {
    const root = path.join(temporaryFolder({ 'Repo/src/Main.ts': '', 'Repo/bin/git': '' }), 'Repo');
    fs.symlinkSync('src', path.join(root, 'link'));
    fs.chmodSync(path.join(root, 'bin/git'), 0o755);
    foldCase();
    return { root, inOtherCase: path.join(path.dirname(root), 'rEPO') };
  }

  it.each([
    ['a file', 'SRC/main.TS', 'src/Main.ts', 'src/Main.ts'],
    ['a new file', 'Src/New.ts', 'src/New.ts', 'src/New.ts'],
    ['a file through a link', 'LINK/main.ts', 'src/Main.ts', 'LINK/main.ts'],
    ['the root', '../REPO', '', '.'],
  ])('%s has one real path, which is shown', (_what, asked, real, shown) => {
    const { root } = folded();
    expect(resolveInside(root, asked)).toEqual({ real: path.join(root, real), shown });
  });

  it('a workspace that is named in another case is the same', async () => {
    const { root, inOtherCase } = folded();
    expect(await takeSnapshot(inOtherCase, {})).toMatchObject({ cwd: root, root });
  });

  it('no program of the repository is found by a PATH in another case', () => {
    const { root, inOtherCase } = folded();
    const env = { PATH: path.join(inOtherCase, 'BIN') };
    expect(findProgram('git', env, root)).not.toBe(path.join(env.PATH, 'git'));
    expect(withTrustedPath(env, root).PATH).toBe('/usr/bin:/bin');
  });
});
