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
    console.error(error.message.replace(/\. To specify a positional.*$/s, '.'));
    return process.exit(2);
  }
}
