import { describe, expect, it } from 'vitest';
import { askAgent as ask } from '../support/agent.ts';
import { toolCall } from '../support/ollama-server.ts';
import { DONE, READS, start } from './on-server.ts';
import { readLog } from '../support/session.ts';

const [READ = ''] = READS;
const PROSE = '\nNow I have read it, and go on and on about what it says.\n'.repeat(3);

describe('a reply that continues after its call or answer', () => {
  it.each([
    ['prose', PROSE],
    [
      'an imagined result and a risky call',
      `\nResult of read_file:\n# old\n${toolCall('run_shell', { command: 'touch made' })}\n`,
    ],
    ['newlines', '\n\n'.repeat(60)],
  ])('with %s is ended after the call, and recorded without the rest', async (_, more) => {
    const { server, agent, session } = await start([{ text: READ + more, stall: true }, DONE]);
    const { end, events } = await ask(agent, 'Read.');
    await server.calls[0]?.closed;
    expect(end.text).toBe('Done.');
    expect(events.filter(({ type }) => type === 'tool_start')).toHaveLength(1);
    const replies = readLog(session.path).records.flatMap((record) =>
      record.type === 'model' ? [record.content] : [],
    );
    expect(replies).toEqual([READ, DONE]);
    const [first = '', second = ''] = server.calls.map(({ prompt }) => prompt);
    expect(second.startsWith(`${first}${READ}<|im_end|>`)).toBe(true);
  });

  it('is recorded as the answer alone', async () => {
    const { agent } = await start([{ text: `${DONE}${PROSE}`, stall: true }]);
    expect((await ask(agent, 'Go.')).end).toMatchObject({ reason: 'answer', text: 'Done.' });
  });

  it('with another turn ends before that turn', async () => {
    const text = 'It is 42.<|im_end|>\n<|im_start|>user\nThanks';
    const { agent } = await start([{ text, stall: true }]);
    expect((await ask(agent, 'What?')).end).toMatchObject({ reason: 'answer', text: 'It is 42.' });
  });

  it('in a loop is ended, kept once and retried as JSON', async () => {
    const { server, agent, session } = await start([
      { text: `So it is. ${'I read the file again. '.repeat(50)}`, stall: true },
      DONE,
    ]);
    expect((await ask(agent, 'Go.')).end.text).toBe('Done.');
    await server.calls[0]?.closed;
    const [first] = readLog(session.path).records.filter(({ type }) => type === 'model');
    expect(first).toMatchObject({ done_reason: 'loop' });
    expect(JSON.stringify(first)).not.toMatch(/(I read the file again\. .*){3}/);
    expect(server.calls.map(({ body }) => 'format' in body)).toEqual([false, true]);
  });

  it('keeps special tokens of a file whole, though it was cut short', async () => {
    const content = 'ends by <|im_end|>\n';
    const broken = content.replace('<|', '< |');
    const write = toolCall('write_file', { path: 'new.txt', content: broken });
    const { agent, root } = await start([{ text: write + PROSE, stall: true }, DONE]);
    await ask(agent, 'Write what says <|im_end|>.');
    const { default: fs } = await import('node:fs');
    expect(fs.readFileSync(`${root}/new.txt`, 'utf8')).toBe(content);
  });
});

describe('a stream that ends early', () => {
  it('after a complete call has lost nothing', async () => {
    const { agent } = await start([{ text: `${READ}\n\n`, withoutDone: true }, DONE]);
    expect((await ask(agent, 'Read.')).types).toContain('tool_end');
  });

  it('anywhere else makes the reply unusable', async () => {
    const { server, agent } = await start([{ text: READ.slice(0, -9), withoutDone: true }, DONE]);
    const { types, end } = await ask(agent, 'Read.');
    expect(types).toContain('malformed');
    expect(end.text).toBe('Done.');
    expect(server.calls.map(({ body }) => 'format' in body)).toEqual([false, true]);
  });
});

describe('a reply from which the server removed a native call', () => {
  it('is never run, however complete the rest looks', async () => {
    const native = '<tool_call><function=x></function></tool_call>';
    const text = `<tool name="write_file" path="new.txt"><content>a ${native} b</content></tool>\nI wrote it.\n`;
    const { agent, server } = await start(
      [text, DONE],
      {},
      { template: 'system-last', parser: 'qwen3.5' },
    );
    const { types } = await ask(agent, 'Write.');
    expect(types).not.toContain('tool_start');
    expect(types).toContain('malformed');
    expect(server.calls).toHaveLength(2);
  });
});
