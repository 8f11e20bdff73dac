/** A conversation as a Markdown file, for people. */
import fs from 'node:fs';
import path from 'node:path';
import { FileError } from '../util/errors.ts';
import { writeAll } from '../util/files.ts';
import { isInside } from '../workspace/paths.ts';
import { readLog } from './read-log.ts';
import type { SessionRecord } from '../records.ts';
import type { SessionHeader } from '../records/header.ts';
import type { Session } from './session.ts';

/**
 * Writes the whole log, including what compactions and resets took out of the conversation, to a new
 * file, anywhere that the person names. Returns its path, or undefined if nothing has been said yet.
 * @param file an absolute path
 * @param root the workspace root, a real path, below which no link is followed
 * @throws a system error, EEXIST if the file exists; a FileError with what is wrong with the path
 */
export function exportSession(session: Session, file: string, root: string): string | undefined {
  if (file.includes('\0')) throw new FileError('EINVAL', 'the name contains a NUL character');
  if (!fs.existsSync(session.path)) return undefined;
  const real = path.join(folderOf(file, root), path.basename(file));
  const fd = fs.openSync(real, 'wx');
  try {
    writeTo(fd, session);
  } catch (error) {
    fs.rmSync(real, { force: true });
    throw error;
  } finally {
    fs.closeSync(fd);
  }
  return file;
}

function writeTo(fd: number, session: Session): void {
  const write = (text: string) => writeAll(fd, Buffer.from(text));
  let isBegun = false;
  const begin = (header: SessionHeader | undefined) => {
    if (!isBegun) write(titleOf(session, header));
    isBegun = true;
  };
  const { header } = readLog(session.path, (record, known) => {
    begin(known);
    for (const part of renderRecord(record)) write(`\n\n${part}`);
  });
  begin(header);
  write('\n');
}

/**
 * The real path of the folder that a new file is in. The person may name a link of their own, but one
 * in the workspace may have come with the repository, and lead anywhere.
 */
function folderOf(file: string, root: string): string {
  let real = path.parse(file).root;
  for (const name of path.dirname(file).slice(real.length).split(path.sep)) {
    const named = path.join(real, name);
    const next = fs.realpathSync(named);
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

function titleOf({ id }: Session, header: SessionHeader | undefined): string {
  if (!header) return `# Session ${id}`;
  const { created_at, model, workspace_root } = header;
  return `# Session ${id}\n\n${created_at}, model ${model}, in ${workspace_root}`;
}

/** What a person would want to read, without raw replies and the like. */
function renderRecord(record: SessionRecord): string[] {
  switch (record.type) {
    case 'user':
      return ['## Request', record.content];
    case 'heard':
      return ['*Added meanwhile:*', record.content];
    case 'assistant':
      return record.reason === 'answer' ? ['### Answer', record.content] : [`*${record.content}*`];
    case 'tool':
      if (record.attached) return ['*Attached:*', fenced(record.content)];
      return [
        `\`${record.name}\`${record.ok ? '' : ' (failed)'}`,
        fenced(JSON.stringify(record.args, null, 2), 'json'),
        fenced(record.content),
      ];
    case 'command':
      return ['The user ran', fenced(record.command, 'sh'), fenced(record.content)];
    case 'reset':
      return ['---', '*Transcript and memory were cleared.*'];
    default:
      return [];
  }
}

/** A code block whose fence is longer than any in its text. */
function fenced(text: string, language = ''): string {
  let fence = '```';
  for (const [ticks] of text.matchAll(/`{3,}/g))
    if (ticks.length >= fence.length) fence = `${ticks}\``;
  return `${fence}${language}\n${text}\n${fence}`;
}
