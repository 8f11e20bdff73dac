/** The command line, parsed: all that help, version and wrong usage need. */
import { CommanderError, type Command } from 'commander';
import { describeFlags } from './flags.ts';
import { UsageError } from './usage-error.ts';

/**
 * Parses the command line. Returns undefined when it only had to print something: help or version.
 * @throws UsageError when a flag or the value of one is wrong
 */
export function parseCommandLine(argv: readonly string[], version: string): Command | undefined {
  const command = describeFlags(version);
  try {
    return command.parse(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return undefined;
    throw new UsageError(oneLine(error.message));
  }
}

/** Commander puts suggestions on their own line, and shows credentials in a URL. */
function oneLine(message: string): string {
  return message
    .replace(/^error: /, '')
    .replace(/'[^']*@/g, "'…@")
    .replace(/\s*\n\s*/g, ' ')
    .trim();
}
