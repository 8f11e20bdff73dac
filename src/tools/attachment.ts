/** A file that a request names, as `read_file` shows it, if all of it fits. */
import fs from 'node:fs';
import { errorCode } from '../util/errors.ts';
import { readHead } from '../util/files.ts';
import { PathError, resolveInside } from '../workspace/paths.ts';
import { readFile } from './read-file.ts';
import type { ToolContext } from './tool.ts';
import { shows } from './whole-file-guard.ts';

/** The most bytes of a character. */
const CHAR_BYTES = 4;

/** What the model is shown of a file, and its share of the room for one result. */
export interface Attachment {
  text: string;
  share: number;
  lines: number;
}

/**
 * Reads a whole file; in a few words why not, if it is none, does not fit or the model knows it.
 * @param path relative to the workspace root
 * @param room the share of the room for one result that the file may take
 */
export async function attachmentOf(
  path: string,
  room: number,
  context: ToolContext,
  signal: AbortSignal,
): Promise<Attachment | string> {
  const { resultRoom, root } = context;
  try {
    const { real } = resolveInside(root, path);
    if (fs.statSync(real).isDirectory()) return 'folder';
    const most = CHAR_BYTES * resultRoom.chars;
    const bytes = readHead(real, most + 1);
    if (bytes.includes(0)) return 'binary';
    if (bytes.length > most) return TOO_LARGE;
    if (bytes.length > 0 && shows(context.linesRead(real), bytes)) return 'read before';
    const lines = bytes.toString('utf8').replace(/\n$/, '').split('\n').length;
    const { text } = await readFile.prepare({ path, end: lines }).run(context, signal);
    const share = resultRoom.shareOf(text);
    // A full page, or one with a line that was cut, does not show the whole file.
    const fits = share <= Math.min(1, room) && shows(new Set(text.split('\n')), bytes);
    return fits ? { text, share, lines: bytes.length === 0 ? 0 : lines } : TOO_LARGE;
  } catch (error) {
    if (!(error instanceof PathError) && errorCode(error) === undefined) throw error;
    return 'unreadable'; // a device or a FIFO, too
  }
}

const TOO_LARGE = 'too large';
