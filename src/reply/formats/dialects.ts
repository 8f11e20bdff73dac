/**
 * Calls in the formats that models were trained on and fall back to, whatever the prompt asks. The
 * table is the documentation. What only resembles a call is malformed and never guessed.
 */
import { readElements, type ElementSyntax } from './elements.ts';
import { readBareJson, readJsonCall } from './json.ts';
import { readGemma, readPython } from './literals.ts';
import { matchAt } from '../match-at.ts';
import { malformed, toolNamedAt, type Construct, type ToolShapes } from '../reply.ts';

/**
 * Reads the construct whose opening ends at `at`. If there is none, returns undefined, or the place
 * up to which the text is only prose.
 */
type Reader = (raw: string, at: number, tools: ToolShapes) => Construct | number | undefined;

/** One format of calls. */
interface Dialect {
  /** Models that are known to write it. */
  models: string;
  /** An example of a call. */
  looks: string;
  /** What opens it: the source of a regular expression, ignoring case, without capturing groups. */
  opening: string;
  read: Reader;
}

/** All formats, in the order in which they are tried. */
export const DIALECTS: readonly Dialect[] = [
  {
    models: 'Qwen 2.5 and 3, Hermes, Granite, GLM; Qwen3-coder, Qwen 3.5, Nemotron 3 (see below)',
    looks: '<tool_call>{"name":"read_file","arguments":{"path":"a"}}</tool_call>',
    opening: '<(?:tool_call|function_call)>',
    read: (raw, at, tools) => {
      // It may contain a call in our own tags.
      const inner = matchAt(raw, at, '\\s*(?=<tool[\\s>])');
      if (inner) return inner.end;
      return (
        readFunction(raw, at, tools) ??
        readPairs(raw, at, tools) ??
        readJson(raw, at) ??
        (isLikeCall(raw, at) ? notWhole(raw, at, tools) : undefined)
      );
    },
  },
  {
    models: 'Qwen3-coder, Qwen 3.5, Nemotron 3 without the tag around it; Llama 3, Functionary',
    looks: '<function=read_file><parameter=path>a</parameter></function>',
    opening: '(?=<function=\\w)',
    read: (raw, at, tools) => readFunction(raw, at, tools) ?? notWhole(raw, at, tools),
  },
  {
    models: 'Llama 3',
    looks: '<|python_tag|>{"name":"read_file","parameters":{"path":"a"}}',
    opening: '<\\|python_tag\\|>',
    read: (raw, at, tools) => readJson(raw, at) ?? readPython(raw, at) ?? notWhole(raw, at, tools),
  },
  {
    models: 'Phi-4-mini, Granite 3',
    looks: '<|tool_call|>[{"name":"read_file","arguments":{"path":"a"}}]<|/tool_call|>',
    opening: '<\\|tool_call\\|>|\\bfunctools(?=\\[)',
    read: (raw, at, tools) => readJson(raw, at) ?? notWhole(raw, at, tools),
  },
  {
    models: 'Cohere',
    looks: '<|START_ACTION|>[{"tool_name":"read_file","parameters":{"path":"a"}}]<|END_ACTION|>',
    opening: '<\\|START_ACTION\\|>',
    read: (raw, at, tools) => readJson(raw, at) ?? notWhole(raw, at, tools),
  },
  {
    models: 'Mistral',
    looks: '[TOOL_CALLS]read_file[ARGS]{"path":"a"}, or a list of {"name", "arguments"}',
    opening: '\\[TOOL_CALLS\\]',
    read: (raw, at, tools) =>
      readJson(raw, at) ??
      readNamedJson(raw, at) ??
      (isLikeCall(raw, at) ? notWhole(raw, at, tools) : undefined),
  },
  {
    models: 'DeepSeek',
    looks: '<｜tool▁call▁begin｜>read_file<｜tool▁sep｜>{"path":"a"}<｜tool▁call▁end｜>',
    opening: '<｜tool▁call▁begin｜>(?:function<｜tool▁sep｜>)?',
    read: (raw, at, tools) => readNamedJson(raw, at) ?? notWhole(raw, at, tools),
  },
  {
    models: 'gpt-oss',
    looks: '<|channel|>commentary to=functions.read_file <|message|>{"path":"a"}<|call|>',
    opening: '<\\|(?:start|channel)\\|>[\\w ]{0,40}to=functions\\.',
    read: readNamedJson,
  },
  {
    models: 'Functionary',
    looks: '<|recipient|>read_file\n<|content|>{"path":"a"}, or after >>>',
    opening: '<\\|recipient\\|>|>>>(?=\\w{1,60}\\s*\\{)',
    read: (raw, at, tools) => {
      const call = readNamedJson(raw, at);
      return call && known(call, tools);
    },
  },
  {
    models: 'Gemma 4',
    looks: '<|tool_call>call:read_file{path:<|"|>a<|"|>}<tool_call|>',
    opening: '<\\|tool_call>',
    read: (raw, at, tools) => readGemma(raw, at, tools) ?? notWhole(raw, at, tools),
  },
  {
    models: 'LFM2',
    looks: '<|tool_call_start|>[read_file(path="a")]<|tool_call_end|>',
    opening: '<\\|tool_call_start\\|>',
    read: (raw, at, tools) => readPython(raw, at) ?? readJson(raw, at) ?? notWhole(raw, at, tools),
  },
  {
    models: 'Gemma 3',
    looks: '```tool_code\nread_file(path="a")\n```',
    opening: '```tool_(?:code|call)s?\\b',
    read: (raw, at, tools) => readPython(raw, at) ?? readJson(raw, at) ?? notWhole(raw, at, tools),
  },
  {
    models: 'Llama 3.2, only if it names an existing tool',
    looks: '[read_file(path="a")]',
    opening: '\\[(?=\\w{1,60}\\()',
    read: (raw, at, tools) => {
      const call = readPython(raw, at);
      // Code may contain such a list too: a call is on its own line and ends the reply.
      const isAlone =
        /(?:^|\n)[ \t]*\[$/.test(raw.slice(Math.max(0, at - 40), at)) &&
        /^\s*\][\s`]*$/.test(raw.slice(call?.end ?? at));
      return isAlone && call ? known(call, tools) : undefined;
    },
  },
  {
    models: 'any: bare or in a code fence, only if it names an existing tool',
    looks: '{"name":"read_file","arguments":{"path":"a"}}',
    opening: `(?=\\{\\s*["']?\\w{1,30}["']?\\s*:)`,
    read: readBareJson,
  },
];

/** An object, or the first of a list, in a code fence or not. */
function readJson(raw: string, at: number): Construct | undefined {
  const open = matchAt(raw, at, '\\s*(?:```(?:json)?\\s*)?(?:\\[\\s*)?(?=\\{)');
  return open ? readJsonCall(raw, open.end) : undefined;
}

/** A name, special tokens of the format, and an object with the arguments. */
function readNamedJson(raw: string, at: number): Construct | undefined {
  const mark =
    '\\s|<[|｜][^<>|｜]{0,30}[|｜]>|\\[CALL_ID\\]\\w{1,60}|\\[ARGS\\]|```|json\\b|commentary\\b';
  const open = matchAt(raw, at, `\\s*(\\w{1,60})(?:${mark})*(?=\\{)`);
  return open ? readJsonCall(raw, open.end, open.groups[0]) : undefined;
}

const PARAMETERS: ElementSyntax = {
  open: (name) => `<parameter=${name}\\s*>`,
  close: () => '</parameter\\s*>',
  endOfCall: '</function\\s*>|</tool_call\\s*>',
};

/** `<function=read_file>` with parameters, or with an object. */
function readFunction(raw: string, at: number, tools: ToolShapes): Construct | undefined {
  const open = matchAt(raw, at, '\\s*<function=(\\w+)\\s*>');
  if (!open) return undefined;
  const json = matchAt(raw, open.end, '\\s*(?=\\{)');
  if (json) return readJsonCall(raw, json.end, open.groups[0]);
  return readNative(raw, open.end, open.groups[0] ?? '', PARAMETERS, tools);
}

const PAIRS: ElementSyntax = {
  open: (name) => `<arg_key>\\s*${name}\\s*</arg_key>\\s*<arg_value>`,
  close: () => '</arg_value\\s*>',
  endOfCall: '</tool_call\\s*>',
};

/** GLM: `read_file<arg_key>path</arg_key><arg_value>a</arg_value>`. */
function readPairs(raw: string, at: number, tools: ToolShapes): Construct | undefined {
  const open = matchAt(raw, at, '\\s*(\\w+)\\s*(?=<arg_key>|</tool_call>)');
  return open ? readNative(raw, open.end, open.groups[0] ?? '', PAIRS, tools) : undefined;
}

/** Elements as native formats write them: with their text on lines of its own. */
function readNative(
  raw: string,
  from: number,
  name: string,
  syntax: ElementSyntax,
  tools: ToolShapes,
): Construct {
  const shape = tools.get(name);
  const elements = readElements(raw, from, syntax, shape?.argNames ?? []);
  if ('uncertain' in elements) {
    const problem = `the end of ${elements.uncertain || 'the tool call'} is not certain`;
    return { reply: malformed(problem, name), end: raw.length };
  }
  const args = Object.fromEntries(
    Object.entries(elements.args).map(([key, text]) => [key, withoutOwnLines(text)]),
  );
  return { reply: { type: 'call', name, args, ignored: '' }, end: elements.end };
}

/** The text without the newlines that put its tags on lines of their own. */
function withoutOwnLines(text: string): string {
  return /^\r?\n/.test(text) ? text.replace(/^\r?\n/, '').replace(/\r?\n$/, '') : text;
}

/** The construct if it is a call of an existing tool, or the remains of one. */
function known(call: Construct, tools: ToolShapes): Construct | undefined {
  const { reply } = call;
  const name = reply.type === 'call' ? reply.name : reply.type === 'malformed' ? reply.tool : '';
  return tools.has(name ?? '') ? call : undefined;
}

/** Whether a call may have been meant here, and the opening was not just mentioned. */
function isLikeCall(raw: string, at: number): boolean {
  return matchAt(raw, at, '\\s*(?:[[{<]|```|\\w+\\s*[[<{(])') !== undefined;
}

/** An opening without a valid call after it. */
function notWhole(raw: string, at: number, tools: ToolShapes): Construct {
  const problem = 'the tool call is not in a known format';
  return { reply: malformed(problem, toolNamedAt(raw, at, tools)), end: raw.length };
}
