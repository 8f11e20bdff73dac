import fs from 'node:fs';
import path from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isInside,
  PathError,
  resolveInside,
  resolveWritable,
  withTrustedPath,
} from '../../src/workspace/paths.ts';
import { takesAnyBytes } from '../support/disk.ts';
import { temporaryFolder } from '../support/workspace.ts';
import { often } from '../support/stress.ts';

/** A workspace with links of every kind, a folder beside it, and one whose name begins like it. */
function tangledWorkspace(): string {
  const top = temporaryFolder({
    'repo/a.txt': 'a',
    'repo/sub/b.txt': 'b',
    'repo/.git/config': '',
    'repo-evil/secret.txt': 's',
    'outside/secret.txt': 's',
  });
  const root = path.join(top, 'repo');
  const links = {
    'link.txt': 'a.txt',
    in: 'sub',
    'sub/up': '..',
    out: '../outside',
    'secret.txt': '../outside/secret.txt',
    dangling: '../outside/new.txt',
    loop: 'loop',
    'git-link': '.git',
  };
  for (const [name, target] of Object.entries(links)) fs.symlinkSync(target, path.join(root, name));
  return root;
}

describe('a path is taken', () => {
  it.each([
    ['as it is', 'sub/b.txt', 'sub/b.txt', 'sub/b.txt'],
    ['with dots that stay inside', './sub/../sub//b.txt', 'sub/b.txt', 'sub/b.txt'],
    ['for the root itself', '.', '', '.'],
    ['with the target of a linked file', 'link.txt', 'a.txt', 'link.txt'],
    ['through a linked folder', 'in/b.txt', 'sub/b.txt', 'in/b.txt'],
    ['before it exists', 'new/deep/c.txt', 'new/deep/c.txt', 'new/deep/c.txt'],
    ['before it exists, below a link', 'in/new/c.txt', 'sub/new/c.txt', 'in/new/c.txt'],
    ['when a name only begins with dots', '..hidden', '..hidden', '..hidden'],
  ])('%s', (_how, asked, real, shown) => {
    const root = tangledWorkspace();
    expect(resolveInside(root, asked)).toEqual({ real: path.join(root, real), shown });
    // An absolute path to the same place means the same.
    expect(resolveInside(root, path.join(root, asked)).shown).toBe(shown);
  });
});

describe('a path is refused', () => {
  it.each([
    ['above the root', '..'],
    ['above the root, by a detour', 'sub/../../outside/secret.txt'],
    ['by an absolute name', '/etc/passwd'],
    ['in a folder whose name begins like the root', '../repo-evil/secret.txt'],
    ['of a link to a file outside', 'secret.txt'],
    ['of a link to a folder outside', 'out'],
    ['below a link to a folder outside', 'out/secret.txt'],
    ['below a link to a folder outside, before it exists', 'out/new/deep.txt'],
    ['of a link to a place that does not exist', 'dangling'],
    ['below a link to a place that does not exist', 'dangling/x'],
    ['of a link to itself', 'loop'],
    ['below a file', 'a.txt/x'],
    ['with a NUL', 'a.txt\0.png'],
    ['that is too long for the system', 'x'.repeat(5_000)],
  ])('%s', (_what, asked) => {
    const root = tangledWorkspace();
    expect(() => resolveInside(root, asked)).toThrow(PathError);
    expect(() => resolveWritable(root, asked)).toThrow(PathError);
  });
});

it('agrees with realpath on every path through links, dots and names that do not exist', () => {
  const root = tangledWorkspace();
  const names =
    '.. . a.txt sub b.txt in up out secret.txt link.txt dangling loop new outside ../repo-evil ../repo';
  const segments = fc.array(fc.constantFrom(...names.split(' ')), { maxLength: 6 });
  fc.assert(
    fc.property(segments, fc.boolean(), (parts, isAbsolute) => {
      const absolute = path.join(root, ...parts);
      const resolved = attempt(() => resolveInside(root, isAbsolute ? absolute : parts.join('/')));
      const real = attempt(() => fs.realpathSync(absolute));
      if (real !== undefined) {
        expect(resolved?.real).toBe(isBelow(root, real) ? real : undefined);
      } else if (resolved) {
        // It does not exist: once it is made, realpath must find it there, inside.
        fs.mkdirSync(resolved.real, { recursive: true });
        expect(fs.realpathSync(absolute)).toBe(resolved.real);
        expect(isBelow(root, resolved.real)).toBe(true);
        for (let made = resolved.real; path.basename(made) === 'new'; made = path.dirname(made)) {
          fs.rmSync(made, { recursive: true });
        }
      }
    }),
    { numRuns: often(150, 500) },
  );
  expect(fs.readdirSync(path.join(root, '../outside'))).toEqual(['secret.txt']);
});

