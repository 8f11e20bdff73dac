/** The prompt history: what a person typed in this run and earlier ones, in their own file. */
import fs from 'node:fs';
import path from 'node:path';
import { errorCode } from '../util/errors.ts';
import { appendPrivately, withRegularFile } from '../util/files.ts';
import { replaceFileSync } from '../util/replace-file.ts';

const MAX_ENTRIES = 1_000;
/** Only this much of the file's end is read. */
const MAX_BYTES = 4 * 1024 * 1024;
/** A longer entry is kept for this run only. */
const MAX_ENTRY_CHARS = 64 * 1024;

/**
 * One JSON string a line, the oldest first. It is only appended to, so that several programs can use
 * it at once, and cut to size when it is next read. If the file cannot be used, the person is told
 * once and the history lasts for this run.
 */
export class HistoryFile {
  readonly #file: string;
  readonly #warn: (message: string) => void;
  #read: string[] | undefined;
  #failed = false;

  /** The file is read when it is first needed. */
  constructor(file: string, warn: (message: string) => void) {
    this.#file = file;
    this.#warn = warn;
  }

  /** All entries, the oldest first. */
  get entries(): readonly string[] {
    return (this.#read ??= this.#load());
  }

  /** Adds an entry. As in shells, one that begins with whitespace or repeats the last is left out. */
  add(entry: string): void {
    if (/^\s|^$/.test(entry) || entry === this.entries.at(-1)) return;
    this.#read = [...this.entries, entry].slice(-MAX_ENTRIES);
    if (entry.length > MAX_ENTRY_CHARS) return;
    this.#try('write', () => {
      fs.mkdirSync(path.dirname(this.#file), { recursive: true, mode: 0o700 });
      appendPrivately(this.#file, Buffer.from(`${JSON.stringify(entry)}\n`));
    });
  }

  #load(): string[] {
    let kept: string[] = [];
    this.#try('read', () => {
      const { text, isPart } = withRegularFile(this.#file, readEnd);
      const lines = text.split('\n');
      const entries = lines.flatMap(parseEntry);
      kept = entries.slice(-MAX_ENTRIES);
      const isWhole = lines.at(-1) === '' && !isPart;
      if (isWhole && kept.length === entries.length) return;
      // The next entry would be appended to a last line that was cut short, and be lost with it.
      const data = kept.map((entry) => `${JSON.stringify(entry)}\n`).join('');
      replaceFileSync(this.#file, Buffer.from(data));
    });
    return kept;
  }

  #try(what: 'read' | 'write', action: () => void): void {
    if (this.#failed) return;
    try {
      action();
    } catch (error) {
      const code = errorCode(error);
      if (code === undefined) throw error;
      if (what === 'read' && code === 'ENOENT') return;
      this.#failed = true;
      this.#warn(`Cannot ${what} the prompt history (${code}): ${this.#file}`);
    }
  }
}

function readEnd(fd: number, { size }: fs.Stats): { text: string; isPart: boolean } {
  const buffer = Buffer.alloc(Math.min(size, MAX_BYTES));
  const read = fs.readSync(fd, buffer, 0, buffer.length, size - buffer.length);
  return { text: buffer.toString('utf8', 0, read), isPart: size > buffer.length };
}

function parseEntry(line: string): string[] {
  try {
    const entry: unknown = JSON.parse(line);
    return typeof entry === 'string' ? [entry] : [];
  } catch {
    return [];
  }
}
