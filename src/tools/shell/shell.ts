/** The shell that runs commands, the model's and the person's: bash where there is one. */
import { findProgram } from '../../workspace/paths.ts';
import { UNATTENDED } from './environment.ts';
import type { Command } from './process-group.ts';

/** A shell. */
export interface Shell {
  /** As the model is told. */
  name: 'bash' | 'sh';
  /** An absolute path. */
  file: string;
}

/** The shell that every system has. */
export const SH: Shell = { name: 'sh', file: '/bin/sh' };

/**
 * Finds bash, which models write for, on the PATH outside of `folder`; without it, it is `sh`.
 * @param folder the workspace root, a real path: it may hold a program of this name
 */
export function findShell(env: NodeJS.ProcessEnv, folder: string): Shell {
  const file = findProgram('bash', env, folder);
  return file === undefined ? SH : { name: 'bash', file };
}

/** A shell command as a program to run. What `env` sets is left as it is. */
export function shellCommand(
  { name, file }: Shell,
  command: string,
  env: NodeJS.ProcessEnv,
): Command {
  // Below an ssh server, some builds of bash would read ~/.bashrc.
  const options = name === 'bash' ? ['--norc'] : [];
  return { file, args: [...options, '-c', command], env: { ...UNATTENDED, ...env } };
}
