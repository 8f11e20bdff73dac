/** Names of files, which are bytes: what is not UTF-8 can be told from text, and is found again. */
import { isUtf8 } from 'node:buffer';
import fs from 'node:fs';

/** A byte of a name that is not UTF-8, as half of a surrogate pair: no text has one alone. */
const BYTE = /[\udc80-\udcff]/gu;
const BYTES_FROM = 0xdc00;
/** What Node puts in place of it. A name that has this character itself is left out, too. */
const NO_TEXT = '\ufffd';

/** A path as text; in each part that is not UTF-8, all bytes beyond ASCII are halves of pairs. */
export function nameOf(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString();
  return bytes.toString('latin1').split('/').map(partOf).join('/');
}

function partOf(latin1: string): string {
  const bytes = Buffer.from(latin1, 'latin1');
  if (isUtf8(bytes)) return bytes.toString();
  return latin1.replace(/[\x80-\xff]/g, (byte) =>
    String.fromCharCode(BYTES_FROM + byte.charCodeAt(0)),
  );
}

/** The path as the system takes it, from `nameOf`. */
export function bytesOf(name: string): string | Buffer {
  if (isText(name)) return name;
  const parts = name.split('/').map((part) => {
    // Anything else in it would lose a byte, and could become a slash.
    const isBytes = /^[\0-\x7f\udc80-\udcff]*$/u.test(part);
    return Buffer.from(part, isBytes ? 'latin1' : 'utf8').toString('latin1');
  });
  return Buffer.from(parts.join('/'), 'latin1');
}

/** Whether a path from `nameOf` is text in all of its parts. */
export function isText(name: string): boolean {
  return name.search(BYTE) === -1;
}

/** The path with codes such as `\xe9` for bytes that are not text. */
export function withCodes(name: string): string {
  return name.replace(BYTE, (half) => `\\x${(half.charCodeAt(0) - BYTES_FROM).toString(16)}`);
}

/** The name in one Unicode form, without regard to case: `é` is one character or two. */
export function withoutCase(name: string): string {
  return name.normalize('NFD').toUpperCase().normalize('NFC');
}

/**
 * The path with every link resolved. Where a disk takes names in any case, as on macOS, each part is
 * spelled as the disk has it, so that a file has one real path.
 * @throws a system error, such as when nothing has the name
 */
export function realPathOf(name: string): string {
  // Node's own realpathSync would keep the case that was asked for, and takes no bytes.
  return nameOf(fs.realpathSync.native(bytesOf(name), 'buffer'));
}

/** The entries of a folder, with names from `nameOf`. @throws a system error */
export function entriesOf(folder: string): fs.Dirent[] {
  return fs.readdirSync(bytesOf(folder), { withFileTypes: true, encoding: 'buffer' }).map(named);
}

/** The entries whose names are text, read as they are asked for. @throws a system error */
export function* someEntries(folder: string): Generator<fs.Dirent> {
  const open = fs.opendirSync(folder, { bufferSize: 256 });
  try {
    for (let entry = open.readSync(); entry; entry = open.readSync()) {
      if (!entry.name.includes(NO_TEXT)) yield entry;
    }
  } finally {
    open.closeSync();
  }
}

/** As `entriesOf`, in the form in which libraries read a folder. */
export function readEntries(
  folder: string,
  _options: { withFileTypes: true },
  done: (error: NodeJS.ErrnoException | null, entries: fs.Dirent[]) => void,
): void {
  const options = { withFileTypes: true, encoding: 'buffer' } as const;
  fs.readdir(bytesOf(folder), options, (error, entries) => {
    done(error, error ? [] : entries.map(named));
  });
}

function named(entry: fs.Dirent<Buffer>): fs.Dirent {
  const name = nameOf(entry.name);
  // Nobody else has this entry: it becomes one whose name is text.
  return Object.assign<object, { name: string }>(entry, { name }) as fs.Dirent;
}
