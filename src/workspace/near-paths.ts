/** "Did you mean", for paths: what is in the workspace and is named like a path that is not. */
import path from 'node:path';
import { errorCode } from '../util/errors.ts';
import { someEntries, withoutCase } from '../util/file-names.ts';
import { nearest } from '../util/nearest.ts';
import { INTERNAL_NAMES } from './paths.ts';

/** Entries that are looked at, those near the root first: a bound on the time it takes. */
const MAX_ENTRIES = 10_000;
const MAX_NEAR = 3;
/** Typing errors in a name alone, without its folder. */
const TYPING_ERRORS = 2;
/** A shorter path is near to any other short one. */
const MIN_CHARS = 3;

/** What a path should lead to. */
export type Kind = 'file' | 'folder' | 'any';

/**
 * The paths that were probably meant, relative to the root, the likeliest first: at most three of the
 * same name in other folders or another case, or else the one with the nearest name.
 * @param most entries that are looked at
 */
export function pathsNear(root: string, asked: string, kind: Kind, most = MAX_ENTRIES): string[] {
  const wanted = path.relative(root, path.resolve(root, asked));
  const paths = pathsIn(root, kind, most);
  const names = paths.map(nameOf);
  const named = (name: string) =>
    likeliest(
      paths.filter((_, at) => names[at] === name),
      wanted,
    );
  const same = named(nameOf(wanted));
  if (same.length > 0 || wanted.length < MIN_CHARS) return same;
  const near = nearest(wanted, paths);
  if (near !== undefined) return [near];
  const name = nearest(nameOf(wanted), names, TYPING_ERRORS);
  return name === undefined ? [] : named(name);
}

const nameOf = (each: string) => withoutCase(path.basename(each));

/** Those first that have most of their last folders in common with the path. */
function likeliest(paths: readonly string[], wanted: string): string[] {
  const parts = wanted.split(path.sep).toReversed();
  const inCommon = (each: string) => {
    const others = each.split(path.sep).toReversed();
    const differs = parts.findIndex((part, at) => at > 0 && part !== others[at]);
    return differs === -1 ? parts.length : differs;
  };
  return paths.toSorted((a, b) => inCommon(b) - inCommon(a)).slice(0, MAX_NEAR);
}

/** The paths of a kind, folder by folder from the root. Links are not followed. */
function pathsIn(root: string, kind: Kind, most: number): string[] {
  const paths: string[] = [];
  const folders = [''];
  let count = 0;
  for (const folder of folders) {
    try {
      for (const entry of someEntries(path.join(root, folder))) {
        if (++count > most) return paths;
        if (INTERNAL_NAMES.has(entry.name)) continue;
        const each = path.join(folder, entry.name);
        const isFolder = entry.isDirectory();
        if (isFolder) folders.push(each);
        if (kind === 'any' || isFolder === (kind === 'folder')) paths.push(each);
      }
    } catch (error) {
      if (errorCode(error) === undefined) throw error; // a folder that is gone or closed to us
    }
  }
  return paths;
}
