/** What a recorded call did: which argument names a file that it read or edited, or is a command. */
import type { CallTraits, ToolRecord } from '../records.ts';

/** The traits of the tools that there were before records had any. */
const OLD_TRAITS: ReadonlyMap<string, CallTraits> = new Map([
  ['read_file', { reads: 'path' }],
  ['write_file', { edits: 'path' }],
  ['patch_file', { edits: 'path' }],
  ['run_shell', { command: 'command' }],
]);

/** What a call did, by the traits of its tool: those in its record or, in an old log, by its name. */
export function traitsOf({ traits, name }: ToolRecord): CallTraits {
  return traits ?? OLD_TRAITS.get(name) ?? {};
}
