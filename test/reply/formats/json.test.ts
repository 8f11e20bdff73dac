import { describe, expect, it } from 'vitest';
import { parseReply } from '../../../src/reply/parse.ts';
import type { ToolShapes } from '../../../src/reply/reply.ts';
import { often } from '../../support/stress.ts';

const tools: ToolShapes = new Map([
  ['read_file', { argNames: ['path', 'start', 'end'], required: ['path'] }],
  ['list_files', { argNames: ['path'] }],
  ['search', { argNames: ['pattern', 'path'], required: ['pattern'] }],
  [
    'run_shell',
    {
      argNames: ['command', 'timeout'],
      required: ['command'],
      risky: true,
      synonyms: ['bash', 'execute_command'],
      aliases: { cmd: 'command' },
    },
  ],
  ['write_file', { argNames: ['path', 'content'], required: ['path', 'content'], risky: true }],
  ['press', { argNames: ['action', 'input'] }],
]);
const parse = (raw: string) => parseReply(raw, tools);

const ARGS = { pattern: 'TODO', path: 'src' };
const TEXT = JSON.stringify(ARGS);

describe('a call in the JSON of another client', () => {
  const objects: Readonly<Record<string, unknown>> = {
    'name and arguments': { name: 'search', arguments: ARGS },
    'tool and tool_input': { tool: 'search', tool_input: ARGS },
    'tool_name and tool_args': { tool_name: 'search', tool_args: ARGS },
    'action and action_input': { thought: 'Look.', action: 'search', action_input: ARGS },
    'function and arguments': { function: 'search', arguments: TEXT },
    'function_name and function_args': { function_name: 'search', function_args: ARGS },
    'name and params': { name: 'search', params: ARGS },
    recipient_name: { recipient_name: 'functions.search', parameters: ARGS },
    functionCall: { functionCall: { name: 'search', args: ARGS } },
    function_call: { function_call: { name: 'search', arguments: TEXT } },
    'a function with a type': { type: 'function', function: { name: 'search', arguments: TEXT } },
    'a name with a type': { type: 'function', name: 'search', parameters: ARGS },
    tool_use: { type: 'tool_use', id: 'toolu_1', name: 'search', input: ARGS },
    tool_uses: { tool_uses: [{ recipient_name: 'functions.search', parameters: ARGS }] },
    tool_calls: {
      role: 'assistant',
      content: '',
      tool_calls: [{ id: 'a', type: 'function', function: { name: 'search', arguments: TEXT } }],
    },
    'an action that is an object': {
      thought: 'Look.',
      action: { name: 'search', args: ARGS },
    },
    'a tool that is an object': { tool: { name: 'search', arguments: ARGS } },
    'the name as a key': { search: ARGS },
    'reasons beside it': { reasoning: 'x', explanation: 'y', id: 1, name: 'search', args: ARGS },
    'several calls': [
      { name: 'search', arguments: ARGS },
      { name: 'list_files', arguments: {} },
    ],
  };
  const layouts: Readonly<Record<string, (value: unknown) => string>> = {
    'on a line': (value) => JSON.stringify(value),
    'over lines': (value) => JSON.stringify(value, null, 2),
    'in a fence': (value) => `\`\`\`json\n${JSON.stringify(value, null, 2)}\n\`\`\``,
    'after a thought': (value) => `<think>Hm.</think>\n${JSON.stringify(value)}`,
    'in our tags': (value) => `<tool>${JSON.stringify(value)}</tool>`,
    'in native tags': (value) => `<tool_call>\n${JSON.stringify(value)}\n</tool_call>`,
  };

  it.each(Object.entries(objects))('is read: %s', (_, object) => {
    for (const [layout, write] of Object.entries(layouts)) {
      expect(parse(write(object)), layout).toMatchObject({
        type: 'call',
        name: 'search',
        args: ARGS,
      });
    }
  });

  it('keeps every argument beside the name', () => {
    const object = { tool: 'run_shell', command: 'ls', cwd: '/', reason: 'x' };
    expect(parse(`<tool>${JSON.stringify(object)}</tool>`)).toMatchObject({
      args: { command: 'ls', cwd: '/', reason: 'x' },
    });
  });

  it('keeps an argument that stands beside the others', () => {
    const object = { id: 7, name: 'run_shell', args: { command: 'ls' }, timeout: 5, cwd: '/' };
    expect(parse(JSON.stringify(object))).toEqual({
      type: 'call',
      name: 'run_shell',
      args: { command: 'ls', timeout: 5, cwd: '/' },
      ignored: '',
    });
  });

  it('leaves arguments alone that are named like the keys of a call', () => {
    const args = { action: { name: 'up' }, input: 'x' };
    for (const raw of [
      `<tool>${JSON.stringify({ name: 'press', args })}</tool>`,
      `[TOOL_CALLS]press[ARGS]${JSON.stringify(args)}`,
      `<function=press>${JSON.stringify(args)}</function>`,
    ]) {
      expect(parse(raw)).toMatchObject({ name: 'press', args });
    }
    const input = `<function=press>${JSON.stringify({ action: 'go' })}</function>`;
    expect(parse(input)).toMatchObject({ name: 'press', args: { action: 'go' } });
  });

  it('is known by a synonym where it is the whole reply', () => {
    const call = { type: 'call', name: 'run_shell', calledAs: 'bash' };
    expect(parse('{"tool": "bash", "cmd": "ls"}')).toMatchObject(call);
    expect(parse('{"bash": {"command": "ls"}}')).toMatchObject(call);
    expect(parse('{"name": "bash", "arguments": {"command": "ls"}}')).toMatchObject(call);
  });

  it('is known by the name in another spelling', () => {
    const call = { type: 'call', name: 'read_file', args: { path: 'a' } };
    for (const name of ['readFile', 'Read-File', 'functions.read_file', 'read_file()']) {
      const object = JSON.stringify({ name, arguments: { path: 'a' } });
      expect(parse(object)).toMatchObject(call);
      expect(parse(`I read it.\n\n${object}`)).toMatchObject(call);
    }
  });
});

