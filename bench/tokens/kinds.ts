/** A result of each kind, and what of it is content: the rest is what the program puts around it. */
import { toolCall } from '../../test/support/ollama-server.ts';
import { patch, type Repository } from './session.ts';

/** A call, and what of its result is not content. */
export interface Kind {
  name: string;
  reply: string;
  around: RegExp;
}

const LABEL = 'Result of \\S+:|\\.\\.\\.\\[.*';
const READ = new RegExp(`^(?:(?:${LABEL}|# .*|\\(.*\\))(?:\\n|$)| *\\d+: ?)`, 'gm');
const SHELL = new RegExp(`^(?:${LABEL}|exit_code: .*|stdout:|stderr:|\\(empty\\))(?:\\n|$)`, 'gm');
const LIST = new RegExp(`^(?:${LABEL}\\n|\\[[DF]\\] )`, 'gm');
const SEARCH = new RegExp(`^${LABEL}\\n`, 'gm');
const ALL = /[^]+/g;

/** The kinds, each with a call in this repository. */
export function kindsOf({ files: [file, edited] }: Repository): Kind[] {
  if (!file || !edited) throw new Error('too few files');
  const read = (path: string, part = {}) => toolCall('read_file', { path, ...part });
  const shell = (command: string) => toolCall('run_shell', { command });
  return [
    { name: 'read, a whole file', reply: read(file.path), around: READ },
    { name: 'read, ten lines', reply: read(file.path, { start: 11, end: 20 }), around: READ },
    { name: 'read, no such file', reply: read('src/none.ts'), around: ALL },
    { name: 'list', reply: toolCall('list_files', { path: 'src' }), around: LIST },
    { name: 'search', reply: toolCall('search', { pattern: 'import \\* as' }), around: SEARCH },
    { name: 'command, silent', reply: shell('true'), around: SHELL },
    { name: 'command, three lines', reply: shell('seq 3'), around: SHELL },
    { name: 'command, clipped', reply: shell('seq 2000'), around: SHELL },
    { name: 'edit', reply: patch(edited), around: ALL },
    {
      name: 'write',
      reply: toolCall('write_file', { path: 'a.txt', content: 'a\n' }),
      around: ALL,
    },
  ];
}
