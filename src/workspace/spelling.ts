/** What a path means that nothing has: a name that differs only in its Unicode form or its case. */
import fs from 'node:fs';
import path from 'node:path';
import { errorCode } from '../util/errors.ts';
import { someEntries, withoutCase } from '../util/file-names.ts';
import { isInside, PathError, resolveInside, type WorkspacePath } from './paths.ts';

/** How much of a path there is, as the disk spells it. */
interface Spelling {
  /** Relative to the root; what does not exist is spelled as it was asked for. */
  path: string;
  /** What the whole path would be with each name that is like the first one that is missing. */
  alike: string[];
}

/** In what a name may differ from the one asked for: its Unicode form, or its case, too. */
type MayDiffer = 'form' | 'case';

/** Names of one folder that are compared: with more of them, nothing is certain. */
const MAX_NAMES = 100_000;

const isSameText = (one: string, other: string) => one.normalize() === other.normalize();

/**
 * Spells a path as the disk does, part by part. A name that exists is taken as it is, or else the only
 * one that is the same in another Unicode form, or else, if `mayDiffer` is `case`, in another case.
 * A path that is outside of the workspace stays as it is. `resolveInside` must have taken it.
 */
export function spellingOnDisk(root: string, asked: string, mayDiffer: MayDiffer): Spelling {
  const absolute = path.resolve(root, asked);
  if (!isInside(root, absolute)) return { path: asked, alike: [] };
  const parts = path.relative(root, absolute).split(path.sep);
  let found = '';
  for (const [at, part] of parts.entries()) {
    const exact = path.join(found, part);
    if (!exists(path.join(root, exact))) {
      const alike = namesLike(root, found, part);
      const same = alike.filter((name) => isSameText(name, part));
      const [only, ...others] = same.length > 0 || mayDiffer === 'form' ? same : alike;
      if (only === undefined || others.length > 0) {
        const paths = alike.map((name) => path.join(found, name, ...parts.slice(at + 1)));
        return { path: path.join(found, ...parts.slice(at)), alike: paths };
      }
      found = path.join(found, only);
    } else found = exact;
  }
  return { path: found || '.', alike: [] };
}

/**
 * As `resolveInside`, for what is to be read: where nothing has the name, the path as
 * `spellingOnDisk` has it.
 * @throws PathError
 */
export function resolveExisting(
  root: string,
  asked: string,
  mayDiffer: MayDiffer = 'case',
): WorkspacePath {
  const resolved = resolveInside(root, asked);
  // ASCII has one form: a text may have thousands of words that might be paths.
  const hasOneForm = mayDiffer === 'form' && /^\p{ASCII}*$/u.test(asked);
  if (hasOneForm || exists(resolved.real)) return resolved;
  return resolveInside(root, spellingOnDisk(root, asked, mayDiffer).path);
}

function exists(name: string): boolean {
  try {
    return fs.lstatSync(name, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return false; // such as a name that is too long
  }
}

/** The names in a folder that are this one in another Unicode form or case. */
function namesLike(root: string, folder: string, name: string): string[] {
  const wanted = withoutCase(name);
  const alike: string[] = [];
  let count = 0;
  try {
    for (const entry of someEntries(resolveInside(root, folder).real)) {
      if (++count > MAX_NAMES) return [];
      if (withoutCase(entry.name) === wanted) alike.push(entry.name);
    }
  } catch (error) {
    if (!(error instanceof PathError) && errorCode(error) === undefined) throw error;
    return []; // it is no folder, is closed to us, or leads out of the workspace
  }
  return alike.toSorted();
}
