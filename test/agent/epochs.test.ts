import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ContextWindow } from '../../src/context/window.ts';
import {
  askAgent as ask,
  conversation,
  logged,
  prompts,
  startScripted as start,
  told,
} from '../support/agent.ts';
import { callsIn } from '../support/journal.ts';
import { toolCall as call } from '../support/ollama-server.ts';
import { git, temporaryFolder, temporaryRepository } from '../support/workspace.ts';
import { readLog } from '../support/session.ts';

const LIST = call('list_files', {});

describe('within an epoch', () => {
  it('each prompt is the one before, its reply, and one more turn', async () => {
    const root = temporaryRepository({ 'a.txt': 'one\n' });
    const replies = [
      call('read_file', { path: 'a.txt' }),
      '',
      '<tool>{',
      'done',
      call('write_file', { path: 'b.txt', content: 'two\n' }),
      LIST,
      LIST,
      LIST,
      'done',
      call('patch_file', { path: 'a.txt', old_text: 'one', new_text: '1' }),
      'done',
    ];
    const { agent, model, session } = await start(replies, { root });
    for (const request of ['read', 'write', 'patch']) await ask(agent, request);

    const sent = prompts(model);
    expect(sent).toHaveLength(replies.length);
    for (const [at, turns] of sent.slice(1).entries()) {
      const before = sent[at] ?? [];
      const reply = { role: 'assistant', content: replies[at] };
      expect(turns).toEqual([...before, reply, expect.objectContaining({ role: 'user' })]);
    }
    expect(callsIn(readLog(session.path).records).map(({ turns }) => turns)).toEqual(sent);
  });

  it('what changed in the workspace is told before the next request', async () => {
    const root = temporaryRepository({ 'README.md': 'old words' });
    const { agent, model } = await start(['done', 'done', 'done'], { root });
    await ask(agent, 'first');
    await ask(agent, 'second');
    git(root, 'switch', '-q', '-c', 'topic');
    fs.writeFileSync(path.join(root, 'README.md'), 'new words');
    await ask(agent, 'third');

    const systems = prompts(model).map(([system]) => system?.content);
    expect(systems[0]).toMatch(/- branch: main[^]*old words/);
    expect(systems).toEqual([systems[0], systems[0], systems[0]]);
    const [, second, third] = told(model);
    expect(second).toBe('second');
    expect(third).toMatch(
      /^The workspace changed [^]*- branch: topic[^]*- status: +M README.md[^]*new words[^]*\n\nRequest: third$/,
    );
  });

  it('a reset starts over, with the workspace as it is', async () => {
    const root = temporaryRepository();
    const { agent, model } = await start(['done', 'done'], { root });
    await ask(agent, 'omega');
    git(root, 'switch', '-q', '-c', 'topic');
    agent.reset();
    await ask(agent, 'second');
    const [, second = []] = prompts(model);
    expect(second[0]?.content).toContain('- branch: topic\n');
    expect(conversation(model)).toEqual(['user: second']);
    expect(JSON.stringify(second)).not.toMatch(/omega|The workspace changed|- branch: main/);
  });
});

describe('a full window', () => {
  it('drops the oldest entries and keeps the newest and the request, after a resume as well', async () => {
    const names = [...'abcdefghijklmnop'];
    const files = names.map((name) => [`${name}.txt`, `${name}${name}\n`.repeat(30)]);
    const reads = names.map((name) => call('read_file', { path: `${name}.txt` }));
    const root = temporaryFolder(Object.fromEntries(files));
    const setting = { root, numCtx: 3_584, maxSteps: 20 };
    const { agent, model, session, store } = await start([...reads, 'done'], setting);
    const { end, types } = await ask(agent, 'Read all of them.');
    expect(end.reason).toBe('answer');
    expect(types).toContain('compacted');

    const window = new ContextWindow(3_584);
    for (const [step, turns] of prompts(model).slice(1).entries()) {
      const name = names[step] ?? '';
      expect(window.estimate(turns)).toBeLessThanOrEqual(window.room(512));
      expect(turns.some(({ content }) => content.includes('Read all of them.'))).toBe(true);
      expect(turns.at(-2)?.content).toBe(reads[step]);
      expect(turns.at(-1)?.content).toMatch(
        new RegExp(`^Result of .*\\n# ${name}.txt[^]*${name}${name}$`),
      );
    }
    session.close();
    const resumed = store.resume(session.id);
    resumed.close();
    expect(resumed.state).toEqual(session.state);
  });

  it('does not come of a page of dense text, which is as short as the window is small', async () => {
    const root = temporaryFolder({ 'a.txt': `${'\u7a97\u53e3'.repeat(20)}\n`.repeat(150) });
    const read = call('read_file', { path: 'a.txt' });
    for (const maxSteps of [6, 2]) {
      const { agent, model } = await start([read, 'done'], { root, numCtx: 5_120, maxSteps });
      const { end, types } = await ask(agent, 'Read it.');
      expect(types).not.toContain('compacted');
      expect(end).toMatchObject({ reason: 'answer', text: 'done' });
      expect(conversation(model).slice(0, 2)).toEqual(['user: Read it.', `assistant: ${read}`]);
      expect(told(model)[1]).toMatch(
        /^Result of read_file:\n# a\.txt\n(?:.*\n){2,9}\(lines 1-\d of 150; /,
      );
    }
  });

  it('is an error, and nothing is recorded, where a compaction does not help', async () => {
    const first = await start(['one', 'two']);
    for (const request of ['first', 'second']) await ask(first.agent, request);
    const before = logged(first.session.path);
    expect(first.agent.compact()).toBe(0); // nor by hand
    const session = first.session;
    const { agent } = await start(['three'], { root: first.root, numCtx: 768, session });
    await expect(ask(agent, 'third')).rejects.toThrow(/--num-ctx \d+ or more/);
    const more = logged(session.path).slice(before.length);
    expect(more).toEqual(['user', 'epoch', 'failure']);
  });
});
