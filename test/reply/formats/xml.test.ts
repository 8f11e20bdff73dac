import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseReply } from '../../../src/reply/parse.ts';
import type { ToolShapes } from '../../../src/reply/reply.ts';
import { often } from '../../support/stress.ts';

/** Tools with other names, as their definitions give them. */
const tools: ToolShapes = new Map(
  Object.entries({
    read_file: {
      argNames: ['path', 'start', 'end'],
      required: ['path'],
      synonyms: ['view', 'open_file'],
      aliases: { file_path: 'path', file: 'path' },
    },
    list_files: { argNames: ['path'], required: [], synonyms: ['ls'] },
    search: {
      argNames: ['pattern', 'path'],
      required: ['pattern'],
      synonyms: ['grep', 'search_files'],
      aliases: { regex: 'pattern' },
    },
    write_file: {
      argNames: ['path', 'content'],
      required: ['path', 'content'],
      body: 'content',
      risky: true,
      synonyms: ['write_to_file', 'create_file', 'edit_file'],
      aliases: { file_text: 'content', file_path: 'path' },
    },
    patch_file: {
      argNames: ['path', 'old_text', 'new_text'],
      required: ['path', 'old_text', 'new_text'],
      risky: true,
      synonyms: ['edit', 'edit_file'],
      aliases: { old_string: 'old_text', new_string: 'new_text' },
    },
    run_shell: {
      argNames: ['command', 'timeout'],
      required: ['command'],
      risky: true,
      synonyms: ['bash', 'execute_command', 'command'],
      aliases: { cmd: 'command' },
    },
  }),
);
const parse = (raw: string) => parseReply(raw, tools);
type Args = Record<string, string>;
const elements = (args: Args, between = '') =>
  Object.entries(args)
    .map(([name, text]) => `<${name}>${text}</${name}>`)
    .join(between);

/** How models write a call, with our tags or those of other clients. */
const FORMS: Record<string, (name: string, args: Args, line: string) => string> = {
  'a named tag': (name, args, line) =>
    `<tool name="${name}">${line}${elements(args, line)}${line}</tool>`,
  'single quotes': (name, args) => `<tool name='${name}'>${elements(args)}</tool>`,
  'no quotes': (name, args) => `<tool name=${name}>${elements(args)}</tool>`,
  capitals: (name, args) => `<Tool Name="${name}">${elements(args)}</Tool>`,
  'the name as an element': (name, args, line) =>
    `<tool>${line}<name>${name}</name>${line}${elements(args, line)}</tool>`,
  'the name of the tool as an element': (name, args) =>
    `<tool><tool_name>${name}</tool_name>${elements(args)}</tool>`,
  'the name as a word': (name, args, line) => `<tool>${name}${line}${elements(args)}</tool>`,
  'the name behind a colon': (name, args) => `<tool:${name}>${elements(args)}</tool:${name}>`,
  'arguments in a holder': (name, args, line) =>
    `<tool name="${name}"><args>${line}${elements(args, line)}${line}</args></tool>`,
  'an input': (name, args) =>
    `<tool_use><name>${name}</name><input>${elements(args)}</input></tool_use>`,
  'a tool_call with a name': (name, args) =>
    `<tool_call name="${name}">${elements(args)}</tool_call>`,
  'a function with a name': (name, args) => `<function name="${name}">${elements(args)}</function>`,
  'parameters with names': (name, args) =>
    `<tool name="${name}">${Object.entries(args)
      .map(([arg, text]) => `<parameter name="${arg}">${text}</parameter>`)
      .join('')}</tool>`,
  'tags around it': (name, args, line) =>
    `<tools>${line}<tool name="${name}">${elements(args)}</tool>${line}</tools>`,
  'the name as the tag': (name, args, line) =>
    `<${name}>${line}${elements(args, line)}${line}</${name}>`,
  'the name as the tag in a tool_call': (name, args, line) =>
    `<tool_call>${line}<${name}>${elements(args)}</${name}>${line}</tool_call>`,
  'JSON in a named tag': (name, args) => `<tool name="${name}">${JSON.stringify(args)}</tool>`,
  'JSON in a holder': (name, args) =>
    `<tool><name>${name}</name><arguments>${JSON.stringify(args)}</arguments></tool>`,
  'a name and JSON': (name, args, line) => `<tool>${name}${line} ${JSON.stringify(args)}</tool>`,
};
/** Calls by names of their own and by others. */
const CALLS: [string, Args, string?][] = [
  ['read_file', { path: 'src/a.ts', start: '3' }],
  ['readFile', { path: 'a' }, 'read_file'],
  ['open_file', { file_path: 'a b' }, 'read_file'],
  ['search_files', { path: '.', regex: 'a|b' }, 'search'],
  ['execute_command', { command: 'make && ./a', description: 'builds it' }, 'run_shell'],
  ['write_to_file', { path: 'a.html', content: '<b>x</b>\n<p>y' }, 'write_file'],
  ['edit_file', { path: 'a', old_string: 'x', new_string: 'y' }, 'patch_file'],
  ['edit_file', { path: 'a', content: 'y' }, 'write_file'],
  ['run_shell', { command: 'ls', is_background: 'true' }],
];

