import fs from 'node:fs';
import path from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PathError } from '../../src/workspace/paths.ts';
import { resolveExisting, spellingOnDisk } from '../../src/workspace/spelling.ts';
import { tellsCaseApart } from '../support/disk.ts';
import { often } from '../support/stress.ts';
import { temporaryFolder } from '../support/workspace.ts';

const NFC = 'caf\u00e9';
const NFD = 'cafe\u0301';

const FILES = {
  'README.md': '',
  'src/Main.ts': '',
  [`${NFD}/Men\u00fc.txt`]: '',
  'twins/a.txt': '',
  'twins/A.TXT': '',
  'exact/b': '',
  'Exact/c': '',
  Straße: '',
};

describe.skipIf(!tellsCaseApart)('a path that nothing has', () => {
  it.each([
    ['in another case', 'readme.MD', 'README.md'],
    ['in another case, folder and all', 'SRC/main.ts', 'src/Main.ts'],
    ['in another Unicode form', `${NFC}/Menu\u0308.txt`, `${NFD}/Men\u00fc.txt`],
    ['in another form and case', `${NFC.toUpperCase()}/menü.TXT`, `${NFD}/Men\u00fc.txt`],
    ['by a letter that is two in capitals', 'STRASSE', 'Straße'],
    ['by a detour and from the root', './nowhere/../readme.md', 'README.md'],
    ['through a link', 'LINK/main.ts', 'link/Main.ts'],
  ])('is found %s', (_how, asked, shown) => {
    const root = temporaryFolder(FILES);
    fs.symlinkSync('src', path.join(root, 'link'));
    expect(resolveExisting(root, asked).shown).toBe(shown);
    expect(resolveExisting(root, path.join(root, asked)).shown).toBe(shown);
  });

  it.each([
    ['where two differ only in case', 'Twins/a.TXT', 'twins/a.TXT', ['twins/A.TXT', 'twins/a.txt']],
    ['where a folder of exactly that name has no such file', 'exact/C', 'exact/C', []],
    ['where it is not there at all', 'SRC/none/deep.ts', 'src/none/deep.ts', []],
  ])('stays as it was asked for %s', (_where, asked, shown, alike) => {
    const root = temporaryFolder(FILES);
    expect(spellingOnDisk(root, asked, 'case')).toEqual({ path: shown, alike });
    expect(resolveExisting(root, asked).shown).toBe(shown);
  });

  it('is taken in another Unicode form alone where case is not to differ', () => {
    const root = temporaryFolder(FILES);
    const spell = (asked: string) => spellingOnDisk(root, asked, 'form');
    expect(spell(`${NFC}/new.txt`)).toEqual({ path: `${NFD}/new.txt`, alike: [] });
    expect(spell('SRC/new/x.ts')).toEqual({ path: 'SRC/new/x.ts', alike: ['src/new/x.ts'] });
    expect(spell('readme.md')).toEqual({ path: 'readme.md', alike: ['README.md'] });
    expect(spell('src/new.ts')).toEqual({ path: 'src/new.ts', alike: [] });
  });

  it('leads out of the workspace in no case', () => {
    const top = temporaryFolder({ 'repo/a.txt': '', 'outside/Secret.txt': '' });
    const root = path.join(top, 'repo');
    fs.symlinkSync('../outside', path.join(root, 'Out'));
    fs.symlinkSync('../outside/Secret.txt', path.join(root, 'Link.txt'));
    for (const asked of ['out/secret.txt', 'Out/secret.txt', 'link.TXT', '../OUTSIDE/secret.txt']) {
      expect(() => resolveExisting(root, asked), asked).toThrow(PathError);
    }
    for (const asked of ['out/secret.txt', 'Out/secret.txt']) {
      const spelling = spellingOnDisk(root, asked, 'case');
      expect(spelling, asked).toEqual({ path: 'Out/secret.txt', alike: [] });
    }
  });
});

it.skipIf(!tellsCaseApart)(
  'every path of a tree is found by any spelling of it that is the only one',
  () => {
    const root = temporaryFolder(FILES);
    const files = Object.keys(FILES).filter((file) => !/^(?:twins|exact)/i.test(file));
    const spelling = fc.tuple(
      fc.constantFrom(...files),
      fc.constantFrom('NFC', 'NFD'),
      fc.array(fc.boolean(), { minLength: 8 }),
    );
    fc.assert(
      fc.property(spelling, ([file, form, capitals]) => {
        const letters = [...file].map((each, at) =>
          capitals[at % capitals.length] ? each.toUpperCase() : each.toLowerCase(),
        );
        const { shown, real } = resolveExisting(root, letters.join('').normalize(form));
        expect(shown).toBe(file);
        expect(fs.existsSync(real)).toBe(true);
      }),
      { numRuns: often(50, 500) },
    );
  },
);
