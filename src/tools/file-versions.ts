/** Remembers how files looked when the agent last saw them, so that no newer edit is overwritten. */
import fs from 'node:fs';
import type { FileChange } from './tool.ts';
import { ToolError } from './tool-error.ts';

/** Larger files are no longer remembered: no conversation shows one whole. */
const ORIGIN_BYTES = 1024 * 1024;

/** Which version of each file the agent has seen, and which patches missed it. */
export class FileVersions {
  /** By real path: how the file looked, or when it was last seen, in milliseconds. */
  readonly #seen = new Map<string, string | number>();
  /** By real path: from what the agent's own edits made this version of the file. */
  readonly #origins = new Map<string, { version: string; origin: Buffer }>();
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

  /** Call it when the agent has edited the file, with what `originAfter` returned before. */
  noteEdit(real: string, origin: Buffer): void {
    this.note(real);
    if (origin.length > ORIGIN_BYTES) this.#origins.delete(real);
    else this.#origins.set(real, { version: versionOf(real), origin });
  }

  /**
   * What the file held before all that the agent itself has done to it: a model that has seen it knows
   * all of the file. Undefined where the agent did not edit it, or somebody else did since.
   */
  originOf(real: string): Buffer | undefined {
    const known = this.#origins.get(real);
    return known?.version === versionOf(real) ? known.origin : undefined;
  }

  /** The origin that a file will have after this change: nothing, where all of it is the agent's. */
  originAfter({ real, before, isWhole = false }: FileChange): Buffer {
    if (isWhole || before === undefined) return Buffer.alloc(0);
    return this.originOf(real) ?? before;
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
