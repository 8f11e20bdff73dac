/** Searches with ripgrep, or where it is not installed by walking the files, with the same result. */
import fs from 'node:fs';
import * as z from 'zod';
import { found } from '../util/counted.ts';
import { resolveInside } from '../workspace/paths.ts';
import { searchWithRipgrep } from './search/ripgrep.ts';
import { searchByWalking } from './search/walk.ts';
import { defineTool } from './tool.ts';
import { ToolError } from './tool-error.ts';
import { NAMES } from './other-names.ts';
import { folderText, requiredText, textOf } from './arguments.ts';

/** In JSON, `"\bword"` begins with a backspace. Nobody searches for one: it means a word boundary. */
const patternText = () =>
  z.preprocess(
    (value) => (typeof value === 'string' ? value.replaceAll('\b', '\\b') : value),
    requiredText().refine((text) => !text.includes('\0'), {
      error: 'it must not contain a NUL character',
    }),
  );

/** Finds lines in the files of the workspace. */
export const search = defineTool({
  name: 'search',
  description: 'Finds lines that match a regular expression; case counts only if it has capitals.',
  risky: false,
  wording: {
    verbs: ['searching', 'searched', 'search'],
    subject: ({ pattern, path = '.' }) =>
      `"${textOf(pattern)}"${path === '.' ? '' : ` in ${textOf(path)}`}`,
  },
  args: z.object({ pattern: patternText(), path: folderText().default('.') }),
  ...NAMES.search,
  example: '<tool>{"name":"search","args":{"pattern":"some_name","path":"."}}</tool>',
  check({ path }, { root }) {
    const { real, shown } = resolveInside(root, path);
    const stat = fs.statSync(real, { throwIfNoEntry: false });
    if (!stat) throw new ToolError(`there is no ${shown}`);
    if (!stat.isFile() && !stat.isDirectory()) throw new ToolError(`${shown} is not a file`);
  },
  async run({ pattern, path }, { root, env }, signal) {
    const request = { pattern, path: resolveInside(root, path).shown, root, env, signal };
    const matches = (await searchWithRipgrep(request)) ?? (await searchByWalking(request));
    const { count, incomplete } = matches;
    const result = incomplete ? `${count}+ matches` : found(count, 'match', 'matches');
    return { text: matches.render(), summary: { result } };
  },
});
