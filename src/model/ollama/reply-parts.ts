/** A reply in the pieces that the server sends, of /api/generate and of /api/chat alike. */
import { lacksLastLine } from './errors.ts';

/** The tags of our own forms in which a native call may only be text. */
const OWN_TAG = /<(\/?)(?:tool|final|content|old_text|new_text|command|task)(?=[\s>])/gi;
/** A call or an answer in JSON without a tag. */
const BARE_JSON = /\{\s*"(?:name|final)"\s*:/;

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
    const before = this.text;
    // Without the tag that opens the thought, a call drafted in it would look like one.
    const isThought = this.#inThought && !this.#hasThoughts && before === '' && piece !== '';
    const text = isThought ? `<think>${piece}` : piece;
    this.text += text;
    const calls: unknown = 'tool_calls' in holder ? holder.tool_calls : undefined;
    if (!Array.isArray(calls) || calls.length === 0) return text;
    // It may have stood anywhere in this part. After a first call no other one is run.
    if (!this.#hasCall && (isOpen(before) || closes(text) || isOpen(this.text))) {
      this.fault = 'the server took a part of the reply for a native tool call';
      return '';
    }
    return text + this.#putBack(calls);
  }

  /** `cut` where the stream ended without its last line. */
  get doneReason(): string {
    const { last } = this;
    if (!last || !('done' in last) || last.done !== true) return 'cut';
    return 'done_reason' in last ? String(last.done_reason) : 'stop';
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

/**
 * Whether a call or an answer in one of our own forms has begun and not ended: a native call within
 * it is a piece of its text that is missing, and what is left must not be used.
 */
function isOpen(text: string): boolean {
  const tags = [...text.matchAll(OWN_TAG)];
  const closing = tags.filter(([, slash]) => slash).length;
  return tags.length === 0 ? BARE_JSON.test(text) : closing * 2 < tags.length;
}

function closes(text: string): boolean {
  return [...text.matchAll(OWN_TAG)].some(([, slash]) => slash);
}

function callText(call: unknown): string | undefined {
  if (typeof call !== 'object' || call === null || !('function' in call)) return undefined;
  const called: unknown = call.function;
  if (typeof called !== 'object' || called === null || !('name' in called)) return undefined;
  const args = 'arguments' in called ? called.arguments : {};
  return `<tool>${JSON.stringify({ name: called.name, args })}</tool>`;
}
