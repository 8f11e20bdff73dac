/** Searches that would never end. */
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { SearchRequest } from '../../src/tools/search/matches.ts';
import { searchWithRipgrep } from '../../src/tools/search/ripgrep.ts';
import { searchByWalking } from '../../src/tools/search/walk.ts';
import { find, ways } from '../support/search.ts';
import { some } from '../support/stress.ts';
import { temporaryFolder, toolContext } from '../support/workspace.ts';

const EARLY = '(the search stopped early: narrow the pattern or the path)';

/** An environment in which this shell script is ripgrep. */
function withRipgrep(root: string, script: string): NodeJS.ProcessEnv {
  const bin = temporaryFolder({ rg: `#!/bin/sh\n${script}\n` });
  fs.chmodSync(path.join(bin, 'rg'), 0o755);
  const { env } = toolContext(root);
  return { ...env, PATH: `${bin}:${env['PATH']}` };
}

it('a ripgrep that hangs is stopped when its time is up, and what it found is shown', async () => {
  const root = temporaryFolder({ 'a.txt': 'apple\n' });
  const env = withRipgrep(root, `printf '%s\\0001:apple\\n' '${root}/a.txt'\nexec sleep 300`);
  const way = (request: SearchRequest) => searchWithRipgrep(request, 500);
  expect(await find(way, root, 'apple', { env })).toBe(`a.txt:1:apple\n${EARLY}`);
});

it('a ripgrep that could not read a file shows what is in the others', async () => {
  const root = temporaryFolder();
  const env = withRipgrep(root, `printf '%s\\0001:apple\\n' '${root}/a.txt'\nexit 2`);
  expect(await find(searchWithRipgrep, root, 'apple', { env })).toBe('a.txt:1:apple');
});

it('a search without ripgrep ends when its time is up, and says so', async () => {
  const root = temporaryFolder({ 'a.txt': 'apple\n', 'b.txt': 'apple\n' });
  expect(await find((request) => searchByWalking(request, -1), root, 'apple')).toBe(EARLY);
  expect(await find(searchByWalking, root, 'apple')).toBe('a.txt:1:apple\nb.txt:1:apple');
});

it('a search without ripgrep ends when its time is up, and hears others, where all is ignored', async () => {
  const root = temporaryFolder();
  const rules = Array.from({ length: 2_000 }, (_, at) => `build/x${at}*`);
  fs.writeFileSync(path.join(root, '.gitignore'), [...rules, 'build/*', '/buil?'].join('\n'));
  fs.mkdirSync(path.join(root, 'build'));
  for (let at = 0; at < 2_500; at++) fs.writeFileSync(path.join(root, `build/y${at}`), 'apple\n');
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  const way = (request: SearchRequest) => searchByWalking({ ...request, path: 'build' }, 50);
  expect(await find(way, root, 'apple')).toBe(EARLY);
  clearInterval(timer);
  expect(turns).toBeGreaterThan(0);
});

describe.each(ways)('a search with %s takes little memory', (_name, way, itNeeds) => {
  itNeeds.each(
    some(1, [
      ['one line of 19 MB', 'a,'.repeat(9.5e6), /^big\.txt:1:a,a,.*left out.*,a,a,$/],
      ['a million lines', 'a\n'.repeat(1e6), /^\(999800 more in big\.txt\)$/m],
    ]),
  )('in a file of %s', async (_what, text, found) => {
    const root = temporaryFolder({ 'big.txt': text });
    const { PATH } = process.env;
    const env = withRipgrep(root, `ulimit -d 150000; PATH='${PATH}' exec rg "$@"`);
    const before = process.resourceUsage().maxRSS;
    expect(await find(way, root, 'a|b', { env })).toMatch(found);
    expect(process.resourceUsage().maxRSS - before).toBeLessThan(200 * 1024);
  });
});

it('20,000 ignore rules do not keep a search without ripgrep from ending', async () => {
  const rules = Array.from(
    { length: 20_000 },
    (_, index) => `${index % 2 ? '/sub/' : ''}p${index}`,
  );
  const files = Array.from({ length: 200 }, (_, index) => [`sub/p${index}`, 'fig\n'] as const);
  const root = temporaryFolder({ '.gitignore': rules.join('\n'), ...Object.fromEntries(files) });
  fs.writeFileSync(path.join(root, 'a.txt'), 'fig\n');
  for (let at = 0; at < 300; at++) fs.writeFileSync(path.join(root, `b${at}`), '');
  expect(await find(searchByWalking, root, 'fig')).toBe('a.txt:1:fig');
});
