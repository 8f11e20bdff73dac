/** Command lines as the program reads them. */
import { expect } from 'vitest';
import { parseCommandLine } from '../../src/cli/command-line.ts';
import { readOptions, type Options } from '../../src/cli/options.ts';
import { UsageError } from '../../src/cli/usage-error.ts';

/** The options that a command line gives; undefined if it only printed something. */
export function optionsOf(...argv: string[]): Options | undefined {
  const command = parseCommandLine(argv, '1.2.3');
  return command && readOptions(command);
}

/** The options that a command line gives. */
export function parse(...argv: string[]): Options {
  const options = optionsOf(...argv);
  if (!options) throw new Error('it only printed something');
  return options;
}

/** The message that a wrong command line is answered with, which has one line. */
export function complaint(...argv: string[]): string {
  try {
    optionsOf(...argv);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    expect(error.message).not.toContain('\n');
    return error.message;
  }
  throw new Error('it was accepted');
}
