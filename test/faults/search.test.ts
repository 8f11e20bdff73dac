/** Searches that would never end. */
import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import type { SearchRequest } from '../../src/tools/search/matches.ts';
import { searchWithRipgrep } from '../../src/tools/search/ripgrep.ts';
import { searchByWalking } from '../../src/tools/search/walk.ts';
import { find } from '../support/search.ts';
import { temporaryFolder, toolContext } from '../support/workspace.ts';

const EARLY = '(the search stopped early: narrow the pattern or the path)';

it('a ripgrep that hangs is stopped when its time is up, and what it found is shown', async () => {
  const root = temporaryFolder({ 'a.txt': 'apple\n' });
  const match = JSON.stringify({
    type: 'match',
    data: { path: { text: path.join(root, 'a.txt') }, lines: { text: 'apple\n' }, line_number: 1 },
  });
  const bin = temporaryFolder({ rg: `#!/bin/sh\nprintf '%s\\n' '${match}'\nexec sleep 300\n` });
  fs.chmodSync(path.join(bin, 'rg'), 0o755);
  const { env } = toolContext(root);
  const hanging = { ...env, PATH: `${bin}:${env['PATH']}` };
  const way = (request: SearchRequest) => searchWithRipgrep(request, 500);
  expect(await find(way, root, 'apple', { env: hanging })).toBe(`a.txt:1:apple\n${EARLY}`);
});

it('a search without ripgrep ends when its time is up, and says so', async () => {
  const root = temporaryFolder({ 'a.txt': 'apple\n', 'b.txt': 'apple\n' });
  expect(await find((request) => searchByWalking(request, -1), root, 'apple')).toBe(EARLY);
  expect(await find(searchByWalking, root, 'apple')).toBe('a.txt:1:apple\nb.txt:1:apple');
});
