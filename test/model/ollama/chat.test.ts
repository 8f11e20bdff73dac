import { describe, expect, it } from 'vitest';
import type { Turn } from '../../../src/model/model.ts';
import { parseReply } from '../../../src/reply/parse.ts';
import { scriptedServer } from '../../support/program.ts';
import {
  inHarmony,
  type FakeOllamaOptions,
  type ScriptedReply,
} from '../../support/ollama-server.ts';
import { tools } from '../../support/tools.ts';
import { cannedServer } from './canned-server.ts';
import { generate, modelAt, REQUEST, TURNS } from './model-at.ts';

/** A server whose template cannot be learned, so that it is used there. */
const CHAT = { template: 'system-last', parser: 'qwen3.5' } as const;
const NATIVE =
  '<tool_call><function=run_shell><parameter=command>id</parameter></function></tool_call>';
const RUNS_ID = { type: 'call', name: 'run_shell', args: { command: 'id' } };

async function replyTo(script: ScriptedReply, options: FakeOllamaOptions = CHAT) {
  const server = await scriptedServer([script], options);
  const reply = await generate(modelAt(server.url));
  expect(server.calls.at(-1)?.path).toBe('/api/chat');
  return { ...reply, parsed: parseReply(reply.text, tools), call: server.calls.at(-1) };
}

describe('a conversation by /api/chat', () => {
  it('is sent as messages, with every field of a raw call', async () => {
    const { call } = await replyTo('Hello.');
    expect(call?.body).toEqual({
      model: 'small:1b',
      messages: TURNS,
      stream: true,
      truncate: false,
      keep_alive: '30m',
      options: { num_ctx: 8192, num_predict: 64, temperature: 0.2, top_p: 0.9 },
    });
  });

  it('lets no message speak as another role, and mends special tokens in the reply', async () => {
    const turns: Turn[] = [...TURNS.slice(0, 1), { role: 'user', content: 'See <|im_end|>.' }];
    const server = await scriptedServer(['It has < |im_end|>.'], CHAT);
    const { text } = await generate(modelAt(server.url), { ...REQUEST, turns });
    const messages = [TURNS[0], { role: 'user', content: 'See < |im_end|>.' }];
    expect(server.calls[0]?.body['messages']).toEqual(messages);
    expect(text).toBe('It has <|im_end|>.');
  });

  it('that ends in a reply is sent ahead with an empty user turn', async () => {
    const server = await scriptedServer([], CHAT);
    const turns: Turn[] = [...TURNS, { role: 'assistant', content: 'Hello.' }];
    await generate(modelAt(server.url), { ...REQUEST, turns, numPredict: 1 });
    const messages = [...turns, { role: 'user', content: '.' }];
    expect(server.calls[0]?.body['messages']).toEqual(messages);
  });

  it('keeps thoughts apart from the reply', async () => {
    const script = inHarmony('Hello.', 'The user greets me: <tool>{"name":"list_files"}</tool>');
    const { text, pieces } = await replyTo(script, { parser: 'harmony' });
    expect(text).toBe('Hello.');
    expect(pieces.join('')).toBe(text);
  });
});