it.skipIf(!takesAnyBytes)(
  'follows links by names that are not UTF-8, and refuses those that lead out',
  () => {
    const root = tangledWorkspace();
    for (const [name, target] of [
      ['in\xff', 'sub'],
      ['out\xff', '../outside'],
    ] as const) {
      fs.symlinkSync(target, Buffer.from(`${root}/${name}`, 'latin1'));
    }
    expect(resolveInside(root, 'in\udcff/b.txt').real).toBe(path.join(root, 'sub/b.txt'));
    expect(resolveInside(root, 'in\udcff/new').real).toBe(path.join(root, 'sub/new'));
    expect(() => resolveInside(root, 'out\udcff/secret.txt')).toThrow('outside the workspace');
    expect(() => resolveInside(root, 'out\udcff/new')).toThrow('outside the workspace');
  },
);

function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}

function isBelow(root: string, real: string): boolean {
  return `${real}/`.startsWith(`${root}/`);
}

it.each([
  ['/r', '/r', true],
  ['/r', '/r/a', true],
  ['/r', '/r/..a', true],
  ['/r', '/r-evil/a', false],
  ['/r', '/', false],
  ['/r', '/R/a', false],
  ['/', '/anything', true],
])('of root %s and path %s, inside is %s', (root, real, inside) => {
  expect(isInside(root, real)).toBe(inside);
});

it.each([
  '.git',
  '.git/config',
  '.GIT/hooks/pre-commit',
  'sub/.Git/config',
  '.g\u200bit/config',
  'git-link/hooks/post-checkout',
  '.mini-coding-agent/sessions/20260401-144025-2dd0aa.jsonl',
  '.Mini-Coding-Agent/x',
  '.vscode/tasks.json',
  '.IDEA/workspace.xml',
  '.bashrc',
  '.ZSHRC',
  'sub/../.Profile',
  '.config/mini-coding-agent/config.json',
  '.Config/Mini-Coding-Agent',
])('%j may be read but never written, whether it exists or not', (asked) => {
  const root = tangledWorkspace();
  expect(() => resolveInside(root, asked)).not.toThrow();
  expect(() => resolveWritable(root, asked)).toThrow(/is protected/);
});

it.each([
  '.gitignore',
  '.github/workflows/ci.yml',
  'git/config',
  'sub/.bashrc',
  '.vscodeignore',
  '.config/mini-coding-agents',
])('%s looks like a protected path and may be written', (asked) => {
  expect(resolveWritable(tangledWorkspace(), asked).shown).toBe(asked);
});

it('refuses to write a pointer file by the name .git', () => {
  const root = temporaryFolder({ '.git': 'gitdir: /elsewhere' });
  expect(() => resolveWritable(root, '.git')).toThrow(/is protected/);
});

describe('the folders in which git and ripgrep are looked for', () => {
  it.each([
    ['relative ones', 'node_modules/.bin:.::/usr/bin', '/usr/bin'],
    ['those of the workspace', 'ROOT/node_modules/.bin:/usr/bin', '/usr/bin'],
    ['those of the workspace by way of a link', 'LINK/node_modules/.bin:/usr/bin', '/usr/bin'],
    ['all, so that the usual ones are left', 'ROOT/bin', '/usr/bin:/bin'],
  ])('leave out %s', (_what, given, expected) => {
    const root = temporaryFolder({ 'node_modules/.bin/git': '', 'bin/git': '' });
    const link = path.join(temporaryFolder(), 'link');
    fs.symlinkSync(root, link);
    const PATH = given.replace('ROOT', root).replace('LINK', link);
    expect(withTrustedPath({ PATH, HOME: '/h' }, root)).toEqual({ PATH: expected, HOME: '/h' });
    const above = '/node_modules/.bin:/x/node_modules/.bin/:';
    expect(withTrustedPath({ PATH: above + PATH }, root)).toEqual({ PATH: expected });
  });
});
