/** A reply in the pieces that the server sends, of /api/generate and of /api/chat alike. */
import { lacksLastLine } from './errors.ts';

/**
 * What opens a call, an answer, a block of code, an object or a thought in any format: text that has
 * it may be what the native call was a piece of. Plain words before a call have none of it.
 */
const OPENING = /[<{]|```|\[[A-Z_]+\]/;

export class ReplyParts {
  /** All that belongs to the reply so far; a call that the server took out of it in our own form. */
  text = '';
  /** What is wrong with it, in one clause, where the server took a part of it away. */
  fault: string | undefined;
  /** The last part, with what the server counted. */
  last: object | undefined;
  /** Thoughts came apart from the text. */
  #hasThoughts = false;
  #hasCall = false;
  readonly #inThought: boolean;

  /** @param inThought the template has opened a thought, which the reply goes on with */
  constructor(inThought = false) {
    this.#inThought = inThought;
  }

  /** Takes the next part. Returns the text that came with it; of a reply with a fault nothing. */
  push(part: object): string {
    this.last = part;
    const message: unknown = 'message' in part ? part.message : undefined;
    const holder = typeof message === 'object' && message !== null ? message : part;
    const content: unknown =
      'content' in holder ? holder.content : 'response' in holder ? holder.response : '';
    this.#hasThoughts ||= 'thinking' in holder && typeof holder.thinking === 'string';
    const piece = typeof content === 'string' ? content : '';
    // Without the tag that opens the thought, a call drafted in it would look like one.
    const isThought = this.#inThought && !this.#hasThoughts && this.text === '' && piece !== '';
    const text = isThought ? `<think>${piece}` : piece;
    this.text += text;
    const calls: unknown = 'tool_calls' in holder ? holder.tool_calls : undefined;
    if (!Array.isArray(calls) || calls.length === 0) return text;
    // What is left of a text with a hole in it must not be used. After a first call no other one is run.
    if (!this.#hasCall && OPENING.test(this.text)) {
      this.fault = 'the server took a part of the reply for a native tool call';
      return '';
    }
    return text + this.#putBack(calls);
  }

  /** `cut` where the stream ended without its last line. */
  get doneReason(): string {
    const { last } = this;
    if (!last || !('done' in last) || last.done !== true) return 'cut';
    const reason: unknown = 'done_reason' in last ? last.done_reason : 'stop';
    return typeof reason === 'string' ? reason : 'stop';
  }

  /** The server could not read what looked like a call to it. */
  fail(said: string): void {
    const why = said.slice(0, 120);
    this.fault = `the server could not read the tool call in the reply (${why})`;
  }

  /** Whether an error only says that the stream ended before its last line: the reply was cut off. */
  hasEndedEarly(error: unknown): boolean {
    return lacksLastLine(error) && this.last !== undefined;
  }

  /** Native calls that the server's parser took out of the text go back into it in our own form. */
  #putBack(calls: readonly unknown[]): string {
    this.#hasCall = true;
    // The parser takes the blanks before a call as well, and after a letter it would be a type.
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
