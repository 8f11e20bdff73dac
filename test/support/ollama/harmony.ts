/** The channels of gpt-oss: `<|channel|>NAME<|message|>text<|end|>`, one message after the other. */
import { known, overlap, ParserError, type Output, type OutputFilter } from './output-filter.ts';

const START = '<|start|>';
const BODY = '<|message|>';
const END = '<|end|>';

/** These marks never reach a client; the text between them is sorted by channel. */
const MARKS = /<\|(?:start|end|message|channel|constrain|call|return)\|>/g;

/** A reply as it is shown with `raw: true`: control tokens are not shown. */
export function withoutMarks(text: string): string {
  return text.replace(MARKS, '');
}

/** A reply up to where the model stops: at the end of a call, or of everything. */
export function upToEnd(text: string): string {
  return text.replace(/<\|(?:call|return)\|>[\s\S]*$/, '');
}

/** Sorts a reply by its channels. Calls are read when the reply has ended. */
export class HarmonyFilter implements OutputFilter {
  readonly #tools: readonly string[] | undefined;
  #state: 'between' | 'header' | 'body' = 'header'; // the prompt has ended with the first START
  #channel: 'content' | 'thinking' | 'call' = 'content';
  #held = '';
  #tool: string | undefined;
  #args = '';

  constructor(tools: readonly string[] | undefined) {
    this.#tools = tools;
  }

  add(piece: string, isDone: boolean): Output {
    this.#held += piece;
    const output: Output = { content: '', thinking: '', calls: [] };
    while (this.#step(output));
    if (isDone && this.#tool !== undefined) output.calls.push(this.#call(this.#tool));
    return output;
  }

  /** Reads up to the next mark; false when there is none yet. */
  #step(output: Output): boolean {
    const mark = { between: START, header: BODY, body: END }[this.#state];
    const at = this.#held.indexOf(mark);
    if (this.#state === 'body') {
      const certain = at < 0 ? this.#held.length - overlap(this.#held, END) : at;
      this.#emit(this.#held.slice(0, certain), output);
      this.#held = this.#held.slice(certain);
    }
    if (at < 0) return false;
    const before = this.#state === 'body' ? '' : this.#held.slice(0, at);
    this.#held = this.#held.slice(this.#state === 'body' ? END.length : at + mark.length);
    if (this.#state === 'header') this.#open(before);
    if (this.#state === 'body') this.#channel = 'content';
    this.#state = ({ between: 'header', header: 'body', body: 'between' } as const)[this.#state];
    return true;
  }

  #open(header: string): void {
    const to = /\bto=([^\s<]+)/.exec(header)?.[1];
    const isThought = /<\|channel\|>\s*analysis/.test(header);
    this.#channel = to ? 'call' : isThought ? 'thinking' : 'content';
    if (to) this.#tool = to;
  }

  #emit(text: string, output: Output): void {
    if (this.#channel === 'call') this.#args += text;
    else output[this.#channel] += text;
  }

  #call(tool: string) {
    const name = tool.replace(/^functions\./, '');
    try {
      const args = JSON.parse(this.#args) as Record<string, unknown>;
      return known({ name, arguments: args }, this.#tools);
    } catch (error) {
      if (error instanceof ParserError) throw error;
      const why = `raw='${this.#args}', err=${String(error)}`;
      throw new ParserError(`error parsing tool call: ${why}`);
    }
  }
}
