/** `--export ID FILE`: writes a session to a file, without a model. */
import path from 'node:path';
import { EXIT } from './exit-codes.ts';
import { openWorkspace, type Program } from './startup.ts';
import { UsageError } from './usage-error.ts';
import { exportSession } from '../export/export.ts';
import { whyNotExported } from '../terminal/commands/session-commands.ts';
import { escapeLine } from '../terminal/text/escape.ts';

/**
 * Writes the session that `--export` names. Returns the exit code.
 * @throws UsageError when the file cannot be written, SessionError when there is no such session
 */
export async function exportSaved(
  program: Program,
  { session, file }: { session: string; file: string },
): Promise<number> {
  const { options, stdout } = program;
  const withoutSandbox = { ...program, options: { ...options, sandbox: undefined } };
  const { snapshot, store } = await openWorkspace(withoutSandbox, options.cwd);
  const saved = store.saved(session);
  try {
    const written = exportSession(saved, path.resolve(file), snapshot.root);
    stdout.write(`Written to ${escapeLine(written ?? file)}\n`);
    return EXIT.answered;
  } catch (error) {
    throw new UsageError(whyNotExported(file, error));
  }
}
