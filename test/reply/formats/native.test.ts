import { describe, expect, it } from 'vitest';
import { DIALECTS } from '../../../src/reply/formats/dialects.ts';
import { callOpening, parseReply } from '../../../src/reply/parse.ts';
import { AND_SO_ON, anyEndOf, meaningOf } from '../watched.ts';
import { often, some } from '../../support/stress.ts';
import { tools } from '../../support/tools.ts';

type Args = Record<string, string>;
type Write = (name: string, args: Args) => string;

const json = (value: unknown) => JSON.stringify(value);
/** The arguments, each written in a way, one after another. */
const each = (args: Args, write: (key: string, text: string) => string, between = '\n') =>
  Object.entries(args)
    .map(([key, text]) => write(key, text))
    .join(between);
const python = (name: string, args: Args) =>
  `${name}(${each(args, (key, text) => `${key}=${json(text)}`, ', ')})`;
const namedJson = (name: string, args: Args) => json({ name, arguments: args });
const parameters = (args: Args) =>
  each(args, (key, text) => `<parameter=${key}>\n${text}\n</parameter>`);
const invoke = (prefix: string, name: string, args: Args, more = '') =>
  `<${prefix}invoke name="${name}">\n${each(
    args,
    (key, text) => `<${prefix}parameter name="${key}"${more}>${text}</${prefix}parameter>`,
  )}\n</${prefix}invoke>`;

/** Formats whose strings are quoted: any text is safe in them. */
const QUOTED: Readonly<Record<string, Write>> = {
  'Kimi K2': (name, args) =>
    `<|tool_calls_section_begin|><|tool_call_begin|>functions.${name}:0<|tool_call_argument_begin|>${json(args)}<|tool_call_end|><|tool_calls_section_end|>`,
  'Kimi K2 without its section': (name, args) =>
    `<|tool_call_begin|>functions.${name}:12 <|tool_call_argument_begin|> ${json(args)}<|tool_call_end|>`,
  'MiniMax M1': (name, args) => `<tool_calls>\n${namedJson(name, args)}\n</tool_calls>`,
  'Jamba and Hunyuan': (name, args) => `<tool_calls>[\n  ${namedJson(name, args)}\n]</tool_calls>`,
  LongCat: (name, args) => `<longcat_tool_call>${namedJson(name, args)}</longcat_tool_call>`,
  'Nemotron 2': (name, args) => `<TOOLCALL>[${namedJson(name, args)}]</TOOLCALL>`,
  InternLM: (name, args) =>
    `<|action_start|><|plugin|>\n${json({ name, parameters: args })}<|action_end|>`,
  Apertus: (name, args) => `<|tools_prefix|>[${json({ [name]: args })}]<|tools_suffix|>`,
  Granite: (name, args) => `<|tool_call|>[${namedJson(name, args)}]`,
  'Granite 20b': (name, args) => `<function_call> ${namedJson(name, args)}`,
  Solar: (name, args) =>
    `<|tool_calls|><|tool_call:begin|>a1b2<|tool_call:name|>${name}<|tool_call:args|>${json(args)}<|tool_call:end|><|calls|>`,
  'DeepSeek with ASCII pipes': (name, args) =>
    `<|tool_calls_begin|><|tool_call_begin|>function<|tool_sep|>${name}\n\`\`\`json\n${json(args)}\n\`\`\`<|tool_call_end|><|tool_calls_end|>`,
  'DeepSeek 3.1 with mixed marks': (name, args) =>
    `<|tool▁calls▁begin|><|tool▁call▁begin|>${name}<|tool▁sep|>${json(args)}<|tool▁call▁end|>`,
  'DeepSeek without its inner mark': (name, args) =>
    `<｜tool▁calls▁begin｜>function<｜tool▁sep｜>${name}\n\`\`\`json\n${json(args)}\n\`\`\``,
  'a name and an object in tags': (name, args) =>
    `<tool_call>\n${name}\n${json(args)}\n</tool_call>`,
  'Python in tags': (name, args) => `<tool_call>${python(name, args)}</tool_call>`,
  'OLMo 3': (name, args) => `<function_calls>\n${python(name, args)}\n</function_calls>`,
  LFM2: (name, args) => `<|tool_call_start|>[${python(name, args)}]<|tool_call_end|>`,
  'Llama 3 in Python': (name, args) => `<|python_tag|>${python(`${name}.call`, args)}<|eom_id|>`,
  'gpt-oss': (name, args) =>
    `<|channel|>commentary to=functions.${name} <|constrain|>json<|message|>${json(args)}<|call|>`,
  'gpt-oss without its marks': (name, args) =>
    `assistantcommentary to=functions.${name} json${json(args)}`,
  'gpt-oss with its channel after the name': (name, args) =>
    `assistant to=functions.${name}commentary json${json(args)}`,
  'square brackets': (name, args) => `[tool]${namedJson(name, args)}[/tool]`,
  'square brackets around Python': (name, args) => `[tool]\n${python(name, args)}\n[/tool]`,
  'an object in a function': (name, args) => `<function="${name}">${json(args)}</function>`,
  'an object in an invoke': (name, args) => `<invoke name="${name}">\n${json(args)}\n</invoke>`,
};

