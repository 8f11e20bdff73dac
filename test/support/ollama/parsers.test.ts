import { describe, expect, it } from 'vitest';
import {
  inHarmony,
  toolCall,
  type FakeOllamaOptions,
  type ScriptedReply,
} from '../ollama-server.ts';
import { scriptedServer } from '../program.ts';
import { ask, linesOf } from './recordings.ts';

interface Message {
  content: string;
  thinking?: string;
  tool_calls?: { id?: string; function: Record<string, unknown> }[];
}

const XML =
  '<tool_call>\n<function=read_file>\n<parameter=path>\na.txt\n</parameter>\n<parameter=start>\n3\n</parameter>\n</function>\n</tool_call>';
const JSON_CALL = '<tool_call>\n{"name": "read_file", "arguments": {"start": 3}}\n</tool_call>';

/** What a reply becomes on its way to the client. */
async function said(
  reply: ScriptedReply,
  options: FakeOllamaOptions,
  where: 'chat' | 'generate' | 'raw' = 'chat',
  more: Record<string, unknown> = {},
) {
  const server = await scriptedServer([reply], options);
  const turn = { role: 'user', content: 'Go.' };
  const asked = where === 'chat' ? { messages: [turn] } : { prompt: 'Go.', raw: where === 'raw' };
  const path = where === 'chat' ? '/api/chat' : '/api/generate';
  const body = { model: 'm', think: false, ...asked, ...more };
  const { status, body: text } = await ask(server.url, path, body);
  const lines = linesOf(text);
  const messages = lines.flatMap((line): Message[] =>
    'error' in line ? [] : [(line['message'] ?? { ...line, content: line['response'] }) as Message],
  );
  return {
    status,
    messages,
    text: messages.map(({ content }) => content).join(''),
    thoughts: messages.map(({ thinking }) => thinking ?? '').join(''),
    calls: messages.flatMap((message) => message.tool_calls ?? []).map((call) => call.function),
    lines,
    error: lines.at(-1)?.['error'],
    reply: server.calls[0]?.reply,
  };
}

const qwen: FakeOllamaOptions = { parser: 'qwen3.5' };
const read = (args: Record<string, unknown>) => [{ index: 0, name: 'read_file', arguments: args }];

describe('a native call', () => {
  it('is in the text of a raw reply', async () => {
    const { text, calls } = await said(`First: ${XML}`, qwen, 'raw');
    expect({ text, calls }).toEqual({ text: `First: ${XML}`, calls: [] });
  });

  it('is handed over by /api/chat where it ends, with values that are strings', async () => {
    const { messages, text, calls } = await said(`First: ${XML} then more.`, qwen);
    expect(calls).toEqual(read({ path: 'a.txt', start: '3' }));
    expect(text).toBe('First:then more.');
    expect(messages.findIndex((message) => message.tool_calls)).toBe(1);
    expect(messages.length).toBeGreaterThan(2);
  });

  it('is dropped by /api/generate, unless the reply ends with it', async () => {
    const within = await said(`First: ${XML} then more and yet more.`, qwen, 'generate');
    expect(within).toMatchObject({ text: 'First:then more and yet more.', calls: [] });
    const last = await said(`First: ${XML}`, qwen, 'generate');
    expect(last).toMatchObject({ text: 'First:', calls: read({ path: 'a.txt', start: '3' }) });
    expect(last.lines.at(-1)).toMatchObject({ done: true, tool_calls: [{}] });
    expect(last.reply).toBe(`First: ${XML}`);
  });

  it('that is merely quoted in a tag of ours is removed from it as well', async () => {
    const reply = toolCall('write_file', { content: `How to call: ${JSON_CALL}.` });
    const { text, error } = await said(reply, { parser: 'json-in-tag' }, 'generate');
    expect(error).toMatch(/^failed to parse JSON/);
    expect(text).toBe('<tool>{"name":"write_file","args":{"content":"How to call:');
    const xml = `<write_file>How: ${XML}.</write_file>`;
    expect((await said(xml, qwen, 'generate')).text).toBe('<write_file>How:.</write_file>');
  });

  it('in a reply of one object is dropped where the request lists no tools', async () => {
    const without = await said(XML, qwen, 'chat', { stream: false });
    expect(without).toMatchObject({ text: '', calls: [], lines: [{ done: true }] });
    const tools = [{ type: 'function', function: { name: 'read_file' } }];
    const listed = await said(XML, qwen, 'chat', { stream: false, tools });
    expect(listed.calls).toHaveLength(1);
  });

  it('that is never closed is lost', async () => {
    expect(await said('Look: <tool_call>\n<function=x>', qwen)).toMatchObject({
      text: 'Look:',
      calls: [],
      error: undefined,
    });
  });

  it('in JSON keeps the types of its values', async () => {
    const { calls } = await said(JSON_CALL, { parser: 'json-in-tag' });
    expect(calls).toEqual(read({ start: 3 }));
  });

  it.each<[string, ScriptedReply, FakeOllamaOptions, string | RegExp]>([
    ['JSON for a parser of XML', `So: ${JSON_CALL}`, qwen, 'EOF'],
    [
      'XML that is cut off',
      'So: <tool_call><function=x></tool_call>',
      qwen,
      'XML syntax error on line 1: unexpected EOF',
    ],
    [
      'a parameter that is not closed',
      'So: <tool_call><function=x><parameter=y>1</function></tool_call>',
      qwen,
      /^XML syntax error .* element <parameter> closed by <\/function>$/,
    ],
    ['XML for a parser of JSON', `So: ${XML}`, { parser: 'json-in-tag' }, /^failed to parse JSON/],
    [
      'a tool that is not listed',
      `So: ${JSON_CALL}`,
      { parser: 'json-in-tag', refusesUnknownTools: true },
      "tool 'read_file' not found",
    ],
    [
      'a broken call of gpt-oss',
      `${inHarmony('So: ')}<|end|><|start|>assistant<|channel|>commentary to=functions.x<|message|>{"a"<|call|>`,
      { parser: 'harmony' },
      /^error parsing tool call: raw='\{"a"', err=/,
    ],
  ])('that the parser cannot read ends the stream with an error: %s', async (...given) => {
    const [, reply, options, expected] = given;
    const { status, text, error, lines } = await said(reply, options);
    expect({ status, text: text.trim() }).toEqual({ status: 200, text: 'So:' });
    expect(error).toEqual(
      typeof expected === 'string' ? expected : expect.stringMatching(expected),
    );
    expect(lines.some(({ done }) => done)).toBe(false);
  });

  it('that cannot be read is HTTP 500 where nothing was sent before', async () => {
    expect(await said(JSON_CALL, qwen)).toMatchObject({ status: 500, lines: [{ error: 'EOF' }] });
  });
});