describe('a native call that the server hands over', () => {
  it.each([
    ['alone', NATIVE],
    ['after a sentence', `I look.\n\n${NATIVE}`],
    ['after words without an end', `Let me look\n${NATIVE}`],
    ['before another one', `${NATIVE}\n${NATIVE.replace('>id<', '>ls<')}`],
    ['before prose', `${NATIVE}\nNow I know.`],
  ])('%s is the call', async (_, script) => {
    const { parsed, fault, pieces, text } = await replyTo(script);
    expect(parsed).toMatchObject(RUNS_ID);
    expect(fault).toBeUndefined();
    expect(pieces.join('')).toBe(text);
  });

  it('of gpt-oss is the call', async () => {
    const script =
      '<|channel|>analysis<|message|>I run it.<|end|><|start|>assistant<|channel|>commentary ' +
      'to=functions.run_shell <|constrain|>json<|message|>{"command":"id"}<|call|>';
    expect((await replyTo(script, { parser: 'harmony' })).parsed).toMatchObject(RUNS_ID);
  });

  it.each([
    ['a whole call in our form', '<tool>{"name":"list_files","args":{}}</tool>\n'],
    ['a block of code', 'Do not run this:\n```sh\n'],
    ['an object that has begun', '{"args":{"path":"f","content":"A '],
    ['a write in functions', '<function=write_file><parameter=content>Use\n'],
  ])('after %s may be a part of that, so the reply is faulty', async (_, before) => {
    const { fault } = await replyTo(`${before}${NATIVE}`);
    expect(fault).toMatch(/took a part of the reply/);
  });

  it.each([
    ['a write in XML', '<tool name="write_file" path="a"><content>So:\n', '\n</content></tool>\n.'],
    [
      'a write that shows a whole call of ours first',
      '<tool name="write_file" path="a"><content><tool>{"name":"x"}</tool> or ',
      '</content></tool>\n.',
    ],
    ['a write in JSON', '<tool>{"name":"write_file","args":{"content":"', '"}}</tool>\n.'],
    ['a write in bare JSON', '{"name":"write_file","args":{"path":"a","content":"', '"}}\n.'],
    ['a write by its name', '<write_file><path>a</path><content>', '</content></write_file>\n.'],
    ['an answer', '<final>It begins by ', ' there.</final>\n.'],
  ])('out of %s is a fault, and no more of the reply is waited for', async (_, before, after) => {
    for (const parts of [[before, NATIVE, after], [`${before}${NATIVE}${after}`]]) {
      const { fault, pieces } = await replyTo({ parts });
      expect(fault).toBe('the server took a part of the reply for a native tool call');
      expect(before.startsWith(pieces.join(''))).toBe(true);
    }
  });

  it('that is not a call is left out', async () => {
    const calls = [null, 7, {}, { function: null }, { function: { arguments: {} } }];
    const message = { role: 'assistant', content: 'Hi', tool_calls: calls };
    const { url } = await cannedServer({
      '/api/show': [{ remote_host: 'elsewhere' }],
      '/api/chat': [{ message, done: true }],
    });
    expect(await generate(modelAt(url))).toMatchObject({ text: 'Hi', fault: undefined });
  });
});

describe('a native call that the server cannot read', () => {
  const json = (error: string) => JSON.stringify({ error });
  const line = (content: string) => `${JSON.stringify({ message: { content }, done: false })}\n`;
  const SAID = [
    'EOF',
    'unexpected EOF',
    'unexpected end of JSON input',
    "failed to parse JSON: invalid character 'x' looking for beginning of value",
    'XML syntax error on line 3: element <parameter> closed by </function>',
    "tool 'read_file' not found",
    'error parsing tool call: raw=\'{"a"\', err=unexpected end of JSON input',
  ];

  it('since it is nested too deep, makes the reply faulty', async () => {
    const deep = '{"a":'.repeat(2_000) + '1' + '}'.repeat(2_000);
    const call = `{"function":{"name":"read_file","arguments":${deep}}}`;
    const { text, fault } = await replyTo({ raw: [`{"message":{"tool_calls":[${call}]}}\n`] });
    expect(text).toBe('');
    expect(fault).toContain('its arguments are nested too deep');
  });

  it.each(SAID)('makes the reply faulty, reported as a line: %s', async (error) => {
    const { text, fault } = await replyTo({ raw: [line('Let me '), line('see'), json(error)] });
    expect(text).toBe('Let me see');
    expect(fault).toContain('could not read the tool call in the reply');
    expect(fault).toContain(error.slice(0, 20));
  });

  it.each(SAID)('makes the reply faulty, reported as a status: %s', async (error) => {
    const { text, fault } = await replyTo({ status: 500, body: json(error) });
    expect(text).toBe('');
    expect(fault).toContain('could not read the tool call in the reply');
    expect(fault).toContain(error.slice(0, 20));
  });

  it.each([
    ['in JSON where elements are read', '<tool_call>{"name":"x"}</tool_call>', 'qwen3.5'],
    [
      'in elements that are not closed',
      '<tool_call><function=x><parameter=a></tool_call>',
      'qwen3.5',
    ],
    ['in elements where JSON is read', NATIVE, 'json-in-tag'],
  ] as const)('%s is a reply with a fault', async (_, script, parser) => {
    expect((await replyTo(script, { ...CHAT, parser })).fault).toBeDefined();
  });

  it('of a tool that was not listed is a reply with a fault', async () => {
    const { fault } = await replyTo(NATIVE, { ...CHAT, refusesUnknownTools: true });
    expect(fault).toContain("tool 'run_shell' not found");
  });

  it.each([
    [400, "tool 'x' not found"],
    [500, 'llama runner crashed'],
    [500, 'Post "http://127.0.0.1:4711/completion": EOF'],
  ])('is not what %i %s means', async (status, error) => {
    const failed = replyTo({ status, body: json(error) });
    await expect(failed).rejects.toMatchObject({ name: 'ModelError', kind: 'protocol' });
  });

  it('does not concern a raw call, whose errors are failures', async () => {
    const server = await scriptedServer([{ status: 500, body: json('EOF') }]);
    const failure = { name: 'ModelError', kind: 'protocol' };
    await expect(generate(modelAt(server.url))).rejects.toMatchObject(failure);
  });
});

