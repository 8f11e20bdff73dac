import { describe, expect, it } from 'vitest';
import { AGENT_FORMATS } from '../../../src/reply/formats/agent-formats.ts';
import { DIALECTS } from '../../../src/reply/formats/dialects.ts';
import { mayHaveDialect } from '../../../src/reply/openings.ts';
import { parseReply } from '../../../src/reply/parse.ts';
import { allTools } from '../../../src/tools/index.ts';
import { corpus } from '../../fixtures/replies/index.ts';

const tools = new Map(allTools.map((tool) => [tool.name, tool]));
const parse = (raw: string) => parseReply(raw, tools);
const READ_A = { type: 'call', name: 'read_file', args: { path: 'a' } };

const NATIVE = DIALECTS.filter((row) => !AGENT_FORMATS.includes(row));

describe('the table of dialects', () => {
  it.each(NATIVE)('is right of $models: $looks', ({ models, looks }) => {
    expect(parse(looks)).toMatchObject(READ_A);
    const afterWords = /the whole reply/.test(models)
      ? { type: 'malformed', tool: 'read_file' }
      : READ_A;
    expect(parse(`Let me see.\n\n${looks}`)).toMatchObject(afterWords);
    expect(parse(`<think>Shall I?</think>\n${looks}`)).toMatchObject(READ_A);
    expect(parse(`<think>${looks}</think><final>no</final>`)).toMatchObject({ text: 'no' });
    expect(parse(`${looks}\n</think><final>no</final>`)).toMatchObject({ text: 'no' });
  });

  it.each([
    '<tool_call>[read_file "a"]</tool_call>',
    '<function=read_file',
    '<|python_tag|>read_file a',
    '<|tool_call|>read_file: a',
    '<|START_ACTION|>read_file a<|END_ACTION|>',
    '[TOOL_CALLS]read_file(a)',
    '<｜tool▁call▁begin｜>read_file<｜tool▁sep｜>path=a',
    '<|tool_call>call:read_file{path:<|"|>a',
    '<|tool_call_start|>[read_file(path=os.getcwd())]<|tool_call_end|>',
    '```tool_code\nread_file(path)\n```',
    '{"name":"read_file","arguments":{"path":"a" : }}',
  ])('does not guess at %s, and names the tool that was meant', (raw) => {
    expect(parse(raw)).toMatchObject({ type: 'malformed', tool: 'read_file' });
  });
});

describe('a sign of a dialect', () => {
  const openings = DIALECTS.flatMap(({ opening, begun }) => [opening, begun ?? opening]).map(
    (source) => new RegExp(source, 'iy'),
  );
  const opensAt = (opening: RegExp, text: string, at: number) => {
    opening.lastIndex = at;
    return opening.test(text);
  };

  /** The shortest parts of a text that open a call. */
  function opened(text: string): string[] {
    const places = Array.from({ length: text.length + 1 }, (_, at) => at);
    return openings.flatMap((opening) => {
      const starts = places.filter((at) => at < text.length && opensAt(opening, text, at));
      return starts.map((at) => {
        const end = places.find((to) => to >= at && opensAt(opening, text.slice(0, to), at));
        return text.slice(at, end);
      });
    });
  }

  it.each([
    '<longcat_tool_calls>',
    '<function_calls>',
    '<TOOLCALL>',
    '<tool_code>',
    '<p:tool_call:q>',
    'functools[',
    '<|action_start|>',
    '<|START_ACTION|>',
    '[tool]{',
    '[tool_call] read(',
    '<|recipient|>',
    '>>>read_file\n{',
    '<|tool_call>',
    '<start_function_call>',
    '✿FUNCTION✿',
    ']<]minimax[>[<invoke',
    'to=functions.',
    'assistantcommentary to=functions.',
    '```tool_call',
    'print(a.b(',
    'a(',
    'A\n{',
    'call:a{',
    "{ 'a':",
    'action: read',
    '**Action**: `',
    '<<<<< ORIGINAL\n',
    '<<<<<<<SEARCH \n',
    '--- a\n+++ b\n@@',
    '*** Begin Patch\n',
    '```sh\n',
    'Code:\n```py\n',
    '<code>\n',
    '```\n',
  ])('is in %j, which opens a call', (text) => {
    expect(opened(text)).not.toEqual([]);
    for (const part of opened(text)) expect([part, mayHaveDialect(part)]).toEqual([part, true]);
  });

  it('is in the shortest part of any reply that opens a call', () => {
    for (const { raw } of corpus) {
      for (const text of [raw, raw.toUpperCase()]) {
        for (const part of opened(text.slice(0, 400)))
          expect([part, mayHaveDialect(part)]).toEqual([part, true]);
      }
    }
  });

  it('is not in plain words', () => {
    expect(mayHaveDialect('Hello: the file has 3 lines, and none of them is "empty".')).toBe(false);
  });
});

