import { describe, expect, it } from 'vitest';
import { DIALECTS } from '../../src/reply/dialects.ts';
import { parseReply } from '../../src/reply/parse.ts';
import { allTools } from '../../src/tools/index.ts';

const tools = new Map(allTools.map((tool) => [tool.name, tool]));
const parse = (raw: string) => parseReply(raw, tools);
const READ_A = { type: 'call', name: 'read_file', args: { path: 'a' } };
const DONE = { type: 'final', text: 'Done.' };

describe('the table of dialects', () => {
  it.each(DIALECTS)('is right of $models: $looks', ({ looks }) => {
    const meant = looks.includes('Done.') ? DONE : READ_A;
    expect(parse(looks)).toMatchObject(meant);
    expect(parse(`Let me see.\n\n${looks}`)).toMatchObject(meant);
    expect(parse(`<think>Shall I?</think>\n${looks}`)).toMatchObject(meant);
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
