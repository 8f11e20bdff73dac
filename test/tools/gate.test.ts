import fs from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { describe, expect, it } from 'vitest';
import {
  Approvals,
  type ApprovalAnswer,
  type ApprovalPolicy,
  type ApprovalRequest,
} from '../../src/tools/approval.ts';
import { Gate } from '../../src/tools/gate.ts';
import { allTools } from '../../src/tools/index.ts';
import { runShell } from '../../src/tools/run-shell.ts';
import { defineTool, type Tool } from '../../src/tools/tool.ts';
import { never, temporaryFolder, toolContext } from '../support/workspace.ts';
import { FileError } from '../../src/util/errors.ts';
import { ToolError } from '../../src/tools/tool-error.ts';
import { requiredText } from '../../src/tools/arguments.ts';

interface GateSetup {
  tools?: readonly Tool[];
  root?: string;
  policy?: ApprovalPolicy;
  answer?: (request: ApprovalRequest) => ApprovalAnswer;
}

/** A gate that records, in order, everything it lets happen. */
function gateWithLog({ tools, root = '/', policy = 'ask', answer }: GateSetup = {}) {
  const log: string[] = [];
  const echo = echoTool(log);
  const gate = new Gate({
    tools: tools ?? [echo, { ...echo, name: 'harmless', risky: false }],
    context: toolContext(root),
    approvals: new Approvals(policy),
    ask: (request) => {
      log.push(`ask ${request.name} ${JSON.stringify(request.args)}`);
      return Promise.resolve(answer?.(request) ?? { allowed: true });
    },
    beforeRisky: () => Promise.resolve(void log.push('before')),
  });
  const run = (name: string, args: Record<string, unknown>, signal = never) =>
    gate.run({ name, args }, signal);
  return { gate, log, run };
}

const EXAMPLE = '<tool>{"name":"echo","args":{"text":"hello"}}</tool>';

/** Returns its text, or fails as the text says. */
function echoTool(log: string[]): Tool {
  return defineTool({
    name: 'echo',
    description: '',
    risky: true,
    args: z.object({ text: requiredText() }),
    example: EXAMPLE,
    check({ text }) {
      log.push('check');
      if (text === 'nonsense') throw new ToolError('it makes no sense');
    },
    async run({ text }) {
      log.push('run');
      if (text === 'fail') throw new ToolError('it broke');
      if (text === 'long fault') throw new ToolError('x'.repeat(10_000));
      if (text === 'disk') throw new FileError('ENOSPC', 'no space');
      if (text === 'bug') throw new TypeError('a bug');
      if (text === 'coded bug') path.join(7 as never);
      return text;
    },
  });
}

it('checks, asks, announces and then runs, with the arguments that were approved', async () => {
  const { run, log } = gateWithLog();
  const result = await run('echo', { text: 'hi', reason: 'x' });
  expect(result).toMatchObject({ name: 'echo', args: { text: 'hi' }, content: 'hi', ok: true });
  expect(log).toEqual(['check', 'ask echo {"text":"hi"}', 'before', 'run']);
});

it.each([
  ['an unknown tool', 'rm', {}, /^error: there is no tool rm\. The tools are: echo, harmless$/, []],
  ['a long name', 'x'.repeat(900), {}, /^error: there is no tool x{59}…\. /, []],
  ['a name from Object', 'constructor', {}, /^error: there is no tool constructor/, []],
  ['an argument that is missing', 'echo', {}, /^error: invalid .* echo: text is missing$/, []],
  ['a call that cannot work', 'echo', { text: 'nonsense' }, /it makes no sense\n/, ['check']],
])('never asks about %s', async (_what, name, args, message, steps) => {
  const { run, log } = gateWithLog();
  const result = await run(name, args);
  expect(result).toMatchObject({ name, args, ok: false });
  expect(result.content).toMatch(message);
  expect(log).toEqual(steps);
});

it('shows an example where the arguments do not fit the files, and else says what was meant', async () => {
  const { run } = gateWithLog();
  const unfit = await run('echo', { text: 'nonsense' });
  expect(unfit.content).toContain(`\nexample: ${EXAMPLE}`);
  expect(unfit.unusable).toBeUndefined();
  expect((await run('echo', {})).unusable).toEqual({ meant: 'echo' });
  expect((await run('harmles', {})).unusable).toEqual({ meant: 'harmless' });
  expect((await run('ecko', {})).unusable).toEqual({ meant: undefined });
});

