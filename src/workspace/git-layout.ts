/** Folders that git takes for a repository by what is in them, without any `.git`. */
import fs from 'node:fs';
import path from 'node:path';

/**
 * Whether a path would be in such a folder, be that one already or made one by this very path. Git
 * would obey the settings and hooks there.
 * @param root the workspace root
 * @param real a path below it, with links resolved, which need not exist
 */
export function isInGitLayout(root: string, real: string): boolean {
  const names = path.relative(root, real).split(path.sep);
  return names.some((name, depth) =>
    isGitLayout(path.join(root, ...names.slice(0, depth)), name.toLowerCase()),
  );
}

/** @param added a name that the folder is to hold, in lower case */
function isGitLayout(folder: string, added: string): boolean {
  const has = (name: string) =>
    added === name.toLowerCase() ||
    fs.lstatSync(path.join(folder, name), { throwIfNoEntry: false }) !== undefined;
  return has('HEAD') && (has('commondir') || (has('objects') && has('refs')));
}
