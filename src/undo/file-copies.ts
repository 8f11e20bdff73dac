/** Copies of file contents, named by the SHA-256 of their bytes, in a folder beside the session. */
import fs from 'node:fs';
import path from 'node:path';
import { errorCode, FileError } from '../util/errors.ts';
import { withRegularFile, writeAtomically } from '../util/files.ts';
import { PathError, resolveInside } from '../workspace/paths.ts';

/** More than a file tool edits plus what a reply adds: no tool leaves a larger file. */
const MAX_BYTES = 32 * 1024 * 1024;

/** The SHA-256 of these bytes, in hex. */
export function hashOf(bytes: Buffer): string {
  const { createHash } = process.getBuiltinModule('node:crypto'); // takes long to load
  return createHash('sha256').update(bytes).digest('hex');
}

/**
 * Reads a regular file of at most 32 MiB; undefined when it is absent, not a regular file, a link or
 * larger.
 * @throws a system error when it cannot be read for another reason
 */
export function readSmall(file: string): Buffer | undefined {
  try {
    return withRegularFile(file, (fd, { size }) =>
      size > MAX_BYTES ? undefined : fs.readFileSync(fd),
    );
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ENOTREG', 'ELOOP'].includes(errorCode(error) ?? ''))
      return undefined;
    throw error;
  }
}

/** The copies of one session. */
export class FileCopies {
  readonly #folder: string;
  readonly #root: string;

  /**
   * @param folder created with the first copy
   * @param root the workspace root, a real path that contains the folder
   */
  constructor(folder: string, root: string) {
    this.#folder = folder;
    this.#root = root;
  }

  /** Keeps these bytes; on return they are on the disk. @throws a system error or a FileError */
  keep(bytes: Buffer): void {
    const hash = hashOf(bytes);
    if (this.read(hash)) return;
    if (this.#isElsewhere()) {
      throw new FileError('ENOTDIR', `${this.#folder} is behind a link or closed to us`);
    }
    fs.mkdirSync(this.#folder, { mode: 0o700, recursive: true });
    writeAtomically(path.join(this.#folder, hash), bytes, 0o600);
  }

  /** Reads the bytes with this hash; undefined when there is no intact copy of them. */
  read(hash: string): Buffer | undefined {
    const bytes = this.#isElsewhere() ? undefined : readSmall(path.join(this.#folder, hash));
    return bytes && hashOf(bytes) === hash ? bytes : undefined;
  }

  /** A repository could contain a link, here or in any folder above, that leads anywhere. */
  #isElsewhere(): boolean {
    try {
      return resolveInside(this.#root, this.#folder).real !== this.#folder;
    } catch (error) {
      if (error instanceof PathError) return true;
      throw error;
    }
  }
}