describe('a call in tags', () => {
  it.each(Object.entries(FORMS))('is read with every argument as spelled in %s', (_, write) => {
    for (const [name, args, tool = name] of CALLS) {
      for (const line of ['', '\n', '\n  ']) {
        for (const [before, after] of [
          ['', ''],
          ['I look.\n\n', '\n'],
          ['```xml\n', '\n```'],
          ['<think>Hm.</think>\n', '\nResult: ok'],
        ]) {
          const raw = `${before}${write(name, args, line)}${after}`;
          expect(parse(raw), raw).toMatchObject({ type: 'call', name: tool, args });
          expect(Object.keys((parse(raw) as { args: Args }).args)).toHaveLength(
            Object.keys(args).length,
          );
        }
      }
    }
  });

  it.each([
    ['<read_file path="a"/>', 'read_file', { path: 'a' }],
    ['<tool name=read_file path=src/a/>', 'read_file', { path: 'src/a' }],
    ['<tool read_file path="a"/>', 'read_file', { path: 'a' }],
    ['<tool>read_file(path="a")</tool>', 'read_file', { path: 'a' }],
    ['<read_file><args><file><path>a</path></file></args></read_file>', 'read_file', { path: 'a' }],
    ['<read_file>a</read_file>', 'read_file', { path: 'a' }],
    ['<list_files/>', 'list_files', {}],
    ['I look.\n<bash>ls -l</bash>', 'run_shell', { command: 'ls -l' }],
    ['<create_file path="a">\nx\n</create_file>', 'write_file', { path: 'a', content: 'x\n' }],
    ['<grep pattern="x"/>', 'search', { pattern: 'x' }],
    [
      '<tool name="read_file" start="2">{"path":"a"}</tool>',
      'read_file',
      { path: 'a', start: '2' },
    ],
    [
      '<tool name="write_file">{"path":"a"}<content>x</content></tool>',
      'write_file',
      { path: 'a', content: 'x' },
    ],
    ['<read_file><path>a</path>\n\nNow I wait.', 'read_file', { path: 'a' }],
    [
      '<tool name="search" pattern="say &quot;hi&quot; &amp; go"/>',
      'search',
      { pattern: 'say "hi" & go' },
    ],
    [
      '<tool name="run_shell" command="a &amp;&amp; b"/>',
      'run_shell',
      { command: 'a &amp;&amp; b' },
    ],
    [
      '<tool name="write_file" path="a"><content><![CDATA[x]]></content></tool>',
      'write_file',
      { content: '<![CDATA[x]]>' },
    ],
    ['<tool name="read_file" path="a" mode="r"/>', 'read_file', { path: 'a', mode: 'r' }],
    ['<tool name="run_shell"><script>ls</script></tool>', 'run_shell', { script: 'ls' }],
  ])('is read in a short form: %s', (raw, name, args) => {
    expect(parse(raw)).toMatchObject({ type: 'call', name, args });
  });

  it.each([
    ['an argument twice', '<tool name="read_file"><path>a</path><path>b</path></tool>'],
    ['an argument twice', '<tool name="read_file" path="a"><path>b</path></tool>'],
    ['an argument twice', '<tool name="read_file" path="a" path="b"/>'],
    ['text between arguments', '<tool name="search"><pattern>a</pattern> in <path>b</path></tool>'],
    ['text before arguments', '<tool name="read_file">the file <path>a</path></tool>'],
    [
      'several files',
      '<read_file><args><file><path>a</path></file><file><path>b</path></file></args></read_file>',
    ],
    [
      'an attribute of content',
      '<tool name="write_file" path="a"><content mode="append">x</content></tool>',
    ],
    ['content that is an empty tag', '<tool name="write_file" path="a"><content/></tool>'],
    ['entities that may be meant', '<tool name="search" pattern="a &amp;&amp; b"/>'],
    ['entities that may be meant', '<tool name="write_file" path="a" content="&lt;p&gt;"/>'],
    ['JSON that may be text', '<tool name="write_file" path="a">{"content":"x"}</tool>'],
    [
      'words that mention its end',
      '<tool name="write_file" path="a">x</tool>\nI closed it with </tool> there.',
    ],
    [
      'words that mention its end',
      '<tool name="write_file" path="a"><content>x</content></tool>\nI wrote </content></tool> there.',
    ],
    ['an escaped quote', String.raw`<tool name="run_shell" command="echo \" a="b"/>`],
  ])('is asked for again where it has %s: %s', (_, raw) => {
    expect(parse(raw)).toMatchObject({ type: 'malformed' });
  });

  /** These are asked for again: they may be attempts. */
  const DOUBTFUL = /^Write/;
  it.each([
    '<command>ls</command>',
    'The menu has <edit><path>d</path></edit> in it.',
    'Cline writes `<execute_command><command>ls</command></execute_command>` for it.',
    'Use <bash>ls</bash> there.',
    'Write:\n<read_file>path</read_file>\nto read.',
    '<function name="main"><call name="other"/></function>',
    'Write &lt;tool name="read_file" path="a"/&gt; to read.',
    'The marks [tool] and (tool x) mean nothing.',
  ])('is not seen in %j', (raw) => {
    expect(parse(raw).type).not.toBe('call');
    if (!DOUBTFUL.test(raw)) expect(parse(raw)).toEqual({ type: 'final', text: raw });
  });
});

