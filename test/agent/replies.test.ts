import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  askAgent as ask,
  conversation,
  logged,
  startScripted as start,
  told,
} from '../support/agent.ts';
import { toolCall as call } from '../support/ollama-server.ts';

const LIST = call('list_files', {});

describe('an unusable reply', () => {
  it.each([
    ['empty', ''],
    ['malformed', '<tool>{"name":'],
    ['only a thought', '<think>hm</think>', ''],
  ])('that is %s stays in the conversation, with a notice', async (_, reply, kept = reply) => {
    const { agent, model, session } = await start([reply, 'done']);
    const { end, types } = await ask(agent, 'go');
    expect(end).toMatchObject({ reason: 'answer', text: 'done' });
    expect(types.filter((type) => type === 'malformed')).toHaveLength(1);
    expect(conversation(model)).toEqual([
      'user: go',
      `assistant: ${kept}`,
      expect.stringMatching(/^user: Not usable: /),
    ]);
    expect(logged(session.path)).toEqual([
      'user',
      'epoch',
      'model',
      'notice',
      'model',
      'assistant',
    ]);
  });

  it('is answered with an example of the tool that was meant', async () => {
    const { agent, model } = await start(['<tool name="patch_file" path="a"><old_text>x', 'done']);
    await ask(agent, 'go');
    expect(told(model)[1]).toMatch(/^Not usable: .*"patch_file".*"old_text".*"new_text"/);
  });

  it('that has the value of an example is one though an error has named it', async () => {
    const stray = call('list_files', { path: 'sample-4/src' });
    const copied = call('write_file', { path: 'sample-4', content: 'x' });
    const { agent, root } = await start([stray, copied, 'done']);
    const { types } = await ask(agent, 'go');
    expect(types).toContain('malformed');
    expect(fs.existsSync(path.join(root, 'sample-4'))).toBe(false);
  });

  it('does not use up a step', async () => {
    const { agent, model } = await start(['', LIST, '', '', 'done'], { maxSteps: 2 });
    expect((await ask(agent, 'go')).end.reason).toBe('answer');
    const left = told(model).map((turn) => /Only one tool call is left/.test(turn));
    expect(left).toEqual([false, false, true, false, false]);
  });

  const copied = call('read_file', { path: 'sample-1.ext' });
  const unknown = call('fetch_url', { url: 'x' });

  it.each<[string, string[], number]>([
    ['empty', Array<string>(9).fill(''), 6],
    ['copies of one example', Array<string>(9).fill(copied), 6],
    ['calls of no tool', Array<string>(9).fill(unknown), 6],
    ['one call over and over, which ran twice', Array<string>(9).fill(LIST), 8],
    ['of all kinds', ['', unknown, copied, unknown, '', copied, LIST], 6],
    ['anew after a call that ran', ['', '', '', '', '', LIST, ...Array<string>(9).fill('')], 12],
  ])('ends the request where six in a row are %s', async (_, replies, asked) => {
    const { agent, model, session } = await start(replies, { maxSteps: 20 });
    const { end } = await ask(agent, 'go');
    expect(end).toMatchObject({ reason: 'malformed', text: expect.stringMatching(/tool call/) });
    expect(model.requests).toHaveLength(asked);
    expect(session.state.entries.at(-1)).toMatchObject({ record: { reason: 'malformed' } });
  });
});

describe('a reply that was cut off', () => {
  const write = call('write_file', { path: 'a', content: 'x' });
  const cut = { text: write, doneReason: 'length' };

  it('is never run, and the next has twice the room, up to the ceiling', async () => {
    const { agent, model, root } = await start([cut, cut, cut, cut, 'done', 'done']);
    await ask(agent, 'go');
    expect(fs.existsSync(path.join(root, 'a'))).toBe(false);
    await ask(agent, 'again');
    const rooms = model.requests.map(({ numPredict }) => numPredict);
    expect(rooms).toEqual([512, 1_024, 2_048, 4_096, 4_096, 512]);
    expect(new Set(model.requests.map(({ numCtx }) => numCtx)).size).toBe(1);
  });

  it('with no more room, twice, ends the request and says what to do', async () => {
    const replyRoom = { first: 100, most: 200 };
    const { agent, model } = await start([cut, cut, cut, 'done'], { replyRoom });
    const { end } = await ask(agent, 'go');
    expect(end).toMatchObject({ reason: 'malformed', text: expect.stringMatching(/200 tokens/) });
    expect(end.text).toContain('--max-new-tokens');
    expect(model.requests).toHaveLength(3);
  });

  it('at a limit that the user set is answered with a request to do less', async () => {
    const replyRoom = { first: 100, most: 100 };
    const { agent, model, root } = await start([cut, write, 'done'], { replyRoom });
    await ask(agent, 'go');
    expect(model.requests.map((request) => request.numPredict)).toEqual([100, 100, 100]);
    expect(told(model)[1]).toMatch(/^Not usable: .*cut.* less/);
    expect(fs.readFileSync(path.join(root, 'a'), 'utf8')).toBe('x'); // the same, not cut off
  });
});
