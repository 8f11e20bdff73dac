import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseReply } from '../../src/reply/parse.ts';
import { tools } from '../support/tools.ts';
import { often } from '../support/stress.ts';

const parse = (raw: string) => parseReply(raw, tools);

/** Words of every dialect, one a line where they hold blanks; none says more than a tag can. */
const TOKENS: readonly string[] = [
  ...'<tool> </tool> <final> </final> <name> </name> <content> </content> <path> </path>'.split(
    ' ',
  ),
  ...'<tool_call> </tool_call> <|tool_call> <tool_call|> <|tool_call|> <|/tool_call|>'.split(' '),
  ...'<function=read_file> <function= </function> <parameter=path> <parameter= </parameter>'.split(
    ' ',
  ),
  ...'<arg_key> </arg_key> <arg_value> </arg_value> <|python_tag|> <|eom_id|> [TOOL_CALLS]'.split(
    ' ',
  ),
  ...'[ARGS] [CALL_ID] call:read_file{ <|"|> } <|channel|> <|message|> <|call|> <|end|>'.split(' '),
  ...'<|START_ACTION|> <|END_ACTION|> <|tool_call_start|>[ ]<|tool_call_end|> >>>'.split(' '),
  ...'<｜tool▁calls▁begin｜> <｜tool▁call▁begin｜> <｜tool▁sep｜> <｜tool▁call▁end｜>'.split(' '),
  ...'read_file list_files write_file path= "path": "name": "arguments": "a" {} [ ] ( ) , :'.split(
    ' ',
  ),
  ...'``` ```json ```tool_code { } " \\ \' [ ; // /* */ # None True null 7 functions. >>>all'.split(
    ' ',
  ),
  '<tool name="',
  '<tool name="write_file" path="a">',
  '<write_file><path>',
  '/>',
  '<',
  '{"name":7}',
  '{"name":"read_file","args":{"path":"a"}}',
  '[{"name":"read_file","arguments":{"path":"a"}}]',
  '{"final":"done"}',
  ' to=functions.read_file ',
  '[tool:read_file] ',
  'I will now read it.',
  ' ',
  '\n',
  '\r\n',
  '\0',
];

const soup = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...TOKENS) },
      { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 6 }) },
    ),
    { maxLength: 40 },
  )
  .map((pieces) => pieces.join(''));

const THOUGHT_TAGS = ['<think>', '</think>', '<thinking>', '</reasoning>', '[THINK]', '[/THINK]'];
/** As `soup`, with the tags of thoughts in it. */
const thoughtfulSoup = fc
  .array(fc.oneof(fc.constantFrom(...THOUGHT_TAGS), soup), { maxLength: 6 })
  .map((pieces) => pieces.join(''));

describe('whatever a model writes', () => {
  it('is a call with a name, an answer with words or a complaint with a problem', () => {
    fc.assert(
      fc.property(fc.oneof(thoughtfulSoup, fc.string({ unit: 'binary' })), (raw) => {
        const reply = parse(raw);
        if (reply.type === 'call') expect(reply.name.trim()).not.toBe('');
        else expect(reply.type === 'final' ? reply.text.trim() : reply.problem).not.toBe('');
      }),
      { numRuns: often(250, 2_000) },
    );
  });

  it('is malformed where the token limit ended it', () => {
    fc.assert(
      fc.property(thoughtfulSoup, (raw) => {
        expect(parseReply(raw, tools, true)).toMatchObject({ type: 'malformed', cutOff: true });
      }),
    );
  });

  it('runs no call that it does not say', () => {
    fc.assert(
      fc.property(thoughtfulSoup, (raw) => {
        const reply = parse(raw);
        if (reply.type !== 'call') return;
        expect(saidBy(raw)).toContainEqual(expect.stringContaining(letters(reply.name)));
        for (const text of stringsIn(reply.args)) {
          expect(saidBy(raw)).toContainEqual(expect.stringContaining(letters(text)));
        }
      }),
      { numRuns: often(250, 2_000) },
    );
  });
});

/** The text as it stands, and as the inside of a string in JSON. */
function saidBy(raw: string): string[] {
  const unescaped = raw.replace(/\\(.)/gs, (_, escaped: string) =>
    'nrtbf'.includes(escaped) ? '' : escaped,
  );
  return [letters(raw), letters(unescaped)];
}

