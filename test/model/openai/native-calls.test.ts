/** Calls that the server's own parser has taken out of the text. */
import { describe, expect, it } from 'vitest';
import { parseReply } from '../../../src/reply/parse.ts';
import { chunkOf, eventOf } from '../../support/openai-server.ts';
import { openaiServer } from '../../support/program.ts';
import { tools } from '../../support/tools.ts';
import { generate } from '../ollama/model-at.ts';
import { openaiAt } from './openai-at.ts';

const text = (content: string) => chunkOf('small:1b', { content });
const called = (...tool_calls: object[]) => chunkOf('small:1b', { tool_calls });
const END = chunkOf('small:1b', {}, 'tool_calls');
const RUNS_ID = { type: 'call', name: 'run_shell', args: { command: 'id' } };

/** A call in the fragments that it is streamed in. */
const inFragments = (index = 0, name = 'run_shell', args = '{"command":"id"}') => [
  called({ index, id: 'call_1', type: 'function', function: { name, arguments: '' } }),
  ...[args.slice(0, 5), args.slice(5)].map((each) =>
    called({ index, function: { arguments: each } }),
  ),
];

async function replyTo(...parts: object[]) {
  const raw = [...parts.map(eventOf), 'data: [DONE]\n\n'];
  const server = await openaiServer([{ raw }]);
  const reply = await generate(openaiAt(server.url));
  return { ...reply, parsed: parseReply(reply.text, tools) };
}

describe('a native call that the server hands over', () => {
  it.each<[string, object[]]>([
    ['alone', inFragments()],
    ['after words', [text('Let me look'), ...inFragments()]],
    ['before another one', [...inFragments(), ...inFragments(1, 'list_files', '{}')]],
    ['at once', [called({ function: { name: 'run_shell', arguments: '{"command":"id"}' } })]],
    ['as an object', [called({ function: { name: 'run_shell', arguments: { command: 'id' } } })]],
  ])('%s is the call', async (_, parts) => {
    const { parsed, fault, pieces, text: whole, doneReason } = await replyTo(...parts, END);
    expect(parsed).toMatchObject(RUNS_ID);
    expect({ fault, doneReason }).toEqual({ fault: undefined, doneReason: 'stop' });
    expect(pieces.join('')).toBe(whole);
  });

  it('without arguments has none', async () => {
    const { parsed } = await replyTo(...inFragments(0, 'list_files', ''), END);
    expect(parsed).toMatchObject({ type: 'call', name: 'list_files', args: {} });
  });

  it.each([
    '<tool name="write_file" path="a"><content>So:\n',
    '<final>It begins by ',
    '{"args":{"content":"A ',
    'Do not run this:\n```sh\n',
  ])(
    'after %j may be a part of that, so the reply is faulty, and no more is waited for',
    async (before) => {
      const { fault, pieces } = await replyTo(text(before), ...inFragments(), text('</content>'));
      expect(fault).toBe('the server took a part of the reply for a native tool call');
      expect(pieces.join('')).toBe(before);
    },
  );

  it('whose arguments are no JSON makes the reply faulty', async () => {
    const { fault, text: whole } = await replyTo(
      ...inFragments(0, 'run_shell', '{"command":'),
      END,
    );
    expect(fault).toContain('could not read the tool call in the reply');
    expect(whole).toBe('');
  });

  const depth = 2_000;
  const asText = '['.repeat(depth) + ']'.repeat(depth);
  it.each([
    ['text', JSON.stringify(asText)],
    ['an object', `{"deep":${asText}}`],
  ])('whose arguments are nested too deep, as %s, makes the reply faulty', async (_, json) => {
    const call = `data: {"choices":[{"delta":{"tool_calls":[{"function":{"name":"read_file","arguments":${json}}}]}}]}\n\n`;
    const server = await openaiServer([{ raw: [call, eventOf(END)] }]);
    const { fault, text: whole } = await generate(openaiAt(server.url));
    expect({ fault, whole }).toEqual({
      fault:
        'the server could not read the tool call in the reply (its arguments are nested too deep)',
      whole: '',
    });
  });

  it('without end is ended where it is longer than its tokens can be', async () => {
    const long = called({ index: 0, function: { arguments: 'a b '.repeat(20_000) } });
    await expect(replyTo(long, END)).rejects.toThrow('sent a reply without an end');
  });
});