describe('thoughts', () => {
  it.each(['chat', 'generate'] as const)(
    'come apart by /api/%s where the request does not say no',
    async (where) => {
      const reply = 'Well,\nso.\n</think>\n\nYes.';
      const { text, thoughts, lines } = await said(reply, qwen, where, { think: true });
      expect({ text, thoughts }).toEqual({ text: 'Yes.', thoughts: 'Well,\nso.' });
      const first = JSON.stringify(lines[0]);
      expect(first).toMatch(/"(response|content)":"","thinking":"Well,[^}]*"\}?,"done":false\}$/);
    },
  );

  it('are the whole of a reply that never ends them', async () => {
    const { text, thoughts } = await said('Yes.', qwen, 'chat', { think: true });
    expect({ text, thoughts }).toEqual({ text: '', thoughts: 'Yes.' });
  });

  it('are removed from raw text if the template knows them, unless the request says no', async () => {
    const knows: FakeOllamaOptions = { template: 'chatml', takesThoughts: true };
    const reply = '<think>Well.</think>\n\nYes.';
    const unset = { think: undefined };
    expect(await said(reply, knows, 'raw', unset)).toMatchObject({
      text: 'Yes.',
      thoughts: 'Well.',
    });
    expect(await said(reply, knows, 'raw')).toMatchObject({ text: reply, thoughts: '' });
    expect(await said(reply, {}, 'raw', unset)).toMatchObject({ text: reply, thoughts: '' });
  });
});

describe('gpt-oss', () => {
  const harmony: FakeOllamaOptions = { parser: 'harmony' };
  const CALL =
    '<|channel|>commentary to=functions.read_file <|constrain|>json<|message|>{"start":3}<|call|>';

  it('has its thoughts and its answer sorted, whatever the request says about thinking', async () => {
    const { text, thoughts } = await said(inHarmony('Yes.', 'Well.'), harmony);
    expect({ text, thoughts }).toEqual({ text: 'Yes.', thoughts: 'Well.' });
  });

  it('stops at the end of a call, which comes with the last line', async () => {
    const { calls, lines } = await said(`${CALL}<|start|>assistant and more`, harmony);
    expect(calls).toEqual(read({ start: 3 }));
    expect(lines).toHaveLength(1);
  });

  it('says nothing if it names no channel', async () => {
    expect((await said('Yes.', harmony)).text).toBe('');
  });

  it('has no marks in a raw reply', async () => {
    const { text } = await said(`${inHarmony('', 'Well.')}${CALL}`, harmony, 'raw');
    expect(text).toBe(
      'analysisWell.assistantfinalcommentary to=functions.read_file json{"start":3}',
    );
  });
});
