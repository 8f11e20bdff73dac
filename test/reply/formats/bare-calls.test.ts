import { describe, expect, it } from 'vitest';
import { parseReply } from '../../../src/reply/parse.ts';
import type { ToolShape } from '../../../src/reply/reply.ts';
import { tools } from '../../support/tools.ts';

const parse = (raw: string) => parseReply(raw, tools);
const SURROUNDINGS: readonly [string, (call: string) => string][] = [
  ['bare', (call) => call],
  ['in a list', (call) => `[${call}]`],
  ['in a fence', (call) => `\`\`\`python\n${call}\n\`\`\``],
  ['in a fence without a name', (call) => `\`\`\`\n${call}\n\`\`\`\n`],
  ['in a fence for it', (call) => `\`\`\`tool_code\n${call}\n\`\`\``],
  ['in another fence for it', (call) => `\`\`\`tool_call\n[${call}]\n\`\`\``],
  ['printed', (call) => `print(${call})`],
  ['printed in a fence for it', (call) => `\`\`\`tool_code\nprint(${call})\n\`\`\``],
  ['of its module', (call) => `default_api.${call}`],
  ['after a thought', (call) => `<think>I read it.</think>\n\n${call}`],
  ['before the end of the turn', (call) => `${call}<end_of_turn>`],
  ['after the marks of a turn', (call) => `<|im_start|>assistant\n${call}<|im_end|>`],
];
const READING: readonly [string, string, Record<string, unknown>][] = [
  ['read_file', 'read_file(path="src/a.ts")', { path: 'src/a.ts' }],
  ['read_file', "read_file('src/a.ts')", { path: 'src/a.ts' }],
  ['read_file', 'readFile(path="a", start=40, end=80)', { path: 'a', start: 40, end: 80 }],
  ['read_file', 'read_file({"path": "a"})', { path: 'a' }],
  ['search', "search('TODO', path='src')", { pattern: 'TODO', path: 'src' }],
  ['search', String.raw`search(pattern=r"\d+\(", path=None)`, { pattern: '\\d+\\(', path: null }],
  [
    'search',
    'search(\n    pattern="f(x), [y]",\n    path="a",\n)',
    { pattern: 'f(x), [y]', path: 'a' },
  ],
  ['search', 'search(pattern="""a "b" c""")', { pattern: 'a "b" c' }],
  ['list_files', 'list_files()', {}],
  ['list_files', 'list_files(path="lib", deep=True)', { path: 'lib', deep: true }],
];
const CHANGING: readonly [string, string][] = [
  ['run_shell', 'run_shell(command="npm test")'],
  ['run_shell', "run_shell('ls')"],
  ['write_file', 'write_file(path="a.py", content="x\\n")'],
  ['patch_file', 'patch_file(path="a", old_text="x", new_text="y")'],
];

describe.each(SURROUNDINGS)('a call in Python, %s', (_, around) => {
  it.each(READING)('runs as the whole reply: %s, %s', (name, call, args) => {
    expect(parse(around(call))).toMatchObject({ type: 'call', name, args });
  });

  it.each(CHANGING)('is asked for again where it changes something: %s, %s', (tool, call) => {
    expect(parse(around(call))).toMatchObject({ type: 'malformed', tool });
  });

  it.each([...READING.map(([name, call]) => [name, call] as const), ...CHANGING])(
    'is asked for again after words: %s, %s',
    (tool, call) => {
      if (around('').startsWith('<')) return; // a thought or a turn of its own starts anew
      expect(parse(`Let me look at it.\n\n${around(call)}`)).toMatchObject({
        type: 'malformed',
        tool,
      });
    },
  );

  it.each([
    ['of a name that is worked out', 'read_file(path)'],
    ['of a sum', 'search(pattern="a" + b)'],
    ['of a text that is filled in', 'read_file(f"{folder}/a")'],
    ['of another call', 'read_file(os.path.join("a", "b"))'],
    ['of two values without names', 'read_file("a", 3)'],
    ['of a name that objects have', 'read_file("a", __proto__={"x": 1})'],
    ['of such a name in an object', 'read_file({"path": "a", "__proto__": 1})'],
    ['of an argument twice', 'read_file(path="a", path="b")'],
    ['of texts next to each other', 'search(pattern="a" "b")'],
    ['of a text that does not end', 'read_file(path="a)'],
    ['of an escape that is not whole', 'read_file(path="C:\\users\\x")'],
  ])('is not guessed at: a call %s', (_what, call) => {
    const tool = call.slice(0, call.indexOf('('));
    expect(parse(around(call))).toMatchObject({ type: 'malformed', tool });
  });
});

