/** The looks at the workspace after the first one: before each request. */
import { errorCode } from '../util/errors.ts';
import { lookAt, unknownStatus, type Snapshot } from './snapshot.ts';

/**
 * Returns what looks again. The root stays the same, whatever has appeared in the folders below it.
 * @param first the first look
 * @param env the environment of git
 * @param warn is told, in one line, why git is not asked: at once, and when the reason changes
 * @param own the path of the person's own instructions
 */
export function looksAfter(
  first: Snapshot,
  env: NodeJS.ProcessEnv,
  warn: (message: string) => void,
  own?: string,
): () => Promise<Snapshot> {
  let told: string | undefined;
  const tell = ({ root, gitRefusal }: Snapshot) => {
    if (gitRefusal && gitRefusal.reason !== told) {
      const { reason, advice } = gitRefusal;
      warn(`There is no git status of ${root}: ${reason}. ${advice ?? 'All else works.'}`);
    }
    told = gitRefusal?.reason;
  };
  tell(first);
  return async () => {
    const now = await lookAgain(first, env, own);
    tell(now);
    return now;
  };
}

/** If the folder is gone by then, the status says so. */
async function lookAgain(
  before: Snapshot,
  env: NodeJS.ProcessEnv,
  own?: string,
): Promise<Snapshot> {
  try {
    return await lookAt(before.cwd, before.root, env, own);
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined) throw error;
    return { ...before, status: unknownStatus(`the folder cannot be read: ${code}`) };
  }
}
