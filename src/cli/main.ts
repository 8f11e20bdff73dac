/** The program from its arguments to its exit code. */
import type { Command } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { parseCommandLine } from './command-line.ts';
import { EXIT } from './exit-codes.ts';
import { say } from './say.ts';
import { UsageError } from './usage-error.ts';

const NOT_HERE = 'Windows is not supported. Run it in WSL: https://learn.microsoft.com/windows/wsl';

/** Runs the program with these arguments and returns its exit code. @throws only bugs */
export async function main(argv: readonly string[]): Promise<number> {
  const { version } = packageJson;
  let command: Command | undefined;
  try {
    if (process.platform === 'win32') throw new UsageError(NOT_HERE);
    command = parseCommandLine(argv, version);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    say(error.message);
    return EXIT.wrongUsage;
  }
  if (!command) return EXIT.answered;
  // Loaded only now: help, version and wrong usage need little of it.
  const { loadRun } = await import('./load-run.ts');
  const { run, using } = await loadRun();
  return run(command, version, using);
}
