/** Searches with ripgrep, or where it is not installed by walking the files, with the same result. */
import fs from 'node:fs';
import * as z from 'zod';
import { found } from '../util/counted.ts';
import { resolveExisting } from '../workspace/spelling.ts';
import { searchAsMeant } from './search/as-meant.ts';
import { searchWithRipgrep } from './search/ripgrep.ts';
import { searchByWalking } from './search/walk.ts';
import { defineTool } from './tool.ts';
import { ToolError } from './tool-error.ts';
import { missing } from './missing.ts';
import { OTHER_NAMES } from './other-names.ts';
import { folderText, requiredText, textOf } from './arguments.ts';

const patternText = () =>
  z.preprocess(
    (value) => (typeof value === 'string' ? patternIn(value) : value),
    requiredText()
      .refine((text) => !text.includes('\0'), { error: 'it must not contain a NUL character' })
      .refine((text) => !/[\r\n]/.test(text), {
        error: 'it must be one line, because each line is searched by itself',
      }),
  );

/**
 * In JSON `"\bword"` begins with a backspace, which nobody searches for: a word boundary was meant.
 * A line end before or after the pattern comes from the layout of the call.
 */
function patternIn(given: string): string {
  const [line = '', ...others] = given.split(/[\r\n]+/).filter((each) => each !== '');
  return (others.length > 0 ? given : line).replaceAll('\b', '\\b');
}

/** Finds lines in the files of the workspace. */
export const search = defineTool({
  name: 'search',
  description: 'Finds lines by regular expression; case counts only if it has capitals.',
  risky: false,
  wording: {
    verbs: ['searching', 'searched', 'search'],
    subject: ({ pattern, path = '.' }) =>
      `"${textOf(pattern)}"${path === '.' ? '' : ` in ${textOf(path)}`}`,
  },
  args: z.object({ pattern: patternText(), path: folderText().default('.') }),
  ...OTHER_NAMES.search,
  example: '<tool>{"name":"search","args":{"pattern":"some_name","path":"."}}</tool>',
  check({ path }, { root }) {
    const { real, shown } = resolveExisting(root, path);
    const stat = fs.statSync(real, { throwIfNoEntry: false });
    if (!stat) throw missing(root, shown, 'any');
    if (!stat.isFile() && !stat.isDirectory()) throw new ToolError(`${shown} is not a file`);
  },
  async run({ pattern, path }, { root, env }, signal) {
    const request = { pattern, path: resolveExisting(root, path).shown, root, env, signal };
    const { matches, isPlain, remark } = await searchAsMeant(
      request,
      async (each) => (await searchWithRipgrep(each)) ?? searchByWalking(each),
    );
    const { count, incomplete } = matches;
    const number = incomplete ? `${count}+ matches` : found(count, 'match', 'matches');
    const text = [matches.render(), ...(remark === '' ? [] : [remark])].join('\n');
    return { text, summary: { result: isPlain ? `${number} as plain text` : number } };
  },
});
