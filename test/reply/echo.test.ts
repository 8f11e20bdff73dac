import { describe, expect, it } from 'vitest';
import { buildSystem, instructionsOf } from '../../src/prompt/prefix.ts';
import { buildExamples, EXAMPLE_VALUES } from '../../src/prompt/examples.ts';
import { exampleIn, isEcho } from '../../src/reply/echo.ts';
import { parseReply } from '../../src/reply/parse.ts';
import { allTools } from '../../src/tools/index.ts';
import { tools } from '../support/tools.ts';

const workspace = 'Workspace:\nThe readme says: this line is part of the repository.';
const system = buildSystem({ tools: allTools, workspace, readOnly: false });
const examples = buildExamples(allTools);
const REQUEST = 'Look at the tests, please.\nWhich of them fail today?';
const RULES = system
  .split('\n')
  .filter((line) => /^- .*\.$/.test(line))
  .slice(0, 9);
const told = { instructions: instructionsOf({ system, examples }), request: REQUEST };

describe('an answer is an echo', () => {
  it.each([
    ['a rule', 'A new file is complete and runs as it stands, imports included.'],
    [
      'a rule as it stands in the list',
      '- A new file is complete and runs as it stands, imports included.',
    ],
    [
      'a rule in other letters and blanks',
      'a new file is COMPLETE and  runs as it stands, imports included.',
    ],
    [
      'two rules',
      'Be brief and concrete.\n\nDo not repeat a call that did not help: try another tool, or answer.',
    ],
    ['the answer of an example', 'sample-1.ext says: one short line'],
    [
      'an answer of an example within its tags',
      '<final>sample-1.ext says: one short line</final>\nExample: Which files are in sample-4?',
    ],
    [
      'the signature of a tool',
      system.split('\n').find((line) => line.includes('read_file(')) ?? '',
    ],
    ['rules in another order', RULES.toReversed().slice(0, 4).join('\n')],
    ['rules with numbers', RULES.map((rule, at) => `${at + 1}. ${rule.slice(2)}`).join('\n')],
    ['rules in bold', RULES.map((rule) => `* **${rule.slice(2)}**`).join('\n\n')],
    ['rules without their points', RULES.map((rule) => rule.slice(2, -1)).join('\n')],
    ['rules in quotes', RULES.map((rule) => `> "${rule.slice(2)}"`).join('\n')],
    ['the whole request, quoted', '> Look at the tests, please.\n> Which of them fail today?'],
  ])('that only repeats %s', (_, answer) => {
    expect(isEcho(answer, told)).toBe(true);
  });
});

describe('a reply is not an answer', () => {
  it.each([
    ['it is short', 'Yes.'],
    ['it is one word of the request', 'today'],
    ['it is one of the lines that were asked about', 'Which of them fail today?'],
    ['it is short and stands in the request', 'the tests, please'],
    ['it quotes a file', 'It begins by:\n\nimport fs from "node:fs";'],
    ['it quotes what the workspace says', 'this line is part of the repository.'],
    ['it says more than a rule', 'Be brief and concrete.\nThat is what rule seven asks for.'],
    ['it has a rule in a sentence', 'The rule "Be brief and concrete." stands there.'],
    ['it repeats the request and answers it', 'Which of them fail today?\nNone of the 12 fails.'],
    ['it is empty', ''],
  ])('where %s', (_, answer) => {
    expect(isEcho(answer, told)).toBe(false);
  });
});

describe("an example's own call", () => {
  const replies = [
    ...examples.flatMap(({ role, content }) => (role === 'assistant' ? [content] : [])),
    ...[...tools.values()].map(({ example }) => example),
  ].filter((reply) => !reply.startsWith('<final>') && !reply.includes('"args":{"path":"."}'));
  const conversation = { instructions: [], request: 'Fix the tests.', conversation: ['go'] };
  const inReply = (text: string, said = conversation) => {
    const reply = parseReply(text, tools);
    if (reply.type !== 'call') throw new Error(`no call: ${text}`);
    return exampleIn(reply, tools, EXAMPLE_VALUES, () => said);
  };
  const call = (name: string, args: Record<string, unknown>) =>
    `<tool>${JSON.stringify({ name, args })}</tool>`;

  it.each(replies)('is known: %s', (reply) => {
    const copied = inReply(reply);
    expect(copied).toBeDefined();
    // The user, or a result, may name it.
    const named = `Look at ${copied}, please.`;
    expect(inReply(reply, { ...conversation, request: named })).toBeUndefined();
    expect(inReply(reply, { ...conversation, conversation: [named] })).toBeUndefined();
  });

  it.each([
    call('read_file', { path: './sample-1.ext', start: 3 }),
    call('write_file', { path: 'path/to/file.ext', content: 'import x' }),
    call('write_file', { path: 'sample-4', content: 'import x' }),
    call('write_file', { path: 'sample-12.ext', content: 'import x' }),
    call('run_shell', { command: 'echo sample-5' }),
    call('search', { pattern: 'some_name', path: 'src' }),
    call('run_shell', { command: ' echo some words ' }),
    call('read_file', { path: '...' }),
    call('run_shell', { command: '...' }),
    call('read_file', { path: '<file path>' }),
    call('write_file', { path: 'path/to/file', content: 'x' }),
    call('write_file', { path: 'a.py', content: '...' }),
  ])('is known where the model changed the rest: %s', (reply) => {
    expect(inReply(reply)).toBeDefined();
  });

  it.each([
    call('list_files', { path: '.' }),
    call('list_files', {}),
    call('read_file', { path: 'src/sample-1.ts' }),
    call('write_file', { path: 'a.txt', content: 'first line\nsecond line\n' }),
    call('write_file', { path: 'a.txt', content: 'sample-1.ext' }),
    call('patch_file', { path: 'a.txt', old_text: 'old line', new_text: 'new line' }),
    call('search', { pattern: 'name', path: '.' }),
    call('search', { pattern: '...', path: '.' }),
    call('search', { pattern: '<path>', path: '.' }),
    call('write_file', { path: 'a.html', content: '<path>' }),
    call('run_shell', { command: 'echo done' }),
    call('nope', { path: '.' }),
  ])('is no call with arguments of its own: %s', (reply) => {
    expect(inReply(reply)).toBeUndefined();
  });
});