describe('a template that opens a thought before the reply', () => {
  const rendered_template = `Zsystemz\nUser: Zuseronez\nBot: Zreplyonez\nUser: Zusertwoz\nBot: Zreplytwoz\nUser: Zuserthreez\nBot: `;
  const draft = '<tool>{"name":"run_shell","args":{"command":"id"}}</tool>';
  /** The rendering and the reply have one route: each reads its own fields. */
  const replying = (opening: string, ...messages: Record<string, string>[]) =>
    cannedServer({
      '/api/show': [{}],
      '/api/chat': [
        {
          _debug_info: { rendered_template: `${rendered_template}${opening}\n` },
          message: messages[0],
          done: false,
        },
        ...messages.slice(1).map((message) => ({ message, done: false })),
        { message: { content: '' }, done: true, done_reason: 'stop' },
      ],
    });

  it.each([
    ['<think>', '</think>'],
    ['<seed:think>', '</seed:think>'],
    ['<|begin_of_thought|>', '<|end_of_thought|>'],
    ['[THINK]', '[/THINK]'],
    ['◁think▷', '◁/think▷'],
  ])(
    'by %s turns the start of the reply into a thought, from which nothing is called',
    async (opening, close) => {
      const { url } = await replying(
        opening,
        { content: `Maybe ${draft}?` },
        { content: `${close}No.` },
      );
      const { text } = await generate(modelAt(url));
      expect(text).toBe(`<think>Maybe ${draft}?${close}No.`);
      expect(parseReply(text, tools)).toEqual({ type: 'final', text: 'No.' });
    },
  );

  it.each([
    ...'<analysis> <plan> <scratchpad> <start_working_out> <inner_monologue>'.split(' '),
    ...'<|inner_prefix|> <unused94>thought <|channel>thought <｜begin▁of▁thinking｜>'.split(' '),
  ])('by %s leaves the reply no call', async (opening) => {
    const { url } = await replying(opening, { content: `Maybe ${draft}? No.` });
    expect(parseReply((await generate(modelAt(url))).text, tools)).not.toMatchObject({
      type: 'call',
    });
  });

  it('does not change a reply whose thoughts the server sends separately', async () => {
    const { url } = await replying(
      '<think>',
      { content: '', thinking: 'Hm.' },
      { content: 'Yes.' },
    );
    expect(await generate(modelAt(url))).toMatchObject({ text: 'Yes.' });
  });
});
