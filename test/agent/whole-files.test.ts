import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { Approvals } from '../../src/tools/approval.ts';
import { askAgent, conversation, startScripted, type Setting } from '../support/agent.ts';
import { toolCall } from '../support/ollama-server.ts';
import { person } from '../support/person.ts';
import { temporaryFolder } from '../support/workspace.ts';

const LINES = Array.from({ length: 300 }, (_, index) => `line ${index + 1}\n`).join('');
const read = (file = 'a.txt', lines = {}) => toolCall('read_file', { path: file, ...lines });
const write = (content = 'new\n') => toolCall('write_file', { path: 'a.txt', content });
const patch = (old_text: string, new_text: string) =>
  toolCall('patch_file', { path: 'a.txt', old_text, new_text });
const REFUSED =
  'error: write_file did not run: a.txt exists and you have not read all of it: read it first, or use patch_file';

/** Lets a model make these calls in one request. */
async function make(
  calls: string[],
  files: Record<string, string> = { 'a.txt': 'old\n' },
  setting: Setting = {},
) {
  const { root = temporaryFolder(files) } = setting;
  const { agent, model, session, store } = await startScripted([...calls, 'Done.'], {
    maxSteps: 12,
    ...setting,
    root,
  });
  await askAgent(agent, 'go');
  return { root, agent, model, session, store, ...outcome(root, model) };
}

function outcome(root: string, model: Parameters<typeof conversation>[0]) {
  const results = conversation(model).flatMap(
    (turn) => /^user: Result of \w+:\n(.*)$/s.exec(turn)?.[1]?.split('\n', 1)[0] ?? [],
  );
  return { results, content: fs.readFileSync(path.join(root, 'a.txt'), 'utf8') };
}

describe('a file that the model has not read', () => {
  it('is not replaced, and is once it was read', async () => {
    const { results, content } = await make([write(), read(), write()]);
    expect(results).toEqual([REFUSED, '# a.txt', 'wrote a.txt (4 chars)']);
    expect(content).toBe('new\n');
  });

  it.each([
    ['a part of it', [read('a.txt', { start: 1, end: 200 })]],
    [
      'two parts with a gap',
      [read('a.txt', { end: 200 }), read('a.txt', { start: 202, end: 400 })],
    ],
    ['another file with the same lines', [read('b.txt'), read('b.txt', { start: 201 })]],
  ])('is not replaced where the model has read %s', async (_what, reads) => {
    const files = { 'a.txt': LINES, 'b.txt': LINES };
    const { results, content } = await make([...reads, write()], files);
    expect(results.at(-1)).toBe(REFUSED);
    expect(content).toBe(LINES);
  });

  it('is replaced where the model has read it page by page, by whatever name', async () => {
    const pages = [read('./a.txt', { end: 200 }), read('link.txt', { start: 150, end: 300 })];
    const root = temporaryFolder({ 'a.txt': LINES });
    fs.symlinkSync('a.txt', path.join(root, 'link.txt'));
    const { results } = await make([...pages, write()], {}, { root });
    expect(results.at(-1)).toBe('wrote a.txt (4 chars)');
  });

  it('is replaced in a small window too, once all of its short pages were read', async () => {
    const text = LINES.slice(0, LINES.indexOf('line 61\n'));
    const pages = [1, 16, 31, 46].map((start) => read('a.txt', { start, end: start + 14 }));
    const setting = { numCtx: 4_096 };
    const { results } = await make([...pages.slice(1), write()], { 'a.txt': text }, setting);
    expect(results.at(-1)).toBe(REFUSED);
    expect((await make([...pages, write()], { 'a.txt': text }, setting)).content).toBe('new\n');
  });

  it('is not replaced where a read has cut one of its lines', async () => {
    const { results } = await make([read(), write()], { 'a.txt': `${'x'.repeat(2_000)}\n` });
    expect(results.at(-1)).toBe(REFUSED);
  });

  it.each([
    ['CRLF', 'a\r\nb\r\n'],
    ['a byte order mark', '\ufeffa\n'],
    ['no last line end', 'a\nb'],
    ['empty lines', '\n\na\n\n'],
  ])('is known once it was read with %s', async (_what, text) => {
    const { results } = await make([read(), write('new')], { 'a.txt': text });
    expect(results.at(-1)).toMatch(/^wrote/);
  });

  it('is not read by the read of a delegate, or by a command', async () => {
    const cat = toolCall('run_shell', { command: 'cat a.txt' });
    const delegate = toolCall('delegate', { task: 'read a.txt' });
    const { results } = await make([cat, delegate, read(), 'It says old.', write()]);
    expect(results.at(-1)).toBe(REFUSED);
  });

  it('needs no guard where nothing is lost', async () => {
    const { results } = await make([write('old\n')]);
    expect(results).toEqual(['a.txt has exactly this content already: nothing changed']);
    expect((await make([write()], { 'a.txt': '' })).content).toBe('new\n');
    const create = toolCall('write_file', { path: 'b.txt', content: 'b' });
    expect((await make([create])).results).toEqual(['wrote b.txt (1 chars)']);
  });
});

