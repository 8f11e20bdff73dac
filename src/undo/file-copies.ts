/** Copies of file contents, named by the SHA-256 of their bytes, in a folder beside the session. */
import fs from 'node:fs';
import path from 'node:path';
import { errorCode, FileError } from '../util/errors.ts';
import { withRegularFile } from '../util/files.ts';
import { folderSynced, fsync, writeWhole } from '../util/replace-file.ts';
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
  /** The hashes of those that are on the disk for certain. */
  readonly #synced = new Set<string>();

  /**
   * @param folder created with the first copy
   * @param root the workspace root, a real path that contains the folder
   */
  constructor(folder: string, root: string) {
    this.#folder = folder;
    this.#root = root;
  }

  /**
   * Keeps these bytes, and returns before they are on the disk: they may be lost with it.
   * @throws a system error or a FileError
   */
  write(bytes: Buffer): void {
    fs.closeSync(this.#open(hashOf(bytes), bytes));
  }

  /** Keeps these bytes, and resolves once they are on the disk. @throws as `write` */
  async keep(bytes: Buffer): Promise<void> {
    const hash = hashOf(bytes);
    if (this.#synced.has(hash) && this.read(hash)) return; // it may have been removed since
    const fd = this.#open(hash, bytes);
    try {
      await Promise.all([fsync(fd), folderSynced(this.#folder)]);
    } finally {
      fs.closeSync(fd);
    }
    this.#synced.add(hash);
  }

  /** The file with these bytes, which is written unless it is there. */
  #open(hash: string, bytes: Buffer): number {
    const file = path.join(this.#folder, hash);
    if (this.read(hash)) return fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW);
    if (this.#isElsewhere()) {
      throw new FileError('ENOTDIR', `${this.#folder} is behind a link or closed to us`);
    }
    if (!fs.existsSync(this.#folder)) fs.mkdirSync(this.#folder, { mode: 0o700, recursive: true });
    this.#synced.delete(hash);
    // Under its own name at once: what is not whole does not have the hash.
    fs.rmSync(file, { force: true });
    const fd = fs.openSync(file, 'wx', 0o600);
    try {
      writeWhole(fd, bytes);
      return fd;
    } catch (error) {
      fs.closeSync(fd);
      fs.rmSync(file, { force: true });
      throw error;
    }
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
