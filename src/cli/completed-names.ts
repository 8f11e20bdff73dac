/** What Tab asks of others: the server for its models, the disk for the names in a folder. */
import fs from 'node:fs'; // its promises: node:fs/promises would be loaded at each start
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fromHome } from './user-folder.ts';
import type { Models } from '../terminal/commands/command.ts';

/** How long Tab waits for the server, in milliseconds: keys wait as long. */
const PATIENCE_MS = 250;
/** How long the server may take for the next Tab, in milliseconds. */
const TIMEOUT_MS = 10_000;
/** How many names of a folder are looked at. */
const MAX_NAMES = 10_000;

/**
 * The names of the models as Tab gets them: at once where they were told before, and then asked for
 * again meanwhile. Without an answer, there are none.
 */
export function knownModels(
  models: Pick<Models, 'list'>,
  leaving: AbortSignal,
): () => Promise<readonly string[]> {
  let known: readonly string[] | undefined;
  let asking: Promise<unknown> | undefined;
  const ask = async () => {
    try {
      const listed = await models.list(AbortSignal.any([leaving, AbortSignal.timeout(TIMEOUT_MS)]));
      known = listed.map(({ name }) => name);
    } catch {
      // `/model` itself will say why.
    }
    asking = undefined;
  };
  return async () => {
    asking ??= ask();
    if (known === undefined)
      await Promise.race([asking, sleep(PATIENCE_MS, undefined, { ref: false })]);
    return known ?? [];
  };
}

/**
 * The names in a folder that the person names in a command: absolute, relative to the root, where the
 * command will run, or in their home. Those of folders end with a slash. None where it cannot be read.
 */
export async function namesIn(root: string, folder: string): Promise<string[]> {
  const place = path.resolve(root, fromHome(folder));
  try {
    const entries = (await fs.promises.readdir(place, { withFileTypes: true })).slice(0, MAX_NAMES);
    return await Promise.all(
      entries.map(async (entry) => {
        const isLinked = entry.isSymbolicLink() && (await isFolder(path.join(place, entry.name)));
        return entry.isDirectory() || isLinked ? `${entry.name}/` : entry.name;
      }),
    );
  } catch {
    return []; // no such folder, or not this person's: nothing to offer
  }
}

async function isFolder(name: string): Promise<boolean> {
  try {
    return (await fs.promises.stat(name)).isDirectory();
  } catch {
    return false; // a link to nothing
  }
}