describe('a second try without a read', () => {
  it.each([
    ['auto', new Approvals('auto')],
    ['ask', new Approvals('ask')],
  ])('is put before the person under %s, with the difference', async (_policy, approvals) => {
    const { ask, asked } = person({ allowed: true });
    const { results, content } = await make([write(), write()], undefined, { approvals, ask });
    expect(asked).toMatchObject([{ name: 'write_file', isUnread: true }]);
    expect(asked[0]?.change?.before?.toString()).toBe('old\n');
    expect(asked[0]?.change?.after.toString()).toBe('new\n');
    expect(results).toEqual([REFUSED, 'wrote a.txt (4 chars)']);
    expect(content).toBe('new\n');
  });

  it('is put before a person who has always allowed the tool, too', async () => {
    const always = person({ allowed: true, always: 'same' }, { allowed: false, reason: 'no' });
    const create = (file: string) => toolCall('write_file', { path: file, content: 'x' });
    const calls = [create('b.txt'), create('c.txt'), write(), write()];
    const setting = { approvals: new Approvals('ask'), ask: always.ask };
    const { content } = await make(calls, undefined, setting);
    expect(always.asked.map(({ isUnread }) => isUnread)).toEqual([undefined, true]);
    expect(content).toBe('old\n');
  });

  it('stays refused where the answer is no, and the model is told both', async () => {
    const { ask } = person({ allowed: false, reason: 'nobody can be asked' });
    const { results, content } = await make([write(), write()], undefined, { ask });
    expect(results[1]).toBe(
      'error: write_file was not approved: nobody can be asked; a.txt exists and you have not read all of it: read it first, or use patch_file',
    );
    expect(content).toBe('old\n');
  });

  it('is denied by the policy never, as the first is', async () => {
    const { results } = await make([write(), write()], undefined, {
      approvals: new Approvals('never'),
    });
    expect(new Set(results)).toEqual(
      new Set(['error: write_file was not approved: the approval policy is never']),
    );
  });

  it('is a first one again in the next request', async () => {
    const root = temporaryFolder({ 'a.txt': 'old\n' });
    const script = [write(), 'Done.', write(), 'Done.'];
    const { agent, model } = await startScripted(script, { root });
    await askAgent(agent, 'go');
    await askAgent(agent, 'go on');
    expect(outcome(root, model).results).toEqual([REFUSED, REFUSED]);
  });
});

describe('what the agent itself has made', () => {
  it.each([
    ['a file that it wrote', {}, [write('one\n'), write('two\n')]],
    ['one that it patched then', {}, [write('one\n'), patch('one', 'two'), write('three\n')]],
    ['one that it read and patched', undefined, [read(), patch('old', 'o\np'), write('three\n')]],
    ['one that it patched and read', undefined, [patch('old', 'o\np'), read(), write('three\n')]],
  ])('is known: %s', async (_what, files, calls) => {
    const { results } = await make(calls, files ?? { 'a.txt': 'old\n' });
    expect(results.filter((result) => result.startsWith('error'))).toEqual([]);
  });

  it('is not known of a file that it has only patched', async () => {
    const { results } = await make([patch('line 7\n', 'seven\n'), write()], { 'a.txt': LINES });
    expect(results).toEqual(['patched a.txt', REFUSED]);
  });

  it('is no longer known after a change by others, which it is told of', async () => {
    const spoil = toolCall('run_shell', { command: 'echo more >> a.txt' });
    const calls = [write('one\n'), spoil, write(), read('a.txt', { end: 1 }), write()];
    const { results } = await make(calls, {});
    expect(results[2]).toMatch(/a\.txt has changed since you last saw it/);
    expect(results[4]).toBe(REFUSED);
  });
});

describe('after a compaction', () => {
  it.each([
    ['a read that it has shortened no longer counts', [read(), 'Done.'], REFUSED],
    ['a file that the agent wrote is still known', [read(), write('x'), 'Done.'], 'wrote'],
  ])('%s', async (_what, replies, said) => {
    const root = temporaryFolder({ 'a.txt': 'old\n' });
    const { agent, model, session } = await startScripted([...replies, write(), 'Done.'], { root });
    await askAgent(agent, 'go');
    session.record({ type: 'compaction', whole: 0, dropped: 0 });
    await askAgent(agent, 'go on');
    expect(outcome(root, model).results.at(-1)).toContain(said);
  });
});

it('a resumed session knows what its conversation still shows', async () => {
  const { root, session, store } = await make([read()]);
  session.close();
  const resumed = store.resume(session.id);
  const { agent, model } = await startScripted([write(), 'Done.'], { root, session: resumed });
  await askAgent(agent, 'go on');
  expect(outcome(root, model).results.at(-1)).toBe('wrote a.txt (4 chars)');
});
