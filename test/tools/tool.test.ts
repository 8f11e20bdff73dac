import fs from 'node:fs';
import * as z from 'zod';
import { describe, expect, it } from 'vitest';
import { allTools } from '../../src/tools/index.ts';
import { defineTool } from '../../src/tools/tool.ts';
import { parseReply } from '../../src/reply/parse.ts';
import { temporaryFolder, toolContext } from '../support/workspace.ts';
import { runTool } from '../support/run-tool.ts';
import { ToolError } from '../../src/tools/tool-error.ts';
import { pathText, requiredText, wholeNumber } from '../../src/tools/arguments.ts';
import { signature } from '../../src/tools/signature.ts';

const greet = defineTool({
  name: 'greet',
  description: 'Greets.',
  risky: false,
  args: z.object({
    name: requiredText(),
    times: wholeNumber(1, 9).default(2),
    path: pathText().default('.'),
  }),
  example: '',
  run: ({ name, times, path }) => Promise.resolve(`${name.repeat(times)} in ${path}`),
});
const context = toolContext('/');
const tools = new Map(allTools.map((tool) => [tool.name, tool]));

it.each([
  ['list_files', "list_files(path: str='.', glob: str='')"],
  ['read_file', 'read_file(path: str, start: int=1, end: int=200)'],
  ['search', "search(pattern: str, path: str='.')"],
  ['run_shell', 'run_shell(command: str, timeout: int=20)'],
  ['write_file', 'write_file(path: str, content: str)'],
  ['patch_file', 'patch_file(path: str, old_text: str, new_text: str)'],
])('shows the signature of %s as its schema says', (name, shown) => {
  const tool = tools.get(name);
  expect(tool && signature(tool)).toBe(shown);
});

it.each(allTools.map((tool) => [tool.name, tool] as const))(
  'gives an example of %s that is itself a valid call',
  (name, tool) => {
    const reply = parseReply(tool.example, tools);
    expect(reply).toMatchObject({ type: 'call', name });
    if (reply.type === 'call') expect(() => tool.prepare(reply.args)).not.toThrow();
  },
);

it('fills in defaults, trims paths only, and reads numbers that came as text', async () => {
  expect(await runTool(greet, context, { name: 'a ' })).toBe('a a  in .');
  const args = { name: 'b', times: ' 3 ', path: '\n  src \n' };
  expect(await runTool(greet, context, args)).toBe('bbb in src');
});

it.each(['sudo', '__proto__', 'constructor', 'toString'])(
  'refuses the unknown argument %s by name and says which there are',
  (unknown) => {
    const asked = JSON.parse(`{"name":"a","${unknown}":{"times":5}}`) as Record<string, unknown>;
    expect(() => greet.prepare(asked)).toThrow(
      `there is no argument ${unknown}: the arguments are name, times, path`,
    );
  },
);

it('freezes the arguments', () => {
  const { args } = greet.prepare({ name: 'a' });
  expect(args).toEqual({ name: 'a', times: 2, path: '.' });
  expect(() => Object.assign(args, { name: 'b' })).toThrow(TypeError);
});

describe('arguments are refused, by name and with the reason', () => {
  it.each([
    [{}, 'name is missing'],
    [{ name: '' }, 'name: it must not be empty'],
    [{ name: ' \n\t ' }, 'name: it must not be empty'],
    [{ name: null }, /^name: .*string/],
    [{ name: 7 }, /^name: .*string/],
    [{ name: 'a', times: '' }, 'times: it must be a whole number'],
    [{ name: 'a', times: ' ' }, 'times: it must be a whole number'],
    [{ name: 'a', times: 'two' }, 'times: it must be a whole number'],
    [{ name: 'a', times: '2.5' }, 'times: it must be a whole number'],
    [{ name: 'a', times: 2.5 }, 'times: it must be a whole number'],
    [{ name: 'a', times: '1e1' }, 'times: it must be a whole number'],
    [{ name: 'a', times: '9'.repeat(30) }, 'times: it must be a whole number'],
    [{ name: 'a', times: true }, 'times: it must be a whole number'],
    [{ name: 'a', times: [3] }, 'times: it must be a whole number'],
    [{ name: 'a', times: 0 }, 'times: it must be at least 1'],
    [{ name: 'a', times: '10' }, 'times: it must be at most 9'],
    [{ name: 'a', path: '  ' }, 'path: it must not be empty'],
    [{ times: 0 }, 'name is missing; times: it must be at least 1'],
  ])('%j', (args, problem) => {
    expect(() => greet.prepare(args)).toThrow(ToolError);
    expect(() => greet.prepare(args)).toThrow(problem);
  });
});

it.each([
  ['run_shell', { command: 'x', timeout: 120 }, true],
  ['run_shell', { command: 'x', timeout: 121 }, false],
  ['run_shell', { command: 'x', timeout: 0 }, false],
  ['run_shell', { command: '  ' }, false],
  ['read_file', { path: 'x', start: 300 }, true],
  ['read_file', { path: 'x', start: 9, end: 8 }, false],
  ['read_file', { path: 'x', start: 0 }, false],
  ['write_file', { path: 'x', content: '' }, true],
  ['write_file', { path: 'x', content: null }, false],
  ['write_file', { path: 'x' }, false],
  ['patch_file', { path: 'x', old_text: 'a', new_text: '' }, true],
  ['patch_file', { path: 'x', old_text: '', new_text: 'a' }, false],
  ['patch_file', { path: 'x', old_text: ' ', new_text: 'a' }, true],
  ['search', { pattern: '' }, false],
  ['list_files', { path: '' }, true],
])('%s with %j is valid: %s', (name, args, valid) => {
  const prepare = () => tools.get(name)?.prepare(args);
  if (valid) expect(prepare()).toBeDefined();
  else expect(prepare).toThrow(ToolError);
});

it('changes nothing when a call is only prepared and checked', () => {
  const root = temporaryFolder();
  const write = tools.get('write_file');
  write?.prepare({ path: 'a/b.txt', content: 'x' }).check(toolContext(root));
  expect(fs.readdirSync(root)).toEqual([]);
});
