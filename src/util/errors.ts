/** Which errors a program has to expect of the system: all others are bugs, and must propagate. */

/** A file that cannot be used, seen by our own code: told apart by a `code`, as system errors are. */
export class FileError extends Error {
  readonly code: string;

  /** @param code such as `EIO`; `ENOTREG` is our own, for what is not a regular file */
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * The `code` of a system error such as ENOENT, or of a FileError; undefined for anything else. A
 * `code` alone shows nothing: the TypeError that Node throws for a wrong argument has one too, but
 * only a system error has an `errno`.
 */
export function errorCode(error: unknown): string | undefined {
  if (error instanceof FileError) return error.code;
  if (typeof error !== 'object' || error === null) return undefined;
  if (!('errno' in error) || !('code' in error)) return undefined;
  return typeof error.errno === 'number' && typeof error.code === 'string' ? error.code : undefined;
}

/** The message of such an error, for one that is expected. @throws the error itself if it is a bug */
export function systemReason(error: unknown): string {
  if (error instanceof Error && errorCode(error) !== undefined) return error.message;
  throw error;
}

/** What `read` returns; undefined where the system refuses it, as for a file that is not there. */
export function unlessUnreadable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return undefined;
  }
}
