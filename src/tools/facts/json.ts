/** Whether a file is JSON: looked at in this process. */
import { isUtf8 } from 'node:buffer';
import path from 'node:path';
import { jsonProblem } from './json-problem.ts';
import type { Parsed } from './parsed.ts';

/** Undefined where it is not text. */
export function parseJson({
  before,
  after,
}: {
  before: Buffer;
  after: Buffer;
}): Parsed | undefined {
  if (!isUtf8(after) || !isUtf8(before)) return undefined;
  const problem = jsonProblem(after.toString());
  const hasOld = problem !== undefined && before.length > 0;
  const old = hasOld ? jsonProblem(before.toString()) : undefined;
  return { language: 'JSON', before: old, after: problem };
}

const EXTENSION = /\.(?:geojson|ipynb|json|webmanifest)$/i;
/** Names of files whose programs read JSON with comments, or JSON5. */
const WITH_COMMENTS =
  /^(?:\.?devcontainer(?:-lock)?|(?:.*\.)?[jt]sconfig(?:[.-].*)?|\.(?:babelrc|cspell|eslintrc|hintrc|jscsrc|jshintrc|jslintrc|luarc|markdownlint(?:-cli2)?|mocharc|swcrc)|angular|api-extractor|babel\.config|biome|bun\.lock|cspell(?:\.config)?|deno|jsr|keybindings|language-configuration|launch|nodemon|nx|project|pyrightconfig|renovate|rush|settings|tasks|tsdoc|tslint|turbo|typedoc|wrangler)\.json$/i;
/** Folders of editors and tools that read it so. */
const FOLDERS_WITH_COMMENTS: ReadonlySet<string> = new Set(
  '.devcontainer .fleet .idea .vscode .zed'.split(' '),
);

/** Whether a file is JSON by its name, and no program by convention takes comments in it. */
export function isPlainJson(file: string): boolean {
  if (!EXTENSION.test(file) || WITH_COMMENTS.test(path.basename(file))) return false;
  return !path
    .dirname(file)
    .split(path.sep)
    .some((name) => FOLDERS_WITH_COMMENTS.has(name));
}
