import { describe, expect, it } from 'vitest';
import { parseReply } from '../../src/reply/parse.ts';
import { tools } from '../support/tools.ts';

const parse = (raw: string) => parseReply(raw, tools);

const READ = '<tool>{"name":"read_file","args":{"path":"a"}}</tool>';
const READ_A = { type: 'call', name: 'read_file', args: { path: 'a' } };
const writes = (content: string, path = 'a') => ({
  type: 'call',
  name: 'write_file',
  args: { path, content },
});

describe('a call in JSON', () => {
  it.each([
    ['in its tags', READ],
    ['in tags of another case', '<TOOL>{"name":"read_file","args":{"path":"a"}}</Tool>'],
    ['after a few words', `Let me look.\n${READ}`],
    ['in a code fence', `\`\`\`xml\n${READ}\n\`\`\``],
    [
      'fenced within the tags',
      '<tool>```json\n{"name":"read_file","args":{"path":"a"}}\n```</tool>',
    ],
    ['without the closing tag', '<tool>{"name":"read_file","args":{"path":"a"}}'],
    ['with "arguments"', '<tool>{"name":"read_file","arguments":{"path":"a"}}</tool>'],
    ['with "parameters"', '<tool>{"name":"read_file","parameters":{"path":"a"}}</tool>'],
    ['with "input"', '<tool>{"name":"read_file","input":{"path":"a"}}</tool>'],
    ['with the arguments beside the name', '<tool>{"name":"read_file","path":"a"}</tool>'],
    [
      'with arguments as a string',
      '<tool>{"name":"read_file","args":"{\\"path\\":\\"a\\"}"}</tool>',
    ],
    ['of a function', '<tool>{"function":{"name":"read_file","arguments":{"path":"a"}}}</tool>'],
    ['as the body of a named tag', '<tool name="read_file">{"path":"a"}</tool>'],
  ])('is read %s', (_, raw) => {
    expect(parse(raw)).toEqual({ ...READ_A, ignored: '' });
  });
});

describe('a call in XML', () => {
  it.each([
    ['in attributes', '<tool name="read_file" path="a"></tool>'],
    ['in attributes of a tag without a body', "<tool name='read_file' path='a' />"],
    ['in child elements', '<tool name="read_file"><path>a</path></tool>'],
    ['with its name as a child element', '<tool><name>read_file</name><path>a</path></tool>'],
    ['with its name as the tag', '<read_file><path>a</path></read_file>'],
    ['with its name as the tag and attributes', '<read_file path="a"></read_file>'],
    ['without the closing tag', '<tool name="read_file"><path>a</path>'],
  ])('takes arguments %s', (_, raw) => {
    expect(parse(raw)).toEqual({ ...READ_A, ignored: '' });
  });

  it.each([
    ['newlines around it', '\nx\n', '\nx\n'],
    ['a closing tag inside it', 'x</content>y', 'x</content>y'],
    ['the closing tag of a call inside it', 'x</tool>y', 'x</tool>y'],
    ['an element of another argument inside it', '<path>b</path>', '<path>b</path>'],
    ['a whole call inside it', `see ${READ} there`, `see ${READ} there`],
    ['an answer inside it', '<final>x</final>', '<final>x</final>'],
    ['the end of a thought inside it', 'x</think>y', 'x</think>y'],
    ['a sample of itself inside it', '<content>x</content></tool>', '<content>x</content></tool>'],
    ['nothing in it', '', ''],
  ])('keeps content unchanged with %s', (_, content, expected) => {
    const raw = `<tool name="write_file" path="a"><content>${content}</content></tool>`;
    expect(parse(raw)).toEqual({ ...writes(expected), ignored: '' });
  });

  it('ends a path where it ends, whatever the content after it is', () => {
    const page = '```html\n<svg><path d="M0"></path>\n```\n';
    const raw = `<tool name="write_file"><path>a</path><content>${page}</content></tool>`;
    expect(parse(raw)).toMatchObject(writes(page));
  });

  it.each([
    ['<tool name="write_file" path="a">\nx\ny\n</tool>', writes('x\ny\n')],
    ['<tool name="write_file" path="a">x </tool> y</tool>', writes('x </tool> y')],
    ['<tool name="write_file" path="a">{"x": 1}</tool>', writes('{"x": 1}')],
    ['<tool name="delegate">look</tool>', { name: 'delegate', args: { task: 'look' } }],
  ])('takes a body without an element as the main argument: %j', (raw, expected) => {
    expect(parse(raw)).toMatchObject(expected);
  });

  it('reads a greater-than sign inside an attribute as part of it', () => {
    const raw = '<tool name="run_shell" command="a > b" timeout="5"/>';
    expect(parse(raw)).toMatchObject({ args: { command: 'a > b', timeout: '5' } });
  });

  it('never writes the tags of its own elements into a file', () => {
    const twice = '<tool name="write_file" path="a"><path>a</path><content>x</content></tool>';
    expect(parse(twice)).not.toMatchObject(writes('<path>a</path><content>x</content>'));
  });

  it('never writes a second call into the file of the first', () => {
    const one = '<tool name="write_file" path="a"><content>x</content>\n';
    const two = '<tool name="write_file" path="b"><content>y</content></tool>';
    expect(parse(one + two)).not.toHaveProperty('args.content', expect.stringContaining('<tool'));
  });
});

