/**
 * Calls in the formats that models were trained on and fall back to, whatever the prompt asks. The
 * table is the documentation. What only resembles a call is malformed and never guessed.
 */
import { AGENT_FORMATS } from './agent-formats.ts';
import {
  BARE_CALL,
  BARE_GEMMA,
  NAME_OVER_OBJECT,
  readBareCall,
  readBareGemma,
  readFencedCall,
  readNameOverObject,
  readRaven,
} from './bare-calls.ts';
import type { Dialect } from './dialect.ts';
import { readGemma } from './gemma.ts';
import { readBareJson } from './json.ts';
import {
  ENVELOPE,
  known,
  notWhole,
  readAfterToken,
  readEnvelope,
  readNamedJson,
  unlessQuoted,
  readUnmarkedHarmony,
} from './marked.ts';
import {
  readContinue,
  readFunction,
  readInvoke,
  readKimi,
  readMiniMax,
  TAG_PREFIX,
  TAG_SUFFIX,
} from './native-elements.ts';
import { matchAt } from '../match-at.ts';

const TAG_END = '\\s*>';

/** All formats, in the order in which they are tried. */
export const DIALECTS: readonly Dialect[] = [
  {
    models:
      'DeepSeek; Step 3 (with invoke and a prefix); Kimi K2; with bars and whitespace of any kind',
    looks: '<｜tool▁call▁begin｜>read_file<｜tool▁sep｜>{"path":"a"}<｜tool▁call▁end｜>',
    opening: '<[|｜]tool[▁_ ]calls?(?:[▁_ ]section)?[▁_ ]begin[|｜]>',
    closing: '<[|｜]tool[▁_ ]calls?(?:[▁_ ]section)?[▁_ ]end[|｜]>',
    read: (raw, at, tools) => {
      const inner = matchAt(raw, at, '\\s*(?=<[|｜]tool[▁_ ]call[▁_ ]begin[|｜]>)');
      if (inner) return inner.end;
      const start = matchAt(raw, at, '\\s*(?:function<[|｜]tool[▁_ ]sep[|｜]>)?')?.end ?? at;
      return readAfterToken(raw, start, tools);
    },
  },
  {
    models:
      'Qwen 2.5 and 3, Hermes, Granite, GLM, ERNIE; Qwen3-coder and Nemotron 3 with functions; ' +
      'MiniMax M1, Jamba, Hunyuan, LongCat, Seed-OSS, OLMo 3 in Python; Nemotron 2 in capitals',
    looks: '<tool_call>{"name":"read_file","arguments":{"path":"a"}}</tool_call>',
    opening: ENVELOPE,
    closing:
      `</${TAG_PREFIX}(?:(?:longcat_)?tool_calls?|function_calls?|tool_code)${TAG_SUFFIX}${TAG_END}|` +
      '</TOOLCALLS?>',
    read: readEnvelope,
  },
  {
    models: 'Qwen3-coder, Qwen 3.5, Nemotron 3 without the tag around it; Llama 3, Functionary',
    looks: '<function=read_file><parameter=path>a</parameter></function>',
    opening: '(?=<function=["\']?\\w)',
    closing: `</function${TAG_END}`,
    read: (raw, at, tools) => unlessQuoted(raw, at, readFunction(raw, at, tools), tools),
  },
  {
    models: 'MiniMax M2, Claude, Muse with a prefix; DeepSeek 3.2 with <｜DSML｜invoke …',
    looks: '<invoke name="read_file"><parameter name="path">a</parameter></invoke>',
    opening: `(?=<${TAG_PREFIX}invoke\\s+name\\s*=)`,
    closing: `</${TAG_PREFIX}invoke${TAG_END}`,
    read: (raw, at, tools) => unlessQuoted(raw, at, readInvoke(raw, at, tools), tools),
  },
  {
    models: 'MiniMax M3',
    looks: ']<]minimax[>[<invoke name="read_file">]<]minimax[>[<path>a]<]minimax[>[</path>…',
    opening: '(?=\\]<\\]minimax\\[>\\[<invoke)',
    closing: '\\]<\\]minimax\\[>\\[</(?:invoke|tool_call)>',
    read: (raw, at, tools) => readMiniMax(raw, at, tools) ?? notWhole(raw, at, tools),
  },
  {
    models: 'Kimi K3',
    looks:
      '<|open|>call tool="read_file" index="1"<|sep|><|open|>argument key="path" type="string"<|sep|>a<|close|>argument<|sep|><|close|>call<|sep|>',
    opening: '<\\|open\\|>call\\b',
    closing: '<\\|close\\|>(?:call|tools|message)<\\|sep\\|>',
    read: (raw, at, tools) => readKimi(raw, at, tools) ?? notWhole(raw, at, tools),
  },
  {
    models:
      'Llama 3 and 4; Phi-4-mini and Granite 3; Cohere; InternLM; Apertus with the name as the key; LFM2 in Python',
    looks: '<|python_tag|>{"name":"read_file","parameters":{"path":"a"}}',
    opening:
      '<\\|(?:python_(?:tag|start)|tool_call|START_ACTION|tools_prefix|tool_call_start)\\|>|' +
      '<\\|action_start\\|>\\s{0,9}(?:<\\|plugin\\|>)?|\\bfunctools(?=\\[)',
    closing: '<\\|(?:/tool_call|python_end|tool_call_end|END_ACTION|action_end|tools_suffix)\\|>',
    read: readAfterToken,
  },
  {
    models: 'Qwen-Agent',
    looks: '✿FUNCTION✿: read_file\n✿ARGS✿: {"path":"a"}',
    opening: '✿FUNCTION✿:?',
    closing: '✿RESULT✿:?',
    read: (raw, at, tools) => readNamedJson(raw, at) ?? notWhole(raw, at, tools),
  },
  {
    models: 'Continue',
    looks: '```tool\nTOOL_NAME: read_file\nBEGIN_ARG: path\na\nEND_ARG\n```',
    opening: '```tool\\s{1,9}TOOL_NAME:',
    read: (raw, at, tools) => readContinue(raw, at, tools) ?? notWhole(raw, at, tools),
  },
  {
    models: 'NexusRaven; only to read',
    looks: 'Call: read_file(path="a")<bot_end>',
    opening: '(?<=^|[\\n>])Call:(?=\\s{0,9}\\w{1,60}\\()',
    begun: null,
    read: readRaven,
  },
  {
    models: 'Mistral',
    looks: '[TOOL_CALLS]read_file[ARGS]{"path":"a"}, or a list of {"name", "arguments"}',
    opening: '\\[TOOL_CALLS\\]',
    read: readEnvelope,
  },
  {
    models: 'any',
    looks: '[tool]{"name":"read_file","arguments":{"path":"a"}}[/tool]',
    opening: '\\[tool(?:_call)?\\](?=\\s{0,9}(?:\\{|\\w{1,60}\\())',
    closing: '\\[/tool(?:_call)?\\]',
    read: readEnvelope,
  },
  {
    models: 'Solar',
    looks: '<|tool_call:begin|>0<|tool_call:name|>read_file<|tool_call:args|>{"path":"a"}',
    opening: '<\\|tool_call:name\\|>',
    closing: '<\\|tool_call:end\\|>|<\\|calls\\|>',
    read: (raw, at, tools) => readNamedJson(raw, at) ?? notWhole(raw, at, tools),
  },
  {
    models: 'gpt-oss',
    looks: '<|channel|>commentary to=functions.read_file <|message|>{"path":"a"}<|call|>',
    opening: '<\\|(?:start|channel)\\|>[\\w ]{0,40}to=functions\\.',
    closing: '<\\|call\\|>',
    read: (raw, at, tools) => readNamedJson(raw, at) ?? notWhole(raw, at, tools),
  },
  {
    models: 'gpt-oss, where its marks are not shown',
    looks: 'assistantcommentary to=functions.read_file json{"path":"a"}',
    opening:
      '(?:(?<!["\'`])assistant|(?<=^|[\\n>])[ \\t]{0,9})(?:commentary|analysis)?\\s?to=functions\\.',
    begun: 'to=functions\\.',
    read: readUnmarkedHarmony,
  },
  {
    models: 'Functionary',
    looks: '<|recipient|>read_file\n<|content|>{"path":"a"}, or after >>>',
    opening: '<\\|recipient\\|>|>>>(?=\\w{1,60}\\s*\\{)',
    begun: '<\\|recipient\\|>',
    read: (raw, at, tools) => {
      const call = readNamedJson(raw, at);
      return call && known(call, tools);
    },
  },
  {
    models: 'Gemma 4; FunctionGemma with <start_function_call> and <escape>',
    looks: '<|tool_call>call:read_file{path:<|"|>a<|"|>}<tool_call|>',
    opening: '<\\|tool_call>|<start_function_call>',
    closing: '<tool_call\\|>|<end_function_call>',
    read: (raw, at, tools) => readGemma(raw, at, tools) ?? notWhole(raw, at, tools),
  },
  {
    models: 'Gemma 3, the whole reply, only to read',
    looks: '```tool_code\nread_file(path="a")\n```',
    opening: '```tool_(?:code|call)s?\\b',
    read: readFencedCall,
  },
  {
    models:
      'Llama 3.2, Gemma, ToolACE: in a list, in a fence or bare; the whole reply, only to read',
    looks: '[read_file(path="a")]',
    opening: BARE_CALL,
    begun: null,
    read: readBareCall,
  },
  {
    models: 'GLM-4; the whole reply, only to read',
    looks: 'read_file\n{"path":"a"}',
    opening: NAME_OVER_OBJECT,
    begun: null,
    read: readNameOverObject,
  },
  {
    models: 'Gemma 4, where its marks are not shown; the whole reply, only to read',
    looks: 'call:read_file{path:a}',
    opening: BARE_GEMMA,
    begun: null,
    read: readBareGemma,
  },
  {
    models: 'any: bare or in a code fence, only if it names an existing tool',
    looks: '{"name":"read_file","arguments":{"path":"a"}}',
    opening: `(?=\\{\\s*["']?\\w{1,30}["']?\\s*:)`,
    begun: '\\{\\s*"name"\\s*:',
    read: readBareJson,
  },
  ...AGENT_FORMATS,
];

/** What closes a call in any of the formats, or what is around it: the source of an expression. */
export const CLOSING_MARKS = DIALECTS.flatMap(({ closing }) => closing ?? []).join('|');

/** What shows that a call was begun in any of the formats, likewise. */
export const BEGUN_MARKS = DIALECTS.flatMap(({ opening, begun = opening }) => begun ?? []).join(
  '|',
);