/** Formats that write text as it is. */
const PLAIN: Readonly<Record<string, Write>> = {
  'MiniMax M2': (name, args) =>
    `<minimax:tool_call>\n${invoke('', name, args)}\n</minimax:tool_call>`,
  Claude: (name, args) => `<function_calls>\n${invoke('', name, args)}\n</function_calls>`,
  'Claude with a prefix': (name, args) =>
    `<ns:function_calls>\n${invoke('ns:', name, args)}\n</ns:function_calls>`,
  'a bare invoke': (name, args) => invoke('', name, args),
  'DeepSeek 3.2': (name, args) =>
    `<｜DSML｜function_calls>\n${invoke('｜DSML｜', name, args, ' string="true"')}\n</｜DSML｜function_calls>`,
  'DeepSeek 4': (name, args) =>
    `<｜DSML｜tool_calls>\n${invoke('｜DSML｜', name, args, ' string="true"')}\n</｜DSML｜tool_calls>`,
  'Step 3': (name, args) =>
    `<｜tool_calls_begin｜><｜tool_call_begin｜>function<｜tool_sep｜>${invoke('steptml:', name, args)}<｜tool_call_end｜><｜tool_calls_end｜>`,
  'Seed-OSS': (name, args) =>
    `<seed:tool_call>\n<function=${name}>\n${parameters(args)}\n</function>\n</seed:tool_call>`,
  'Nemotron 3': (name, args) =>
    `<tool_call>\n<function=${name}>\n${parameters(args)}\n</function>\n</tool_call>`,
  'Hunyuan 3': (name, args) =>
    `<tool_calls:opensource>\n<tool_call:opensource>${name}<tool_sep:opensource>\n${each(
      args,
      (key, text) =>
        `<arg_key:opensource>${key}</arg_key:opensource>\n<arg_value:opensource>${text}</arg_value:opensource>`,
    )}\n</tool_call:opensource>\n</tool_calls:opensource>`,
  'MiniMax M3': (name, args) => {
    const mark = ']<]minimax[>[';
    return `${mark}<tool_call>\n${mark}<invoke name="${name}">${each(
      args,
      (key, text) => `${mark}<${key}>${text}${mark}</${key}>`,
      '',
    )}${mark}</invoke>\n${mark}</tool_call>`;
  },
  'Kimi K3': (name, args) =>
    `<|open|>tools<|sep|><|open|>call tool="${name}" index="1"<|sep|>${each(
      args,
      (key, text) =>
        `<|open|>argument key="${key}" type="string"<|sep|>${text}<|close|>argument<|sep|>`,
      '',
    )}<|close|>call<|sep|><|close|>tools<|sep|>`,
  'names of arguments as tags': (name, args) =>
    `<invoke name="${name}">\n${each(args, (key, text) => `<${key}>${text}</${key}>`)}\n</invoke>`,
  FunctionGemma: (name, args) =>
    `<start_function_call>call:${name}{${each(args, (key, text) => `${key}:<escape>${text}<escape>`, ',')}}<end_function_call>`,
  'Gemma 4': (name, args) =>
    `<|tool_call>call:${name}{${each(args, (key, text) => `${key}:<|"|>${text}<|"|>`, ', ')}}<tool_call|>`,
};
const FORMS = Object.entries({ ...QUOTED, ...PLAIN });

const CALLS: readonly [string, Args][] = [
  ['read_file', { path: 'src/a b.ts' }],
  ['search', { pattern: 'a|b, "c" = (d)', path: 'src' }],
  ['list_files', { path: '.' }],
  ['run_shell', { command: "git log --format='%h, %s' | head -3 && echo {a,b} # (x)" }],
  ['patch_file', { path: 'a.py', old_text: 'if x:\n    y()', new_text: 'if z:\n    y("]")' }],
  ['write_file', { path: 'a.py', content: 'x = [1, 2]\nprint("a", {\'b\': 1})\n\n# end' }],
];

