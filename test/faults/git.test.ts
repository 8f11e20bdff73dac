import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { childEnvironment } from '../../src/environment.ts';
import { readGit } from '../../src/workspace/git.ts';
import { git, temporaryFolder, temporaryRepository } from '../support/workspace.ts';

interface Trap {
  root: string;
  /** The marker program. */
  program: string;
  config(name: string, value: string): void;
}

/** What a repository can name to have a program run, and the plain git call that falls for it. */
const traps: [name: string, control: string[], set: (trap: Trap) => void][] = [
  ['core.fsmonitor', ['status'], ({ config, program }) => config('core.fsmonitor', program)],
  [
    'a clean filter',
    ['status'],
    ({ config, program }) => config('filter.evil.clean', `${program} clean`),
  ],
  ['a process filter', ['status'], ({ config, program }) => config('filter.evil.process', program)],
  [
    'a required clean filter of an included file',
    ['status'],
    ({ root, config, program }) => {
      const included = `[filter "evil"]\n\tclean = ${program}\n\trequired = true\n`;
      fs.writeFileSync(path.join(root, '.git/more'), included);
      config('include.path', 'more');
    },
  ],
  [
    'a clean filter of the work tree',
    ['status'],
    ({ root, config, program }) => {
      config('extensions.worktreeConfig', 'true');
      git(root, 'config', '--worktree', 'filter.evil.clean', program);
    },
  ],
  [
    'a clean filter whose name has a dot and an equals sign',
    ['status'],
    ({ root, program }) => {
      fs.appendFileSync(path.join(root, '.gitattributes'), '*.txt filter=e.v=l\n');
      fs.appendFileSync(path.join(root, '.git/config'), `[filter "e.v=l"]\n\tclean = ${program}\n`);
    },
  ],
  [
    'gpg.program',
    ['log', '-1'],
    ({ root, config, program }) => {
      const person = 'A <a@example.com> 1700000000 +0000';
      const tree = git(root, 'write-tree').trim();
      const signature = 'gpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----';
      const commit = `tree ${tree}\nauthor ${person}\ncommitter ${person}\n${signature}\n\nsigned\n`;
      fs.writeFileSync(path.join(root, '.git/commit'), commit);
      const hash = git(root, 'hash-object', '-t', 'commit', '-w', '.git/commit').trim();
      git(root, 'update-ref', 'HEAD', hash);
      config('gpg.program', program);
      config('log.showSignature', 'true');
    },
  ],
  [
    'a hook',
    ['status'],
    ({ root, program }) => fs.cpSync(program, path.join(root, '.git/hooks/post-index-change')),
  ],
  [
    'a hook in a folder of the repository',
    ['status'],
    ({ root, config, program }) => {
      fs.mkdirSync(path.join(root, 'hooks'));
      fs.cpSync(program, path.join(root, 'hooks/post-index-change'));
      config('core.hooksPath', 'hooks');
    },
  ],
];

it.each(traps)('does not run what the repository names: %s', async (_name, control, set) => {
  const outside = temporaryFolder();
  const marker = path.join(outside, 'it-ran');
  const program = path.join(outside, 'program');
  fs.writeFileSync(program, `#!/bin/sh\ntouch '${marker}'\ncat\n`, { mode: 0o755 });

  const root = temporaryRepository({ 'a.txt': 'old', '.gitattributes': '*.txt filter=evil\n' });
  set({ root, program, config: (name, value) => void git(root, 'config', name, value) });
  // Of the same size and newer: git has to look into the file, and has an index to refresh.
  fs.writeFileSync(path.join(root, 'a.txt'), 'new');
  fs.utimesSync(path.join(root, '.gitattributes'), 1_800_000_000, 1_800_000_000);

  const facts = await readGit(root, childEnvironment(process.env));
  expect(fs.existsSync(marker), 'the program ran').toBe(false);
  expect(facts?.root).toBe(root);
  if (facts?.status !== undefined) expect(facts.status).toContain('M a.txt');

  // The control: plain git does run it, so the trap was set well. What it says is of no interest.
  try {
    git(root, ...control);
  } catch {
    // A filter that speaks no protocol may fail.
  }
  expect(fs.existsSync(marker), 'plain git did not fall for it').toBe(true);
});
