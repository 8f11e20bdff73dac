/** The workspace at a glance: what can be told of it before git was asked. */
import fs from 'node:fs';
import { FileError } from '../util/errors.ts';
import { readDocs } from './docs.ts';
import { branchNamedIn, hasDotGit, placeOf } from './repository.ts';
import { NOTHING_KNOWN, unknownStatus, type Snapshot } from './snapshot.ts';

/**
 * As `takeSnapshot`, but git is not asked, and only the name of the branch is read.
 * @throws as that
 */
export function glanceAt(folder: string, own?: string): Snapshot {
  const { cwd, root } = placeOf(folder);
  if (!fs.statSync(cwd).isDirectory()) throw new FileError('ENOTDIR', 'it is not a folder');
  const branch = (hasDotGit(root) && branchNamedIn(root)) || '-';
  const docs = readDocs(root, cwd, own);
  return { ...NOTHING_KNOWN, cwd, root, docs, branch, status: unknownStatus('not asked yet') };
}
