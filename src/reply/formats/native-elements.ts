/** Native calls whose arguments are elements with their text unquoted. */
import { readElements, type ElementSyntax } from './elements.ts';
import { readJsonCall } from './json.ts';
import { afterWhitespace, matchAt } from '../match-at.ts';
import { toolNamed } from '../names.ts';
import { THOUGHT_START } from '../reasoning.ts';
import { malformed, type Construct, type ToolShapes } from '../reply.ts';

/** What may come before the name of a tag: a namespace, or the mark of DeepSeek. */
export const TAG_PREFIX = '(?:[a-z][\\w-]{0,20}:|[|｜]DSML[|｜])?';
/** What Hunyuan puts after the name of a tag. */
export const TAG_SUFFIX = '(?::[a-z]\\w{0,20})?';
const TOOL_NAME = '[\\w.-]{1,60}';

const END_OF_CALLS = `</${TAG_PREFIX}(?:(?:longcat_)?tool_calls?|function_calls?)${TAG_SUFFIX}\\s*>`;

const PARAMETERS: ElementSyntax = {
  open: (name) => `<parameter=${name}\\s*>`,
  close: () => '</parameter\\s*>',
  endOfCall: `</function\\s*>|${END_OF_CALLS}`,
};

/** `<function=read_file>` with parameters, or with an object. */
export function readFunction(raw: string, at: number, tools: ToolShapes): Construct | undefined {
  const open = matchAt(raw, at, `<function=["']?(${TOOL_NAME})["']?\\s*>`);
  return open && readNative(raw, open.end, open.groups[0] ?? '', PARAMETERS, tools);
}

const PAIR = '(?:longcat_)?arg_';
const PAIRS: ElementSyntax = {
  open: (name) =>
    `<${PAIR}key${TAG_SUFFIX}>\\s*${name}\\s*</${PAIR}key${TAG_SUFFIX}>\\s*<${PAIR}value${TAG_SUFFIX}>`,
  close: () => `</${PAIR}value${TAG_SUFFIX}\\s*>`,
  endOfCall: END_OF_CALLS,
};

/** GLM, LongCat: `read_file<arg_key>path</arg_key><arg_value>a</arg_value>`. */
export function readPairs(raw: string, at: number, tools: ToolShapes): Construct | undefined {
  const follows = `<${PAIR}key${TAG_SUFFIX}>|${END_OF_CALLS}`;
  const open = matchAt(raw, at, `(${TOOL_NAME})\\s*(?:<tool_sep${TAG_SUFFIX}>\\s*)?(?=${follows})`);
  return open && readNative(raw, open.end, open.groups[0] ?? '', PAIRS, tools);
}

const INVOKE: ElementSyntax = {
  open: (name) =>
    `<${TAG_PREFIX}parameter\\s(?:[^<>]{0,80}\\s)?name\\s*=\\s*["']?${name}["']?(?:\\s[^<>]*)?>`,
  close: () => `</${TAG_PREFIX}parameter\\s*>`,
  endOfCall: `</${TAG_PREFIX}invoke\\s*>|${END_OF_CALLS}`,
};
/** The same with the names of the arguments as tags. */
const INVOKE_TAGS: ElementSyntax = {
  open: (name) => `<${name}>`,
  close: (name) => `</${name}\\s*>`,
  endOfCall: INVOKE.endOfCall,
};

/** `<invoke name="read_file"><parameter name="path">a</parameter></invoke>`. */
export function readInvoke(raw: string, at: number, tools: ToolShapes): Construct | undefined {
  const open = matchAt(
    raw,
    at,
    `<${TAG_PREFIX}invoke\\s+name\\s*=\\s*["']?(${TOOL_NAME})["']?[^<>]*>`,
  );
  if (!open) return undefined;
  const first = afterWhitespace(raw, open.end);
  const isParameter = matchAt(raw, first, `<${TAG_PREFIX}parameter\\s|</`) !== undefined;
  const syntax = isParameter ? INVOKE : INVOKE_TAGS;
  return readNative(raw, open.end, open.groups[0] ?? '', syntax, tools);
}

const CONTINUE: ElementSyntax = {
  open: (name) => `BEGIN_ARG:[ \\t]*${name}[ \\t]*(?=\\r?\\n)`,
  close: () => '\\r?\\n[ \\t]*END_ARG',
  endOfCall: '```',
};

/** Continue: `TOOL_NAME: read_file`, and each argument between `BEGIN_ARG: path` and `END_ARG`. */
export function readContinue(raw: string, at: number, tools: ToolShapes): Construct | undefined {
  const open = matchAt(raw, at, `[ \\t]*(${TOOL_NAME})[ \\t]*(?=\\r?\\n)`);
  return open && readNative(raw, open.end, open.groups[0] ?? '', CONTINUE, tools);
}

const MINIMAX_MARK = '\\]<\\]minimax\\[>\\[';
const MINIMAX: ElementSyntax = {
  open: (name) => `${MINIMAX_MARK}<${name}>`,
  close: (name) => `${MINIMAX_MARK}</${name}>`,
  endOfCall: `${MINIMAX_MARK}</(?:invoke|tool_call)>`,
};

/** MiniMax M3: each of its tags has a mark of its own. */
export function readMiniMax(raw: string, at: number, tools: ToolShapes): Construct | undefined {
  const open = matchAt(raw, at, `${MINIMAX_MARK}<invoke name="(${TOOL_NAME})">`);
  return open && readNative(raw, open.end, open.groups[0] ?? '', MINIMAX, tools);
}

const KIMI: ElementSyntax = {
  open: (name) => `<\\|open\\|>argument\\s+key="${name}"[^<>]*<\\|sep\\|>`,
  close: () => '<\\|close\\|>argument<\\|sep\\|>',
  endOfCall: '<\\|close\\|>call<\\|sep\\|>',
};

/** Kimi K3: `<|open|>call tool="read_file"<|sep|>`, and each argument likewise. */
export function readKimi(raw: string, at: number, tools: ToolShapes): Construct | undefined {
  const open = matchAt(raw, at, `\\s+tool="(?:functions\\.)?(${TOOL_NAME})"[^<>]*<\\|sep\\|>`);
  return open && readNative(raw, open.end, open.groups[0] ?? '', KIMI, tools);
}

/** Elements as native formats write them, with their text on lines of its own; or an object. */
function readNative(
  raw: string,
  from: number,
  name: string,
  syntax: ElementSyntax,
  tools: ToolShapes,
): Construct {
  const first = afterWhitespace(raw, from);
  if (raw.charAt(first) === '{') return readJsonCall(raw, first, name);
  const isElement = `${syntax.open('[\\w.-]{1,60}')}|${syntax.endOfCall}|${THOUGHT_START}`;
  const elements = matchAt(raw, first, isElement)
    ? readElements(raw, from, syntax, name, tools)
    : { problem: 'the end of the tool call is not certain' };
  if ('problem' in elements) {
    return {
      reply: malformed(elements.problem, toolNamed(name, tools) ?? name),
      end: raw.length,
    };
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
