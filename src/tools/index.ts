/** The list of tools, in the order in which the model is told of them. */
import { listFiles } from './list-files.ts';
import { patchFile } from './patch-file.ts';
import { readFile } from './read-file.ts';
import { runShell } from './run-shell.ts';
import { search } from './search.ts';
import type { Tool } from './tool.ts';
import { writeFile } from './write-file.ts';

/** What an agent may do that only reads: a delegate's list, and the beginning of everyone's. */
export const readOnlyTools: readonly Tool[] = [listFiles, readFile, search];

export const allTools: readonly Tool[] = [...readOnlyTools, runShell, writeFile, patchFile];
