/** Puts a reply together from the parts that the server sends, for /api/generate and /api/chat. */
import { lacksLastLine } from './errors.ts';

/**
 * What opens a call, an answer, a code block, an object or a thought in any format. Text that has it
 * may be what the native call was taken out of; plain words before a call never have it.
 */
const OPENING = /[<{◁]|```|\[[A-Z_]+\]/;

/** The reply so far. Calls and thoughts that the server took out of it are put back. */
export class ReplyParts {
  /** The text so far, with calls that the server took out of it in our own form. */
  text = '';
  /** What is wrong with it, in one clause, if the server took a part of it away. */
  fault: string | undefined;
  /** The last part, which has the server's counts. */
  last: object | undefined;
  /** The thought in the last part, if it came in a field of its own. */
  thought = '';
  #hasThoughts = false;
  #hasCall = false;
  readonly #inThought: boolean;

  /** @param inThought the template has opened a thought that the reply continues */
  constructor(inThought = false) {
    this.#inThought = inThought;
  }

  /** Takes the next part and returns its text, which is empty once the reply has a fault. */
  push(part: object): string {
    this.last = part;
    const message: unknown = 'message' in part ? part.message : undefined;
    const holder = typeof message === 'object' && message !== null ? message : part;
    const content: unknown =
      'content' in holder ? holder.content : 'response' in holder ? holder.response : '';
    const thinking: unknown = 'thinking' in holder ? holder.thinking : undefined;
    this.thought = typeof thinking === 'string' ? thinking : '';
    this.#hasThoughts ||= typeof thinking === 'string';
    const piece = typeof content === 'string' ? content : '';
    // Without the tag that opens the thought, a call drafted in it would look like one.
    const isThought = this.#inThought && !this.#hasThoughts && this.text === '' && piece !== '';
    const text = isThought ? `<think>${piece}` : piece;
    this.text += text;
    const calls: unknown = 'tool_calls' in holder ? holder.tool_calls : undefined;
    if (!Array.isArray(calls) || calls.length === 0) return text;
    // Text with a hole in it must not be used. After the first call no other one is run anyway.
    if (!this.#hasCall && OPENING.test(this.text)) {
      this.fault = 'the server took a part of the reply for a native tool call';
      return '';
    }
    return text + this.#putBack(calls);
  }

  /** Why the reply ended, in the server's word; `cut` if the stream ended without its last line. */
  get doneReason(): string {
    const { last } = this;
    if (!last || !('done' in last) || last.done !== true) return 'cut';
    const reason: unknown = 'done_reason' in last ? last.done_reason : 'stop';
    return typeof reason === 'string' ? reason : 'stop';
  }

  /** The server could not read what it took for a call. @param said its error message */
  fail(said: string): void {
    const why = said.slice(0, 120);
    this.fault = `the server could not read the tool call in the reply (${why})`;
  }

  /** Whether an error only says that the stream ended early: the reply was cut off. */
  hasEndedEarly(error: unknown): boolean {
    return lacksLastLine(error) && this.last !== undefined;
  }

  /** Puts native calls that the server's parser took out of the text back into it, in our own form. */
  #putBack(calls: readonly unknown[]): string {
    this.#hasCall = true;
    // The parser takes the whitespace before a call too, and `<tool>` after a letter would be a type.
    const before = this.text === '' || this.text.endsWith('\n') ? '' : '\n';
    const texts = calls.flatMap((call) => callText(call) ?? []);
    const text = texts.length > 0 ? before + texts.join('\n') : '';
    this.text += text;
    return text;
  }
}

function callText(call: unknown): string | undefined {
  if (typeof call !== 'object' || call === null || !('function' in call)) return undefined;
  const called: unknown = call.function;
  if (typeof called !== 'object' || called === null || !('name' in called)) return undefined;
  const args = 'arguments' in called ? called.arguments : {};
  return `<tool>${JSON.stringify({ name: called.name, args })}</tool>`;
}
