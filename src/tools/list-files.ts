import fs from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { found } from '../util/counted.ts';
import { bytesOf, entriesOf } from '../util/file-names.ts';
import { INTERNAL_NAMES, type WorkspacePath } from '../workspace/paths.ts';
import { resolveExisting } from '../workspace/spelling.ts';
import { filesMatching } from './search/glob.ts';
import { defineTool } from './tool.ts';
import { ToolError } from './tool-error.ts';
import { missing } from './missing.ts';
import { OTHER_NAMES } from './other-names.ts';
import { remarksOnNames, shownName } from './shown-name.ts';
import { folderText, textOf } from './arguments.ts';
import type { ToolOutcome } from './outcome.ts';

const MAX_ENTRIES = 200;

/** Lists one folder, or finds files below it by a pattern of their names. */
export const listFiles = defineTool({
  name: 'list_files',
  description: 'Lists a folder, or files below it by glob, such as **/*.md.',
  risky: false,
  args: z.object({ path: folderText().default('.'), glob: z.string().trim().optional() }),
  ...OTHER_NAMES.list_files,
  example: '<tool>{"name":"list_files","args":{"path":"."}}</tool>',
  wording: {
    verbs: ['listing', 'listed', 'list'],
    subject: ({ path: asked = '.', glob = '' }) =>
      glob === '' ? textOf(asked) : path.join(textOf(asked), textOf(glob)),
  },
  check({ path: asked }, { root }) {
    const { real, shown } = resolveExisting(root, asked);
    const stat = fs.statSync(real, { throwIfNoEntry: false });
    if (!stat) throw missing(root, shown, 'folder');
    if (!stat.isDirectory()) throw new ToolError(`${shown} is a file: read it instead`);
  },
  run({ path: asked, glob }, { root }, signal) {
    const folder = resolveExisting(root, asked);
    return glob ? listMatches(root, folder.shown, glob, signal) : listFolder(folder);
  },
});

function listFolder({ real, shown }: WorkspacePath): ToolOutcome {
  const entries = entriesOf(real)
    .filter((entry) => !INTERNAL_NAMES.has(entry.name))
    .map((entry) => ({ name: entry.name, isFolder: isFolder(entry, real) }))
    .toSorted((a, b) => Number(b.isFolder) - Number(a.isFolder) || byName(a.name, b.name));
  const listed = entries.slice(0, MAX_ENTRIES);
  const lines = listed.map(
    (entry) => `${entry.isFolder ? '[D]' : '[F]'} ${shownName(path.join(shown, entry.name))}`,
  );
  lines.push(...remarksOnNames(listed.map(({ name }) => name)));
  const left = entries.length - listed.length;
  if (left > 0) lines.push(`(${left} more are not shown: list a folder below)`);
  const result = found(entries.length, 'entry', 'entries');
  return { text: lines.join('\n') || '(empty)', summary: { result } };
}

async function listMatches(
  root: string,
  asked: string,
  glob: string,
  signal: AbortSignal,
): Promise<ToolOutcome> {
  const { files, isPart } = await filesMatching({ root, path: asked, glob, signal });
  const listed = files.toSorted(byName).slice(0, MAX_ENTRIES);
  const lines = listed.map((file) => `[F] ${shownName(file)}`);
  lines.push(...remarksOnNames(listed));
  const left = files.length - listed.length;
  if (left > 0) lines.push(`(${left} more are not shown: narrow the glob)`);
  if (isPart) lines.push('(the search stopped early: narrow the glob or the path)');
  const result = isPart ? `${files.length}+ files` : found(files.length, 'file');
  const text = lines.join('\n') || `(no file matches ${glob})`;
  return { text, summary: { result } };
}

function isFolder(entry: fs.Dirent, parent: string): boolean {
  if (!entry.isSymbolicLink()) return entry.isDirectory();
  try {
    return fs.statSync(bytesOf(path.join(parent, entry.name))).isDirectory();
  } catch {
    return false; // a link to nowhere, or to itself
  }
}

/** Ignores case, except between names that differ only in case. */
function byName(a: string, b: string): number {
  const [lowerA, lowerB] = [a.toLowerCase(), b.toLowerCase()];
  return lowerA < lowerB ? -1 : lowerA > lowerB ? 1 : a < b ? -1 : 1;
}