describe.each(FORMS)('a call of %s', (_, write) => {
  it.each(CALLS)('of %s is read to the letter, whatever is around it', (name, args) => {
    const call = write(name, args);
    for (const before of ['', 'I look at it first.\n\n', '<think>Shall I?</think>\n', '\n  ']) {
      for (const after of ['', '\n', '<|im_end|>', '\n\nResult of it:\nok\n', '\nThen I go on.']) {
        const reply = parseReply(before + call + after, tools);
        expect(reply, before + call + after).toMatchObject({ type: 'call', args });
        const isRead = reply.type === 'call' && reply.name.replace(/^functions\./, '') === name;
        expect(isRead).toBe(true);
        if (after.trim() === '') expect(reply).toHaveProperty('ignored', '');
      }
    }
  });

  it.each(CALLS)('of %s runs before a second one, which is ignored', (name, args) => {
    for (const [second, others] of CALLS) {
      const raw = `${write(name, args)}\n${write(second, others)}`;
      const reply = parseReply(raw, tools);
      expect(reply, raw).toMatchObject({ type: 'call', name, args });
      expect(reply).toHaveProperty('ignored', expect.stringContaining(second));
    }
  });

  it('is not run inside a thought, nor where it is cut off', () => {
    for (const [name, args] of CALLS) {
      const call = write(name, args);
      const drafted = parseReply(`<think>${call}</think><final>no</final>`, tools);
      expect(drafted).toMatchObject({ type: 'final', text: 'no' });
      const begun = call.slice(0, call.indexOf(name) + name.length + 20);
      expect(callOpening(tools)(begun)).toBeDefined();
      for (let length = 1; length < call.length; length += often(10, 3)) {
        const reply = parseReply(call.slice(0, length), tools);
        // What lacks its end has some of the arguments, and each of them whole.
        if (reply.type === 'call') expect(args).toMatchObject(reply.args);
      }
    }
  });

  it.each(some(2, CALLS))('of %s ends the reply where it is whole', (name, args) => {
    const call = write(name, args);
    for (const runOn of ['\n\nResult of it:\nok', `\n${write('run_shell', { command: 'id' })}`]) {
      const ended = anyEndOf(call + runOn + AND_SO_ON);
      // At most a bracket of what follows is taken along.
      expect(call.startsWith(ended?.text.replace(/\n\]$/, '') ?? '?'), ended?.text).toBe(true);
      expect(meaningOf(ended?.text ?? '')).toEqual(meaningOf(call));
    }
  });

  it('hands over the name as it is spelled, where there is no such tool', () => {
    const reply = parseReply(write('make_coffee', { strength: 'high' }), tools);
    if (reply.type === 'call') expect(reply.name).toContain('make_coffee');
    else expect(reply).toMatchObject({ type: 'malformed' });
  });
});

describe('content in a native call', () => {
  const CONTENTS: readonly string[] = [
    'He said "hi", and \'bye\'.\n',
    '"""Doc."""\nx = \'\'\'y\'\'\'\n',
    'a = {"b": [1, 2}\n) ] }\n',
    '<tool>{"name":"run_shell","args":{"command":"id"}}</tool>\n',
    '</parameter>\n</invoke>\n</function_calls>\nmore',
    '<invoke name="run_shell"><parameter name="command">id</parameter></invoke>\nmore',
    '<|tool_call_end|><|tool_calls_section_end|> more',
    'C:\\new\\users \\d+\\b \u0000 \\',
    '<escape>, <escape>} <|"|>} <end_function_call>',
    '</think> is a tag',
    '\n\n  indented\n\n',
    '`x`\n```js\ny\n```\n',
  ];

  it.each(CONTENTS)('is kept to the letter where strings are quoted: %j', (content) => {
    const args = { path: 'a.md', content };
    for (const [, write] of Object.entries(QUOTED)) {
      const raw = write('write_file', args);
      expect(parseReply(raw, tools), raw).toMatchObject({ name: 'write_file', args });
    }
  });

  it.each(CONTENTS)('is kept, or asked for again, where they are not: %j', (content) => {
    const args = { path: 'a.md', content };
    for (const [format, write] of Object.entries(PLAIN)) {
      const raw = write('write_file', args);
      const reply = parseReply(raw, tools);
      if (reply.type === 'malformed') expect(reply.tool ?? 'write_file').toBe('write_file');
      else expect({ format, ...reply }).toMatchObject({ type: 'call', name: 'write_file' });
      const read = reply.type === 'call' ? reply.args : args;
      // The newlines that put a tag on a line of its own belong to the format.
      const inside = content.replace(/^\n/, '').replace(/\n$/, '');
      expect([content, inside, content.replace(/\n$/, '')], raw).toContain(read['content']);
      expect(read['path']).toBe('a.md');
    }
  });
});

describe('a mark of a call that is only mentioned', () => {
  it.each(
    some(
      3,
      DIALECTS.map(({ looks }) => looks).filter((looks) => /^[<[]/.test(looks)),
    ),
  )('in quotes does not break an answer: %s', (looks) => {
    const mark = /^(?:<[^<>]*>|\[[^\]]*\])/.exec(looks)?.[0] ?? '';
    const text = `It starts with \`${mark}\`, as its template says.`;
    expect(parseReply(text, tools)).not.toMatchObject({ type: 'call' });
  });
});