describe('a call in a dialect', () => {
  it.each([
    ['<tool_call>read_file\n<arg_key>path</arg_key>\n<arg_value>a</arg_value>\n</tool_call>'],
    [
      '<tool_call>\n<function=read_file>\n<parameter=path>\na\n</parameter>\n</function>\n</tool_call>',
    ],
    ['<function=read_file>{"path":"a"}</function>'],
    ['<tool_call>\n[{"name":"read_file","arguments":{"path":"a"}}]\n</tool_call>'],
    ['[TOOL_CALLS] [{"name":"read_file","arguments":{"path":"a"}}]'],
    [
      '<｜tool▁call▁begin｜>function<｜tool▁sep｜>read_file\n```json\n{"path":"a"}\n```<｜tool▁call▁end｜>',
    ],
    ['```tool_code\nprint(default_api.read_file(path="a"))\n```'],
    ["<|python_tag|>read_file(path='a')"],
    [
      '<|start|>assistant<|channel|>analysis<|message|>Read it.<|end|><|start|>assistant<|channel|>commentary to=functions.read_file <|constrain|>json<|message|>{"path":"a"}<|call|>',
    ],
    ['```json\n{"name":"read_file","arguments":{"path":"a"}}\n```'],
    ['{"type":"function","name":"read_file","parameters":{"path":"a"}}'],
    ['{"type":"function","function":{"name":"read_file","arguments":"{\\"path\\":\\"a\\"}"}}'],
  ])('is read: %s', (raw) => {
    expect(parse(raw)).toEqual({ ...READ_A, ignored: '' });
  });

  it.each([
    ['a sample of a call', 'Use <function=x><parameter=y>z</parameter></function> here'],
    ['the tags around it', 'a\n</parameter>\n</function>\n</tool_call>\nb'],
    ['tags of the protocol', '<final>x</final></content></tool>'],
    ['lines of its own', '\n  indented\n\n'],
    ['an object', '{"name":"run_shell","arguments":{"command":"x"}}'],
  ])('keeps content with %s', (_, content) => {
    const parameters = `<parameter=path>\na\n</parameter>\n<parameter=content>\n${content}\n</parameter>`;
    const pairs = `<arg_key>path</arg_key><arg_value>a</arg_value><arg_key>content</arg_key><arg_value>${content}</arg_value>`;
    const write = { type: 'call', name: 'write_file', args: { path: 'a', content }, ignored: '' };
    expect(
      parse(`<tool_call><function=write_file>\n${parameters}\n</function></tool_call>`),
    ).toEqual(write);
    const gemma = `<|tool_call>call:write_file{path:<|"|>a<|"|>,content:<|"|>${content}<|"|>}<tool_call|>`;
    expect(parse(gemma)).toEqual(write);
    if (/^\n|<\/tool_call>/.test(content)) return; // as GLM writes it, these are layout
    expect(parse(`<tool_call>write_file${pairs}</tool_call>`)).toEqual(write);
  });

  it('takes the escapes of Python for what they are', () => {
    const search = String.raw`search(pattern='it\'s \d+\n\u0041', path="""a "b" c""")`;
    expect(parse(`\`\`\`tool_code\n${search}\n\`\`\``)).toMatchObject({
      args: { pattern: "it's \\d+\nA", path: 'a "b" c' },
    });
  });

  it.each([
    ['{"name":"search","version":"1.0.0"}', 'the file of a package'],
    ['Values look like {"type":"object","name":"x"} there.', 'an object of another kind'],
    ['The tag `<tool_call>` opens a call.', 'a word about the tag'],
    ['[TOOLS] and {"final": 3}', 'what is only near a mark'],
  ])('is not seen in %j, %s', (raw) => {
    expect(parse(raw)).toEqual({ type: 'final', text: raw });
  });

  it('is not seen in a long answer that is full of other objects', () => {
    const answer = `Here: ${'{"type":"object","items":{"type":"string"}}, '.repeat(200)}`.trim();
    expect(parse(answer)).toEqual({ type: 'final', text: answer });
  });
});

