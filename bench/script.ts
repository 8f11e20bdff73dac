/** The work of the bench: a repository of 20 source files, and what the scripted model does in it. */
import { final, toolCall } from '../test/support/ollama-server.ts';
import type { Files } from './tasks/task.ts';

const MODULES = 20;
const FUNCTIONS = 6;
/** Lines of a module: seven a function. */
const LINES = 7 * FUNCTIONS;

/** What a step of a session does. */
export type Kind = 'read' | 'search' | 'list' | 'patch' | 'write' | 'shell';

/** The kinds of twenty steps: ten reads, five edits, five others. Then they begin again. */
const CYCLE = (
  'read search read patch read shell read write list read ' +
  'read patch read search read write read shell read patch'
).split(' ') as Kind[];

/** The kind of the step with this number, from 0. */
export const kindOf = (step: number): Kind => CYCLE[step % CYCLE.length] ?? 'read';

/** 20 modules of 42 lines, about 1,400 characters each. */
export const modules = (): Record<string, string> =>
  Object.fromEntries(numbers(MODULES).map((at) => [nameOf(at), moduleText(at)]));

/** The modules with a README and a package.json, which go into the prompt. */
export function filesAtStart(): Record<string, string> {
  const rows = numbers(MODULES).map((row) => `Table ${row} holds the cells of module${row}.ts.`);
  const manifest = { name: 'tables', type: 'module', scripts: { test: 'node --test' } };
  return {
    'README.md': `# Tables\n\n${rows.join('\n')}\n`,
    'package.json': JSON.stringify(manifest, null, 2),
    ...modules(),
  };
}

/** The files after so many steps: a program that did not do them has not been measured. */
export function filesAfter(steps: number): Files {
  const files = filesAtStart();
  for (const step of numbers(steps)) {
    const { name, args } = callOf(step);
    const {
      path = '',
      content = '',
      old_text = '',
      new_text = '',
    } = args as Record<string, string>;
    if (name === 'write_file') files[path] = content;
    if (name === 'patch_file') files[path] = files[path]?.replace(old_text, new_text) ?? '';
  }
  return files;
}

/** The text of the request with this number. */
export const REQUEST = (index: number): string =>
  `Request ${index}: look through the modules and rename what is named badly.`;

/** The replies for this many requests, each with this many model calls, of which the last answers. */
export function repliesOf(requests: number, callsEach: number): string[] {
  const steps = callsEach - 1;
  return numbers(requests).flatMap((request) => [
    ...stepReplies(steps, request * steps),
    final('Done.'),
  ]);
}

/** The replies that call a tool, for the steps from this one on. */
export const stepReplies = (steps: number, from = 0): string[] =>
  numbers(steps).map((step) => {
    const { name, args } = callOf(from + step);
    return toolCall(name, args);
  });

/** A call that this program and the original read alike. */
function callOf(step: number): { name: string; args: Record<string, unknown> } {
  const module = (step * 7) % MODULES;
  const round = Math.floor(step / CYCLE.length);
  switch (kindOf(step)) {
    case 'read':
      return call('read_file', { path: nameOf(module), start: 1 + (round % 5), end: LINES });
    case 'search':
      return call('search', { pattern: `total_${module}_`, path: '.' });
    case 'list':
      return call('list_files', { path: '.' });
    case 'patch':
      return patchOf((module + MODULES - 7) % MODULES, round);
    case 'write': {
      const notes = numbers(10).map((line) => `${line}. Note ${line} of step ${step}.\n`);
      return call('write_file', { path: `notes/step${step}.md`, content: notes.join('') });
    }
    case 'shell':
      return call('run_shell', { command: `wc -l ${nameOf(module)}` });
  }
}

/** Renames a function of a module that was just read; each round has another name. */
function patchOf(module: number, round: number): ReturnType<typeof call> {
  const name = `total_${module}_${round % FUNCTIONS}`;
  const times = Math.floor(round / FUNCTIONS);
  return call('patch_file', {
    path: nameOf(module),
    old_text: `function ${name}${times === 0 ? '' : `_v${times}`}(`,
    new_text: `function ${name}_v${times + 1}(`,
  });
}

const call = (name: string, args: Record<string, unknown>) => ({ name, args });
const nameOf = (module: number) => `module${module}.ts`;
const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

function moduleText(module: number): string {
  return numbers(FUNCTIONS)
    .map((row) =>
      [
        `/** The total of row ${row} in table ${module}, without the empty cells. */`,
        `export function total_${module}_${row}(cells: Cell[]): number {`,
        '  let total = 0;',
        '  for (const cell of cells) {',
        `    if (!cell.isEmpty) total += cell.value * ${row + 1};`,
        '  }',
        '  return total; }\n',
      ].join('\n'),
    )
    .join('');
}
