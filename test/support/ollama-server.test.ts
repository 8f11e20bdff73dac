import { describe, expect, it } from 'vitest';
import { ask, linesOf, recordings, shapeOf, type Recording } from './ollama/recordings.ts';
import type { FakeOllamaOptions, WholeReply } from './ollama-server.ts';
import { scriptedServer } from './program.ts';

const NAMES = ['q35r', 'llr', 'gemma', 'smol', 'tiny-gemma3', 'tiny-llama', 'tiny-qwen35', 'q35'];
const QWEN: FakeOllamaOptions = { template: 'qwen3.5', parser: 'qwen3.5', architecture: 'hybrid' };
const MODELS: Record<string, FakeOllamaOptions> = {
  q35r: QWEN,
  smol: { template: 'chatml', architecture: 'plain' },
  'tiny-llama': { template: 'none', architecture: 'plain' },
};

/** What the recorded reply says, piece by piece, and why it ended. */
function scriptOf({ path, body }: Recording): WholeReply & { parts: string[] } {
  if (!/generate|chat/.test(path)) return { parts: [] };
  const lines = linesOf(body);
  const pieces = lines.flatMap(({ response, message }) => {
    const text = response ?? (message as { content: string } | undefined)?.content ?? '';
    return text ? [String(text)] : [];
  });
  const { done, done_reason: doneReason = 'stop' } = lines.at(-1) ?? {};
  return { parts: pieces, doneReason: String(doneReason), withoutDone: done === false };
}

const sent = recordings();
const recorded = (name: string) => sent.find(([each]) => each === name)?.[1] as Recording;
const long = Array.from({ length: 3_000 }, (_, index) => `${index + 1} `).join('');
const full = (text: string) => text.replaceAll('1 2 3 ... 3000 ', long);

/** Sends a recorded request to a server that is set as the recorded one was. */
async function sendAgain(recording: Recording, script = [scriptOf(recording)]) {
  const { request } = recording;
  const options = MODELS[String(request?.['model'])] ?? QWEN;
  const models = NAMES.map((name) => `${name}:latest`);
  const server = await scriptedServer(script, { ...options, models });
  const body = request && (JSON.parse(full(JSON.stringify(request))) as typeof request);
  return { server, answer: await ask(server.url, recording.path, body) };
}

describe('a recorded request', () => {
  it.each(sent)('is answered with the same status and headers: %s', async (name, recording) => {
    const { answer } = await sendAgain(recording);
    const told = (headers: [string, string][]) =>
      headers.map(([key, value]) => [key, /^(Date|Content-Length)$/.test(key) ? '' : value]);
    expect(answer.status).toBe(recording.status);
    expect(told(answer.headers), name).toEqual(told(recording.headers));
  });

  it.each(sent.filter(([name]) => name !== 'show' && name !== 'tags'))(
    'is answered with the same keys in the same order, and the same types: %s',
    async (_, recording) => {
      const { answer } = await sendAgain(recording);
      const different = (body: string) =>
        new Set(linesOf(body).map((l) => JSON.stringify(shapeOf(l))));
      expect(different(answer.body)).toEqual(different(recording.body));
    },
  );

  it.each(['render-chat', 'render-generate'])(
    'for a rendering is answered with exactly the same text, and calls no model: %s',
    async (name) => {
      const recording = recorded(name);
      const { server, answer } = await sendAgain(recording);
      const past = ({ body }: { body: string }) => body.trim().replace(/"created_at":"[^"]+"/, '');
      expect(past(answer)).toBe(past(recording));
      expect(server.calls).toEqual([]);
      expect(server.renders).toEqual([recording.request]);
    },
  );

  it.each(['raw-stream', 'chat-stream', 'format-raw'])(
    'has the same text, piece by piece: %s',
    async (name) => {
      const recording = recorded(name);
      const { server, answer } = await sendAgain(recording);
      const text = ({ body }: { body: string }) =>
        linesOf(body).map((line) => [line['response'], line['message'], line['done_reason']]);
      expect(text(answer)).toEqual(text(recording));
      expect(server.calls[0]?.reply).toBe(scriptOf(recording).parts.join(''));
    },
  );

  it.each(['overflow-raw', 'overflow-chat'])(
    'that does not fit is refused with the counts in a text of JSON, and uses no reply: %s',
    async (name) => {
      const recording = recorded(name);
      const { server, answer } = await sendAgain(recording, []);
      const said = ({ body }: { body: string }) => body.trim().replaceAll(/13\d{3}|\d{5}/g, 'N');
      expect(said(answer)).toBe(said(recording));
      server.push('Hello.');
      const next = await ask(server.url, '/api/generate', {
        model: 'q35r',
        prompt: 'x',
        raw: true,
      });
      expect(next.body).toContain('Hello.');
    },
  );

  it('whose reply repeats itself ends after 31 equal pieces, without a last line', async () => {
    const recording = recorded('repeat-limit');
    const parts = [...Array<string>(4).fill('ֶ'), ...Array<string>(400).fill(' carp')];
    const { answer } = await sendAgain(recording, [{ parts, doneReason: 'length' }]);
    const lines = linesOf(answer.body);
    const leftOut = Number(/\((\d+) more lines/.exec(recording.body)?.[1]);
    expect(lines).toHaveLength(linesOf(recording.body).length + leftOut);
    expect(lines.filter(({ response }) => response === ' carp')).toHaveLength(31);
    expect(lines.at(-1)?.['done']).toBe(false);
  });

  it('for a missing model says so in the same words', async () => {
    const { answer } = await sendAgain(recorded('missing'));
    expect(answer.body).toBe(recorded('missing').body.trim());
  });

  it('to show a model returns what the recorded one does', async () => {
    const { answer } = await sendAgain(recorded('show'));
    const [real = ''] = recorded('show').body.split(',"tensors"');
    const theirs = JSON.parse(`${real}}`) as Record<string, Record<string, unknown>>;
    const ours = JSON.parse(answer.body) as typeof theirs;
    const more = ['tensors', 'capabilities', 'modified_at'];
    expect(Object.keys(ours)).toEqual([...Object.keys(theirs), ...more]);
    expect(shapeOf(ours['details'])).toEqual(shapeOf(theirs['details']));
    const info = ours['model_info'] ?? {};
    const same = Object.entries(theirs['model_info'] ?? {}).filter(([key]) => key in info);
    expect(shapeOf(info)).toEqual(shapeOf(Object.fromEntries(same)));
    const lines = (value: unknown) => String(value).match(/^(TEMPLATE|RENDERER|PARSER) .*$/gm);
    expect(lines(ours['modelfile'])).toEqual(lines(theirs['modelfile']));
    expect(info['qwen35.context_length']).toBe(32_768);
  });

  it('for the list of models names each with the same keys', async () => {
    const { answer } = await sendAgain(recorded('tags'));
    expect(shapeOf(JSON.parse(answer.body))).toEqual(shapeOf(JSON.parse(recorded('tags').body)));
    const names = (body: string) => [...body.matchAll(/"name":"([^"]+)"/g)].map(([, name]) => name);
    expect(names(answer.body)).toEqual(names(recorded('tags').body));
  });
});
