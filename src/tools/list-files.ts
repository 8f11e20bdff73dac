import fs from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { oneLine } from '../context/clip.ts';
import { INTERNAL_NAMES, resolveInside } from '../workspace/paths.ts';
import { defineTool, pathText } from './tool.ts';
import { ToolError } from './tool-error.ts';

const MAX_ENTRIES = 200;

export const listFiles = defineTool({
  name: 'list_files',
  description: 'Lists the files and folders of one folder.',
  risky: false,
  args: z.object({ path: pathText().default('.') }),
  example: '<tool>{"name":"list_files","args":{"path":"."}}</tool>',
  check({ path: asked }, { root }) {
    const { real, shown } = resolveInside(root, asked);
    const stat = fs.statSync(real, { throwIfNoEntry: false });
    if (!stat) throw new ToolError(`there is no folder ${shown}`);
    if (!stat.isDirectory()) throw new ToolError(`${shown} is not a folder; use read_file`);
  },
  async run({ path: asked }, { root }) {
    const { real, shown } = resolveInside(root, asked);
    const entries = fs
      .readdirSync(real, { withFileTypes: true })
      .filter((entry) => !INTERNAL_NAMES.has(entry.name))
      .map((entry) => ({ name: entry.name, isFolder: isFolder(entry, real) }))
      .toSorted((a, b) => Number(b.isFolder) - Number(a.isFolder) || byName(a.name, b.name));
    const lines = entries
      .slice(0, MAX_ENTRIES)
      .map((entry) => `${entry.isFolder ? '[D]' : '[F]'} ${oneLine(path.join(shown, entry.name))}`);
    const left = entries.length - lines.length;
    if (left > 0) lines.push(`(${left} more are not shown: list a folder below)`);
    return lines.join('\n') || '(empty)';
  },
});

function isFolder(entry: fs.Dirent, parent: string): boolean {
  if (!entry.isSymbolicLink()) return entry.isDirectory();
  try {
    return fs.statSync(path.join(parent, entry.name)).isDirectory();
  } catch {
    return false; // a link to nowhere, or to itself
  }
}

/** Ignoring case; names that differ only in case keep an order of their own. */
function byName(a: string, b: string): number {
  const [lowerA, lowerB] = [a.toLowerCase(), b.toLowerCase()];
  return lowerA < lowerB ? -1 : lowerA > lowerB ? 1 : a < b ? -1 : 1;
}
