/** Both ways to search, so that tests can hold them to the same answers. */
import { spawnSync } from 'node:child_process';
import { it } from 'vitest';
import { searchAsMeant, type Found } from '../../src/tools/search/as-meant.ts';
import { Matches, type SearchRequest } from '../../src/tools/search/matches.ts';
import { searchWithRipgrep } from '../../src/tools/search/ripgrep.ts';
import { searchByWalking } from '../../src/tools/search/walk.ts';
import { never, toolContext } from './workspace.ts';

export type Way = (request: SearchRequest) => Promise<Matches | undefined>;

export const hasRipgrep = spawnSync('rg', ['--version']).status === 0;

/** Each way by its name, with an `it` that is skipped where the way is not installed. */
export const ways = [
  ['ripgrep', searchWithRipgrep, it.skipIf(!hasRipgrep)],
  ['the fallback', searchByWalking, it.skipIf(false)],
] as const;

/** What a search finds by a pattern that may be plain text; undefined where the way cannot search. */
export async function findAsMeant(
  way: Way,
  root: string,
  pattern: string,
  asked: Partial<SearchRequest> = {},
): Promise<Found | undefined> {
  const { env } = toolContext(root);
  let isUnable = false;
  const found = await searchAsMeant(
    { pattern, path: '.', root, env, signal: never, ...asked },
    async (request) => {
      const matches = await way(request);
      isUnable ||= matches === undefined;
      return matches ?? new Matches();
    },
  );
  return isUnable ? undefined : found;
}

/** What a search shows; `(no matches)` if there is nothing to show. */
export async function find(
  way: Way,
  root: string,
  pattern: string,
  asked: Partial<SearchRequest> = {},
): Promise<string | undefined> {
  const { env } = toolContext(root);
  const matches = await way({ pattern, path: '.', root, env, signal: never, ...asked });
  return matches?.render();
}
