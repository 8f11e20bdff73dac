/** Which sessions may be someone else's, so that their words must not pass for this person's. */
import fs from 'node:fs';
import path from 'node:path';
import { statIfSeen } from '../util/files.ts';
import { STATE_FOLDER } from '../workspace/paths.ts';

/** The bits of a mode that let users other than the owner write. */
const OTHERS_WRITE = 0o022;

/**
 * Tells of a session's file why it may be someone else's: it came with the repository, or another
 * user owns it or can write it. Undefined where nothing speaks for that.
 * @param tracked the files of the sessions' folder that git tracks; undefined if git does not say
 */
export function whyForeign(
  root: string,
  folder: string,
  tracked: readonly string[] | undefined,
): (file: string) => string | undefined {
  const me = process.getuid?.();
  const listed = tracked?.map((file) => file.toLowerCase());
  const names = new Set(listed?.map((file) => path.basename(file)));
  // A submodule is listed by its folder only.
  const isAllForeign = [STATE_FOLDER, path.relative(root, folder)].some(
    (each) => listed?.includes(each) || fs.existsSync(path.join(root, each, '.git')),
  );
  return (file) => {
    if (!listed) return 'git could not tell whether it came with the repository';
    if (isAllForeign || names.has(path.basename(file))) {
      return 'git tracks its file, so others may have written it';
    }
    const stat = statIfSeen(file);
    const isOthers = stat !== undefined && me !== undefined && stat.uid !== me;
    if (isOthers) return 'its file belongs to another user';
    const isOpen = stat?.isFile() === true && (stat.mode & OTHERS_WRITE) !== 0;
    return isOpen ? 'other users can write its file' : undefined;
  };
}