/** These are asked for again: they may be attempts. */
const DOUBTFUL = /^It does|^read_file\(/;

describe('what only resembles a call in Python', () => {
  it.each([
    'read_file(path="a") reads the whole file.',
    'search(x) is called by main().',
    'The function `read_file("a")` returns text.',
    '```python\ndef search(pattern):\n    return find(pattern)\n```',
    '```python\nfor name in names:\n    read_file(name)\nprint("done")\n```',
    '```python\nhits = search("x")\nprint(hits)\n```',
    'It does this:\n\n```python\nread_file("a")\n```\n\nand then closes it.',
    'fs.read_file("a")',
    'print("hello")',
    '- search(x)\n- list_files(y)',
  ])('is an answer: %j', (raw) => {
    expect(parse(raw).type).not.toBe('call');
    if (!DOUBTFUL.test(raw)) expect(parse(raw)).toEqual({ type: 'final', text: raw });
  });

  it.each([
    '\n\nResult of read_file:\nimport os',
    '\nI read the file.',
    '\nos.remove("a")',
    '\n# then\nrun_shell("x")',
  ])('is no call where more follows that nobody asked for: %j', (after) => {
    expect(parse(`read_file(path="a")${after}`)).toMatchObject({
      type: 'malformed',
      tool: 'read_file',
    });
  });

  it('is asked for again by another name of the tool, where it is the whole reply', () => {
    const shape: ToolShape = { argNames: ['path'], required: ['path'], synonyms: ['cat', 'open'] };
    const known = new Map([['read_file', shape]]);
    const again = { type: 'malformed', tool: 'read_file' };
    expect(parseReply('cat("a")', known)).toMatchObject(again);
    expect(parseReply('Use this:\n\nopen("a")', known)).toMatchObject({ type: 'final' });
    // Inside marks it is the tool that takes these arguments.
    const marked = parseReply('<tool_call>cat("a")</tool_call>', known);
    expect(marked).toMatchObject({ type: 'call', name: 'read_file', args: { path: 'a' } });
  });
});

describe('several calls in Python', () => {
  it.each([
    'read_file("a")\nsearch("b")',
    '[read_file("a"), search("b")]',
    '```python\nread_file("a")\nwrite_file(path="a", content="b")\n```',
    'read_file("a"); list_files()',
  ])('run as the first of them: %j', (raw) => {
    expect(parse(raw)).toMatchObject({ type: 'call', name: 'read_file', args: { path: 'a' } });
  });
});

describe('the fence for a call', () => {
  it('may be followed by what the model imagines', () => {
    const raw = '```tool_code\nread_file("a")\n```\n```tool_output\nimport os\n```\nIt imports os.';
    expect(parse(raw)).toMatchObject({ type: 'call', name: 'read_file', args: { path: 'a' } });
  });
});

describe('a call of Gemma without its marks', () => {
  it.each([
    [
      'call:read_file{path:src/a.ts}',
      { type: 'call', name: 'read_file', args: { path: 'src/a.ts' } },
    ],
    ['call:search{pattern:"a, b"}', { type: 'call', name: 'search', args: { pattern: 'a, b' } }],
    ['call:run_shell{command:ls}', { type: 'malformed', tool: 'run_shell' }],
    ['Now.\ncall:read_file{path:a}', { type: 'malformed', tool: 'read_file' }],
    ['call:read_file{path:a}\nIt is read.', { type: 'malformed', tool: 'read_file' }],
    ['call:nothing{x:y}', { type: 'final', text: 'call:nothing{x:y}' }],
  ])('%j is read as far as it is certain', (raw, expected) => {
    expect(parse(raw)).toMatchObject(expected);
  });
});

describe('a call of gpt-oss without its marks', () => {
  const call = (name: string) => `to=functions.${name} json{"path":"a","command":"x"}`;

  it.each([
    ['at the start', 'commentary '],
    ['after a thought', '<think>I do.</think>commentary '],
    ['after a turn', 'analysisWe have to.assistantcommentary '],
    ['after a turn with a blank', 'We have to. assistant '],
  ])('runs %s', (_, before) => {
    for (const name of ['read_file', 'run_shell']) {
      expect(parse(before + call(name))).toMatchObject({ type: 'call', name });
    }
  });

  it('is asked for again after words, on a line of its own or inside one', () => {
    const words = 'I use the tool that I know, which is this one here:\n';
    expect(parse(`${words}commentary ${call('run_shell')}`)).toMatchObject({ tool: 'run_shell' });
    expect(parse(`${words}${call('read_file')}`)).toMatchObject({ type: 'call' });
    expect(parse(`It writes ${call('run_shell')} then.`).type).toBe('malformed');
  });
});
