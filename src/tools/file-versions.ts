/** Remembers how files looked when the agent last saw them, so that no newer edit is overwritten. */
import fs from 'node:fs';
import { ToolError } from './tool-error.ts';

/** Which version of each file the agent has seen, and which patches missed it. */
export class FileVersions {
  /** By real path: how the file looked, or when it was last seen, in milliseconds. */
  readonly #seen = new Map<string, string | number>();
  /** By real path: how many patches in a row did not match this version of the file. */
  readonly #misses = new Map<string, { version: string; count: number }>();

  /** A resumed session knows only when the agent read or wrote the file, in milliseconds. */
  noteSeenAt(real: string, time: number): void {
    this.#seen.set(real, time);
  }

  /** Call it when the agent has read or written the file at this real path. */
  note(real: string): void {
    this.#seen.set(real, versionOf(real));
  }

  /** @throws ToolError when the file is not as the agent last saw it. */
  assertUnchanged(real: string, shown: string): void {
    const seen = this.#seen.get(real);
    const hasChanged =
      typeof seen === 'number'
        ? modifiedAt(real) > seen
        : seen !== undefined && seen !== versionOf(real);
    if (hasChanged) throw changedFile(shown);
  }

  /**
   * Call it when a patch did not match the file. Any change of the file starts the count again.
   * @returns how many patches in a row did not match this version of the file, this one included
   */
  countMiss(real: string): number {
    const version = versionOf(real);
    const last = this.#misses.get(real);
    const count = last?.version === version ? last.count + 1 : 1;
    this.#misses.set(real, { version, count });
    return count;
  }
}

/** The error for a file that is not as the agent last saw it. */
export function changedFile(shown: string): ToolError {
  return new ToolError(`${shown} has changed since you last saw it: read it again first`);
}

function versionOf(real: string): string {
  const stat = fs.statSync(real, { bigint: true, throwIfNoEntry: false });
  return stat ? `${stat.ino}:${stat.size}:${stat.mtimeNs}` : 'absent';
}

function modifiedAt(real: string): number {
  const stat = fs.statSync(real, { throwIfNoEntry: false });
  return stat ? Math.max(stat.mtimeMs, stat.ctimeMs) : 0; // a file moved there may have an old mtime
}
