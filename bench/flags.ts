/** The command line of a bench: one that it does not know ends it before anything is measured. */
import { parseArgs, type ParseArgsConfig } from 'node:util';

/** Reads the flags and the words after them. Ends the process, with a message, where one is wrong. */
export function readFlags<const Options extends NonNullable<ParseArgsConfig['options']>>(
  options: Options,
  { allowPositionals = false } = {},
) {
  try {
    return parseArgs({ options, allowPositionals });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return fail(error.message.replace(/\. To specify a positional.*$/s, '.'));
  }
}

/** Ends the process, since what was asked for cannot be had. */
export function fail(message: string): never {
  console.error(message);
  return process.exit(2);
}
