/** Puts a reply together from the parts that the server sends, for /api/generate and /api/chat. */
import { faultOf, putBack, TOO_DEEP, unreadable, type NativeCall } from '../native-calls.ts';
import { lacksLastLine } from './errors.ts';

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
    // After the first call no other one is run anyway.
    if (!this.#hasCall) this.fault = faultOf(this.text);
    if (this.fault !== undefined) return '';
    this.#hasCall = true;
    const back = putBack(
      this.text,
      calls.flatMap((call) => nativeCall(call) ?? []),
    );
    if (back === undefined) {
      this.fail(TOO_DEEP);
      return '';
    }
    this.text += back;
    return text + back;
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
    this.fault = unreadable(said);
  }

  /** Whether an error only says that the stream ended early: the reply was cut off. */
  hasEndedEarly(error: unknown): boolean {
    return lacksLastLine(error) && this.last !== undefined;
  }
}

function nativeCall(call: unknown): NativeCall | undefined {
  if (typeof call !== 'object' || call === null || !('function' in call)) return undefined;
  const called: unknown = call.function;
  if (typeof called !== 'object' || called === null || !('name' in called)) return undefined;
  return { name: called.name, args: 'arguments' in called ? called.arguments : {} };
}