describe('tags as entities or in other brackets', () => {
  it.each([
    (name: string, key: string) => `&lt;tool name="${name}" ${key}="a"/&gt;`,
    (name: string, key: string) =>
      `&lt;tool&gt;{"name":"${name}","args":{"${key}":"a"}}&lt;/tool&gt;`,
    (name: string, key: string) => `&lt;${name}&gt;&lt;${key}&gt;a&lt;/${key}&gt;&lt;/${name}&gt;`,
    (name: string, key: string) => `(tool name="${name}" ${key}="a")`,
  ])('call a tool that reads, as the whole reply, and are asked for again otherwise', (write) => {
    const read = write('read_file', 'path');
    const call = { type: 'call', name: 'read_file', args: { path: 'a' } };
    expect(parse(read)).toMatchObject(call);
    expect(parse(`<think>Hm.</think>\n\`\`\`xml\n${read}\n\`\`\``)).toMatchObject(call);
    expect(parse(`I look:\n${read}`)).toMatchObject({ type: 'malformed', tool: 'read_file' });
    const shell = write('run_shell', 'command');
    expect(parse(shell)).toMatchObject({ type: 'malformed', tool: 'run_shell' });
  });
});

/** Pieces of text about calls: what an argument may hold and still end where it ends. */
const PIECES = (
  '</content> <content> </old_text> <old_text> </new_text> <new_text> </path> <path> </command> ' +
  '<command> <b> </b> <b>x</b> <description>d</description> </tool> <tool> <tool_call> </args> ' +
  '</tool_call> <tool> <args> <think> </think> <reason>r</reason> ``` &amp; &lt; <![CDATA[ ]]> ' +
  '<!-- --> {"path":"q"} x y <content/> <file_text> <timeout>5</timeout> </write_file> <final> ' +
  '</parameter> <parameter=path> <parameter name="content"> " \' ok [user] \\'
).split(' ');
const text = fc
  .array(fc.constantFrom(...PIECES, ' ', '\n'), { minLength: 1, maxLength: 10 })
  .map((pieces) => pieces.join(''));

it('text of any kind is read from elements to the letter, or refused, and never read otherwise', () => {
  const calls: ((one: string, two: string) => [string, Args])[] = [
    (content) => ['write_file', { path: 'a', content }],
    (old, replacement) => ['patch_file', { path: 'a', old_text: old, new_text: replacement }],
    (command) => ['run_shell', { command }],
  ];
  let taken = 0;
  const runs = often(150, 3_000);
  fc.assert(
    fc.property(text, text, fc.constantFrom(...calls), (one, two, call) => {
      const [name, args] = call(one, two);
      const reply = parse(`<tool name="${name}">${elements(args, '\n')}</tool>`);
      if (reply.type !== 'call') return;
      const { argNames = [], required = [] } = tools.get(name) ?? {};
      // The tool refuses arguments that it does not have, and a call that lacks one.
      const keys = Object.keys(reply.args);
      const isRefused =
        keys.some((key) => ![...argNames, 'description', 'file_text'].includes(key)) ||
        required.some((key) => !keys.includes(key));
      if (isRefused) return;
      taken++;
      expect(reply).toMatchObject({ name });
      expect(reply.args).toEqual(args);
    }),
    { numRuns: runs },
  );
  expect(taken).toBeGreaterThan(runs / 2);
});
