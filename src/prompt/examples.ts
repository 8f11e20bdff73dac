/** The example exchanges at the start of every prompt: they show the model how to reply. */
import type { Turn } from '../model/model.ts';
import type { Tool } from '../tools/tool.ts';

/** An example: a request and its call, and perhaps its result and the answer. */
interface Exchange {
  tool: string;
  request: string;
  call: string;
  end?: { result: string; answer: string };
}

/**
 * Small models copy what they see here, most of all the last exchange. So no task has these names, the
 * paths lead nowhere, the command is harmless, and the last call changes nothing.
 */
const EXCHANGES: readonly Exchange[] = [
  {
    tool: 'read_file',
    request: 'What does sample-1.ext say?',
    call: '<tool>{"name":"read_file","args":{"path":"sample-1.ext"}}</tool>',
    end: {
      result: '# sample-1.ext\n   1: one short line',
      answer: '<final>sample-1.ext says: one short line</final>',
    },
  },
  {
    tool: 'write_file',
    request: 'Create sample-2.ext with two lines.',
    call: '<tool name="write_file" path="sample-2.ext"><content>first line\nsecond line\n</content></tool>',
  },
  {
    tool: 'run_shell',
    request: 'Run `echo sample-3`.',
    call: '<tool>{"name":"run_shell","args":{"command":"echo sample-3"}}</tool>',
  },
  {
    tool: 'list_files',
    request: 'Which files are in sample-4?',
    call: '<tool>{"name":"list_files","args":{"path":"sample-4"}}</tool>',
  },
];

/** Values that only examples have, these or those of the tools: a call with one is a copy. */
export const EXAMPLE_VALUES: ReadonlySet<string> = new Set([
  'sample-1.ext',
  'sample-2.ext',
  'echo sample-3',
  'sample-4',
  'path/to/file.ext',
  'some_name',
  'echo some words',
  'find out which file defines some_name',
]);

/** The examples as turns, for the given tools only, with a label that tells them from the request. */
export function buildExamples(tools: readonly Tool[]): Turn[] {
  const names = new Set(tools.map(({ name }) => name));
  return EXCHANGES.filter(({ tool }) => names.has(tool)).flatMap(
    ({ tool, request, call, end }): Turn[] => [
      { role: 'user', content: `Example: ${request}` },
      { role: 'assistant', content: call },
      ...(end
        ? ([
            { role: 'user', content: `Result of ${tool}:\n${end.result}` },
            { role: 'assistant', content: end.answer },
          ] satisfies Turn[])
        : []),
    ],
  );
}
