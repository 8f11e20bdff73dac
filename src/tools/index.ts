/** The list of tools, in the order in which the model reads about them. */
import { listFiles } from './list-files.ts';
import { patchFile } from './patch-file.ts';
import { readFile } from './read-file.ts';
import { runShell } from './run-shell.ts';
import { search } from './search.ts';
import type { Tool } from './tool.ts';
import { writeFile } from './write-file.ts';

/** The tools that only read. */
export const readOnlyTools: readonly Tool[] = [listFiles, readFile, search];

/** All tools except `delegate`, which needs an agent to start. */
export const allTools: readonly Tool[] = [...readOnlyTools, runShell, writeFile, patchFile];
