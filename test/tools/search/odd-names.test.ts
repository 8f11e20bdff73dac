import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { listFiles } from '../../../src/tools/list-files.ts';
import { readFile } from '../../../src/tools/read-file.ts';
import { writeFile } from '../../../src/tools/write-file.ts';
import { takesAnyBytes } from '../../support/disk.ts';
import { runTool } from '../../support/run-tool.ts';
import { find, ways } from '../../support/search.ts';
import { temporaryFolder, toolContext } from '../../support/workspace.ts';

const REMARK =
  '(a code such as \\xe9 stands for a byte of a name that is not UTF-8: no file tool can open it)';

/** Files with the word `fig`, by names and in a folder that are not UTF-8. */
function oddTree(): string {
  const root = temporaryFolder({ 'c.txt': 'fig\n', 'ok\ufffd.txt': 'fig\n', '.git/HEAD': '' });
  const at = (name: string) =>
    Buffer.concat([Buffer.from(`${root}/`), Buffer.from(name, 'latin1')]);
  fs.mkdirSync(at('d\xff'));
  for (const name of ['caf\xe9.txt', 'd\xff/x.txt']) fs.writeFileSync(at(name), 'one\nfig\n');
  fs.symlinkSync('d\xff', at('link'));
  return root;
}

describe.skipIf(!takesAnyBytes).each(ways)('a search with %s', (_name, way, itNeeds) => {
  itNeeds('finds what files hold whose names are not UTF-8, and shows these by codes', async () => {
    expect((await find(way, oddTree(), 'fig'))?.split('\n')).toEqual([
      'c.txt:1:fig',
      'caf\\xe9.txt:2:fig',
      'd\\xff/x.txt:2:fig',
      'ok\ufffd.txt:1:fig',
      REMARK,
    ]);
  });

  itNeeds('says nothing of such names where nothing is found in them', async () => {
    expect(await find(way, oddTree(), 'fig', { path: 'c.txt' })).toBe('c.txt:1:fig');
  });

  itNeeds('does not follow a link by such a name', async () => {
    const outside = temporaryFolder({ 'secret.txt': 'fig\n' });
    const root = temporaryFolder({ 'a.txt': 'fig\n' });
    fs.symlinkSync(outside, Buffer.from(`${root}/\xff`, 'latin1'));
    fs.symlinkSync(path.join(outside, 'secret.txt'), Buffer.from(`${root}/\xe9`, 'latin1'));
    expect(await find(way, root, 'fig')).toBe('a.txt:1:fig');
  });
});

it.skipIf(!takesAnyBytes)(
  'a folder is listed with such names, and a file among them cannot be read by its codes',
  async () => {
    const root = oddTree();
    const context = toolContext(root);
    const entries = ['[D] d\\xff', '[F] c.txt', '[F] caf\\xe9.txt', '[F] link', '[F] ok\ufffd.txt'];
    expect((await runTool(listFiles, context)).split('\n')).toEqual([...entries, REMARK]);
    await expect(runTool(readFile, context, { path: 'caf\\xe9.txt' })).rejects.toThrow('no file');
  },
);

it.skipIf(!takesAnyBytes)('a glob finds such names', async () => {
  const found = await runTool(listFiles, toolContext(oddTree()), { glob: '**/*.txt' });
  const files = ['c.txt', 'caf\\xe9.txt', 'd\\xff/x.txt', 'ok\ufffd.txt'];
  expect(found.split('\n')).toEqual([...files.map((file) => `[F] ${file}`), REMARK]);
});

it.each([
  [readFile, {}],
  [listFiles, {}],
  [writeFile, { content: '' }],
])('no tool takes a path with half of a character: %#', (tool, more) => {
  const prepare = () => tool.prepare({ path: 'caf\udce9.txt', ...more });
  expect(prepare).toThrow('path: it contains an unpaired surrogate');
});
