/** Remembers how files looked when the agent last saw them, so that no newer edit is overwritten. */
import fs from 'node:fs';
import { ToolError } from './tool.ts';

export class FileVersions {
  readonly #seen = new Map<string, string>();

  /** Call it when the agent has read or written the file at this real path. */
  note(real: string): void {
    this.#seen.set(real, versionOf(real));
  }

  /** @throws ToolError when the file is not as the agent last saw it. */
  assertUnchanged(real: string, shown: string): void {
    const seen = this.#seen.get(real);
    if (seen !== undefined && seen !== versionOf(real)) {
      throw new ToolError(`${shown} has changed since you last saw it: read it again first`);
    }
  }
}

function versionOf(real: string): string {
  const stat = fs.statSync(real, { bigint: true, throwIfNoEntry: false });
  return stat ? `${stat.ino}:${stat.size}:${stat.mtimeNs}` : 'absent';
}