describe('two calls in one reply', () => {
  const FORMS: Record<string, (name: string, args: Record<string, string>) => string> = {
    'JSON in tags': (name, args) => `<tool>${JSON.stringify({ name, args })}</tool>`,
    'elements in tags': (name, args) =>
      `<tool name="${name}">${elements(
        args,
        (key) => `<${key}>`,
        (key) => `</${key}>`,
      )}</tool>`,
    'the name as the tag': (name, args) =>
      `<${name}>${elements(
        args,
        (key) => `<${key}>`,
        (key) => `</${key}>`,
      )}</${name}>`,
    'functions and parameters': (name, args) =>
      `<tool_call><function=${name}>${elements(
        args,
        (key) => `<parameter=${key}>`,
        () => '</parameter>',
      )}</function></tool_call>`,
    'bare functions': (name, args) =>
      `<function=${name}>${elements(
        args,
        (key) => `<parameter=${key}>`,
        () => '</parameter>',
      )}</function>`,
    'the pairs of GLM': (name, args) =>
      `<tool_call>${name}${elements(
        args,
        (key) => `<arg_key>${key}</arg_key><arg_value>`,
        () => '</arg_value>',
      )}</tool_call>`,
    'JSON in tool_call tags': (name, args) =>
      `<tool_call>${JSON.stringify({ name, arguments: args })}</tool_call>`,
    'the form of Mistral': (name, args) => `[TOOL_CALLS]${name}[ARGS]${JSON.stringify(args)}`,
    'the form of Gemma': (name, args) =>
      `<|tool_call>call:${name}{${Object.entries(args)
        .map(([key, text]) => `${key}:<|"|>${text}<|"|>`)
        .join(',')}}<tool_call|>`,
  };
  const CALLS: [string, Record<string, string>][] = [
    ['write_file', { path: 'a.py', content: 'print(1)' }],
    ['patch_file', { path: 'a.py', old_text: 'x', new_text: 'y' }],
    ['run_shell', { command: 'python a.py' }],
    ['read_file', { path: 'a.py' }],
    ['list_files', { path: 'src' }],
  ];

  it.each(Object.entries(FORMS))(
    'in %s: the first runs to the letter, the second is ignored',
    (_, write) => {
      for (const [name, args] of CALLS) {
        for (const second of CALLS) {
          for (const between of ['\n', '', '\n<tool_response>ok</tool_response>\n']) {
            const reply = parse(write(name, args) + between + write(...second));
            expect(reply).toMatchObject({ type: 'call', name, args });
            expect(reply).toHaveProperty('ignored', expect.stringContaining(second[0]));
          }
        }
      }
    },
  );

  it('in bodies without an element: the first runs to the letter', () => {
    const write = (path: string, text: string) =>
      `<tool name="write_file" path="${path}">${text}\n</tool>`;
    expect(parse(`${write('a.py', 'A')}\n${write('b.py', 'B')}`)).toMatchObject({
      args: { path: 'a.py', content: 'A\n' },
      ignored: write('b.py', 'B'),
    });
  });

  function elements(
    args: Record<string, string>,
    open: (key: string) => string,
    close: (key: string) => string,
  ): string {
    return Object.entries(args)
      .map(([key, text]) => `${open(key)}${text}${close(key)}`)
      .join('\n');
  }
});