describe('an answer', () => {
  it.each([
    ['<final>done</final>', 'done'],
    ['<FINAL>\n done \n</FINAL>', 'done'],
    ['<final>done', 'done'],
    ['done', 'done'],
    ['done</final>', 'done'],
    ['All is well.\n<final>done</final>', 'done'],
    ['<final>the tag </final> ends it</final>', 'the tag </final> ends it'],
    [`<final>such as ${READ}</final>`, `such as ${READ}`],
    ['<final>done</final><final>again</final>', 'done'],
    ['if a < b then </b>', 'if a < b then </b>'],
    ['<list_files> is a tool', '<list_files> is a tool'],
  ])('is read from %j', (raw, text) => {
    expect(parse(raw)).toEqual({ type: 'final', text });
  });
});

describe('the first construct decides', () => {
  it.each([
    ['an imagined result', `${READ}\nThe file says x.`, 'The file says x.'],
    ['a second call', READ + READ, READ],
    ['an answer', `${READ}<final>done</final>`, '<final>done</final>'],
  ])('so %s after a call is reported as ignored', (_, raw, ignored) => {
    expect(parse(raw)).toMatchObject({ ...READ_A, ignored });
  });

  it('so a call after an answer does not run', () => {
    expect(parse(`<final>done</final>\n${READ}`)).toEqual({ type: 'final', text: 'done' });
  });
});

describe('reasoning', () => {
  it.each(['think', 'thinking', 'reason', 'reasoning', 'THINK'])(
    'in <%s> is not run and not an answer',
    (tag) => {
      const drafts = `${READ}<final>draft</final>`;
      expect(parse(`<${tag}>${drafts}</${tag}>done`)).toEqual({ type: 'final', text: 'done' });
      expect(parse(`${drafts}</${tag}>${READ}`)).toEqual({ ...READ_A, ignored: '' });
    },
  );

  it('after a call does not make the call a draft', () => {
    expect(parse(`${READ}<think>now wait</think>`)).toMatchObject(READ_A);
  });
});

describe('a malformed reply', () => {
  it.each([
    ['', 'the reply was empty'],
    [' \n\t', 'the reply was empty'],
    ['<think>hm</think>', 'the reply contained only reasoning'],
    ['<think>hm', 'the reply contained only reasoning'],
    ['<final> </final>', 'the <final> answer was empty'],
    ['<tool>{"name":"read_file"', 'the JSON of the tool call does not end'],
    ['<tool>{"name":read_file}</tool>', 'not valid JSON'],
    ['<tool>{"args":{}}</tool>', 'no "name"'],
    ['<tool>{"name":7,"args":{}}</tool>', 'no "name"'],
    ['<tool>{"name":"read_file","args":["a"]}</tool>', 'not an object'],
    ['<tool>read_file</tool>', 'neither JSON nor a name'],
    ['<tool name="read_file path="a"></tool>', 'opening tag of the tool call is broken'],
    ['<tool name="write_file" path="a"><content>x', 'the end of <content> is not certain'],
    ['<tool name="write_file" path="a"><content>x</tool>', 'the end of <content> is not certain'],
    ['<tool name="write_file" path="a">x', 'the end of <tool> is not certain'],
  ])('gets a complaint that says what is wrong: %j', (raw, problem) => {
    expect(parse(raw)).toMatchObject({
      type: 'malformed',
      problem: expect.stringContaining(problem),
    });
  });

  it('names the tool that was meant', () => {
    expect(parse('<tool name="write_file" path="a">x')).toMatchObject({ tool: 'write_file' });
  });

  it.each([READ, '<final>done</final>', 'done', ''])(
    'is every reply that was cut off: %j',
    (raw) => {
      expect(parseReply(raw, tools, true)).toMatchObject({ type: 'malformed', cutOff: true });
    },
  );
});
