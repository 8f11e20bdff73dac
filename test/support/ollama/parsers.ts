/** What a server's built-in parsers remove from a reply: native calls, and thoughts. */
import { HarmonyFilter } from './harmony.ts';
import {
  known,
  overlap,
  ParserError,
  type NativeCall,
  type Output,
  type OutputFilter,
} from './output-filter.ts';
import { ThoughtFilter } from './thoughts.ts';

/**
 * - `qwen3.5`: `<tool_call><function=NAME><parameter=KEY>…`; values are strings
 * - `json-in-tag`: `<tool_call>{"name", "arguments"}</tool_call>` (Qwen 3, Hermes)
 * - `harmony`: the channels of gpt-oss
 */
export type ParserName = 'qwen3.5' | 'json-in-tag' | 'harmony';

/** What a request and its model ask of a parser. */
export interface ParserSetting {
  parser?: ParserName | undefined;
  /** The tools that the request lists; undefined: calls of any tool are taken. */
  tools?: readonly string[] | undefined;
  /** The model thinks before it speaks. */
  thinks: boolean;
}

/** A new filter for one reply. */
export function filterFor({ parser, tools, thinks }: ParserSetting): OutputFilter {
  if (parser === 'harmony') return new HarmonyFilter(tools);
  const read = parser === 'json-in-tag' ? readJson : readXml;
  const calls = new TagFilter((text) => known(read(text), tools));
  // A prompt that ends within a think block makes the reply begin with thoughts.
  return thinks ? new ThoughtFilter(true, calls) : calls;
}

const OPEN = '<tool_call>';
const CLOSE = '</tool_call>';

/** Removes everything between the two tags, wherever it appears, and the whitespace around it. */
class TagFilter implements OutputFilter {
  readonly #read: (text: string) => NativeCall;
  #held = '';
  #isInside = false;

  constructor(read: (text: string) => NativeCall) {
    this.#read = read;
  }

  add(piece: string): Output {
    this.#held += piece;
    const output: Output = { content: '', thinking: '', calls: [] };
    for (;;) {
      const at = this.#held.indexOf(this.#isInside ? CLOSE : OPEN);
      if (at < 0) break;
      const before = this.#held.slice(0, at);
      if (this.#isInside) {
        output.calls.push(this.#read(before));
        this.#held = this.#held.slice(at + CLOSE.length).trimStart();
      } else {
        output.content += before.trimEnd();
        this.#held = this.#held.slice(at + OPEN.length);
      }
      this.#isInside = !this.#isInside;
    }
    if (!this.#isInside) {
      const certain = this.#held.slice(0, this.#held.length - overlap(this.#held, OPEN)).trimEnd();
      output.content += certain;
      this.#held = this.#held.slice(certain.length);
    }
    return output;
  }
}

function readJson(text: string): NativeCall {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ParserError(`failed to parse JSON: ${String(error)}`);
  }
  const { name, arguments: args } = (value ?? {}) as Partial<NativeCall>;
  if (!name) throw new ParserError('empty function name');
  return { name, arguments: args ?? {} };
}

const FUNCTION = /<function=([^>]*)>([\s\S]*?)<\/function>/;
const PARAMETER = /<parameter=([^>]*)>([\s\S]*?)<\/parameter>/g;

/** Reads a call as Go's XML decoder does: the first element counts, other text does not. */
function readXml(text: string): NativeCall {
  if (!/<function=[^>]*>/.test(text)) throw new ParserError('EOF');
  const [, name = '', body] = FUNCTION.exec(text) ?? [];
  const line = text.split('\n').length;
  if (body === undefined) {
    throw new ParserError(`XML syntax error on line ${line}: unexpected EOF`);
  }
  const read = [...body.matchAll(PARAMETER)];
  if (read.length !== body.split('<parameter=').length - 1) {
    const what = 'element <parameter> closed by </function>';
    throw new ParserError(`XML syntax error on line ${line}: ${what}`);
  }
  const pairs = read.map(([, key = '', value = '']) => [key, valueOf(value)]);
  return { name, arguments: Object.fromEntries(pairs) as Record<string, unknown> };
}

/** A value loses one newline at each end, and stays a string whatever it looks like. */
function valueOf(text: string): unknown {
  const value = text.replace(/^\n/, '').replace(/\n$/, '');
  return value.toLowerCase() === 'null' ? null : value;
}