describe('JSON in prose', () => {
  it.each([
    '{"name": "bash", "arguments": {"command": "ls"}}',
    '{"read_file": {"path": "a"}}',
    '{"name": "list_files"}',
    '{"tool": "read_file", "mode": "fast"}',
  ])('is asked for again where it only resembles a call: %s', (object) => {
    for (const raw of [`I look.\n${object}`, `I look.\n\`\`\`json\n${object}\n\`\`\`\nI wait.`]) {
      expect(parse(raw).type).not.toBe('call');
    }
  });

  it('is no answer where a fence holds a call without arguments', () => {
    const raw = '```json\n{"name": "list_files"}\n```\nThis shows the files.';
    expect(parse(raw)).toMatchObject({ type: 'malformed', tool: 'list_files' });
    const empty = '```json\n{"name": "list_files", "arguments": {}}\n```\nThis shows the files.';
    expect(parse(empty)).toMatchObject({ type: 'call', name: 'list_files', args: {} });
  });

  it.each([
    'Set it so:\n```json\n{"search": {"path": "src", "hidden": true}}\n```\nThen restart it.',
    'The package is {"name": "search", "version": "1.0.0"} today.',
    '{"scripts": {"test": "vitest"}}',
  ])('stays a part of the answer: %s', (text) => {
    expect(parse(text)).toEqual({ type: 'final', text });
  });
});

it.each([
  '{"action": "Final Answer", "action_input": "It is done."}',
  '{"name": "final_answer", "arguments": {"answer": "It is done."}}',
  '```json\n{"action": "final", "action_input": {"text": "It is done."}}\n```',
])('an answer may be the call of another agent: %s', (raw) => {
  expect(parse(raw)).toEqual({ type: 'final', text: 'It is done.' });
});

describe('broken JSON', () => {
  const write = (content: string) =>
    `<tool>{"name":"write_file","args":{"path":"a","content":"${content}"}}</tool>`;

  it.each([
    [String.raw`\d+\s`, String.raw`\d+\s`],
    [String.raw`C:\Windows\Files`, String.raw`C:\Windows\Files`],
    [String.raw`\d+\b`, String.raw`\d+\b`],
    [String.raw`\d \"x\" \/`, String.raw`\d "x" /`],
    ['one\ntwo\n', 'one\ntwo\n'],
    ['one\n\ttwo \\"x\\"', 'one\n\ttwo "x"'],
  ])('is mended where it has one meaning: %j', (content, meant) => {
    expect(parse(write(content))).toMatchObject({ args: { content: meant } });
  });

  it.each([
    String.raw`C:\Users\new`,
    String.raw`\d+\n`,
    String.raw`\w\\x`,
    String.raw`\s\tx`,
    'print("a\\n")\nprint(b)\n'.replaceAll('"', '\\"'),
    String.raw`C:\Users\test`,
    String.raw`\d\u0041`,
  ])('is refused where it has two: %j', (content) => {
    expect(parse(write(content))).toMatchObject({ type: 'malformed', tool: 'write_file' });
  });
});

describe('JSON that is made to take long', () => {
  const START = '<tool>{"name":"read_file", ';

  it.each([
    '/* ',
    '// ',
    '"',
    "'",
    '\\"',
    `"\\'`,
    '{"a":',
    '[',
    '1',
    '/*x*/ ',
    '"a" ',
    '" ',
    '\\',
    '/**',
    '"a"\n',
    '{',
    '{}',
    'True',
  ])('is read within a second of the processor: %j', (noise) => {
    for (const end of ['}</tool>', '"}</tool>', '*/}', '']) {
      const raw = START + noise.repeat(Math.ceil(often(100_000, 400_000) / noise.length)) + end;
      const took = () => {
        const began = process.cpuUsage();
        expect(parse(raw)).toHaveProperty('type');
        const { user, system } = process.cpuUsage(began);
        return (user + system) / 1_000;
      };
      const ms = took();
      expect(ms < 1_000 ? ms : took(), end).toBeLessThan(1_000);
    }
  });
});
