import fs from 'node:fs';
import path from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { searchWithRipgrep } from '../../src/tools/search/ripgrep.ts';
import { searchByWalking } from '../../src/tools/search/walk.ts';
import { search } from '../../src/tools/search.ts';
import { bytesOf } from '../../src/util/file-names.ts';
import { runTool } from '../support/run-tool.ts';
import { find, findAsMeant, hasRipgrep, ways, type Way } from '../support/search.ts';
import { often } from '../support/stress.ts';
import { temporaryFolder, toolContext } from '../support/workspace.ts';

it('refuses a pattern with a NUL character, which no program can be given', () => {
  expect(() => search.prepare({ pattern: 'a\0b' })).toThrow('pattern: it must not contain a NUL');
});

it('shows path, line and text of what it finds', async () => {
  const context = toolContext(temporaryFolder({ 'src/a.ts': 'one\ntwo\n', 'b.ts': 'two\n' }));
  const shown = (args: Record<string, unknown>) => runTool(search, context, args);
  expect(await shown({ pattern: 'two' })).toBe('b.ts:1:two\nsrc/a.ts:2:two');
  expect(await shown({ pattern: 'two', path: './src/' })).toBe('src/a.ts:2:two');
  expect(await shown({ pattern: 'three' })).toBe('(no matches)');
});

it('works the same where ripgrep is not installed', async () => {
  const context = toolContext(temporaryFolder({ 'a.ts': 'one\ntwo\n' }));
  const without = { ...context, env: { ...context.env, PATH: temporaryFolder() } };
  expect(await runTool(search, without, { pattern: 'two' })).toBe('a.ts:2:two');
});

it.skipIf(!hasRipgrep)('keeps to rules with a path in a folder without git', async () => {
  const files = { '.gitignore': 'sub/*.tmp\n', 'sub/x.tmp': 'two\n', 'sub/a.txt': 'two\n' };
  const context = toolContext(temporaryFolder(files));
  const shown = await runTool(search, context, { pattern: 'two', path: 'sub' });
  expect(shown).toBe('sub/a.txt:1:two');
});

it.each([
  ['missing', /there is no missing/],
  ['..', /outside the workspace/],
  ['out', /outside the workspace/],
  ['dangling', /link to a place that does not exist/],
])('refuses to search %s', async (asked, message) => {
  const top = temporaryFolder({ 'repo/a.txt': 'apple', 'outside/b.txt': 'apple' });
  const root = path.join(top, 'repo');
  fs.symlinkSync('../outside', path.join(root, 'out'));
  fs.symlinkSync('../nowhere', path.join(root, 'dangling'));
  const run = runTool(search, toolContext(root), { pattern: 'apple', path: asked });
  await expect(run).rejects.toThrow(message);
});

/** This many files, each with more matches than anyone could read. */
const logs = (count: number) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`${index}.log`, 'fig\n'.repeat(6_000)] as const),
  );

describe.each(ways)('a search with %s', (_name, way, itNeeds) => {
  itNeeds('finds a quiet file beside noisy ones', async () => {
    const root = temporaryFolder({ ...logs(20), 'z.txt': 'quiet fig\n' });
    const lines = (await find(way, root, 'fig'))?.split('\n') ?? [];
    expect(lines).toContain('(5991 more in 7.log)');
    expect(lines.at(-1)).toBe('z.txt:1:quiet fig');
  });

  itNeeds('stops when there is more than anyone could read, and says so', async () => {
    const lines = (await find(way, temporaryFolder(logs(30)), 'fig'))?.split('\n') ?? [];
    expect(lines.length).toBeLessThan(300);
    expect(lines.at(-1)).toMatch(/^\(the search stopped early/);
  });

  itNeeds('stops when it is interrupted', async () => {
    const root = temporaryFolder({ 'a.txt': 'fig\n' });
    await expect(find(way, root, 'fig', { signal: AbortSignal.abort() })).rejects.toThrow();
  });
});

it.skipIf(!hasRipgrep)('finds the same with and without ripgrep, in any repository', async () => {
  const name = fc.constantFrom('a', 'B', '.h', 'x.log', 'y.txt', 'sub', 'dir', '\udce9');
  const file = fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
  const line = fc.string({ unit: fc.constantFrom(...'aAb1 .-\t([$'), maxLength: 6 });
  const content = fc.array(line, { maxLength: 4 }).map((lines) => lines.join('\n'));
  const rule = fc.constantFrom(
    '*.log',
    '!x.log',
    '/a',
    'sub/',
    'sub/*.txt',
    'dir/*.txt',
    '/dir/a',
    '**/B',
    '#a',
    'y.txt',
    '!sub',
    '/B/',
    '!dir/a',
    'sub/a/',
    'dir/*',
    '!dir/sub/',
    '!sub/*.txt',
    '!*.txt',
  );
  const rules = fc.array(rule, { maxLength: 3 }).map((lines) => `${lines.join('\n')}\n`);
  const ignoreFile = fc.constantFrom(
    '.gitignore',
    'sub/.gitignore',
    'dir/.gitignore',
    'dir/sub/.gitignore',
  );
  const regexes = ['a', 'A', 'a+ ?b', '^a', 'b$', '[^ab]', '\\.', 'a|1', '^$', '\\bb', '.'];
  const texts = ['a(', '[', '$a', '(a)', '*', 'A[', '\\ b'];
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(file, content), { maxLength: 6 }),
      fc.array(fc.tuple(ignoreFile, rules), { maxLength: 3 }),
      fc.constantFrom('.', 'dir'),
      fc.constantFrom(...regexes, ...texts),
      async (files, ignores, asked, pattern) => {
        const root = temporaryFolder({ '.git/HEAD': '', 'dir/c': 'ab' });
        for (const [at, text] of [...files, ...ignores]) tryToWrite(path.join(root, at), text);
        const byRipgrep = await shownBy(searchWithRipgrep, root, pattern, asked);
        expect(await shownBy(searchByWalking, root, pattern, asked)).toBe(byRipgrep);
      },
    ),
    { numRuns: often(20, 60) },
  );
});

/** What a search shows, without the words in which an engine says what is wrong with a pattern. */
async function shownBy(way: Way, root: string, pattern: string, asked: string): Promise<string> {
  const found = await findAsMeant(way, root, pattern, { path: asked });
  const remark = found?.remark.replace(/(?<=regular expression: ).*/s, '');
  return `${found?.matches.render()}\n${remark}`;
}

/** The same name may come up for a file and a folder: the first gets it. */
function tryToWrite(file: string, text: string): void {
  try {
    fs.mkdirSync(bytesOf(path.dirname(file)), { recursive: true });
    fs.writeFileSync(bytesOf(file), text);
  } catch {
    // Taken.
  }
}
