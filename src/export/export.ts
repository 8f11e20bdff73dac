/** A session as a file for people: a page for a browser, or Markdown. */
import fs from 'node:fs';
import path from 'node:path';
import type { Session } from '../session/session.ts';
import { FileError } from '../util/errors.ts';
import { realPathOf } from '../util/file-names.ts';
import { writeAll } from '../util/files.ts';
import { isInside } from '../workspace/paths.ts';
import { logsIn } from './logs.ts';
import { writeMarkdown } from './markdown.ts';
import { writePage } from './page/page.ts';

/**
 * Writes a session to a new file, anywhere that the person names: as a page if its name ends in
 * `.html`, otherwise as Markdown. Returns its path, or undefined if nothing has been said yet.
 * @param file an absolute path
 * @param root the workspace root, a real path, below which no link is followed
 * @throws a system error, EEXIST if the file exists; a FileError with what is wrong with the path
 */
export function exportSession(
  session: Pick<Session, 'id' | 'path'>,
  file: string,
  root: string,
): string | undefined {
  if (file.includes('\0')) throw new FileError('EINVAL', 'the name contains a NUL character');
  if (!fs.existsSync(session.path)) return undefined;
  const real = path.join(folderOf(file, root), path.basename(file));
  const writeSession = /\.html?$/i.test(file) ? writePage : writeMarkdown;
  const fd = fs.openSync(real, 'wx');
  try {
    const write = (text: string) => writeAll(fd, Buffer.from(text));
    writeSession(session.id, logsIn(path.dirname(session.path)), write);
  } catch (error) {
    fs.rmSync(real, { force: true });
    throw error;
  } finally {
    fs.closeSync(fd);
  }
  return file;
}

/**
 * The real path of the folder that a new file is in. The person may name a link of their own, but one
 * in the workspace may have come with the repository, and lead anywhere.
 */
function folderOf(file: string, root: string): string {
  let real = path.parse(file).root;
  for (const name of path.dirname(file).slice(real.length).split(path.sep)) {
    const named = path.join(real, name);
    const next = realPathOf(named);
    if (isInside(root, real) && fs.lstatSync(named).isSymbolicLink()) {
      throw new FileError(
        'ELOOP',
        `${named} is a link to ${next}; to write there, name that folder`,
      );
    }
    real = next;
  }
  return real;
}