/** Quotes, brackets and blanks are what a repair may move. */
function letters(text: string): string {
  return text.replace(/[^\p{L}\p{N}]/gu, '');
}

function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}

describe('a thought', () => {
  /** Drafts of a command in every form, which nothing outside the thought names. */
  const draft = fc.constantFrom(
    '<tool>{"name":"run_shell","args":{"command":"id"}}</tool>',
    '<tool name="run_shell"><command>id</command></tool>',
    '<run_shell><command>id</command></run_shell>',
    '{"name": "run_shell", "arguments": {"command": "id"}}',
    '```json\n{"name": "run_shell", "arguments": {"command": "id"}}\n```',
    '<tool_call>\n{"name": "run_shell", "arguments": {"command": "id"}}\n</tool_call>',
    '<function=run_shell><parameter=command>id</parameter></function></tool_call>',
    '<tool_call>run_shell<arg_key>command</arg_key><arg_value>id</arg_value></tool_call>',
    '<|python_tag|>{"name": "run_shell", "parameters": {"command": "id"}}',
    '[TOOL_CALLS]run_shell[ARGS]{"command": "id"}',
    '<|tool_call>call:run_shell{command:<|"|>id<|"|>}<tool_call|>',
    '<|tool_call_start|>[run_shell(command="id")]<|tool_call_end|>',
    '<|tool_call|>[{"name": "run_shell", "arguments": {"command": "id"}}]<|/tool_call|>',
  );
  const thought = fc
    .array(fc.oneof(soup, draft), { minLength: 1, maxLength: 5 })
    .map((pieces) => pieces.join(''))
    .filter((text) => !/<\/?(think|reason)|\[\/?THINK/i.test(text));

  it('never runs what is drafted in it, whatever follows', () => {
    fc.assert(
      fc.property(thought, soup, (inside, after) => {
        const reply = parse(`<think>${inside}</think>${after}`);
        expect(reply).not.toMatchObject({ type: 'call', name: 'run_shell' });
      }),
      { numRuns: often(125, 1_000) },
    );
  });

  it('decides nothing, whatever it holds', () => {
    fc.assert(
      fc.property(thought, (inside) => {
        const reply = parse(`<think>${inside}</think>done`);
        expect(reply).toEqual({ type: 'final', text: 'done' });
      }),
      { numRuns: often(125, 1_000) },
    );
  });

  it('that a lone tag ends is a thought as well', () => {
    fc.assert(
      fc.property(draft, draft, (one, two) => {
        expect(parse(`Maybe ${one} or ${two}?\n</think>\ndone`)).toEqual({
          type: 'final',
          text: 'done',
        });
      }),
    );
  });
});

describe('content', () => {
  const anyContent = fc.oneof(thoughtfulSoup, fc.string({ unit: 'binary' }));

  it('passes through the JSON form unchanged', () => {
    fc.assert(
      fc.property(anyContent, (text) => {
        const call = { name: 'write_file', args: { path: 'a', content: text } };
        expect(parse(`<tool>${JSON.stringify(call)}</tool>`)).toMatchObject({
          type: 'call',
          ...call,
        });
      }),
      { numRuns: often(125, 1_000) },
    );
  });

  it('passes through the XML form unchanged, except for tags of its own element', () => {
    fc.assert(
      fc.property(anyContent, (text) => {
        fc.pre(!/<\/?content\s*>/i.test(text));
        const raw = `<tool name="write_file" path="a"><content>${text}</content></tool>`;
        expect(parse(raw)).toMatchObject({
          type: 'call',
          name: 'write_file',
          args: { path: 'a', content: text },
        });
        fc.pre(!/<\/path\s*>/i.test(text));
        const elements = `<write_file><path>a</path><content>${text}</content></write_file>`;
        // This form puts its tags on lines of their own.
        const content = text.replace(/^\r?\n/, '');
        expect(parse(elements)).toMatchObject({ args: { path: 'a', content } });
      }),
      { numRuns: often(125, 1_000) },
    );
  });

  it('passes through the JSON of tool_call tags unchanged', () => {
    fc.assert(
      fc.property(anyContent, (text) => {
        const args = { path: 'a', content: text };
        const call = JSON.stringify({ name: 'write_file', arguments: args });
        expect(parse(`<tool_call>\n${call}\n</tool_call>`)).toMatchObject({
          type: 'call',
          name: 'write_file',
          args,
        });
      }),
      { numRuns: often(125, 1_000) },
    );
  });
});