describe('what is certain of a call', () => {
  it.each([
    ['a bracket in an argument of Python', '[run_shell(command="grep -c ")" file.c")]'],
    [
      'quotes in quotes of Python',
      '<|tool_call_start|>[write_file(path="a", content="""f("""x""")\nprint(1)\n""")]<|tool_call_end|>',
    ],
    [
      'a text without its quotes',
      '<|tool_call>call:run_shell{command:git commit -m fix, see: issue}<tool_call|>',
    ],
    [
      'a second call where the first did not end',
      '<function=run_shell><parameter=command>make</function>\n<function=write_file><parameter=path>a</parameter></function>',
    ],
    [
      'arguments that nest too deeply',
      `<tool>{"name":"read_file","args":${'{"a":'.repeat(8_000)}1${'}'.repeat(8_000)}}</tool>`,
    ],
  ])('does not reach %s', (_, raw) => {
    expect(parse(raw).type).not.toBe('call');
  });

  it.each([
    ['two samples of the tag', 'Doc\n<tool>{"a":1}</tool>\n<tool>{"a":2}</tool>\nend'],
    [
      'two samples of the element',
      'Doc\n<content>a</content></tool>\n<content>b</content></tool>\nend',
    ],
  ])('reaches to the end of content with %s', (_, content) => {
    const write = { type: 'call', name: 'write_file', args: { path: 'R', content } };
    expect(
      parse(`<tool name="write_file" path="R"><content>${content}</content></tool>`),
    ).toMatchObject(write);
    if (content.includes('<content>')) return;
    expect(parse(`<tool name="write_file" path="R">${content}</tool>`)).toMatchObject(write);
  });

  it('reaches to the end of an answer with samples of its tag, or with the tag of a thought', () => {
    for (const text of [
      'Write <final>a</final> or <final>b</final>. Bye',
      'Use the <final> tag.',
      'The `</think>` tag ends a thought.',
    ]) {
      expect(parse(`<final>${text}</final>`)).toEqual({ type: 'final', text });
    }
  });

  it.each([
    [
      'wrapped in a list',
      '{"tool_calls":[{"function":{"name":"read_file","arguments":{"path":"a"}}}]}',
    ],
    [
      'wrapped beside a thought',
      '{"thought":"read it","tool_call":{"name":"read_file","arguments":{"path":"a"}}}',
    ],
    ['in attributes that nothing closes', '<tool name="read_file" path="a">'],
    ['with JSON in an element', '<tool><name>read_file</name><args>{"path":"a"}</args></tool>'],
  ])('reaches a call %s', (_, raw) => {
    expect(parse(raw)).toMatchObject(READ_A);
  });
});

describe('JSON with a fault', () => {
  const args = (raw: string) => parse(`<tool>{"name":"write_file","args":${raw}}</tool>`);

  it.each([
    ['a trailing comma', '{"path":"a","content":"x",}', 'x'],
    ['raw newlines and tabs in a string', '{"path":"a","content":"x\n\ty\r\n"}', 'x\n\ty\r\n'],
    ['a stray backslash', '{"path":"a","content":"\\d+\\("}', '\\d+\\('],
    ['a backslash at the end of a raw line', '{"path":"a","content":"x\\\ny"}', 'x\\\ny'],
    ['single quotes', `{'path':'a','content':'it\\'s'}`, "it's"],
    ['keys without quotes', '{path:"a",content:"x"}', 'x'],
    ['comments', '{"path":"a", // where\n"content":"x" /* what */}', 'x'],
    ['a backslash before a letter that JSON knows', '{"path":"a","content":"\\s\\bx"}', '\\s\\bx'],
    ['a line separator of Unicode', '{"path":"a","content":"x\u2028",}', 'x\u2028'],
    ['a comma left out', '{"path":"a"\n"content":"x"}', 'x'],
    ['the literals of Python', '{"path":"a","content":"True","deep":None}', 'True'],
  ])('is read with %s', (_, raw, content) => {
    expect(args(raw)).toMatchObject({ type: 'call', args: { path: 'a', content } });
  });

  it.each([
    ['quotes inside a string', '{"path":"a","content":"say "hi" now"}'],
    ['a brace too few', '{"path":"a","content":"x"'],
    ['a string without an end', '{"path":"a","content":"x}'],
    ['a value left out', '{"path":"a","content":}'],
  ])('is not guessed at with %s', (_, raw) => {
    expect(args(raw)).toMatchObject({ type: 'malformed', tool: 'write_file' });
  });
});