it('refuses the third identical call in a row without asking, until something else is called', async () => {
  const { run, log, gate } = gateWithLog();
  const outcomes: string[] = [];
  const call = async (text: string) => {
    const before = log.length;
    const { ok } = await run('echo', { text });
    outcomes.push(`${text} ${ok ? 'ran' : 'refused'} after ${log.length - before} steps`);
  };
  for (const text of ['a', 'a', 'a', 'a', 'b', 'a', 'a']) await call(text);
  gate.beginRequest();
  await call('a');
  const [a, b, refused] = ['a ran after 4 steps', 'b ran after 4 steps', 'a refused after 1 steps'];
  expect(outcomes).toEqual([a, a, refused, refused, b, a, a, a]);
});

it('recognizes a repeated call by what would run, not by how it was written', async () => {
  const { run } = gateWithLog();
  await run('echo', { text: 'a' });
  await run('echo', { text: 'a', reason: 'one' });
  const third = await run('echo', { reason: 'two', Text: 'a' });
  expect(third.content).toMatch(/^error: you made this echo call twice already/);
});

it.each([
  ['never', undefined, 'echo', /^error: echo was not approved: the approval policy is never$/],
  ['ask', { allowed: false, reason: 'the user said no' }, 'echo', /approved: the user said no$/],
  ['auto', { allowed: false, reason: 'unused' }, 'echo', /^text$/],
  ['never', undefined, 'harmless', /^text$/],
] as const)('under %s, answered %j, %s gives %s', async (policy, decision, name, content) => {
  const { run, log } = gateWithLog({
    policy,
    ...(decision && { answer: () => decision }),
  });
  expect((await run(name, { text: 'text' })).content).toMatch(content);
  expect(log.includes('run')).toBe(content.test('text'));
  expect(log.filter((step) => step.startsWith('ask'))).toHaveLength(policy === 'ask' ? 1 : 0);
});

it.each([
  ['fail', 'error: echo failed: it broke'],
  ['disk', 'error: echo failed: no space'],
])('turns what fails while it runs into a result: %s', async (text, content) => {
  const { run } = gateWithLog();
  expect(await run('echo', { text })).toMatchObject({ ok: false, content });
});

it('lets a bug through', async () => {
  const { run } = gateWithLog();
  await expect(run('echo', { text: 'bug' })).rejects.toThrow('a bug');
});

it('lets a bug through that has a code, as errors of Node have', async () => {
  const { run } = gateWithLog();
  await expect(run('echo', { text: 'coded bug' })).rejects.toThrow(TypeError);
});

it('lets a bug through in what checks a call', async () => {
  const buggy = { ...echoTool([]), prepare: () => path.join(7 as never) as never };
  const { run } = gateWithLog({ tools: [buggy] });
  await expect(run('echo', { text: 'a' })).rejects.toThrow(TypeError);
});

it('lets a bug through that appears only when a tool is interrupted', async () => {
  const { run } = gateWithLog();
  await expect(run('echo', { text: 'bug' }, AbortSignal.abort())).rejects.toThrow('a bug');
});

it('keeps the message of a tool that was interrupted', async () => {
  const { run } = gateWithLog();
  const { content } = await run('echo', { text: 'fail' }, AbortSignal.abort());
  expect(content).toBe('error: echo failed: it broke');
});

it.each([
  ['a result', { name: 'echo', text: 'x'.repeat(10_000) }],
  ['an error', { name: 'echo', text: 'long fault' }],
])('clips %s to the room for it, with a mark that counts what is missing', async (_what, call) => {
  const { run } = gateWithLog();
  const { content } = await run(call.name, { text: call.text });
  expect(content.length).toBeLessThanOrEqual(4_000);
  expect(content.length).toBeGreaterThan(3_900);
  const mark = /\n\.\.\.\[(\d+) characters left out\]\.\.\.\n/.exec(content);
  const [whole, count] = mark ?? ['', '0'];
  expect(content.length - whole.length + Number(count)).toBeGreaterThanOrEqual(10_000);
});

