import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { askAgent as ask, conversation, startScripted as start } from '../support/agent.ts';
import { toolCall as call } from '../support/ollama-server.ts';
import { temporaryFolder } from '../support/workspace.ts';

const READ = { path: 'a.ts' };

describe('after a call that was refused for its name or its arguments', () => {
  it.each<[string, string, string]>([
    ['an unknown tool', call('fetch_url', { url: 'x' }), 'list_files'],
    ['a mistyped name', call('seach', { pattern: 'x' }), 'search'],
    ["another client's name", call('apply_patch', { input: 'x' }), 'patch_file'],
    ['a name of two tools', call('edit_file', { path: 'a.ts' }), 'patch_file'],
    ['a synonym with an argument too many', call('cat', { path: 'a', mode: 'r' }), 'read_file'],
    ['an editor', call('str_replace_editor', { command: 'view', path: 'a', x: 1 }), 'read_file'],
    ['an unknown argument', call('run_shell', { command: 'ls', cwd: '.' }), 'run_shell'],
    ['two arguments for one', call('read_file', { path: 'a', file: 'b' }), 'read_file'],
    ['a number out of range', call('run_shell', { command: 'ls', timeout: 9_000 }), 'run_shell'],
    ['entities in a command', call('run_shell', { command: 'a &amp;&amp; b' }), 'run_shell'],
    ['a missing argument', call('write_file', { path: 'a.ts' }), 'write_file'],
    ['one in XML', '<tool name="search" path="."></tool>', 'search'],
    [
      'one in a native format',
      '<tool_call>{"name":"grep","arguments":{"x":1}}</tool_call>',
      'search',
    ],
  ])(
    '(%s) the next reply is held to JSON, with an example of what was meant',
    async (_, reply, tool) => {
      const { agent, model } = await start([reply, call('read_file', READ), 'done'], {
        root: temporaryFolder({ 'a.ts': 'x\n' }),
      });
      await ask(agent, 'go');
      expect(model.requests.map(({ format }) => format !== undefined)).toEqual([
        false,
        true,
        false,
      ]);
      const told = conversation(model)
        .filter((turn) => turn.startsWith('user: '))
        .slice(1);
      expect(told[0]).toMatch(/error: (?:there is no tool|invalid arguments)/);
      expect(told.join('\n')).toContain(
        `Reply with JSON alone: one tool call, such as {"name":"${tool}",`,
      );
      expect(told.join('\n')).not.toContain('example: <tool>');
    },
  );

  it('it stays so while calls are refused, the same one over and over as well', async () => {
    const bad = call('fetch_url', { url: 'x' });
    const worse = call('read_file', { path: 'a', encoding: 'x' });
    const { agent, model } = await start([bad, bad, bad, worse, call('read_file', READ), 'done']);
    await ask(agent, 'go');
    const held = model.requests.map(({ format }) => format !== undefined);
    expect(held).toEqual([false, true, true, true, true, false]);
  });

  it('but not where the arguments are good and only do not fit the files', async () => {
    const { agent, model } = await start([call('read_file', { path: 'none.ts' }), 'done']);
    await ask(agent, 'go');
    expect(model.requests.map(({ format }) => format)).toEqual([undefined, undefined]);
    expect(conversation(model).at(-1)).toContain('\nexample: <tool>');
  });

  it('an unreadable reply by a synonym is answered with an example of its tool, too', async () => {
    const { agent, model } = await start(['<tool>{"name":"bash","args":{"command":', 'done']);
    await ask(agent, 'go');
    expect(conversation(model).at(-1)).toMatch(/Not usable: .*such as \{"name":"run_shell"/);
  });
});

it('a call that creates a file, by its name, does not replace one', async () => {
  const root = temporaryFolder({ 'a.ts': 'old\n' });
  const create = (file: string) => call('create_file', { file_path: file, contents: 'new\n' });
  const { agent, model } = await start([create('a.ts'), create('b.ts'), 'done'], { root });
  await ask(agent, 'go');
  expect(fs.readFileSync(path.join(root, 'a.ts'), 'utf8')).toBe('old\n');
  expect(fs.readFileSync(path.join(root, 'b.ts'), 'utf8')).toBe('new\n');
  expect(conversation(model).join('\n')).toContain('a.ts exists already: use patch_file');
});