it.each([
  ['write_file', { path: 'folder/a.txt', content: 'new' }],
  ['write_file', { path: 'folder/new/deep.txt', content: 'new' }],
  ['patch_file', { path: 'folder/a.txt', old_text: 'old', new_text: 'new' }],
])('%s does not follow a link that was swapped in during the question: %j', async (name, args) => {
  const top = temporaryFolder({ 'repo/folder/a.txt': 'old', 'outside/a.txt': 'old' });
  const folder = path.join(top, 'repo/folder');
  let swaps = true;
  const { run } = gateWithLog({
    tools: allTools,
    root: path.join(top, 'repo'),
    answer: () => {
      if (swaps) {
        fs.renameSync(folder, `${folder}-moved`);
        fs.symlinkSync('../outside', folder);
      }
      return { allowed: true };
    },
  });
  expect((await run(name, args)).content).toMatch(/^error: .* is outside the workspace$/);
  expect(fs.readdirSync(path.join(top, 'outside'))).toEqual(['a.txt']);
  expect(fs.readFileSync(path.join(top, 'outside/a.txt'), 'utf8')).toBe('old');

  // The control: without the swap the same call works.
  fs.rmSync(folder);
  fs.renameSync(`${folder}-moved`, folder);
  swaps = false;
  expect(await run(name, args)).toMatchObject({ ok: true });
});

describe('a command that the person edits', () => {
  const tools = [runShell];

  it('is shown to them as edited, runs that way, and the model is told', async () => {
    const asked: unknown[] = [];
    const { run } = gateWithLog({
      tools,
      answer: ({ args, command }) => {
        asked.push({ ...args, command });
        return asked.length === 1 ? { edited: 'echo two' } : { allowed: true };
      },
    });
    const result = await run('run_shell', { command: 'echo one', timeout: 7 });
    expect(asked).toEqual([
      { command: 'echo one', timeout: 7 },
      { command: 'echo two', timeout: 7 },
    ]);
    expect(result).toMatchObject({ ok: true, args: { command: 'echo two', timeout: 7 } });
    expect(result.content).toContain('stdout:\ntwo\n');
    expect(result.content).toMatch(/\n\(The user changed the command to: echo two\)$/);
  });

  it('can still be denied', async () => {
    const answers: ApprovalAnswer[] = [{ edited: 'echo two' }, { allowed: false, reason: 'no' }];
    const { run, log } = gateWithLog({ tools, answer: () => answers.shift() ?? expect.fail() });
    const { ok, args, content } = await run('run_shell', { command: 'echo one' });
    expect({ ok, args }).toEqual({ ok: false, args: { command: 'echo two', timeout: 20 } });
    expect(content).toMatch(/^error: run_shell was not approved: no\n/);
    expect(log).not.toContain('before');
  });

  it('is what "always" covers, not the command that the model asked for', async () => {
    const answers: ApprovalAnswer[] = [{ edited: 'echo two' }, { allowed: true, always: 'same' }];
    const { run, log } = gateWithLog({
      tools,
      answer: () => answers.shift() ?? { allowed: false, reason: 'no' },
    });
    await run('run_shell', { command: 'echo one' });
    expect(await run('run_shell', { command: 'echo two' })).toMatchObject({ ok: true });
    expect(await run('run_shell', { command: 'echo one' })).toMatchObject({ ok: false });
    expect(log.filter((step) => step.startsWith('ask'))).toHaveLength(3);
  });

  it('keeps the result within its limit', async () => {
    const answers: ApprovalAnswer[] = [{ edited: 'seq 9999' }, { allowed: true }];
    const { run } = gateWithLog({ tools, answer: () => answers.shift() ?? expect.fail() });
    const { content } = await run('run_shell', { command: 'ls' });
    expect(content.length).toBeLessThanOrEqual(4_000);
    expect(content).toMatch(/\(The user changed the command to: seq 9999\)$/);
  });
});

it('shows what an edit does to the file, and nothing for other calls', async () => {
  const root = temporaryFolder({ 'a.txt': 'one\n' });
  const changes: (string | undefined)[][] = [];
  const { run } = gateWithLog({
    tools: allTools,
    root,
    answer: ({ change }) => {
      changes.push([change?.path, change?.before?.toString(), change?.after.toString()]);
      return { allowed: false, reason: 'no' };
    },
  });
  await run('patch_file', { path: './a.txt', old_text: 'one', new_text: 'two' });
  await run('write_file', { path: 'a.txt', content: 'three' });
  await run('write_file', { path: 'b.txt', content: '' });
  await run('run_shell', { command: 'ls' });
  expect(changes).toEqual([
    ['a.txt', 'one\n', 'two\n'],
    ['a.txt', 'one\n', 'three\n'],
    ['b.txt', undefined, ''],
    [undefined, undefined, undefined],
  ]);
});
